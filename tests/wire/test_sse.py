"""Server-sent events: whatever pieces a stream comes in, the same events come out (docs/wire.md 4)."""

import random
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cfai
from cfai._wire.sse import SseDecoder

ENDS = (b"\n", b"\r", b"\r\n")
BOM = b"\xef\xbb\xbf"


def datas(chunks: Iterable[bytes], max_bytes: int | None = None) -> list[bytes]:
    decoder = SseDecoder(max_bytes)
    found = [data for chunk in chunks for data in decoder.feed(chunk)]
    return found + decoder.finish()


def single(stream: bytes) -> list[bytes]:
    return [stream[place : place + 1] for place in range(len(stream))]


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        (b"", []),
        (b"data: 1\n\n", [b"1"]),
        (b"data:1\n\n", [b"1"]),
        (b"data:  1\n\n", [b" 1"]),
        (b"data: 1\n\ndata: 2\n\ndata: [DONE]\n\n", [b"1", b"2", b"[DONE]"]),
        (b"\n\n\ndata: 1\n\n\n\n\ndata: 2\n\n\n", [b"1", b"2"]),
        (b"data: {\ndata:\ndata: }\n\n", [b"{\n\n}"]),
        (b"data\n\n", [b""]),
        (b"data:\n\n", [b""]),
        (b"dat: 1\n\ndatab: 1\n\nDATA: 1\n\n data: 1\n\ndata: 2\n\n", [b"2"]),
        (b": keepalive\n\ndata: 1\n\n:\n\n: data: 3\n\ndata: 2\n\n", [b"1", b"2"]),
        (b": keepalive\ndata: 1\n: again\n\n", [b"1"]),
        (b"event: x\nid: 7\nretry: 10\ndata: 1\nnewer: y\n\n", [b"1"]),
        (b"event: x\n\nid\n\n", []),
        (b"id: a\0b\ndata: 1\n\n", [b"1"]),
        (b"data: 1\n\n[DONE]\n\n", [b"1", b"[DONE]"]),
        (b"data: 1\n\n[DONE]", [b"1", b"[DONE]"]),
        (b"data: 1\n[DONE]\n", [b"1", b"[DONE]"]),
        (b"data: 1\ndata: [DONE]\n\n", [b"1", b"[DONE]"]),
        (b"[DONE]\n\n", [b"[DONE]"]),
        (
            'data: "a\N{LINE SEPARATOR}b\x0b\x0c\x1c\x85"\n\n'.encode(),
            ['"a\N{LINE SEPARATOR}b\x0b\x0c\x1c\x85"'.encode()],
        ),
        (b"data: \xff\xfe\n\n", [b"\xff\xfe"]),
        (b'data: {"a": "data: b"}\n\n', [b'{"a": "data: b"}']),
    ],
)
@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("bom", [b"", BOM])
def test_a_stream_is_cut_into_events(stream: bytes, expected: list[bytes], end: bytes, bom: bytes) -> None:
    stream = bom + stream.replace(b"\n", end)

    assert expected == datas([stream])
    assert expected == datas(single(stream))


STREAM = (
    BOM + b": hello\r\n\r\n"
    b'data: {"a": "\xf0\x9f\x90\x88 \xe2\x80\xa8"}\n\n'
    b"event: x\rdata: {\rdata:}\r\r"
    b'data: {"b": 1}\n\ndata: {"c": 2}\r\n\r\n'
    b"data:3\n\r\n\ndata: 4\r\r\n\n"
    b"data: [DONE]\n[DONE]"
)


def test_no_cut_changes_the_events() -> None:
    whole = datas([STREAM])

    assert 8 == len(whole)
    for first in range(len(STREAM) + 1):
        assert whole == datas([STREAM[:first], STREAM[first:]])
        for second in range(first, len(STREAM) + 1):
            assert whole == datas([STREAM[:first], STREAM[first:second], b"", STREAM[second:]])


@given(
    st.lists(st.sampled_from([b"data", b":", b" ", b"\n", b"\r", b"x", b"[DONE]", b"{", BOM, b"\n\n"])), st.randoms()
)
def test_no_cuts_change_the_events_of_anything(parts: list[bytes], chance: random.Random) -> None:
    stream = b"".join(parts)
    chunks, rest = [], stream
    while rest:
        size = chance.randint(1, len(rest))
        chunks.append(rest[:size])
        rest = rest[size:]

    assert datas([stream]) == datas(chunks) == datas(single(stream))


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        (b'data: {"a": 1}', [b'{"a": 1}']),
        (b'data: {"a": 1}\n', [b'{"a": 1}']),
        (b'data: {"a": 1}\r', [b'{"a": 1}']),
        (b'event: x\ndata: {"a":\ndata: 1}', [b'{"a":\n1}']),
        (b"data: [DONE]", [b"[DONE]"]),
        (b"data:[DONE]\n", [b"[DONE]"]),
        (b'data: {"a": ', []),
        (b'data: {"a": "\xf0\x9f', []),
        (b"data: [DON", []),
        (b"data: ", []),
        (b"dat", []),
        (BOM[:2], []),
    ],
)
def test_what_ends_without_a_blank_line_counts_if_it_is_whole(rest: bytes, expected: list[bytes]) -> None:
    for chunks in ([b"data: 0\n\n" + rest], single(b"data: 0\n\n" + rest)):
        assert [b"0", *expected] == datas(chunks)
    assert expected == datas([rest])


@pytest.mark.parametrize("body", [b'{"a": "data: 1\\n\\n"}', b'{"response": "hel', b"<html>\n\ndat", b"[1]\n\n"])
def test_what_is_no_stream_has_no_events(body: bytes) -> None:
    for chunks in ([body], single(body)):
        assert [] == datas(chunks)


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_an_event_may_have_64_mib(end: bytes) -> None:
    data = b'"' + bytes(2**26).replace(b"\0", b"x") + b'"'
    event = b"data: " + data + end + end

    assert [data] == datas(event[place : place + 2**16] for place in range(0, len(event), 2**16))


def test_a_stream_has_no_more_bytes_than_it_may() -> None:
    decoder = SseDecoder(20)

    assert [b"1"] == decoder.feed(b"data: 1\n\n")
    assert [] == decoder.feed(b"data: 2345\n")
    with pytest.raises(cfai.ResponseTooLarge, match="max_response_bytes=20 bytes"):
        decoder.feed(b"\n")


@pytest.mark.parametrize("begun", [b"data: x", b": x", b"{", b""])
def test_single_bytes_take_the_same_time_however_much_is_there(begun: bytes) -> None:
    decoder = SseDecoder()
    decoder.feed(begun + b" " * 2**26)

    for byte in single((b"x" * 30 + b"\n" if begun else b"\n") * 1000):  # each a copy: ten minutes
        assert [] == decoder.feed(byte)


def test_many_small_events_take_the_time_of_their_bytes() -> None:
    assert 2**14 == len(datas([b"data: 1\r\n\r\n: x\n\n" * 2**14]))


def test_nothing_is_kept_of_events_that_were_told() -> None:
    decoder = SseDecoder()
    for _ in range(1000):
        decoder.feed(b"data: 1\n\ndata: 2\n\ndata: ")
        decoder.feed(b"3\n\n")

    assert not decoder._pending
