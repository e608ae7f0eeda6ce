"""Streams of text: every form's events, what they come to, and how a stream may end (docs/wire.md 4)."""

import json
import random
import tracemalloc
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import cfai
from cfai import Finish, GeneratedText, ReasoningDelta, TextDelta, ToolCall, ToolCallDelta, Usage
from cfai._wire.decode_context import DecodeContext
from cfai._wire.http_values import Headers, Response
from cfai._wire.text import events as any_events
from cfai._wire.text import fast_path
from cfai._wire.text.accumulator import TextAccumulator
from cfai._wire.text.stream import TextStreamReader, read_stream
from cfai._wire.text.whole import read_text

_FILES = sorted((Path(__file__).parents[1] / "samples" / "text").glob("*/stream*.sse"))
SAMPLES = [file for file in _FILES if not file.read_bytes().startswith(b"{")]  # that one is in test_text_answer.py
WHOLE = sorted((Path(__file__).parents[1] / "samples" / "text").glob("*/answer.json"))
DONE = b"data: [DONE]\n\n"


def name_of(file: Path) -> str:
    return f"{file.parent.name}/{file.stem}"


def sse(*events: Any) -> bytes:
    return b"".join(b"data: " + json.dumps(event).encode() + b"\n\n" for event in events)


def chunk(delta: Any = None, reason: str | None = None, **more: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": delta or {}, "finish_reason": reason}], **more}


def read(chunks: bytes | Iterable[bytes], asked: DecodeContext | None = None) -> tuple[TextStreamReader, list[Any]]:
    reader = TextStreamReader(asked)
    events = [event for each in ([chunks] if isinstance(chunks, bytes) else chunks) for event in reader.feed(each)]
    return reader, events + reader.end()


def answer_of(*events: Any, asked: DecodeContext | None = None) -> GeneratedText:
    return read_stream(sse(*events) + DONE, asked)


def texts(events: list[Any], kind: type[Any] = TextDelta) -> str:
    return "".join(event.text for event in events if isinstance(event, kind))


def failure_of(stream: bytes) -> Any:
    reader, events = read(stream)
    assert not reader.over
    assert not any(isinstance(event, Finish) for event in events)
    assert reader.failure is not None
    assert reader.failure.partial == reader.partial()
    assert reader.failure.partial.response == texts(events)
    return reader.failure


# -- recordings


@pytest.mark.parametrize("file", SAMPLES, ids=name_of)
def test_the_events_of_a_stream_say_what_its_result_says(file: Path) -> None:
    reader, events = read(file.read_bytes())
    answer = reader.result()

    assert answer.response == texts(events)
    assert (answer.reasoning or "") == texts(events, ReasoningDelta)
    for place, call in enumerate(answer.tool_calls):
        deltas = [event for event in events if isinstance(event, ToolCallDelta) and event.index == place]
        assert {(call.id, call.name)} == {(delta.id, delta.name) for delta in deltas}
        assert call.raw_arguments == "".join(delta.arguments for delta in deltas)
    assert Finish(answer.finish_reason, answer.usage) == events[-1]
    assert 1 == sum(isinstance(event, Finish) for event in events)
    assert answer == reader.partial()


@pytest.mark.parametrize("file", SAMPLES, ids=name_of)
@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_no_cut_of_a_stream_changes_its_events(file: Path, end: bytes) -> None:
    stream = file.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", end)
    reader, events = read(stream)

    step = 1 if end == b"\n" else 7
    for place in range(0, len(stream), step):
        again, cut = read([stream[:place], stream[place:]])
        assert (events, reader.result()) == (cut, again.result())
    again, cut = read(stream[place : place + 1] for place in range(len(stream)))
    assert (events, reader.result()) == (cut, again.result())


@given(st.sampled_from(SAMPLES), st.randoms())
def test_no_cuts_of_a_stream_change_its_events(file: Path, chance: random.Random) -> None:
    stream = file.read_bytes()
    places = sorted(chance.randint(0, len(stream)) for _ in range(chance.randint(2, 9)))
    pieces = [stream[start:end] for start, end in zip([0, *places], [*places, len(stream)], strict=True)]

    assert read(stream)[1] == read(pieces)[1]


@pytest.mark.parametrize("file", SAMPLES, ids=name_of)
def test_a_stream_that_is_cut_short_gives_what_came_and_no_whole_tool_call(file: Path) -> None:
    stream = file.read_bytes()
    _, events = read(stream)

    for place in range(len(stream)):
        reader, cut = read(stream[:place])
        assert reader.over or isinstance(reader.failure, cfai.StreamTruncated)
        if not reader.over:
            assert events[: len(cut)] == cut
            assert texts(cut) == reader.partial().response
            assert all(call.error and not call.arguments for call in reader.partial().tool_calls)


@pytest.mark.parametrize("file", WHOLE, ids=name_of)
@pytest.mark.parametrize("way", ["event", "answer"])
def test_an_answer_that_comes_whole_becomes_events(file: Path, way: str) -> None:
    value = json.loads(file.read_bytes())
    result = value.get("result", value)
    expected = read_text(result["result"] if isinstance(result, dict) and "state" in result else result)

    if way == "event":
        reader, events = read(sse(value) if "success" in value or "choices" not in value else sse(value) + DONE)
        if value.keys() == {"response"}:  # a native answer without its envelope looks as a chunk does
            assert isinstance(reader.failure, cfai.StreamTruncated)
            return
    else:
        reader = TextStreamReader()
        events = reader.take(expected)

    assert None is reader.failure
    assert expected == reader.result()
    assert expected.response == texts(events)
    assert (expected.reasoning or "") == texts(events, ReasoningDelta)
    assert len(expected.tool_calls) == sum(isinstance(event, ToolCallDelta) for event in events)
    assert Finish(expected.finish_reason, expected.usage) == events[-1]


# -- native chunks and OpenAI's


@pytest.mark.parametrize(
    ("events", "text"),
    [
        ([{"response": "a"}, {"response": "b", "p": "xyz"}], "ab"),
        ([{"response": 2}, {"response": 0}, {"response": 0.5}, {"response": True}], "200.5true"),
        ([{"response": None}, {"tool_calls": [], "p": "x"}, {"p": "x"}, {}], ""),
        ([{"response": "\N{CAT FACE}\u2028"}], "\N{CAT FACE}\u2028"),
        ([chunk({"content": "a"}), chunk({"content": None}), chunk({"content": ""}), chunk({"content": "b"})], "ab"),
        ([chunk({"content": [{"type": "text", "text": "a"}]}), chunk({"content": 5})], "a5"),
        ([{"choices": [{"text": "a"}]}, {"choices": [{"text": "b", "delta": None}]}], "ab"),
        ([{"choices": [{"index": 1, "delta": {"content": "x"}}, {"delta": {"content": "a"}}]}], "a"),
        ([{"choices": [{"index": 1, "delta": {"content": "x"}}]}, chunk({"content": "a"})], "a"),
        ([chunk({"content": "a"}, response="a"), chunk({"content": ""}, response="b"), chunk(response="c")], "abc"),
        ([{"response": "a", "newer": {"b": 1}}, {"type": "newer", "response": "b"}, {"newer": 1}], "ab"),
        ([{"choices": []}, {"choices": None, "response": "a"}], "a"),
        ([{"streamed_data": [{"response": "a"}, {"response": "b"}]}, {"streamed_data": []}], "ab"),
    ],
)
def test_the_text_is_in_any_of_the_chunks_forms(events: list[Any], text: str) -> None:
    reader, found = read(sse(*events) + DONE)

    assert text == reader.result().response == texts(found)
    assert all(event.text for event in found[:-1])


@pytest.mark.parametrize(
    ("deltas", "reasoning"),
    [
        ([{"reasoning": "a"}, {"reasoning": "b"}], "ab"),
        ([{"reasoning_content": "a"}, {"reasoning_content": "b", "content": None}], "ab"),
        ([{"reasoning": "a", "reasoning_content": "a"}, {"reasoning": "", "reasoning_content": "b"}], "ab"),
        ([{"reasoning": {"text": "a"}}, {"reasoning": {"effort": "low"}}, {"reasoning": None}], "a"),
    ],
)
def test_reasoning_is_under_either_key_and_told_once(deltas: list[Any], reasoning: str) -> None:
    for events in ([chunk(delta) for delta in deltas], deltas):
        reader, found = read(sse(*events, {"response": "x"}) + DONE)

        assert reasoning == reader.result().reasoning == texts(found, ReasoningDelta)
        assert "x" == reader.result().response


def test_reasoning_and_text_of_one_chunk_are_told_in_that_order() -> None:
    _, events = read(sse(chunk({"content": "a", "reasoning": "hm"})) + DONE)

    assert [ReasoningDelta("hm"), TextDelta("a"), Finish(None, None)] == events


def test_the_first_model_that_is_named_is_the_model() -> None:
    assert "m" == answer_of({"response": "a"}, {"response": "b", "model": "m"}, {"model": "n"}).model
    assert "m" == answer_of(chunk({"content": "a"}, model="m"), chunk(reason="stop", model="n")).model


@pytest.mark.parametrize(
    ("events", "reason", "truncated"),
    [
        ([chunk(reason="stop")], "stop", False),
        ([chunk(reason="length")], "length", True),
        ([chunk(reason="model_length"), chunk()], "model_length", True),
        ([{"response": "a", "finish_reason": "stop"}], "stop", False),
        ([{"response": "a", "finish_reason": None}], None, False),
        ([chunk(reason="")], None, False),
        ([{"choices": [{"text": "a", "finish_reason": "length"}]}], "length", True),
    ],
)
def test_the_finish_reason_is_the_chunks(events: list[Any], reason: str | None, truncated: bool) -> None:
    answer = answer_of(*events)

    assert (reason, truncated) == (answer.finish_reason, answer.truncated)


def test_what_only_the_request_tells_is_brought_in() -> None:
    usage = {"prompt_tokens": 1, "completion_tokens": 20}
    asked = DecodeContext({"max_tokens": 20, "response_format": {"type": "json_object"}})

    answer = answer_of({"response": '{"a":'}, {"response": " 1}"}, {"response": "", "usage": usage}, asked=asked)

    assert ({"a": 1}, True) == (answer.parsed, answer.truncated)
    assert None is answer_of({"response": '{"a": 1}'}).parsed


def test_an_object_is_parsed_without_having_been_asked_for_and_told_once() -> None:
    native = answer_of({"response": {"a": 1}}, {"response": ""})
    hybrid = answer_of(chunk({"content": '{"a": '}), chunk({"content": " 1}"}), {"response": {"a": 1}})
    content = answer_of(chunk({"content": [1, 2]}))

    assert ('{"a":1}', {"a": 1}) == (native.response, native.parsed)
    assert ('{"a":  1}', {"a": 1}) == (hybrid.response, hybrid.parsed)
    assert ("[1,2]", [1, 2]) == (content.response, content.parsed)


def test_of_its_events_a_stream_keeps_nothing_and_an_answer_that_came_whole_is_kept() -> None:
    whole = {"response": "a"}

    assert None is answer_of(whole).raw
    assert whole == answer_of({"result": whole, "success": True}).raw


# -- usage


def record(*counts: Any) -> dict[str, Any]:
    return dict(zip(("prompt_tokens", "completion_tokens", "total_tokens", "neurons"), counts, strict=False))


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([], None),
        ([None], None),
        ([record(9, 0, 9, 0.5), record(0, 1, 1, 0.25), record(0, 1, 1, 0.25)], Usage(9, 2, 11, 0, 1.0)),
        ([record(9, 0), record(0, 1), record(0, 1), record(0, 0)], Usage(9, 2, 11)),
        ([record(9, 0, 9, 0.5), record(9, 1, 10, 0.75), record(9, 2, 11, 1.0)], Usage(9, 2, 11, 0, 1.0)),
        ([record(9, 2, 11, 1.0), record(0, 0, 0, 0)], Usage(9, 2, 11, 0, 1.0)),
        ([record(9, 2, 11), record(0, 0, 0), record(9, 2, 11)], Usage(9, 2, 11)),
        ([record(0, 0, 0), record(9, 2)], Usage(9, 2, 11)),
        ([record(9, 0, 0)], Usage(9, 0, 0)),
        ([record(0, 1), record(0, 2), record(9, 3)], Usage(9, 3, 12)),
        ([record(0, 0, 0, 0.0)], Usage()),
        ([{"prompt_tokens": 9, "prompt_tokens_details": {"cached_tokens": 4}}, record(0, 1)], Usage(9, 1, 10, 4)),
        ([{"input_tokens": 9, "cached_tokens": 4}, {"output_tokens": 1}], Usage(9, 1, 10, 4)),
        ([{"prompt_tokens": 9, "neurons": None}, {"completion_tokens": 1, "neurons": 2}], Usage(9, 1, 10, 0, 2.0)),
        ([record(9, None, None), {"prompt_tokens_details": None}, record(0, 1)], Usage(9, 1, 10)),
    ],
)
def test_records_are_increments_or_totals_and_zeros_erase_nothing(records: list[Any], expected: Usage | None) -> None:
    openai = answer_of(*(chunk({"content": "a"}, usage=each) for each in records))
    native = answer_of(*({"response": "a", "usage": each} for each in records))

    assert expected == openai.usage == native.usage


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (record(9, 3, 12, 2.5), Usage(9, 3, 12, 0, 2.5)),
        (record(9, 3, 12), Usage(9, 3, 12, 0, 1.0)),
        (record(0, 0, 0, 0), Usage(9, 2, 11, 0, 1.0)),
        (record(0, 0, 0), Usage(9, 2, 11, 0, 1.0)),
        (None, Usage(9, 2, 11, 0, 1.0)),
    ],
)
def test_the_totals_of_the_last_native_chunk_win(last: Any, expected: Usage) -> None:
    increments = [record(9, 0, 9, 0.5), record(0, 1, 1, 0.25), record(0, 1, 1, 0.25)]

    chunks = [chunk({"content": "a"}, usage=each) for each in increments]

    assert expected == answer_of(*chunks, {"response": "", "usage": last}).usage
    assert expected == answer_of(*chunks, {"response": None, "usage": last}).usage


