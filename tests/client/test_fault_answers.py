"""Answers that are no answers: malformed, compressed wrongly, out of step. Over real sockets, with the next call."""

import gzip
import json
import tracemalloc
import zlib
from pathlib import Path
from typing import Any

import anyio
import pytest
from kit.secrets import leaks_of
from kit.server import HELLO, Exchange, Gate, Server, Step, answer, drip, hang, response, send, trickle, until

import cfai

LLAMA = "@cf/meta/llama-3.2-3b-instruct"
HI = cfai.Prompt("Say hello")
JSON = {"Content-Type": "application/json"}
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
GOOD = json.dumps(HELLO).encode()
LENGTH = b"Content-Length: %d\r\n" % len(GOOD)
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


async def refused(client: Any, kind: Any, **options: Any) -> Any:
    """Call, and give the error that came, which shows no secret and is one line."""
    with pytest.raises(kind) as caught:
        await client.run(LLAMA, HI, cfai.RequestOptions(**options))
    assert 1 == len(str(caught.value).splitlines())
    assert str(caught.value).isprintable()
    assert [] == leaks_of(caught.value)
    return caught.value


# -- what is no JSON ----------------------------------------------------------------------------------------------

MALFORMED = {
    "NaN": b'{"result":{"response":"x","a":NaN},"success":true}',
    "infinity": b'{"result":{"response":"x","a":-Infinity},"success":true}',
    "100,000 deep": b'{"result":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "100,000 deep and cut": b"[" * 100_000,
    "100,000 objects deep": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "a number of 5000 digits": b'{"result":{"response":"x","n":' + b"9" * 5000 + b"}}",
    "a float beyond all floats": b'{"result":{"response":"x","n":1e400}}',
    "half a surrogate pair": b'{"result":{"response":"\\ud800"},"success":true}',
    "broken UTF-8": b'{"result":{"response":"\xff"},"success":true}',
    "UTF-8 cut in a character": '{"result":{"response":"ü"}}'.encode().replace(b"\xbc", b""),
    "UTF-16": json.dumps(HELLO).encode("utf-16"),
    "bytes behind it": GOOD + b"x",
    "twice": GOOD + GOOD,
    "a NUL behind it": GOOD + b"\0",
    "single quotes": b"{'result':{}}",
    "a comma too many": b'{"result":{"response":"x",}}',
    "a control character": b'{"result":{"response":"a\x1bb"}}',
    "lines of JSON": GOOD + b"\n" + GOOD,
    "an event stream": b"data: " + GOOD + b"\n\n",
    "blanks": b" \r\n\t",
}


@pytest.mark.parametrize("case", MALFORMED)
async def test_what_is_no_json_is_a_decode_error_with_its_bytes(client: Any, server: Server, case: str) -> None:
    server.script(answer(MALFORMED[case], headers=JSON))
    error = await refused(client, cfai.DecodeError)

    assert MALFORMED[case] == error.raw
    assert "200" in str(error)
    assert LLAMA in str(error)
    assert len(str(error)) < 600
    assert "Hello" == (await client.run(LLAMA, HI)).text
    assert 1 == server.connections


@pytest.mark.parametrize("case", MALFORMED)
async def test_with_a_bad_status_it_is_that_statuss_error(client: Any, server: Server, case: str) -> None:
    server.script(answer(MALFORMED[case], 500, headers=JSON))
    error = await refused(client, cfai.ServerError)

    assert (500, None, MALFORMED[case]) == (error.status, error.code, error.raw)


async def test_a_byte_order_mark_is_passed_over(client: Any, server: Server) -> None:
    server.script(answer(b"\xef\xbb\xbf" + GOOD, headers=JSON))

    assert "Hello" == (await client.run(LLAMA, HI)).text


async def test_an_answer_may_come_byte_by_byte(client: Any, server: Server) -> None:
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in GOOD) + b"0\r\n\r\n"
    server.script(trickle(CHUNKED + chunks, 1, 0))

    assert HELLO == (await client.request(LLAMA, HI)).raw


# -- compression --------------------------------------------------------------------------------------------------

