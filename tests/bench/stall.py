"""How long a loop is held up at most while many calls are in flight, large ones among them.

Something in the loop wants to run each millisecond, as all else in a program's loop may; what is measured is the
longest time that it comes late. Hundreds of small answers that are there at once hold it up too, one after another.
"""

import asyncio
import statistics
from collections.abc import Mapping
from contextlib import AsyncExitStack

from calls import Call, Way
from cpu import make
from setting import Setting, in_turns, ratio
from table import Line

_TICK = 0.001


class Stall:
    """Small calls in flight, and in the middle of them others, each made once."""

    def __init__(
        self, work: str, small: Mapping[str, Way], *large: Mapping[str, Way], in_flight: int, turns: int
    ) -> None:
        self.work = work
        self.ways = {name: (way, *(each[name] for each in large)) for name, way in small.items()}
        self.in_flight = in_flight
        self.turns = turns

    def measured(self, setting: Setting) -> Line:
        """Measure it."""
        taken = in_turns(self.ways, setting.turns(self.turns), lambda ways: self._turn(setting, ways))
        cells = (f"{1e3 * statistics.median(taken[name]):.0f} ms" for name in ("cfai", "floor", "lean"))
        return Line(self.work, *cells, *(f"{ratio(taken['cfai'], taken[name]):.2f} x" for name in ("floor", "lean")))

    def ours(self, setting: Setting) -> float:
        """Return the longest stall with cfai, in seconds."""
        return self._turn(setting, self.ways["cfai"])

    def _turn(self, setting: Setting, ways: tuple[Way, ...]) -> float:
        return asyncio.run(_longest(ways, setting.base_url, self.in_flight - 2))


async def _longest(ways: tuple[Way, ...], base_url: str, in_flight: int) -> float:
    async with AsyncExitStack() as stack:
        small, *large = [await stack.enter_async_context(way(base_url)) for way in ways]
        await make(small, in_flight, in_flight)  # opens the connections
        await asyncio.gather(*(call() for call in large))
        watching = asyncio.create_task(_watch(done := asyncio.Event()))
        working = [asyncio.create_task(_repeat(small, done)) for _ in range(in_flight)]
        await asyncio.gather(*(call() for call in large))
        done.set()
        await asyncio.gather(*working)
        return await watching


async def _repeat(call: Call, done: asyncio.Event) -> None:
    while not done.is_set():
        await call()


async def _watch(done: asyncio.Event) -> float:
    """Give the most seconds that a tick came late."""
    latest = 0.0
    now = asyncio.get_running_loop().time
    while not done.is_set():
        due = now() + _TICK
        await asyncio.sleep(_TICK)
        latest = max(latest, now() - due)
    return latest
