"""The only way out: one deadline a call, bodies bounded, aiohttp's errors turned into ours.

The only importer of aiohttp in the core, beside `_faults`.
"""

import asyncio
import functools
import itertools
import math
import time
from collections.abc import Iterator
from typing import Any

import aiohttp
from attrs import evolve
from yarl import URL

from ._call import Call
from ._faults import WAITED, translate
from ._network import abandon, open_socket, proxy_of
from ._per_loop import PerLoop
from ._settings import Settings
from ._wire.body import Body
from ._wire.messages import Request, Response
from .errors import CfaiError, ClientClosed, InvalidParams, RequestTimeout, ResponseTooLarge

_WARNED_BYTES = 2**20
"""Bytes from which on aiohttp calls `warnings.warn` about a body that is `bytes`."""
_SLICE = 2**18
_BATCH = 4
"""Slices that are made in one go, in a worker thread where making them is slow."""


class _Connector(aiohttp.TCPConnector):
    """aiohttp's connector with a limit of time for connecting alone, and a close that nothing can hold up.

    aiohttp's `connect` counts the wait for a free connection too, and its `sock_connect` leaves the look-up of the
    host out. What is overridden here are aiohttp's own hooks, if private ones; tests hold them to what they are for.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.limits: set[asyncio.Timeout] = set()
        """What a close has to interrupt, since it waits for something that no connection stands behind yet."""

    async def _create_connection(self, req: Any, traces: Any, timeout: aiohttp.ClientTimeout) -> Any:
        async with asyncio.timeout(timeout.sock_connect) as limit:
            self.limits.add(limit)
            try:
                return await super()._create_connection(req, traces, evolve(timeout, sock_connect=None))
            finally:
                self.limits.discard(limit)

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
        if should_close and transport is not None and transport.get_write_buffer_size():
            protocol.abort()
        super()._release(key, protocol, should_close=should_close)

    def interrupt(self) -> None:
        """End all that is in flight. A close alone would wait until all that was written has been sent."""
        for limit in self.limits:
            limit.reschedule(0)
        for protocol in tuple(self._acquired):
            protocol.abort()

    def bury(self) -> None:
        """Close all connections although the loop can run nothing any more."""
        pooled = [protocol for connections in self._conns.values() for protocol, _ in connections]
        for protocol in (*pooled, *self._acquired):
            if protocol.transport is not None:
                abandon(protocol.transport)
        self._close()


class _Sliced(aiohttp.Payload):
    """A large body: made and written slice by slice, so that it is never there as a whole and no other task waits."""

    _value: Body

    def __init__(self, body: Body, size: int) -> None:
        super().__init__(body)
        self._size = size

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        return self._value.read()[0].decode(encoding, errors)

    async def write(self, writer: Any) -> None:
        slices = self._value.slices()
        left = self._size or 0
        while batch := await self._batch(slices):
            for piece in batch:
                view = memoryview(piece)
                for start in range(0, len(view), _SLICE):
                    await writer.write(view[start : start + _SLICE])
                left -= len(view)
        if left > 0:
            raise InvalidParams("a file became shorter while it was sent")

    async def _batch(self, slices: Iterator[bytes]) -> list[bytes]:
        some = itertools.islice(slices, _BATCH)
        return await asyncio.to_thread(list[bytes], some) if self._value.is_heavy else list(some)


def _prepared(body: Body) -> tuple[bytes | _Sliced, str]:
    """Give *body* as aiohttp takes it, and the media type of a body that is one medium."""
    size, media_type = body.measure()
    return (body.read()[0] if size <= _WARNED_BYTES else _Sliced(body, size)), media_type


class Transport:
    """The connections of one client and of the copies that `with_options()` made of it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._sessions = PerLoop(functools.partial(_new_session, settings), _close, _bury, _leave)

    @property
    def closed(self) -> bool:
        """Whether the client was closed."""
        return self._sessions.closed

    async def send(self, request: Request, call: Call) -> Response:
        """Send *request* and read its answer whole.

        Raises:
            CfaiError: No answer came, or one that is too large; or the client was closed.
        """
        started = time.monotonic()
        failure: CfaiError
        try:
            return await self._attempt(request, call, started)
        except CfaiError:
            raise
        except asyncio.CancelledError as cancelled:
            if not self._was_closed_under_a_waiting_call():
                # Without aiohttp's frames, whose local variables hold the token: tracebacks may be shown with them.
                raise cancelled.with_traceback(None)  # noqa: B904  # the very error that is handled
            failure = ClientClosed("the client was closed while the call waited for a connection")
        except Exception as cause:
            failure = self._translated(cause, request.model, call)
        # Raised out here so that aiohttp's error, which holds the request and its token, is not even its context.
        raise failure

    async def _attempt(self, request: Request, call: Call, started: float) -> Response:
        session = await self._sessions.get()
        if request.body.is_heavy:
            body, content_type = await _prepared_elsewhere(request.body, session, call)
        else:
            body, content_type = _prepared(request.body)
        response = await session.post(
            _url(call.base + request.path, request.query),
            data=body,
            headers=call.headers_for(request.content_type or content_type),
            timeout=_limits(call, started),
            allow_redirects=False,
        )
        try:
            content = await _read(response.content, call.max_bytes)
        except BaseException:
            response.close()
            raise
        return Response(
            status=response.status, headers=response.headers, body=content, elapsed=time.monotonic() - started
        )

    def _translated(self, cause: Exception, model: str, call: Call) -> CfaiError:
        if self.closed:
            return ClientClosed("the client was closed while the call ran")
        if isinstance(cause.__cause__, CfaiError):  # of a file, in the middle of an upload
            return cause.__cause__.with_traceback(None)
        return translate(cause, model=model, call=call)

    def _was_closed_under_a_waiting_call(self) -> bool:
        # A connector that closes cancels the futures of those who wait for a connection, not their tasks.
        task = asyncio.current_task()
        return self.closed and task is not None and not task.cancelling()

    async def warm(self, call: Call) -> None:
        """Open one connection and put it into the pool."""
        failure: CfaiError
        try:
            return await self._connect(await self._sessions.get(), call)
        except CfaiError:
            raise
        except Exception as cause:
            failure = self._translated(cause, "", call)
        raise failure

    async def _connect(self, session: aiohttp.ClientSession, call: Call) -> None:
        connector = session.connector
        if connector is None:
            raise ClientClosed("the client is closed")
        proxy = proxy_of(self._settings)
        request = aiohttp.ClientRequest(
            "POST", URL(call.base), loop=asyncio.get_running_loop(), proxy=URL(proxy) if proxy else None
        )
        limits = aiohttp.ClientTimeout(sock_connect=call.connect_timeout)
        async with asyncio.timeout(call.timeout):
            try:
                connection = await connector.connect(request, [], limits)
            except TimeoutError as cause:
                raise aiohttp.ConnectionTimeoutError from cause
        connection.release()

    async def aclose(self) -> None:
        """Close all connections, in whichever loop they are. Calls in flight raise ClientClosed."""
        await self._sessions.aclose()


