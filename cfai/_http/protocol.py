"""One connection as aiohttp sees it, with what aiohttp leaves out: nothing that came before a request is its answer.

What is overridden here are aiohttp's own hooks, if private ones: `aiohttp_internals` says what each is for.
"""

import asyncio
import select
import threading
from collections.abc import Callable
from typing import Any, Protocol

import aiohttp

from .aiohttp_internals import ProtocolBase, body_of
from .asyncio_internals import unwritten
from .errors import StaleConnection

_HEAD_ENDS = b"\r\n\r\n"
_ROUNDS = 4
"""Rounds of the loop in which a TLS connection may read session tickets before a request."""
_LONGEST_HEAD = 2**17
"""Bytes of interim answers and heads that are kept for a second look."""
_data_received = ProtocolBase.data_received
_poller: Any = getattr(select, "poll", None)  # Windows has none, nor have programs that gevent has patched


class Attempt(Protocol):
    """One attempt at a request, as its connection knows it."""

    pooled: bool
    begun: bool

    def refused(self) -> None: ...


class HttpProtocol(ProtocolBase):
    """aiohttp's side of a connection, which also knows whether anything may come on it, and what came."""

    __slots__ = (
        "_ask",
        "_head",
        "_held",
        "_holds",
        "_in_head",
        "_params",
        "guard",
        "heard",
        "pooled",
        "quiet",
        "sending",
        "used",
        "written",
    )

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self.used = False
        """Whether a request was sent on it before."""
        self.heard = False
        """Whether a byte came since the last request."""
        self.quiet = True
        """Whether nothing may come on it: it is new or waits in the pool, or its next request has not begun."""
        self.pooled = False
        """Whether it has been in the pool."""
        self.written = True
        """Whether its request was written to the end."""
        self.sending: Any = None
        """The attempt that it belongs to now."""
        self.guard = threading.Lock()
        """Held while `sending` becomes None, so that another thread never hangs up for the next attempt."""
        self._in_head = False
        self._head = b""
        """What came of the answer, where its head is in several packets, until it is whole."""
        self._params: dict[str, Any] = {}
        self._ask: Callable[[int], object] | None = None
        self._holds = False
        self._held: BaseException | None = None

    def take(self, sending: Attempt) -> None:
        """Make it the connection of an attempt, whose request begins later."""
        self.used = self.quiet = self._in_head = True
        self.heard = self.written = False
        self._head = b""
        self.sending = sending

    def begin(self) -> bool:
        """Begin the request, right before its first byte is written; return False where the connection is not fit."""
        if not self.is_fit():
            return False
        self.quiet, self.sending.begun = False, True
        return True

    def is_fit(self) -> bool:
        """Return whether nothing has come on it, asking the system: the loop may have been too busy to read it."""
        if self.sending is None or not self.is_connected():
            return False
        if self._ask is None:
            self._ask = _asker(self.transport)
        return not self._ask(0)

    async def becomes(self, fit: Callable[[], bool]) -> bool:
        """Return whether it is *fit*, after the loop has read what a TLS server sends unasked: its session tickets.

        Of these nothing is left then, and all else closes the connection.
        """
        rounds = _ROUNDS if self.is_encrypted() else 0
        while not fit():
            if not rounds or self.sending is None:
                return False
            rounds -= 1
            await asyncio.sleep(0)  # until the loop has looked, and once more until it has read
            await asyncio.sleep(0)
        return True

    def is_encrypted(self) -> bool:
        """Return whether what comes may be of TLS alone."""
        return self.transport is not None and self.transport.get_extra_info("sslcontext") is not None

    def refuse(self) -> None:
        """Close it, since the next request can't be sent on it."""
        with self.guard:
            sending, self.sending = self.sending, None
        if sending is not None:
            sending.refused()
        self.abort()
        self.set_exception(StaleConnection())

    def connection_lost(self, exc: BaseException | None) -> None:
        with self.guard:
            sending, self.sending = self.sending, None
        if self.quiet and sending is not None:
            sending.refused()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.quiet and data:  # nobody asked: aiohttp would keep it, and take it for the answer to the next request
            return self.refuse()
        if not self.heard:
            self.heard = True
            if not self.written or (self.transport is not None and unwritten(self.transport)):
                self.force_close()  # it answers before it has the whole request
        if self._in_head and data:
            return self._head_received(data)
        return _data_received(self, data)

    def _head_received(self, data: bytes) -> None:
        self._holds = True
        _data_received(self, data)
        self._holds = False
        if self._held is not None:
            failure, self._held = self._held, None
            self._read_again(self._head + data, failure)
        elif self.is_answered() or len(self._head) > _LONGEST_HEAD:
            self._in_head, self._head = False, b""
        else:
            self._head += data

    def _read_again(self, data: bytes, failure: BaseException) -> None:
        """Read what came once more, each head by itself.

        Where the framing breaks, aiohttp drops all messages of the packet; a head that came before is kept.
        """
        self._in_head, self._head = False, b""
        self.set_response_params(**self._params)  # which makes a new parser
        while not self.is_answered() and (end := data.find(_HEAD_ENDS) + len(_HEAD_ENDS)) >= len(_HEAD_ENDS):
            super().data_received(data[:end])
            data = data[end:]
        if self.is_answered():
            super().data_received(data)
        if self.exception() is None:
            self.set_exception(failure)

    def set_response_params(self, **named: Any) -> None:
        self._params = named
        if self.sending is None:
            self.quiet = False  # a proxy has been asked for a tunnel, and answers
        super().set_response_params(**named)

    def set_exception(self, exc: BaseException, *cause: Any, **named: Any) -> None:
        if self._holds:
            self._held = self._held or exc
            return
        body = self.body
        super().set_exception(exc, *cause, **named)
        # Where the framing breaks behind the head, aiohttp tells only who waits for a head: its reader would wait on.
        if body is not None and not body.is_eof() and body.exception() is None:
            body.set_exception(exc)


