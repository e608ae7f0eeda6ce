"""Fragments of text that arrive as the JSON values that they parse as (docs/wire.md 3.1 and 4)."""

import copy
import json
import math
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cfai
from cfai import Finish, GeneratedText, ReasoningDelta, TextDelta, ToolCall, ToolCallDelta
from cfai._wire.decode_context import DecodeContext
from cfai._wire.text.accumulator import TextAccumulator
from cfai._wire.text.events import read_event
from cfai._wire.text.stream import TextStreamReader

TESTS = Path(__file__).parents[1]
_FILES = sorted((*TESTS.glob("samples/text/*/stream*.sse"), *TESTS.glob("emulator/streams/*.sse")))
RECORDED = [file for file in _FILES if b"data:" in file.read_bytes()]
DONE = b"data: [DONE]\n\n"
KEYS = {
    "response",
    "content",
    "text",
    "reasoning",
    "reasoning_content",
    "thinking",
    "arguments",
    "partial_json",
    "delta",
}
"""Keys under which a piece of a text stands, in any of the forms."""
quickly = settings(deadline=None)
ASKED = [None, DecodeContext({"response_format": {"type": "json_object"}}), DecodeContext({}, thinks_aloud=True)]


def sse(*events: Any) -> bytes:
    return b"".join(b"data: " + json.dumps(event).encode() + b"\n\n" for event in events)


def read(stream: bytes, asked: DecodeContext | None = None) -> tuple[list[Any], GeneratedText]:
    reader = TextStreamReader(asked)
    events = reader.feed(stream) + reader.end()
    if reader.failure is not None:
        raise reader.failure
    return events, reader.result()


def streamed(*events: Any, asked: DecodeContext | None = None) -> GeneratedText:
    return read(sse(*events) + DONE, asked)[1]


def whole(result: Any) -> GeneratedText:
    return cfai.converter.structure(result, cfai.GeneratedText)


def value_of(fragment: str) -> Any:
    """Return what a server makes of *fragment* that parses it; the fragment itself where that loses something."""
    try:
        value = json.loads(fragment)
    except ValueError:
        return fragment
    fits = value in ([], {}) or (isinstance(value, (bool, int, float)) and math.isfinite(value))
    return value if fits and json.dumps(value) == fragment else fragment


# -- what each value is as a text


FRAGMENTS = [
    (6, "6"),
    (0, "0"),
    (-7, "-7"),
    (10**30, "1000000000000000000000000000000"),
    (-0.5, "-0.5"),
    (-0.0, "-0.0"),
    (100000.0, "100000.0"),
    (1e16, "1e+16"),
    (5e-324, "5e-324"),
    (True, "true"),
    (False, "false"),
    ([], "[]"),
    ({}, "{}"),
]


