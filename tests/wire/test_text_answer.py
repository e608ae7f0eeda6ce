"""The answer to a request for a stream of text, in whatever body and in whatever pieces it comes (docs/wire.md 4)."""

import json
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cfai
from cfai import Finish, GeneratedText, ReasoningDelta, TextDelta, ToolCallDelta, Usage
from cfai._wire.answer.decode import decode
from cfai._wire.answer.media_stream import MediaStreamReader
from cfai._wire.answer.text_response import TextAnswerReader
from cfai._wire.http_values import Headers, Response
from cfai._wire.request.encode import encode
from cfai._wire.text.whole import read_text

SAMPLES = Path(__file__).parents[1] / "samples" / "text"
STREAMS = sorted(SAMPLES.glob("*/stream*.sse"))
WHOLE = sorted(SAMPLES.glob("*/answer.json"))
MODEL = "@cf/some/model"
BOM = b"\xef\xbb\xbf"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
SPEAK = cfai.TextToSpeech("hi")


def name_of(file: Path) -> str:
    return f"{file.parent.name}/{file.stem}"


def head(content_type: str) -> Response:
    return Response(status=200, headers=Headers({"Content-Type": content_type}), body=b"")


def single(data: bytes) -> list[bytes]:
    return [data[place : place + 1] for place in range(len(data))]


def read(pieces: Iterable[bytes], content_type: str, params: Any = None) -> tuple[TextAnswerReader, list[Any]]:
    request = encode(MODEL, {"prompt": "hi"} if params is None else params, stream=True)
    reader = TextAnswerReader(request, head(content_type), "0" * 32)
    events = [event for piece in pieces for event in reader.feed(piece)]
    return reader, events + reader.end()


def read_bytes(pieces: Iterable[bytes], content_type: str) -> tuple[MediaStreamReader, list[bytes]]:
    reader = MediaStreamReader(encode(MODEL, SPEAK, stream=True), head(content_type), "0" * 32)
    events = [event for piece in pieces for event in reader.feed(piece)]
    return reader, events + reader.end()


def sse(*events: Any) -> bytes:
    return b"".join(b"data: " + json.dumps(event).encode() + b"\n\n" for event in events)


def text_of(events: list[Any], kind: type[Any] = TextDelta) -> str:
    return "".join(event.text for event in events if isinstance(event, kind))


def failure_of(body: bytes, content_type: str) -> Any:
    failures = [read(pieces, content_type)[0].failure for pieces in ([body], single(body))]
    assert str(failures[0]) == str(failures[1])
    assert type(failures[0]) is type(failures[1])
    return failures[0]


# -- events


@pytest.mark.parametrize("file", STREAMS, ids=name_of)
@pytest.mark.parametrize("content_type", ["text/event-stream", "text/plain", "application/octet-stream", ""])
@pytest.mark.parametrize("opening", [b"", BOM, b": ping\r\n\r\n", b"id: 1\n", b"\n", b"retry: 1\r"])
def test_a_recording_is_the_same_however_it_begins(file: Path, content_type: str, opening: bytes) -> None:
    stream = file.read_bytes()
    if stream.startswith(b"{") and opening not in (b"", BOM, b"\n"):
        pytest.skip("a whole answer has no fields of events before it")
    reader, events = read([stream], "text/event-stream")

    for pieces in ([opening + stream], [opening, stream], single(opening + stream)):
        again, cut = read(pieces, content_type)
        assert (events, reader.result(), None) == (cut, again.result(), again.failure)


@given(st.sampled_from(STREAMS), st.sampled_from([b"", BOM, b":\n\n", b"event: x\n"]), st.randoms())
def test_no_cuts_of_a_stream_change_its_events(file: Path, opening: bytes, chance: random.Random) -> None:
    stream = opening + file.read_bytes()
    places = sorted(chance.randint(0, len(stream)) for _ in range(chance.randint(1, 9)))
    pieces = [stream[start:end] for start, end in zip([0, *places], [*places, len(stream)], strict=True)]

    assert read([stream], "text/plain")[1] == read(pieces, "text/plain")[1]


def test_the_first_event_comes_with_the_byte_that_ends_it() -> None:
    stream = BOM + b': ping\n\ndata: {"response": "a"}\n\ndata: {"response": "b"}\n\n'
    reader = TextAnswerReader(encode(MODEL, {"prompt": "hi"}, stream=True), head("text/plain"), "0" * 32)
    first = stream.index(b"\n\ndata", 20) + 2

    assert [] == [event for byte in single(stream[: first - 1]) for event in reader.feed(byte)]
    assert [TextDelta("a")] == reader.feed(stream[first - 1 : first])
    assert "a" == reader.partial().response