def _new_session(settings: Settings) -> aiohttp.ClientSession:
    connector = _Connector(
        limit=settings.max_connections,
        socket_factory=open_socket,
        ssl=settings.ssl_context if settings.ssl_context is not None else True,
    )
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,  # it would read ~/.netrc, and a match there makes every call fail
        proxy=proxy_of(settings),
    )


async def _close(session: aiohttp.ClientSession) -> None:
    if isinstance(session.connector, _Connector):
        session.connector.interrupt()
    await session.close()


def _bury(session: aiohttp.ClientSession) -> None:
    connector = session.connector
    session.detach()
    if isinstance(connector, _Connector):
        connector.bury()


def _leave(session: aiohttp.ClientSession) -> None:
    connector: Any = session.connector
    session.detach()
    if connector is not None:
        connector._closed = True  # else its collection would take its sockets out of the parent's selector


async def _prepared_elsewhere(body: Body, session: aiohttp.ClientSession, call: Call) -> tuple[bytes | _Sliced, str]:
    """Do as `_prepared`, in a worker thread: files are slow, and a small one is read there at once."""
    async with asyncio.timeout(call.timeout) as limit:
        limits = session.connector.limits if isinstance(session.connector, _Connector) else set()
        limits.add(limit)
        try:
            return await asyncio.to_thread(_prepared, body)
        finally:
            limits.discard(limit)


def _limits(call: Call, started: float) -> aiohttp.ClientTimeout:
    """Give aiohttp what is left of the limits; without its rounding up of those above five seconds."""
    left = math.inf if call.timeout is None else call.timeout - (time.monotonic() - started)
    if left <= 0:
        raise RequestTimeout(f"timeout={call.timeout:g} s ran out before the request was sent")
    total = min(left, call.attempt_timeout or math.inf)
    return aiohttp.ClientTimeout(
        total=None if total == math.inf else total, sock_connect=call.connect_timeout, ceil_threshold=math.inf
    )


async def _read(stream: aiohttp.StreamReader, limit: int | None) -> bytes:
    """Read the body to its end, in steps: a bomb of 400 MiB in 0.4 MB gzip must not be taken whole."""
    if limit is None:
        return await stream.read()
    chunks: list[bytes] = []
    size = 0
    while chunk := await stream.readany():
        size += len(chunk)
        if size > limit:
            raise ResponseTooLarge(f"the answer has more than max_response_bytes={limit:,} bytes")
        chunks.append(chunk)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


_urls: dict[str, URL] = {}


def _url(address: str, query: tuple[tuple[str, str], ...]) -> URL:
    """Give the address as aiohttp wants it, without any quoting of the path: its slashes stay literal."""
    url = _urls.get(address)
    if url is None:
        if len(_urls) > 4096:  # names are few; but they may come from a user
            _urls.clear()
        url = _urls[address] = URL(address, encoded=True)
    return url.with_query(query) if query else url
