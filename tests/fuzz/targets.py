"""What is fuzzed: functions of bytes. Whatever the bytes, only a `cfai.CfaiError` may leave cfai.

They know nothing of the fuzzer, so that an input can be tried again without one.
"""

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any, get_args, is_typeddict

from kinds import KINDS, OWN
from looks import expect, is_one_line, look_at, look_at_error, look_at_stream_error, same_both_ways
from samples import REFUSALS, events, samples, streams, texts, values
from values import Reader, write
from yarl import URL

import cfai
from cfai._wire.answer.decode import decode, neurons_of, raw_of
from cfai._wire.decode_context import DecodeContext
from cfai._wire.http_values import Headers, Response
from cfai._wire.request.encode import encode
from cfai._wire.request.model_name import path_of
from cfai._wire.text.stream import TextStreamReader
from cfai._wire.text.usage import usage_of

ACCOUNT = "0" * 32
_HEADERS = ("Content-Type", "Retry-After", "cf-ai-neurons", "Location", "cf-ai-req-id", "retry-after-ms")
_JSON = {"response_format": {"type": "json_object"}}
_REQUESTS = [encode("@cf/some/model", cfai.Input(_JSON, returning=kind)) for kind in KINDS if kind is not None]
_STATUSES = (200, 200, 200, 201, 400, 404, 429, 500)

_MODELS = ("@cf/some/model", "openai/gpt-5", "@cf/deepgram/nova-3", "@cf/black-forest-labs/flux-2-dev")
"""JSON, JSON to the path without a model, a body that is the medium and a query, multipart."""

Target = Callable[[bytes], None]


# -- any bytes, under any status and headers: `promise TAB status TAB content type TAB more headers LF body`


def answers(data: bytes) -> None:
    """Decode a response of any bytes."""
    head, _, body = data.partition(b"\n")
    promise, status, *rest = [*head.decode("utf-8", "surrogateescape").split("\t"), ""][: 2 + len(_HEADERS)]
    headers = Headers(dict(zip(_HEADERS, rest, strict=False)))
    _come_of(Response(status=_number(status, 200) % 1000, headers=headers, body=body), _number(promise, 0))


def _number(text: str, otherwise: int) -> int:
    return int(text[:4]) if text[:4].isascii() and text[:4].isdigit() else otherwise


def _answer_seeds() -> Iterator[bytes]:
    for sample in samples():
        kind = _promise_of(sample.params)
        for index in (0, next((index for index, each in enumerate(OWN) if each == kind), 0)):
            yield f"{index}\t200\t{sample.content_type}\n".encode() + sample.body
    for status, value in zip((302, 400, 401, 404, 429, 500), REFUSALS, strict=True):
        body = json.dumps(value).encode()
        yield f"0\t{status}\tapplication/json\t7\t0.5\t/x\treq-1\t1500\n".encode() + body
    yield b"1\t200\ttext/html\tWed, 21 Oct 2026 07:28:00 GMT\n<html>"


def _promise_of(name: str) -> Any:
    kind: Any = getattr(cfai, name, None)
    bases = getattr(kind, "__orig_bases__", ())
    return next((get_args(base)[0] for base in bases if get_args(base)), None)


# -- any JSON, in an envelope or not, under any promise


def shaped(data: bytes) -> None:
    """Decode a response of any JSON."""
    reader = Reader(data)
    promise, status, wrapped, value = reader.byte(), reader.byte(), reader.byte(), reader.value()
    if wrapped % 4 == 1:
        value = {"result": value, "success": True, "errors": [], "messages": []}
    elif wrapped % 4 == 2:
        value = {"result": {"state": "Completed", "result": value}, "success": True}
    try:
        body = json.dumps(value).encode()
    except RecursionError:
        body = b"[" * 3000 + b"]" * 3000
    headers = Headers({"Content-Type": "application/json", "cf-ai-neurons": "0.5"})
    _come_of(Response(status=_STATUSES[status % len(_STATUSES)], headers=headers, body=body), promise)


def _shaped_seeds() -> Iterator[bytes]:
    for place, value in enumerate(values()):
        for promise in _some(OWN, place):
            yield bytes([promise, 0, 1]) + write(_result_of(value))
        yield bytes([0, 4, 0]) + write(value)


def _come_of(response: Response, promise: int) -> None:
    request = _REQUESTS[promise % len(_REQUESTS)]
    try:
        answer = decode(response, request, ACCOUNT)
    except cfai.CfaiError as error:
        look_at_error(error)
        return
    look_at(answer)
    usage = usage_of(answer, raw_of(response))
    expect(isinstance(neurons_of(usage, response), (float, type(None))), "neurons are no number")
    same_both_ways(request.promise, response.body)


