"""Prints the public surface, a name and its signature a line: `python tests/api/describe.py > tests/api/public.txt`.

A change of the surface has to touch that file, where a reviewer sees it.
"""

import inspect
import re
import types
import typing
from collections.abc import Iterator
from typing import Any

import attrs

import cfai
from cfai import emulator

_MODULES = re.compile(r"\b(?:[a-z_]\w*\.)+(?=[A-Za-z_])")


def describe() -> Iterator[str]:
    """Give all lines."""
    for module in (cfai, emulator):
        for name in module.__all__:
            yield from _describe(f"{module.__name__}.{name}", getattr(module, name))


def _describe(name: str, thing: Any) -> Iterator[str]:
    if inspect.isclass(thing):
        yield from _describe_class(name, thing)
    elif inspect.isfunction(thing):
        yield f"{name}{_signature(thing)}"
    elif isinstance(thing, types.UnionType) or typing.get_origin(thing) is typing.Union:
        yield f"{name} = {_short(' | '.join(map(_type, typing.get_args(thing))))}"
    elif isinstance(thing, str):
        yield f"{name}: str"
    else:
        yield f"{name}: {type(thing).__name__}"


def _describe_class(name: str, thing: type) -> Iterator[str]:
    yield f"{name}({', '.join(dict.fromkeys(map(_type, _public_bases(thing))))})"
    if name.endswith("Stream"):
        pass  # the clients make it
    elif "__init__" in vars(thing) or (inspect.isfunction(thing.__init__) and not issubclass(thing, BaseException)):
        yield f"{name}.__init__{_signature(thing.__init__)}"
    fields = {field.name for field in attrs.fields(thing)} if attrs.has(thing) else set()
    for key, value in sorted(_members_of(thing).items()):
        if not key.startswith("_") and key not in fields:
            yield from _describe_member(f"{name}.{key}", value)


def _public_bases(thing: type) -> Iterator[Any]:
    """Give the bases that have a public name; those of a private one in its place, which may change at any time."""
    for base in vars(thing).get("__orig_bases__", thing.__bases__):
        kind = typing.get_origin(base) or base
        if kind.__module__.startswith("cfai.") and not any(hasattr(each, kind.__name__) for each in (cfai, emulator)):
            yield from _public_bases(kind)
        elif kind is not object:
            yield base


def _members_of(thing: type) -> dict[str, Any]:
    """Give what a class has of its own, and of its bases that are not public themselves."""
    found: dict[str, Any] = {}
    for base in reversed(thing.__mro__):
        if base is thing or (base.__module__.startswith("cfai.") and not hasattr(cfai, base.__name__)):
            found.update(vars(base))
    return found


def _describe_member(name: str, value: Any) -> Iterator[str]:
    if inspect.isfunction(value):
        yield f"{'async ' if inspect.iscoroutinefunction(value) else ''}{name}{_signature(value)}"
    elif isinstance(value, property) and value.fget is not None:
        yield f"{name} -> {_type(inspect.signature(value.fget).return_annotation)}"
    elif isinstance(value, types.MemberDescriptorType):
        yield name


def _signature(function: Any) -> str:
    return _short(str(inspect.signature(function)))


def _type(kind: Any) -> str:
    return _short(kind.__name__ if inspect.isclass(kind) and not typing.get_args(kind) else str(kind))


def _short(text: str) -> str:
    return _MODULES.sub("", text.replace("'", ""))


if __name__ == "__main__":
    print("\n".join(describe()))
