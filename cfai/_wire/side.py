"""Side fields: an answer is still an answer without them, so one that is unusable never costs it.

Such a field takes its default, its path is added to the list *skipped*, and its value stays in `raw`. A null counts as
absent, and what is absent is not listed.
"""

import types
import typing
from typing import Any, Union, get_args, get_origin

import attrs

from .converter import Misfit, structure

_ABSENT: Any = object()


def read_side(value: Any, kind: Any, path: str, skipped: list[str], default: Any = None) -> Any:
    """Return *value*, which stands at *path*, as a *kind*, or as much of it as is usable; else *default*.

    Of an object each field is read by itself, of an array each item: an item that is unusable as a whole is left out.
    """
    if value is None:
        return default
    try:
        return structure(value, kind)
    except Misfit:
        found = _read(value, kind, path, skipped)
    return default if found is _ABSENT else found


def _read(value: Any, kind: Any, path: str, skipped: list[str]) -> Any:
    kind = _not_none(kind)
    origin = get_origin(kind)
    if origin is list and type(value) is list:
        (of,) = get_args(kind)
        read = [_one(item, of, f"{path}[{place}]", skipped) for place, item in enumerate(value)]
        return [item for item in read if item is not _ABSENT]
    if origin is dict and type(value) is dict:
        of = get_args(kind)[1]
        read_by_key = {key: _one(item, of, f"{path}.{key}", skipped) for key, item in value.items()}
        return {key: item for key, item in read_by_key.items() if item is not _ABSENT}
    if isinstance(kind, type) and attrs.has(kind) and type(value) is dict:
        return _read_object(value, kind, path, skipped)
    skipped.append(path)
    return _ABSENT


def _one(value: Any, kind: Any, path: str, skipped: list[str]) -> Any:
    try:
        return structure(value, kind)
    except Misfit:
        return _read(value, kind, path, skipped)


def _read_object(value: dict[str, Any], kind: type, path: str, skipped: list[str]) -> Any:
    hints = typing.get_type_hints(kind)
    found: dict[str, Any] = {}
    for field in attrs.fields(kind):
        given = value.get(field.name)
        if given is None:
            if field.default is attrs.NOTHING:  # without it, it is none
                skipped.append(f"{path}.{field.name}")
                return _ABSENT
            continue
        read = _one(given, hints[field.name], f"{path}.{field.name}", skipped)
        if read is not _ABSENT:
            found[field.name] = read
        elif field.default is attrs.NOTHING:
            return _ABSENT
    return kind(**found)


def _not_none(kind: Any) -> Any:
    """Return the type that an optional one is of."""
    if get_origin(kind) in (Union, types.UnionType):
        arms = [arm for arm in get_args(kind) if arm is not type(None)]
        return arms[0] if len(arms) == 1 else kind
    return kind
