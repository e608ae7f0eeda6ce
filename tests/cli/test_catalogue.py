"""The table of models."""

from collections import Counter

import pytest

from cfai import _catalogue


def test_every_row_has_a_task_with_keys_and_a_name_of_its_own():
    assert len(_catalogue.ROWS) == len(_catalogue._ROWS)
    for row in _catalogue.ROWS.values():
        assert row.task in _catalogue.TASKS


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
    assert (text, file) == (_catalogue.text_key(model), _catalogue.file_key(model))


def test_only_an_unknown_model_has_no_task():
    assert "Text-to-Speech" == _catalogue.task_of("@cf/deepgram/aura-1")
    assert None is _catalogue.task_of("@cf/some/new-model")


def test_what_is_gone_is_known_with_its_date_and_its_successor():
    assert "2026-05-30" == _catalogue.RETIRED["@cf/facebook/bart-large-cnn"].deprecated_on
    assert "unsaid" == _catalogue.RETIRED["@cf/facebook/detr-resnet-50"].deprecated_on
    assert "@cf/moonshotai/kimi-k2.6" == _catalogue.RETIRED["@cf/moonshotai/kimi-k2.5"].successor
    assert "Object Detection" == _catalogue.task_of("@cf/facebook/detr-resnet-50")
    assert {"2025-10-01": 19, "2026-05-30": 18, "unsaid": 3} == Counter(
        row.deprecated_on for row in _catalogue.RETIRED.values()
    )
    assert not _catalogue.RETIRED.keys() & _catalogue.ROWS.keys()
    assert {None} == {row.deprecated_on for row in _catalogue.ROWS.values()}


@pytest.mark.parametrize(
    ("model", "requests"),
    [
        ("@cf/meta/llama-3.2-3b-instruct", 300),
        ("@cf/moonshotai/kimi-k2.6", 20),
        ("@cf/baai/bge-m3", 3000),
        ("@cf/baai/bge-large-en-v1.5", 1500),
        ("@cf/openai/whisper", 720),
        ("@cf/huggingface/distilbert-sst-2-int8", 2000),
        ("@cf/runwayml/stable-diffusion-v1-5-img2img", 1500),
        ("@cf/deepgram/aura-1", None),
        ("@cf/some/new-model", None),
    ],
)
def test_a_model_takes_so_many_requests_a_minute(model, requests):
    assert requests == _catalogue.requests_a_minute(model)


@pytest.mark.parametrize(
    ("model", "window"),
    [
        ("@cf/zai-org/glm-5.3", 1_048_576),
        ("@cf/zai-org/glm-5.3-flash", 1_048_576),
        ("@cf/zai-org/glm-5.2", 256_000),
        ("@cf/deepseek-ai/deepseek-v4-flash-0731", 1_048_576),
        ("@cf/deepseek-ai/deepseek-v4-pro-0813", 1_048_576),
        ("@cf/moonshotai/kimi-k2.6", 262_144),
        ("@cf/moonshotai/kimi-k2.7-code", 262_144),
        ("@cf/openai/gpt-oss-20b", 128_000),
        ("@cf/openai/gpt-oss-120b", 128_000),
        ("@cf/google/gemma-4-26b-a4b-it", 256_000),
        ("@cf/cloudflare/clef-flash", 24_000),
    ],
)
def test_a_window_is_what_refusals_state(model, window):
    assert window == _catalogue.ROWS[model].window


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("@cf/deepgram/nova-3", "512 MiB"),
        ("@cf/google/gemma-4-26b-a4b-it", "131,072"),
        ("@cf/myshell-ai/melotts", "WAV"),
    ],
)
def test_what_else_is_known_stands_in_a_note(model, said):
    assert said in _catalogue.ROWS[model].note


def test_the_models_that_need_workers_paid_are():
    paid = {name for name, row in _catalogue.ROWS.items() if _catalogue.Trait.PAID in row.traits}

    assert {
        "@cf/deepseek-ai/deepseek-v4-flash-0731",
        "@cf/deepseek-ai/deepseek-v4-pro-0813",
        "@cf/moonshotai/kimi-k2.6",
        "@cf/moonshotai/kimi-k2.7-code",
        "@cf/zai-org/glm-5.2",
        "@cf/zai-org/glm-5.3",
        "@cf/zai-org/glm-5.3-flash",
    } == paid


@pytest.mark.parametrize(
    ("model", "prices"),
    [
        ("@cf/meta/llama-3.3-70b-instruct-fp8-fast", {"per M input tokens": 26668, "per M output tokens": 204805}),
        (
            "@cf/zai-org/glm-5.3",
            {"per M input tokens": 127273, "per M cached input tokens": 23636, "per M output tokens": 400000},
        ),
        ("@cf/black-forest-labs/flux-1-schnell", {"per 512x512 tile": 4.80, "per step": 9.60}),
        ("@cf/deepgram/aura-2-en", {"per 1k characters input": 2727.27}),
        ("@cf/openai/whisper", {"per audio minute": 41.14}),
        ("@cf/cloudflare/clef", {"per M input tokens": 21818}),
    ],
)
def test_a_price_in_neurons_is(model, prices):
    assert prices == {price.unit: price.neurons for price in _catalogue.ROWS[model].prices}


def test_a_price_in_neurons_goes_with_the_one_in_dollars():
    """1,000 neurons are 0.011 dollars; the price list rounds both, and smart-turn's figures contradict each other."""
    for name, row in _catalogue.ROWS.items():
        for price in row.prices:
            if price.neurons and price.usd and name != "@cf/pipecat-ai/smart-turn-v2":
                assert price.neurons * 0.011 / 1000 == pytest.approx(price.usd, rel=0.1), name


def test_a_default_is_current_free_to_try_and_of_its_task():
    for task, model in _catalogue.DEFAULTS.items():
        row = _catalogue.ROWS[model]
        assert task == row.task
        assert not row.traits & (_catalogue.Trait.PAID | _catalogue.Trait.AGREE | _catalogue.Trait.WEBSOCKET_ONLY)
