"""One thing for each event loop: made at its first use there, closed in that loop or with it."""

import asyncio
import contextlib
import threading
import weakref
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from .._fork import forget_in_child
from ..errors import ClientClosed, ConfigError

_CLOSE_WITHIN = 2.0
"""Seconds to wait for another thread's loop to close what is its own: it may be busy, or about to end."""


class Closable(Protocol):
    """What can be kept here."""

    @property
    def closed(self) -> bool:
        """Whether it can't be used any more."""
        ...


T = TypeVar("T", bound=Closable)


class _Slot(Generic[T]):
    """A thing, and the asynchronous generator that closes it.

    A loop that ends shuts its asynchronous generators down, and tells nobody else: that is the one chance to close a
    thing inside its own loop. The generator does not hold the slot, so that a slot that is dropped is closed at once.
    """

    __slots__ = ("holder", "thing")

    def __init__(self, thing: T, close: Callable[[T], Awaitable[None]]) -> None:
        self.thing = thing
        self.holder = self._hold(thing, close)

    @staticmethod
    async def _hold(thing: T, close: Callable[[T], Awaitable[None]]) -> AsyncGenerator[None, None]:
        try:
            yield
        finally:
            await close(thing)


class PerLoop(Generic[T]):
    """The things, by their loops. May be used from several threads."""

    def __init__(
        self,
        make: Callable[[], T],
        close: Callable[[T], Awaitable[None]],
        close_sync: Callable[[T], None],
        disown: Callable[[T], None],
    ) -> None:
        """Begin with none.

        Args:
            make: Makes one; called in its loop.
            close: Closes one, in its loop.
            close_sync: Closes one whose loop can run nothing any more.
            disown: Has one do nothing at its collection; called in a forked child, for it is the parent's.
        """
        self._make = make
        self._close = close
        self._close_sync = close_sync
        self._disown = disown
        self._slots: dict[asyncio.AbstractEventLoop, _Slot[T]] = {}
        self._lock = threading.Lock()
        self._dead: list[Any] = []
        self.closed = False
        weakref.finalize(self, _close_dead, self._slots, close_sync)
        forget_in_child(self)

    def current(self) -> T | None:
        """Return the thing of the running loop, where there is one already: no coroutine, for the hot path."""
        slot = self._slots.get(running_loop())
        return None if slot is None or slot.thing.closed else slot.thing

    async def get(self) -> T:
        """Give the thing of the running loop.

        Raises:
            ClientClosed: All was closed.
            ConfigError: No asyncio loop is running here.
        """
        loop = running_loop()
        slot = self._slots.get(loop)
        if slot is None or slot.thing.closed:
            slot = await self._open(loop)
        return slot.thing

    async def _open(self, loop: asyncio.AbstractEventLoop) -> _Slot[T]:
        with self._lock:
            if self.closed:
                raise ClientClosed("the client is closed")
            _close_dead(self._slots, self._close_sync)
            slot = self._slots[loop] = _Slot(self._make(), self._close)
        await anext(slot.holder)  # from here on the loop knows the generator
        return slot

    async def aclose(self) -> None:
        """Close all, each in its own loop."""
        with self._lock:
            self.closed = True
            slots = self._slots.copy()
            self._slots.clear()
        here = asyncio.get_running_loop()
        for loop, slot in slots.items():
            if loop is here:
                await self._close(slot.thing)
                await slot.holder.aclose()
            elif loop.is_running():
                await self._close_elsewhere(loop, slot)
            else:
                _close_slot(slot, self._close_sync)

    async def _close_elsewhere(self, loop: asyncio.AbstractEventLoop, slot: _Slot[T]) -> None:
        farewell = _farewell(slot.holder)
        try:
            future = asyncio.run_coroutine_threadsafe(farewell, loop)
        except RuntimeError:  # it ended just now, and has closed what it had
            farewell.close()
            return
        # Not awaited itself: a loop that ends cancels it, which must not look like a cancellation of this task.
        await asyncio.wait([asyncio.wrap_future(future)], timeout=_CLOSE_WITHIN)

    def forget(self) -> None:
        """Begin anew in a forked child.

        What is the parent's stays referenced and is not closed: its loop's selector is shared with the parent.
        """
        for slot in self._slots.values():
            self._disown(slot.thing)
        self._dead.append(dict(self._slots))
        self._slots.clear()
        self._lock = threading.Lock()  # another thread may have held it at the fork


async def _farewell(holder: AsyncGenerator[None, None]) -> None:
    with contextlib.suppress(RuntimeError):  # the loop is about to end, and is closing the generator itself
        await holder.aclose()


def _close_dead(slots: dict[asyncio.AbstractEventLoop, _Slot[Any]], close_sync: Callable[[Any], None]) -> None:
    """Let go of the things of loops that were closed without a farewell."""
    for loop in [loop for loop in slots if loop.is_closed()]:
        _close_slot(slots.pop(loop), close_sync)


def _close_slot(slot: _Slot[Any], close_sync: Callable[[Any], None]) -> None:
    """Close a thing whose loop runs no more, and end its generator.

    The generator has nothing to wait for then. Left to its collection, it would ask its loop to end it; a loop that
    stands still never does, and Python 3.13 complains of that.
    """
    if not slot.thing.closed:
        close_sync(slot.thing)
    with contextlib.suppress(StopIteration, RuntimeError):  # RuntimeError: its loop is ending it just now
        slot.holder.aclose().send(None)


def running_loop() -> asyncio.AbstractEventLoop:
    """Return the running loop.

    Raises:
        ConfigError: No asyncio loop is running here.
    """
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        pass
    raise ConfigError(
        "AsyncClient needs a running asyncio loop; elsewhere (trio, ...) use cfai.Client in a worker thread"
    )
