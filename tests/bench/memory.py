"""What Python allocates: at most during an upload, and for calls that wait for a connection.

Not the resident memory: what the allocator once took it keeps, and a child begins with its parent's highest.
"""

import asyncio
import gc
import tracemalloc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from calls import CONNECTIONS, Call, Way
from cpu import make
from setting import Setting
from table import Line


class Peak:
    """One upload, and how much memory it may take at its highest, above what was there before it."""

    turns = 0
    """It is memory, which is the same each time: no turn beside the first."""

    def __init__(self, work: str, ways: Mapping[str, Way], *, budget: float) -> None:
        self.work = work
        self.ways = ways
        self.budget = budget
        """In MB."""

    def measured(self, setting: Setting) -> Line:
        """Measure it."""
        calls = setting.scaled(10)
        mb = {name: asyncio.run(_peak(way, setting.base_url, calls)) / 2**20 for name, way in self.ways.items()}
        cells = (f"{mb[name]:.2f} MB" for name in ("cfai", "floor", "lean"))
        return Line(self.work, *cells, budget=f"{self.budget:.0f} MB", kept=mb["cfai"] <= self.budget)

    def ours(self, setting: Setting) -> float:
        """Return what cfai takes, in bytes."""
        return float(asyncio.run(_peak(self.ways["cfai"], setting.base_url, setting.scaled(10))))


class Waiting:
    """Calls that are all started at once: they wait for a connection, and ours all end. What each takes is stated."""

    turns = 0
    """As for `Peak`."""

    def __init__(self, work: str, ways: Mapping[str, Way], *, calls: int) -> None:
        self.work = work
        self.ways = ways
        self.calls = calls

    def measured(self, setting: Setting) -> Line:
        """Measure it; with fewer calls, for what traces memory makes them slow enough for limits of time."""
        ended = asyncio.run(_all_end(self.ways["cfai"], setting.base_url, setting.scaled(self.calls)))
        calls = setting.scaled(self.calls // 5)
        kb = {name: asyncio.run(_each(way, setting.base_url, calls)) / 2**10 for name, way in self.ways.items()}
        cells = (f"{kb[name]:.1f} KB" for name in ("cfai", "floor", "lean"))
        ratios = (f"{kb['cfai'] / kb[name]:.2f} x" for name in ("floor", "lean"))
        return Line(self.work, *cells, *ratios, budget="all end", kept=ended)

    def ours(self, setting: Setting) -> float:
        """Return what one of cfai's waiting calls takes, in bytes."""
        return asyncio.run(_each(self.ways["cfai"], setting.base_url, setting.scaled(self.calls // 5)))


async def _peak(way: Way, base_url: str, calls: int) -> int:
    async with way(base_url) as call:
        await call()  # opens the connection and fills what is filled once
        with traced():
            await make(call, 1, calls)
            return tracemalloc.get_traced_memory()[1]


async def _all_end(way: Way, base_url: str, calls: int) -> bool:
    async with way(base_url) as call:
        ends = await asyncio.gather(*(call() for _ in range(calls)), return_exceptions=True)
    return not any(isinstance(end, BaseException) for end in ends)


async def _each(way: Way, base_url: str, calls: int) -> float:
    async with way(base_url) as call:
        await call()
        with traced():
            started = await _begun(call, 2 * CONNECTIONS)  # these take all connections
            before = tracemalloc.get_traced_memory()[0]
            started += await _begun(call, calls)
            taken = tracemalloc.get_traced_memory()[0] - before
        await asyncio.gather(*started)
    return taken / calls


async def _begun(call: Call, calls: int) -> "list[asyncio.Future[object]]":
    """Begin calls; each has run until it waits, and the loop has not yet looked what came."""
    begun = [asyncio.ensure_future(call()) for _ in range(calls)]
    await asyncio.sleep(0)
    return begun


@contextmanager
def traced() -> Iterator[None]:
    """Trace what is allocated."""
    gc.collect()
    tracemalloc.start()
    try:
        yield
    finally:
        tracemalloc.stop()
