"""One event loop in one daemon thread, started by the first call: what the synchronous client runs on.

anyio's own blocking portal hangs at exit where nobody closes it, hangs in a forked child, waits for a busy loop before
it has even started a call, and lets a call run on after Ctrl-C. So the loop and its tasks are anyio's, and the way to
them is ours. Nothing here waits for the loop's thread without a limit: it may be busy with somebody's callback, gone
after a fork, or impossible to start.

A signal may raise an exception between any two instructions of the caller. So the caller's thread takes no lock that
is written in Python, such as that of `threading.Event` or of a `concurrent.futures.Future`: an exception in the middle
of one would leave it locked, and whoever needs it next would wait for ever.
"""

import asyncio
import os
import threading
import time
import weakref
from collections.abc import Awaitable, Callable
from concurrent.futures import CancelledError
from typing import Any, TypeVar

from .._fork import forget_in_child, notice_fork
from .._http.handover import Handover
from ..errors import ClientClosed, RequestTimeout, TransportError
from .running_loop import START_WITHIN, RunningLoop

R = TypeVar("R")
_STOP_WITHIN = 5.0
"""Seconds that a stop waits for its thread, and the end of the interpreter for those of all clients together."""
_GRACE = 0.2
"""Seconds by which the loop's own time limits go first: they know better what the call was waiting for."""

BUSY = (
    "the thread of the client's event loop is busy with something else, such as a callback, a log handler or an "
    "iterable that blocks"
)


class LoopThread:
    """A running loop for one client and the copies that `with_options()` made of it."""

    def __init__(self, on_stop: Callable[[], Awaitable[None]]) -> None:
        self._on_stop = on_stop
        self._lock = threading.RLock()  # a signal's handler, or a finaliser, may call in the middle of a call
        self._running: RunningLoop | None = None
        self._stop: weakref.finalize[Any, Any] | None = None
        self._waiting: set[Handover] = set()
        self._dead: list[Any] = []
        self.closed = self._ended_at_exit = False
        forget_in_child(self)

    def wait(
        self,
        call: Callable[[], Awaitable[R]],
        within: float | None = None,
        *,
        renews: bool = False,
        hang_up: Callable[[], None] | None = None,
    ) -> R:
        """Run *call* in the loop and wait for its result. Ctrl-C ends the call too, at whatever moment it comes.

        Args:
            call: Makes the coroutine, in the loop's thread.
            within: Seconds that the call limits itself to. If its loop has not ended it then, it is given up here.
            renews: Whether the call may begin its limit anew, as each byte of a stream does: then it is given up only
                where the loop's thread does nothing any more.
            hang_up: Closes a connection that was opened before this call, where the call is given up.

        Raises:
            RequestTimeout: The loop's thread was too busy to end the call in time.
            TransportError: The loop's thread can't be started.
        """
        handover = Handover(call)
        try:
            self._hand_over(handover, within)
            while not handover.wait(None if within is None else within + _GRACE):
                if not renews or not self._is_responsive():
                    raise _too_late(handover, within)  # noqa: TRY301  # it has to be given up like any other
        except BaseException:
            handover.give_up()
            if hang_up is not None:
                hang_up()
            raise
        finally:
            self._waiting.discard(handover)
        return self._outcome(handover)  # type: ignore[no-any-return]

    def _is_responsive(self) -> bool:
        """Return whether the loop's thread does anything within a moment."""
        running, answered = self._running, threading.Lock()
        answered.acquire()
        return running is not None and running.call_soon(answered.release) and answered.acquire(timeout=_GRACE)

    def _outcome(self, handover: Handover) -> Any:
        result, failure = handover.take()
        try:
            if failure is None:
                return result
            if not isinstance(failure, asyncio.CancelledError):
                raise failure
        finally:
            failure = None  # it holds this frame, which would hold it
        if self.closed:
            raise ClientClosed("the client was closed while the call ran")
        raise CancelledError

    def close(self) -> None:
        """Stop the loop; what runs in it is told by its client that it was closed."""
        notice_fork()
        with self._lock:
            self.closed = True
            stop, self._running, self._stop = self._stop, None, None
        if stop is not None:
            stop()
        for waiting in tuple(self._waiting):  # the thread was too busy to tell them
            waiting.give_up()  # so that a loop which is free again sends nothing more
            waiting.end(ClientClosed("the client was closed while the call ran"))

    def _hand_over(self, handover: Handover, within: float | None) -> None:
        notice_fork()
        running = self._begun(within)
        # Under the lock, so that no call comes in behind the loop's last task, where nobody would answer it.
        with self._lock:
            self._check_open()
            if running.is_here:
                raise RuntimeError("a call of this client from the thread of its own event loop would wait for itself")
            self._waiting.add(handover)
            if not running.submit(handover):
                raise TransportError("the client's event loop has ended, for the interpreter is about to exit")

    def _check_open(self) -> None:
        if self.closed:
            raise ClientClosed("the client is closed")
        if self._ended_at_exit:
            raise TransportError("the client was closed at the end of the program, before this call")

    def _begun(self, within: float | None) -> "RunningLoop":
        """Return the loop once it runs. No thread holds the lock while it waits for that: each has its own limit."""
        with self._lock:
            self._check_open()
            running = self._running
            if running is None or not running.thread.is_alive():
                running = self._start()
        failure = running.begin(None if within is None else within + _GRACE)
        if failure is None:
            return running
        if within is not None and within + _GRACE < START_WITHIN and not running.is_ready:  # others may wait on
            raise RequestTimeout(f"the client's event loop did not begin within timeout={within:g} s")
        self._give_up(running)
        raise TransportError(f"the client's event loop can't be started: {failure}")

    def _start(self) -> "RunningLoop":
        running = RunningLoop()
        failure = running.start()
        if failure is not None:
            raise TransportError(f"the client's event loop can't be started: {failure}")
        self._running = running
        self._stop = weakref.finalize(self, _stop, running, self._on_stop)
        self._stop.atexit = False  # `stop_all` does it, within one limit for all
        _all.add(self)
        return running

    def _give_up(self, running: "RunningLoop") -> None:
        """End a loop that did not begin in time."""
        running.give_up()
        with self._lock:
            if self._running is running and self._stop is not None:
                self._stop.detach()
                self._running = self._stop = None

    def forget(self) -> None:
        """Begin anew in a forked child, where the thread is gone.

        What belonged to the parent stays referenced: to collect it would wait for that thread, for ever.
        """
        self._dead.append((self._running, self._stop, self._waiting))
        if self._stop is not None:
            self._stop.detach()
        self._running = self._stop = None
        self._waiting = set()
        self._lock = threading.RLock()  # another thread may have held it at the fork


