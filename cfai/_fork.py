"""What a forked child has to forget: threads, event loops and connections stayed with its parent."""

import os
import weakref
from typing import Protocol


class Forgetful(Protocol):
    """Something that begins anew in a forked child."""

    def forget(self) -> None:
        """Let go of all that is the parent's, without touching it."""


_alive: weakref.WeakSet[Forgetful] = weakref.WeakSet()


def forget_in_child(thing: Forgetful) -> None:
    """Have *thing* told in every child that is forked while it lives."""
    _alive.add(thing)


def _forget_all() -> None:
    for thing in list(_alive):
        thing.forget()


if hasattr(os, "register_at_fork"):  # not on Windows, which can't fork
    os.register_at_fork(after_in_child=_forget_all)