# -- tool calls


def call(**parts: Any) -> dict[str, Any]:
    """A nested piece of a call."""
    function = {key: parts.pop(key) for key in ("name", "arguments") if key in parts}
    return {**parts, "function": function}


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ([call(index=0, id="x", name="f"), call(index=0, arguments="{}")], [ToolCall("x", "f", {}, "{}")]),
        (
            [call(id="x", name="f"), call(arguments='{"a":'), call(arguments="1}")],
            [ToolCall("x", "f", {"a": 1}, '{"a":1}')],
        ),
        (
            [call(index=0, id="x", name="f", arguments=""), *(call(index=0, arguments=part) for part in '{"a":0}')],
            [ToolCall("x", "f", {"a": 0}, '{"a":0}')],
        ),
        ([call(index=0, id="x", name="f", arguments=None), call(index=0, arguments="")], [ToolCall("x", "f", {}, "")]),
        ([call(index=0, id="x", name="f", arguments={"a": 1})], [ToolCall("x", "f", {"a": 1}, '{"a":1}')]),
        ([{"name": "f", "arguments": {"a": 1}}], [ToolCall("call_0", "f", {"a": 1}, '{"a":1}')]),
        (
            [call(index=0, id="x", name="f"), call(index=0, arguments="0"), call(id=None, name=None, arguments="")],
            [ToolCall("x", "f", {}, "0", "expected an object, got int")],
        ),
        (
            [call(index=0, id="x", name="f"), call(index=0, id="x", name="f", arguments="{}")],
            [ToolCall("x", "f", {}, "{}")],
        ),
        (
            [call(index=0, id="x", name="f"), call(index=0, id="", name="", arguments="{}")],
            [ToolCall("x", "f", {}, "{}")],
        ),
        ([call(index=0, name="f"), call(index=0, name="f", arguments="{}")], [ToolCall("call_0", "f", {}, "{}")]),
        (
            [call(index=1, id="y", name="g"), call(index=0, id="x", name="f")],
            [ToolCall("y", "g"), ToolCall("x", "f")],
        ),
        (
            [{"name": "f", "arguments": {}}, {"name": "f", "arguments": {}}],
            [ToolCall("call_0", "f", {}, "{}"), ToolCall("call_1", "f", {}, "{}")],
        ),
        (
            [call(index=0, id="x", name="f", arguments="{}"), call(index=0, id="y", name="f", arguments="{}")],
            [ToolCall("x", "f", {}, "{}"), ToolCall("y", "f", {}, "{}")],
        ),
        (
            [call(index=0, name="f", arguments={}), call(index=0, name="f", arguments={})],
            [ToolCall("call_0", "f", {}, "{}"), ToolCall("call_1", "f", {}, "{}")],
        ),
        (
            [call(index=0, name="f"), call(index=0, name="g"), call(index=0, arguments="{}")],
            [ToolCall("call_0", "f"), ToolCall("call_1", "g", {}, "{}")],
        ),
        ([None, {}, call()], []),
    ],
)
def test_tool_calls_come_in_pieces(pieces: list[Any], expected: list[ToolCall]) -> None:
    one_by_one = [[piece] for piece in pieces]
    for lists in (one_by_one, [pieces]):
        for events in ([chunk({"tool_calls": each}) for each in lists], [{"tool_calls": each} for each in lists]):
            reader, found = read(sse(*events) + DONE)
            assert expected == reader.result().tool_calls
            deltas = [event for event in found if isinstance(event, ToolCallDelta)]
            assert list(range(len(expected))) == list(dict.fromkeys(delta.index for delta in deltas))
            assert all(
                delta.arguments or number == 0 or deltas[number - 1].index != delta.index or delta.name
                for number, delta in enumerate(deltas)
            )


