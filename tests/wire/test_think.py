"""Thoughts in a native text, which some models' templates open in the prompt (docs/wire.md 3.1)."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cfai
from cfai._wire.decode_context import DecodeContext
from cfai._wire.text.stream import TextStreamReader
from cfai._wire.text.think_tags import ThinkTagSplitter, split_thoughts, thoughts_so_far
from cfai._wire.text.whole import read_text

ALOUD = DecodeContext({}, thinks_aloud=True)
TEXTS = st.lists(st.sampled_from(["<think>", "</think>", "<", "</th", "ink>", " ", "\n", "a", "b<c", "<t"])).map(
    "".join
)


@pytest.mark.parametrize(
    ("text", "reasoning", "response"),
    [
        ("<think>hm</think>42", "hm", "42"),
        ("hm</think>42", "hm", "42"),
        ("<think>\nhm\n\nso\n</think>\n\n42\n", "hm\n\nso", "42\n"),
        (" \n<think> hm </think> 42", "hm", "42"),
        ("<think></think>42", None, "42"),
        ("<think>\n\n</think>\n\n42", None, "42"),
        ("</think>42", None, "42"),
        ("hm</think>", "hm", ""),
        ("42", None, "42"),
        (" 42 ", None, " 42 "),
        ("", None, ""),
        ("<think>hm", None, "<think>hm"),
        ("hm</think>say </think> and <think>", "hm", "say </think> and <think>"),
        ("I <think>hm</think>42", "I <think>hm", "42"),
        ("a < b and </thin</think>42", "a < b and </thin", "42"),
        ("</THINK>42", None, "</THINK>42"),
    ],
)
def test_what_is_before_the_closing_mark_is_reasoning(text: str, reasoning: str | None, response: str) -> None:
    assert (reasoning, response) == split_thoughts(text)
    for result in ({"response": text}, text):
        answer = read_text(result, ALOUD)
        assert (reasoning, response) == (answer.reasoning, answer.response)
        assert (None, text) == (read_text(result, DecodeContext({})).reasoning, read_text(result).response)


@pytest.mark.parametrize(
    "result",
    [
        {"choices": [{"message": {"content": "hm</think>42"}}]},
        {"object": "response", "output": [{"type": "message", "content": "hm</think>42"}]},
        {"type": "message", "content": "hm</think>42"},
        {"response": "hm</think>42", "reasoning": "the service's own"},
    ],
)
def test_only_a_native_text_without_reasoning_of_its_own_is_split(result: Any) -> None:
    answer = read_text(result, ALOUD)

    assert "hm</think>42" == answer.response
    assert answer.reasoning in (None, "the service's own")


def test_an_object_is_not_split_and_json_is_looked_for_behind_the_thoughts() -> None:
    asked = DecodeContext({"response_format": {"type": "json_object"}}, thinks_aloud=True)

    assert {"a": "</think>"} == read_text({"response": {"a": "</think>"}}, asked).parsed
    assert {"a": 1} == read_text({"response": 'hm</think>{"a": 1}'}, asked).parsed


def streamed(pieces: list[str], asked: DecodeContext = ALOUD) -> tuple[TextStreamReader, list[Any]]:
    reader = TextStreamReader(asked)
    events = reader.read(json.dumps({"response": piece}).encode() for piece in pieces)
    return reader, events + reader.read([b"[DONE]"])


@given(st.lists(TEXTS))
def test_a_stream_comes_to_the_same_wherever_it_is_cut(pieces: list[str]) -> None:
    text = "".join(pieces)
    whole = read_text({"response": text}, ALOUD)

    for cut in (pieces, [text], list(text)):
        reader, events = streamed(cut)
        thoughts = "".join(event.text for event in events if isinstance(event, cfai.ReasoningDelta))
        assert whole == reader.result()
        assert whole.response == "".join(event.text for event in events if isinstance(event, cfai.TextDelta))
        if "</think>" in text:
            assert (whole.reasoning or "") == thoughts


@given(TEXTS)
def test_on_the_way_all_is_reasoning_until_the_mark(text: str) -> None:
    reader = TextStreamReader(ALOUD)
    events = reader.read(json.dumps({"response": letter}).encode() for letter in text)
    partial = reader.partial()

    thoughts = "".join(event.text for event in events if isinstance(event, cfai.ReasoningDelta))
    assert partial.response == "".join(event.text for event in events if isinstance(event, cfai.TextDelta))
    assert (partial.reasoning or "").startswith(thoughts)
    assert (partial.reasoning, partial.response) == thoughts_so_far(text)


def test_thoughts_are_told_as_they_come() -> None:
    _, events = streamed(["<thi", "nk>\n", "Two", " and", " two", "\n</thi", "nk", ">\n", "\n4", "."])

    assert [
        cfai.ReasoningDelta("Two"),
        cfai.ReasoningDelta(" and"),
        cfai.ReasoningDelta(" two"),
        cfai.TextDelta("4"),
        cfai.TextDelta("."),
        cfai.Finish(None, None),
    ] == events


def test_what_ends_without_a_mark_was_text_and_is_told_as_text_once_more() -> None:
    reader, events = streamed(["4", "2"])

    assert [
        cfai.ReasoningDelta("4"),
        cfai.ReasoningDelta("2"),
        cfai.TextDelta("42"),
        cfai.Finish(None, None),
    ] == events
    assert cfai.GeneratedText("42") == reader.result()


def test_where_the_service_tells_thoughts_itself_nothing_is_split() -> None:
    chunks = [{"reasoning": "hm"}, {"response": "a</think>b"}]
    openai = [{"choices": [{"delta": {"reasoning": "hm", "content": "a</think>b"}}]}]

    for events in (chunks, openai):
        reader = TextStreamReader(ALOUD)
        reader.read([*(json.dumps(event).encode() for event in events), b"[DONE]"])
        assert cfai.GeneratedText("a</think>b", reasoning="hm") == reader.result()


def test_single_blanks_take_the_same_time_however_many_are_held_back() -> None:
    splitter = ThinkTagSplitter()
    splitter.feed("a" + " " * 2**24)

    assert all(("", "") == splitter.feed(" ") for _ in range(10_000))  # each a copy: a minute
    assert ("", "b") == splitter.feed(" </think> b")
