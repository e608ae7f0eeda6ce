"""The tables of docs/errors.md have every code, and say what the tests of the codes say."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from kit.codes import AGAIN, CHARGED, ROWS, Row

ROOT = Path(__file__).parents[2]
WIRE = (ROOT / "docs" / "wire.md").read_text(encoding="utf-8")
DONE = {AGAIN: ("not processed", "failed there"), CHARGED: ("perhaps paid",)}


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("codes_table", ROOT / "docs" / "codes_table.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SCRIPT: Any = script()
TABLES = SCRIPT.tables()


@pytest.mark.parametrize("row", [row for row in ROWS if row.status != 402 or row.code == 2021], ids=str)
def test_every_code_has_a_row_with_its_class_and_what_was_done(row: Row) -> None:
    found = re.findall(rf"^\| `?{row.code}`? \| (.*?) \| (.*?) \| (.*?) \|$", TABLES, re.MULTILINE)

    assert 1 == len(found)
    _, error, done = found[0]
    assert f"`{row.name}`" in error or "by the status" in error
    assert any(word in done for word in (*DONE.get(row.outcome, ("final",)), "by the status"))


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_every_code_stands_in_the_facts_of_the_wire(row: Row) -> None:
    section = WIRE.split("### 2.3", 1)[1].split("### 2.5", 1)[0]

    assert re.search(rf"\b{row.code}\b", section)