# -- any JSON, into any type


def structured(data: bytes) -> None:
    """Structure any value into any type."""
    reader = Reader(data)
    kind, value = KINDS[reader.byte() % len(KINDS)], reader.value()
    try:
        answer = cfai.converter.structure(value, kind)
    except cfai.DecodeError as error:
        expect(kind != cfai.RunResponse, "the union refuses a value")
        expect(error.raw is value, "the value is lost")
        is_one_line(error)
        return
    look_at(answer)
    if _is_class(kind):
        expect(isinstance(answer, kind), f"{type(answer).__name__} where a {kind.__name__} is due")


def _is_class(kind: Any) -> bool:
    """Tell what `isinstance` takes."""
    return isinstance(kind, type) and kind is not Any and not get_args(kind) and not is_typeddict(kind)


def _structured_seeds() -> Iterator[bytes]:
    for place, value in enumerate(values()):
        for kind in _some(KINDS, place):
            yield bytes([kind]) + write(_result_of(value))


def _result_of(value: Any) -> Any:
    return value.get("result") if isinstance(value, dict) and "success" in value else value


def _some(kinds: tuple[Any, ...], place: int) -> Iterator[int]:
    """Choose a few kinds for the value at *place*, always the union among them: the fuzzer tries the others itself."""
    yield 0
    yield from ((place * 5 + step) % len(kinds) for step in range(5))


# -- any JSON, as the input of any model


def inputs(data: bytes) -> None:
    """Write the request of any input."""
    reader = Reader(data)
    model, value = _MODELS[reader.byte() % len(_MODELS)], reader.value()
    if isinstance(value, dict) and reader.byte() % 4:
        value[next(iter(value), "x") if reader.byte() % 2 else "audio"] = b"ID3"
    try:
        request = encode(model, value, reject_if_busy=bool(reader.byte() % 2))
    except (cfai.InvalidParams, cfai.ConfigError):
        return
    URL("https://a.example").with_query(request.query)
    length, _ = request.body.measure()
    body, _ = request.body.read()
    expect(len(body) == length, f"{len(body)} bytes where {length} are announced")
    if request.content_type == "application/json":
        json.loads(body)


def _input_seeds() -> Iterator[bytes]:
    for value in values():
        for model in range(len(_MODELS)):
            yield bytes([model]) + write(value)


# -- names of models


def names(data: bytes) -> None:
    """Make the path of any name."""
    try:
        path = path_of(data.decode("utf-8", "surrogateescape"))
    except cfai.InvalidParams as error:
        is_one_line(error)
        return
    expect(path == "/ai/run" or path.startswith("/ai/run/"), f"a path elsewhere: {path}")
    expect({".", "..", ""}.isdisjoint(path.split("/")[1:]), f"a path that may lead elsewhere: {path}")
    url = URL(f"https://a.example/client/v4/accounts/{ACCOUNT}{path}", encoded=True)
    expect(url.raw_path.endswith(path) and not url.query_string and not url.fragment, f"not all is path: {path}")
    expect(URL(str(url)).raw_path == url.raw_path, f"a path that is written another way: {path}")


def _name_seeds() -> Iterator[bytes]:
    for name in sorted({sample.model for sample in samples()}):
        yield name.encode()
    yield from (
        b"openai/gpt-5",
        b"model_name",
        b"run/@cf/a/b",
        b"@cf/a%2fb",
        b"@cf/../b",
        b"@.",
        "@cf/\N{FULLWIDTH SOLIDUS}".encode(),
    )


# -- base64 and data URLs


def media(data: bytes) -> None:
    """Read any text as a picture and as a sound, as an answer and as what a user passes in."""
    text = data.decode("utf-8", "surrogateescape")
    for key, kind in (("image", cfai.Image), ("audio", cfai.Audio)):
        _read_as(kind, {key: text})
        _read_as(cfai.RunResponse, {key: text})
    params = cfai.AutomaticSpeechRecognition(text)
    for model in ("@cf/openai/whisper", "@cf/openai/whisper-large-v3-turbo", "@cf/some/model"):
        try:
            body, media_type = encode(model, params).body.read()
        except cfai.InvalidParams as error:
            is_one_line(error)
        else:
            expect(isinstance(body, bytes) and isinstance(media_type, str), "a body that is none")
    _comes_back(data)


def _read_as(kind: Any, value: dict[str, str]) -> None:
    try:
        look_at(cfai.converter.structure(value, kind))
    except cfai.DecodeError as error:
        expect(kind is not cfai.RunResponse, "the union refuses a value")
        is_one_line(error)


