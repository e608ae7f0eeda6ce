"""Open files, which a call leaves at their end; media without bytes; pipes and the like, which can be read once."""

import asyncio
import base64
import contextlib
import gzip
import io
import json
import os
import socket
import tempfile
import threading
import urllib.request
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from kit.secrets import ACCOUNT, TOKEN
from kit.server import Server, answer, hang, response, until

import cfai

WHISPER = "@cf/openai/whisper"
TURBO = "@cf/openai/whisper-large-v3-turbo"
FLUX = "@cf/black-forest-labs/flux-2-klein-4b"
SCOUT = "@cf/meta/llama-4-scout-17b-16e-instruct"
HEARD = answer({"result": {"text": "words"}, "success": True, "errors": [], "messages": []})
BUSY = {"errors": [{"code": 3040, "message": "no room"}], "success": False, "result": {}, "messages": []}
TOO_LARGE = {"errors": [{"code": 3006, "message": "too large"}], "success": False, "result": {}, "messages": []}
SMALL, LARGE = 5_000, 3_000_000
LEFT = "nothing left to read: the file is at its end"


def part(picture: Any) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": picture}}


FORMS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "raw": (WHISPER, cfai.AutomaticSpeechRecognition),
    "base64": (TURBO, cfai.AutomaticSpeechRecognition),
    "ints": (WHISPER, lambda file: cfai.AutomaticSpeechRecognition(file, language="en")),
    "multipart": (FLUX, lambda file: cfai.TextToImage("a cat", images=[file])),
    "message": (SCOUT, lambda file: cfai.ImagePrompt(file, "what?")),
    "part": (SCOUT, lambda file: {"messages": [{"role": "user", "content": [part(file)]}]}),
}
TWICE = cfai.RequestOptions(retry=cfai.Retry(attempts=2, backoff=0.01))


def medium_of(form: str, body: bytes) -> bytes:
    """Return the bytes of the medium in the *body* of a request."""
    if form == "raw":
        return body
    if form == "multipart":
        start = body.index(b"\r\n\r\n", body.index(b'name="input_image_0"')) + 4
        return body[start : body.rindex(b"\r\n--cfai-")]
    content = json.loads(body)
    if form == "ints":
        return bytes(content["audio"])
    if form == "base64":
        return base64.b64decode(content["audio"], validate=True)
    url = content["messages"][0]["content"][-1]["image_url"]["url"]
    return base64.b64decode(url.partition(";base64,")[2], validate=True)


