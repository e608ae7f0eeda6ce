"""Every place where a call can wait, each arranged so that a call stays there: for what may end it there."""

import asyncio
import contextlib
import io
import ssl
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import trustme
from kit.between import Relay, black_hole, holding, tunnel
from kit.server import Gate, Host, Server, hang, hello, never_read, until

import cfai

LLAMA = "@cf/meta/llama-3.2-3b-instruct"
WHISPER = "@cf/openai/whisper"
HI = cfai.Prompt("Say hello")


@dataclass
class Place:
    """How a call is led to one place, and how to see that it is there and that it has gone."""

    reached: Callable[[], object]
    """Whether a call has come there, as far as it shows from outside."""
    settings: dict[str, Any] = field(default_factory=dict)
    """What the client is made with, beside one connection at most."""
    model: str = LLAMA
    params: Any = HI
    first: bool = False
    """Whether another call takes the one connection before."""
    gone: Callable[[], object] = lambda: True
    """Whether the other end has seen the call go."""
    clear: Callable[[], object] = lambda: None
    """Lets the next call through."""


@dataclass
class Stage:
    """What the places stand on."""

    host: Host
    server: Server
    tmp_path: Path


Arrange = Callable[[Stage], AbstractContextManager[Place]]
PLACES: dict[str, Arrange] = {}


def place(name: str) -> Callable[[Callable[[Stage], Iterator[Place]]], None]:
    def add(function: Callable[[Stage], Iterator[Place]]) -> None:
        PLACES[name] = contextlib.contextmanager(function)

    return add


def _at_server(stage: Stage, **changes: Any) -> Place:
    server = stage.server
    return Place(
        **{
            "reached": lambda: server.seen,
            "settings": {"base_url": server.base_url},
            "gone": lambda: server.open_connections == 0,
            **changes,
        }
    )


# -- before the request -------------------------------------------------------------------------------------------


@place("connecting")
def _connecting(stage: Stage) -> Iterator[Place]:
    with black_hole() as hole:
        late = Server(stage.host, port=hole.port)

        def clear() -> None:
            hole.close()
            late.start()

        yield Place(
            reached=lambda: hole.attempts,
            settings={"base_url": hole.origin},
            gone=lambda: not hole.attempts,
            clear=clear,
        )
        late.close()


@contextlib.contextmanager
def _over_tls(stage: Stage) -> Iterator[tuple[Server, Relay, ssl.SSLContext]]:
    authority = trustme.CA()
    inside, outside = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), ssl.create_default_context()
    authority.issue_cert("127.0.0.1").configure_cert(inside)
    authority.configure_trust(outside)
    server = Server(stage.host, tls=inside).start()
    relay = Relay(stage.host, server.port).start()
    relay.script(holding)
    yield server, relay, outside
    relay.close()
    server.close()


@place("shaking hands")
def _shaking_hands(stage: Stage) -> Iterator[Place]:
    with _over_tls(stage) as (_, relay, context):
        yield Place(
            reached=lambda: relay.links and relay.links[0].heard,
            settings={"base_url": f"https://127.0.0.1:{relay.port}", "ssl_context": context},
            gone=lambda: relay.open_connections == 0,
        )


@place("asking a proxy")
def _asking_a_proxy(stage: Stage) -> Iterator[Place]:
    with _over_tls(stage) as (server, relay, context):
        relay.always(tunnel)
        yield Place(
            reached=lambda: relay.links and relay.links[0].heard.startswith(b"CONNECT"),
            settings={"base_url": server.base_url, "ssl_context": context, "proxy": relay.origin},
            gone=lambda: relay.open_connections == 0,
        )


@place("waiting for a connection")
def _waiting_for_a_connection(stage: Stage) -> Iterator[Place]:
    gate = Gate()
    stage.server.script(gate.before(hello()))
    yield _at_server(stage, first=True, gone=lambda: True, clear=gate.open)


# -- the body of the request --------------------------------------------------------------------------------------