def test_each_piece_of_a_call_says_whose_it_is() -> None:
    pieces = [
        call(index=3, name="f"),
        call(index=3, arguments="{"),
        call(index=3, arguments=""),
        call(index=3, arguments="}"),
    ]

    _, events = read(sse(*({"tool_calls": [piece]} for piece in pieces)) + DONE)

    assert [
        ToolCallDelta(0, "call_0", "f", ""),
        ToolCallDelta(0, "call_0", "f", "{"),
        ToolCallDelta(0, "call_0", "f", "}"),
        Finish(None, None),
    ] == events


def test_calls_beside_choices_are_calls_where_the_delta_has_none() -> None:
    outer = answer_of(chunk({"content": None, "tool_calls": []}, tool_calls=[{"name": "f", "arguments": {}}]))
    inner = answer_of(chunk({"tool_calls": [call(id="x", name="f")]}, tool_calls=[{"name": "g"}]))

    assert ["f"] == [each.name for each in outer.tool_calls]
    assert ["f"] == [each.name for each in inner.tool_calls]


def test_a_call_is_never_whole_before_the_end_of_the_stream() -> None:
    reader = TextStreamReader()
    reader.feed(sse(chunk({"tool_calls": [call(index=0, id="x", name="f", arguments='{"a": 1}')]})))

    assert [
        ToolCall("x", "f", {}, '{"a": 1}', "the stream ended before the call was whole")
    ] == reader.partial().tool_calls

    reader.feed(DONE)
    assert [ToolCall("x", "f", {"a": 1}, '{"a": 1}')] == reader.partial().tool_calls


