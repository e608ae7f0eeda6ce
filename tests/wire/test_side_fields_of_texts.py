"""Side fields of generated text: whatever stands in them, the text and the calls of tools are read."""

import copy
import json
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cfai
from cfai import GeneratedText, ToolCall, Usage
from cfai._wire.answer.decode import decode
from cfai._wire.http_values import Headers, Response
from cfai._wire.request.encode import encode
from cfai._wire.text.stream import TextStreamReader, read_stream
from cfai._wire.text.usage import read_usage

SAMPLES = Path(__file__).parents[1] / "samples" / "text"
WHOLE = sorted(SAMPLES.glob("*/answer.json"))
STREAMS = [file for file in sorted(SAMPLES.glob("*/stream*.sse")) if b"data:" in file.read_bytes()]
DONE = b"data: [DONE]\n\n"
SIDE = {
    "usage", "prompt_tokens", "completion_tokens", "total_tokens", "neurons", "input_tokens", "output_tokens",
    "prompt_tokens_details", "input_tokens_details", "cached_tokens", "model", "id", "created", "reasoning",
    "reasoning_content", "stop_reason", "incomplete_details", "reason", "thinking", "summary", "p", "refusal",
    "logprobs", "role", "annotations", "sequence_number", "signature", "call_id",
}  # fmt: skip
"""Keys of side fields, wherever in an answer they stand."""
leaves = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=3)
)
VALUES = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["text", "a"]), inner, max_size=2),
)


def read(result: Any) -> GeneratedText:
    return cfai.converter.structure(result, GeneratedText)


def sse(*events: Any) -> bytes:
    return b"".join(b"data: " + json.dumps(event).encode() + b"\n\n" for event in events)


def streamed(*events: Any) -> GeneratedText:
    return read_stream(sse(*events) + DONE)


def chat(message: Any, **more: Any) -> dict[str, Any]:
    return {"choices": [{"message": message, **more}]}


# -- what is skipped, one by one


NAMELESS = "expected a name, got null"
WHOLES: list[tuple[Any, GeneratedText, list[str]]] = [
    ({"response": "a", "usage": 5}, GeneratedText("a"), ["$.usage"]),
    ({"response": "a", "usage": "none"}, GeneratedText("a"), ["$.usage"]),
    (
        {"response": "a", "usage": {"prompt_tokens": "7", "completion_tokens": 2}},
        GeneratedText("a", usage=Usage(0, 2, 2)),
        ["$.usage.prompt_tokens"],
    ),
    ({"response": "a", "model": 5}, GeneratedText("a"), ["$.model"]),
    ({"response": "a", "model": ["m"], "finish_reason": {}}, GeneratedText("a"), ["$.model", "$.finish_reason"]),
    ({"response": "a", "reasoning": {"effort": "low"}}, GeneratedText("a"), ["$.reasoning"]),
    (
        {"response": "a", "reasoning": {"effort": "low"}, "reasoning_content": "hm"},
        GeneratedText("a", reasoning="hm"),
        ["$.reasoning"],
    ),
    ({"response": "a", "tool_calls": "f()"}, GeneratedText("a"), ["$.tool_calls"]),
    (
        {"response": "a", "tool_calls": [5, None, {"name": "f"}, "g"]},
        GeneratedText("a", tool_calls=[ToolCall("call_2", "f")]),
        ["$.tool_calls[0]", "$.tool_calls[3]"],
    ),
    (
        {"tool_calls": [{"arguments": {"a": 1}}]},
        GeneratedText(tool_calls=[ToolCall("call_0", "", {"a": 1}, '{"a":1}', NAMELESS)]),
        ["$.tool_calls[0].name"],
    ),
    (
        {"tool_calls": [{"id": 7, "function": {"name": 5, "arguments": [1]}}]},
        GeneratedText(
            tool_calls=[ToolCall("call_0", "", {}, "[1]", "expected a name, got int; expected an object, got array")]
        ),
        ["$.tool_calls[0].id", "$.tool_calls[0].function.arguments", "$.tool_calls[0].function.name"],
    ),
    (chat({"content": "a"}, finish_reason=5), GeneratedText("a"), ["$.choices[0].finish_reason"]),
    (chat({"content": "a", "tool_calls": 5}), GeneratedText("a"), ["$.choices[0].message.tool_calls"]),
    (
        {"object": "response", "output_text": "a", "status": "incomplete", "incomplete_details": 5},
        GeneratedText("a", finish_reason="incomplete"),
        ["$.incomplete_details"],
    ),
    (
        {"object": "response", "output_text": "a", "status": "incomplete", "incomplete_details": {"reason": 5}},
        GeneratedText("a", finish_reason="incomplete"),
        ["$.incomplete_details.reason"],
    ),
    (
        {"object": "response", "output": 5, "output_text": "a"},
        GeneratedText("a"),
        ["$.output"],
    ),
    (
        {"output": [5, {"type": "message", "content": ["x", {"type": "output_text", "text": "a"}]}]},
        GeneratedText("a"),
        ["$.output[0]", "$.output[1].content[0]"],
    ),
    (
        {"output": [{"type": "function_call", "call_id": 5, "id": "x", "name": "f"}]},
        GeneratedText(tool_calls=[ToolCall("x", "f")]),
        ["$.output[0].call_id"],
    ),
    ({"output": [{"type": "message", "content": {"type": "output_text", "text": "a"}}]}, GeneratedText("a"), []),
    (
        {"type": "message", "content": [5, {"type": "text", "text": "a"}], "stop_reason": 5},
        GeneratedText("a"),
        ["$.content[0]", "$.stop_reason"],
    ),
    (
        {"type": "message", "content": [{"type": "tool_use", "id": 5, "name": "f", "input": "x"}]},
        GeneratedText(
            tool_calls=[ToolCall("call_0", "f", {}, "x", "not JSON: JSON is malformed: invalid character (byte 0)")]
        ),
        ["$.content[0].id", "$.content[0].input"],
    ),
    ({"metrics": 5, "answer": "a"}, GeneratedText("a"), ["$.metrics"]),
]


