"""The smallest value that fits a JSON Schema."""

import json
import math
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, Final, TypeGuard

from attrs import define, frozen

_FORMATS: Final = {
    "date": "1970-01-01",
    "date-time": "1970-01-01T00:00:00Z",
    "time": "00:00:00Z",
    "duration": "PT0S",
    "email": "emulator@example.com",
    "uri": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000000",
}
_LONGEST_LIST: Final = 100
_LONGEST_TEXT: Final = 10_000
_LARGEST: Final = 2**20
"""Bytes of the largest value, counted as JSON in a text of JSON, which is how the arguments of a call are written.

A few references that refer to one another unfold to gigabytes. A stream of Responses events has the value four times,
more often than any other answer: so no answer is longer than 5 MiB.
"""

_PUNCTUATION: Final = 8
"""Bytes that a value counts for besides its text."""

_VISITS: Final = 10_000
"""Schemas that are looked at for one value, those of choices that do not fit included: this bounds the time."""


class Impossible(Exception):
    """No value fits the schema."""


class TooLarge(Exception):
    """The smallest value that fits the schema is larger than the emulator writes."""


def sample_of(schema: Mapping[str, Any]) -> object:
    """Build a value with what *schema* requires and no more; patterns and foreign references are not followed.

    Raise Impossible where the schema says in so many words that nothing fits: `false`, `not: {}`, an empty `enum`;
    raise TooLarge where the value would be longer than `_LARGEST`, or the search for it would take too long.
    """
    return _Builder(schema, _Budget()).value(schema)


@define
class _Budget:
    """What may still be spent on a value."""

    left: int = _LARGEST
    """Bytes."""

    visits: int = _VISITS

    def visit(self) -> None:
        """Count one more schema, or raise TooLarge."""
        self.visits -= 1
        if self.visits < 0:
            raise TooLarge
        self.take(_PUNCTUATION)

    def take(self, length: int) -> None:
        """Spend *length* bytes, or raise TooLarge."""
        self.left -= length
        if self.left < 0:
            raise TooLarge


@frozen
class _Builder:
    _root: Mapping[str, Any]
    """The document that references point into."""

    _budget: _Budget
    _open: frozenset[str] = frozenset()
    """References that the value lies in: a schema that requires itself has no finite value, and ends in null."""

    def value(self, schema: object) -> object:
        self._budget.visit()
        if schema is False:
            raise Impossible
        if not isinstance(schema, Mapping):
            return None
        if schema.get("enum") == [] or schema.get("not") in ({}, True):
            raise Impossible
        if "$ref" in schema:
            return self._referred(str(schema["$ref"]))
        if "const" in schema:
            return self._given(schema["const"])
        if _has_list(schema, "enum"):
            return self._given(schema["enum"][0])
        for choice in ("anyOf", "oneOf"):
            if _has_list(schema, choice):
                return self._first(schema[choice])
        if _has_list(schema, "allOf"):
            return _merged([self.value(part) for part in schema["allOf"]])
        return self._typed(_type(schema), schema)

    def _given(self, value: object) -> object:
        self._budget.take(_length(value))
        return value

    def _first(self, choices: list[object]) -> object:
        for choice in choices:
            with suppress(Impossible):
                return self.value(choice)
        raise Impossible

    def _referred(self, reference: str) -> object:
        if reference in self._open:
            return None
        self._budget.take(len(reference))
        inside = _Builder(self._root, self._budget, self._open | {reference})
        return inside.value(_found(reference, self._root))

    def _typed(self, name: object, schema: Mapping[str, Any]) -> object:
        match name:
            case "object":
                return self._object(schema)
            case "array":
                return self._array(schema)
            case "string":
                return self._given(_string(schema))
            case "integer" | "number":
                return self._given(_number(schema, whole=name == "integer"))
            case "boolean":
                return False
            case _:
                return None

    def _array(self, schema: Mapping[str, Any]) -> list[object]:
        length = min(_whole(schema, "minItems"), _LONGEST_LIST)
        if length == 0:
            return []
        before = self._budget.left
        value = self.value(schema.get("items"))
        # The elements are one value, which is written as often as the list is long.
        self._budget.take((before - self._budget.left) * (length - 1))
        return [value] * length

    def _object(self, schema: Mapping[str, Any]) -> dict[str, object]:
        known = schema.get("properties")
        properties = known if isinstance(known, Mapping) else {}
        required = schema["required"] if _has_list(schema, "required") else []
        value: dict[str, object] = {}
        for name in required:
            if isinstance(name, str):
                self._budget.take(_length(name))
                value[name] = self.value(properties.get(name))
        return value


def _length(value: object) -> int:
    """Count the bytes of *value* as JSON in a text of JSON: a control character is 7, a quotation mark 4."""
    text = json.dumps(json.dumps(value, ensure_ascii=False), ensure_ascii=False)
    return len(text.encode("utf-8", "surrogatepass"))


def _string(schema: Mapping[str, Any]) -> str:
    text = _FORMATS.get(str(schema.get("format")), "emulator")
    text = text.ljust(min(_whole(schema, "minLength"), _LONGEST_TEXT), ".")
    return text[: _whole(schema, "maxLength")] if "maxLength" in schema else text


def _number(schema: Mapping[str, Any], *, whole: bool) -> float:
    """Give 0 if it is allowed, else the first of a few likely numbers that is."""
    likely = (number for number in _likely(schema, whole=whole) if math.isfinite(number))
    return next((number for number in likely if _fits(number, schema)), 0)


def _likely(schema: Mapping[str, Any], *, whole: bool) -> Iterator[float]:
    yield 0
    given = schema.get("multipleOf")
    step = given if _is_number(given) and given > 0 else 1
    for name in ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"):
        bound = schema.get(name)
        if _is_number(bound):
            nearest = bound // step * step
            yield from (nearest, nearest + step, nearest - step)
            if not whole:
                yield from (bound, bound + step / 1000, bound - step / 1000)


def _fits(number: float, schema: Mapping[str, Any]) -> bool:
    low, above = schema.get("minimum"), schema.get("exclusiveMinimum")
    high, below = schema.get("maximum"), schema.get("exclusiveMaximum")
    return (
        (not _is_number(low) or number >= low)
        and (not _is_number(above) or number > above)
        and (not _is_number(high) or number <= high)
        and (not _is_number(below) or number < below)
    )


def _type(schema: Mapping[str, Any]) -> object:
    name = schema.get("type", "object" if "properties" in schema else "string")
    return name[0] if isinstance(name, list) and name else name


def _found(reference: str, root: Mapping[str, Any]) -> object:
    """Follow a *reference* within the document, `#/$defs/...`."""
    place: object = root
    for step in filter(None, reference.removeprefix("#").split("/")):
        name = step.replace("~1", "/").replace("~0", "~")
        place = place.get(name) if isinstance(place, Mapping) else None
    return place


def _merged(values: list[object]) -> object:
    objects = [value for value in values if isinstance(value, dict)]
    return {name: value for each in objects for name, value in each.items()} if objects else values[0]


def _has_list(schema: Mapping[str, Any], name: str) -> bool:
    return isinstance(schema.get(name), list) and bool(schema[name])


def _whole(schema: Mapping[str, Any], name: str) -> int:
    value = schema.get(name, 0)
    return value if isinstance(value, int) and value > 0 else 0


def _is_number(value: object) -> TypeGuard[int | float]:
    # A bound beyond what a float counts exactly would overflow in the arithmetic, and helps nobody.
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 2**53