# -- typed events


def response(kind: str, **more: Any) -> dict[str, Any]:
    return {"type": f"response.{kind}", **more}


def test_a_response_without_its_whole_object_is_put_together_of_its_pieces() -> None:
    events = [
        response("created"),
        response("created", response={"model": "m"}),
        response("reasoning_summary_text.delta", output_index=0, summary_index=0, delta="a"),
        response("reasoning_summary_text.delta", output_index=0, summary_index=1, delta="b"),
        response("output_item.added", output_index=1, item={"type": "function_call", "call_id": "x", "name": "f"}),
        response("function_call_arguments.delta", output_index=1, delta="{"),
        response("function_call_arguments.done", output_index=1, arguments="{}"),
        response(
            "output_item.done",
            output_index=2,
            item={"type": "function_call", "id": "y", "name": "g", "arguments": "{}"},
        ),
        response("output_item.done", output_index=3, item={"type": "message"}),
        response("refusal.delta", delta="no"),
        response("newer.delta", delta="x"),
        response("output_text.delta", delta="hi"),
        response("completed", response={"usage": {"input_tokens": 1, "output_tokens": 2}}),
    ]

    reader, found = read(sse(*events))

    calls = [ToolCall("x", "f", {}, "{}"), ToolCall("y", "g", {}, "{}")]
    expected = GeneratedText("hi", None, "a\nb", calls, Usage(1, 2, 3), "tool_calls", model="m")
    assert expected == reader.result()
    assert "a\nb" == texts(found, ReasoningDelta)
    assert reader.over


