"""Typed fields, extracted from a text or from pictures."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from attrs import field, frozen

from .._base import Params
from ..media import MediaSource
from .answers import Extracted


def _in_iso_form(value: str | date | None) -> str | None:
    return value.isoformat() if isinstance(value, date) else value


@frozen(repr=False)
class Extraction(Params[Extracted]):
    """Extract typed fields; clairic. The model's own name, which it requires in the input, is added."""

    state: Any
    """What to extract from, usually a text. May be an empty string if there are `images`."""
    fields: Mapping[str, Mapping[str, Any]] | None = None
    """What to extract, by the names that the answers will have: up to 100 mappings with `type` ("text", "number",
    "date", "time", "datetime", "duration", "list", "estimate" or "forecast") and, where they apply, `instructions`,
    `unit`, `decimals`, `items`, `min`, `max`, `step` and `null_threshold`. A call without any field is refused with
    InvalidParams before anything is sent."""
    images: Sequence[MediaSource | Mapping[str, Any]] | None = field(default=None, kw_only=True)
    """Up to four pictures as PNG, JPEG or WebP, each of up to 4 MiB and together of up to 8 MiB. Each may also be a
    mapping of `content_type` and `base64`."""
    reference_date: str | None = field(default=None, kw_only=True, converter=_in_iso_form)
    """The day that words such as "tomorrow" refer to: a `datetime.date`, which is kept as its ISO 8601 form, or a str
    in that form, such as "2026-11-05"."""
    options: Mapping[str, Any] | None = field(default=None, kw_only=True)
    """Options of the model: `include_quantiles` and `return_state_text`, each True or False. The `reject_if_busy` of
    the call is added to them."""
