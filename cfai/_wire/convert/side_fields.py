"""Side fields: an answer is still an answer without them, so an unusable one never costs it.

Such a field takes its default, its path is added to the list *skipped*, and its value stays in `raw`. A null counts as
absent. What is absent is listed only where the default stands for something that is missing: nan for a number, "" for
a word. Everything is read strictly first, and field by field only after a misfit: most answers have none.
"""

import functools
import math
import types
import typing
from collections.abc import Hashable, Mapping
from typing import Any, TypeVar, Union, cast, get_args, get_origin

import attrs

from ..._base import Answer
from ...tasks.answers import (
    Classification,
    Decision,
    Description,
    DetectedObject,
    Point,
    QueuedBatch,
    RankedContext,
    Summary,
    Transcription,
    TurnDetection,
)
from .converter import ShapeError, converter, kind_of, structure

A = TypeVar("A", bound=Answer)
T = TypeVar("T")

ESSENTIAL: Mapping[type, tuple[str, ...]] = {
    Classification: ("label",),
    DetectedObject: ("label", "box"),
    RankedContext: ("id", "score"),
    Point: ("x", "y"),
    Decision: ("type",),  # and its value, which the type names
    TurnDetection: ("is_complete",),
    QueuedBatch: ("request_id", "status"),  # the status tells forms apart
    Transcription: ("text",),
    Summary: ("summary",),
    Description: ("description",),
}
"""The fields without which an object is none of its class; all others are side fields. A class that is not here has
side fields alone."""

_DEFAULTS: Mapping[Any, Any] = {float: math.nan, str: ""}
"""What a required side field is where nothing usable came. It is no default of the class itself: msgspec, which fills
long lists, would use it in silence."""


def read_side(value: Any, kind: Any, path: str, skipped: list[str], default: Any = None) -> Any:
    """Return *value*, which stands at *path*, as a *kind*, or as much of it as is usable; else *default*.

    Of an object each field is read by itself, of an array each item: an unusable item is left out.
    """
    if value is None:
        return default
    try:
        return read_tolerantly(value, kind, path, skipped)
    except ShapeError as misfit:
        skipped.append(misfit.path)
    return default


def read_tolerantly(value: Any, kind: Any, path: str, skipped: list[str]) -> Any:
    """Return *value*, which stands at *path*, as a *kind*, without the side fields of it that are not usable.

    Raises:
        ShapeError: It is not usable as a whole.
    """
    if isinstance(kind, type) and attrs.has(kind):
        return read_fields(value, kind, path, skipped)
    try:
        return structure(value, kind)
    except ShapeError as misfit:
        failure = misfit.under(path)
    if get_origin(kind) is not list or type(value) is not list:
        raise failure
    (of,) = get_args(kind)
    usable: list[Any] = []
    for index, item in enumerate(value):
        try:
            usable.append(read_tolerantly(item, of, f"{path}[{index}]", skipped))
        except ShapeError as misfit:
            skipped.append(misfit.path)
    return usable


def read_each(values: Any, kind: type[T], path: str, skipped: list[str]) -> list[T]:
    """Return the essential array *values*, which stands at *path*, as a list of *kind*.

    Raises:
        ShapeError: It is no array, or an item lacks an essential field.
    """
    try:
        return structure(values, list[kind])  # type: ignore[valid-type,no-any-return]
    except ShapeError as misfit:
        if type(values) is not list:
            raise misfit.under(path) from None
    return [read_tolerantly(item, kind, f"{path}[{index}]", skipped) for index, item in enumerate(values)]


def read_fields(value: Any, kind: type[T], path: str, skipped: list[str], essential: tuple[str, ...] = ()) -> T:
    """Return the object *value*, which stands at *path*, as a *kind*, each field read by itself.

    Args:
        value: What the service sent.
        kind: One of our classes.
        path: Where *value* stands.
        skipped: Takes the paths of what is not usable.
        essential: Essential fields beside those of the table.

    Raises:
        ShapeError: It is no object, or an essential field is missing or not usable.
    """
    if type(value) is not dict:
        raise ShapeError(f"expected an object, got {kind_of(value)}", path)
    needed = ESSENTIAL.get(kind, ()) + essential
    found: dict[str, Any] = {}
    for name, hint, required in _fields_of(cast("Hashable", kind)):
        given, where = value.get(name), f"{path}.{name}"
        if name in needed:
            if given is None:
                raise ShapeError("a required key is missing or null", where)
            found[name] = read_tolerantly(given, hint, where, skipped)
            continue
        read = read_side(given, hint, where, skipped)
        if read is not None:
            found[name] = read
        elif required:
            found[name] = _DEFAULTS[hint]
            if given is None:
                skipped.append(where)
    return kind(**found)


@functools.cache
def _fields_of(kind: Hashable) -> list[tuple[str, Any, bool]]:
    """List the fields of a class: the name, the type without None, and whether there is no default."""
    hints = typing.get_type_hints(kind)
    fields = attrs.fields(cast("type[attrs.AttrsInstance]", kind))
    return [(field.name, _not_none(hints[field.name]), field.default is attrs.NOTHING) for field in fields]


def _not_none(kind: Any) -> Any:
    """Return the type that an optional one is of."""
    if get_origin(kind) in (Union, types.UnionType):
        arms = [arm for arm in get_args(kind) if arm is not type(None)]
        return arms[0] if len(arms) == 1 else kind
    return kind


def register_fields(kind: type[A]) -> None:
    """Make `read_fields` the way to the answer *kind*, but not to a user's class that is derived from it."""

    def hook(value: Any, _: Any) -> A:
        skipped: list[str] = []
        answer = read_fields(value, kind, "$", skipped)
        answer._keep(value)
        answer._skip(skipped)
        return answer

    converter.register_structure_hook_func(lambda wanted: wanted is kind, hook)