@pytest.mark.parametrize(("result", "expected", "skipped"), WHOLES)
def test_what_is_unusable_takes_its_default_and_its_path_is_told(
    result: Any, expected: GeneratedText, skipped: list[str]
) -> None:
    answer = read(result)

    assert (expected, skipped) == (answer, answer.skipped)
    assert result == answer.raw
    assert skipped == pickle.loads(pickle.dumps(answer)).skipped
    assert skipped == decoded(result, cfai.Prompt("a")).skipped
    if "metrics" not in result:  # by its shape that is what a model that sees said
        found = cfai.converter.structure(result, cfai.RunResponse)
        assert (expected, skipped) == (found, found.skipped)
        assert skipped == decoded(result, {"prompt": "a"}).skipped


def decoded(result: Any, params: Any) -> Any:
    body = json.dumps({"result": result, "success": True}).encode()
    return decode(Response(status=200, headers=Headers({}), body=body), encode("@cf/some/model", params), "0" * 32)


@pytest.mark.parametrize(
    ("result", "path"),
    [
        ({"tool_calls": []}, "$.response"),
        ({"tool_calls": [5], "usage": {}}, "$.response"),
        ({"output": [5], "model": "m"}, "$.output[0]"),
        ({"object": "response", "output": 5}, "$.output"),
        ({"type": "message", "content": [5]}, "$.content[0]"),
        ({"usage": {"prompt_tokens": 1}}, "$"),
    ],
)
def test_without_a_usable_text_and_a_call_there_is_no_answer(result: Any, path: str) -> None:
    with pytest.raises(cfai.DecodeError) as caught:
        read(result)

    assert (path, result) == (caught.value.path, caught.value.raw)
    assert isinstance(cfai.converter.structure(result, cfai.RunResponse), cfai.UnknownAnswer)


@attrs.frozen
class Mine:
    """A class of a user's own."""

    response: str
    usage: Usage | None = None


def test_a_class_of_the_users_own_stays_strict() -> None:
    with pytest.raises(cfai.DecodeError):
        cfai.converter.structure({"response": "a", "usage": {"prompt_tokens": "7"}}, Mine)
    with pytest.raises(cfai.DecodeError):
        cfai.converter.structure({"response": 5}, Mine)


