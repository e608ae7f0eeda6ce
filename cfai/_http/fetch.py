"""Downloads what links lead to, over connections that know no header, token, cookie or proxy of the client.

Links come out of answers, so a client must not be led into the network that it runs in: a host is looked up once, all
of its addresses are checked, and the connection goes to one of these.
"""

import functools
import math
import socket
import ssl
from collections.abc import Awaitable, Callable
from urllib.request import getproxies_environment, proxy_bypass

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from .._settings import Settings
from .._wire.http_values import Response
from ..errors import CertificateError, CfaiError, InvalidParams, RequestTimeout, TransportError
from .aiohttp_internals import send_only_once
from .connector import AttemptState, AttemptTimeout, Connector
from .protocol import Request as OutgoingRequest
from .resolved_options import AttemptDeadline, ResolvedOptions
from .response_stream import read_whole
from .sessions import Sessions, until_fit
from .sockets import open_socket
from .url_policy import Allows, Rules, Target, is_public
from .worker_threads import run_in_thread

LookUp = Callable[[str, int], Awaitable[list[str]]]
"""Gives the addresses of a host."""

_HEADERS = {"Accept": "*/*", "Accept-Encoding": "gzip, deflate"}


async def look_up(host: str, port: int) -> list[str]:
    """Ask the system for the addresses of *host*.

    Raises:
        OSError: There are none.
    """
    found = await run_in_thread(functools.partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM))
    return [str(address[0]) for *_, address in found]


class _Resolver(AbstractResolver):
    """Gives aiohttp the addresses of a host once all of them were checked: it connects to these, without a look-up."""

    def __init__(self, rules: Rules, look_up: LookUp) -> None:
        self._rules = rules
        self._look_up = look_up

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        addresses = await self._look_up(host, port)
        self._rules.check(host, port, addresses)
        return [_resolved(host, address, port) for address in addresses]

    async def close(self) -> None:
        """Close nothing: it keeps nothing open."""


def _resolved(host: str, address: str, port: int) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
    return ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=flags)


class Fetcher(Sessions):
    """The connections over which a client and its copies download links."""

    def __init__(self, settings: Settings, *, look_up: LookUp = look_up, is_public: Allows = is_public) -> None:
        """Begin without a connection.

        Args:
            settings: The client's; of them the address, the TLS context's authorities and the number of connections
                are used, and none of the credentials.
            look_up: Gives the addresses of a host.
            is_public: Tells whether an address is a public one.
        """
        self.rules = Rules(settings.base_url, is_public)
        super().__init__(settings, functools.partial(_new_session, settings, _Resolver(self.rules, look_up)))

    async def get(self, target: Target, call: ResolvedOptions, started: float) -> Response:
        """Send one GET, and read its answer whole.

        Args:
            target: The link.
            call: The options in force, without headers.
            started: When the call began, by `time.monotonic()`: its limit of time counts from there.

        Raises:
            CfaiError: No answer came, or one that is too large; or its host is not a public one.
        """
        try:
            return await self._guarded(target, call, AttemptDeadline(call, started), self._whole)
        except TransportError as failure:
            failure.args = (f"{failure}{self._of_proxies(failure, target)} [link {target.name}]",)
            raise

    async def _whole(
        self, target: Target, call: ResolvedOptions, deadline: AttemptDeadline, sending: AttemptState
    ) -> Response:
        refused: CfaiError
        try:
            response = await self._answered(target, call, deadline, sending)
            content = await read_whole(response, b"", call.max_bytes)
        except InvalidParams as failure:
            refused = failure.with_traceback(None)  # without aiohttp's frames, whose local variables hold the query
        else:
            return Response(status=response.status, headers=response.headers, body=content)
        raise refused

    async def _answered(
        self, target: Target, call: ResolvedOptions, deadline: AttemptDeadline, sending: AttemptState
    ) -> aiohttp.ClientResponse:
        """Send the request, and wait for the head of its answer; on another connection where one was not fit."""
        session = await self._sessions.get()
        left = deadline.left
        if left is not None and left <= 0:
            raise RequestTimeout(f"{deadline.limit} ran out before the request was sent")
        limits = AttemptTimeout(total=left, sock_connect=call.connect_timeout, ceil_threshold=math.inf, sending=sending)
        get = functools.partial(
            session.get,
            URL(target.address, encoded=True),
            headers=_HEADERS,
            skip_auto_headers=("User-Agent",),
            timeout=limits,
            allow_redirects=False,
        )
        return await until_fit(get, sending)

    def _of_proxies(self, failure: TransportError, target: Target) -> str:
        """Name a likely reason where there is no way out but by a proxy."""
        if failure.sent or isinstance(failure, CertificateError) or not self._has_proxy(target.host):
            return ""
        return "; fetch() connects directly, never by a proxy, and one is set here"

    def _has_proxy(self, host: str) -> bool:
        if self._settings.proxy is not None:
            return True
        found = getproxies_environment() if self._settings.trust_env else {}
        return bool(found.get("https") or found.get("all")) and not proxy_bypass(host)


def _new_session(settings: Settings, resolver: _Resolver) -> aiohttp.ClientSession:
    connector = Connector(
        limit=settings.max_connections,
        socket_factory=open_socket,
        ssl=True if settings.ssl_context is None else _trusting(settings.ssl_context),
        resolver=resolver,
        use_dns_cache=False,
    )
    session = aiohttp.ClientSession(
        connector=connector, request_class=OutgoingRequest, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False
    )
    send_only_once(session)
    return session


def _trusting(context: ssl.SSLContext) -> ssl.SSLContext:
    """Make a context that trusts the authorities of *context* too, without its client certificate.

    That certificate is a credential, and certificates of foreign hosts are looked at whatever the client's own context
    makes of them.
    """
    made = ssl.create_default_context()
    authorities = b"".join(context.get_ca_certs(binary_form=True))
    if authorities:
        made.load_verify_locations(cadata=authorities)
    return made
