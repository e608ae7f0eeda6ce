"""Files that change while they are sent: never a byte beyond Content-Length, and never a whole request."""

import contextlib
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from kit.server import Exchange, Server, Step, answer

import cfai
from cfai._http.upload import Upload, prepare_elsewhere
from cfai._wire.request.encode import encode

WHISPER = "@cf/openai/whisper"
TURBO = "@cf/openai/whisper-large-v3-turbo"
FLUX = "@cf/black-forest-labs/flux-2-klein-4b"
MOONDREAM = "@cf/moondream/moondream3.1-9B-A2B"
SCOUT = "@cf/meta/llama-4-scout-17b-16e-instruct"
HEARD = answer({"result": {"text": "words"}, "success": True, "errors": [], "messages": []})
MIB = 2**20
MORE = b"POST /client/v4/more HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n" * 1000
LIMITS = cfai.RequestOptions(timeout=30)

FORMS: dict[str, tuple[str, Callable[[Any], Any], str, int]] = {
    "raw": (WHISPER, cfai.AutomaticSpeechRecognition, "audio", 40),
    "base64": (TURBO, cfai.AutomaticSpeechRecognition, "audio", 16),
    "ints": (WHISPER, lambda file: {"audio": file, "source_lang": "en"}, "audio", 8),
    "multipart": (FLUX, lambda file: cfai.TextToImage("a cat", images=[b"first", file]), r"images\[1\]", 16),
    "data URL": (MOONDREAM, lambda file: cfai.VisionQuery(file, question="what?"), "image", 16),
    "message": (SCOUT, lambda file: cfai.ImagePrompt(file, "what?"), "image", 16),
}
"""Of each form: the model, the params with a file, the field that errors name, and the MiB of a file which no buffers
of the system can hold as a whole."""


def grow(path: Path) -> None:
    size = path.stat().st_size
    os.truncate(path, size + len(MORE))  # at once: a write makes a file longer page by page
    with open(path, "r+b") as file:
        file.seek(size)
        file.write(MORE)


def shrink(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 1)


def rewrite(path: Path) -> None:
    with open(path, "r+b") as file:
        file.seek(-1000, os.SEEK_END)
        file.write(b"\xff" * 1000)


CHANGED = "the file changed while it was sent: it "
SAID = {
    "longer": f"{CHANGED}(became longer|was written to)",
    "shorter": f"{CHANGED}(became shorter|was written to)",
    "written to": f"{CHANGED}was written to",
}
"""What is said of a change: its time may be seen a moment before its size."""
CHANGES = {"longer": grow, "shorter": shrink, "written to": rewrite}


@dataclass
class Changing:
    """Changes a file once the head of the request has come, and takes all that follows up to the connection's end."""

    path: Path
    change: Callable[[Path], None]
    taken: bytearray = field(default_factory=bytearray)

    def step(self) -> Step:
        return Step(self._play, early=True)

    async def _play(self, exchange: Exchange) -> None:
        raw = exchange.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**16)  # else the system takes some MiB by itself
        self.change(self.path)
        with contextlib.suppress(ConnectionError):
            while data := await exchange.reader.read(2**16):
                self.taken += data


def made(tmp_path: Path, mib: int) -> Path:
    path = tmp_path / "medium.bin"
    with open(path, "wb") as file:
        file.write(b"ID3\x04")
        file.writelines(b"\x07" * MIB for _ in range(mib))
    return path


@pytest.mark.parametrize("how", CHANGES)
@pytest.mark.parametrize("form", FORMS)
async def test_a_file_that_changes_while_it_is_sent_ends_the_call(
    client: Any, server: Server, tmp_path: Path, form: str, how: str
) -> None:
    model, params, name, mib = FORMS[form]
    path = made(tmp_path, mib)
    changing = Changing(path, CHANGES[how])
    server.script(changing.step(), HEARD)
    with pytest.raises(cfai.InvalidParams, match=f"^{name}: {SAID[how]}") as caught:
        await client.run(model, params(path), LIMITS)
    await client.run(WHISPER, {"audio": b"ID3 next"})

    assert 1 == caught.value.attempts
    assert len(changing.taken) < int(server.seen[0].header("content-length") or 0)
    assert b"POST" not in changing.taken
    assert [0, 1] == [seen.connection for seen in server.seen]
    assert b"POST /client/v4/accounts/" == server.last.line[:25]
    assert b"ID3 next" == server.last.body


