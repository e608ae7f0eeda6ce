"""The table of models."""

from collections import Counter

import pytest

from cfai._wire import catalogue


def test_the_tasks_have_as_many_models_as_the_service_lists():
    # Counted by hand in the service's catalogue of November 2026. Beyond it the table has, of text models, two that
    # are open on request and three that are priced or named as active; and one of speech that has types only.
    beyond = {"Text Generation": 5, "Automatic Speech Recognition": 1}
    listed = {
        "Text Generation": 34,
        "Text-to-Image": 10,
        "Text Embeddings": 7,
        "Automatic Speech Recognition": 5,
        "Text-to-Speech": 4,
        "Image-to-Text": 2,
        "Text Classification": 2,
        "Translation": 2,
        "Image Classification": 1,
        "Voice Activity Detection": 1,
    }

    counted = Counter(row.task for row in catalogue.ROWS.values())

    assert {task: number + beyond.get(task, 0) for task, number in listed.items()} == counted


def test_every_row_has_a_task_with_keys_and_a_name_of_its_own():
    assert len(catalogue.ROWS) == len(catalogue._ROWS)
    for row in catalogue.ROWS.values():
        assert row.task in catalogue.KEYS


@pytest.mark.parametrize(
    ("model", "text", "file"),
    [
        ("@cf/meta/llama-3.2-3b-instruct", "prompt", "messages"),
        ("@cf/openai/whisper", "", "audio"),
        ("@cf/microsoft/resnet-50", "", "image"),
        ("@cf/baai/bge-reranker-base", "query", ""),
        ("@cf/some/new-model", "prompt", None),
    ],
)
def test_a_model_takes_its_input_under(model, text, file):
    assert (text, file) == (catalogue.text_key(model), catalogue.file_key(model))


def test_only_an_unknown_model_has_no_task():
    assert "Text-to-Speech" == catalogue.task_of("@cf/deepgram/aura-1")
    assert None is catalogue.task_of("@cf/some/new-model")
