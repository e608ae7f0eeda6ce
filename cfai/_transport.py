"""The only way out: a session for each event loop, one deadline a call, aiohttp's errors turned into ours.

The only importer of aiohttp in the core.
"""

import asyncio
import math
import socket
import sys
import threading
import time
from collections.abc import AsyncGenerator
from typing import Any
from urllib.request import getproxies_environment, proxy_bypass

import aiohttp
from attrs import evolve
from yarl import URL

from ._faults import WAITED, translate
from ._settings import Settings
from ._wire.headers import OutgoingHeaders
from ._wire.messages import Request, Response
from .errors import CfaiError, ClientClosed, ConfigError, RequestTimeout, ResponseTooLarge
from .options import RequestOptions

_WARNED_BYTES = 2**20
"""Bytes from which on aiohttp calls `warnings.warn` about a body that is `bytes`."""
_SLICE = 2**18
_KEEPALIVE = {"TCP_KEEPIDLE": 60, "TCP_KEEPINTVL": 15, "TCP_KEEPCNT": 4}
"""Probes of an idle connection: seconds until the first, seconds between, how many. Without them a call through a NAT
that forgets idle connections (often after 300 s) waits for ever."""


class Call:
    """What of the options the transport needs, worked out once a client and not once a call."""

    __slots__ = (
        "attempt_timeout",
        "base",
        "connect_timeout",
        "headers",
        "json_headers",
        "max_bytes",
        "reject_if_busy",
        "timeout",
    )

    def __init__(self, base: str, headers: OutgoingHeaders, options: RequestOptions) -> None:
        self.base = base
        """The address of the account, which a request's path is added to."""
        self.headers = headers
        self.json_headers = OutgoingHeaders({**headers, "Content-Type": "application/json"})
        self.timeout = options.timeout or None
        self.attempt_timeout = options.attempt_timeout or None
        self.connect_timeout = options.connect_timeout or None
        self.reject_if_busy = bool(options.reject_if_busy)
        self.max_bytes = options.max_response_bytes or None

    def headers_for(self, content_type: str) -> OutgoingHeaders:
        """Give the headers of a body of *content_type*."""
        if content_type == "application/json":
            return self.json_headers
        return OutgoingHeaders({**self.headers, "Content-Type": content_type})


class _Connector(aiohttp.TCPConnector):
    """aiohttp's connector with a limit of time for connecting alone.

    aiohttp's `connect` counts the wait for a free connection too, and its `sock_connect` leaves the look-up of the
    host out. Both methods below are aiohttp's own hooks, if private ones; tests hold them to what they are for.
    """

    async def _create_connection(self, req: Any, traces: Any, timeout: aiohttp.ClientTimeout) -> Any:
        async with asyncio.timeout(timeout.sock_connect):
            return await super()._create_connection(req, traces, evolve(timeout, sock_connect=None))

    async def _wait_for_available_connection(self, key: Any, traces: Any) -> None:
        try:
            await super()._wait_for_available_connection(key, traces)
        except asyncio.CancelledError as cancelled:
            setattr(cancelled, WAITED, True)  # for the message, should this turn out to be a time limit
            raise


class _Slices(aiohttp.Payload):
    """A large body that is in memory already: written slice by slice, so that other tasks get their turn."""

    def __init__(self, body: bytes) -> None:
        super().__init__(body)
        self._size = len(body)

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        return bytes(self._value).decode(encoding, errors)

    async def write(self, writer: Any) -> None:
        view = memoryview(self._value)
        for start in range(0, len(view), _SLICE):
            await writer.write(view[start : start + _SLICE])


class _Held:
    """A session, and the asynchronous generator that closes it.

    A loop that ends shuts its asynchronous generators down, and tells nobody else: that is the one chance to close a
    session inside its own loop.
    """

    __slots__ = ("holder", "session")

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.session = session
        self.holder = self._hold(session)

    @staticmethod
    async def _hold(session: aiohttp.ClientSession) -> AsyncGenerator[None, None]:
        try:
            yield
        finally:
            await session.close()