@pytest.mark.parametrize(
    ("usage", "expected", "skipped"),
    [
        ([], None, ["$.u"]),
        ({"prompt_tokens": "x", "input_tokens": 3}, Usage(3, 0, 3), ["$.u.prompt_tokens"]),
        ({"prompt_tokens": 1, "total_tokens": [5]}, Usage(1, 0, 1), ["$.u.total_tokens"]),
        ({"prompt_tokens": True, "completion_tokens": 0.5}, Usage(), ["$.u.prompt_tokens", "$.u.completion_tokens"]),
        ({"neurons": "7", "prompt_tokens": 2.0}, Usage(2, 0, 2), ["$.u.neurons"]),
        ({"neurons": 10**400}, Usage(), ["$.u.neurons"]),
        ({"prompt_tokens_details": 5, "cached_tokens": 4}, Usage(0, 0, 0, 4), ["$.u.prompt_tokens_details"]),
        (
            {"input_tokens_details": {"cached_tokens": "x"}, "cached_tokens": None},
            Usage(),
            ["$.u.input_tokens_details.cached_tokens"],
        ),
    ],
)
def test_of_a_record_of_tokens_each_count_is_read_by_itself(usage: Any, expected: Any, skipped: list[str]) -> None:
    paths: list[str] = []

    assert (expected, skipped) == (read_usage(usage, "$.u", paths), paths)


# -- in streams


def delta(content: Any = None, **more: Any) -> dict[str, Any]:
    return {"choices": [{"delta": {"content": content}, **more}]}


EVENTS: list[tuple[list[Any], GeneratedText, list[str]]] = [
    ([{"response": "a", "usage": []}, {"response": "", "usage": 5}], GeneratedText("a"), ["$.usage"]),
    (
        [{"response": "a"}, {"response": "", "usage": {"prompt_tokens": "x", "completion_tokens": 3}}],
        GeneratedText("a", usage=Usage(0, 3, 3)),
        ["$.usage.prompt_tokens"],
    ),
    (
        [{**delta("a"), "usage": {"prompt_tokens": 9, "neurons": "x"}}, {**delta(), "usage": {"completion_tokens": 1}}],
        GeneratedText("a", usage=Usage(9, 1, 10)),
        ["$.usage.neurons"],
    ),
    ([{"response": "a", "model": 5}, {"response": "b", "model": "m"}], GeneratedText("ab", model="m"), ["$.model"]),
    ([delta("a", finish_reason=5), delta("b")], GeneratedText("ab"), ["$.choices[0].finish_reason"]),
    ([{"response": "a", "finish_reason": ["stop"]}], GeneratedText("a"), ["$.finish_reason"]),
    ([{"response": "a", "tool_calls": {}}], GeneratedText("a"), ["$.tool_calls"]),
    ([{"response": "a", "tool_calls": ["f", None]}], GeneratedText("a"), ["$.tool_calls[0]"]),
    (
        [{"choices": [{"delta": {"tool_calls": 5}}], "tool_calls": [{"name": "f", "id": 5}]}],
        GeneratedText(tool_calls=[ToolCall("call_0", "f")]),
        ["$.choices[0].delta.tool_calls", "$.tool_calls[0].id"],
    ),
    (
        [{"tool_calls": [{"name": 5, "arguments": "{"}]}],
        GeneratedText(
            tool_calls=[
                ToolCall("call_0", "", {}, "{", "expected a name, got null; not JSON: Input data was truncated")
            ]
        ),
        ["$.tool_calls[0].name", "$.tool_calls[0].arguments"],
    ),
    ([{"response": "a", "reasoning": {"effort": "low"}}], GeneratedText("a"), ["$.reasoning"]),
    (
        [
            {"type": "response.created", "response": 5},
            {"type": "response.output_item.added", "item": 5},
            {"type": "response.output_item.added", "item": None},
            {
                "type": "response.output_item.done",
                "item": {"type": "function_call", "call_id": 5, "id": "x", "name": 5, "arguments": "{}"},
            },
            {"type": "response.function_call_arguments.done", "name": "f", "arguments": "{}"},
            {"type": "response.output_text.delta", "delta": "a"},
            {
                "type": "response.completed",
                "response": {"model": 5, "usage": {"input_tokens": "x", "output_tokens": 3}},
            },
        ],
        GeneratedText("a", None, None, [ToolCall("x", "f", {}, "{}")], Usage(0, 3, 3), "tool_calls"),
        [
            "$.response",
            "$.item",
            "$.item.call_id",
            "$.item.name",
            "$.response.usage.input_tokens",
            "$.response.model",
        ],
    ),
    (
        [
            {"type": "message_start"},
            {"type": "message_start", "message": 5},
            {"type": "message_start", "message": {"model": 5, "usage": {"input_tokens": 8, "output_tokens": 1}}},
            {"type": "content_block_start", "content_block": {"type": "tool_use", "id": 5, "name": "f", "input": {}}},
            {"type": "content_block_stop"},
            {"type": "message_delta", "delta": 5, "usage": {"output_tokens": "x", "input_tokens_details": 5}},
            {"type": "message_delta", "delta": {"stop_reason": 5}, "usage": 5},
            {"type": "message_stop"},
        ],
        GeneratedText("", None, None, [ToolCall("call_0", "f", {}, "{}")], Usage(8, 1, 9)),
        [
            "$.message",
            "$.message.model",
            "$.content_block.id",
            "$.delta",
            "$.usage.output_tokens",
            "$.usage.input_tokens_details",
            "$.delta.stop_reason",
            "$.usage",
        ],
    ),
    (
        [{"result": {"response": "a", "usage": 5, "model": 5}, "success": True}],
        GeneratedText("a"),
        ["$.usage", "$.model"],
    ),
    (
        [{"result": {"tool_calls": [{"arguments": "{}"}]}, "success": True}],
        GeneratedText(tool_calls=[ToolCall("call_0", "", {}, "{}", NAMELESS)]),
        ["$.tool_calls[0].name"],
    ),
]


