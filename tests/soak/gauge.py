"""What a process holds: memory, objects, descriptors, tasks, threads; and what was said that nobody asked for."""

import asyncio
import gc
import logging
import os
import sys
import threading
import warnings
from collections.abc import Iterator
from typing import Any

EXACT = ("fds", "tasks", "threads")
"""What has to be back to the last one."""

_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
_SETTLED_WITHIN = 5.0
_STEP = 0.1


def reading() -> dict[str, float]:
    """Read what this process holds now."""
    # Two rounds: what a finaliser lets go of in the first is garbage for the second.
    for _ in range(2):
        gc.collect()
    objects = gc.get_objects()
    with open("/proc/self/statm") as statm:
        pages = int(statm.read().split()[1])
    return {
        "rss": pages * _PAGE / 2**20,
        "objects": len(objects),
        # Of all loops in all threads; asyncio.all_tasks() knows those of one.
        "tasks": sum(issubclass(type(each), asyncio.Task) and not each.done() for each in objects),
        "fds": len(os.listdir("/proc/self/fd")) - 1,  # one of them is the listing's own
        # The SDK's own workers stay: a pool of a fixed size, which lives as long as the process.
        "threads": sum(not each.name.startswith("cfai-worker") for each in threading.enumerate()),
    }


class Gauge:
    """Readings, by the names of their checkpoints, in order."""

    def __init__(self) -> None:
        self.taken: dict[str, dict[str, float]] = {}

    def take(self, name: str) -> None:
        """Take a reading."""
        self.taken[name] = reading()

    def take_settled(self, name: str, like: str) -> Iterator[float]:
        """Take readings until all is as it was at *like*, or has had its time; gives seconds to sleep in between.

        What counts is what stays: a connection that is closed is gone in a later turn of its loop, and a client that a
        reading's own collection has found closes in a task behind it. The first of all has nothing to be like, and
        is settled when it is the same twice.
        """
        before: dict[str, float] = {}
        for _ in range(int(_SETTLED_WITHIN / _STEP)):
            yield _STEP
            self.take(name)
            now = {each: self.taken[name][each] for each in EXACT}
            wanted = before if name == like else self.taken[like]
            if all(now[each] == wanted.get(each) for each in EXACT):
                return
            before = now


class Complaints(logging.Handler):
    """All that is said of things that were left open, lost or never looked at. There has to be nothing."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.heard: list[str] = []
        warnings.simplefilter("error")  # what a finaliser warns of becomes an error that nobody can catch
        logging.getLogger("asyncio").addHandler(self)  # of loops: an exception that was never retrieved, and such
        sys.unraisablehook = self._unraisable
        threading.excepthook = self._of_thread

    def emit(self, record: logging.LogRecord) -> None:
        """Take down what asyncio logs."""
        self.heard.append(self.format(record))

    def _unraisable(self, lost: Any) -> None:
        self.heard.append(f"{lost.err_msg or 'exception ignored in'} {lost.object!r:.200}: {lost.exc_value!r:.200}")

    def _of_thread(self, lost: Any) -> None:
        self.heard.append(f"in thread {lost.thread!r}: {lost.exc_value!r:.200}")
