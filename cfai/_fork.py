"""What a forked child has to forget: threads, event loops and connections stayed with its parent.

Python runs hooks in a child that it forks itself. A fork by a C program around Python (uWSGI's workers, for example)
runs none, so whatever is about to use something of the parent's compares the process id as well.
"""

import atexit
import os
import weakref
from typing import Protocol


class Forgetful(Protocol):
    """Something that begins anew in a forked child."""

    def forget(self) -> None:
        """Let go of all that is the parent's, without touching it."""


_alive: weakref.WeakSet[Forgetful] = weakref.WeakSet()
_pid = os.getpid()


def forget_in_child(thing: Forgetful) -> None:
    """Have *thing* told in every child that is forked while it lives."""
    _alive.add(thing)


def notice_fork() -> None:
    """Let everything forget its parent's threads and connections, if this is a child that has not done so yet."""
    if os.getpid() != _pid:
        _forget_all()


def _forget_all() -> None:
    global _pid  # noqa: PLW0603  # one process has one id
    _pid = os.getpid()
    for thing in list(_alive):
        thing.forget()


atexit.register(notice_fork)  # a child that ends must not take its parent's connections out of the selector they share
if hasattr(os, "register_at_fork"):  # not on Windows, which can't fork
    os.register_at_fork(after_in_child=_forget_all)
