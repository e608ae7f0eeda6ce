"""Models that are refused since a day, and the tasks that only such models had."""

from typing import Any

import pytest
from models.case import PNG, PNG_BASE64, Case, text
from models.seen import exactly, expected, in_any_order, is_a
from models.table import DEPRECATED

import cfai
from cfai.emulator import Emulator

REFUSED = [(day, model) for day, models in DEPRECATED.items() for model in models]

REVIVED = (
    Case(
        "@cf/facebook/detr-resnet-50",
        cfai.ObjectDetection(PNG),
        PNG,
        list[cfai.DetectedObject],
        lambda answer: all(found.box.xmin < found.box.xmax for found in answer),
        True,
        mapping={"image": PNG},
        content_type="image/png",
    ),
    Case(
        "@cf/facebook/bart-large-cnn",
        cfai.Summarization("One two three. Four five six.", max_length=10),
        b'{"input_text":"One two three. Four five six.","max_length":10}',
        cfai.Summary,
        lambda answer: len(answer.text.split()) <= 10,
        True,
    ),
    Case(
        "@cf/unum/uform-gen2-qwen-500m",
        cfai.ImageToText(PNG),
        PNG,
        cfai.Description,
        lambda answer: "emulator" in answer.text,
        True,
        mapping={"image": PNG},
        content_type="image/png",
    ),
    Case(
        "@hf/google/gemma-7b-it",
        cfai.Prompt("Say hello"),
        b'{"prompt":"Say hello"}',
        cfai.GeneratedText,
        text,
        "I am the cfai emulator, not a model. You asked: Say hello",
    ),
    Case(
        "@cf/cfai/multimodal-embeddings",
        cfai.MultimodalEmbeddings(PNG, ["a cat", "a dog"]),
        b'{"image":' + PNG_BASE64 + b',"text":["a cat","a dog"]}',
        cfai.Embeddings,
        lambda answer: (answer.shape, len(answer.data[0])),
        ([3, 512], 512),
        mapping={"image": PNG, "text": ["a cat", "a dog"]},
    ),
)


@pytest.mark.parametrize(("day", "model"), REFUSED)
async def test_a_deprecated_model_is_refused_with_its_day(asker: Any, day: str, model: str) -> None:
    with pytest.raises(cfai.ModelDeprecated, match=day) as caught:
        await asker.run(model, {"prompt": "Say hello"})

    assert (400, 5028, model) == (caught.value.status, caught.value.code, caught.value.model)


@pytest.mark.parametrize("case", REVIVED, ids=str)
async def test_a_retired_model_answers_where_it_is_revived(reviver: Emulator, reviver_asker: Any, case: Case) -> None:
    answer = await reviver_asker.run(case.model, case.params)

    assert in_any_order(*expected(case)) == in_any_order(*exactly(reviver.requests[-1]))
    assert is_a(answer, case.answer)
    assert case.said == case.look(answer)


@pytest.mark.parametrize("case", REVIVED, ids=str)
async def test_a_retired_model_answers_a_mapping_where_it_is_revived(
    reviver: Emulator, reviver_asker: Any, case: Case
) -> None:
    answer = await reviver_asker.run(case.model, case.as_mapping)

    assert expected(case) == exactly(reviver.requests[-1])
    assert is_a(answer, case.answer)
    assert case.said == case.look(answer)


@pytest.mark.parametrize("model", ["@cf/facebook/detr-resnet-50", "@cf/cfai/multimodal-embeddings"])
async def test_what_is_no_longer_listed_is_not_found(asker: Any, model: str) -> None:
    with pytest.raises(cfai.ModelNotFound):
        await asker.run(model, {"image": PNG})
