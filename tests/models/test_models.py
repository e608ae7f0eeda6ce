"""Every model that answers a POST: a typed call and a mapping go there and back, on both clients."""

from typing import Any

import pytest
from models.case import Case
from models.seen import exactly, expected, in_any_order, is_a, path
from models.table import CASES, LEFT_OUT

import cfai
from cfai import _catalogue
from cfai.emulator import Emulator

TYPED = [case for case in CASES if case.params is not None]


@pytest.mark.parametrize("case", TYPED, ids=str)
async def test_params_are_written_as_the_model_takes_them_and_answered(
    emulator: Emulator, asker: Any, case: Case
) -> None:
    answer = await asker.run(case.model, case.params)

    received = emulator.requests[-1]
    assert ("POST", f"/client/v4/accounts/{emulator.account_id}/ai/run/{case.model}") == path(received)
    assert in_any_order(*expected(case)) == in_any_order(*exactly(received))
    assert is_a(answer, case.answer)
    assert case.said == case.look(answer)


@pytest.mark.parametrize("case", CASES, ids=str)
async def test_a_mapping_is_written_as_it_is_and_answered(emulator: Emulator, asker: Any, case: Case) -> None:
    answer = await asker.run(case.model, case.as_mapping)

    received = emulator.requests[-1]
    assert ("POST", f"/client/v4/accounts/{emulator.account_id}/ai/run/{case.model}") == path(received)
    assert expected(case) == exactly(received)
    assert is_a(answer, case.mapping_answer or case.answer)
    assert case.said == case.look(answer)


def test_every_model_has_a_row_or_a_reason() -> None:
    with_rows = {case.model for case in CASES}

    assert _catalogue.ROWS.keys() == with_rows | LEFT_OUT.keys()
    assert not with_rows & LEFT_OUT.keys()


def test_every_model_with_a_row_is_asked_by_params_too() -> None:
    assert {case.model for case in CASES} == {case.model for case in TYPED}


def test_every_params_class_asks_some_model() -> None:
    of_the_retired = {cfai.ObjectDetection, cfai.Summarization, cfai.MultimodalEmbeddings}
    all_of_them: Any = cfai.RunParams

    assert set(all_of_them.__args__) - of_the_retired == {type(case.params) for case in TYPED}


async def test_a_model_of_the_websocket_is_refused_before_anything_is_sent(emulator: Emulator, asker: Any) -> None:
    before = len(emulator.requests)

    with pytest.raises(cfai.InvalidParams, match="WebSocket"):
        await asker.run("@cf/deepgram/flux", cfai.AutomaticSpeechRecognition(b"ID3\x04"))

    assert before == len(emulator.requests)