@pytest.mark.parametrize("object_", [None, {}, {"status": None}, {"status": "completed", "output": []}])
def test_a_completed_response_is_over_at_once(object_: Any) -> None:
    reader = TextStreamReader()
    events = reader.feed(
        sse(response("output_text.delta", delta="hi"), response("completed", response=object_), {"response": "x"})
    )

    assert [TextDelta("hi"), Finish("stop", None)] == events
    assert [] == reader.feed(sse({"response": "x"})) == reader.end()


def test_a_response_that_says_all_at_its_end_is_told_then() -> None:
    output = [
        {"type": "reasoning", "content": "hm"},
        {"type": "message", "content": "Hello"},
        {"type": "function_call", "call_id": "x", "name": "f", "arguments": "{}"},
    ]
    events = [response("output_text.delta", delta="Hel"), response("incomplete", response={"output": output})]

    reader, found = read(sse(*events))

    finish = Finish("incomplete", None)
    assert [TextDelta("Hel"), ReasoningDelta("hm"), TextDelta("lo"), ToolCallDelta(0, "x", "f", "{}"), finish] == found
    assert "Hello" == reader.result().response


def test_the_last_object_of_a_response_has_the_last_word() -> None:
    output = [
        {"type": "message", "content": "other"},
        {"type": "function_call", "call_id": "x", "name": "f", "arguments": "[]"},
    ]
    events = [
        response("output_text.delta", delta="said"),
        response("output_item.added", output_index=0, item={"type": "function_call", "name": "f", "arguments": "{}"}),
        response("completed", response={"output": output}),
    ]

    reader, found = read(sse(*events))

    assert "said" == texts(found)
    assert "other" == reader.result().response
    assert "[]" == reader.result().tool_calls[0].raw_arguments


