"""Work that would block the event loop (a host name's look-up, reading a file), done in daemon threads of our own.

Not asyncio's own executor: the interpreter waits for its threads when it ends, which hangs a child that was forked
without Python's hooks, and it takes no work any more once the main thread has ended.
"""

import asyncio
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, TypeVar

from .._fork import forget_in_child, notice_fork

T = TypeVar("T")
_Job = Callable[[], None]

_MOST = 32
"""Threads at the same time; more work waits for one of them."""


class _Pool:
    """Threads that take jobs from one queue. They are started when they are needed, and end with the process."""

    def __init__(self) -> None:
        self._begin()
        forget_in_child(self)

    def _begin(self) -> None:
        self._jobs: SimpleQueue[_Job] = SimpleQueue()
        self._idle = threading.Semaphore(0)
        self._lock = threading.Lock()
        self._count = 0

    forget = _begin

    def do(self, job: _Job) -> None:
        """Have *job* done by a thread; by this one, if none can be started and there is none."""
        if not self._idle.acquire(blocking=False) and not self._start() and self._count == 0:
            job()
            return
        self._jobs.put(job)

    def _start(self) -> bool:
        with self._lock:
            if self._count >= _MOST:
                return False
            try:
                threading.Thread(target=self._work, name="cfai-worker", daemon=True).start()
            except RuntimeError:  # the system gives no more; or the interpreter is about to end
                return False
            self._count += 1
            return True

    def _work(self) -> None:
        block_signals()
        jobs, idle = self._jobs, self._idle
        while True:
            jobs.get()()
            idle.release()


_pool = _Pool()


async def run_in_thread(work: Callable[[], T]) -> T:
    """Return what *work* returns, or raise what it raises, without blocking the loop."""
    notice_fork()
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def job() -> None:
        try:
            result = work()
        except BaseException as failure:
            settle: tuple[Any, ...] = (_fail, done, failure)
        else:
            settle = (_succeed, done, result)
        with suppress(RuntimeError):  # the loop was closed meanwhile: nobody waits
            loop.call_soon_threadsafe(*settle)

    _pool.do(job)
    return await done


def _succeed(done: "asyncio.Future[Any]", result: Any) -> None:
    if not done.done():
        done.set_result(result)


def _fail(done: "asyncio.Future[Any]", failure: BaseException) -> None:
    if not done.done():
        done.set_exception(failure if not isinstance(failure, StopIteration) else RuntimeError(repr(failure)))


def block_signals() -> None:
    """Leave all signals to the program's own threads, where Python's handlers run."""
    if hasattr(signal, "pthread_sigmask"):  # not on Windows
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
