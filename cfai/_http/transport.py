"""The only way out: one deadline a call, bodies bounded, aiohttp's errors turned into ours.

The session that it goes over is that of the running loop (`sessions`).
"""

import asyncio
import functools
import math
import time
from collections.abc import Awaitable
from typing import TypeVar

import aiohttp
from attrs import evolve
from yarl import URL

from .._settings import Settings
from .._wire.http_values import Request, Response
from .._wire.media.body import Body
from ..errors import CfaiError, ClientClosed, RequestTimeout, TransportError
from .aiohttp_internals import request_for_connect
from .connector import AttemptState, AttemptTimeout, Connector
from .protocol import Request as OutgoingRequest
from .resolved_options import AttemptDeadline, ResolvedOptions, Sendable
from .resolver import Resolver
from .response_stream import StreamingResponse, comes_in_pieces, read_at_once, read_whole
from .sessions import Sessions, connector_of, is_cancelled, until_fit
from .sockets import open_socket, proxy_of
from .upload import Upload, prepare, prepare_elsewhere

S = TypeVar("S", bound=Sendable)
T = TypeVar("T")


class Transport(Sessions):
    """The connections of one client and of the copies that `with_options()` made of it."""

    def __init__(self, settings: Settings) -> None:
        proxy_of(settings)  # one that must not be used is refused before the first call
        super().__init__(settings, functools.partial(_new_session, settings))

    def send(self, request: Request, call: ResolvedOptions, started: float) -> Awaitable[Response]:
        """Send *request* once, and read its answer whole.

        Args:
            request: What to send.
            call: The options in force.
            started: When the call began, by `time.monotonic()`: its limit of time counts from there.

        Raises:
            CfaiError: No answer came, or one that is too large; or the client was closed.
        """
        return self._guarded(
            request, call, AttemptDeadline(call, started), self._whole
        )  # no coroutine of its own: the hot path

    def open(self, request: Request, call: ResolvedOptions, started: float) -> Awaitable[StreamingResponse | Response]:
        """Send *request* once; give an answer that comes in pieces as one that still comes, any other one whole.

        The call's limit of time, or the attempt's, holds until the first event of it has come.

        Args:
            request: What to send.
            call: The options in force.
            started: When the call began, by `time.monotonic()`.

        Raises:
            CfaiError: No answer came, or one that is too large; or the client was closed.
        """
        return self._guarded(request, call, AttemptDeadline(call, started), self._opened)

    async def _whole(
        self, request: Request, call: ResolvedOptions, deadline: AttemptDeadline, sending: AttemptState
    ) -> Response:
        session = self._sessions.current() or await self._sessions.get()
        small, content_type = request.body.small, ""
        body: bytes | Upload
        if small is None:
            body, content_type = await _prepare(request.body, session, deadline)
        else:
            body = small
        try:
            while True:  # on another connection where one was not fit; no coroutine of its own: the hot path
                limits = _limits(call, request.model, deadline, sending)
                try:
                    response = await _post(session, request, call, body, content_type, limits)
                except (aiohttp.ClientError, OSError):
                    if not sending.again():
                        raise
                else:
                    break
            content = read_at_once(response, body, call.max_bytes)
            if content is None:
                content = await read_whole(response, body, call.max_bytes)
        except BaseException:
            if isinstance(body, Upload):
                await body.leave()
            raise
        return _response(response, content, deadline)

    async def _opened(
        self, request: Request, call: ResolvedOptions, deadline: AttemptDeadline, sending: AttemptState
    ) -> StreamingResponse | Response:
        session = await self._sessions.get()
        body, content_type = await _prepare(request.body, session, deadline)
        try:
            # Not aiohttp's own limit, which would go on to count while the stream comes.
            limits = _limits(call, request.model, deadline, sending)
            async with asyncio.timeout(limits.total):
                limits = evolve(limits, total=None)
                post = functools.partial(_post, session, request, call, body, content_type, limits)
                response = await until_fit(post, sending)
                if comes_in_pieces(response):
                    translated = functools.partial(self._translated, model=request.model, call=call)
                    incoming = StreamingResponse(response, call, deadline, sending, translated)
                    connector_of(session).streams.add(incoming)
                    return incoming
                return _response(response, await read_whole(response, body, call.max_bytes), deadline)
        except BaseException:
            if isinstance(body, Upload):
                await body.leave()
            raise

    async def warm(self, call: ResolvedOptions) -> None:
        """Open one connection and put it into the pool."""
        failure: CfaiError
        try:
            return await self._connect(await self._sessions.get(), call)
        except CfaiError:
            raise
        except asyncio.CancelledError:
            if is_cancelled() or not self.closed:
                raise
            failure = ClientClosed("the client was closed while a connection was opened")
        except Exception as cause:
            failure = self._translated(
                cause, AttemptDeadline(call, time.monotonic()), AttemptState(), model="", call=call
            )
        raise failure

    async def _connect(self, session: aiohttp.ClientSession, call: ResolvedOptions) -> None:
        proxy = proxy_of(self._settings)
        request = request_for_connect(URL(call.base), URL(proxy) if proxy else None, asyncio.get_running_loop())
        limits = AttemptTimeout(sock_connect=call.connect_timeout, sending=AttemptState())
        async with asyncio.timeout(call.timeout):
            try:
                connection = await connector_of(session).connect(request, [], limits)
            except TimeoutError as cause:
                raise aiohttp.ConnectionTimeoutError from cause
        connection.release()


