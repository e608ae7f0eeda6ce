"""What observers are told of one call; nothing that they do may cost the answer."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from .. import _catalogue, _logs
from .._wire.answer.decode import neurons_of, raw_of
from .._wire.http_values import Response
from .._wire.text.usage import usage_of
from ..observers import Attempt, CallInfo, CallOutcome, Observer, OnAttempt


class Watch:
    """The observers of one call, and what has to be remembered for its end."""

    __slots__ = ("_call", "_ended", "_last", "_observers", "_response", "_started", "first_event_after")

    def __init__(self, observers: Sequence[Observer], model: object, params: object, *, stream: bool) -> None:
        self._observers = observers
        self._started = time.monotonic()
        self._ended = False
        self._last: Attempt | None = None
        self._response: Response | None = None
        """The good answer; never a refusal, which may repeat a secret."""
        self.first_event_after: float | None = None
        task = _catalogue.task_of(model) if isinstance(model, str) else None
        self._call = CallInfo(str(model), task, params, stream, time.time())
        self._tell(lambda observer: observer.call_started(self._call))

    def attempt_started(self, number: int) -> None:
        """Tell that an attempt begins."""
        self._tell(lambda observer: observer.attempt_started(self._call, number))

    def attempt_ended(self, attempt: Attempt, response: Response | None) -> None:
        """Tell that an attempt ended; *response* is the answer of a good one."""
        self._last, self._response = attempt, response
        self._tell(lambda observer: observer.attempt_ended(self._call, attempt))

    def call_ended(self, result: Any = None, error: BaseException | None = None) -> None:
        """Tell how the call ended, once."""
        if self._ended:
            return
        self._ended = True
        last, response, usage = self._last, self._response, None
        neurons = None if last is None else last.neurons
        if response is not None and result is not None:
            usage = usage_of(result, None if self._call.stream else raw_of(response))
            neurons = neurons_of(usage, response)
        outcome = CallOutcome(
            result=result,
            error=error,
            usage=usage,
            neurons=neurons,
            status=None if last is None else last.status,
            request_id=None if last is None else last.request_id,
            attempts=0 if last is None else last.number,
            first_event_after=self.first_event_after,
            elapsed=time.monotonic() - self._started,
        )
        self._tell(lambda observer: observer.call_ended(self._call, outcome))

    def _tell(self, tell: Callable[[Observer], object]) -> None:
        for observer in self._observers:
            try:
                tell(observer)
            except Exception:
                name = "on_attempt" if isinstance(observer, OnAttempt) else type(observer).__name__
                _logs.exception("%s raised", name)


class LogObserver(Observer):
    """Writes a line for debugging for each attempt."""

    def attempt_ended(self, call: CallInfo, attempt: Attempt) -> None:
        _logs.debug(
            "%s: %s in %.0f ms, request id %s, ray id %s",
            attempt.model,
            attempt.status or attempt.error,
            attempt.elapsed * 1000,
            attempt.request_id,
            attempt.ray_id,
        )


LOG = LogObserver()
