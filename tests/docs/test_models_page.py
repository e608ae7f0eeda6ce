"""The tables of docs/models.md have every model, and say no more than the tests of the models do."""

import importlib.util
import re
import typing
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from models.table import CASES

import cfai
from cfai import _catalogue
from cfai._catalogue import Trait

ROOT = Path(__file__).parents[2]
ASKED = sorted({(case.model, type(case.params).__name__) for case in CASES if case.params is not None})


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("models_table", ROOT / "docs" / "models_table.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SCRIPT: Any = script()
TABLES = SCRIPT.tables()
PAGE = (ROOT / "docs" / "models.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("model", [*_catalogue.ROWS, *_catalogue.RETIRED])
def test_every_model_has_one_row(model: str) -> None:
    row = rf"^\|(?: [\d-]+ \|| without a notice \|)? `{re.escape(model)}` \|"

    assert 1 == len(re.findall(row, TABLES, re.MULTILINE))


@pytest.mark.parametrize(("model", "kind"), ASKED)
def test_a_model_is_said_to_take_what_it_is_asked_by(model: str, kind: str) -> None:
    assert kind in SCRIPT.classes_of(_catalogue.ROWS[model])


def test_what_a_model_is_said_to_take_is_a_params_class() -> None:
    known = {each.__name__ for each in typing.get_args(cfai.RunParams)}

    assert {kind for row in _catalogue.ROWS.values() for kind in SCRIPT.classes_of(row)} <= known


def test_every_note_is_explained() -> None:
    explained = set(re.findall(r"^\| `([\w ]+)` \| ", PAGE, re.MULTILINE))

    assert explained == {"default", *((trait.name or "").lower().replace("_", " ") for trait in Trait)}
