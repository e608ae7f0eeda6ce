"""Functions have up to 40 lines, docstrings included, and modules up to 300, but for what is named here."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import cfai

HOUSE = Path(cfai.__file__).parent
FUNCTION, MODULE = 40, 300
LISTS = {
    "_catalogue/input_form.py:__init__": "what may be special about a model's input, each with its line",
    "_catalogue/text_generation.py": "the models that write text, a row each",
    "_core/base_client.py:__init__": "the parameters of a client, each with its line",
    "cli/commands/chat.py:chat": "the parameters of a command, each with its line",
    "errors.py": "the tree of errors",
    "errors.py:__init__": "the facts of an error of the service, each a line",
}
"""What may be longer, and why: lists of one kind of thing, of which a part in another file would be hard to find."""


def modules() -> Iterator[str]:
    yield from (path.relative_to(HOUSE).as_posix() for path in sorted(HOUSE.rglob("*.py")))


def functions(name: str) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse((HOUSE / name).read_text(encoding="utf-8"))):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.end_lineno is not None:
            yield f"{name}:{node.name}", node.end_lineno - node.lineno + 1


@pytest.mark.parametrize("name", list(modules()))
def test_a_module_is_short_and_so_are_its_functions(name: str) -> None:
    lines = len((HOUSE / name).read_text(encoding="utf-8").splitlines())

    assert name in LISTS or lines <= MODULE
    assert [] == [
        f"{function}: {length}" for function, length in functions(name) if length > FUNCTION and function not in LISTS
    ]


@pytest.mark.parametrize("name", list(LISTS))
def test_what_may_be_longer_is_longer(name: str) -> None:
    file, _, function = name.partition(":")
    lines = len((HOUSE / file).read_text(encoding="utf-8").splitlines())

    longest = max((length for each, length in functions(file) if each == name), default=0)
    assert longest > FUNCTION if function else lines > MODULE
