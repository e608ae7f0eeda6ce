"""Fields that are newer than this release go out beside the others, and never in the place of one."""

import json
from typing import Any

import pytest

import cfai
from cfai._wire.request.encode import encode

JPEG = bytes.fromhex("ffd8ffe0")


def sent(model: str, params: Any) -> Any:
    return json.loads(encode(model, params).body.read()[0])


def test_extra_input_goes_out_behind_the_fields() -> None:
    found = sent("@cf/some/model", cfai.Prompt("hi", max_tokens=5, extra_input={"newer": [1, None], "medium": JPEG}))

    assert {"max_tokens": 5, "prompt": "hi", "newer": [1, None], "medium": "/9j/4A=="} == found


@pytest.mark.parametrize(
    ("model", "params", "name"),
    [
        ("@cf/some/model", cfai.Prompt("hi", extra_input={"prompt": "other"}), "prompt"),
        ("@cf/some/model", cfai.Prompt("hi", extra_input={"max_tokens": 5}), "max_tokens"),
        ("@cf/some/model", cfai.Input({"a": 1}, returning=dict, extra_input={"a": 2}), "a"),
        ("@cf/black-forest-labs/flux-1-schnell", cfai.TextToImage("a", num_steps=4, extra_input={"steps": 8}), "steps"),
        ("@cf/deepgram/aura-1", cfai.TextToSpeech("a", extra_input={"text": "b"}), "text"),
        (
            "@cf/qwen/qwen3-embedding-0.6b",
            cfai.TextEmbeddings("a", input_type="query", extra_input={"queries": "b"}),
            "queries",
        ),
        (
            "@cf/runwayml/stable-diffusion-v1-5-inpainting",
            cfai.TextToImage("a", image=JPEG, extra_input={"image_b64": "b"}),
            "image_b64",
        ),
    ],
)
def test_extra_input_never_takes_the_place_of_a_field(model: str, params: Any, name: str) -> None:
    with pytest.raises(cfai.InvalidParams, match=f"extra_input: '{name}'"):
        encode(model, params)


def test_the_wires_name_of_a_field_that_is_not_set_is_free() -> None:
    found = sent("@cf/black-forest-labs/flux-1-schnell", cfai.TextToImage("a", extra_input={"steps": 8}))

    assert {"prompt": "a", "steps": 8} == found
