"""`typing.get_type_hints` works on every public class and method: frameworks that read annotations rely on it."""

import inspect
import typing
from collections.abc import Iterator
from typing import Any

import pytest

import cfai
from cfai import emulator
from cfai.integrations import opentelemetry


def annotated() -> Iterator[tuple[str, Any]]:
    for module in (cfai, emulator, opentelemetry):
        for name in getattr(module, "__all__", ("OpenTelemetryObserver",)):
            thing = getattr(module, name)
            if inspect.isfunction(thing):
                yield name, thing
            if inspect.isclass(thing):
                yield name, thing
                yield from methods_of(name, thing)


def methods_of(name: str, kind: type) -> Iterator[tuple[str, Any]]:
    for base in kind.__mro__:
        if base.__module__.startswith("cfai."):
            for key, value in vars(base).items():
                function = getattr(value, "fget", None) or getattr(value, "__func__", value)
                if inspect.isfunction(function):
                    yield f"{name}.{key}", function


@pytest.mark.parametrize("thing", [pytest.param(thing, id=name) for name, thing in annotated()])
def test_type_hints_can_be_read(thing: Any) -> None:
    assert isinstance(typing.get_type_hints(thing), dict)