def chunk(delta: Any, **more: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": None}], **more}


def typed(kind: str, **more: Any) -> dict[str, Any]:
    return {"type": f"response.{kind}", "output_index": 0, **more}


def block(**delta: Any) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": 0, "delta": delta}


TEXTS: dict[str, Callable[[Any], Any]] = {
    "native": lambda piece: {"response": piece, "p": "x"},
    "generated": lambda piece: {"response": [{"generated_text": piece}]},
    "content": lambda piece: chunk({"content": piece}),
    "parts": lambda piece: chunk({"content": [{"type": "text", "text": piece}]}),
    "hybrid": lambda piece: chunk({"content": ""}, response=piece),
    "twice": lambda piece: chunk({"content": piece}, response=piece),
    "text completion": lambda piece: {"choices": [{"index": 0, "text": piece}]},
    "responses": lambda piece: typed("output_text.delta", delta=piece),
    "anthropic": lambda piece: block(type="text_delta", text=piece),
    "anthropic start": lambda piece: {"type": "content_block_start", "content_block": {"type": "text", "text": piece}},
}
THOUGHTS: dict[str, Callable[[Any], Any]] = {
    "reasoning": lambda piece: chunk({"reasoning": piece}),
    "reasoning_content": lambda piece: chunk({"reasoning_content": piece}),
    "both": lambda piece: chunk({"reasoning": piece, "reasoning_content": piece}),
    "inner": lambda piece: chunk({"reasoning": {"text": piece}}),
    "native": lambda piece: {"reasoning": piece},
    "parts": lambda piece: chunk({"content": [{"type": "thinking", "thinking": piece}]}),
    "parts of parts": lambda piece: {"response": [{"type": "thinking", "thinking": [{"type": "text", "text": piece}]}]},
    "responses": lambda piece: typed("reasoning_text.delta", delta=piece),
    "summary": lambda piece: typed("reasoning_summary_text.delta", delta=piece),
    "anthropic": lambda piece: block(type="thinking_delta", thinking=piece),
}
CALLS: dict[str, tuple[Any, Callable[[Any], Any]]] = {
    "chat": (
        chunk({"tool_calls": [{"index": 0, "id": "x", "function": {"name": "f"}}]}),
        lambda piece: chunk({"tool_calls": [{"index": 0, "function": {"arguments": piece}}]}),
    ),
    "chat, named each time": (
        chunk({"tool_calls": [{"index": 0, "function": {"name": "f"}}]}),
        lambda piece: chunk({"tool_calls": [{"index": 0, "function": {"name": "f", "arguments": piece}}]}),
    ),
    "native": (
        {"tool_calls": [{"index": 0, "id": "x", "function": {"name": "f"}}]},
        lambda piece: {"tool_calls": [{"index": 0, "function": {"arguments": piece}}]},
    ),
    "flat": (
        {"tool_calls": [{"name": "f", "id": "x", "arguments": ""}]},
        lambda piece: {"tool_calls": [{"arguments": piece}]},
    ),
    "beside": (
        chunk({}, tool_calls=[{"index": 0, "id": "x", "function": {"name": "f"}}]),
        lambda piece: chunk({}, tool_calls=[{"index": 0, "function": {"arguments": piece}}]),
    ),
    "responses": (
        typed("output_item.added", item={"type": "function_call", "call_id": "x", "name": "f", "arguments": ""}),
        lambda piece: typed("function_call_arguments.delta", delta=piece),
    ),
    "anthropic": (
        {
            "type": "content_block_start",
            "index": 0,
            "content_block": {"type": "tool_use", "id": "x", "name": "f", "input": {}},
        },
        lambda piece: block(type="input_json_delta", partial_json=piece),
    ),
}


@pytest.mark.parametrize(("value", "text"), FRAGMENTS, ids=repr)
@pytest.mark.parametrize("form", TEXTS)
def test_a_piece_of_the_text_is_what_json_dumps_writes(form: str, value: Any, text: str) -> None:
    for before, after in (("a ", " b"), ("", " b"), ("a ", "")):
        events, answer = read(sse(*map(TEXTS[form], (before, value, after))) + DONE)

        assert (before + text + after, None) == (answer.response, answer.parsed)
        assert [TextDelta(piece) for piece in (before, text, after) if piece] == events[:-1]
        assert [] == answer.skipped


@pytest.mark.parametrize(("value", "text"), FRAGMENTS, ids=repr)
@pytest.mark.parametrize("form", THOUGHTS)
def test_so_is_a_piece_of_the_reasoning(form: str, value: Any, text: str) -> None:
    events, answer = read(sse(*map(THOUGHTS[form], ("a ", value, " b"))) + DONE)

    assert ("", f"a {text} b") == (answer.response, answer.reasoning)
    assert [ReasoningDelta(piece) for piece in ("a ", text, " b")] == events[:-1]


@pytest.mark.parametrize(("value", "text"), FRAGMENTS, ids=repr)
@pytest.mark.parametrize("form", CALLS)
def test_so_is_a_piece_of_the_arguments_of_a_call(form: str, value: Any, text: str) -> None:
    begins, piece = CALLS[form]

    events, answer = read(sse(begins, piece('{"a": '), piece(value), piece("}")) + DONE)

    [call] = answer.tool_calls
    assert ("f", f'{{"a": {text}}}', None) == (call.name, call.raw_arguments, call.error)
    assert value == call.arguments["a"]
    assert type(value) is type(call.arguments["a"])
    deltas = [event for event in events if isinstance(event, ToolCallDelta)]
    assert ["", '{"a": ', text, "}"] == [delta.arguments for delta in deltas]


@pytest.mark.parametrize("form", CALLS)
def test_the_digits_of_an_argument_are_all_there(form: str) -> None:
    begins, piece = CALLS[form]

    [call] = streamed(begins, *map(piece, ('{"a": ', 1, 0, "}"))).tool_calls

    assert {"a": 10} == call.arguments


@pytest.mark.parametrize(("value", "text"), FRAGMENTS, ids=repr)
@pytest.mark.parametrize("form", CALLS)
def test_arguments_that_are_one_value_are_kept_as_they_are(form: str, value: Any, text: str) -> None:
    begins, piece = CALLS[form]

    [call] = streamed(begins, piece(value)).tool_calls

    assert (text, {}) == (call.raw_arguments, call.arguments)
    assert (value == {}) == (call.error is None)


def test_a_call_that_comes_whole_once_more_adds_nothing() -> None:
    begins, piece = CALLS["responses"]
    done = typed("function_call_arguments.done", arguments={})

    assert "{}" == streamed(begins, piece({}), done).tool_calls[0].raw_arguments
    assert "{}" == streamed(begins, done).tool_calls[0].raw_arguments


def test_an_object_may_be_a_piece_of_arguments_and_a_whole_one_is_followed_by_another_call() -> None:
    def named(arguments: Any) -> Any:
        return {"tool_calls": [{"index": 0, "function": {"name": "f", "arguments": arguments}}]}

    assert [{"a": {"b": 1}}] == [
        call.arguments for call in streamed(named('{"a": '), named({"b": 1}), named("}")).tool_calls
    ]
    assert [{"a": 1}, {"a": 2}] == [call.arguments for call in streamed(named({"a": 1}), named({"a": 2})).tool_calls]
    assert [{"a": 1}, {"a": 2}] == [
        call.arguments for call in streamed(named('{"a": 1}'), named('{"a": '), named("2}")).tool_calls
    ]
    assert ["{{}", "not JSON"] == [
        found[:8] if found else found
        for call in streamed(named("{"), named("{}")).tool_calls
        for found in (call.raw_arguments, call.error)
    ]


# -- the last native chunk


@pytest.mark.parametrize("value", [0, False, [], {}, 0.0])
def test_a_native_chunk_with_a_value_in_it_is_no_last_one(value: Any) -> None:
    first = {"prompt_tokens": 9, "completion_tokens": 0, "total_tokens": 9}
    more = {"prompt_tokens": 0, "completion_tokens": 1, "total_tokens": 1}

    answer = streamed({"response": "a", "usage": first}, {"response": value, "usage": more})

    assert cfai.Usage(9, 1, 10) == answer.usage
    assert f"a{json.dumps(value)}" == answer.response


@pytest.mark.parametrize("value", ["", None])
def test_one_without_text_is(value: Any) -> None:
    answer = streamed({"response": "a"}, {"response": value, "usage": {"prompt_tokens": 9, "completion_tokens": 3}})

    assert cfai.Usage(9, 3, 12) == answer.usage


# -- whole texts


@pytest.mark.parametrize(("value", "text"), FRAGMENTS, ids=repr)
def test_a_whole_text_is_what_json_dumps_writes(value: Any, text: str) -> None:
    part = [{"type": "output_text", "text": value}]
    for result in (
        {"response": value},
        {"response": [{"generated_text": value}]},
        {"choices": [{"message": {"content": value}}]},
        {"choices": [{"message": {"content": [{"type": "text", "text": value}]}}]},
        {"choices": [{"message": {"content": None}}], "response": value},
        {"choices": [{"text": value}]},
        {"output": [{"type": "message", "content": part}]},
        {"object": "response", "output": [], "output_text": value},
        {"type": "message", "content": [{"type": "text", "text": value}]},
        {"type": "message", "content": value if value != [] else [{"type": "text", "text": value}]},
        {"description": value},
        {"metrics": {}, "answer": value},
    ):
        assert text == whole(result).response
        assert [] == whole(result).skipped


@pytest.mark.parametrize(("value", "text"), FRAGMENTS, ids=repr)
def test_so_is_the_whole_reasoning(value: Any, text: str) -> None:
    for result in (
        {"response": "x", "reasoning": value},
        {"response": "x", "reasoning_content": value},
        {"choices": [{"message": {"content": "x", "reasoning": {"text": value}}}]},
        {
            "choices": [
                {"message": {"content": [{"type": "thinking", "thinking": value}, {"type": "text", "text": "x"}]}}
            ]
        },
        {"output": [{"type": "reasoning", "content": [{"type": "reasoning_text", "text": value}]}], "output_text": "x"},
        {"output": [{"type": "reasoning", "summary": [{"type": "summary_text", "text": value}]}], "output_text": "x"},
        {"type": "message", "content": [{"type": "thinking", "thinking": value}, {"type": "text", "text": "x"}]},
    ):
        assert ("x", text) == (whole(result).response, whole(result).reasoning)


@pytest.mark.parametrize(("value", "text"), FRAGMENTS, ids=repr)
def test_whole_arguments_that_are_no_object_have_an_error(value: Any, text: str) -> None:
    for result in (
        {"tool_calls": [{"name": "f", "arguments": value}]},
        {"choices": [{"message": {"tool_calls": [{"function": {"name": "f", "arguments": value}}]}}]},
        {"output": [{"type": "function_call", "name": "f", "arguments": value}]},
        {"type": "message", "content": [{"type": "tool_use", "name": "f", "input": value}]},
    ):
        [call] = whole(result).tool_calls
        assert (text, {}) == (call.raw_arguments, call.arguments)
        assert (value == {}) == (call.error is None)


# -- lists: parts, or JSON


FRUIT = [{"type": "fruit", "name": "apple"}]
JSONS = [
    (FRUIT, '[{"type":"fruit","name":"apple"}]'),
    ([{"type": "text", "text": "a"}, *FRUIT], '[{"type":"text","text":"a"},{"type":"fruit","name":"apple"}]'),
    ([{"type": ["text"], "text": "a"}], '[{"type":["text"],"text":"a"}]'),
    ([{"name": "apple"}], '[{"name":"apple"}]'),
    ([{"type": "text"}, "a"], '[{"type":"text"},"a"]'),
    ([{"type": "file", "name": "a"}], '[{"type":"file","name":"a"}]'),
    ([[]], "[[]]"),
    ([1], "[1]"),
    ({"type": "text", "text": "a"}, '{"type":"text","text":"a"}'),
]
PARTS = [
    [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}],
    [{"type": "output_text", "text": "a", "annotations": []}, {"type": "refusal", "refusal": "no"}],
    [{"type": "input_text", "text": "a"}, {"type": "image_url", "image_url": {"url": "data:,a"}}],
    [{"type": "reasoning", "text": "hm"}, {"type": "text", "text": "a"}],
    [{"type": "tool_use", "id": "x", "name": "f", "input": {}}, {"type": "text", "text": "a"}],
]


