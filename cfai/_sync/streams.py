"""Streams for ordinary code: the asynchronous ones, whose events cross the threads many at once."""

import contextlib
from collections import deque
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from .._core.media_stream import AsyncMediaStream
from .._core.text_stream import AsyncTextStream
from ..errors import ClientClosed, RequestTimeout, StreamIdle
from ..tasks.answers import GatewayFacts, GeneratedText
from ..tasks.answers.events import StreamEvent, TextDelta
from .loop_thread import BUSY, LoopThread

R = TypeVar("R")
E = TypeVar("E")
S = TypeVar("S", bound="AsyncTextStream[Any] | AsyncMediaStream[Any]")
CLOSE_WITHIN = 5.0
"""Seconds that closing a stream waits for the event loop's thread, which may be busy."""


class _SyncStream(Generic[E, S]):
    """What both have in common: *E* is what they give, *S* the stream below."""

    def __init__(self, loop: Any, stream: S) -> None:
        self._loop: LoopThread = loop
        self._stream: S = stream
        self._stream._shown_as = type(self).__name__
        self._ready: deque[E] = deque()

    def __repr__(self) -> str:
        return repr(self._stream)

    @property
    def first_event_after(self) -> float | None:
        """Seconds from the beginning of the call to its first event; None before it."""
        return self._stream.first_event_after

    @property
    def gateway(self) -> GatewayFacts | None:
        """What the AI Gateway reports; None where no gateway was asked for and none reported anything.

        Raises:
            StreamError: The first event is not there yet.
        """
        return self._stream.gateway

    @property
    def events_per_second(self) -> float:
        """How fast events have come, from the first to the last one so far; 0.0 where that is not known yet."""
        return self._stream.events_per_second

    def __enter__(self) -> Self:
        """Send the request, and wait for the first event. Until then the same retries are made as by `run()`.

        Raises:
            InvalidParams: The input can't be sent as it is; nothing was sent.
            ApiError: The service refused.
            TransportError: No usable answer came.
            StreamError: It ended before it began; or this stream was entered before.
        """
        self._loop.wait(lambda: self._stream.__aenter__(), self._stream._seconds("timeout"))
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        """Hang up, unless the answer is over."""
        self.close()

    def close(self) -> None:
        """Hang up, unless the answer is over: then its connection is kept for the next call."""
        self._ready.clear()
        with contextlib.suppress(ClientClosed, RequestTimeout):  # both have hung up
            self._loop.wait(lambda: self._stream.aclose(), CLOSE_WITHIN, hang_up=self._stream._hang_up)

    def __iter__(self) -> Self:
        """Return the stream itself."""
        return self

    def __next__(self) -> E:
        """Give the next event.

        Raises:
            StreamError: The answer broke off; `partial` is what had come.
            ApiError: The service said no in the middle of it; `partial` is there too.
        """
        if not self._ready:
            batch: Callable[[], Any] = self._stream._batch
            idle = self._stream._seconds("idle_timeout")
            try:
                # all that are there cross the threads at once
                self._ready.extend(self._loop.wait(batch, idle, renews=True, hang_up=self._stream._hang_up))
            except RequestTimeout:
                late = StreamIdle(f"nothing came within idle_timeout={idle or 0:g} s: {BUSY}")
                late.partial = self._stream.partial
                raise late from None
            except ClientClosed as closed:  # which need not have come from the stream itself
                closed.partial = self._stream.partial
                raise
            if not self._ready:
                raise StopIteration
        return self._ready.popleft()


class TextStream(_SyncStream[StreamEvent, AsyncTextStream[R]], Generic[R]):
    """A text while it is written: an iterator of events, the last of which is the one `Finish`.

    Use it with `with`, which sends the request; leaving the block hangs up.
    """

    @property
    def partial(self) -> GeneratedText:
        """What has come so far, at any moment. Until the end each tool call in it has an `error`."""
        return self._stream.partial

    @property
    def result(self) -> R:
        """The whole answer, as `run()` gives it.

        Raises:
            StreamError: The stream is not over, or has failed.
        """
        return self._stream.result

    def texts(self) -> Iterator[str]:
        """Give the text alone, piece by piece."""
        return (event.text for event in self if isinstance(event, TextDelta))


class MediaStream(_SyncStream[bytes, AsyncMediaStream[R]], Generic[R]):
    """A sound or a picture while it is made: an iterator of its bytes.

    Use it with `with`, which sends the request; leaving the block hangs up.
    """

    @property
    def media_type(self) -> str:
        """What it is: read from the first bytes, else from the header; empty before they have come."""
        return self._stream.media_type

    @property
    def partial(self) -> bytes:
        """What has come so far, at any moment."""
        return self._stream.partial

    @property
    def result(self) -> R:
        """The whole medium, as `run()` gives it.

        Raises:
            StreamError: The stream is not over, or has failed.
        """
        return self._stream.result


def synchronous(loop: LoopThread, stream: Any) -> Any:
    """Give *stream* to ordinary code, its loop being *loop*."""
    return MediaStream(loop, stream) if isinstance(stream, AsyncMediaStream) else TextStream(loop, stream)
