"""One call: its attempts, the waits between them, and who is told of each."""

import functools
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Literal, TypeVar

from attrs import evolve

from .. import _logs
from .._http.fetch import Fetcher
from .._http.links import Target
from .._http.resolved_options import ResolvedOptions, Sendable
from .._http.response_stream import StreamingResponse
from .._http.sockets import proxy_of
from .._http.transport import Transport
from .._settings import Settings, check_options
from .._wire.answer.decode import decode, neurons_of
from .._wire.answer.fetched import decode_fetched
from .._wire.http_values import Request, Response
from .._wire.quoting import one_line
from .._wire.refusal.errors import refusal
from .._wire.request.encode import encode
from .._wire.request.headers import OutgoingHeaders, build
from ..errors import ApiError, CfaiError, ClientClosed, ConfigError, InvalidParams
from ..media import Audio, Image, Media
from ..options import Attempt, RequestOptions, Retry
from ..tasks.answers import BatchResult
from .retry import Budget, Outcome, outcome_of, wait_before_next

S = TypeVar("S", bound=Sendable)
T = TypeVar("T")
Once = Callable[[S, ResolvedOptions, float, int], Awaitable[T | CfaiError]]
"""One attempt at a request, for a call with these options that began then; the attempt's number. What it failed with
is given, not raised, unless no further attempt can help."""

Begin = Callable[[Request, Response, StreamingResponse], Awaitable[None]]
"""Reads an answer up to its first event."""

_MOST_PATHS = 20
"""How many paths of one answer are logged; all of them are in its `skipped`."""


class CallRunner:
    """What a client does with its settings, over the connections and the budget that its copies share."""

    __slots__ = ("_budget", "_call", "_fetcher", "_settings", "_transport")

    def __init__(self, settings: Settings, transport: Transport, fetcher: Fetcher, budget: Budget) -> None:
        self._settings = settings
        self._transport = transport
        self._fetcher = fetcher
        self._budget = budget
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
        """Ask, and give the answer and the response that it came in."""
        call = self.call_for(options)
        request = encode(model, params, reject_if_busy=call.reject_if_busy)
        return await self._persist(request, call, call.retry, self._attempt)

    async def stream(self, model: str, params: Any, options: RequestOptions | None, begin: Begin) -> None:
        """Ask for a stream, and have it begun; until it has begun the rules of retries hold."""
        call = self.call_for(options)
        request = encode(model, params, reject_if_busy=call.reject_if_busy, stream=True)
        retry = evolve(call.retry, lost_answers=False)  # of a stream an answer that was lost is never asked for again
        await self._persist(request, call, retry, functools.partial(self._attempt_stream, begin))

    async def fetch(self, link: object, options: RequestOptions | None) -> Image | Audio | Media:
        """Download what *link* leads to."""
        target = self._fetcher.rules.target_of(link)
        # No header of a call's is made: what is not there can't be sent to a foreign host.
        call = ResolvedOptions("", OutgoingHeaders(), self._effective(options))
        return await self._persist(target, call, call.retry, self._attempt_fetch)

    async def _persist(self, request: S, call: ResolvedOptions, retry: Retry, once: Once[S, T]) -> T:
        """Attempt, and again as long as *retry* allows.

        Raises:
            CfaiError: The last attempt failed so; it tells of those before it.
        """
        if self._transport.closed:
            raise ClientClosed("the client is closed")
        started = time.monotonic()
        earlier: list[CfaiError] = []
        deadline = None if call.timeout is None else started + call.timeout
        while True:
            try:
                outcome = await once(request, call, started, len(earlier) + 1)
            except InvalidParams as failure:  # of a file, which may have been there for the attempts before
                failure.attempts = failure.attempts or len(earlier)
                _last(failure, earlier)
                raise
            if not isinstance(outcome, CfaiError):
                self._budget.pay_back()
                return outcome
            wait = self._wait_before_next(outcome, request, retry, deadline, len(earlier) + 1)
            if wait is None:
                raise _last(outcome, earlier)
            earlier.append(outcome.with_traceback(None))
            if wait:
                await self._transport.pause(wait)

    async def _attempt(
        self, request: Request, call: ResolvedOptions, started: float, number: int
    ) -> tuple[Any, Response] | CfaiError:
        """Give the answer of one attempt, or what it failed with."""
        began, response = time.monotonic(), None
        try:
            response = await self._transport.send(request, call, started)
            response.attempts, response.through_gateway = number, call.through_gateway
            result: Any = decode(response, request, self._settings.account_id)
            if isinstance(result, BatchResult):
                _mask_items(result, call)
        except (ConfigError, InvalidParams) as failure:
            if failure.attempts:  # else it was not sent
                failure.attempts = number
                self._tell(request.model, call, number, began, response, failure)
            raise
        except CfaiError as failure:
            failure.attempts = number
            call.mask.hide_in(failure, b"" if response is None else response.body)
            self._tell(request.model, call, number, began, response, failure)
            return failure
        if self._settings.on_attempt is not None or _logs.is_debugging():
            self._tell(request.model, call, number, began, response, None)
        if response.skipped:
            log_skipped(request.model, response.skipped)
        return result, response

    async def _attempt_stream(
        self, begin: Begin, request: Request, call: ResolvedOptions, started: float, number: int
    ) -> CfaiError | None:
        """Begin a stream, or give what the attempt at it failed with."""
        began, response = time.monotonic(), None
        try:
            opened = await self._transport.open(request, call, started)
            response = opened if isinstance(opened, Response) else opened.head()
            response.attempts, response.through_gateway = number, call.through_gateway
            if isinstance(opened, Response):
                raise refusal(opened, request.model, self._settings.account_id)
            await begin(request, response, opened)
        except (ConfigError, InvalidParams) as failure:
            if failure.attempts:  # else it was not sent
                failure.attempts = number
                self._tell(request.model, call, number, began, response, failure)
            raise
        except CfaiError as failure:
            failure.attempts = number
            call.mask.hide_in(failure, b"" if response is None else response.body)
            self._tell(request.model, call, number, began, response, failure)
            return failure
        self._tell(request.model, call, number, began, response, None)
        return None

    async def _attempt_fetch(
        self, target: Target, call: ResolvedOptions, started: float, number: int
    ) -> Image | Audio | Media | CfaiError:
        """Return the medium of one attempt, or what it failed with."""
        began = time.monotonic()
        try:
            response = await self._fetcher.get(target, call, started)
            media = decode_fetched(response, target.name, target.media_type)
        except (ConfigError, InvalidParams):  # nothing was sent
            raise
        except CfaiError as failure:
            failure.attempts = number
            if isinstance(failure, ApiError):
                failure.retryable = outcome_of(failure) is not Outcome.FINAL
            _logs.debug("%s: %s in %.0f ms", target.name, _short(failure), (time.monotonic() - began) * 1000)
            return failure
        _logs.debug("%s: %s in %.0f ms", target.name, response.status, (time.monotonic() - began) * 1000)
        return media

    def _wait_before_next(
        self, failure: CfaiError, request: Sendable, retry: Retry, deadline: float | None, number: int
    ) -> float | None:
        wait = wait_before_next(
            retry,
            number,
            outcome_of(failure),
            retry_after=getattr(failure, "retry_after", None),
            now=time.monotonic(),
            deadline=deadline,
            random=random.random,
        )
        if wait is None or request.once:
            return None
        if not self._budget.take():
            _logs.warning("%s: %s, and no retry: too many were needed lately", request.name, _short(failure))
            return None
        _logs.warning("%s: %s, attempt %d in %.2f s", request.name, _short(failure), number + 1, wait)
        return wait

    def call_for(self, options: RequestOptions | None) -> ResolvedOptions:
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
        await self._transport.warm(self.call_for(None))

    async def aclose(self) -> None:
        """Close all connections."""
        try:
            await self._transport.aclose()
        finally:
            await self._fetcher.aclose()

    def _tell(  # noqa: PLR0917  # all that it is told belongs to one attempt
        self,
        model: str,
        call: ResolvedOptions,
        number: int,
        began: float,
        response: Response | None,
        failure: CfaiError | None,
    ) -> None:
        """Tell the log, and who asked for it, of an attempt; nothing that they do may cost the answer."""
        attempt = _attempt_of(model, call, number, time.monotonic() - began, response, failure)
        _logs.debug(
            "%s: %s in %.0f ms, request id %s, ray id %s",
            attempt.model,
            attempt.status or attempt.error,
            attempt.elapsed * 1000,
            attempt.request_id,
            attempt.ray_id,
        )
        if self._settings.on_attempt is None:
            return
        try:
            self._settings.on_attempt(attempt)
        except Exception:
            _logs.exception("on_attempt raised")