@pytest.mark.parametrize(("value", "text"), JSONS)
def test_a_list_of_anything_but_known_parts_is_json_and_parsed(value: Any, text: str) -> None:
    for result in ({"response": value}, {"choices": [{"message": {"content": value}}]}, {"choices": [{"text": value}]}):
        answer = whole(result)
        assert (text, value) == (answer.response, answer.parsed)
        answer = streamed({"result": result, "success": True})
        assert (text, value) == (answer.response, answer.parsed)
    for event in ({"response": value}, chunk({"content": value}), {"choices": [{"text": value}]}):
        answer = streamed(event, {"response": ""})
        assert (text, value) == (answer.response, answer.parsed)


@pytest.mark.parametrize("parts", PARTS)
def test_a_list_of_known_parts_is_the_text_in_them(parts: Any) -> None:
    text = "".join(part["text"] for part in parts if part["type"].endswith("text"))
    for result in ({"response": parts}, {"choices": [{"message": {"content": parts}}]}):
        assert (text, None) == (whole(result).response, whole(result).parsed)
    for event in ({"response": parts}, chunk({"content": parts})):
        assert (text, None) == (streamed(event).response, streamed(event).parsed)


def test_an_empty_list_is_a_text_and_in_the_blocks_of_other_forms_there_is_no_text() -> None:
    assert "[]" == whole({"response": []}).response
    assert "[]" == whole({"choices": [{"message": {"content": []}}]}).response
    assert "" == whole({"output": [{"type": "message", "content": []}]}).response
    assert "" == whole({"type": "message", "content": []}).response
    summary = whole({"output": [{"type": "reasoning", "summary": [], "content": []}], "output_text": "a"})
    assert ("a", None) == (summary.response, summary.reasoning)


