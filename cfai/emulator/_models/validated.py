"""What clef and clairic have in common: how they refuse, and what they check of media (docs/wire.md 3.6)."""

import base64
import json
from collections.abc import Mapping
from typing import Any, Final

from attrs import frozen

from cfai.emulator._models.pictures import looked_at
from cfai.emulator._replies import Refusal

MIB: Final = 2**20


class Invalid(Refusal):
    """The input does not fit: 422/5012, with JSON in the message; the form of that JSON is our guess."""

    def __init__(self, where: tuple[object, ...], problem: str) -> None:
        super().__init__(422, 5012, json.dumps({"detail": [{"loc": list(where), "msg": problem}]}))


@frozen
class MediaLimit:
    """How much of one kind of media a model takes."""

    count: int

    size: int | None = None
    """The most bytes of one; None where that is not known."""

    kinds: Mapping[str, bytes] | None = None
    """The media types that are taken, with the bytes that such a file begins with; None for any."""


def named_body(body: object, name: str, keys: tuple[str, ...]) -> dict[str, Any]:
    """Return *body* if it is an object that names the model and has all *keys*; else raise Invalid."""
    if not isinstance(body, dict):
        raise Invalid((), "Input should be an object")
    for key in ("model", *keys):
        if key not in body:
            raise Invalid((key,), "Field required")
    if body["model"] != name:
        raise Invalid(("model",), f"Input should be '{name}'")
    return body


def checked_entries(body: Mapping[str, Any], key: str, most: int) -> dict[str, Any]:
    """Return the questions or fields, of which there have to be some and not too many; else raise Invalid."""
    entries = body[key]
    if not isinstance(entries, dict) or not entries:
        raise Invalid((key,), "Input should be an object that is not empty")
    if len(entries) > most:
        raise Invalid((key,), f"Input should have at most {most} items")
    return entries


def check_media(body: Mapping[str, Any], limits: Mapping[str, MediaLimit], together: int | None) -> None:
    """Raise Invalid for media that are too many, too large or none at all."""
    total = 0
    for key, limit in limits.items():
        given = body.get(key, [])
        if not isinstance(given, list) or len(given) > limit.count:
            raise Invalid((key,), f"Input should be a list of at most {limit.count}")
        total += sum(_checked_size(item, (key, index), limit) for index, item in enumerate(given))
    if together is not None and total > together:
        raise Invalid(tuple(limits), f"Media should have at most {together} bytes together")


def _checked_size(item: object, where: tuple[object, ...], limit: MediaLimit) -> int:
    text = item.get("base64") if isinstance(item, dict) else item
    data = str(text).partition(",")[2] if isinstance(item, str) and item.startswith("data:") else text
    if isinstance(item, str) and not item.startswith("data:"):
        raise Invalid(where, "Input should be a data URL: remote URLs are not fetched")
    try:
        medium = looked_at(base64.b64decode(str(data), validate=True))
    except ValueError:
        raise Invalid(where, "Input should be base64") from None
    if limit.size is not None and len(medium) > limit.size:
        raise Invalid(where, f"Input should have at most {limit.size} bytes")
    if limit.kinds is not None and not any(map(medium.startswith, limit.kinds.values())):
        raise Invalid(where, f"Input should be one of {', '.join(limit.kinds)}")
    return len(medium)