# -- lines of JSON

NATIVE = (
    b'{"response":"Hel"}\n{"response":"lo"}\n'
    b'{"response":"","usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}\n'
)
CHAT = (
    b'{"choices":[{"index":0,"delta":{"content":"Hel"},"finish_reason":null}]}\n'
    b'{"choices":[{"index":0,"delta":{"content":"lo"},"finish_reason":null}]}\n'
    b'{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n'
)
LINES = {
    "an end mark": (NATIVE + b"[DONE]\n", None),
    "an end mark with its field": (NATIVE + b"\ndata: [DONE]\n\n", None),
    "an end mark without its line's end": (NATIVE + b"[DONE]", None),
    "a finish reason": (CHAT, "stop"),
    "a finish reason without its line's end": (CHAT[:-1], "stop"),
    "blank lines and comments": (b"\n" + CHAT.replace(b"\n", b"\n\n: ping\n\nid: 1\nevent: x\nretry: 1\n"), "stop"),
    "a byte order mark": (BOM + CHAT, "stop"),
    "nothing read behind the end": (NATIVE + b"[DONE]\nnonsense\n", None),
}


@pytest.mark.parametrize("case", LINES)
@pytest.mark.parametrize("content_type", ["text/event-stream", "text/plain", "application/x-ndjson", "a/b", ""])
@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_a_line_of_json_is_an_event(case: str, content_type: str, end: bytes) -> None:
    body, reason = LINES[case]
    body = body.replace(b"\n", end)

    for pieces in ([body], single(body), [body[:30], body[30:]]):
        reader, events = read(pieces, content_type)
        assert None is reader.failure
        assert [TextDelta("Hel"), TextDelta("lo"), Finish(reason, reader.result().usage)] == events
        assert ("Hello", reason) == (reader.result().response, reader.result().finish_reason)


def test_no_cut_of_lines_changes_their_events() -> None:
    body = NATIVE + b"[DONE]\n"
    usage = Usage(prompt_tokens=3, completion_tokens=2, total_tokens=5)

    for place in range(len(body) + 1):
        events = read([body[:place], body[place:]], "text/plain")[1]
        assert [TextDelta("Hel"), TextDelta("lo"), Finish(None, usage)] == events


def test_a_line_is_an_event_as_soon_as_another_one_follows() -> None:
    reader = TextAnswerReader(encode(MODEL, {"prompt": "hi"}, stream=True), head("text/plain"), "0" * 32)

    assert [] == reader.feed(b'{"response":"Hel"}') == reader.feed(b"\n")
    assert [TextDelta("Hel")] == reader.feed(b"{")
    assert [TextDelta("lo")] == reader.feed(b'"response":"lo"}\n')


@pytest.mark.parametrize(
    "body", [b'{"response":"Hel"}\n{"response":"lo"}\n', b'{"response":"Hel"}\n{"response":"lo"}\n{"resp']
)
def test_lines_without_an_end_were_cut(body: bytes) -> None:
    failure = failure_of(body, "text/plain")

    assert cfai.StreamTruncated is type(failure)
    assert "Hello" == failure.partial.response


def test_a_line_that_is_no_json_is_a_malformed_event() -> None:
    failure = failure_of(b'{"response":"Hel"}\nnonsense\n', "text/plain")

    assert cfai.StreamError is type(failure)
    assert "malformed event" in str(failure)
    assert "Hel" == failure.partial.response


def test_a_line_may_refuse() -> None:
    failure = failure_of(b'{"response":"Hel"}\n{"errors":[{"code":3040,"message":"busy"}]}\n', "text/plain")

    assert cfai.OutOfCapacity is type(failure)
    assert "Hel" == failure.partial.response


# -- whole answers


