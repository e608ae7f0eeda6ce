"""The thread that runs the loop of a synchronous client, and the way into it."""

import asyncio
import contextlib
import os
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
from anyio.abc import TaskGroup

from .._http.asyncio_internals import SturdyLoop
from .._http.handover import Handover
from .._http.worker_threads import block_signals
from ..errors import ClientClosed
from . import anyio_internals

START_WITHIN = 5.0
"""Seconds that a new thread has to run its loop."""
_LOOK_EVERY = 0.05
"""Seconds between two looks whether it runs."""

_farewells: set["asyncio.Task[None]"] = set()
"""Loops keep weak references to their tasks only."""


class RunningLoop:
    """A thread that runs a loop, and the way into it."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.thread = threading.Thread(target=self._main, name="cfai", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: TaskGroup | None = None
        self._end: Any = None
        self._ready = threading.Lock()
        self._ready.acquire()
        self.is_ready = False
        """Whether its loop runs, or has failed to."""
        self._failure: BaseException | None = None
        self._given_up = False

    def start(self) -> str | None:
        """Start the thread; return why that can't be done."""
        if sys.is_finalizing():  # Python's own start would wait for ever
            return "the interpreter is about to exit"
        try:
            self.thread.start()
        except RuntimeError as failure:
            return f"{failure}{patched_threads()}"
        return None

    def begin(self, within: float | None = None) -> str | None:
        """Wait until the loop runs, so many seconds at most; return why it does not. Any number of threads may wait."""
        within = START_WITHIN if within is None else min(within, START_WITHIN)
        until = time.monotonic() + within
        while not self.is_ready:
            left = until - time.monotonic()
            if left <= 0:
                return f"its thread did not begin within {within:g} s{patched_threads()}"
            # A signal may raise before the lock is given back, so that others wait in vain for it.
            if self._ready.acquire(timeout=min(left, _LOOK_EVERY)):
                self._ready.release()
        failed = self._failure
        return None if failed is None else f"{type(failed).__name__}: {failed}{patched_threads()}"

    def give_up(self) -> None:
        """End the thread as soon as it has begun."""
        self._given_up = True
        self.call_soon(self._cancel)

    @property
    def is_here(self) -> bool:
        """Whether this is the thread of the loop."""
        return self.thread.ident == threading.get_ident()

    def submit(self, handover: Handover) -> bool:
        """Have the loop serve *handover*; return False where the loop has ended."""
        return self.call_soon(self._serve, handover)

    def stop(self, last: Callable[[], Awaitable[None]]) -> bool:
        """Have the loop do *last* and end; return False where it has ended."""
        return self.call_soon(self._stop, last)

    def call_soon(self, callback: Callable[..., object], *args: Any) -> bool:
        """Have the loop call *callback*; return False where the loop has ended."""
        if self._loop is None:
            return False
        try:
            self._loop.call_soon_threadsafe(callback, *args)
        except RuntimeError:  # it is closed
            return False
        return True

    # -- in the thread of the loop

    def _main(self) -> None:
        try:
            block_signals()
            anyio_internals.run(self._run, SturdyLoop)
        except BaseException as failure:
            if self._tasks is not None:
                raise  # by what ended a loop that ran
            self._failure, self.is_ready = failure, True
            self._ready.release()

    async def _run(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), anyio.Event()
        async with anyio.create_task_group() as tasks:
            self._tasks, self.is_ready = tasks, True
            self._ready.release()
            if not self._given_up:
                await self._end.wait()
            tasks.cancel_scope.cancel()

    def _serve(self, handover: Handover) -> None:
        if self._tasks is not None and not self._end.is_set():
            self._tasks.start_soon(handover.serve)
        else:
            handover.end(ClientClosed("the client was closed while the call ran"))

    def _stop(self, last: Callable[[], Awaitable[None]]) -> None:
        task = asyncio.get_running_loop().create_task(self._last(last))
        _farewells.add(task)
        task.add_done_callback(_farewells.discard)

    async def _last(self, last: Callable[[], Awaitable[None]]) -> None:
        try:
            await last()
        finally:
            self._cancel()

    def _cancel(self) -> None:
        self._end.set()


def patched_threads() -> str:
    """Name a library that has put its own threads into the place of Python's."""
    gevent, eventlet = sys.modules.get("gevent.monkey"), sys.modules.get("eventlet.patcher")
    with contextlib.suppress(Exception):
        if gevent is not None and gevent.is_module_patched("threading"):
            return "; gevent has patched this program's threads: call its monkey.patch_all() before all other imports"
        if eventlet is not None and eventlet.is_monkey_patched("thread"):
            return "; eventlet has patched this program's threads: call its monkey_patch() before all other imports"
    return ""