def test_anthropics_events_are_read() -> None:
    events = [
        {"type": "message_start", "message": {"model": "m", "usage": {"input_tokens": 8, "output_tokens": 1}}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": "a"}},
        {"type": "content_block_stop", "index": 0},
        {"type": "content_block_start", "index": 1, "content_block": {"type": "thinking"}},
        {"type": "content_block_delta", "index": 1, "delta": {"type": "thinking_delta", "thinking": "b"}},
        {"type": "content_block_start", "index": 2, "content_block": {"type": "text", "text": "c"}},
        {"type": "content_block_delta", "index": 2, "delta": {"type": "text_delta", "text": "d"}},
        {
            "type": "content_block_start",
            "index": 3,
            "content_block": {"type": "tool_use", "id": "x", "name": "f", "input": {}},
        },
        {"type": "content_block_stop", "index": 3},
        {
            "type": "content_block_start",
            "index": 4,
            "content_block": {"type": "tool_use", "id": "y", "name": "g", "input": {"a": 1}},
        },
        {"type": "content_block_stop", "index": 4},
        {"type": "content_block_start", "content_block": {"type": "newer"}},
        {"type": "content_block_delta", "delta": {"type": "newer_delta"}},
        {"type": "content_block_start", "index": 5, "content_block": None},
        {"type": "content_block_delta", "index": 5},
        {"type": "ping"},
        {
            "type": "message_delta",
            "delta": {"stop_reason": "max_tokens"},
            "usage": {"output_tokens": 5, "input_tokens": None},
        },
        {"type": "message_stop"},
    ]

    reader, found = read(sse(*events))

    calls = [ToolCall("x", "f", {}, "{}"), ToolCall("y", "g", {"a": 1}, '{"a":1}')]
    expected = GeneratedText("cd", None, "a\nb", calls, Usage(8, 5, 13), "length", truncated=True, model="m")
    assert expected == reader.result()
    assert "a\nb" == texts(found, ReasoningDelta)


# -- ends


@pytest.mark.parametrize(
    "end",
    [
        DONE,
        b"[DONE]",
        b"data:[DONE]",
        sse(chunk(reason="stop")),
        sse({"response": "", "finish_reason": "stop"}),
        sse(response("completed")),
        sse(response("incomplete")),
        sse({"type": "message_stop"}),
        sse({"type": "message_delta", "delta": {"stop_reason": "end_turn"}}),
        sse({"result": {"response": "a"}, "success": True}),
        sse({"choices": [{"message": {"content": "a"}}]}),
        sse(chunk(reason="stop"))[:-2],
    ],
)
def test_a_stream_is_whole_with_any_of_the_marks(end: bytes) -> None:
    reader, events = read(sse({"response": "a"}) + end)

    assert None is reader.failure
    assert reader.over
    assert "a" == reader.result().response == texts(events)


@pytest.mark.parametrize(
    "end",
    [
        b"",
        sse({"response": "", "usage": {"prompt_tokens": 1}}),
        sse(chunk(reason=None)),
        sse({"type": "message_delta", "delta": {"stop_reason": None}}),
        b'data: {"response": "b"',
        b"data: [DON",
        b": keepalive\n\n",
    ],
)
def test_a_stream_without_a_mark_was_cut(end: bytes) -> None:
    failure = failure_of(sse({"response": "a"}) + end)

    assert cfai.StreamTruncated is type(failure)
    assert "a" == failure.partial.response


@pytest.mark.parametrize("body", [b"", b"\n", b"{", b'{"response": "hel', b"<html>", b": x\n\n"])
def test_what_says_nothing_was_cut(body: bytes) -> None:
    assert cfai.StreamTruncated is type(failure_of(body))


def test_a_mark_and_nothing_else_is_an_empty_text() -> None:
    reader, events = read(DONE)

    assert [Finish(None, None)] == events
    assert GeneratedText() == reader.result()


def test_whether_a_text_would_be_whole_is_known_before_its_end() -> None:
    reader = TextStreamReader()
    reader.feed(sse(chunk({"content": "a"})))
    assert not reader.ended

    reader.feed(sse(chunk(reason="stop")))
    assert reader.ended
    assert not reader.over


def test_what_comes_after_the_end_does_not_matter() -> None:
    reader = TextStreamReader()
    events = reader.feed(sse({"response": "a"}) + DONE + b"data: nonsense\n\n" + sse({"error": "x"}))

    assert [TextDelta("a"), Finish(None, None)] == events
    assert None is reader.failure
    assert [] == reader.feed(b"data: nonsense\n\n")
    assert [] == reader.end()


@pytest.mark.parametrize("blank", [b"data:\n\n", b"data\n\n", b"data:   \n\n"])
def test_an_event_without_data_says_nothing(blank: bytes) -> None:
    assert GeneratedText("a") == read_stream(blank + sse({"response": "a"}) + blank + DONE)


def test_there_is_no_result_before_the_end() -> None:
    reader = TextStreamReader()
    reader.feed(sse({"response": "a"}))

    with pytest.raises(cfai.StreamError, match="no result before its end") as caught:
        reader.result()
    assert GeneratedText("a") == caught.value.partial == reader.partial()


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (b"nonsense", "not JSON: .* of nonsense"),
        (b'{"response": NaN}', "not JSON"),
        (b'{"response": "\xff"}', "not JSON"),
        (b"[" * 100_000, "not JSON: it is nested too deeply"),
        (b"5", "expected an object, got int @ \\$"),
        (b'"hi"', "expected an object, got str"),
        (b"null", "expected an object, got null"),
        (b"[]", "expected an object, got array"),
        (b'{"choices": {}}', r"expected an array, got object @ \$\.choices"),
        (b'{"choices": [1]}', r"expected an object, got int @ \$\.choices\[0\]"),
        (b'{"choices": [{"delta": "a"}]}', r"expected an object, got str @ \$\.choices\[0\]\.delta"),
        (b'{"type": "response.completed", "response": 5}', r"expected an object, got int @ \$\.response"),
        (b'{"type": "content_block_delta", "delta": "a"}', r"expected an object, got str @ \$\.delta"),
        (b'{"result": 5, "success": true}', "expected text, got int"),
        (b'{"result": {}, "success": true}', "none of the keys"),
        (b'{"streamed_data": [5]}', "expected an object, got int"),
    ],
)
def test_a_malformed_event_is_an_error_that_quotes_it(event: bytes, why: str) -> None:
    failure = failure_of(sse({"response": "a"}) + b"data: " + event + b"\n\n" + DONE)

    assert cfai.StreamError is type(failure)
    with pytest.raises(cfai.StreamError, match=f"a malformed event in the stream: .*{why}"):
        raise failure
    assert failure.partial.response in ("a", "ab")  # the text of the event itself, where that is whole


