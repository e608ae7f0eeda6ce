"""aiohttp's connections, with what it leaves out: what became of an attempt, and a close that nothing can hold up.

What is overridden here are aiohttp's own hooks, if private ones: `aiohttp_internals` says what each is for.
"""

import asyncio
import contextlib
import socket
import weakref
from typing import Any

import aiohttp
from attrs import evolve, frozen

from .aiohttp_internals import ConnectorBase
from .asyncio_internals import abandon, unwritten
from .errors import WAITED
from .handover import current_handover
from .protocol import HttpProtocol

_LATE = 0.05
"""Seconds by which a loop may be late that does nothing wrong."""


class AttemptState:
    """What became of one attempt below the session."""

    __slots__ = ("_again", "_handler", "_reused", "begun", "pooled")

    def __init__(self) -> None:
        self._handler: HttpProtocol | None = None
        self._reused = self._again = False
        self.pooled = False
        """Whether its connection comes from the pool."""
        self.begun = False
        """Whether its request was written, or the first bytes of it."""

    def on(self, handler: HttpProtocol) -> None:
        """Note which connection it got."""
        self._handler, self._reused, self.pooled, self.begun = handler, handler.used, handler.pooled, False
        handler.take(self)

    def refused(self) -> None:
        """Note that its connection was closed before the request began."""
        self._again = self.pooled

    def again(self) -> bool:
        """Return whether it has to go on another connection; once for each that was not fit."""
        again, self._again = self._again, False
        return again

    def hang_up(self) -> None:
        """End its connection at once, from whatever thread: the loop of the connection may be busy."""
        handler = self._handler
        if handler is None:
            return
        with handler.guard:  # the socket is not closed meanwhile
            transport = handler.transport if handler.sending is self else None
            connected = None if transport is None else transport.get_extra_info("socket")
            if connected is not None:
                with contextlib.suppress(OSError):  # it is closed already
                    connected.shutdown(socket.SHUT_RDWR)

    @property
    def sent(self) -> bool:
        """Whether the server can have had the request.

        It can't before the first byte was written. A connection that was used before, and ends without a byte, was
        closed by the server before the request came there: the two met on their way.
        """
        return self.begun and self._handler is not None and (self._handler.heard or not self._reused)


@frozen
class AttemptTimeout(aiohttp.ClientTimeout):
    """aiohttp's limits of one attempt; they come by the connector, which is told here of the attempt."""

    sending: Any = None


def _end(limit: asyncio.Timeout) -> None:
    with contextlib.suppress(RuntimeError):  # it has just run out by itself
        limit.reschedule(0)


class _ConnectTimer:
    """Lets a limit of time run out after so many seconds, but for those in which the loop was too busy to look.

    Ten thousand calls that begin at once take longer than any limit of connecting, and their connections stand ready
    meanwhile: that is no fault of the network's.
    """

    __slots__ = ("_due", "_handle", "_limit", "_loop")

    def __init__(self, limit: asyncio.Timeout, seconds: float) -> None:
        self._limit = limit
        self._loop = asyncio.get_running_loop()
        self._wait(seconds)

    def _wait(self, seconds: float) -> None:
        self._due = self._loop.time() + seconds
        self._handle = self._loop.call_at(self._due, self._look)

    def _look(self) -> None:
        late = self._loop.time() - self._due
        if late > _LATE:
            self._wait(late)
        else:
            _end(self._limit)

    def end(self) -> None:
        """Look no more."""
        self._handle.cancel()


class Connector(ConnectorBase):
    """aiohttp's connector with a limit of time for connecting alone, and a close that nothing can hold up.

    aiohttp's `connect` counts the wait for a free connection too, and its `sock_connect` leaves the look-up of the
    host out.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.make_protocols_of(HttpProtocol)
        self.limits: set[asyncio.Timeout] = set()
        """What a close has to interrupt, since it waits for something that no connection stands behind yet."""
        self.streams: weakref.WeakSet[Any] = weakref.WeakSet()
        """What is being read as it comes: a close hangs up for its readers, who may not do so themselves any more."""

    async def connect(self, req: Any, traces: Any, timeout: Any) -> Any:
        connection = await super().connect(req, traces, timeout)
        timeout.sending.on(connection.protocol)
        handover = current_handover()
        if handover is not None:
            try:
                handover.sends_on(timeout.sending)
            except asyncio.CancelledError:
                connection.close()
                raise
        return connection

    async def _create_connection(self, req: Any, traces: Any, timeout: aiohttp.ClientTimeout) -> Any:
        async with asyncio.timeout(None) as limit:
            self.limits.add(limit)
            patience = None if timeout.sock_connect is None else _ConnectTimer(limit, timeout.sock_connect)
            try:
                return await super()._create_connection(req, traces, evolve(timeout, sock_connect=None))
            finally:
                self.limits.discard(limit)
                if patience is not None:
                    patience.end()

    async def _wait_for_available_connection(self, key: Any, traces: Any) -> None:
        try:
            await super()._wait_for_available_connection(key, traces)
        except asyncio.CancelledError as cancelled:
            setattr(cancelled, WAITED, True)  # for the message, should this turn out to be a time limit
            raise

    def _release(self, key: Any, protocol: Any, *, should_close: bool = False) -> None:
        # aiohttp would close the socket once all that was written has been sent: never, where the server does not
        # take an upload that was given up.
        transport = protocol.transport
        if should_close and transport is not None and (self.closed or unwritten(transport)):
            protocol.abort()  # once closed, aiohttp leaves even a half-made tunnel open
        with protocol.guard:
            protocol.sending = None
        protocol.quiet = protocol.pooled = True
        super()._release(key, protocol, should_close=should_close)

    def interrupt(self) -> None:
        """End all that is in flight. A close alone would wait until all that was written has been sent."""
        for limit in self.limits:
            _end(limit)
        for protocol in self.in_use():
            body = None
            if isinstance(protocol, HttpProtocol):  # and no placeholder of one that is being made
                body = protocol.body
            protocol.abort()
            if body is not None:  # who reads it is told nothing by an abort
                body.set_exception(aiohttp.ServerDisconnectedError())
        for stream in tuple(self.streams):
            stream.close()

    def close_sync(self) -> None:
        """Close all connections although the loop can run nothing any more."""
        for transport in filter(None, (protocol.transport for protocol in (*self.pooled(), *self.in_use()))):
            abandon(transport)
        self.close_without_waiting()
