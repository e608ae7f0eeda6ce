"""docs/promises.md: every promise has a test that is there, and every line that is broken on purpose is there too."""

import ast
import importlib.util
import re
from pathlib import Path

import pytest

import cfai

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "promises.md").read_text(encoding="utf-8")
PROMISES, MUTANTS = PAGE.split("(mutants)=", 1)
ROWS = [row for row in PROMISES.splitlines() if row.startswith("| ") and "---" not in row and "as you met" not in row]


def proofs(text: str) -> list[str]:
    return re.findall(r"`(tests/[\w/]+\.py::\w+)`", text)


def functions_in(path: Path) -> set[str]:
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return {node.name for node in nodes if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}


@pytest.mark.parametrize("row", ROWS)
def test_every_promise_names_its_test(row: str) -> None:
    assert 4 == len(row.strip("| ").split(" | "))
    assert 1 == len(proofs(row))


@pytest.mark.parametrize("proof", sorted(set(proofs(PAGE))))
def test_a_test_that_is_named_is_there(proof: str) -> None:
    file, name = proof.split("::")

    assert name in functions_in(ROOT / file)


def test_every_line_that_is_broken_on_purpose_is_there_once() -> None:
    spec = importlib.util.spec_from_file_location("mutants", ROOT / "tests" / "mutants" / "__main__.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    mutants = list(module.mutants())

    assert len(mutants) == len([row for row in MUTANTS.splitlines() if row.startswith("| `cfai/")]) > 10
    for mutant in mutants:
        text = (Path(cfai.__file__).parents[1] / mutant.file).read_text(encoding="utf-8")
        assert 1 == text.count(mutant.line), mutant
        assert mutant.test in proofs(PAGE)