def test_by_its_shape_a_response_may_be_a_list() -> None:
    for response, text in (([], "[]"), (FRUIT, JSONS[0][1]), ([{"generated_text": "hi"}], "hi"), ({}, "{}"), (0, "0")):
        answer = cfai.converter.structure({"response": response}, cfai.RunResponse)
        assert isinstance(answer, GeneratedText)
        assert text == answer.response
    ranking = cfai.converter.structure({"response": [{"id": 0, "score": 1}]}, cfai.RunResponse)
    assert [cfai.RankedContext(0, 1.0)] == ranking
    assert isinstance(cfai.converter.structure({"response": [[0.5]]}, cfai.RunResponse), cfai.Embeddings)


def test_an_object_in_a_stream_is_parsed_only_where_it_is_all_of_the_text() -> None:
    assert {"a": 1} == streamed({"response": {"a": 1}}).parsed
    for events in (
        [{"response": "x"}, {"response": {"a": 1}}],
        [{"response": {"a": 1}}, {"response": "x"}],
        [{"response": {"a": 1}}, {"response": {"b": 1}}],
        [chunk({"content": "x"}), chunk({"content": {"a": 1}})],
        [typed("output_text.delta", delta={"a": 1}), typed("output_text.delta", delta=0)],
    ):
        answer = streamed(*events)
        assert None is answer.parsed
        assert 1 < len(answer.response) != len('{"a":1}')
    assert {"a": 1} == streamed(typed("output_text.delta", delta={"a": 1})).parsed
    assert {"a": 1} == streamed(typed("output_text.delta", delta={"a": 1}), typed("completed", response={})).parsed


