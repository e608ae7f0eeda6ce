"""One call: its attempts, the waits between them, and who is told of each."""

import functools
from collections.abc import Sequence
from typing import Any, Literal

from attrs import evolve

from .. import _logs
from .._http.fetch import Fetcher
from .._http.resolved_options import ResolvedOptions
from .._http.response_stream import StreamingResponse
from .._http.sockets import proxy_of
from .._http.transport import Transport
from .._settings import Settings, check_options
from .._wire.answer.decode import decode
from .._wire.answer.fetched import decode_fetched
from .._wire.http_values import Response
from .._wire.quoting import one_line
from .._wire.request.encode import encode
from .._wire.request.headers import OutgoingHeaders, build
from ..errors import ApiError, CfaiError, ClientClosed, ConfigError, InvalidParams
from ..media import Audio, Image, Media
from ..options import RequestOptions
from .call import Attempts, Call, Gate, short
from .retry import Outcome, RetryBudget, outcome_of
from .watch import LOG, Watch

_MOST_PATHS = 20
"""How many paths of one answer are logged; all of them are in its `skipped`."""


class CallRunner:
    """What a client does with its settings, over the connections and the budget that its copies share."""

    __slots__ = ("_budget", "_call", "_fetcher", "_gates", "_settings", "_transport")

    def __init__(self, settings: Settings, transport: Transport, fetcher: Fetcher, budget: RetryBudget) -> None:
        self._settings = settings
        self._transport = transport
        self._fetcher = fetcher
        self._budget = budget
        self._gates: tuple[Gate, ...] = ()
        """What each attempt has to pass before it is made."""
        self._call: ResolvedOptions | None = None

    @property
    def account_id(self) -> str:
        """The account that pays."""
        return self._settings.account_id

    def seconds(self, limit: Literal["timeout", "idle_timeout"], options: RequestOptions | None) -> float | None:
        """Return a *limit* of a call with these *options*, in seconds; None where there is none."""
        return self._settings.seconds(limit, options)

    def with_settings(self, settings: Settings) -> "CallRunner":
        """Give one with other settings and the same connections and budget."""
        return CallRunner(settings, self._transport, self._fetcher, self._budget)

    async def run(self, model: str, params: Any, options: RequestOptions | None) -> tuple[Any, Response]:
        """Ask, and return the answer and the response that it came in.

        Raises:
            CfaiError: The last attempt failed so; it tells of those before it.
        """
        call = self.begin(model, params, options)
        try:
            async for attempt in self.attempts(call):
                response: Response | None = None
                try:
                    response = await self._transport.send(call.request, call.options, call.started)
                    response.attempts, response.through_gateway = attempt.number, call.options.through_gateway
                    result: Any = decode(response, call.request, self._settings.account_id)
                    call.options.mask.hide_in_items(result)
                except CfaiError as failure:
                    follows = attempt.failed(failure, response)
                    response = None  # its body may repeat a secret, and tracebacks may be shown with variables
                    if not follows:
                        raise
                else:
                    attempt.succeeded(response)
                    if response.skipped:
                        log_skipped(call.request.model, response.skipped)
                    call.ended(result)
                    return result, response
        except BaseException as failure:
            call.ended(error=failure)
            raise
        raise NotImplementedError  # attempts go on until one of them ends the call

    async def open(self, call: Call, attempt: Attempts) -> tuple[Response, StreamingResponse | None]:
        """Make one attempt at a stream: send the request, and return its head, and what comes behind it.

        A refusal has come whole, and nothing comes behind it.
        """
        opened = await self._transport.open(call.request, call.options, call.started)
        incoming = None if isinstance(opened, Response) else opened
        response = opened if isinstance(opened, Response) else opened.head()
        response.attempts, response.through_gateway = attempt.number, call.options.through_gateway
        return response, incoming

    async def fetch(self, link: object, options: RequestOptions | None) -> Image | Audio | Media:
        """Download what *link* leads to."""
        target = self._fetcher.rules.target_of(link)
        self._check_open()
        # No header of a call's is made: what is not there can't be sent to a foreign host.
        resolved = ResolvedOptions("", OutgoingHeaders(), self._effective(options))
        async for attempt in self.attempts(Call(target, resolved, resolved.retry)):
            try:
                response = await self._fetcher.get(target, resolved, attempt.call.started)
                media = decode_fetched(response, target.name, target.media_type)
            except CfaiError as failure:
                if isinstance(failure, ApiError):
                    failure.retryable = outcome_of(failure) is not Outcome.FINAL
                if not isinstance(failure, (ConfigError, InvalidParams)):  # else nothing was sent
                    _logs.debug("%s: %s in %.0f ms", target.name, short(failure), attempt.elapsed * 1000)
                if not attempt.failed(failure):
                    raise
            else:
                _logs.debug("%s: %s in %.0f ms", target.name, response.status, attempt.elapsed * 1000)
                attempt.succeeded(response)
                return media
        raise NotImplementedError  # attempts go on until one of them ends the call

    def begin(self, model: str, params: Any, options: RequestOptions | None, *, stream: bool = False) -> Call:
        """Encode the request of a call, and tell its observers that it begins.

        Raises:
            InvalidParams: The input can't be sent as it is.
            ClientClosed: The client is closed.
        """
        resolved = self.resolved(options)
        observers = self._settings.observers
        if _logs.is_debugging():
            observers = (*observers, LOG)
        watch = Watch(observers, model, params, stream=stream) if observers else None
        try:
            request = encode(model, params, reject_if_busy=resolved.reject_if_busy, stream=stream)
            self._check_open()
        except BaseException as failure:
            if watch is not None:
                watch.call_ended(error=failure)
            raise
        # Of a stream an answer that was lost is never asked for again.
        retry = evolve(resolved.retry, lost_answers=False) if stream else resolved.retry
        return Call(request, resolved, retry, watch)

    def attempts(self, call: Call) -> Attempts:
        """Return the attempts of *call*, for `async for`: the one loop of whole answers, streams and downloads."""
        return Attempts(call, self._transport.pause, self._budget, self._gates)

    def _check_open(self) -> None:
        if self._transport.closed:
            raise ClientClosed("the client is closed")

    def resolved(self, options: RequestOptions | None) -> ResolvedOptions:
        """Work out the options in force; once for all calls that bring none."""
        if options is None and self._call is not None:
            return self._call
        settings, effective = self._settings, self._effective(options)
        base = f"{settings.base_url}/accounts/{settings.account_id}"
        proxy = functools.partial(proxy_of, settings)
        call = ResolvedOptions(base, build(settings.credentials(), effective), effective, proxy)
        if options is None:
            self._call = call
        return call

    def _effective(self, options: RequestOptions | None) -> RequestOptions:
        return self._settings.options if options is None else check_options(options).over(self._settings.options)

    async def warm(self) -> None:
        """Open a connection."""
        await self._transport.warm(self.resolved(None))

    async def aclose(self) -> None:
        """Close all connections."""
        try:
            await self._transport.aclose()
        finally:
            await self._fetcher.aclose()


def log_skipped(model: str, paths: Sequence[str]) -> None:
    """Log which values of an answer were not usable: their paths alone, for the values may be anybody's words."""
    if paths and _logs.is_debugging():
        shown = ", ".join(map(one_line, paths[:_MOST_PATHS]))
        more = f" and {len(paths) - _MOST_PATHS} more" if len(paths) > _MOST_PATHS else ""
        _logs.debug("%s: not usable in the answer, and skipped: %s%s", model, shown, more)
