"""A server on bare sockets: it keeps the exact bytes of each request, and answers as it is told, faults among them.

Each request takes the next step of the script; a step that is left when the server is closed fails nothing, and when
the script is over the last answer is given again.
"""

import asyncio
import json
import socket
import ssl
import struct
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")
_HEAD_LIMIT = 2**20

HELLO: dict[str, Any] = {
    "result": {"response": "Hello", "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}},
    "success": True,
    "errors": [],
    "messages": [],
}


@dataclass(frozen=True, repr=False)  # its bytes hold the token, and failing tests show local variables
class Seen:
    """One request, as it came."""

    head: bytes
    """From the request line to the empty line, with all line ends."""
    body: bytes
    """The content; chunked framing is taken off."""
    framed: bytes
    """The body with its framing."""
    connection: int
    """Which of the server's connections it came on, counted from 0."""

    @property
    def line(self) -> bytes:
        return self.head.split(b"\r\n", 1)[0]

    @property
    def target(self) -> bytes:
        return self.line.split(b" ")[1]

    @property
    def fields(self) -> list[tuple[str, str]]:
        lines = self.head.decode("latin-1").split("\r\n")[1:-2]
        return [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]

    def all(self, name: str) -> list[str]:
        return [value for known, value in self.fields if known.lower() == name.lower()]

    def header(self, name: str) -> str | None:
        found = self.all(name)
        assert len(found) < 2, f"{name} came {len(found)} times"
        return found[0] if found else None

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Exchange:
    """What a step sees: the connection, and the request that it is to answer."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seen: Seen) -> None:
        self.reader = reader
        self.writer = writer
        self.seen = seen

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def gone(self) -> None:
        """Wait until the client has closed the connection."""
        while await self.reader.read(2**16):
            pass

    def reset(self) -> None:
        """Break the connection off with RST."""
        raw = self.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


@dataclass(frozen=True)
class Step:
    """What is done with one request."""

    play: Callable[[Exchange], Awaitable[bool | None]]
    """Does it; a true result keeps the connection."""
    early: bool = False
    """Whether it is done before the body is read."""


def response(
    body: bytes | str | Mapping[str, Any] = b"",
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    *,
    length: int | None = None,
) -> bytes:
    """Write an answer. `length` is what its Content-Length says, where that is not true; -1 leaves it out."""
    if isinstance(body, Mapping):
        body = json.dumps(body)
        headers = {"Content-Type": "application/json", **(headers or {})}
    content = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status} Scripted"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if length != -1:
        lines.append(f"Content-Length: {len(content) if length is None else length}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


def answer(
    body: bytes | str | Mapping[str, Any] = b"", status: int = 200, headers: Mapping[str, str] | None = None
) -> Step:
    """Answer, and keep the connection."""
    return send(response(body, status, headers), keep=True)


def hello(**headers: str) -> Step:
    """Answer with a short text."""
    return answer(HELLO, headers={name.replace("_", "-"): value for name, value in headers.items()})


def send(data: bytes, *, keep: bool = False, early: bool = False) -> Step:
    """Send these very bytes, then close the connection or keep it."""

    async def play(exchange: Exchange) -> bool:
        await exchange.send(data)
        return keep

    return Step(play, early)


def hang(after: bytes = b"", *, early: bool = False) -> Step:
    """Send nothing more, until the client gives up."""

    async def play(exchange: Exchange) -> None:
        if after:
            await exchange.send(after)
        await exchange.gone()

    return Step(play, early)


def never_read(gate: "Gate | None" = None) -> Step:
    """Read the head and nothing of the body, until the client gives up.

    It may well go unseen: what the client's system still has to send stands before the end of the connection. So a
    *gate* that opens lets all be read.
    """

    async def play(exchange: Exchange) -> None:
        transport: Any = exchange.writer.transport
        transport.pause_reading()
        raw = exchange.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**16)  # else the system takes some MiB by itself
        while not transport.is_closing():
            await asyncio.sleep(0.01)
            if gate is not None and gate.is_open:
                transport.resume_reading()
                await exchange.gone()
            error = raw.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            state = raw.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]
            if error or state != 1:  # no longer ESTABLISHED
                break
        transport.abort()

    return Step(play, early=True)


def drip(start: bytes, piece: bytes, every: float) -> Step:
    """Send *start* at once, then *piece* again and again."""

    async def play(exchange: Exchange) -> None:
        await exchange.send(start)
        while True:
            await asyncio.sleep(every)
            await exchange.send(piece)

    return Step(play)


def trickle(data: bytes, piece: int, every: float) -> Step:
    """Send *data* to its end, *piece* bytes at a time, and keep the connection."""

    async def play(exchange: Exchange) -> bool:
        for start in range(0, len(data), piece):
            await exchange.send(data[start : start + piece])
            await asyncio.sleep(every)
        return True

    return Step(play)


def reset(after: bytes = b"", *, early: bool = False) -> Step:
    """Send some bytes, then break the connection off with RST."""

    async def play(exchange: Exchange) -> None:
        if after:
            await exchange.send(after)
            await asyncio.sleep(0.05)  # a RST throws away what its receiver has not read yet
        exchange.reset()

    return Step(play, early)


class Gate:
    """Holds answers back until a test opens it."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def open(self) -> None:
        self._event.set()

    @property
    def is_open(self) -> bool:
        return self._event.is_set()

    def before(self, step: Step) -> Step:
        async def play(exchange: Exchange) -> bool | None:
            while not self.is_open:
                await asyncio.sleep(0.005)
            return await step.play(exchange)

        return Step(play, step.early)


class Host:
    """A thread with an event loop, in which servers run whatever the tests' own loops do."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="kit", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    def close(self) -> None:
        self.run(_end_of_tasks())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


async def _end_of_tasks() -> None:
    """End what a server took in while it closed: a connection that is just made."""
    await asyncio.sleep(0)  # so that it begins: what never began can't close anything
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


async def stop(server: asyncio.Server) -> None:
    """Stop listening.

    A close that meets a connection which is just being accepted fails an assertion of asyncio's, and leaves that
    connection open: so nothing is accepted any more for a moment before.
    """
    for listening in server.sockets:
        asyncio.get_running_loop().remove_reader(listening.fileno())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    server.close()


@dataclass(eq=False, repr=False)
class Server:
    """One listening socket on loopback."""

    host: Host
    tls: ssl.SSLContext | None = None
    port: int = 0
    seen: list[Seen] = field(default_factory=list)
    connections: int = 0
    """How many were made in all."""
    most_at_once: int = 0
    """How many requests were being answered at once, at most."""
    _script: deque[Step] = field(default_factory=deque)
    _default: Step = field(default_factory=hello)
    _busy: int = 0
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _server: asyncio.Server | None = None

    def start(self) -> "Server":
        self.host.run(self._start())
        return self

    def close(self) -> None:
        self.host.run(self._close())

    def script(self, *steps: Step) -> None:
        """Add steps, one a request."""
        self._script.extend(steps)

    def always(self, step: Step) -> None:
        """What is done when the script is over."""
        self._default = step

    @property
    def origin(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    @property
    def base_url(self) -> str:
        return f"{self.origin}/client/v4"

    @property
    def open_connections(self) -> int:
        return len(self._tasks)

    @property
    def last(self) -> Seen:
        return self.seen[-1]

    async def _start(self) -> None:
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", self.port, limit=_HEAD_LIMIT, ssl=self.tls, backlog=512
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        assert self._server is not None
        await stop(self._server)
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        number = self.connections
        self.connections += 1
        try:
            while await self._serve_one(reader, writer, number):
                pass
            writer.close()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client went away
        except asyncio.CancelledError:
            pass  # the server is closed; a task that ends as cancelled is reported by some Pythons
        finally:
            self._tasks.discard(task)
            if not writer.is_closing():
                writer.transport.abort()

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        step = self._script.popleft() if self._script else self._default
        body, framed = (b"", b"") if step.early else await _body(head, reader)
        seen = Seen(head, body, framed, number)
        self.seen.append(seen)
        self._busy += 1
        self.most_at_once = max(self.most_at_once, self._busy)
        try:
            return bool(await step.play(Exchange(reader, writer, seen)))
        finally:
            self._busy -= 1


async def _body(head: bytes, reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    seen = Seen(head, b"", b"", 0)
    if "chunked" in (seen.header("Transfer-Encoding") or ""):
        return await _chunked(reader)
    body = await reader.readexactly(int(seen.header("Content-Length") or 0))
    return body, body


async def _chunked(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    body = framed = b""
    while True:
        line = await reader.readuntil(b"\r\n")
        piece = await reader.readexactly(int(line.split(b";")[0], 16) + 2)
        body, framed = body + piece[:-2], framed + line + piece
        if piece == b"\r\n":
            return body, framed


async def until(condition: Callable[[], object], within: float = 5.0) -> bool:
    """Wait for *condition*; False where it did not come true."""
    end = time.monotonic() + within
    while not condition():
        if time.monotonic() > end:
            return False
        await asyncio.sleep(0.005)
    return True
