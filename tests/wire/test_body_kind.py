"""What kind of body an answer has: told by its status, its content type and its first bytes (docs/wire.md 2.1, 4)."""

import json
import random
from collections.abc import Iterable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cfai._wire.answer.body_kind import BodyKind, BodyKindDetector, body_kind

EVENTS, JSON, LINES, MEDIA = BodyKind.EVENTS, BodyKind.JSON, BodyKind.JSON_LINES, BodyKind.MEDIA
HTML, EMPTY, TEXT, UNDECIDED = BodyKind.HTML, BodyKind.EMPTY, BodyKind.TEXT, BodyKind.UNDECIDED

STREAM_TYPES = ("text/event-stream", "text/plain", "application/octet-stream", "")
DATA = b'data: {"response": "Hello"}\n\ndata: [DONE]\n\n'
BOM = b"\xef\xbb\xbf"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\n: data: {"
WAV = b"RIFF\x24\x00\x00\x00WAVEfmt \n\n"
OBJECT = b'{"result": {"response": "Hello"}, "success": true}'
PRETTY = json.dumps(json.loads(OBJECT), indent=2).encode()

OPENINGS = {
    "data": b"",
    "a byte order mark": BOM,
    "a byte order mark and a comment": BOM + b": ping\n\n",
    "a comment": b": ping\n\n",
    "an empty comment": b":\n",
    "an id": b"id: 7\n",
    "an id alone": b"id\n",
    "a name": b"event: message\n",
    "a time": b"retry: 3000\n",
    "a blank line": b"\n",
    "blank lines": b"\n\r\n\n",
    "all of them": b"\n: ping \xc3\xa9\n\nretry: 1\nid: 1\nevent: x\n",
    "data that is empty": b"data:\n\ndata: \n\ndata\n\n",
    "comments for a long time": b": keepalive, and then nothing for a while\n\n" * 50,
    "an end mark": b"[DONE]\n\n",
}


def cut(data: bytes, places: Iterable[int]) -> list[bytes]:
    ends = [*sorted(places), len(data)]
    return [data[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def single(data: bytes) -> list[bytes]:
    return [data[place : place + 1] for place in range(len(data))]


def in_pieces(pieces: Iterable[bytes], content_type: str, streamed: bool) -> BodyKind:
    """Return what an answer is that comes so; once that is known, it does not change."""
    opening, known = BodyKindDetector(200, content_type, streamed=streamed), UNDECIDED
    for piece in pieces:
        kind = opening.feed(piece)
        assert known in (UNDECIDED, kind)
        known = kind
    kind = opening.end()
    assert known in (UNDECIDED, kind)
    return kind


def check(body: bytes, content_type: str, kind: BodyKind, *, streamed: bool) -> None:
    assert kind is body_kind(200, content_type, body, streamed=streamed)
    assert kind is in_pieces(single(body), content_type, streamed)
    for place in range(len(body) + 1) if len(body) < 160 else ():
        assert kind is in_pieces(cut(body, [place]), content_type, streamed), place


@pytest.mark.parametrize("streamed", [False, True], ids=["run", "stream"])
@pytest.mark.parametrize("content_type", [*STREAM_TYPES, "Text/Event-Stream; charset=utf-8", "text/html", "a/b"])
@pytest.mark.parametrize("opening", OPENINGS)
@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_events_are_events_however_they_begin(opening: str, content_type: str, streamed: bool, end: bytes) -> None:
    check(
        (OPENINGS[opening] + DATA).replace(b"\r\n", b"\n").replace(b"\n", end), content_type, EVENTS, streamed=streamed
    )


@pytest.mark.parametrize("opening", OPENINGS)
def test_under_a_type_of_json_only_a_stream_that_was_asked_for_is_one(opening: str) -> None:
    check(OPENINGS[opening] + DATA, "application/json; charset=utf-8", EVENTS, streamed=True)
    check(OPENINGS[opening] + DATA, "application/json; charset=utf-8", JSON, streamed=False)


ALIKE = [
    # what                                          type                          run     stream
    (OBJECT, "application/json", JSON, JSON),
    (BOM + OBJECT, "application/json", JSON, JSON),
    (PRETTY, "application/json", JSON, JSON),
    (OBJECT, "text/event-stream", JSON, JSON),
    (BOM + OBJECT, "text/event-stream", JSON, JSON),
    (PRETTY, "text/event-stream", JSON, JSON),
    (PRETTY, "text/plain", JSON, JSON),
    (PRETTY, "application/octet-stream", JSON, JSON),
    (PRETTY, "application/x-ndjson", JSON, JSON),
    (PRETTY, "image/png", JSON, JSON),
    (OBJECT + b"\n\r\n\n", "text/plain", JSON, JSON),
    (OBJECT + b"\n" + OBJECT, "application/json", JSON, JSON),
    (OBJECT + b"\n" + OBJECT, "application/stream+json", JSON, LINES),
    (OBJECT + b"\n" + OBJECT, "text/plain", JSON, LINES),
    (OBJECT + b"\r\n\r\n" + OBJECT + b"\r\n", "text/event-stream", JSON, LINES),
    (OBJECT + b"\r[DONE]", "application/x-ndjson", JSON, LINES),
    (OBJECT + b"\n" + OBJECT, "", JSON, LINES),
    (b": ping\n" + OBJECT + b"\n" + OBJECT, "text/plain", JSON, LINES),
    (b'{"a": NaN}\n{"a": NaN}\n', "text/plain", JSON, JSON),
    (b"[1]\n[2]\n", "text/plain", JSON, JSON),
    (b'["data: 1\\n"]', "text/event-stream", JSON, JSON),
    (b'"data: 1"', "text/event-stream", JSON, JSON),
    (b"[", "text/plain", JSON, JSON),
    (b'{"response": "hel', "text/event-stream", JSON, JSON),
    (b'{"response": "hel', "application/octet-stream", JSON, JSON),
    (b"5", "application/json", JSON, JSON),
    (b"<html><body>\n\ndata: {</body>", "text/event-stream", HTML, HTML),
    (b"\n <!DOCTYPE html>", "application/octet-stream", HTML, HTML),
    (b"<HTML>", "audio/mpeg", HTML, HTML),
    (b"<p>data: 1", "text/html", HTML, HTML),
    (b"no more, thank you", "text/html; charset=utf-8", HTML, HTML),
    (b"<p>data: 1", "text/plain", TEXT, TEXT),
    (b"<h", "text/plain", TEXT, TEXT),
    (b"<svg xmlns='x'>", "image/svg+xml", MEDIA, MEDIA),
    (b"ID: 5 is not known", "text/plain", TEXT, TEXT),
    (b"id: 5 is not known", "text/plain", TEXT, TEXT),
    (b"id: 5\nname: a", "text/plain", TEXT, TEXT),
    (b"id,name\n5,a\n", "text/plain", TEXT, TEXT),
    (b"id;data\n5;{}\n", "text/csv", TEXT, TEXT),
    (b"data,id\ndata,5\n", "text/plain", TEXT, TEXT),
    (b"data: the model has none", "text/plain", TEXT, TEXT),
    (b"database error", "text/plain", TEXT, TEXT),
    (b"event: a party", "text/plain", TEXT, TEXT),
    (b"retry: later", "", TEXT, TEXT),
    (b"retry", "text/plain", TEXT, TEXT),
    (b"Internal error", "text/plain", TEXT, TEXT),
    (b"RIFF", "text/plain", TEXT, TEXT),
    (b"error code: 1015", "text/event-stream", TEXT, TEXT),
    (b"hello", "", TEXT, TEXT),
    (b" \n", "text/plain", TEXT, TEXT),
    (BOM, "text/plain", TEXT, TEXT),
    (BOM[:1], "text/plain", TEXT, TEXT),
    (b"", "text/plain", EMPTY, EMPTY),
    (b"", "application/json", EMPTY, EMPTY),
    (b"", "image/png", EMPTY, EMPTY),
    (b"", "", EMPTY, EMPTY),
    # of a stream that was asked for even its first bytes are one, where its type or its comments say so
    (b"", "text/event-stream", EMPTY, EVENTS),
    (b"\n\n", "text/event-stream", TEXT, EVENTS),
    (b"da", "text/event-stream", EVENTS, EVENTS),
    (b": ping\n\n", "text/event-stream", EVENTS, EVENTS),
    (b": ping\n\n: ping\n\n", "application/octet-stream", MEDIA, EVENTS),
    (b": ping\n\n: ping\n\n", "text/plain", TEXT, EVENTS),
    (b"event: x\n\n", "text/plain", TEXT, TEXT),
    (b'data: {"resp', "application/octet-stream", EVENTS, EVENTS),
    # a field of no meaning is no harm to events under their own type
    (b"newer: 1\n" + DATA, "text/event-stream", EVENTS, EVENTS),
    (b"newer: 1\n" + DATA, "text/plain", TEXT, TEXT),
    (b"data: nonsense\n\n" + DATA, "text/event-stream", EVENTS, EVENTS),
    (b"data: nonsense\n\n" + DATA, "text/plain", TEXT, TEXT),
    # bytes of a medium are one whatever their type says
    *((PNG, kind, MEDIA, MEDIA) for kind in (*STREAM_TYPES, "application/json", "text/html", "audio/mpeg")),
    *((WAV, kind, MEDIA, MEDIA) for kind in (*STREAM_TYPES, "application/json", "text/html", "image/png")),
    # and raw samples, which have no mark, where it does
    (b":\x00\x01\x02\n\ndata\x00", "audio/l16", MEDIA, MEDIA),
    (b":abc\ndata", "audio/l16;rate=24000", MEDIA, MEDIA),
    (b"id: 7\n" + DATA, "audio/mpeg", MEDIA, MEDIA),
    (b"dat", "audio/l16", MEDIA, MEDIA),
    (b"data: x", "audio/l16", MEDIA, MEDIA),
    (b"[DO", "audio/l16", MEDIA, MEDIA),
    (b"{\x00\x01", "audio/l16", MEDIA, MEDIA),
    (b'"\xff\xff', "audio/l16", MEDIA, MEDIA),
    (b"[0.5, not JSON", "audio/l16", MEDIA, MEDIA),
    (b'{"cut": "', "audio/l16", MEDIA, MEDIA),
    (b"\n\n\x00\x01", "audio/l16", MEDIA, MEDIA),
    (b" \n", "audio/l16", MEDIA, MEDIA),
    (b":\x00\x01\x02\n\ndata: {", "application/octet-stream", MEDIA, MEDIA),
    (b": \xff\xfe\n\ndata: {", "application/octet-stream", MEDIA, MEDIA),
    (b":" + b"a" * 100 + b"\x00\n\ndata: {", "application/octet-stream", MEDIA, MEDIA),
    (b"\n\n\x00\x01", "application/octet-stream", MEDIA, MEDIA),
    (BOM + b"\x00\x01", "application/octet-stream", MEDIA, MEDIA),
    (b"{\x00\x01" + bytes(100), "application/octet-stream", MEDIA, MEDIA),
    (b"\x00\x01", "application/octet-stream", MEDIA, MEDIA),
    (b"hello", "application/octet-stream", MEDIA, MEDIA),
    (b"%PDF-1.7", "application/pdf", MEDIA, MEDIA),
    # an event of JSON is none
    (DATA, "audio/mpeg", EVENTS, EVENTS),
]


@pytest.mark.parametrize(("body", "content_type", "run", "stream"), ALIKE)
def test_what_looks_alike_is_told_apart(body: bytes, content_type: str, run: BodyKind, stream: BodyKind) -> None:
    check(body, content_type, run, streamed=False)
    check(body, content_type, stream, streamed=True)


def test_lines_of_json_under_a_type_of_bytes_are_events_where_a_stream_was_asked_for_and_else_bytes() -> None:
    body = BOM + OBJECT + b"\n" + OBJECT

    check(body, "application/octet-stream", LINES, streamed=True)
    assert MEDIA is body_kind(200, "application/octet-stream", body)


@pytest.mark.parametrize("status", [300, 307, 400, 403, 404, 429, 500, 503, 529])
@pytest.mark.parametrize("body", [DATA, b": ping\n\n", OBJECT, OBJECT + b"\n" + OBJECT, PNG, b"<html>", b""])
@pytest.mark.parametrize("content_type", [*STREAM_TYPES, "application/json", "audio/mpeg"])
@pytest.mark.parametrize("streamed", [False, True])
def test_a_bad_status_is_a_refusal_whatever_its_body(
    status: int, body: bytes, content_type: str, streamed: bool
) -> None:
    opening = BodyKindDetector(status, content_type, streamed=streamed)

    assert BodyKind.REFUSAL is body_kind(status, content_type, body, streamed=streamed)
    assert BodyKind.REFUSAL is opening.feed(body) is opening.end()


@pytest.mark.parametrize(
    ("body", "content_type", "enough"),
    [
        (DATA, "text/event-stream", b"data:"),
        (BOM + b"\n: ping\n\nid: 1\n" + DATA, "text/event-stream", b"data:"),
        (DATA, "text/plain", b"data: {"),
        (b": ping\n\n" + DATA, "application/octet-stream", b"data: {"),
        (b"[DONE]\n\n", "", b"[DONE]"),
        (OBJECT + b"\n" + OBJECT, "text/plain", OBJECT + b"\n{"),
        (b'{"response": "' + b"a" * 500 + b'"}\n{"response": "b"}', "text/plain", b'"}\n{'),
        (PNG, "text/event-stream", PNG[:9]),
        (b"ID3\x04", "audio/mpeg", b"I"),
        (bytes(200), "audio/l16", b"\x00"),
        (bytes(200), "application/octet-stream", b"\x00"),
        (b":" + bytes(200), "audio/l16", b":"),
        (b":" + bytes(200), "application/octet-stream", b":\x00"),
    ],
)
def test_what_it_is_is_known_with_the_first_byte_that_tells(body: bytes, content_type: str, enough: bytes) -> None:
    opening, place = BodyKindDetector(200, content_type, streamed=True), body.index(enough) + len(enough)

    for byte in single(body[: place - 1]):
        assert UNDECIDED is opening.feed(byte)
    assert UNDECIDED is not opening.feed(body[place - 1 : place])
    assert body[:place] == opening.body
    assert UNDECIDED is not BodyKindDetector(200, content_type, streamed=True).feed(body[:place])


@pytest.mark.parametrize(
    "begun", [b": x", b"data: ", b'{"a": "', b'{"a": "' + b"x" * 2**21 + b'"}\n', b"", b"\n: x\n\n: "]
)
@pytest.mark.parametrize("content_type", ["text/plain", "application/octet-stream", "text/event-stream"])
def test_single_bytes_take_the_same_time_however_much_is_there(begun: bytes, content_type: str) -> None:
    opening = BodyKindDetector(200, content_type, streamed=True)
    opening.feed(begun + b" " * 2**23)

    for byte in single((b"x" * 30 if begun.endswith((b"x", b'"')) else b"\n") * 1000):
        opening.feed(byte)


PARTS = [
    BOM,
    *(
        b"\n",
        b"\r",
        b" ",
        b"\t",
        b":",
        b"data",
        b"data: ",
        b"event: x",
        b"id",
        b"retry",
        b"[DONE]",
        b"[",
        b"{",
        b'"',
        b"}",
    ),
    *(b"{}", b'{"a": 1}', b"<", b"<html>", b"x", b"\x00", b"\xc3", b"\xa9", b"\x89PNG\r\n\x1a\n", b"RIFF", b"a" * 40),
]
TYPES = [*STREAM_TYPES, "application/json", "application/x-ndjson", "text/html", "audio/l16", "image/svg+xml", "a/b"]


@given(st.lists(st.sampled_from(PARTS), max_size=12), st.sampled_from(TYPES), st.booleans(), st.randoms())
@example([b'{"a": 1}', b"\n", b"{}"], "text/plain", True, random.Random(1))
def test_no_cuts_change_what_anything_is(
    parts: list[bytes], content_type: str, streamed: bool, chance: random.Random
) -> None:
    body = b"".join(parts)
    pieces = cut(body, [chance.randint(0, len(body)) for _ in range(chance.randint(1, 6))])

    kind = in_pieces([body], content_type, streamed)
    assert UNDECIDED is not kind
    assert kind is in_pieces(pieces, content_type, streamed) is in_pieces(single(body), content_type, streamed)
