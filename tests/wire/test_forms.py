"""The table of API forms: each file has its rows, and the first that fits wins, of whole answers as of events."""

import importlib
import json
import pkgutil
from itertools import combinations
from typing import Any

import pytest

import cfai
from cfai._wire.answer.union import read_promised
from cfai._wire.decode_context import DecodeContext
from cfai._wire.text import forms
from cfai._wire.text.accumulator import TextAccumulator
from cfai._wire.text.events import read_event
from cfai._wire.text.forms.table import FORMS
from cfai._wire.text.stream import read_stream
from cfai._wire.text.whole import read_text

FILES = sorted({module.name for module in pkgutil.iter_modules(forms.__path__)} - {"table"})
CHOICES = [{"message": {"content": "chat"}}]
OUTPUT = [{"type": "message", "content": [{"type": "output_text", "text": "responses"}]}]
CONTENT = [{"type": "text", "text": "anthropic"}]
CANDIDATES = [{"content": {"parts": [{"text": "google"}]}}]
MOONDREAM = {"metrics": {"input_tokens": 1}, "answer": "moondream"}
WHOLE: list[tuple[str, dict[str, Any]]] = [
    ("chat", {"choices": CHOICES}),
    ("responses", {"output": OUTPUT}),
    ("anthropic", {"type": "message", "content": CONTENT}),
    ("google", {"candidates": CANDIDATES}),
    ("native", {"response": "native"}),
    ("description", {"description": "description"}),
    ("moondream", MOONDREAM),
]
"""A whole answer a form, in the order of the table. No two have a key in common."""
PAIRS = [pair for pair in combinations(WHOLE, 2) if ["chat", "native"] != [text for text, _ in pair]]
"""All but the hybrid of these two, whose text is in either of them."""
SPLIT = "hm</think>so"


def said_by(*events: Any) -> str:
    body = b"".join(b"data: " + json.dumps(event).encode() + b"\n\n" for event in [*events, {"finish_reason": "stop"}])
    return read_stream(body).response


@pytest.mark.parametrize("file", FILES)
def test_each_file_has_its_row(file: str) -> None:
    form = importlib.import_module(f"{forms.__name__}.{file}")

    assert form.read_whole in [row.read_whole for row in FORMS]
    if file not in {"native", "moondream"}:  # the one has no mark, the other has no events of its own
        assert form.read_event in [row.read_event for row in FORMS]


@pytest.mark.parametrize(("first", "later"), PAIRS)
def test_of_two_forms_in_one_result_the_first_in_the_table_wins(first: Any, later: Any) -> None:
    assert first[0] == read_text({**later[1], **first[1]}).response


def test_a_null_beside_another_form_is_no_native_answer() -> None:
    for text, result in WHOLE:
        assert text == read_text({"tool_calls": None, "response": None, **result}).response
    assert "" == read_text({"response": None}).response


@pytest.mark.parametrize("result", [result for _, result in WHOLE])
def test_a_text_is_one_of_the_converters_answers(result: dict[str, Any]) -> None:
    answer = cfai.converter.structure(result, cfai.GeneratedText)

    assert answer == read_text(result) == read_promised(cfai.GeneratedText, result)
    assert answer.raw is result


@pytest.mark.parametrize(
    ("result", "thoughts"),
    [
        ({"choices": [{"message": {"content": SPLIT}}]}, None),
        ({"output": [], "output_text": SPLIT}, None),
        ({"type": "message", "content": SPLIT}, None),
        ({"candidates": [{"content": {"parts": [{"text": SPLIT}]}}]}, None),
        ({"response": SPLIT}, "hm"),
        ({"description": SPLIT}, "hm"),
        ({**MOONDREAM, "answer": SPLIT}, "hm"),
        (SPLIT, "hm"),
    ],
)
def test_only_a_text_of_a_form_that_does_not_tell_thoughts_is_split(result: Any, thoughts: str | None) -> None:
    answer = read_promised(cfai.GeneratedText, result, DecodeContext({}, thinks_aloud=True))

    assert (thoughts, "so" if thoughts else SPLIT) == (answer.reasoning, answer.response)
    assert (None, SPLIT) == (read_text(result).reasoning, read_text(result).response)


@pytest.mark.parametrize(
    ("event", "text"),
    [
        # an envelope goes before a whole answer, and behind the mark of a piece
        ({"type": "message", "content": CONTENT, "result": {"response": "inside"}, "success": True}, "inside"),
        ({**MOONDREAM, "result": {"response": "inside"}, "success": True}, "inside"),
        ({"output": OUTPUT, "result": {"response": "inside"}, "state": "Completed"}, "inside"),
        ({"choices": CHOICES, "result": {"response": "inside"}, "success": True}, "chat"),
        ({"candidates": CANDIDATES, "result": {"response": "inside"}, "success": True}, "google"),
        # the mark of a piece goes before a whole answer of a form that stands further up
        ({"candidates": CANDIDATES, "output": OUTPUT}, "google"),
        # an event is no description
        ({"description": "description"}, ""),
        # told as moondream's, and read as a native one
        ({**MOONDREAM, "response": "native"}, "native"),
        # choices win in the last event of Responses, too
        ({"type": "response.completed", "response": {"choices": CHOICES, "output": OUTPUT}}, "chat"),
    ],
)
def test_of_two_forms_in_one_event_this_one_wins(event: dict[str, Any], text: str) -> None:
    assert text == said_by(event)


def test_a_whole_chat_completion_in_a_stream_is_cut_where_it_has_as_many_tokens_as_the_limit() -> None:
    accumulator = TextAccumulator(DecodeContext({"max_tokens": 2}))
    usage = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
    event = {"choices": [{"message": {"content": "Hello"}, "finish_reason": "stop"}], "usage": usage}

    read_event(event, accumulator)

    assert ("Hello", True) == (accumulator.whole().response, accumulator.whole().truncated)
