"""One event loop in one daemon thread, started by the first call: what the synchronous client runs on.

anyio's own `start_blocking_portal()` hangs at exit where nobody closes it, hangs in a forked child, and lets a call run
on after Ctrl-C. So the portal is anyio's, and its thread is ours.
"""

import contextlib
import os
import threading
import weakref
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import Any, TypeVar

import anyio
from anyio.from_thread import BlockingPortal

from .errors import ClientClosed

R = TypeVar("R")
_STOP_WITHIN = 5.0
"""Seconds that a stop waits for its thread: at the end of the interpreter a server that hangs must not hold it up."""


class LoopThread:
    """A running loop for one client and the copies that `with_options()` made of it."""

    def __init__(self, on_stop: Callable[[], Awaitable[None]]) -> None:
        self._on_stop = on_stop
        self._lock = threading.Lock()
        self._portal: BlockingPortal | None = None
        self._stop: weakref.finalize[Any, Any] | None = None
        self._dead: list[Any] = []
        self.closed = False
        _alive.add(self)

    def wait(self, call: Callable[[], Awaitable[R]]) -> R:
        """Run *call* in the loop and wait for its result. Ctrl-C ends the call too."""
        future = self._start().start_task_soon(call)
        try:
            return future.result()
        except BaseException:
            future.cancel()  # does nothing where the call is over
            raise

    def close(self) -> None:
        """Stop the loop; what runs in it is told by its client that it was closed."""
        self.closed = True
        with self._lock:
            stop, self._portal, self._stop = self._stop, None, None
        if stop is not None:
            stop()

    def _start(self) -> BlockingPortal:
        portal = self._portal
        if portal is not None:
            return portal
        with self._lock:
            if self.closed:
                raise ClientClosed("the client is closed")
            if self._portal is None:
                self._portal, thread = _start_thread()
                self._stop = weakref.finalize(self, _stop, os.getpid(), thread, self._portal, self._on_stop)
            return self._portal

    def _forget(self) -> None:
        """Begin anew in a forked child, where the thread is gone.

        What belonged to the parent stays referenced: to collect it would wait for that thread, for ever.
        """
        self._dead.append((self._portal, self._stop))
        if self._stop is not None:
            self._stop.detach()
        self._portal = self._stop = None
        self._lock = threading.Lock()  # another thread may have held it at the fork


_alive: weakref.WeakSet[LoopThread] = weakref.WeakSet()


def _forget_all() -> None:
    for loop in list(_alive):
        loop._forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_all)


def _start_thread() -> tuple[BlockingPortal, threading.Thread]:
    ready: Future[BlockingPortal] = Future()
    thread = threading.Thread(target=_main, args=(ready,), name="cfai", daemon=True)
    thread.start()
    return ready.result(), thread


def _main(ready: "Future[BlockingPortal]") -> None:
    async def serve() -> None:
        async with BlockingPortal() as portal:
            ready.set_result(portal)
            await portal.sleep_until_stopped()

    try:
        anyio.run(serve)
    except BaseException as failure:
        if ready.done():
            raise
        ready.set_exception(failure)


def _stop(pid: int, thread: threading.Thread, portal: BlockingPortal, last: Callable[[], Awaitable[None]]) -> None:
    # A forked child has the portal but not its thread. The collector may also run this on the loop's own thread,
    # which cannot wait for itself.
    if os.getpid() != pid or thread is threading.current_thread() or not thread.is_alive():
        return
    with contextlib.suppress(Exception):
        portal.start_task_soon(_last, portal, last)
        thread.join(_STOP_WITHIN)


async def _last(portal: BlockingPortal, last: Callable[[], Awaitable[None]]) -> None:
    try:
        await last()
    finally:
        await portal.stop(cancel_remaining=True)
