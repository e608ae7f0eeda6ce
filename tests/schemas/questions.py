"""Each model's questions: every params class that fits it, with every field set that it takes; by hand."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs
import of_media
import of_texts

import cfai

Question = cfai.Params[Any]

QUESTIONS: Mapping[str, Sequence[Question]] = {**of_texts.QUESTIONS, **of_media.QUESTIONS}

FORM_FIELDS = frozenset(
    ("prompt", "width", "height", "steps", "guidance", "seed", *(f"input_image_{number}" for number in range(4)))
)
"""The fields of the flux-2 models' form (docs/wire.md 3.3), of which no schema says a word."""

NO_MODEL = {
    "ImageMessages.lora": "the schemas have it beside a prompt alone; it is one field of all text classes",
    "Messages.lora": "the schemas have it beside a prompt alone; it is one field of all text classes",
    "ImagePrompt.ignore_eos": "in the API's own union, and in no model's schema",
    "ImageMessages.ignore_eos": "in the API's own union, and in no model's schema",
}
"""Fields that no model's schema has, and why they are there."""


def unset_fields() -> Iterator[str]:
    """Give the fields of params classes that no question sets: each should be some model's."""
    everything = [params for questions in QUESTIONS.values() for params in questions]
    classes: Any = cfai.RunParams
    for kind in classes.__args__:
        asked = [params for params in everything if type(params) is kind]
        for field in attrs.fields(kind):
            name = f"{kind.__name__}.{field.name}"
            unset = all(getattr(params, field.name) is None for params in asked)
            if unset and field.name != "extra_input" and name not in NO_MODEL:
                yield name
