"""Async iterables as input: sent as they come, once, and let go of whatever happens."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from kit.secrets import ACCOUNT, TOKEN
from kit.server import Server, answer, hang, reset, response, until

import cfai
from cfai.emulator import Emulator

WHISPER = "@cf/openai/whisper"
TURBO = "@cf/openai/whisper-large-v3-turbo"
NOVA = "@cf/deepgram/nova-3"
HEARD = {"result": {"text": "words"}, "success": True, "errors": [], "messages": []}
TOO_LARGE = {
    "errors": [{"code": 3006, "message": "Request is too large"}],
    "success": False,
    "result": {},
    "messages": [],
}


class Flow:
    """Gives its pieces, and keeps what becomes of it."""

    def __init__(self, *pieces: Any, then: Exception | None = None, endless: bool = False) -> None:
        self.given = 0
        self.left = False
        self.pieces = pieces
        self._then = then
        self._endless = endless

    async def __aiter__(self) -> AsyncIterator[Any]:
        try:
            for piece in self.pieces:
                self.given += 1
                yield piece
            while self._endless:
                self.given += 1
                yield bytes(2**16)
                await asyncio.sleep(0.001)
            if self._then is not None:
                raise self._then
        finally:
            self.left = True


async def test_pieces_travel_as_they_come_in_a_chunked_body(client: Any, server: Server) -> None:
    server.script(answer(HEARD))
    flow = Flow(b"", b"ID3\x04", b"", bytearray(b"one"), memoryview(b"two"))
    answered = await client.run(WHISPER, cfai.AutomaticSpeechRecognition(flow))

    assert "words" == answered.text
    assert b"4\r\nID3\x04\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n" == server.last.framed
    assert "chunked" == server.last.header("transfer-encoding")
    assert server.last.header("content-length") is None
    assert "audio/mpeg" == server.last.header("content-type")
    assert flow.left


async def test_what_its_bytes_do_not_say_is_octets(client: Any, server: Server) -> None:
    server.script(answer(HEARD))
    await client.run(WHISPER, {"audio": Flow(b"noise")})

    assert "application/octet-stream" == server.last.header("content-type")


async def test_the_rest_may_travel_in_the_query(client: Any, server: Server) -> None:
    server.script(answer(HEARD))
    await client.run(NOVA, cfai.AutomaticSpeechRecognition(Flow(b"RIFF", b"...."), language="de"))

    assert server.last.target.endswith(b"/ai/run/@cf/deepgram/nova-3?language=de")
    assert b"RIFF...." == server.last.body


async def test_a_large_piece_is_sent_whole(client: Any, server: Server) -> None:
    server.script(answer(HEARD))
    await client.run(WHISPER, {"audio": Flow(b"ID3" + bytes(3_000_000), b"end")})

    assert b"ID3" + bytes(3_000_000) + b"end" == server.last.body


async def test_a_file_of_an_async_library_is_one(client: Any, server: Server, tmp_path: Path) -> None:
    path = tmp_path / "sound.mp3"
    path.write_bytes(b"ID3\nsome\nlines")
    server.script(answer(HEARD))
    async with await anyio.open_file(path, "rb") as file:
        await client.run(WHISPER, {"audio": file})

    assert b"ID3\nsome\nlines" == server.last.body


@pytest.mark.parametrize(
    ("model", "params"),
    [
        (WHISPER, {"audio": Flow(b"ID3"), "source_lang": "en"}),
        (TURBO, {"audio": Flow(b"ID3")}),
        (TURBO, cfai.AutomaticSpeechRecognition(Flow(b"ID3"))),
        ("@cf/some/new-model", cfai.AutomaticSpeechRecognition(Flow(b"ID3"))),
        ("@cf/black-forest-labs/flux-2-dev", cfai.TextToImage("x", images=[Flow(b"ID3")])),
    ],
)
async def test_it_has_to_be_the_whole_body(client: Any, server: Server, model: str, params: Any) -> None:
    with pytest.raises(cfai.InvalidParams, match=r"^(audio|images\[0\]): an async iterable has to be the whole body"):
        await client.run(model, params)

    assert [] == server.seen


@pytest.mark.parametrize("pieces", [(), (b"", b"")])
async def test_one_that_gives_nothing_is_refused(client: Any, server: Server, pieces: tuple[bytes, ...]) -> None:
    with pytest.raises(cfai.InvalidParams, match="audio: the async iterable gives nothing; it can be sent only once"):
        await client.run(WHISPER, {"audio": Flow(*pieces)})

    assert [] == server.seen


async def test_a_generator_is_at_its_end_after_one_call(client: Any, server: Server) -> None:
    server.script(answer(HEARD))
    flow = aiter(Flow(b"ID3"))
    await client.run(WHISPER, {"audio": flow})
    with pytest.raises(cfai.InvalidParams, match="it can be sent only once"):
        await client.run(WHISPER, {"audio": flow})

    assert 1 == len(server.seen)


@pytest.mark.parametrize("piece", ["text", 5])
@pytest.mark.parametrize("before", [(), (b"ID3",)])
async def test_it_has_to_give_bytes(client: Any, server: Server, before: tuple[bytes, ...], piece: Any) -> None:
    flow = Flow(*before, piece)
    with pytest.raises(cfai.InvalidParams, match=f"audio: the async iterable gives {type(piece).__name__}, not bytes"):
        await client.run(WHISPER, {"audio": flow})

    assert await until(lambda: flow.left)


@pytest.mark.parametrize("pieces", [(), (b"ID3", bytes(2**20))])
async def test_what_it_raises_is_the_cause(client: Any, server: Server, pieces: tuple[bytes, ...]) -> None:
    cause = RuntimeError("no microphone")
    with pytest.raises(cfai.InvalidParams, match="audio: RuntimeError: no microphone") as caught:
        await client.run(WHISPER, {"audio": Flow(*pieces, then=cause)})

    assert cause is caught.value.__cause__


async def test_an_early_answer_ends_it(client: Any, server: Server) -> None:
    server.script(hang(response(TOO_LARGE, 413), early=True))
    flow = Flow(b"ID3", endless=True)
    with pytest.raises(cfai.RequestTooLarge):
        await client.run(WHISPER, {"audio": flow})

    assert await until(lambda: flow.left)
    given = flow.given
    await anyio.sleep(0.05)
    assert given == flow.given
    assert await until(lambda: not server.open_connections)


async def test_an_early_answer_ends_the_upload_of_a_file_too(client: Any, server: Server, tmp_path: Path) -> None:
    path = tmp_path / "talk.mp3"
    path.write_bytes(b"ID3" + bytes(40_000_000))
    server.script(hang(response(TOO_LARGE, 413), early=True))
    with pytest.raises(cfai.RequestTooLarge):
        await client.run(WHISPER, {"audio": path})

    assert await until(lambda: not server.open_connections)


async def test_a_broken_connection_ends_it(client: Any, server: Server) -> None:
    server.script(reset(early=True))
    flow = Flow(b"ID3", endless=True)
    with pytest.raises(cfai.TransportError):
        await client.run(WHISPER, {"audio": flow})

    assert await until(lambda: flow.left)


async def test_a_service_that_is_not_there_ends_it(make: Any, server: Server) -> None:
    server.close()
    flow = Flow(b"ID3", endless=True)
    with pytest.raises(cfai.TransportError):
        await make().run(WHISPER, {"audio": flow})

    assert await until(lambda: flow.left)
    server.start()


class Silent:
    """Waits for a first piece that does not come."""

    def __init__(self) -> None:
        self.waits = False

    def __aiter__(self) -> "Silent":
        return self

    async def __anext__(self) -> bytes:
        self.waits = True
        await asyncio.sleep(60)
        return b""


async def test_the_time_limit_counts_from_the_first_piece_waited_for(client: Any, server: Server) -> None:
    with pytest.raises(cfai.RequestTimeout):
        await client.run(WHISPER, {"audio": Silent()}, cfai.RequestOptions(timeout=0.1))

    assert [] == server.seen


async def test_closing_ends_the_wait_for_the_first_piece(client: Any) -> None:
    silent, ended = Silent(), list[BaseException]()

    async def call() -> None:
        try:
            await client.run(WHISPER, {"audio": silent})
        except cfai.CfaiError as error:
            ended.append(error)

    async with anyio.create_task_group() as group:
        group.start_soon(call)
        assert await until(lambda: silent.waits)
        await client.aclose()

    assert [cfai.ClientClosed] == [type(error) for error in ended]


@pytest.mark.parametrize("endless", [True, False])
async def test_cancelling_ends_it(server: Server, endless: bool) -> None:
    flow = Flow(b"ID3", endless=endless)
    server.always(hang(early=endless))
    async with cfai.AsyncClient(account_id=ACCOUNT, api_token=TOKEN, base_url=server.base_url) as ai:
        call = asyncio.create_task(ai.run(WHISPER, {"audio": flow}))
        assert await until(lambda: server.seen)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call

    assert await until(lambda: flow.left)
    assert await until(lambda: not server.open_connections)


async def test_the_emulator_takes_it() -> None:
    async with Emulator() as emulator, emulator.async_client() as ai:
        heard = await ai.run(WHISPER, cfai.AutomaticSpeechRecognition(Flow(b"ID3", bytes(1000))))

        assert "1003 bytes" in heard.text
        assert b"ID3" + bytes(1000) == emulator.requests[-1].body
