"""docs/promises.md: each promise has a test that is there, and a line which that test must not let anybody break."""

import ast
import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest

import cfai

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "promises.md").read_text(encoding="utf-8")
PROMISES, HOW = PAGE.split("(mutants)=", 1)
NEED_NO_MUTANT = {"Loops, threads and processes", "Cost"}
"""All other sections are about money, secrets, and calls that would hang."""


def sections() -> dict[str, list[str]]:
    """Give the rows of each table, by the heading above it."""
    parts = (part.split("\n", 1) for part in PROMISES.split("\n## ")[1:])
    return {name: [row for row in text.splitlines() if row.startswith("| ")][2:] for name, text in parts}


def mutants() -> list[Any]:
    spec = importlib.util.spec_from_file_location("mutants", ROOT / "tests" / "mutants" / "__main__.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return list(module.mutants())


def proofs(text: str) -> list[str]:
    """List the tests that are named, without the case that one may be narrowed to."""
    return re.findall(r"`(tests/[\w/]+\.py::\w+)(?:\[[^`|]+\])?`", text)


def functions_in(path: Path) -> set[str]:
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return {node.name for node in nodes if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}


SECTIONS, MUTANTS = sections(), mutants()
ROWS = [row for rows in SECTIONS.values() for row in rows]
NEEDY = [row for name, rows in SECTIONS.items() if name not in NEED_NO_MUTANT for row in rows]


def test_no_row_is_overlooked() -> None:
    assert NEED_NO_MUTANT < set(SECTIONS)
    assert len(ROWS) == PROMISES.count("\n| ") - 2 * len(SECTIONS) > 60
    assert len(MUTANTS) == HOW.count("\n| `cfai/") > 60
    assert len({(mutant.line, mutant.becomes, mutant.test) for mutant in MUTANTS}) == len(MUTANTS)


@pytest.mark.parametrize("row", ROWS)
def test_each_promise_names_its_tests(row: str) -> None:
    cells = row.removeprefix("| ").removesuffix(" |").split(" | ")

    assert 4 == len(cells)
    assert all(cells)
    assert cells[3] == ", ".join(f"`{proof}`" for proof in proofs(cells[3]))


@pytest.mark.parametrize("proof", sorted(set(proofs(PAGE))))
def test_a_test_that_is_named_is_there(proof: str) -> None:
    file, name = proof.split("::")

    assert name in functions_in(ROOT / file)


@pytest.mark.parametrize("row", NEEDY)
def test_each_promise_about_money_secrets_and_hangs_has_a_line_that_its_test_guards(row: str) -> None:
    guarded = {mutant.test.partition("[")[0] for mutant in MUTANTS}

    assert guarded & set(proofs(row))


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant.file} {mutant.becomes}")
def test_a_line_that_is_broken_on_purpose_is_there_once_and_its_test_proves_a_promise(mutant: Any) -> None:
    text = (Path(cfai.__file__).parents[1] / mutant.file).read_text(encoding="utf-8")

    assert 1 == text.count(mutant.line)
    assert ast.dump(ast.parse(text)) != ast.dump(ast.parse(text.replace(mutant.line, mutant.becomes)))
    assert mutant.test.partition("[")[0] in proofs(PROMISES)