def _mask_items(batch: BatchResult, call: ResolvedOptions) -> None:
    """Take the credentials of the *call* out of the errors of a batch's items."""
    for outcome in batch.outcomes:
        if outcome.error is not None:
            call.mask.hide_in(outcome.error)


def log_skipped(model: str, paths: Sequence[str]) -> None:
    """Log which values of an answer were not usable: their paths alone, for the values may be anybody's words."""
    if paths and _logs.is_debugging():
        shown = ", ".join(map(one_line, paths[:_MOST_PATHS]))
        more = f" and {len(paths) - _MOST_PATHS} more" if len(paths) > _MOST_PATHS else ""
        _logs.debug("%s: not usable in the answer, and skipped: %s%s", model, shown, more)


def _short(failure: CfaiError) -> str:
    """Name a failure without any word of the service's or the user's."""
    status, code = getattr(failure, "status", ""), getattr(failure, "code", None)
    code = code if type(code) is int else None  # a text is the service's word
    return f"{type(failure).__name__} {status} {code or ''}".rstrip()


def _last(failure: CfaiError, earlier: list[CfaiError]) -> CfaiError:
    """Let the error that a call ends with tell of those before it."""
    if earlier:
        failure.earlier = earlier
        line = f"{failure} (attempt {len(earlier) + 1}; before it: {', '.join(map(_short, earlier))})"
        failure.args = (line, *failure.args[1:])
    return failure


def _attempt_of(  # noqa: PLR0917  # all that it is told belongs to one attempt
    model: str, call: ResolvedOptions, number: int, elapsed: float, response: Response | None, failure: CfaiError | None
) -> Attempt:
    status = response.status if response is not None else None
    request_id, ray_id = (response.request_id, response.ray_id) if response is not None else (None, None)
    return Attempt(
        model=model,
        number=number,
        status=status,
        error=type(failure).__name__ if failure is not None else None,
        elapsed=elapsed,
        request_id=call.mask(request_id) if request_id else None,
        ray_id=call.mask(ray_id) if ray_id else None,
        neurons=neurons_of(None, response) if response is not None else None,
    )