@place("uploading a file")
def _uploading_a_file(stage: Stage) -> Iterator[Place]:
    path, gate = stage.tmp_path / "talk.mp3", Gate()
    with open(path, "wb") as file:
        file.write(b"ID3\x04")
        file.truncate(64 * 2**20)
    stage.server.script(never_read(gate))
    yield _at_server(stage, model=WHISPER, params={"audio": path}, clear=gate.open)


@place("uploading bytes")
def _uploading_bytes(stage: Stage) -> Iterator[Place]:
    gate = Gate()
    stage.server.script(never_read(gate))
    yield _at_server(stage, model=WHISPER, params={"audio": b"ID3\x04" + b"a" * (6 * 2**20)}, clear=gate.open)


async def _endless() -> AsyncIterator[bytes]:
    yield b"ID3\x04"
    while True:
        yield bytes(2**16)
        await asyncio.sleep(0)


@place("uploading an async iterable")
def _uploading_a_flow(stage: Stage) -> Iterator[Place]:
    gate = Gate()
    stage.server.script(never_read(gate))
    yield _at_server(stage, model=WHISPER, params={"audio": _endless()}, clear=gate.open)


class _Silent:
    """An async iterable whose next piece does not come."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = list(pieces)
        self.waits = False

    def __aiter__(self) -> "_Silent":
        return self

    async def __anext__(self) -> bytes:
        if self.pieces:
            return self.pieces.pop(0)
        self.waits = True
        return await asyncio.Event().wait() and b""


@place("waiting for the first piece of an async iterable")
def _waiting_for_the_first_piece(stage: Stage) -> Iterator[Place]:
    silent = _Silent()
    yield _at_server(stage, model=WHISPER, params={"audio": silent}, reached=lambda: silent.waits)


@place("waiting for a later piece of an async iterable")
def _waiting_for_a_later_piece(stage: Stage) -> Iterator[Place]:
    silent = _Silent(b"ID3\x04", b"more")
    stage.server.script(hang(early=True))
    yield _at_server(stage, model=WHISPER, params={"audio": silent}, reached=lambda: silent.waits and stage.server.seen)


class _Slow(io.BytesIO):
    """A file, such as one on a network, whose reading waits."""

    def __init__(self) -> None:
        super().__init__(b"ID3\x04sound")
        self.waits = False
        self.released = threading.Event()

    def read(self, size: int | None = -1) -> bytes:
        self.waits = True
        self.released.wait(10)
        return super().read(size)


@place("reading a file")
def _reading_a_file(stage: Stage) -> Iterator[Place]:
    slow = _Slow()
    yield _at_server(stage, model=WHISPER, params={"audio": slow}, reached=lambda: slow.waits, clear=slow.released.set)
    slow.released.set()


# -- the answer ---------------------------------------------------------------------------------------------------


@place("waiting for an answer")
def _waiting_for_an_answer(stage: Stage) -> Iterator[Place]:
    stage.server.script(hang())
    yield _at_server(stage)


@place("reading the head of an answer")
def _reading_the_head(stage: Stage) -> Iterator[Place]:
    stage.server.script(hang(b"HTTP/1.1 200 OK\r\nContent-Type: appl"))
    yield _at_server(stage)


@place("reading the body of an answer")
def _reading_the_body(stage: Stage) -> Iterator[Place]:
    stage.server.script(hang(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"result": {"response": "Hel'))
    yield _at_server(stage)


@place("reading a body that ends with its connection")
def _reading_up_to_the_end(stage: Stage) -> Iterator[Place]:
    stage.server.script(hang(b"HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\n\r\nID3\x04half a sound"))
    yield _at_server(stage, model="@cf/deepgram/aura-1", params={"text": "Say hello"})


async def there(place: Place) -> None:
    """Wait until a call has come to its place, and a little longer, for what does not show from outside."""
    assert await until(place.reached)
    await asyncio.sleep(0.03)