def _too_late(handover: Handover, within: float | None) -> RequestTimeout:
    failure = RequestTimeout(f"no answer within timeout={within or 0:g} s: {BUSY}")
    failure.sent = handover.sent
    return failure


_all: weakref.WeakSet[LoopThread] = weakref.WeakSet()


def stop_all() -> None:
    """Stop all loops at the end of the interpreter: all are told first, and share one limit of time.

    `import cfai` registers this, so that what a program registers after it may still make calls.
    """
    until = time.monotonic() + _STOP_WITHIN
    ending = [loop for loop in tuple(_all) if loop._stop is not None]
    for loop in ending:
        loop._ended_at_exit = True
    stops = [loop._stop for loop in ending if loop._stop is not None]
    found = [detached for stop in stops if (detached := stop.detach()) is not None]
    told = [_tell(running, last) for _, _, (running, last), _ in found]
    for thread in filter(None, told):
        thread.join(max(0.0, until - time.monotonic()))


def _stop(running: RunningLoop, last: Callable[[], Awaitable[None]]) -> None:
    thread = _tell(running, last)
    if thread is not None:
        thread.join(_STOP_WITHIN)


def _tell(running: RunningLoop, last: Callable[[], Awaitable[None]]) -> threading.Thread | None:
    """Have the loop close what is in it and end; return its thread, unless there is nothing to wait for."""
    if running.pid != os.getpid():  # a forked child has no such thread
        return None
    told = running.stop(last)
    return running.thread if told and not running.is_here else None  # the collector may run in the loop's own thread
