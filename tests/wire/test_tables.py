"""The tables of models agree with each other, for a model stands in several."""

import subprocess
import sys

import pytest

import cfai
from cfai import _catalogue
from cfai._catalogue.row import CHAT, RESPONSES
from cfai._wire.request.chat_forms import CHAT_FORMS
from cfai._wire.request.input_forms import BY_ADDRESS, DEFAULT_FORMS, INPUT_FORMS, WEBSOCKET_ONLY
from cfai._wire.request.layout import LAYOUTS

KNOWN = _catalogue.ROWS.keys() | _catalogue.RETIRED.keys()


def test_every_model_with_a_row_is_in_the_catalogue() -> None:
    assert set() == INPUT_FORMS.keys() - KNOWN
    assert set() == CHAT_FORMS.keys() - KNOWN
    assert {name for name, row in _catalogue.ROWS.items() if _catalogue.Trait.WEBSOCKET_ONLY in row.traits} == (
        WEBSOCKET_ONLY
    )


@pytest.mark.parametrize("name", [name for name, row in _catalogue.ROWS.items() if row.family in (CHAT, RESPONSES)])
def test_a_chat_model_takes_its_pictures_in_messages(name: str) -> None:
    assert CHAT_FORMS[name].pictures_in_messages


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, row in _catalogue.ROWS.items()
        if _catalogue.Trait.VISION in row.traits and _catalogue.Trait.BY_REQUEST not in row.traits
    ],
)
def test_it_is_known_how_a_model_that_sees_takes_pictures(name: str) -> None:
    assert name in CHAT_FORMS or INPUT_FORMS[name].media


def test_what_is_named_by_its_class_is_a_class() -> None:
    for name in (*DEFAULT_FORMS, *LAYOUTS, *BY_ADDRESS):
        assert issubclass(getattr(cfai, name), cfai.Params)


def test_a_field_that_a_model_lacks_or_renames_is_a_field_of_a_class() -> None:
    import attrs

    names = {
        field.name
        for name in cfai.__all__
        if isinstance(kind := getattr(cfai, name), type) and issubclass(kind, cfai.Params)
        for field in attrs.fields(kind)
    }
    for input_form in INPUT_FORMS.values():
        assert {*input_form.lacks, *input_form.renames, *input_form.numbered} <= names


def test_no_client_loads_the_catalogue() -> None:
    line = "import sys, cfai; cfai.Client; print([name for name in sys.modules if 'catalogue' in name])"
    ended = subprocess.run([sys.executable, "-c", line], capture_output=True, text=True, check=True)

    assert "[]\n" == ended.stdout
