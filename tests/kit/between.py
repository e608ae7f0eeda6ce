"""What stands between a client and a server: a relay that cuts and holds, a proxy with tunnels, a black hole."""

import asyncio
import contextlib
import socket
import ssl
import struct
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kit.server import Host, stop

_PIECE = 2**16


class Link:
    """One connection of a relay: its two ends, and what came from the client."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
        self.reader = reader
        self.writer = writer
        self.heard = b""
        """What came from the client; of a tunnel only what came before it was open."""
        self._port = port

    async def head(self) -> bytes:
        """Take what comes up to the first empty line."""
        while b"\r\n\r\n" not in self.heard:
            piece = await self.reader.read(_PIECE)
            if not piece:
                raise ConnectionResetError
            self.heard += piece
        return self.heard

    async def join(self, *, most: float = float("inf"), late: float = 0.0) -> None:
        """Pass on what comes, both ways, until one end closes, or until *most* bytes of answers have passed.

        Each piece of an answer comes so many seconds *late*.
        """
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        up = asyncio.create_task(_pump(self.reader, writer))
        down = asyncio.create_task(_pump(reader, self.writer, most, late))
        try:
            await asyncio.wait({up, down}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            writer.transport.abort()  # first, for it may be cancelled once more while it waits
            up.cancel()
            down.cancel()
            await asyncio.gather(up, down, return_exceptions=True)

    def reset(self) -> None:
        """Break the connection to the client off with RST."""
        raw: Any = self.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


async def _pump(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, most: float = float("inf"), late: float = 0.0
) -> None:
    while most > 0 and (piece := await reader.read(int(min(most, _PIECE)))):
        most -= len(piece)
        await asyncio.sleep(late)
        writer.write(piece)
        await writer.drain()


Play = Callable[[Link], Awaitable[None]]


async def passing(link: Link) -> None:
    """Pass all on."""
    await link.join()


async def holding(link: Link) -> None:
    """Take what comes and answer nothing, until the client gives up."""
    while piece := await link.reader.read(_PIECE):
        link.heard += piece


async def tunnel(link: Link) -> None:
    """Do what an HTTP proxy does with CONNECT; wherever it is asked to lead, it leads to the relay's server."""
    head = await link.head()
    assert head.startswith(b"CONNECT "), "not a request for a tunnel"
    link.writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
    await link.join()


def saying(answer: bytes) -> Play:
    """Answer with these bytes, whatever is asked, and close."""

    async def play(link: Link) -> None:
        await link.head()
        link.writer.write(answer)
        await link.writer.drain()

    return play


def cutting(after: int) -> Play:
    """Break the connection off with RST when so many bytes of answers have passed."""

    async def play(link: Link) -> None:
        await link.join(most=after)
        await asyncio.sleep(0.05)  # a RST throws away what its receiver has not read yet
        link.reset()

    return play


def late(seconds: float, play: Play = passing) -> Play:
    """Do nothing for so long, then what *play* does."""

    async def waiting(link: Link) -> None:
        await asyncio.sleep(seconds)
        await play(link)

    return waiting


@dataclass(eq=False, repr=False)  # what it heard holds the token
class Relay:
    """A listening socket that passes on what comes, or does not, as it is told for each connection."""

    host: Host
    target: int
    """The port of the server behind it."""
    tls: ssl.SSLContext | None = None
    port: int = 0
    links: list[Link] = field(default_factory=list)
    """All connections that were made."""
    _script: deque[Play] = field(default_factory=deque)
    _default: Play = passing
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _server: asyncio.Server | None = None

    def start(self) -> "Relay":
        self.host.run(self._start())
        return self

    def close(self) -> None:
        self.host.run(self._close())

    def script(self, *plays: Play) -> None:
        """Add plays, one a connection."""
        self._script.extend(plays)

    def always(self, play: Play) -> None:
        """What is done when the script is over."""
        self._default = play

    @property
    def origin(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    @property
    def open_connections(self) -> int:
        return len(self._tasks)

    async def _start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.tls, backlog=512)
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
        link = Link(reader, writer, self.target)
        self.links.append(link)
        play = self._script.popleft() if self._script else self._default
        try:
            await play(link)
            writer.close()
        except (ConnectionError, asyncio.CancelledError):
            pass  # the client went away, or the relay is closed
        finally:
            self._tasks.discard(task)
            if not writer.is_closing():
                writer.transport.abort()


class BlackHole:
    """A port whose queue of connections is full: the system answers no further attempt to connect."""

    def __init__(self, listening: socket.socket) -> None:
        self._listening = listening
        self.port: int = listening.getsockname()[1]
        self.origin = f"http://127.0.0.1:{self.port}"

    @property
    def attempts(self) -> int:
        """How many sockets are trying to connect at this moment (Linux)."""
        here = f"0100007F:{self.port:04X}"
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        return sum(remote == here and state == "02" for _, _, remote, state, *_ in rows)  # SYN_SENT

    def close(self) -> None:
        """Give the port free: a server may take it."""
        self._listening.close()


@contextlib.contextmanager
def black_hole() -> Iterator[BlackHole]:
    with socket.socket() as listening, socket.socket() as first:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        first.connect(listening.getsockname())
        yield BlackHole(listening)