def test_a_call_that_never_gets_its_name_is_kept_with_an_error() -> None:
    answer = answer_of({"response": "a"}, {"tool_calls": [call(index=0, arguments="{}")]})

    assert [ToolCall("call_0", "", {}, "{}", "expected a name, got null")] == answer.tool_calls
    assert ["$.tool_calls[0].name"] == answer.skipped


@pytest.mark.parametrize(
    ("event", "kind", "code", "message"),
    [
        ({"error": {"code": 3040, "message": "busy"}}, cfai.OutOfCapacity, 3040, "busy"),
        ({"errors": [{"code": 4006, "message": "used up"}]}, cfai.DailyQuotaExceeded, 4006, "used up"),
        (
            {"errors": [{"code": 3040, "message": "busy"}], "result": {}, "success": False},
            cfai.OutOfCapacity,
            3040,
            "busy",
        ),
        ({"result": None, "success": False, "errors": [], "message": "no"}, cfai.ApiError, None, "no"),
        ({"result": {"error": {"code": 5007, "message": "no"}}, "success": True}, cfai.ModelNotFound, 5007, "no"),
        ({"state": "Failed", "error": {"code": 2021, "message": "no"}}, cfai.PaymentRequired, 2021, "no"),
        ({"error": "words"}, cfai.ApiError, None, "words"),
        ({"error": [{"code": "3007", "message": "late"}], "success": False}, cfai.ServerTimeout, 3007, "late"),
        ({"choices": [], "error": {"code": 3040, "message": "busy"}}, cfai.OutOfCapacity, 3040, "busy"),
        (
            {"type": "error", "error": {"type": "overloaded_error", "message": "no"}},
            cfai.ApiError,
            "overloaded_error",
            "no",
        ),
        (
            {"type": "error", "code": "server_error", "message": "no", "param": None},
            cfai.ApiError,
            "server_error",
            "no",
        ),
        ({"type": "error", "message": "no"}, cfai.ApiError, None, "no"),
        (
            response("failed", response={"status": "failed", "error": {"code": "server_error", "message": "no"}}),
            cfai.ApiError,
            "server_error",
            "no",
        ),
        (response("failed"), cfai.ApiError, None, "the response failed"),
        ({"object": "response", "status": "failed", "message": "no"}, cfai.ApiError, None, "no"),
        (chunk(reason="error"), cfai.ApiError, None, "the model stopped with an error"),
        (
            {"choices": [{"delta": {}, "finish_reason": "error", "error": {"code": 3008, "message": "gone"}}]},
            cfai.ServerTimeout,
            3008,
            "gone",
        ),
        ({"response": "", "finish_reason": "error"}, cfai.ApiError, None, "the model stopped with an error"),
    ],
)
def test_an_error_in_a_stream_is_the_typed_one(event: Any, kind: type[Any], code: Any, message: str) -> None:
    failure = failure_of(sse({"response": "a"}, event) + DONE)

    assert (kind, code, message) == (type(failure), failure.code, failure.message)
    assert "a" == failure.partial.response


def test_an_error_says_which_call_it_was() -> None:
    response = Response(status=200, headers=Headers({"cf-ai-req-id": "r-1"}), body=b"", attempts=2)

    for stream, words in (
        (
            sse({"error": {"code": 5007, "message": "no"}}),
            "200 5007: no .*the account abc .*model @cf/a/b, request id r-1",
        ),
        (b"data: x\n\n", "a malformed event .*model @cf/a/b, request id r-1"),
        (b"", "without its end mark .*model @cf/a/b, request id r-1"),
    ):
        with pytest.raises(cfai.CfaiError, match=words) as caught:
            read_stream(stream, response=response, model="@cf/a/b", account_id="abc")
        assert GeneratedText() == caught.value.partial


def test_what_came_before_an_error_is_told_and_nothing_after_it() -> None:
    reader = TextStreamReader()

    assert [TextDelta("a")] == reader.feed(sse({"response": "a"}, {"error": "no"}, {"response": "b"}))
    assert [] == reader.feed(sse({"response": "c"})) == reader.end()
    assert "a" == reader.partial().response
    with pytest.raises(cfai.StreamError):
        reader.result()


def test_a_stream_that_is_too_large_gives_what_came() -> None:
    reader = TextStreamReader(max_bytes=40)

    assert [TextDelta("a")] == reader.feed(sse({"response": "a"}))
    assert [] == reader.feed(sse({"response": "b"}))
    assert isinstance(reader.failure, cfai.ResponseTooLarge)
    assert "a" == reader.failure.partial.response