@pytest.mark.parametrize("how", CHANGES)
async def test_so_does_an_open_file_and_it_is_left_at_its_end(
    client: Any, server: Server, tmp_path: Path, how: str
) -> None:
    path = made(tmp_path, 40)
    changing = Changing(path, CHANGES[how])
    server.script(changing.step())
    with open(path, "rb") as file:
        file.read(4)
        with pytest.raises(
            cfai.InvalidParams,
            match=f"^audio: {SAID[how]}",
        ):
            await client.run(WHISPER, {"audio": file}, LIMITS)
        with pytest.raises(cfai.InvalidParams, match="audio: nothing left to read"):
            await client.run(WHISPER, {"audio": file}, LIMITS)

        assert path.stat().st_size == file.tell()
    assert len(changing.taken) < 40 * MIB
    assert 1 == len(server.seen)


async def test_it_is_never_tried_again_and_told_as_an_attempt(make: Any, server: Server, tmp_path: Path) -> None:
    path = made(tmp_path, 40)
    told: list[cfai.Attempt] = []
    retrying = cfai.RequestOptions(retry=cfai.Retry(attempts=3, backoff=0.01, lost_answers=True), timeout=30)
    client = make(on_attempt=told.append, options=retrying)
    busy = answer({"errors": [{"code": 3040, "message": "no room"}], "success": False, "result": {}}, 429)
    server.script(busy, Changing(path, grow).step())
    with pytest.raises(cfai.InvalidParams, match=SAID["longer"]) as caught:
        await client.run(WHISPER, {"audio": path})

    assert 2 == caught.value.attempts == len(server.seen)
    assert [cfai.OutOfCapacity] == [type(error) for error in caught.value.earlier]
    assert [(1, "OutOfCapacity"), (2, "InvalidParams")] == [(attempt.number, attempt.error) for attempt in told]


async def test_a_stream_ends_so_too(client: Any, server: Server, tmp_path: Path) -> None:
    path = made(tmp_path, 16)
    changing = Changing(path, grow)
    server.script(changing.step())
    with pytest.raises(cfai.InvalidParams, match=f"image: {SAID['longer']}") as caught:
        async with client.stream(SCOUT, cfai.ImagePrompt(path, "what?"), LIMITS):
            pass

    assert 1 == caught.value.attempts
    assert len(changing.taken) < int(server.last.header("content-length") or 0)


async def test_a_file_that_is_replaced_is_sent_as_it_was(client: Any, server: Server, tmp_path: Path) -> None:
    path = made(tmp_path, 40)
    before = path.read_bytes()
    body = b""

    async def play(exchange: Exchange) -> bool | None:
        nonlocal body
        other = tmp_path / "other"
        other.write_bytes(b"x" * len(before))
        os.replace(other, path)
        body = await exchange.reader.readexactly(len(before))
        return await HEARD.play(exchange)

    server.script(Step(play, early=True))
    heard = await client.run(WHISPER, cfai.AutomaticSpeechRecognition(path), LIMITS)

    assert "words" == heard.text
    assert before == body


class Taking:
    """Takes what is written, and changes the file when less than a slice of it is missing."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._size = path.stat().st_size
        self.taken = 0

    async def write(self, data: memoryview) -> None:
        self.taken += len(data)
        if self._size - self.taken < 2**18 and self._path.stat().st_size == self._size:
            grow(self._path)


async def test_the_last_bytes_are_held_back_until_the_end_of_the_file_is_known(tmp_path: Path) -> None:
    path = tmp_path / "medium.bin"
    path.write_bytes(b"\x07" * (8 * 196_608))  # the slices that are read at a time, twice
    body, _ = await prepare_elsewhere(encode(WHISPER, {"audio": path}).body)
    writer = Taking(path)
    assert isinstance(body, Upload)
    with pytest.raises(cfai.InvalidParams, match=f"audio: {SAID['longer']}"):
        await body.write(writer)

    assert 7 * 196_608 == writer.taken
    assert not body.sent
