"""Typed fields that were extracted from a text or from pictures."""

from typing import Any

from attrs import Factory, define

from ..._base import Answer, Part
from ...usage import Usage


@define(repr=False)
class ExtractedValue(Part):
    """The value of one field."""

    type: str
    """The field's type: "text", "number", "date", "time", "datetime", "duration", "list", "estimate", "forecast", or
    one newer than this release."""
    value: Any = None
    """The value, as JSON has it: dates and times are texts. None where there is none, by the model's judgement."""
    guess: Any = None
    """The most probable value where `value` is None, if the model returns one."""
    unit: str | None = None
    """The unit of `value`, where the field has one."""
    p_null: float | None = None
    """The probability that there is no value, from 0 to 1."""
    confidence: float | None = None
    """How sure the model is of `value`, from 0 to 1."""
    spans: list[tuple[int, int]] = Factory(list)
    """Where the value was found: pairs of the first character and the one after the last, as indexes into the state.
    Empty where the service names no place."""
    source: str | None = None
    """Where the value comes from if not from the state: "image"."""
    spell_confidence: float | None = None
    """How sure the model is of the spelling of `value`, from 0 to 1."""
    quantiles: Any = None
    """The distribution of a number, as the service returns it; only with the option `include_quantiles`."""


@define(repr=False)
class Extracted(Answer):
    """The values of all fields."""

    answers: dict[str, ExtractedValue] = Factory(dict)
    """The values, by the names of the fields."""
    truncated: bool = False
    """Whether the input was too long and its end was not read."""
    state_text: str | None = None
    """The state as the model read it, which `spans` refer to; only with the option `return_state_text`."""
    usage: Usage | None = None
    """Tokens, where the model returns them."""
    model: str | None = None
    """The model as the service names it."""
