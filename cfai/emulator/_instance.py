"""The smallest value that fits a JSON Schema."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, Final, TypeGuard

from attrs import frozen

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


class Impossible(Exception):
    """No value fits the schema."""


def instance(schema: Mapping[str, Any]) -> object:
    """Build a value with what *schema* requires and no more; patterns and foreign references are not followed.

    Raise Impossible where the schema says in so many words that nothing fits: `false`, `not: {}`, an empty `enum`.
    """
    return _Builder(schema).value(schema)


@frozen
class _Builder:
    _root: Mapping[str, Any]
    """The document that references point into."""

    _open: frozenset[str] = frozenset()
    """References that the value lies in: a schema that requires itself has no finite value, and ends in null."""

    def value(self, schema: object) -> object:
        if schema is False:
            raise Impossible
        if not isinstance(schema, Mapping):
            return None
        if schema.get("enum") == [] or schema.get("not") in ({}, True):
            raise Impossible
        if "$ref" in schema:
            return self._referred(str(schema["$ref"]))
        if "const" in schema:
            return schema["const"]
        if _has_list(schema, "enum"):
            return schema["enum"][0]
        for choice in ("anyOf", "oneOf"):
            if _has_list(schema, choice):
                return self._first(schema[choice])
        if _has_list(schema, "allOf"):
            return _merged([self.value(part) for part in schema["allOf"]])
        return self._typed(_type(schema), schema)

    def _first(self, choices: list[object]) -> object:
        for choice in choices:
            with suppress(Impossible):
                return self.value(choice)
        raise Impossible

    def _referred(self, reference: str) -> object:
        if reference in self._open:
            return None
        return _Builder(self._root, self._open | {reference}).value(_found(reference, self._root))

    def _typed(self, name: object, schema: Mapping[str, Any]) -> object:
        match name:
            case "object":
                return self._object(schema)
            case "array":
                return [self.value(schema.get("items"))] * min(_whole(schema, "minItems"), _LONGEST_LIST)
            case "string":
                return _string(schema)
            case "integer" | "number":
                return _number(schema, whole=name == "integer")
            case "boolean":
                return False
            case _:
                return None

    def _object(self, schema: Mapping[str, Any]) -> dict[str, object]:
        known = schema.get("properties")
        properties = known if isinstance(known, Mapping) else {}
        required = schema["required"] if _has_list(schema, "required") else []
        return {name: self.value(properties.get(name)) for name in required if isinstance(name, str)}


def _string(schema: Mapping[str, Any]) -> str:
    text = _FORMATS.get(str(schema.get("format")), "emulator")
    text = text.ljust(min(_whole(schema, "minLength"), _LONGEST_TEXT), ".")
    return text[: _whole(schema, "maxLength")] if "maxLength" in schema else text


def _number(schema: Mapping[str, Any], *, whole: bool) -> float:
    """Give 0 if it is allowed, else the first of a few likely numbers that is."""
    return next((number for number in _likely(schema, whole=whole) if _fits(number, schema)), 0)


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