def test_the_object_that_repeats_the_text_is_told_once() -> None:
    pieces = [chunk({"content": '{"a": '}), chunk({"content": 1}), chunk({"content": "}"})]
    for response, parsed in (({"a": 1}, {"a": 1}), ({"a": 2}, {"a": 2})):  # beside choices it is never a piece
        answer = streamed(*pieces, {"response": response})
        assert ('{"a": 1}', parsed) == (answer.response, answer.parsed)
    native = [{"response": '{"a":  '}, {"response": 1}, {"response": "}"}]
    assert ('{"a":  1}', {"a": 1}) == (
        (answer := streamed(*native, {"response": {"a": 1}})).response,
        answer.parsed,
    )
    for text, value in (("{}", {}), ("[]", [])):  # but what is empty is always a piece
        assert text * 2 == streamed({"response": text}, {"response": value}).response
        assert text * 2 == streamed(TEXTS["hybrid"](text), TEXTS["hybrid"](value)).response


@pytest.mark.parametrize(
    ("content", "response", "text", "parsed"),
    [
        ("hi", [], "hi", None),
        ("hi", {}, "hi", None),
        ("hi", 0, "0", None),
        (None, 0, "0", None),
        (None, [], "[]", []),
        (FRUIT, "x", "x", FRUIT),
        (FRUIT, FRUIT, JSONS[0][1], FRUIT),
    ],
)
def test_the_halves_of_the_hybrid_may_be_values_too(content: Any, response: Any, text: str, parsed: Any) -> None:
    answer = whole({"choices": [{"message": {"content": content}}], "response": response})

    assert (text, parsed) == (answer.response, answer.parsed)


# -- any stream


def fragments(value: Any) -> Iterator[tuple[Any, Any]]:
    """List the places of pieces of texts in an event, as containers and keys."""
    items: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        if isinstance(item, str) and key in KEYS:
            yield value, key
        else:
            yield from fragments(item)


def events_in(stream: bytes) -> list[Any]:
    lines = [line[5:].strip() for line in stream.decode().splitlines() if line.startswith("data:")]
    return [json.loads(line) for line in lines if line != "[DONE]"]


def as_json(events: list[Any], chosen: Callable[[], bool]) -> list[Any]:
    """Replace pieces of texts, all that are *chosen*, by the values that they parse as."""
    events = copy.deepcopy(events)
    for container, key in list(fragments(events)):
        if chosen():
            container[key] = value_of(container[key])
    return events


