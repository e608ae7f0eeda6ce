"""The asynchronous client: joins params, wire and transport."""

import logging
import random
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Generic, Self, TypeVar, Unpack, overload

from attrs import field, frozen

from ._base import Params, short_repr
from ._call import ONE_ATTEMPT, Call
from ._configured import Configured
from ._retry import Budget, outcome_of, wait_before_next
from ._settings import Settings, check_options
from ._transport import Transport
from ._wire.decode import decode, neurons_of, raw_of
from ._wire.headers import build
from ._wire.messages import Headers, Request, Response
from ._wire.readers.usage import usage_of
from ._wire.request import encode
from .errors import CfaiError, ClientClosed, ConfigError, InvalidParams
from .options import Attempt, Changes, RequestOptions
from .tasks.answers import RunResponse, Usage

R = TypeVar("R")
_log = logging.getLogger("cfai")
_log.addHandler(logging.NullHandler())  # a program that sets no logging up hears nothing, as of other libraries


@frozen(repr=False)
class Reply(Generic[R]):
    """An answer, with all that is known about the call."""

    result: R
    """The answer, as `run()` gives it."""
    raw: Any = field(repr=False)
    """The whole decoded body; its bytes where it is not JSON."""
    status: int
    """The HTTP status."""
    headers: Mapping[str, str] = field(repr=False)
    """The answer's headers; names are compared without case."""
    request_id: str | None
    """`cf-ai-req-id`: what to tell the service's support."""
    ray_id: str | None
    """`cf-ray`."""
    neurons: float | None
    """What the call cost in the service's unit of price: `usage.neurons`, else the header `cf-ai-neurons`; never
    computed. None where the service does not say."""
    usage: Usage | None
    """Tokens, where the service says."""
    attempts: int
    """How many times the request was sent."""
    elapsed: float
    """Seconds from the call to its answer."""

    def __repr__(self) -> str:
        return short_repr(self)


