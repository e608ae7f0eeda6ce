"""Observers: what is told of each call, its attempts and its end."""

from collections.abc import Callable
from typing import Any

from attrs import frozen

from .usage import Usage


@frozen(repr=False, eq=False)
class CallInfo:
    """One call, as observers are told of it: no header, no token. It is equal to itself alone, and may be a key."""

    model: str
    """The model that is asked."""
    task: str | None
    """Its task by the API's own name, such as "Text Generation"; None of a model that this release does not know."""
    params: Any
    """The params or the mapping, as the user made them."""
    stream: bool
    """Whether the answer is read as a stream."""
    started: float
    """When it began: seconds since the epoch, as `time.time()` gives them."""

    def __repr__(self) -> str:  # the params may hold anybody's words
        return f"CallInfo(model={self.model!r}, task={self.task!r}, stream={self.stream!r}, started={self.started!r})"


@frozen
class Attempt:
    """One attempt of a call, as `on_attempt` and observers are told of it. No content and no secret is in it."""

    model: str
    """The model that was asked."""
    number: int
    """1 for the first attempt."""
    status: int | None
    """The HTTP status; None where no answer came."""
    error: str | None
    """The name of the error's class; None where there was none."""
    elapsed: float
    """Seconds that the attempt took."""
    request_id: str | None
    """`cf-ai-req-id`."""
    ray_id: str | None
    """`cf-ray`."""
    neurons: float | None
    """What the attempt cost, from `cf-ai-neurons`, where the service says."""


@frozen(kw_only=True, repr=False)
class CallOutcome:
    """How a call ended. Of a stream that was left before its end, both `result` and `error` are None."""

    result: Any = None
    """The answer; None where there is none."""
    error: BaseException | None = None
    """What the call raised: a `CfaiError`, a cancellation, or what an observer or an iterable raised."""
    usage: Usage | None = None
    """Tokens, where the answer says."""
    neurons: float | None = None
    """What the last attempt cost, where the service says."""
    status: int | None = None
    """The HTTP status of the last attempt; None where no answer came."""
    request_id: str | None = None
    """`cf-ai-req-id` of the last attempt."""
    attempts: int = 0
    """How many times the request was sent."""
    first_event_after: float | None = None
    """Of a stream: seconds from the beginning of the call to its first event; None before it."""
    elapsed: float = 0.0
    """Seconds from the beginning of the call to its end."""

    def __repr__(self) -> str:  # the answer may hold anybody's words
        error = None if self.error is None else type(self.error).__name__
        return f"CallOutcome(error={error}, status={self.status}, attempts={self.attempts}, elapsed={self.elapsed:.3f})"


__all__ = ("Attempt", "CallInfo", "CallOutcome", "Observer")


class Observer:
    """Base class of observers, whose methods do nothing: override those that you need.

    Pass instances as `observers=[...]` to a client. The methods are plain functions, which run in the client's event
    loop and in the context (`contextvars`) of the caller. They should not block. An exception that one of them raises
    is logged, and changes nothing.
    """

    def call_started(self, call: CallInfo) -> None:
        """Note that *call* begins; nothing is sent yet."""

    def attempt_started(self, call: CallInfo, number: int) -> None:
        """Note that an attempt begins; the first one has the *number* 1."""

    def attempt_ended(self, call: CallInfo, attempt: Attempt) -> None:
        """Note that an *attempt* ended; one of a stream ends with its first event."""

    def call_ended(self, call: CallInfo, outcome: CallOutcome) -> None:
        """Note how *call* ended; one of a stream ends when its last event is there, it fails, or it is left."""


class OnAttempt(Observer):
    """The callback `on_attempt` of a client, as an observer."""

    def __init__(self, callback: Callable[[Attempt], object]) -> None:
        self._callback = callback

    def attempt_ended(self, call: CallInfo, attempt: Attempt) -> None:
        """Call it."""
        self._callback(attempt)