@pytest.mark.parametrize("file", RECORDED, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_a_recorded_stream_is_the_same_with_json_in_place_of_its_fragments(file: Path) -> None:
    stream = file.read_bytes()
    events = events_in(stream)

    for asked in ASKED:
        assert read(stream, asked) == read(sse(*as_json(events, lambda: True)) + DONE, asked)


@quickly
@given(st.sampled_from(RECORDED), st.sampled_from(ASKED), st.randoms(use_true_random=False))
def test_so_it_is_with_json_in_place_of_some_of_them(file: Path, asked: Any, chance: random.Random) -> None:
    stream = file.read_bytes()
    replaced = as_json(events_in(stream), lambda: chance.random() < 0.5)

    assert read(stream, asked) == read(sse(*replaced) + DONE, asked)


TOKENS = ["1", "0", "10", "-0.5", "1e+16", "true", "false", "[]", "{}", "{", "}", '"', '{"a": ', " ", "a", "\u2028", ""]
PIECES = st.lists(st.sampled_from(TOKENS) | st.text(max_size=3), max_size=6) | st.builds(
    lambda text, places: [text[start:end] for start, end in zip([0, *places], [*places, len(text)], strict=True)],
    st.sampled_from(['{"a": 10}', "1 [] {} true", '{"a": {}, "b": [], "c": -0.5}', "[1, 20, 300]"]),
    st.lists(st.integers(0, 12), max_size=6).map(sorted),
)


@st.composite
def streams(draw: st.DrawFn) -> list[Any]:
    """Draw the events of a stream: its thoughts, its text and a call, each in one of the forms and in pieces."""
    thought, text = (draw(st.sampled_from(sorted(forms))) for forms in (THOUGHTS, TEXTS))
    begins, piece = CALLS[draw(st.sampled_from(sorted(CALLS)))]
    return [
        *map(THOUGHTS[thought], draw(PIECES)),
        *map(TEXTS[text], draw(PIECES)),
        begins,
        *map(piece, draw(PIECES)),
    ]


@quickly
@given(streams(), st.sampled_from(ASKED), st.randoms(use_true_random=False))
def test_any_stream_is_the_same_with_json_in_place_of_any_of_its_fragments(
    events: list[Any], asked: Any, chance: random.Random
) -> None:
    replaced = as_json(events, lambda: chance.random() < 0.5)

    assert read(sse(*events) + DONE, asked) == read(sse(*replaced) + DONE, asked)


@quickly
@given(st.sampled_from(sorted(CALLS)), PIECES)
def test_no_piece_of_arguments_is_lost(form: str, pieces: list[str]) -> None:
    begins, piece = CALLS[form]

    _, answer = read(sse(begins, *(piece(value_of(each)) for each in pieces)) + DONE)

    if form == "chat, named each time":  # what follows a whole object is another call's
        assert "".join(pieces) == "".join(call.raw_arguments for call in answer.tool_calls)
    else:
        assert ["".join(pieces)] == [call.raw_arguments for call in answer.tool_calls]


@quickly
@given(st.sampled_from(sorted(TEXTS)), PIECES)
def test_no_piece_of_a_text_is_lost_and_the_short_way_reads_what_the_long_one_reads(form: str, pieces: Any) -> None:
    stream = [TEXTS[form](value_of(piece)) for piece in pieces]

    events, answer = read(sse(*stream) + DONE)

    accumulator = TextAccumulator(None)
    for event in stream:
        read_event(event, accumulator)
    assert "".join(pieces) == answer.response
    assert (accumulator.events, accumulator.whole()) == (events[:-1], answer)
    assert Finish(None, None) == events[-1]


def test_a_call_made_by_hand_is_the_same_as_one_that_was_read() -> None:
    assert [ToolCall("call_0", "f", {"a": 10}, '{"a": 10}')] == whole(
        {"tool_calls": [{"name": "f", "arguments": '{"a": 10}'}]}
    ).tool_calls


@pytest.mark.parametrize(
    ("content", "text", "parsed"),
    [
        (6, "6", None),
        (False, "false", None),
        ({"type": "fruit", "name": "apple"}, '{"type":"fruit","name":"apple"}', {"type": "fruit", "name": "apple"}),
        ({"type": "text", "text": "one block"}, "one block", None),
        ("plain", "plain", None),
    ],
    ids=repr,
)
def test_a_whole_content_of_anthropics_may_have_come_parsed(content: Any, text: str, parsed: Any) -> None:
    message = {"type": "message", "content": content, "stop_reason": "end_turn"}

    for answer in (whole(message), streamed(message)):
        assert (text, parsed, "stop") == (answer.response, answer.parsed, answer.finish_reason)


@pytest.mark.parametrize("empty", [{"response": None}, {"tool_calls": None}, {"response": None, "tool_calls": []}])
def test_native_keys_without_a_value_do_not_hide_the_text_under_another_key(empty: dict[str, Any]) -> None:
    assert "a cat" == whole({**empty, "description": "a cat"}).response
    assert "a cat" == whole({**empty, "metrics": {"input_tokens": 1}, "answer": "a cat"}).response
    assert "" == whole(empty if "response" in empty else {**empty, "response": None}).response
