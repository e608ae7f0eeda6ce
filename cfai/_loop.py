"""One event loop in one daemon thread, started by the first call: what the synchronous client runs on.

anyio's own `start_blocking_portal()` hangs at exit where nobody closes it, hangs in a forked child, and lets a call run
on after Ctrl-C. So the portal is anyio's, and its thread is ours.
"""

import asyncio
import contextlib
import importlib
import threading
import weakref
from collections.abc import Awaitable, Callable
from concurrent.futures import CancelledError, Future
from typing import Any, TypeVar, cast

import anyio
from anyio.from_thread import BlockingPortal

from ._fork import forget_in_child
from .errors import ClientClosed

with contextlib.suppress(ImportError):  # a private name, and all that its absence costs is an import in the first call
    importlib.import_module("anyio._backends._asyncio")

R = TypeVar("R")
_STOP_WITHIN = 5.0
"""Seconds that a stop waits for its thread: at the end of the interpreter a server that hangs must not hold it up."""


class LoopThread:
    """A running loop for one client and the copies that `with_options()` made of it."""

    def __init__(self, on_stop: Callable[[], Awaitable[None]]) -> None:
        self._on_stop = on_stop
        self._lock = threading.RLock()  # a signal's handler, or a finaliser, may call in the middle of a call
        self._portal: BlockingPortal | None = None
        self._stop: weakref.finalize[Any, Any] | None = None
        self._dead: list[Any] = []
        self.closed = False
        forget_in_child(self)

    def wait(self, call: Callable[[], Awaitable[R]]) -> R:
        """Run *call* in the loop and wait for its result. Ctrl-C ends the call too."""
        future = self._submit(call)
        try:
            return future.result()
        except CancelledError:
            if not self.closed:
                raise
        except BaseException:
            future.cancel()  # does nothing where the call is over
            raise
        raise ClientClosed("the client was closed while the call ran")

    def close(self) -> None:
        """Stop the loop; what runs in it is told by its client that it was closed."""
        with self._lock:
            self.closed = True
            stop, self._portal, self._stop = self._stop, None, None
        if stop is not None:
            stop()

    def _submit(self, call: Callable[[], Awaitable[R]]) -> Future[R]:
        # Under the lock, so that no call comes in behind the loop's last task, where nobody would answer it.
        with self._lock:
            if self.closed:
                raise ClientClosed("the client is closed")
            if self._portal is None:
                self._portal, thread = _start_thread()
                self._stop = weakref.finalize(self, _stop, thread, self._portal, self._on_stop)
            return self._portal.start_task_soon(call)

    def forget(self) -> None:
        """Begin anew in a forked child, where the thread is gone.

        What belonged to the parent stays referenced: to collect it would wait for that thread, for ever.
        """
        self._dead.append((self._portal, self._stop))
        if self._stop is not None:
            self._stop.detach()
        self._portal = self._stop = None
        self._lock = threading.RLock()  # another thread may have held it at the fork


def _start_thread() -> tuple[BlockingPortal, threading.Thread]:
    ready: Future[BlockingPortal] = Future()
    thread = threading.Thread(target=_main, args=(ready,), name="cfai", daemon=True)
    thread.start()
    return ready.result(), thread


def _main(ready: "Future[BlockingPortal]") -> None:
    served = False

    async def serve() -> None:
        nonlocal served
        async with BlockingPortal() as portal:
            ready.set_result(portal)
            await portal.sleep_until_stopped()
        served = True

    try:
        anyio.run(serve)
    except BaseException as failure:
        if not ready.done():
            ready.set_exception(failure)
        elif not (served and isinstance(failure, RuntimeError)):
            # A loop that ends waits for its worker threads in one more thread, and from Python 3.12 on none can be
            # started while the interpreter ends; they have ended by then. All else is ours to hear of.
            raise


def _stop(thread: threading.Thread, portal: BlockingPortal, last: Callable[[], Awaitable[None]]) -> None:
    if thread is threading.current_thread():  # the collector ran here: the loop can't wait for itself
        _farewells.add(asyncio.get_running_loop().create_task(_last(portal, last)))
        return
    with contextlib.suppress(Exception):
        portal.start_task_soon(_last, portal, last)
        thread.join(_STOP_WITHIN)


_farewells: set["asyncio.Task[None]"] = set()
"""Loops keep weak references to their tasks only."""


async def _last(portal: BlockingPortal, last: Callable[[], Awaitable[None]]) -> None:
    try:
        await last()
    finally:
        await portal.stop(cancel_remaining=True)
        _farewells.discard(cast("asyncio.Task[None]", asyncio.current_task()))