@pytest.mark.parametrize(("events", "expected", "skipped"), EVENTS)
def test_no_side_field_breaks_a_stream(events: list[Any], expected: GeneratedText, skipped: list[str]) -> None:
    answer = streamed(*events)

    assert (expected, skipped) == (answer, answer.skipped)


def test_a_path_is_listed_once_however_often_it_comes() -> None:
    events = [{"response": "a", "usage": {"prompt_tokens": "x"}, "model": 5}] * 500

    reader = TextStreamReader()
    reader.feed(sse(*events))

    assert ["$.usage.prompt_tokens", "$.model"] == reader.partial().skipped
    reader.feed(DONE)
    assert ["$.usage.prompt_tokens", "$.model"] == reader.result().skipped


def test_what_a_model_that_sees_streams_keeps_its_paths() -> None:
    body = sse({"response": "a", "usage": 5}) + DONE
    response = Response(status=200, headers=Headers({"Content-Type": "text/event-stream"}), body=body)

    answer = decode(response, encode("@cf/some/model", cfai.VisionQuery(b"\xff\xd8\xff", task="query")), "0" * 32)

    assert ("a", ["$.usage"]) == (answer.answer, answer.skipped)


# -- any value in any of them


def places(value: Any) -> Iterator[tuple[Any, str]]:
    """List the side fields of an answer or an event, as objects and keys."""
    items: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        if key in SIDE:
            yield value, key
        yield from places(item)


def essence(answer: GeneratedText) -> Any:
    return answer.response, [(call.name, call.arguments, call.raw_arguments) for call in answer.tool_calls]


@settings(deadline=None)
@given(st.sampled_from(WHOLE), st.data())
def test_any_value_in_a_side_field_leaves_the_text_and_the_calls_as_they_were(file: Path, data: st.DataObject) -> None:
    body = json.loads(file.read_bytes())
    before = essence(whole_of(body))
    changed = copy.deepcopy(body)
    found = list(places(changed))
    for container, key in data.draw(st.lists(st.sampled_from(found), max_size=3)) if found else []:
        container[key] = data.draw(VALUES)

    assert before == essence(whole_of(changed))


def whole_of(body: Any) -> Any:
    response = Response(status=200, headers=Headers({}), body=json.dumps(body).encode())
    return decode(response, encode("@cf/some/model", cfai.Prompt("a")), "0" * 32)


@settings(deadline=None)
@given(st.sampled_from(STREAMS), st.data())
def test_so_it_is_in_streams(file: Path, data: st.DataObject) -> None:
    stream = file.read_bytes()
    lines = [line[5:].strip() for line in stream.decode().splitlines() if line.startswith("data:")]
    events = [json.loads(line) for line in lines if line != "[DONE]"]
    found = [place for event in events for place in places(event)]
    for container, key in data.draw(st.lists(st.sampled_from(found), max_size=3)) if found else []:
        container[key] = data.draw(VALUES)

    assert essence(read_stream(stream)) == essence(read_stream(sse(*events) + DONE))