BAD = gzip.compress(GOOD)
ENCODINGS = {
    "gzip that is none": ("gzip", b"no gzip"),
    "gzip with a broken checksum": ("gzip", BAD[:-8] + bytes(8)),
    "gzip with bytes behind it": ("gzip", BAD + b"junk"),
    "gzip that is cut": ("gzip", BAD[:-12]),
    "deflate that is none": ("deflate", b"\x00\x01nonsense"),
    "gzip twice": ("gzip, gzip", gzip.compress(BAD)),
    "an encoding that nobody asked for": ("compress", b"\x1f\x9d\x90nonsense"),
}
SHOWN_AS_400 = ["gzip that is none", "gzip with a broken checksum", "gzip with bytes behind it", "deflate that is none"]


@pytest.mark.parametrize("case", ENCODINGS)
async def test_compression_that_is_broken_is_no_answer(client: Any, server: Server, case: str) -> None:
    encoding, body = ENCODINGS[case]
    server.script(answer(body, headers={**JSON, "Content-Encoding": encoding}))
    await refused(client, (cfai.TransportError, cfai.DecodeError))

    assert "Hello" == (await client.run(LLAMA, HI)).text


@pytest.mark.parametrize("case", SHOWN_AS_400)
async def test_broken_compression_is_never_shown_as_a_bad_request(client: Any, server: Server, case: str) -> None:
    encoding, body = ENCODINGS[case]
    server.script(answer(body, headers={**JSON, "Content-Encoding": encoding}))
    error = await refused(client, cfai.TransportError)

    assert "400" not in str(error)
    assert encoding in str(error)


@pytest.mark.parametrize("compress", [gzip.compress, zlib.compress, lambda data: zlib.compress(data)[2:-4]])
async def test_what_was_asked_for_is_understood(client: Any, server: Server, compress: Any) -> None:
    encoding = "gzip" if compress is gzip.compress else "deflate"
    server.script(answer(compress(GOOD), headers={**JSON, "Content-Encoding": encoding}))

    assert HELLO == (await client.request(LLAMA, HI)).raw


MIB = 2**20
BOMBS = {
    "gzip": answer(gzip.compress(bytes(64 * MIB)), headers={**JSON, "Content-Encoding": "gzip"}),
    "gzip of a refusal": answer(gzip.compress(bytes(64 * MIB)), 500, headers={**JSON, "Content-Encoding": "gzip"}),
    "deflate": answer(zlib.compress(bytes(64 * MIB)), headers={**JSON, "Content-Encoding": "deflate"}),
    "gzip in chunks": send(
        HEAD
        + b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
        + b"%x\r\n" % len(gzip.compress(bytes(64 * MIB)))
        + gzip.compress(bytes(64 * MIB))
        + b"\r\n0\r\n\r\n"
    ),
    "chunks without an end": drip(CHUNKED, b"10000\r\n" + bytes(2**16) + b"\r\n", 0),
    "bytes without an end": drip(HEAD + b"\r\n", bytes(2**16), 0),
    "a length of a terabyte": drip(HEAD + b"Content-Length: %d\r\n\r\n" % 2**40, bytes(2**16), 0),
}


@pytest.mark.parametrize("case", BOMBS)
async def test_a_bomb_is_refused_and_takes_little_memory(client: Any, server: Server, case: str) -> None:
    server.script(BOMBS[case])
    tracemalloc.start()
    try:
        with pytest.raises(cfai.ResponseTooLarge, match="1,048,576"):
            await client.run(LLAMA, HI, cfai.RequestOptions(max_response_bytes=MIB))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 30 * MIB
    assert await until(lambda: server.open_connections == 0)
    assert "Hello" == (await client.run(LLAMA, HI)).text


# -- HTTP that is broken ------------------------------------------------------------------------------------------