class AsyncClient(Configured):
    """Asks any model of Workers AI, from asyncio.

    One client works in any number of event loops and threads, one after another or at once.
    """

    _transport: Transport
    _budget: Budget
    _owner: bool

    def _begin(self, settings: Settings) -> None:
        self._settings = settings
        self._transport = Transport(settings)
        self._budget = Budget((settings.options.retry or ONE_ATTEMPT).budget)
        self._owner = True
        self._call: Call | None = None

    @overload
    async def run(self, model: str, params: Params[R], /, options: RequestOptions | None = None) -> R: ...
    @overload
    async def run(
        self, model: str, params: Mapping[str, Any], /, options: RequestOptions | None = None
    ) -> RunResponse: ...
    async def run(self, model: str, params: Any, /, options: RequestOptions | None = None) -> Any:
        """Ask *model* with *params* and return its answer.

        Args:
            model: The model's name as Cloudflare writes it, such as "@cf/meta/llama-3.2-3b-instruct".
            params: A params class, whose type names the answer; or a mapping of the model's input by the wire's
                names, which goes out untouched and whose answer is structured by its shape.
            options: Options of this call, over those of the client.

        Raises:
            InvalidParams: The input can't be sent as it is; nothing was sent.
            ApiError: The service refused; its classes are the codes' own.
            TransportError: No usable answer came.
            DecodeError: The answer is not what *params* promised; it is kept in `raw`.
        """
        return (await self._exchange(model, params, options))[0]

    @overload
    async def request(self, model: str, params: Params[R], /, options: RequestOptions | None = None) -> Reply[R]: ...
    @overload
    async def request(
        self, model: str, params: Mapping[str, Any], /, options: RequestOptions | None = None
    ) -> Reply[RunResponse]: ...
    async def request(self, model: str, params: Any, /, options: RequestOptions | None = None) -> Any:
        """Do as `run()` does, and return the answer with all that is known about the call.

        Raises:
            CfaiError: As `run()` does.
        """
        result, response = await self._exchange(model, params, options)
        raw = raw_of(response)
        usage = usage_of(result, raw)
        return Reply(
            result=result,
            raw=raw,
            status=response.status,
            headers=Headers(response.headers),
            request_id=response.request_id,
            ray_id=response.ray_id,
            neurons=neurons_of(usage, response),
            usage=usage,
            attempts=response.attempts,
            elapsed=response.elapsed,
        )

    def with_options(self, **changes: Unpack[Changes]) -> Self:
        """Give a client with other options, or another account or token, that shares these connections.

        Closing it does nothing; closing the first client closes all.

        Raises:
            ConfigError: A setting is wrong.
        """
        copy = object.__new__(type(self))
        copy._settings = self._settings.with_changes(changes)
        copy._transport = self._transport
        copy._budget = self._budget
        copy._owner = False
        copy._call = None
        return copy

    async def warm(self) -> None:
        """Open a connection beforehand, so that the first call need not wait for it.

        Raises:
            TransportError: The service can't be reached.
        """
        await self._transport.warm(self._call_for(None))

    async def aclose(self) -> None:
        """Close all connections. Calls in flight raise ClientClosed, and so does every later one."""
        if self._owner:
            await self._transport.aclose()

    async def __aenter__(self) -> Self:
        """Return the client itself."""
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        """Close it."""
        await self.aclose()

    async def _exchange(self, model: str, params: Any, options: RequestOptions | None) -> tuple[Any, Response]:
        call = self._call_for(options)
        request = encode(model, params, reject_if_busy=call.reject_if_busy)
        if self._transport.closed:
            raise ClientClosed("the client is closed")
        started, earlier = time.monotonic(), list[CfaiError]()
        while True:
            outcome = await self._attempt(request, call, started, len(earlier) + 1)
            if not isinstance(outcome, CfaiError):
                self._budget.pay_back()
                return outcome
            wait = self._wait_before_next(outcome, request, call, started, len(earlier) + 1)
            if wait is None:
                raise _last(outcome, earlier)
            earlier.append(outcome.with_traceback(None))
            if wait:
                await self._transport.pause(wait)

    async def _attempt(
        self, request: Request, call: Call, started: float, number: int
    ) -> tuple[Any, Response] | CfaiError:
        """Give the answer of one attempt, or what it failed with."""
        began, response = time.monotonic(), None
        try:
            response = await self._transport.send(request, call, started)
            response.attempts = number
            result: Any = decode(response, request, self._settings.account_id)
        except (ConfigError, InvalidParams):  # it was not sent
            raise
        except CfaiError as failure:
            failure.attempts = number
            self._tell(request.model, number, began, response, failure)
            return failure
        if self._settings.on_attempt is not None or _log.isEnabledFor(logging.DEBUG):
            self._tell(request.model, number, began, response, None)
        return result, response

    def _wait_before_next(
        self, failure: CfaiError, request: Request, call: Call, started: float, number: int
    ) -> float | None:
        wait = wait_before_next(
            call.retry,
            number,
            outcome_of(failure),
            retry_after=getattr(failure, "retry_after", None),
            now=time.monotonic(),
            deadline=None if call.timeout is None else started + call.timeout,
            random=random.random,
        )
        if wait is None or request.body.flow is not None:  # an async iterable can be sent only once
            return None
        if not self._budget.take():
            _log.warning("%s: %s, and no retry: too many were needed lately", request.model, _short(failure))
            return None
        _log.warning("%s: %s, attempt %d in %.2f s", request.model, _short(failure), number + 1, wait)
        return wait

    def _call_for(self, options: RequestOptions | None) -> Call:
        if options is None and self._call is not None:
            return self._call
        settings = self._settings
        effective = settings.options if options is None else check_options(options).over(settings.options)
        base = f"{settings.base_url}/accounts/{settings.account_id}"
        call = Call(base, build(settings.credentials(), effective), effective)
        if options is None:
            self._call = call
        return call

    def _tell(
        self, model: str, number: int, began: float, response: Response | None, failure: CfaiError | None
    ) -> None:
        """Tell the log, and who asked for it, of an attempt; nothing that they do may cost the answer."""
        attempt = _attempt_of(model, number, time.monotonic() - began, response, failure)
        _log.debug(
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
            _log.exception("on_attempt raised")


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


def _attempt_of(
    model: str, number: int, elapsed: float, response: Response | None, failure: CfaiError | None
) -> Attempt:
    status = response.status if response is not None else None
    return Attempt(
        model=model,
        number=number,
        status=status,
        error=type(failure).__name__ if failure is not None else None,
        elapsed=elapsed,
        request_id=response.request_id if response is not None else None,
        ray_id=response.ray_id if response is not None else None,
        neurons=neurons_of(None, response) if response is not None else None,
    )


__all__ = ("AsyncClient", "Reply")
