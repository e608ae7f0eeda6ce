"""One connection as aiohttp sees it, with what aiohttp leaves out: nothing that came before a request is its answer.

What is overridden here are aiohttp's own hooks, if private ones; tests hold them to what they are for.
"""

import asyncio
import select
import threading
from typing import Any, Protocol

import aiohttp
from aiohttp.client_proto import ResponseHandler

from ._faults import Unasked

_HEAD_ENDS = b"\r\n\r\n"
_poller: Any = getattr(select, "poll", None)  # Windows has none, nor have programs that gevent has patched


class Attempt(Protocol):
    """One attempt at a request, as its connection knows it."""

    pooled: bool
    begun: bool

    def refused(self) -> None: ...


class Handler(ResponseHandler):
    """aiohttp's side of a connection, which also knows whether anything may come on it, and what came."""

    used = False
    """Whether a request was sent on it before."""
    heard = False
    """Whether a byte came since the last request."""
    quiet = False
    """Whether nothing may come on it: it waits in the pool, or its next request has not begun."""
    written = True
    """Whether its request was written to the end."""
    sending: Any = None
    """The attempt that it belongs to now."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self.guard = threading.Lock()
        """Held while `sending` changes, so that another thread never hangs up for the next attempt."""
        self._in_head = False
        self._seam = b""
        self._holds = False
        self._held: BaseException | None = None

    def take(self, sending: Attempt) -> None:
        """Make it the connection of an attempt, whose request begins later."""
        self.used, self.heard, self.quiet, self.written = True, False, True, False
        self._in_head, self._seam = True, b""
        with self.guard:
            self.sending = sending

    def begin(self) -> bool:
        """Begin the request, right before its first byte is written; return False where the connection is not fit."""
        sending = self.sending
        if sending is None or not self._is_fit_for(sending):
            self.refuse()
            return False
        self.quiet, sending.begun = False, True
        return True

    def _is_fit_for(self, sending: Attempt) -> bool:
        # A TLS server sends its session tickets on each new connection: they are no reason to make another one.
        return self.is_connected() and ((is_tls(self.transport) and not sending.pooled) or not self.is_unfit())

    def is_unfit(self) -> bool:
        """Return whether anything waits in its socket, although the loop may have been too busy to read it."""
        return _waits(self.transport)

    def refuse(self) -> None:
        """Close it, since the next request can't be sent on it."""
        with self.guard:
            sending, self.sending = self.sending, None
        if sending is not None:
            sending.refused()
        self.abort()
        self.set_exception(Unasked())

    def hold(self) -> None:
        """Keep what goes wrong to itself while the first bytes of a request are made.

        Another thread reads a file then, which the same request on another connection must not read at the same time.
        """
        self._holds = True

    def let_go(self) -> None:
        """Tell who waits for an answer what went wrong meanwhile."""
        self._holds, held, self._held = False, self._held, None
        if held is not None:
            self.set_exception(held)

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
            if not self.written or (self.transport is not None and self.transport.get_write_buffer_size()):
                self.force_close()  # it answers before it has the whole request
        while self._in_head and data:
            data = self._head_received(data)
        return super().data_received(data)

    def _head_received(self, data: bytes) -> bytes:
        """Pass on what belongs to the head of the answer; return what comes behind it.

        Where the framing breaks, aiohttp drops all messages of the packet: a head that came by itself is kept.
        """
        known = self._seam + data
        end = known.find(_HEAD_ENDS)
        if end < 0:
            self._seam = known[-3:]
            head, rest = data, b""
        else:
            end += len(_HEAD_ENDS) - len(self._seam)
            head, rest, self._seam, self._in_head = data[:end], data[end:], b"", False
        super().data_received(head)
        if self._buffer and 100 <= self._buffer[-1][0][0].code < 200:
            self._in_head = True  # of the answer that follows
        return rest

    def set_exception(self, exc: BaseException, *cause: Any, **named: Any) -> None:
        if self._holds:
            self._held = self._held or exc
            return
        body = self._payload
        super().set_exception(exc, *cause, **named)
        # Where the framing breaks behind the head, aiohttp tells only who waits for a head: its reader would wait on.
        if body is not None and not body.is_eof() and body.exception() is None:
            body.set_exception(exc)


class Request(aiohttp.ClientRequest):
    """aiohttp's request, which inspects its connection right before the first byte is written."""

    async def send(self, conn: Any) -> aiohttp.ClientResponse:
        if not self._body:  # its head goes out at once
            if not conn.protocol.begin():
                raise Unasked
            conn.protocol.written = True
        return await super().send(conn)

    async def write_bytes(self, writer: Any, conn: Any, content_length: int | None = None) -> None:
        handler = conn.protocol
        if content_length is not None and not isinstance(self.body, aiohttp.BytesPayload):
            # The first bytes of a large body are made after this: until then more may come.
            handler.hold()
            writer = _Careful(writer, handler)
        elif not handler.begin():
            return
        try:
            await super().write_bytes(writer, conn, content_length)
        finally:
            handler.let_go()
        handler.written = True


class _Careful:
    """A writer that has its connection inspected before it writes the first byte."""

    def __init__(self, writer: Any, handler: Handler) -> None:
        self._writer = writer
        self._handler = handler

    def __getattr__(self, name: str) -> Any:
        return getattr(self._writer, name)

    async def write(self, chunk: Any, **named: Any) -> None:
        if self._handler.quiet:
            if not self._handler.begin():
                raise Unasked
            self._handler.let_go()
        await self._writer.write(chunk, **named)


def is_tls(transport: Any) -> bool:
    """Return whether a transport encrypts."""
    return transport.get_extra_info("sslcontext") is not None


def _waits(transport: Any) -> bool:
    """Return whether a transport's socket has anything to read: data, an end or an error.

    It asks the system. Where the loop does not show its socket, what the loop itself has seen has to do.
    """
    connected = transport.get_extra_info("socket")
    if connected is None:
        return False
    return _is_readable(connected.fileno(), _poller)


def _is_readable(number: int, poller: Any) -> bool:
    """Ask the system about one descriptor, by `poll` where there is one."""
    if poller is None:
        return bool(select.select([number], [], [], 0)[0])
    poll = poller()
    poll.register(number, select.POLLIN)
    return bool(poll.poll(0))