@pytest.mark.parametrize("file", WHOLE, ids=name_of)
@pytest.mark.parametrize("content_type", ["application/json", "text/event-stream", "application/octet-stream", ""])
@pytest.mark.parametrize("indent", [None, 2], ids=["one line", "many lines"])
def test_a_whole_answer_becomes_events(file: Path, content_type: str, indent: int | None) -> None:
    value = json.loads(file.read_bytes())
    body = json.dumps(value, indent=indent).encode()
    result = value.get("result", value)
    result = result["result"] if isinstance(result, dict) and "state" in result else result
    expected = read_text(result, encode(MODEL, {"prompt": "hi"}).asked)

    for pieces in ([body], single(body), [body + b"\n\n"]):
        reader, events = read(pieces, content_type)
        assert None is reader.failure
        assert expected == reader.result() == reader.partial()
        assert expected.response == text_of(events)
        assert (expected.reasoning or "") == text_of(events, ReasoningDelta)
        assert len(expected.tool_calls) == sum(isinstance(event, ToolCallDelta) for event in events)
        assert Finish(expected.finish_reason, expected.usage) == events[-1]


@pytest.mark.parametrize("content_type", ["application/json", "text/event-stream"])
@pytest.mark.parametrize(
    "value",
    [
        {"choices": [{"index": 0, "delta": {"content": "Hello"}, "finish_reason": "stop"}]},
        {"streamed_data": [{"response": "Hel"}, {"response": "lo"}]},
    ],
    ids=["a chunk", "chunks"],
)
def test_a_whole_answer_may_have_the_form_of_events(value: Any, content_type: str) -> None:
    reader, events = read([json.dumps(value).encode()], content_type)

    assert "Hello" == text_of(events) == reader.result().response
    assert isinstance(events[-1], Finish)


@pytest.mark.parametrize("content_type", ["application/json", "text/event-stream", "text/plain", ""])
@pytest.mark.parametrize(
    "body", [{"errors": [{"code": 3040, "message": "busy"}], "success": False, "result": {}}, {"error": "no"}]
)
def test_a_whole_answer_may_refuse(body: Any, content_type: str) -> None:
    assert isinstance(failure_of(json.dumps(body).encode(), content_type), cfai.ApiError)


def test_what_a_model_sees_comes_whole_or_in_events() -> None:
    query = cfai.VisionQuery(PNG, question="What?")
    whole, events = read([b'{"result": {"answer": "a cat", "finish_reason": "stop"}}'], "application/json", query)
    streamed, _ = read([b'data: {"response": "a cat", "finish_reason": "stop"}\n\n'], "text/plain", query)

    assert cfai.VisionAnswer(answer="a cat", finish_reason="stop") == whole.result() == streamed.result()
    assert [TextDelta("a cat"), Finish("stop", None)] == events


def test_what_a_model_sees_has_its_tokens_and_thoughts_whichever_way_it_comes() -> None:
    query = cfai.VisionQuery(PNG, question="How many?")
    seen = {
        "answer": "2",
        "caption": None,
        "reasoning": {"text": "One, two.", "grounding": []},
        "finish_reason": "stop",
        "metrics": {"input_tokens": 5, "output_tokens": 2},
    }
    expected = cfai.VisionAnswer("2", reasoning="One, two.", finish_reason="stop", usage=Usage(5, 2, 7))
    native = [
        {"reasoning": "One, two."},
        {"response": 2},
        {"response": "", "finish_reason": "stop", "usage": {"prompt_tokens": 5, "completion_tokens": 2}},
    ]
    for body, content_type in [
        (json.dumps({"result": seen, "success": True}).encode(), "application/json"),
        (sse(seen), "text/event-stream"),
        (sse({"result": seen, "success": True}), "text/event-stream"),
        (sse(*native) + b"data: [DONE]\n\n", "text/event-stream"),
    ]:
        reader, events = read([body], content_type, query)

        assert expected == reader.result()
        assert [ReasoningDelta("One, two."), TextDelta("2"), Finish("stop", Usage(5, 2, 7))] == events
        answer = decode(
            Response(status=200, headers=Headers({"Content-Type": content_type}), body=body),
            encode(MODEL, query),
            "0" * 32,
        )
        assert expected == answer


@pytest.mark.parametrize("content_type", ["application/json", "text/event-stream", "text/plain", "text/html", ""])
@pytest.mark.parametrize(
    ("body", "quoted"),
    [
        (b"<html>\n<body>" + b"x" * 300, "<html> <body>" + "x" * 187),
        (b"<!DOCTYPE html>\n\ndata: 1", "<!DOCTYPE html> data: 1"),
        (b"error code: 1015", "error code: 1015"),
        (b"ID: 5 is not known", "ID: 5 is not known"),
    ],
)
def test_what_is_no_answer_is_an_error_that_quotes_it(body: bytes, quoted: str, content_type: str) -> None:
    failure = failure_of(body, content_type)

    assert cfai.DecodeError is type(failure)
    assert f"got {quoted} (" in str(failure)
    assert body == failure.raw


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "text/html", "", "image/png"])
def test_an_empty_body_is_an_error_that_says_so(content_type: str) -> None:
    failure = failure_of(b"", content_type)

    assert cfai.DecodeError is type(failure)
    assert "an empty body" in str(failure)


