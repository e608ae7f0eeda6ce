"""Checks a model's input and puts what is wrong in the service's words (docs/wire.md 2.4).

"required properties at", "oneOf at '/' not met, 0 matches:" and "Additional or unevaluated properties" are the
service's own. The other wordings are our guess, made after them: read their code, 5006, and not their text.
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final

from attrs import Factory, frozen

from cfai.emulator._replies import BadInput

_TOLD_AT_MOST: Final = 20
"""Failures that are told of one variant: a list may hold a million."""


@frozen
class Kind:
    """What one JSON value may be."""

    types: tuple[str, ...]
    """JSON Schema's names for the types that it may have."""

    least: int | None = None
    """The smallest number."""

    most: int | None = None
    """The largest number, or the length of the longest list."""

    fewest: int | None = None
    """The length of the shortest list."""

    shortest: int | None = None
    """Characters of the shortest text."""

    longest: int | None = None
    """Characters of the longest text."""

    choices: tuple[str, ...] = ()
    """The only strings allowed; empty for any."""

    items: "Kind | None" = None
    """What the elements of a list may be; any where absent."""

    shape: "Shape | None" = None
    """What an object has to look like; anything where absent."""


@frozen
class Shape:
    """What an object has to look like."""

    required: tuple[str, ...]
    fields: Mapping[str, Kind] = Factory(dict)

    closed: bool = False
    """Whether keys that it does not name are refused; else they are let through, and mean nothing."""


STRING = Kind(("string",))
NUMBER = Kind(("number",))
INTEGER = Kind(("integer",))
BOOLEAN = Kind(("boolean",))
OBJECT = Kind(("object",))
_BYTE = Kind(("integer",), least=0, most=255)
BYTES = Kind(("array",), items=_BYTE)
"""How JSON carries bytes where base64 is not taken: a number each (docs/wire.md 3.3, 3.5)."""


def check(body: object, variants: tuple[Shape | Kind, ...]) -> dict[str, Any]:
    """Give what the first of the *variants* that *body* fits knows of it; else raise BadInput with what each misses.

    What that variant does not name is left out: nothing has looked at it, so nobody may read it.
    A Kind among the variants stands for a body that is no object; it is there for its words.
    """
    if not isinstance(body, dict):
        raise BadInput(_mismatch("", OBJECT, body))
    failures: list[str] = []
    for variant in variants:
        problems_of = _in_object(body, variant, "") if isinstance(variant, Shape) else _in_value(body, variant, "")
        found = list(islice(problems_of, _TOLD_AT_MOST))
        if not found and isinstance(variant, Shape):
            return {name: value for name, value in body.items() if name in variant.fields}
        failures += found
    problems = ", ".join(dict.fromkeys(failures))
    raise BadInput(problems if len(variants) == 1 else f"oneOf at '/' not met, 0 matches: {problems}")


def _in_object(value: Mapping[str, Any], shape: Shape, path: str) -> Iterator[str]:
    if any(name not in value for name in shape.required):
        yield f"required properties at '{path or '/'}' are '{','.join(shape.required)}'"
    for name, kind in shape.fields.items():
        if name in value:
            yield from _in_value(value[name], kind, f"{path}/{name}")
    unknown = [f"/{name}" for name in value if name not in shape.fields] if shape.closed else []
    if unknown:
        yield f"Additional or unevaluated properties '{', '.join(unknown)}' at '{path or '/'}' not allowed"


def _in_value(value: object, kind: Kind, path: str) -> Iterator[str]:
    if not any(_is(value, name) for name in kind.types):
        yield _mismatch(path, kind, value)
    elif isinstance(value, str):
        if kind.choices and value not in kind.choices:
            yield f"enum {value} not in {','.join(kind.choices)} at '{path}'"
        if kind.shortest is not None and len(value) < kind.shortest:
            yield f"Length of '{path}' must be >= {kind.shortest}"
        if kind.longest is not None and len(value) > kind.longest:
            yield f"Length of '{path}' must be <= {kind.longest}"
    elif isinstance(value, list):
        yield from _in_list(value, kind, path)
    elif isinstance(value, dict):
        if kind.shape is not None:
            yield from _in_object(value, kind.shape, path)
    elif isinstance(value, int | float):
        yield from _in_number(value, kind, path)


def _in_list(values: list[object], kind: Kind, path: str) -> Iterator[str]:
    if kind.fewest is not None and len(values) < kind.fewest:
        yield f"Length of '{path}' must be >= {kind.fewest}"
    if kind.most is not None and len(values) > kind.most:
        yield f"Length of '{path}' must be <= {kind.most}"
    if kind.items is _BYTE and _are_bytes(values):
        return
    if kind.items is not None:
        for index, value in enumerate(values):
            yield from _in_value(value, kind.items, f"{path}/{index}")


def _in_number(value: float, kind: Kind, path: str) -> Iterator[str]:
    if kind.least is not None and value < kind.least:
        yield f"Value of '{path}' must be >= {kind.least}"
    if kind.most is not None and value > kind.most:
        yield f"Value of '{path}' must be <= {kind.most}"


def _are_bytes(values: list[Any]) -> bool:
    """Look at all of a file at once: one by one takes seconds."""
    try:
        bytes(values)
    except (TypeError, ValueError, OverflowError):
        return False
    return True


def _mismatch(path: str, kind: Kind, value: object) -> str:
    allowed = ",".join(f"'{name}'" for name in kind.types)
    return f"Type mismatch of '{path or '/'}', {allowed} not in '{_type_name(value)}'"


def _is(value: object, name: str) -> bool:
    if name == "integer":
        # JSON has one kind of number: 4.0 is as whole as 4.
        return _type_name(value) == "number" and not (isinstance(value, float) and not value.is_integer())
    return _type_name(value) == name


def _type_name(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"
