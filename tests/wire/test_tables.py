"""The rows of the models, and those of the params classes, agree with each other and with the classes."""

import subprocess
import sys
from typing import Any, cast

import pytest

import cfai
from cfai import _catalogue
from cfai._catalogue.chat_form import AS_ALL
from cfai._catalogue.input_form import MediaForm
from cfai._catalogue.row import CHAT, RESPONSES
from cfai._wire.request.params_rows import ROWS, params_row_of


@pytest.mark.parametrize("name", [name for name, row in _catalogue.ROWS.items() if row.family in (CHAT, RESPONSES)])
def test_a_chat_model_takes_its_pictures_in_messages(name: str) -> None:
    assert _catalogue.ROWS[name].chat.pictures_in_messages


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, row in _catalogue.ROWS.items()
        if _catalogue.Trait.VISION in row.traits and _catalogue.Trait.BY_REQUEST not in row.traits
    ],
)
def test_it_is_known_how_a_model_that_sees_takes_pictures(name: str) -> None:
    row = _catalogue.ROWS[name]
    assert row.chat is not AS_ALL or row.input.media


def test_every_params_class_has_a_row_and_its_row_names_fields_of_it() -> None:
    import attrs

    everyone: Any = cfai.RunParams
    rows = {kind: row for of_file in ROWS.values() for kind, row in of_file().items()}
    assert rows.keys() <= {*everyone.__args__}
    for kind, row in rows.items():
        assert params_row_of(kind).media == row.media
        names = {field.name for field in attrs.fields(cast("Any", kind))}
        assert {*row.media, *row.needs} <= names
        assert names & {"contexts", "messages"} == row.lists.keys()
        assert names & {"input", "messages", "tools"} == {*row.free}


def test_every_task_of_the_catalogue_has_a_class() -> None:
    everyone: Any = cfai.RunParams
    rows = (*_catalogue.ROWS.values(), *_catalogue.RETIRED.values())

    assert {row.task for row in rows} == _catalogue.TASKS.keys()
    for row in rows:
        assert _catalogue.params_of(row) or _catalogue.Trait.WEBSOCKET_ONLY in row.traits
        assert {*_catalogue.params_of(row)} <= {*everyone.__args__}


def test_what_a_model_can_is_nothing_that_it_cannot() -> None:
    for row in _catalogue.ROWS.values():
        assert not row.traits & row.cannot


def test_a_model_whose_schema_has_no_pictures_takes_no_class_of_pictures() -> None:
    llama, deepseek = (
        _catalogue.params_of(_catalogue.ROWS[name])
        for name in ("@cf/meta/llama-3.2-3b-instruct", "@cf/deepseek-ai/deepseek-v4-flash-0731")
    )

    assert (cfai.Prompt, cfai.Messages) == llama
    assert (cfai.Prompt, cfai.Messages, cfai.ImagePrompt, cfai.ImageMessages) == deepseek  # nobody says that it can't


def test_a_field_that_a_model_lacks_or_renames_is_a_field_of_a_class() -> None:
    import attrs

    names = {
        field.name
        for name in cfai.__all__
        if isinstance(kind := getattr(cfai, name), type) and issubclass(kind, cfai.Params)
        for field in attrs.fields(kind)
    }
    for row in (*_catalogue.ROWS.values(), *_catalogue.RETIRED.values()):
        assert {*row.input.lacks, *row.input.renames, *row.input.numbered} <= names


@pytest.mark.parametrize(
    ("model", "form"), [("openai/gpt-5", MediaForm.DATA_URL), ("@cf/some/new-model", None), ("model_name", None)]
)
def test_a_model_that_is_not_known_has_a_row_with_its_name(model: str, form: MediaForm | None) -> None:
    row = _catalogue.model_row(model)

    assert (model, form, AS_ALL, None) == (row.name, row.input.form, row.chat, row.limits)
    assert _catalogue.row_of(model) is None


def test_a_known_model_has_its_own_row_current_or_retired() -> None:
    for name, row in {**_catalogue.ROWS, **_catalogue.RETIRED}.items():
        assert row is _catalogue.model_row(name)


def test_importing_cfai_loads_no_catalogue() -> None:
    line = "import sys, cfai; print([name for name in sys.modules if 'catalogue' in name])"
    ended = subprocess.run([sys.executable, "-c", line], capture_output=True, text=True, check=True)

    assert "[]\n" == ended.stdout
