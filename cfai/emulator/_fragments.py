"""Texts that go out as the JSON values that they parse as (docs/wire.md 3.1), for `Emulator(fragments="json")`."""

import json
import math
from collections.abc import Mapping
from typing import Any, Final, NoReturn

_FRAGMENTS: Final = frozenset(
    {
        "response",
        "content",
        "reasoning",
        "reasoning_content",
        "text",
        "arguments",
        "delta",
        "thinking",
        "partial_json",
    }
)
"""The keys that a fragment of text stands under, in all forms of streams."""

_CONTENTS: Final = frozenset({"response", "content", "text"})
"""The keys that a whole text stands under."""

_VALUES: Final = frozenset({"arguments", "input", "response"})
"""The keys that hold a caller's own value where they hold no text: nothing inside of it is a fragment."""

_WHOLE_OBJECT: Final = "response."
"""How the types of Responses events begin; those that do not end with the next hold whole texts."""

_PIECE_OF_A_TEXT: Final = ".delta"


def parsed_fragments(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Replace each fragment in an event of a stream: numbers, booleans, `[]` and `{}`."""
    kind = data.get("type")
    if isinstance(kind, str) and kind.startswith(_WHOLE_OBJECT) and not kind.endswith(_PIECE_OF_A_TEXT):
        return data
    replaced: dict[str, Any] = _replaced(data, _FRAGMENTS, nested=False)
    return replaced


def parsed_contents(result: object) -> object:
    """Replace each text in a whole answer that is JSON, objects and lists with something in them too."""
    return _replaced(result, _CONTENTS, nested=True)


def _replaced(value: Any, keys: frozenset[str], *, nested: bool, key: str = "") -> Any:
    match value:
        case str() if key in keys:
            return _as_json(value, nested=nested)
        case dict() if key not in _VALUES:
            return {name: _replaced(each, keys, nested=nested, key=name) for name, each in value.items()}
        case list() if key not in _VALUES:
            return [_replaced(each, keys, nested=nested) for each in value]
        case _:
            return value


def _as_json(text: str, *, nested: bool) -> object:
    """Parse *text* if nothing of it is lost: what the value is written as has to be *text* again."""
    try:
        value = json.loads(text, parse_constant=_not_json)
        same = json.dumps(value) == text
    except (ValueError, RecursionError):
        return text
    if not same or value is None or isinstance(value, str):
        return text
    if isinstance(value, float) and not math.isfinite(value):
        return text
    return text if value and isinstance(value, dict | list) and not nested else value


def _not_json(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