PROTOCOL = {
    "two equal lengths": HEAD + LENGTH + LENGTH + b"\r\n" + GOOD,
    "two lengths in one": HEAD + b"Content-Length: %d, %d\r\n\r\n" % (len(GOOD), len(GOOD)) + GOOD,
    "a length with a sign": HEAD + b"Content-Length: +%d\r\n\r\n" % len(GOOD) + GOOD,
    "a negative length": HEAD + b"Content-Length: -%d\r\n\r\n" % len(GOOD) + GOOD,
    "a length in hex": HEAD + b"Content-Length: 0x48\r\n\r\n" + GOOD,
    "an empty length": HEAD + b"Content-Length:\r\n\r\n" + GOOD,
    "length and chunks": HEAD + LENGTH + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(GOOD), GOOD),
    "chunks and length": CHUNKED[:-2] + LENGTH + b"\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(GOOD), GOOD),
    "a chunk size that is none": CHUNKED + b"zz\r\nhello\r\n0\r\n\r\n",
    "a negative chunk size": CHUNKED + b"-5\r\nhello\r\n0\r\n\r\n",
    "a chunk size beyond 64 bits": CHUNKED + b"f" * 20 + b"\r\nhello\r\n",
    "a chunk longer than it says": CHUNKED + b"5\r\n" + GOOD + b"\r\n0\r\n\r\n",
    "a NUL in the status line": b"HTTP/1.1 2\x0000 OK\r\n" + LENGTH + b"\r\n" + GOOD,
    "a status of letters": b"HTTP/1.1 abc OK\r\n" + LENGTH + b"\r\n" + GOOD,
    "a NUL in a header": HEAD + b"X-Nul: a\0b\r\n" + LENGTH + b"\r\n" + GOOD,
    "a header without a colon": HEAD + b"nonsense\r\n" + LENGTH + b"\r\n" + GOOD,
    "a header with a blank in its name": HEAD + b"X Y: 1\r\n" + LENGTH + b"\r\n" + GOOD,
    "200 headers": HEAD + b"".join(b"X-%d: 1\r\n" % each for each in range(200)) + LENGTH + b"\r\n" + GOOD,
    "a header of 10 KiB": HEAD + b"X-Long: " + b"y" * 10240 + b"\r\n" + LENGTH + b"\r\n" + GOOD,
    "no head": GOOD,
    "another protocol": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "escapes of a terminal": b"\x1b[2J\x1b]0;title\x07\r\n\r\n",
}


@pytest.mark.parametrize("case", PROTOCOL)
async def test_broken_http_is_a_transport_error_and_never_a_bad_request(client: Any, server: Server, case: str) -> None:
    server.script(send(PROTOCOL[case], keep=True))  # what ends the connection is the client, not the server
    error = await refused(client, cfai.TransportError)

    assert not isinstance(error, (cfai.ApiError, TimeoutError))
    assert "400" not in str(error)
    assert error.sent
    assert await until(lambda: server.open_connections == 0)
    assert "Hello" == (await client.run(LLAMA, HI)).text
    assert [0, 1] == [seen.connection for seen in server.seen]