# -- both ways to read a plain piece


NULLS = st.sampled_from([None, "", "a", "b\u2028"])
RECORDS = st.none() | st.fixed_dictionaries(
    {},
    optional={
        "prompt_tokens": st.none() | st.integers(0, 9),
        "completion_tokens": st.none() | st.integers(0, 9),
        "total_tokens": st.integers(0, 9),
        "neurons": st.none() | st.sampled_from([0, 0.5, 2]),
        "prompt_tokens_details": st.none() | st.fixed_dictionaries({"cached_tokens": st.none() | st.integers(0, 3)}),
        "input_tokens": st.integers(0, 3),
    },
)
PIECES = st.builds(
    lambda parts, function: {**parts, "function": function},
    st.fixed_dictionaries(
        {}, optional={"index": st.sampled_from([0, 1, None]), "id": st.sampled_from([None, "x", ""])}
    ),
    st.fixed_dictionaries({}, optional={"name": st.sampled_from([None, "f", ""]), "arguments": NULLS}),
)
DELTAS = st.fixed_dictionaries(
    {},
    optional={
        "role": st.just("assistant"),
        "content": NULLS | st.just([{"type": "text", "text": "a"}]),
        "reasoning": NULLS | st.just({"text": "a"}),
        "reasoning_content": NULLS,
        "tool_calls": st.none() | st.lists(PIECES, max_size=2),
    },
)
CHOICES = st.fixed_dictionaries(
    {},
    optional={
        "index": st.sampled_from([0, 0, 1, None]),
        "delta": DELTAS,
        "text": NULLS,
        "finish_reason": st.sampled_from([None, "", "stop"]),
        "message": st.none(),
    },
)
CHUNKS = st.fixed_dictionaries(
    {},
    optional={
        "response": NULLS | st.sampled_from([0, {"a": 1}]),
        "choices": st.none() | st.lists(CHOICES, max_size=2),
        "usage": RECORDS,
        "model": st.sampled_from([None, "m"]),
        "tool_calls": st.sampled_from([None, [], [{"name": "f"}]]),
        "finish_reason": st.sampled_from([None, "stop"]),
        "reasoning": NULLS,
        "type": st.sampled_from([None, "newer", "response.output_text.delta", "content_block_delta", "ping"]),
        "delta": st.sampled_from([None, "a", {"type": "text_delta", "text": "a"}, {"type": "text_delta"}, 5]),
        "error": st.none(),
        "errors": st.sampled_from([None, []]),
        "p": st.just("abc"),
    },
)


@given(st.lists(CHUNKS, max_size=5))
@example([{"type": "response.output_text.delta", "delta": "a", "model": "m"}])
def test_the_decoder_of_plain_pieces_reads_what_the_ordinary_way_reads(chunks: list[Any]) -> None:
    reader, events = read(sse(*chunks))
    accumulator = TextAccumulator(None)
    try:
        for each in chunks:
            any_events.read_event(each, accumulator)
    except Exception:
        assert isinstance(reader.failure, cfai.StreamError)
        return

    assert accumulator.events == [event for event in events if not isinstance(event, Finish)]
    assert accumulator.so_far() == reader.partial() if not reader.over else accumulator.whole() == reader.result()


@pytest.mark.parametrize(
    "event",
    [
        {"response": "a", "tool_calls": [], "p": "x"},
        chunk({"role": "assistant", "content": "a", "reasoning": None}, id="x", created=1, usage=record(0, 1, 1, 0.5)),
        chunk({"tool_calls": [call(index=0, type="function", arguments="{")]}),
        response("output_text.delta", delta="a", output_index=1, sequence_number=7),
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "a"}},
    ],
)
def test_the_pieces_that_most_events_are_go_the_short_way(event: Any) -> None:
    assert None is not fast_path.plain_chunk(json.dumps(event).encode())


def test_what_is_kept_of_many_events_is_their_text() -> None:
    reader = TextStreamReader()
    piece = call(index=0, arguments="abcd")
    one = [
        sse({"response": "abcd", "p": "x" * 20}),
        sse(chunk({"content": "efgh", "reasoning": "abcdefgh"}, usage=record(0, 1))),
        sse(chunk({"tool_calls": [piece, piece]})),
    ]
    reader.feed(sse(chunk({"tool_calls": [call(index=0, id="x", name="f")]})))

    tracemalloc.start()
    for _ in range(5000):
        for event in one:
            reader.feed(event)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert 40_000 == len(reader.partial().response)
    assert 120_000 < kept < 200_000


# -- events


def test_events_are_values_with_short_reprs() -> None:
    assert TextDelta("a") == TextDelta("a") != ReasoningDelta("a")
    assert "TextDelta(text='a')" == repr(TextDelta("a"))
    assert "Finish(reason='stop')" == repr(Finish("stop", None))
    assert all(len(repr(kind("x" * 10_000))) < 210 for kind in (TextDelta, ReasoningDelta))