class Request(aiohttp.ClientRequest):
    """aiohttp's request, which inspects its connection right before the first byte is written."""

    def send(self, conn: Any) -> Any:
        # No coroutine of its own: the hot path.
        return super().send(conn) if body_of(self) else self._send_head(conn)

    async def _send_head(self, conn: Any) -> aiohttp.ClientResponse:
        if not await conn.protocol.becomes(conn.protocol.begin):  # all of it goes out at once
            conn.protocol.refuse()
            raise StaleConnection
        conn.protocol.written = True
        return await super().send(conn)

    async def write_bytes(self, writer: Any, conn: Any, content_length: int | None = None) -> None:
        handler = conn.protocol
        # The first bytes of a large body are made after this: until then more may come.
        is_made_later = content_length is not None and not isinstance(body_of(self), aiohttp.BytesPayload)
        inspect = handler.is_fit if is_made_later else handler.begin
        if not inspect() and not await handler.becomes(inspect):
            handler.refuse()
            return
        if not is_made_later:
            await super().write_bytes(writer, conn, content_length)
        else:
            careful: Any = _Careful(writer, handler)
            await super().write_bytes(careful, conn, content_length)
        handler.written = True


class _Careful:
    """A writer that has its connection inspected before it writes the first byte."""

    def __init__(self, writer: Any, handler: HttpProtocol) -> None:
        self._writer = writer
        self._handler = handler

    def __getattr__(self, name: str) -> Any:
        return getattr(self._writer, name)

    async def write(self, chunk: Any, **named: Any) -> None:
        if self._handler.quiet and not await self._handler.becomes(self._handler.begin):
            self._handler.refuse()
            raise StaleConnection
        await self._writer.write(chunk, **named)


def _asker(transport: Any, poller: Any = _poller) -> Callable[[int], object]:
    """Return what asks the system whether a transport's socket has anything to read: data, an end or an error.

    It takes a time limit. Where the loop does not show its socket, what the loop itself has seen has to do.
    """
    connected = transport.get_extra_info("socket")
    if connected is None:
        return bool
    number = connected.fileno()
    if poller is None:
        return lambda seconds: select.select([number], [], [], seconds)[0]
    poll = poller()
    poll.register(number, select.POLLIN)
    return poll.poll  # type: ignore[no-any-return]