def _comes_back(data: bytes) -> None:
    """Hold all usual ways to write base64 to the bytes that were written."""
    sound = b"ID3" + data
    plain = base64.b64encode(sound).decode()
    for text in (plain, plain.rstrip("="), base64.encodebytes(sound).decode(), f"data:audio/mpeg;base64,{plain}"):
        found = cfai.converter.structure({"audio": text}, cfai.Audio)
        expect(found.data == sound, f"{text[:80]!r} gives other bytes")


def _media_seeds() -> Iterator[bytes]:
    yield from (text.encode("utf-8", "surrogatepass")[:4096] for text in texts())
    yield from (
        b"data:,a%20b",
        b"DATA: image/PNG ; base64,aGk%3D",
        b"data:;base64",
        b"aGk",
        b"a G\nk=",
        b"https://a.b/c",
    )


# -- any bytes as a stream, in any pieces


_FEW = 300
"""Bytes that are fed one by one."""


def sse(data: bytes) -> None:
    """Read a stream of any bytes; the first few say how it is cut."""
    sizes, stream = data[:4].ljust(4, b"\0"), data[4:]
    asked = _ASKED[sizes[0] % len(_ASKED)]
    whole = _read_stream([stream], asked)
    pieces, place = [], 0
    while place < len(stream):
        size = sizes[len(pieces) % 4] % 64 + 1
        pieces.append(stream[place : place + size])
        place += size
    for cut in (pieces, [bytes([byte]) for byte in stream[:_FEW]] + [stream[_FEW:]]):
        expect(_read_stream(cut, asked) == whole, "other events where it is cut otherwise")


def _read_stream(pieces: list[bytes], asked: DecodeContext) -> Any:
    reader = TextStreamReader(asked, model="@cf/some/model", account_id=ACCOUNT)
    told = [event for piece in pieces for event in reader.feed(piece)] + reader.end()
    _look_at_stream(reader, told)
    return told, reader.partial(), str(reader.failure)


def _look_at_stream(reader: TextStreamReader, told: list[Any]) -> None:
    """Hold what a stream told to what it came to."""
    ends = [place for place, event in enumerate(told) if isinstance(event, cfai.Finish)]
    look_at(reader.partial())
    if reader.failure is not None:
        look_at_stream_error(reader.failure)
        expect(not ends and not reader.over, "a stream that failed and is over")
        return
    expect(ends == [len(told) - 1], "not one end, or something behind it")
    answer = reader.result()
    expect(told[-1] == cfai.Finish(answer.finish_reason, answer.usage), "an end that says something else")
    expect(all(call.id for call in answer.tool_calls), "a call without an id")


_ASKED = [
    DecodeContext({}),
    DecodeContext(_JSON),
    DecodeContext({"max_tokens": 1}),
    DecodeContext({}, thinks_aloud=True),
]


def _sse_seeds() -> Iterator[bytes]:
    for place, stream in enumerate(streams()):
        yield bytes([place % 256, 2, 0, 62]) + stream
    yield b"\x03\0\0\0" + b'data: {"response": "<think>a</th"}\n\ndata: {"response": "ink>b"}\r\r: x\ndata:[DONE]'
    for value in REFUSALS:
        yield b"\0\1\2\3" + b'data: {"response": "a"}\n\ndata: ' + json.dumps(value).encode() + b"\n\n"


# -- any JSON, as the events of a stream


def chunks(data: bytes) -> None:
    """Read a stream of any events."""
    reader = Reader(data)
    asked, last = _ASKED[reader.byte() % len(_ASKED)], reader.byte()
    stream = TextStreamReader(asked)
    told: list[Any] = []
    while reader.rest():
        told += stream.read([_line(reader.value())])
    if last % 2:
        told += stream.read([b"[DONE]"])
    _look_at_stream(stream, told + stream.end())


def _line(value: Any) -> bytes:
    try:
        return json.dumps(value).encode()
    except RecursionError:
        return b"[" * 3000 + b"]" * 3000


def _chunk_seeds() -> Iterator[bytes]:
    for place, stream in enumerate(events()):
        yield bytes([place % 256, 1]) + b"".join(map(write, stream))
        yield b"\0\0" + b"".join(map(write, stream[::-1]))
    yield b"\0\1" + b"".join(map(write, REFUSALS))


TARGETS: dict[str, tuple[Target, Callable[[], Iterator[bytes]]]] = {
    "answers": (answers, _answer_seeds),
    "shaped": (shaped, _shaped_seeds),
    "structured": (structured, _structured_seeds),
    "inputs": (inputs, _input_seeds),
    "names": (names, _name_seeds),
    "media": (media, _media_seeds),
    "sse": (sse, _sse_seeds),
    "chunks": (chunks, _chunk_seeds),
}
"""By name: what is fuzzed, and what it begins with."""
