"""A call of the synchronous client on its way between two threads: the caller's, and that of the event loop.

A signal may raise an exception in the caller between any two instructions. So the handover is made before anything
can be sent; giving it up works at each moment and needs no answer of the loop's thread, which may be busy.
"""

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any, Protocol

FOREVER = threading.TIMEOUT_MAX


class Sends(Protocol):
    """One attempt to send a request, as the connections know it."""

    @property
    def sent(self) -> bool: ...
    def hang_up(self) -> None: ...


class Handover:
    """One call, and its result once there is one."""

    __slots__ = ("_call", "_done", "_loop", "_sending", "_task", "failure", "given_up", "result")

    def __init__(self, call: Callable[[], Awaitable[Any]]) -> None:
        self._call: Callable[[], Awaitable[Any]] | None = call
        self._done = threading.Lock()
        self._done.acquire()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[Any] | None = None
        self._sending: Sends | None = None
        self.given_up = False
        self.result: Any = None
        self.failure: BaseException | None = None

    # -- in the caller's thread

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the end of the call; return whether it came within so many seconds."""
        return self._done.acquire(timeout=FOREVER if seconds is None else min(seconds, FOREVER))

    def give_up(self) -> None:
        """Take the call back if nothing was sent yet; else hang up at once, from this thread, and cancel it."""
        self.given_up = True  # first: whatever the loop does from here on, it sends nothing more
        sending, loop, task = self._sending, self._loop, self._task
        if sending is not None:
            sending.hang_up()
        if task is not None and loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended, and the call with it
                loop.call_soon_threadsafe(task.cancel)

    def take(self) -> tuple[Any, BaseException | None]:
        """Return the result, or what the call ended with, and keep neither."""
        ended = self.result, self.failure
        self.result = self.failure = None
        return ended

    @property
    def sent(self) -> bool:
        """Whether the server can have had the request."""
        return self._sending is not None and self._sending.sent

    # -- in the loop's thread

    async def serve(self) -> None:
        """Run the call. What it ends with is kept for the caller, SystemExit too: it must not end the loop."""
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        # What the call leaves behind in the loop, such as a timer, holds its context and so this: it must hold nothing.
        call, self._call = self._call, None
        try:
            if call is not None and not self.given_up:
                _current.set(self)
                self.result = await call()
        except BaseException as failure:
            self.failure = failure
        finally:
            self._task = call = None  # before the caller goes on, who may look at what is still referenced
            self.end()

    def end(self, failure: BaseException | None = None) -> None:
        """Wake the caller; with *failure*, although the loop's thread has not."""
        self.failure = failure or self.failure
        with contextlib.suppress(RuntimeError):  # it was awake already
            self._done.release()

    def sends_on(self, sending: Sends) -> None:
        """Note which connection the request is about to be written to.

        Raises:
            CancelledError: The caller gave up meanwhile.
        """
        self._sending = sending
        if self.given_up:
            raise asyncio.CancelledError


_current: ContextVar[Handover | None] = ContextVar("cfai_handover", default=None)
current_handover = _current.get
"""The handover that the running task serves; None in the asynchronous client."""
