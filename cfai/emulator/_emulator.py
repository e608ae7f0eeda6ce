"""The emulator as its users see it."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Any, Final, Literal, Self

import anyio

import cfai
from cfai.emulator._entitlements import Access
from cfai.emulator._received import Received
from cfai.emulator._replies import Refusal, Reply
from cfai.emulator._request_log import RequestLog, checked_limit
from cfai.emulator._server import ServerThread
from cfai.emulator._service import Service

_ACCOUNT_ID: Final = "cfa1" * 8
_API_TOKEN: Final = "cfai-emulator-token"
_KEEP_REQUESTS: Final = 1000
_KEEP_BYTES: Final = 64 * 2**20
_BODY_LIMIT: Final = 100 * 2**20
_LONG: Final = 2**20
"""Bytes of a body from which on its answer is made in a thread: other calls go on meanwhile."""

_PAUSE: Final = 0.1
"""The share of `latency` that is between two pieces of an answer."""


class Emulator:
    """A local Workers AI over real HTTP, for `with` and for `async with`.

    It answers as docs/wire.md says the service does, and its answers are a function of the request and *seed*, plainly
    not a model's. It serves from a thread of its own and never calls anyone.

    Args:
        host: The address to listen on; loopback unless told otherwise.
        port: The port to listen on; 0 takes a free one.
        account_id: The one account that it knows.
        api_token: The one token that it takes.
        plan: "paid" or "free": on the free one, models that need Workers Paid are refused with 403/5035.
        licences: Whether the terms of all models are accepted. If not, models that have some are refused with
            403/5016, each until it gets the prompt "agree".
        retired: Whether models that the service retired answer still. If not, they are refused with 400/5028.
        latency: Seconds to wait before each answer. What goes out bit by bit, a stream or a sound, waits as long
            before its first piece, and a tenth of it before each further one.
        seed: Another seed gives other vectors, pictures and ids.
        fragments: How fragments of text go out: "text", or "json" for what the service does to some: a fragment that
            is a JSON value by itself, such as a digit, `true` or `[]`, is sent as that value, in streams of every
            form; so is a whole text that is JSON.
        keep_requests: How many of the last requests `requests` holds.
        keep_bytes: How many bytes of bodies they hold together; the oldest requests are dropped beyond that. A request
            whose body alone is longer is kept without it.
        body_limit: Bytes of the longest body that it takes; a longer one is answered with 413/3006. The service says
            that it has a limit and not which one (docs/wire.md 9): 100 MB is our guess.

    Raises:
        ValueError: *plan* or *fragments* is none of its words, *keep_requests* or *keep_bytes* is no whole number from
            0 on.
    """

    account_id: str
    """The account to call it with."""

    api_token: str
    """The token to call it with."""

    requests: list[Received]
    """The last requests, refused or not, in the order of arrival; see *keep_requests* and *keep_bytes*."""

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        account_id: str = _ACCOUNT_ID,
        api_token: str = _API_TOKEN,
        plan: Literal["paid", "free"] = "paid",
        licences: bool = True,
        retired: bool = False,
        latency: float = 0.0,
        seed: int = 0,
        fragments: Literal["text", "json"] = "text",
        keep_requests: int = _KEEP_REQUESTS,
        keep_bytes: int = _KEEP_BYTES,
        body_limit: int = _BODY_LIMIT,
    ) -> None:
        if plan not in {"paid", "free"}:
            raise ValueError(f'plan is "paid" or "free", not {plan!r}')
        if fragments not in {"text", "json"}:
            raise ValueError(f'fragments is "text" or "json", not {fragments!r}')
        self.account_id = account_id
        self.api_token = api_token
        self.requests = self._kept = RequestLog(
            checked_limit("keep_requests", keep_requests), checked_limit("keep_bytes", keep_bytes)
        )
        self._host = host
        self._port = port
        self._latency = latency
        self._body_limit = body_limit
        access = Access(paid=plan == "paid", licences=licences, retired=retired)
        parsed = fragments == "json"
        self._service = Service(access, account_id=account_id, api_token=api_token, seed=seed, parsed=parsed)
        self._server: ServerThread | None = None
        self._address: str | None = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {f'at {self.base_url}' if self._address else 'not running'}>"

    @property
    def base_url(self) -> str:
        """The address that a client takes as its `base_url`."""
        if self._address is None:
            raise RuntimeError("the emulator is not running: use it in a with statement, or call start()")
        return f"http://{self._address}/client/v4"

    def client(self, **kw: Any) -> cfai.Client:
        """Make a client for this emulator; *kw* go to `cfai.Client`, and win over what is set here."""
        arguments = self._client_arguments(kw)
        return cfai.Client(**arguments)

    def async_client(self, **kw: Any) -> cfai.AsyncClient:
        """Make a client for this emulator; *kw* go to `cfai.AsyncClient`, and win over what is set here."""
        arguments = self._client_arguments(kw)
        return cfai.AsyncClient(**arguments)

    def start(self) -> None:
        """Listen, without a `with` statement; `close()` ends it."""
        server = self._new_server()
        try:
            self._address = server.start().result()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Stop listening and drop calls in flight; doing it twice is fine."""
        server = self._forget_server()
        if server is not None:
            server.stop().result()
            server.join()

    async def aclose(self) -> None:
        """Do as `close()` does, without holding up the running loop."""
        server = self._forget_server()
        if server is not None:
            with anyio.CancelScope(shield=True):
                await asyncio.shield(asyncio.wrap_future(server.stop()))
            server.join()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        server = self._new_server()
        try:
            self._address = await asyncio.shield(asyncio.wrap_future(server.start()))
        except BaseException:
            await self.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None:
        await self.aclose()

    async def _answer(self, received: Received, refusal: Refusal | None) -> Reply:
        self._kept.keep(received)
        await asyncio.sleep(self._latency)
        if len(received.body) < _LONG:
            return self._service.answer(received, refusal)
        return await asyncio.to_thread(self._service.answer, received, refusal)

    def _new_server(self) -> ServerThread:
        if self._server is not None:
            raise RuntimeError("the emulator is already running")
        self._server = ServerThread(
            self._answer,
            self._service,
            host=self._host,
            port=self._port,
            body_limit=self._body_limit,
            pause=self._latency * _PAUSE,
        )
        return self._server

    def _forget_server(self) -> ServerThread | None:
        server, self._server, self._address = self._server, None, None
        return server

    def _client_arguments(self, changes: dict[str, Any]) -> dict[str, Any]:
        # trust_env=False: a proxy in the environment must not see calls that are meant to stay on this machine.
        own = {
            "base_url": self.base_url,
            "account_id": self.account_id,
            "api_token": self.api_token,
            "trust_env": False,
        }
        return own | changes