STATUSES = {
    "204 with a body": (b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello", cfai.CfaiError),
    "204": (b"HTTP/1.1 204 No Content\r\n\r\n", cfai.DecodeError),
    "205": (b"HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n", cfai.DecodeError),
    "304 with a body": (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\nhello", cfai.CfaiError),
    "304": (b"HTTP/1.1 304 Not Modified\r\n\r\n", cfai.ApiError),
    "101": (b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", cfai.ApiError),
    "an empty 500": (b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n", cfai.ServerError),
    "520 in HTML": (
        b"HTTP/1.1 520 \r\nContent-Type: text/html\r\nContent-Length: 21\r\n\r\n<html>error 520</html",
        cfai.ServerError,
    ),
    "a status that nobody knows": (b"HTTP/1.1 299 Odd\r\nContent-Length: 2\r\n\r\nhm", cfai.DecodeError),
}


@pytest.mark.parametrize("case", STATUSES)
async def test_a_status_that_carries_no_answer_is_a_typed_error_and_the_next_call_is_clean(
    client: Any, server: Server, case: str
) -> None:
    data, kind = STATUSES[case]
    server.script(send(data, keep=True))
    error = await refused(client, kind)

    assert "JSONDecodeError" not in str(error)
    assert LLAMA in str(error)
    assert "Hello" == (await client.run(LLAMA, HI)).text


# -- out of step --------------------------------------------------------------------------------------------------

FORGED = response({"result": {"response": "forged"}, "success": True})
JUNK = {
    "a whole answer": FORGED,
    "half an answer": FORGED[:40],
    "a line": b"\r\n",
    "noise": bytes(range(256)),
    "much noise": b"x" * 300_000,
}


def pushing(data: bytes, *, later: bool) -> Step:
    """Say hello, and then, without having been asked, something more; and go on."""

    async def play(exchange: Exchange) -> bool:
        await exchange.send(response(HELLO) + (b"" if later else data))
        if later:
            await anyio.sleep(0.03)
            await exchange.send(data)
        return True

    return Step(play)


@pytest.mark.parametrize("case", JUNK)
async def test_what_comes_behind_an_answer_is_never_the_next_calls(client: Any, server: Server, case: str) -> None:
    server.script(pushing(JUNK[case], later=False))
    try:
        assert "Hello" == (await client.run(LLAMA, HI)).text
    except cfai.TransportError:  # aiohttp drops what it has read where what follows is no HTTP
        assert "noise" in case

    assert "Hello" == (await client.run(LLAMA, HI)).text
    assert "Hello" == (await client.run(LLAMA, HI)).text


@pytest.mark.parametrize("case", JUNK)
async def test_what_comes_on_an_idle_connection_is_never_the_next_calls_answer(
    client: Any, server: Server, case: str
) -> None:
    server.script(pushing(JUNK[case], later=True))
    assert "Hello" == (await client.run(LLAMA, HI)).text
    await anyio.sleep(0.08)  # for it to come

    assert "Hello" == (await client.run(LLAMA, HI)).text
    assert "Hello" == (await client.run(LLAMA, HI)).text


async def test_an_answer_that_is_longer_than_it_says_is_not_taken_for_two(client: Any, server: Server) -> None:
    server.script(send(HEAD + b"Content-Length: 30\r\n\r\n" + GOOD, keep=True))
    await refused(client, (cfai.TransportError, cfai.DecodeError))

    assert "Hello" == (await client.run(LLAMA, HI)).text
    assert [0, 1] == [seen.connection for seen in server.seen]


async def test_many_calls_get_their_own_answers_while_others_are_ended(make: Any, server: Server) -> None:
    async def play(exchange: Exchange) -> bool:
        said = exchange.seen.json["prompt"]
        await anyio.sleep(0.02)
        await exchange.send(response({"result": {"response": said}, "success": True}))
        return True

    server.always(Step(play))
    client, answers = make(max_connections=4), dict[str, str]()

    async def ask(number: int) -> None:
        said = f"number {number}"
        limit = 0.015 if number % 3 == 0 else 20  # some end while their answers are on the way
        try:
            answers[said] = (await client.run(LLAMA, cfai.Prompt(said), cfai.RequestOptions(timeout=limit))).text
        except cfai.RequestTimeout:
            assert number % 3 == 0

    async with anyio.create_task_group() as group:
        for number in range(60):
            group.start_soon(ask, number)

    assert 40 <= len(answers)
    assert list(answers) == list(answers.values())


# -- media under the wrong type -----------------------------------------------------------------------------------

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
MP3 = b"ID3\x04" + bytes(range(256))
JPEG = bytes.fromhex("ffd8ffe00010") + bytes(range(256))


@pytest.mark.parametrize("content_type", ["application/json", "text/plain; charset=utf-8", "", "audio/mpeg"])
async def test_a_picture_is_a_picture_whatever_its_header_says(client: Any, server: Server, content_type: str) -> None:
    server.script(answer(PNG, headers={"Content-Type": content_type} if content_type else {}))
    picture = await client.run("@cf/bytedance/stable-diffusion-xl-lightning", cfai.TextToImage("a cat"))

    assert (PNG, "image/png") == (picture.data, picture.media_type)


@pytest.mark.parametrize("content_type", ["image/png", "audio/mpeg", "application/octet-stream", ""])
async def test_json_is_json_whatever_its_header_says(client: Any, server: Server, content_type: str) -> None:
    server.script(answer(GOOD, headers={"Content-Type": content_type} if content_type else {}))

    assert "Hello" == (await client.run(LLAMA, HI)).text


@pytest.mark.parametrize("data", [PNG, MP3, JPEG], ids=["PNG", "MP3", "JPEG"])
async def test_bytes_where_a_text_was_promised_are_kept_and_never_read_as_text(
    client: Any, server: Server, data: bytes
) -> None:
    server.script(answer(data, headers=JSON))
    with pytest.raises(cfai.DecodeError) as caught:
        await client.run(LLAMA, HI)

    assert data == caught.value.raw
    assert "\ufffd" not in str(caught.value)


# -- answers that come before the body is sent --------------------------------------------------------------------

TOO_LARGE = response({"errors": [{"code": 3006, "message": "too large"}], "success": False}, 413)


def early(taken: int, data: bytes, gate: Gate) -> Step:
    """Answer when *taken* bytes of the body have come; read no more of it until *gate* opens, then up to the end."""

    async def play(exchange: Exchange) -> None:
        await exchange.reader.readexactly(taken)
        await exchange.send(data)
        await gate.before(hang()).play(exchange)

    return Step(play, early=True)


@pytest.fixture
def sparse(tmp_path: Path) -> Path:
    """20 MiB that take no room on the disk."""
    path = tmp_path / "talk.mp3"
    with open(path, "wb") as file:
        file.write(b"ID3\x04")
        file.truncate(20 * MIB)
    return path


@pytest.mark.parametrize("form", ["bytes", "a path", "base64"])
@pytest.mark.parametrize("taken", [0, MIB], ids=["at once", "after 1 MiB"])
async def test_an_early_413_of_20_mib_always_comes_through(
    client: Any, server: Server, sparse: Path, taken: int, form: str
) -> None:
    gate = Gate()
    server.script(early(taken, TOO_LARGE, gate))
    model = "@cf/openai/whisper-large-v3-turbo" if form == "base64" else "@cf/openai/whisper"
    with pytest.raises(cfai.RequestTooLarge, match="3006"):
        await client.run(model, {"audio": b"ID3\x04" + b"a" * (20 * MIB) if form == "bytes" else sparse})
    gate.open()

    assert await until(lambda: server.open_connections == 0)
    assert "Hello" == (await client.run(LLAMA, HI)).text
    assert [0, 1] == [seen.connection for seen in server.seen]


async def test_an_early_good_answer_is_an_answer(client: Any, server: Server, sparse: Path) -> None:
    gate = Gate()
    server.script(early(0, response({"result": {"text": "words"}, "success": True}), gate))

    assert "words" == (await client.run("@cf/openai/whisper", {"audio": sparse})).text
    gate.open()
    assert await until(lambda: server.open_connections == 0)


# -- what does not fit its promise --------------------------------------------------------------------------------

MISFITS: dict[str, tuple[Any, Any, str]] = {
    "a score": (cfai.TextClassification("x"), [{"label": "A", "score": 1}, {"label": 7, "score": 1}], "$[1].label"),
    "a text": (cfai.Translation("x", target_lang="fr"), {"translated_text": {"a": 1}}, "$.translated_text"),
    "vectors": (cfai.TextEmbeddings(["x"]), {"shape": [1, 1], "data": [["no"]]}, "$.data[0][0]"),
}


@pytest.mark.parametrize("case", MISFITS)
async def test_what_does_not_fit_its_promise_is_a_decode_error_with_its_place(
    client: Any, server: Server, case: str
) -> None:
    params, result, place = MISFITS[case]
    server.script(answer({"result": result, "success": True, "errors": [], "messages": []}))
    with pytest.raises(cfai.DecodeError) as caught:
        await client.run("@cf/some/new-model", params)

    assert (place, result) == (caught.value.path, caught.value.raw)
    assert f" @ {place} [" in str(caught.value)
