"""Streams: answers that are read while they come.

Each is a class with `__anext__`, and no cancel scope is held between two events: a generator that holds one and is
abandoned cancels whoever runs next (PEP 789).
"""

import time
import warnings
from collections import deque
from types import TracebackType
from typing import Any, Generic, Literal, Protocol, Self, TypeVar, cast

from .._base import Answer
from .._http.response_stream import StreamingResponse
from .._wire.answer.gateway_facts import gateway_facts
from .._wire.http_values import Request, Response
from .._wire.refusal.errors import refusal
from ..errors import CfaiError, StreamError
from ..options import RequestOptions
from ..tasks.answers import GatewayFacts
from .call import Call
from .calls import CallRunner, log_skipped

R = TypeVar("R")
E = TypeVar("E")


class Reader(Protocol):
    """What turns the bytes of an answer into what a stream gives."""

    @property
    def failure(self) -> CfaiError | None: ...
    @failure.setter
    def failure(self, failure: CfaiError | None, /) -> None: ...
    @property
    def over(self) -> bool: ...
    def feed(self, chunk: bytes, /) -> list[Any]: ...
    def end(self) -> list[Any]: ...
    def partial(self) -> Any: ...
    def result(self) -> Any: ...


D = TypeVar("D", bound=Reader)


class Stream(Generic[E, D]):
    """What streams of text and of bytes have in common; *E* is what they give, *D* what reads it."""

    def __init__(self, calls: Any, model: str, params: Any, options: RequestOptions | None) -> None:
        self._calls: CallRunner = calls
        self._shown_as = type(self).__name__
        self._asked = model, params, options
        self._reader: D | None = None
        self._incoming: StreamingResponse | None = None
        self._ready: deque[E] = deque()
        self._entered = False
        self._answered: Response | None = None
        self._call: Call | None = None
        self._attempts = 0
        self._count = 0
        self._first_at = self._last_at = self._began = 0.0

    def __repr__(self) -> str:
        state = "not begun" if self._reader is None else "over" if self._reader.over else "open"
        return f"<{self._shown_as} of {self._asked[0]}, {state}>"

    # -- what can be asked of it

    @property
    def first_event_after(self) -> float | None:
        """Seconds from the beginning of the call to its first event; None before it."""
        return self._first_at - self._began if self._count else None

    @property
    def gateway(self) -> GatewayFacts | None:
        """What the AI Gateway reports; None where no gateway was asked for and none reported anything.

        Raises:
            StreamError: The first event is not there yet.
        """
        if self._answered is None:
            raise StreamError("what the gateway reports is known from the first event of the stream on")
        return gateway_facts(self._answered)

    @property
    def events_per_second(self) -> float:
        """How fast events have come, from the first to the last one so far; 0.0 where that is not known yet."""
        span = self._last_at - self._first_at
        return (self._count - 1) / span if span > 0 else 0.0

    def _seconds(self, limit: Literal["timeout", "idle_timeout"]) -> float | None:
        return self._calls.seconds(limit, self._asked[2])

    def _hang_up(self) -> None:
        """End the connection at once, from any thread."""
        incoming = self._incoming
        if incoming is not None:
            incoming.hang_up()

    # -- its life

    async def __aenter__(self) -> Self:
        """Send the request, and wait for the first event. Until then the same retries are made as by `run()`.

        Raises:
            InvalidParams: The input can't be sent as it is; nothing was sent.
            ApiError: The service refused.
            TransportError: No usable answer came.
            StreamError: It ended before it began; or this stream was entered before.
        """
        if self._entered:
            raise StreamError("a stream is read once: call stream() again for another one")
        self._entered = True
        self._began = time.monotonic()
        call = self._call = self._calls.begin(*self._asked, stream=True)
        try:
            async for attempt in self._calls.attempts(call):
                response: Response | None = None
                try:
                    response, incoming = await self._calls.open(call, attempt)
                    await self._begin(call.request, response, incoming)
                except CfaiError as failure:
                    follows = attempt.failed(failure, response)
                    response = incoming = None  # what came may repeat a secret, and so may the frames below
                    failure.__traceback__ = None
                    if not follows:
                        raise
                else:
                    attempt.succeeded(response)
                    self._note_end()
                    return self
        except BaseException as failure:
            call.ended(error=failure)
            raise
        raise NotImplementedError  # attempts go on until one of them ends the call

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        """Hang up, unless the answer is over."""
        await self.aclose()

    async def aclose(self) -> None:
        """Hang up, unless the answer is over: then its connection is kept for the next call."""
        incoming, self._incoming = self._incoming, None
        self._ready.clear()
        self._end()
        if incoming is None:
            return
        if self._reader is not None and self._reader.over:
            await incoming.finish()
        incoming.close()

    def __del__(self) -> None:
        """Hang up, and say that this should have been done before."""
        incoming = getattr(self, "_incoming", None)
        if incoming is None or incoming.closed:
            return
        incoming.abandon()
        said = f"a {self._shown_as} was dropped while it was open: use it with `with`"
        warnings.warn(said, ResourceWarning, stacklevel=2, source=self)

    # -- its events

    def __aiter__(self) -> Self:
        """Return the stream itself."""
        return self

    async def __anext__(self) -> E:
        """Give the next event.

        Raises:
            StreamError: The answer broke off; `partial` is what had come.
            ApiError: The service said no in the middle of it; `partial` is there too.
        """
        while not self._ready:
            await self._more()
        return self._ready.popleft()

    async def _batch(self) -> list[E]:
        """Give all events that are there; wait where there is none. Empty at the end."""
        try:
            while not self._ready:
                await self._more()
        except StopAsyncIteration:
            return []
        events = list(self._ready)
        self._ready.clear()
        return events

    async def _more(self) -> None:
        """Wait for more, or raise what ends the stream."""
        reader = self._begun()
        if reader.failure is not None:
            del reader  # it holds what was sent
            raise self._ended_by()
        if self._incoming is None or reader.over:
            await self.aclose()
            if not reader.over:  # a loop in another task must not take this for the end
                failure = StreamError("the stream was left before its end")
                failure.partial = reader.partial()
                failure.attempts = self._attempts
                raise failure
            raise StopAsyncIteration
        try:
            data = await self._incoming.read()
        except CfaiError as broken:
            reader.failure = broken
            broken.partial = reader.partial()
            self._ended_by()
            raise
        except BaseException as broken:
            self._end(error=broken)
            raise
        self._take(reader.feed(data) if data else reader.end())
        self._note_end()

    def _ended_by(self) -> CfaiError:
        """Close the connection, and return the reader's failure without frames: they may hold what repeats a secret."""
        failure = cast("CfaiError", self._begun().failure)
        if self._incoming is not None:
            self._incoming.close()
        self._incoming = None
        failure.attempts = self._attempts
        self._calls.resolved(self._asked[2]).mask.hide_in(failure)
        failure.__traceback__ = None
        self._end(error=failure)
        return failure

    def _end(self, result: Any = None, error: BaseException | None = None) -> None:
        """Tell the observers how the call ended, if it has not been told yet."""
        if self._call is not None and self._entered:
            watch = self._call.watch
            if watch is not None:
                watch.first_event_after = self.first_event_after
            self._call.ended(result, error)

    def _begun(self) -> D:
        if self._reader is None:
            raise StreamError("a stream is entered before it is read, by `async with`, of a sync client by `with`")
        return self._reader

    def _take(self, events: list[E]) -> None:
        if not events:
            return
        self._last_at = time.monotonic()
        if not self._count:
            self._first_at = self._last_at
        self._count += len(events)
        self._ready.extend(events)

    # -- its beginning

    async def _begin(self, request: Request, response: Response, incoming: StreamingResponse | None) -> None:
        """Read an answer up to its first event, or raise what it fails with before."""
        if incoming is None:
            raise refusal(response, request.model, self._calls.account_id)
        self._attempts = response.attempts
        self._reader = self._reader_of(request, response)
        try:
            await self._read_first(incoming)
            self._answered = response
        except BaseException:
            incoming.close()  # at once, and not when the collector comes
            self._reader = None
            self._ready.clear()
            self._count = 0
            raise

    def _note_end(self) -> None:
        """Once the answer is whole, log what of it was not usable, and tell the observers."""
        reader = self._begun()
        if reader.over:
            answer = reader.result()
            if isinstance(answer, Answer):  # a user's own class lists nothing
                log_skipped(self._asked[0], answer.skipped)
            self._end(answer)

    async def _read_first(self, incoming: StreamingResponse) -> None:
        reader = self._begun()
        while not self._ready and not reader.over:
            data = await incoming.read()
            self._take(reader.feed(data) if data else reader.end())
            if reader.failure is not None and not self._ready:
                raise reader.failure
        incoming.begun = True
        self._incoming = incoming

    def _reader_of(self, request: Request, response: Response) -> D:
        raise NotImplementedError