def sound(size: int) -> bytes:
    return (b"ID3\x04" + bytes(range(256)) * (size // 256 + 1))[:size]


class Custom(io.RawIOBase):
    """A file that is none of the system's, and gives a few bytes at a time."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        part = self._data.read(min(len(buffer), 1000))
        buffer[: len(part)] = part
        return len(part)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[[str, bytes], Any]]:
    """Open a file of some kind, which stands behind four bytes that are not to be sent."""
    path = tmp_path / "medium.bin"
    written: dict[str, Callable[[], Any]] = {
        "BytesIO": io.BytesIO,
        "NamedTemporaryFile": tempfile.NamedTemporaryFile,
        "TemporaryFile": tempfile.TemporaryFile,
        "spooled": partial(tempfile.SpooledTemporaryFile, 2**30),
        "rolled": partial(tempfile.SpooledTemporaryFile, 1),
    }
    read: dict[str, Callable[[], Any]] = {
        "file": lambda: path.open("rb"),
        "unbuffered": lambda: path.open("rb", buffering=0),
        "gzip": partial(gzip.open, path),
    }
    with contextlib.ExitStack() as stack:

        def make(kind: str, data: bytes) -> Any:
            path.write_bytes(gzip.compress(b"skip" + data) if kind == "gzip" else b"skip" + data)
            file = stack.enter_context({**written, **read}[kind]())
            if kind in written:
                file.write(b"skip" + data)
                file.seek(0)
            assert b"skip" == file.read(4)
            return file

        yield make


@pytest.fixture
def one_way() -> Iterator[Callable[[str, bytes], Any]]:
    """Open a file that can't go back."""
    with contextlib.ExitStack() as stack:

        def pipe(data: bytes) -> Any:
            reader, writer = os.pipe()
            fed(writer, data)
            return open(reader, "rb")

        def connection(data: bytes) -> Any:
            near, far = socket.socketpair()
            stack.enter_context(far)
            threading.Thread(target=lambda: (near.sendall(data), near.close()), daemon=True).start()
            return far.makefile("rb")

        def response(data: bytes) -> Any:
            return urllib.request.urlopen("data:audio/mpeg;base64," + base64.b64encode(data).decode())

        kinds = {"pipe": pipe, "socket": connection, "urllib": response, "custom": Custom}
        yield lambda kind, data: stack.enter_context(kinds[kind](data))


KINDS = ["file", "unbuffered", "BytesIO", "gzip", "NamedTemporaryFile", "TemporaryFile", "spooled", "rolled"]


@pytest.mark.parametrize("size", [SMALL, LARGE])
@pytest.mark.parametrize("of", KINDS)
async def test_an_open_file_is_at_its_end_after_a_call(
    client: Any, server: Server, opened: Any, of: str, size: int
) -> None:
    server.always(HEARD)
    file = opened(of, sound(size))
    await client.run(WHISPER, {"audio": file})
    with pytest.raises(cfai.InvalidParams, match=f"^audio: {LEFT}"):
        await client.run(WHISPER, {"audio": file})

    assert [sound(size)] == [seen.body for seen in server.seen]
    assert size + 4 == file.tell()
    assert not file.closed
    file.seek(4)
    await client.run(WHISPER, {"audio": file})
    assert sound(size) == server.last.body


@pytest.mark.parametrize("given", [("file", LARGE), ("BytesIO", SMALL)], ids=["a large file", "a small BytesIO"])
@pytest.mark.parametrize("form", FORMS)
async def test_so_it_is_in_every_form(
    client: Any, server: Server, opened: Any, form: str, given: tuple[str, int]
) -> None:
    model, params = FORMS[form]
    of, size = given
    server.always(answer(BUSY, 400))
    file = opened(of, sound(size))
    with pytest.raises(cfai.ApiError):
        await client.run(model, params(file))
    with pytest.raises(cfai.InvalidParams, match=LEFT):
        await client.run(model, params(file))

    assert [sound(size)] == [medium_of(form, seen.body) for seen in server.seen]
    assert size + 4 == file.tell()


@pytest.mark.parametrize("of", KINDS)
async def test_so_it_is_after_a_refusal_in_the_middle(client: Any, server: Server, opened: Any, of: str) -> None:
    server.script(hang(response(TOO_LARGE, 413), early=True))
    file = opened(of, sound(20_000_000))
    with pytest.raises(cfai.RequestTooLarge):
        await client.run(WHISPER, {"audio": file})
    with pytest.raises(cfai.InvalidParams, match=LEFT):
        await client.run(WHISPER, {"audio": file})

    assert 20_000_004 == file.tell()
    assert 1 == len(server.seen)


@pytest.mark.parametrize("of", KINDS)
async def test_so_it_is_after_a_call_that_ran_out_of_time(client: Any, server: Server, opened: Any, of: str) -> None:
    server.script(hang(early=True))
    file = opened(of, sound(20_000_000))
    with pytest.raises(cfai.RequestTimeout):
        await client.run(WHISPER, {"audio": file}, cfai.RequestOptions(timeout=0.4))
    with pytest.raises(cfai.InvalidParams, match=LEFT):
        await client.run(WHISPER, {"audio": file})

    assert 20_000_004 == file.tell()
    assert 1 == len(server.seen)


async def test_so_it_is_after_a_call_that_was_cancelled(server: Server, tmp_path: Path) -> None:
    server.script(hang(early=True))
    path = tmp_path / "talk.mp3"
    path.write_bytes(sound(20_000_000))
    async with cfai.AsyncClient(account_id=ACCOUNT, api_token=TOKEN, base_url=server.base_url) as client:
        with path.open("rb") as file:
            call = asyncio.create_task(client.run(WHISPER, {"audio": file}))
            assert await until(lambda: server.seen)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call

            assert 20_000_000 == file.tell()
            with pytest.raises(cfai.InvalidParams, match=LEFT):
                await client.run(WHISPER, {"audio": file})
    assert 1 == len(server.seen)


@pytest.mark.parametrize("of", KINDS)
async def test_a_retry_sends_it_from_where_it_stood(make: Any, server: Server, opened: Any, of: str) -> None:
    server.script(answer(BUSY, 429), HEARD)
    file = opened(of, sound(LARGE))
    await make(options=TWICE).run(WHISPER, {"audio": file})

    assert [sound(LARGE)] * 2 == [seen.body for seen in server.seen]
    assert LARGE + 4 == file.tell()


async def test_a_call_that_reads_nothing_moves_nothing(client: Any, server: Server, tmp_path: Path) -> None:
    path = tmp_path / "talk.mp3"
    path.write_bytes(sound(SMALL))
    with path.open("rb") as file:
        file.seek(4)
        with pytest.raises(cfai.InvalidParams, match="prompt: a set can't be sent"):
            await client.run(WHISPER, {"audio": file, "prompt": {1}})

        assert 4 == file.tell()
    assert [] == server.seen


async def test_one_open_file_may_stand_in_two_places(client: Any, server: Server, tmp_path: Path) -> None:
    path = tmp_path / "cat.png"
    path.write_bytes(b"skip\x89PNG\r\n\x1a\n" + bytes(LARGE))
    with path.open("rb") as file:
        file.seek(4)
        with pytest.raises(cfai.DecodeError):  # the answer is a text
            await client.run(FLUX, cfai.TextToImage("a cat", images=[file, file]))

    assert 2 == server.last.body.count(b"\r\n\r\n\x89PNG\r\n\x1a\n" + bytes(LARGE) + b"\r\n--cfai-")


# -- nothing to send


def at_its_end() -> io.BytesIO:
    file = io.BytesIO(b"ID3")
    file.seek(0, io.SEEK_END)
    return file


EMPTY: dict[str, tuple[Callable[[Path], Any], str]] = {
    "bytes": (lambda _: b"", "the medium is empty"),
    "bytearray": (lambda _: bytearray(), "the medium is empty"),
    "Media": (lambda _: cfai.Media(b""), "the medium is empty"),
    "data URL": (lambda _: "data:image/png;base64,", "the medium is empty"),
    "data URL without base64": (lambda _: "data:,", "the medium is empty"),
    "path": (lambda path: path, "the file is empty: .*nothing.bin"),
    "open file": (lambda path: path.open("rb"), LEFT),
    "BytesIO": (lambda _: io.BytesIO(), LEFT),
    "BytesIO at its end": (lambda _: at_its_end(), LEFT),
    "pipe": (lambda _: Custom(b""), LEFT),
}


@pytest.mark.parametrize("empty", EMPTY)
@pytest.mark.parametrize("form", FORMS)
async def test_what_has_no_bytes_is_refused_before_anything_is_sent(
    client: Any, server: Server, tmp_path: Path, form: str, empty: str
) -> None:
    model, params = FORMS[form]
    medium, message = EMPTY[empty]
    path = tmp_path / "nothing.bin"
    path.touch()
    given = medium(path)
    try:
        with pytest.raises(cfai.InvalidParams, match=message) as caught:
            await client.run(model, params(given))
    finally:
        if hasattr(given, "close"):
            given.close()

    assert "audio" in str(caught.value) or "image" in str(caught.value)
    assert 0 == caught.value.attempts
    assert [] == server.seen
    assert 0 == server.connections


# -- pipes and the like


def fed(file: int | str | Path, data: bytes) -> threading.Thread:
    """Start a thread that writes *data* to a pipe and closes it."""

    def write() -> None:
        with open(file, "wb") as pipe:
            pipe.write(data)

    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    return thread


@pytest.mark.parametrize("size", [SMALL, LARGE])
@pytest.mark.parametrize("form", FORMS)
async def test_a_fifo_by_its_path_is_read_once_and_sent_whole_in_each_attempt(
    make: Any, server: Server, tmp_path: Path, form: str, size: int
) -> None:
    model, params = FORMS[form]
    path = tmp_path / "pipe.mp3"
    os.mkfifo(path)
    fed(path, sound(size))
    server.script(answer(BUSY, 429), answer(BUSY, 400))
    with pytest.raises(cfai.ApiError):
        await make(options=TWICE).run(model, params(path))

    assert [sound(size)] * 2 == [medium_of(form, seen.body) for seen in server.seen]
    assert str(len(server.last.body)) == server.last.header("content-length")


async def test_so_is_a_descriptor_by_its_path(client: Any, server: Server) -> None:
    server.always(HEARD)
    reader, writer = os.pipe()
    fed(writer, sound(LARGE))
    try:
        await client.run(WHISPER, {"audio": Path(f"/dev/fd/{reader}")})
        with pytest.raises(cfai.InvalidParams, match=f"audio: the file is empty: /dev/fd/{reader}"):
            await client.run(WHISPER, {"audio": Path(f"/dev/fd/{reader}")})
    finally:
        os.close(reader)

    assert [sound(LARGE)] == [seen.body for seen in server.seen]
    assert "audio/mpeg" == server.last.header("content-type")


@pytest.mark.skipif(not os.path.exists("/proc/version"), reason="there is no /proc")
@pytest.mark.parametrize("by", ["path", "file"])
async def test_a_file_without_a_size_that_gives_bytes_is_sent(client: Any, server: Server, by: str) -> None:
    server.script(HEARD)
    with open("/proc/version", "rb") as file:
        await client.run(WHISPER, {"audio": file if by == "file" else Path("/proc/version")})
        file.seek(0)

        assert file.read() == server.last.body != b""


@pytest.mark.parametrize("of", ["pipe", "socket", "urllib", "custom"])
@pytest.mark.parametrize("form", ["raw", "ints"])
async def test_what_can_not_go_back_is_sent_whole_in_each_attempt(
    make: Any, server: Server, one_way: Any, of: str, form: str
) -> None:
    data = sound(LARGE)
    file = one_way(of, data)
    model, params = FORMS[form]
    server.script(answer(BUSY, 429), HEARD)
    await make(options=TWICE).run(model, params(file))

    assert [data] * 2 == [medium_of(form, seen.body) for seen in server.seen]


async def test_a_pipe_that_an_earlier_attempt_still_reads_is_never_sent_in_part(make: Any, server: Server) -> None:
    reader, writer = os.pipe()
    options = cfai.RequestOptions(attempt_timeout=0.3, retry=cfai.Retry(attempts=3, backoff=0.01))
    os.write(writer, b"ID3 begins")
    with open(reader, "rb") as file:
        try:
            with pytest.raises(cfai.InvalidParams, match="audio: it can be read only once, and an earlier attempt"):
                await make(options=options).run(WHISPER, {"audio": file})
        finally:
            os.close(writer)  # else the file could not be closed, for a thread reads it
        assert await until(lambda: file.read() == b"")

    assert [] == server.seen
