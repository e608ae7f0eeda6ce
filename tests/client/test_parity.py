"""Both clients have the same methods, and the public names are those that type checkers see."""

import ast
import inspect
from pathlib import Path
from typing import Any

import pytest

import cfai

TWINS = {"aclose": "close", "__aenter__": "__enter__", "__aexit__": "__exit__"}
METHODS = sorted(
    name
    for name, member in vars(cfai.AsyncClient).items()
    if inspect.isfunction(member) and (not name.startswith("_") or name in TWINS)
)


@pytest.mark.parametrize("name", METHODS)
def test_a_method_has_a_twin_with_equal_parameters_and_words(name: str) -> None:
    ours: Any = getattr(cfai.AsyncClient, name)
    twin: Any = getattr(cfai.Client, TWINS.get(name, name))

    assert inspect.signature(ours) == inspect.signature(twin)
    assert inspect.getdoc(ours) == inspect.getdoc(twin)


def test_the_sync_client_has_no_method_of_its_own() -> None:
    twins = {TWINS.get(name, name) for name in METHODS}

    assert twins == {
        name
        for name, member in vars(cfai.Client).items()
        if inspect.isfunction(member) and (not name.startswith("_") or name in TWINS.values())
    }


def test_the_constructors_are_one() -> None:
    assert cfai.AsyncClient.__init__ is cfai.Client.__init__


def test_every_public_name_is_there_and_is_the_one_that_type_checkers_see() -> None:
    stub = Path(cfai.__file__).with_suffix(".pyi").read_text()
    homes = {
        name.name: node.module
        for node in ast.walk(ast.parse(stub))
        if isinstance(node, ast.ImportFrom)
        for name in node.names
    }

    assert list(cfai.__all__) == sorted(homes)
    for name, home in homes.items():
        assert getattr(cfai, name) is getattr(__import__(f"cfai.{home}", fromlist=[name]), name)
    assert set(cfai.__all__) <= set(dir(cfai))


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        cfai.Nothing  # noqa: B018
