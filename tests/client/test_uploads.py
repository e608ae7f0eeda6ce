"""Files as input: read beside the loop, never held whole, and what may happen to them meanwhile."""

import asyncio
import base64
import os
import threading
import time
import tracemalloc
from pathlib import Path
from typing import Any

import anyio
import pytest
from kit.secrets import ACCOUNT, TOKEN
from kit.server import Server, answer, hang, never_read, until

import cfai

WHISPER = "@cf/openai/whisper"
TURBO = "@cf/openai/whisper-large-v3-turbo"
HEARD = answer({"result": {"text": "words"}, "success": True, "errors": [], "messages": []})
MIB = 2**20
SLACK = 1.5


SOUND = b"ID3\x04" + bytes(range(256)) * (12 * MIB // 256) + b"end"


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """12 MiB that begin like an MP3."""
    path = tmp_path / "talk.mp3"
    path.write_bytes(SOUND)
    return path


async def test_a_path_is_sent_as_it_is(client: Any, server: Server, recording: Path) -> None:
    server.script(HEARD)
    await client.run(WHISPER, cfai.AutomaticSpeechRecognition(recording))

    assert SOUND == server.last.body
    assert str(len(SOUND)) == server.last.header("content-length")
    assert server.last.header("transfer-encoding") is None
    assert "audio/mpeg" == server.last.header("content-type")


async def test_an_open_file_is_sent_from_where_it_stands_and_left_open(
    client: Any, server: Server, recording: Path
) -> None:
    server.script(HEARD)
    with open(recording, "rb") as file:
        file.seek(10 * MIB)
        await client.run(WHISPER, cfai.AutomaticSpeechRecognition(file))

        assert not file.closed
    assert SOUND[10 * MIB :] == server.last.body


async def test_a_file_is_never_there_as_a_whole(make: Any, host: Any, recording: Path) -> None:
    silent = Server(host).start()  # its own copy of the body would be counted too: it reads nothing
    silent.always(never_read())
    client = make(base_url=silent.base_url)

    tracemalloc.start()
    try:
        with pytest.raises(cfai.RequestTimeout):
            await client.run(WHISPER, cfai.AutomaticSpeechRecognition(recording), cfai.RequestOptions(timeout=0.5))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        silent.close()

    assert peak < 6 * MIB


async def test_a_slow_file_does_not_hold_the_loop_up(server: Server, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.mp3"
    os.mkfifo(pipe)
    turns = 0

    def write() -> None:
        with open(pipe, "wb") as file:
            time.sleep(0.3)
            file.write(b"ID3 late")

    writer = threading.Thread(target=write)
    writer.start()
    async with cfai.AsyncClient(account_id=ACCOUNT, api_token=TOKEN, base_url=server.base_url) as client:
        with open(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
            os.set_blocking(file.fileno(), True)
            call = asyncio.create_task(client.run(WHISPER, {"audio": file}))
            while not call.done():
                turns += 1
                await asyncio.sleep(0.005)
            await call
    writer.join(5)

    assert turns > 20
    assert b"ID3 late" == server.last.body


async def test_closing_ends_an_upload(make: Any, server: Server, recording: Path) -> None:
    server.script(never_read())
    client = make()
    ended: list[BaseException] = []

    async def call() -> None:
        try:
            await client.run(WHISPER, {"audio": bytes(64 * MIB)})
        except cfai.CfaiError as error:
            ended.append(error)

    async with anyio.create_task_group() as group:
        group.start_soon(call)
        assert await until(lambda: server.seen)
        await anyio.sleep(0.1)  # for the buffers to fill
        started = time.monotonic()
        await client.aclose()

    assert [cfai.ClientClosed] == [type(error) for error in ended]
    assert time.monotonic() - started < SLACK


async def test_a_file_that_shrinks_while_it_is_sent_is_told(make: Any, server: Server, tmp_path: Path) -> None:
    path = tmp_path / "log.mp3"
    path.write_bytes(b"ID3" + bytes(64 * MIB))
    gate = hang(early=True)  # takes the body, slowly enough
    shrunk = False

    async def play(exchange: Any) -> None:
        nonlocal shrunk
        shrunk = True  # first: the client may notice before this thread goes on
        os.truncate(path, 8 * MIB)
        await gate.play(exchange)

    server.script(type(gate)(play, early=True))
    with pytest.raises(cfai.InvalidParams, match="shorter"):
        await make().run(WHISPER, {"audio": path}, cfai.RequestOptions(timeout=10))

    assert shrunk


async def test_a_large_text_goes_out_without_a_warning(client: Any, server: Server) -> None:
    await client.run("@cf/meta/llama-3.2-3b-instruct", cfai.Prompt("ü" * (3 * MIB)))

    assert "ü" * (3 * MIB) == server.last.json["prompt"]


async def test_base64_of_a_large_file_is_whole(client: Any, server: Server, recording: Path) -> None:
    server.script(HEARD)
    await client.run(TURBO, cfai.AutomaticSpeechRecognition(recording))

    assert SOUND == base64.b64decode(server.last.json["audio"], validate=True)
    assert str(len(server.last.body)) == server.last.header("content-length")