@pytest.mark.parametrize("body", [b"", b"\n", b": ping\n\n", b"da", b"id: 1\n\n", b'data: {"respo'])
def test_an_event_stream_without_an_event_was_cut(body: bytes) -> None:
    failure = failure_of(body, "text/event-stream")

    assert cfai.StreamTruncated is type(failure)
    assert GeneratedText() == failure.partial


@pytest.mark.parametrize("body", [b'{"response": "hel', b'{"result": {"a": 1}}', b'{"response": "a"} b'])
@pytest.mark.parametrize("content_type", ["application/json", "text/event-stream", "text/plain"])
def test_json_that_is_no_text_is_a_decode_error(body: bytes, content_type: str) -> None:
    assert cfai.DecodeError is type(failure_of(body, content_type))


@pytest.mark.parametrize(
    ("body", "content_type", "what"),
    [
        (PNG, "text/event-stream", "image/png"),
        (PNG, "application/json", "image/png"),
        (b":\x00\x01\n\ndata: {", "audio/l16; rate=24000", "audio/l16"),
        (b"\x00\x01\x02", "application/octet-stream", "application/octet-stream"),
    ],
)
def test_a_file_is_an_error_that_holds_it(body: bytes, content_type: str, what: str) -> None:
    failure = failure_of(body, content_type)

    assert cfai.StreamError is type(failure)
    assert f"a file, {what}, and not" in str(failure)
    assert body == failure.partial


# -- bytes


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (PNG[:0] + b"ID3\x04" + bytes(90), "text/event-stream"),
        (b":\x00\x01\n\ndata: {", "audio/l16"),
        (b"\n\x00\x01", "audio/l16"),
        (b"{\x00\x01" + bytes(90), "audio/l16"),
        (b'{"a": 1', "audio/l16"),
        (BOM + b"\x00\x01", "application/octet-stream"),
        (b":\x00\x01\n\ndata: {", "application/octet-stream"),
    ],
)
def test_bytes_are_handed_out_as_they_came(body: bytes, content_type: str) -> None:
    for place in range(len(body) + 1):
        reader, events = read_bytes([body[:place], body[place:]], content_type)
        assert None is reader.failure
        assert body == b"".join(events) == reader.result().data == reader.partial()
        assert reader.media_type == reader.result().media_type


def test_bytes_are_handed_out_at_once() -> None:
    reader = MediaStreamReader(encode(MODEL, SPEAK, stream=True), head("audio/l16"), "0" * 32)

    assert [b":"] == reader.feed(b":")
    assert [b"\x00"] == reader.feed(b"\x00")
    assert b":\x00" == reader.partial()


@pytest.mark.parametrize("content_type", ["application/json", "text/event-stream", "audio/mpeg", ""])
def test_a_medium_in_json_comes_in_one_piece(content_type: str) -> None:
    body = b'{"result": {"audio": "SUQzBA=="}, "success": true, "errors": [], "messages": []}'

    for pieces in ([body], single(body)):
        reader, events = read_bytes(pieces, content_type)
        assert [b"ID3\x04"] == events
        assert ("audio/mpeg", b"ID3\x04") == (reader.media_type, reader.result().data)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"errors": [{"code": 3040, "message": "busy"}], "success": false, "result": {}}', cfai.OutOfCapacity),
        (b'data: {"response": "a"}\n\ndata: [DONE]\n\n', cfai.DecodeError),
        (b"<html>no</html>", cfai.DecodeError),
        (b"", cfai.DecodeError),
    ],
)
@pytest.mark.parametrize("content_type", ["application/json", "text/event-stream", "audio/mpeg"])
def test_what_is_no_medium_is_an_error_and_nothing_of_it_is_handed_out(
    body: bytes, kind: type[Exception], content_type: str
) -> None:
    for pieces in ([body], single(body)):
        reader, events = read_bytes(pieces, content_type)
        assert ([], b"") == (events, reader.partial())
        assert isinstance(reader.failure, kind)
        assert not reader.over
