"""One call as a value, and its attempts as an asynchronous iterator."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol, Self

from .. import _logs
from .._http.resolved_options import ResolvedOptions
from .._wire.answer.decode import neurons_of
from .._wire.http_values import Response
from ..errors import CfaiError, ConfigError, InvalidParams, RequestTimeout
from ..observers import Attempt
from ..options import Retry
from .retry import RetryBudget, outcome_of, wait_before_next
from .watch import Watch


class Gate(Protocol):
    """What an attempt has to pass before it is made: a limit of the rate, a budget."""

    async def admit(self, call: "Call") -> None:
        """Wait until the next attempt of *call* may be made, which counts against its `timeout`; or raise."""


class Call:
    """One call: what is sent, with which options, since when, and what failed before."""

    __slots__ = ("deadline", "earlier", "options", "request", "retry", "started", "watch")

    def __init__(self, request: Any, options: ResolvedOptions, retry: Retry, watch: Watch | None = None) -> None:
        self.request = request
        self.options = options
        self.retry = retry
        self.watch = watch
        """Its observers; None where nobody watches."""
        self.started = time.monotonic()
        self.deadline = None if options.timeout is None else self.started + options.timeout
        """When the last attempt has to be over, by `time.monotonic()`; None where there is no limit."""
        self.earlier: list[CfaiError] = []
        """The errors of the attempts before the running one."""

    def ended(self, result: Any = None, error: BaseException | None = None) -> None:
        """Tell the observers how it ended."""
        if self.watch is not None:
            self.watch.call_ended(result, error)


class Attempts:
    """The attempts of a call: an asynchronous iterator that waits between them, and has no end of its own.

    What makes an attempt says how it ended: by `succeeded`, and leaves the loop; or by `failed`, and goes on with the
    loop or raises the error.
    """

    __slots__ = ("_budget", "_gates", "_pause", "_wait", "began", "call", "number")

    def __init__(
        self,
        call: Call,
        pause: Callable[[float], Awaitable[None]],
        budget: RetryBudget,
        gates: Sequence[Gate] = (),
    ) -> None:
        self.call = call
        self.number = 0
        """The number of the running attempt; 1 for the first one."""
        self.began = call.started
        """When it began, by `time.monotonic()`."""
        self._pause = pause
        self._budget = budget
        self._gates = gates
        self._wait = 0.0

    @property
    def elapsed(self) -> float:
        """Seconds since the running attempt began."""
        return time.monotonic() - self.began

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Self:
        if self._wait:
            await self._pause(self._wait)
        if self._gates:
            await self._admitted()
        self.number += 1
        self.began = time.monotonic()
        if self.call.watch is not None:
            self.call.watch.attempt_started(self.number)
        return self

    async def _admitted(self) -> None:
        call = self.call
        limit = asyncio.timeout(None if call.deadline is None else call.deadline - time.monotonic())
        try:
            async with limit:
                for gate in self._gates:
                    await gate.admit(call)
        except TimeoutError:
            if not limit.expired():
                raise
        else:
            return
        raise RequestTimeout(
            f"timeout={call.options.timeout or 0:g} s ran out before the request was sent [model {call.request.name}]"
        )

    def succeeded(self, response: Response) -> None:
        """Note that the running attempt brought an answer."""
        self._budget.pay_back()
        if self.call.watch is not None:
            self.call.watch.attempt_ended(self._record(response, None), response)

    def failed(self, failure: CfaiError, response: Response | None = None) -> bool:
        """Note what the running attempt failed with.

        Returns:
            Whether another attempt follows; if not, the caller raises *failure*.
        """
        call = self.call
        if isinstance(failure, (ConfigError, InvalidParams)):
            return self._is_refused(failure, response)
        failure.attempts = self.number
        call.options.mask.hide_in(failure, b"" if response is None else response.body)
        self._tell(response, failure)
        wait = self._wait_before_next(failure)
        if wait is None:
            _tell_of_earlier(failure, call.earlier)
            return False
        self._wait = wait
        call.earlier.append(failure.with_traceback(None))
        return True

    def _is_refused(self, failure: CfaiError, response: Response | None) -> bool:
        """Note an error of the user's, which no further attempt cures: of a file, it may have been there before."""
        if failure.attempts:  # else it was not sent
            failure.attempts = self.number
            self._tell(response, failure)
        if isinstance(failure, InvalidParams):
            failure.attempts = failure.attempts or len(self.call.earlier)
            _tell_of_earlier(failure, self.call.earlier)
        return False

    def _wait_before_next(self, failure: CfaiError) -> float | None:
        call = self.call
        wait = wait_before_next(
            call.retry,
            self.number,
            outcome_of(failure),
            retry_after=getattr(failure, "retry_after", None),
            now=time.monotonic(),
            deadline=call.deadline,
            random=random.random,
        )
        if wait is None or call.request.once:
            return None
        name = call.request.name
        if not self._budget.take():
            _logs.warning("%s: %s, and no retry: too many were needed lately", name, short(failure))
            return None
        _logs.warning("%s: %s, attempt %d in %.2f s", name, short(failure), self.number + 1, wait)
        return wait

    def _tell(self, response: Response | None, failure: CfaiError) -> None:
        if self.call.watch is not None:
            self.call.watch.attempt_ended(self._record(response, failure), None)

    def _record(self, response: Response | None, failure: CfaiError | None) -> Attempt:
        mask = self.call.options.mask
        request_id, ray_id = (None, None) if response is None else (response.request_id, response.ray_id)
        return Attempt(
            model=self.call.request.model,
            number=self.number,
            status=None if response is None else response.status,
            error=None if failure is None else type(failure).__name__,
            elapsed=self.elapsed,
            request_id=mask(request_id) if request_id else None,
            ray_id=mask(ray_id) if ray_id else None,
            neurons=None if response is None else neurons_of(None, response),
        )


def short(failure: CfaiError) -> str:
    """Name a failure without any word of the service's or the user's."""
    status, code = getattr(failure, "status", ""), getattr(failure, "code", None)
    code = code if type(code) is int else None  # a text is the service's word
    return f"{type(failure).__name__} {status} {code or ''}".rstrip()


def _tell_of_earlier(failure: CfaiError, earlier: list[CfaiError]) -> None:
    """Let the error that a call ends with tell of those before it."""
    if earlier:
        failure.earlier = earlier
        line = f"{failure} (attempt {len(earlier) + 1}; before it: {', '.join(map(short, earlier))})"
        failure.args = (line, *failure.args[1:])