class Transport:
    """The connections of one client and of the copies that `with_options()` made of it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._held: dict[asyncio.AbstractEventLoop, _Held] = {}
        self._lock = threading.Lock()
        self.closed = False

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
        except asyncio.CancelledError:
            if not self._was_closed_under_a_waiting_call():
                raise
            failure = ClientClosed("the client was closed while the call waited for a connection")
        except Exception as cause:
            failure = self._translated(cause, request, call)
        # Raised out here so that aiohttp's error, which holds the request and its token, is not even its context.
        raise failure

    async def _attempt(self, request: Request, call: Call, started: float) -> Response:
        session = await self.session()
        body, content_type = await self._body_of(request, call)
        response = await session.post(
            _url(call.base + request.path, request.query),
            data=_Slices(body) if len(body) > _WARNED_BYTES else body,
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

    async def _body_of(self, request: Request, call: Call) -> tuple[bytes, str]:
        if not request.body.is_heavy:
            return request.body.read()
        async with asyncio.timeout(call.timeout):
            return await asyncio.to_thread(request.body.read)

    def _translated(self, cause: Exception, request: Request, call: Call) -> CfaiError:
        if self.closed:
            return ClientClosed("the client was closed while the call ran")
        return translate(cause, model=request.model, call=call)

    def _was_closed_under_a_waiting_call(self) -> bool:
        # A connector that closes cancels the futures of those who wait for a connection, not their tasks.
        task = asyncio.current_task()
        return self.closed and task is not None and not task.cancelling()

    async def session(self) -> aiohttp.ClientSession:
        """Give the session of the running loop, and make it at the first call in that loop."""
        if self.closed:
            raise ClientClosed("the client is closed")
        loop = _running_loop()
        held = self._held.get(loop)
        if held is None or held.session.closed:
            held = await self._open(loop)
        return held.session

    async def _open(self, loop: asyncio.AbstractEventLoop) -> _Held:
        with self._lock:
            held = self._held.get(loop)
            if held is not None and not held.session.closed:
                return held
            self._bury_dead()
            held = self._held[loop] = _Held(self._new_session())
        await anext(held.holder)  # from here on the loop knows the generator
        return held

    def _new_session(self) -> aiohttp.ClientSession:
        settings = self._settings
        connector = _Connector(
            limit=settings.max_connections,
            socket_factory=_socket,
            ssl=settings.ssl_context if settings.ssl_context is not None else True,
        )
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,  # it would read ~/.netrc, and a match there makes every call fail
            proxy=_proxy_of(settings),
        )

    def _bury_dead(self) -> None:
        """Let go of the sessions of loops that were closed without a farewell."""
        for loop in [loop for loop in self._held if loop.is_closed()]:
            held = self._held.pop(loop)
            if not held.session.closed:
                held.session.detach()

    async def warm(self, call: Call) -> None:
        """Open one connection and put it into the pool."""
        session = await self.session()
        failure: CfaiError
        try:
            await self._connect(session, call)
        except CfaiError:
            raise
        except Exception as cause:
            if self.closed:
                failure = ClientClosed("the client was closed while it connected")
            else:
                failure = translate(cause, model="", call=call)
        else:
            return
        raise failure

    async def _connect(self, session: aiohttp.ClientSession, call: Call) -> None:
        connector = session.connector
        if connector is None:
            raise ClientClosed("the client is closed")
        proxy = _proxy_of(self._settings)
        request = aiohttp.ClientRequest(
            "POST", URL(call.base), loop=asyncio.get_running_loop(), proxy=URL(proxy) if proxy else None
        )
        async with asyncio.timeout(call.timeout):
            connection = await connector.connect(request, [], aiohttp.ClientTimeout(sock_connect=call.connect_timeout))
        connection.release()

    async def aclose(self) -> None:
        """Close all connections, in whichever loop they are. Calls in flight raise ClientClosed."""
        self.closed = True
        with self._lock:
            held, self._held = self._held, {}
        for loop, one in held.items():
            await _close(loop, one)


async def _close(loop: asyncio.AbstractEventLoop, held: _Held) -> None:
    if loop is asyncio.get_running_loop():
        await held.session.close()
        await held.holder.aclose()
    elif loop.is_running():
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(_close(loop, held), loop))
    elif not held.session.closed:
        held.session.detach()


def _running_loop() -> asyncio.AbstractEventLoop:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        pass
    raise ConfigError("AsyncClient needs a running asyncio loop; elsewhere (trio, ...) use cfai.Client in a worker thread")


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


def _socket(address: Any) -> socket.socket:
    family, kind, protocol = address[:3]
    made = socket.socket(family, kind, protocol)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if sys.platform == "linux":
        for name, value in _KEEPALIVE.items():
            made.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
    return made


def _proxy_of(settings: Settings) -> str | None:
    """Find the proxy: the one that was given, else the environment's for this host."""
    if settings.proxy is not None:
        return settings.proxy.reveal()
    if not settings.trust_env:
        return None
    url = URL(settings.base_url)
    proxies = getproxies_environment()
    proxy = proxies.get(url.scheme)
    if not proxy or proxy_bypass(url.host or ""):
        return None
    if "://" not in proxy:
        proxy = f"http://{proxy}"
    if not proxy.startswith(("http://", "https://")):
        raise ConfigError(f"{url.scheme}_proxy names a proxy that is neither http:// nor https://")
    return proxy