def _new_session(settings: Settings) -> aiohttp.ClientSession:
    connector = Connector(
        limit=settings.max_connections,
        socket_factory=open_socket,
        resolver=Resolver(),
        ssl=settings.ssl_context if settings.ssl_context is not None else True,
    )
    return aiohttp.ClientSession(
        connector=connector,
        request_class=OutgoingRequest,
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,  # it would read ~/.netrc, and a match there makes every call fail
        proxy=proxy_of(settings),
    )


async def _prepare(body: Body, session: aiohttp.ClientSession, deadline: AttemptDeadline) -> tuple[bytes | Upload, str]:
    if body.small is not None:
        return body.small, ""
    if not body.is_heavy:
        return prepare(body)
    limits = connector_of(session).limits
    async with asyncio.timeout(deadline.left) as limit:
        limits.add(limit)
        try:
            return await prepare_elsewhere(body)
        except asyncio.CancelledError:
            if body.flow is None or is_cancelled():
                raise
        finally:
            limits.discard(limit)
    raise TransportError(f"{body.flow.field}: the async iterable was cancelled from within; nothing was sent")


def _limits(call: ResolvedOptions, model: str, deadline: AttemptDeadline, sending: AttemptState) -> AttemptTimeout:
    """Give aiohttp what is left of the limits; without its rounding up of those above five seconds."""
    left = deadline.left
    if left is not None and left <= 0:
        raise RequestTimeout(f"{deadline.limit} ran out before the request was sent [model {model}]")
    return AttemptTimeout(total=left, sock_connect=call.connect_timeout, ceil_threshold=math.inf, sending=sending)


def _post(  # noqa: PLR0917  # all that it is told belongs to one request
    session: aiohttp.ClientSession,
    request: Request,
    call: ResolvedOptions,
    body: bytes | Upload,
    content_type: str,
    limits: AttemptTimeout,
) -> Awaitable[aiohttp.ClientResponse]:
    """Send the request, and wait for the head of its answer."""
    return session.post(
        _url(call.base + request.path, request.query),
        data=body,
        headers=call.headers_for(request.content_type or content_type),
        timeout=limits,
        allow_redirects=False,
    )


def _response(response: aiohttp.ClientResponse, content: bytes, deadline: AttemptDeadline) -> Response:
    return Response(
        status=response.status,
        headers=response.headers,
        body=content,
        elapsed=time.monotonic() - deadline.started,
    )


@functools.lru_cache(maxsize=4096)  # names are few; but they may come from a user
def _parsed(address: str) -> URL:
    return URL(address, encoded=True)


def _url(address: str, query: tuple[tuple[str, str], ...]) -> URL:
    """Give the address as aiohttp wants it, without any quoting of the path: its slashes stay literal."""
    url = _parsed(address)
    return url.with_query(query) if query else url
