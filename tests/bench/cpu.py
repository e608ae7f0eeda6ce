"""CPU of this process, user and system and of all its threads, for calls of a client that is there already."""

import asyncio
import gc
import resource
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from anyio.from_thread import start_blocking_portal
from calls import BlockingCall, BlockingWay, Call, Way
from setting import Setting, compared, in_turns
from table import Line


class Cpu:
    """One piece of work, and how many times the floor ours may cost."""

    def __init__(
        self, work: str, ways: Mapping[str, Way], *, calls: int, budget: float, in_flight: int = 1, turns: int = 1
    ) -> None:
        self.work = work
        self.ways = ways
        self.calls = calls
        self.budget = budget
        self.in_flight = in_flight
        self.turns = turns
        """How often *calls* calls are made in a round: often and few where a budget leaves noise a few percent."""

    def measured(self, setting: Setting) -> Line:
        """Measure it."""
        taken = in_turns(self.ways, setting.turns(self.turns), lambda way: self._turn(setting, way))
        return compared(self.work, taken, us, self.budget)

    def ours(self, setting: Setting) -> float:
        """Return what one turn of cfai costs."""
        return self._turn(setting, self.ways["cfai"])

    def _turn(self, setting: Setting, way: Way) -> float:
        calls = setting.scaled(self.calls, self.in_flight)
        return asyncio.run(cpu_of(way, setting.base_url, self.in_flight, calls)) / calls


class BlockingCpu:
    """The same for calls that block, one after another in one thread."""

    def __init__(
        self, work: str, ways: Mapping[str, BlockingWay], *, calls: int, budget: float, turns: int = 1
    ) -> None:
        self.work = work
        self.ways = ways
        self.calls = calls
        self.budget = budget
        self.turns = turns

    def measured(self, setting: Setting) -> Line:
        """Measure it."""
        taken = in_turns(self.ways, setting.turns(self.turns), lambda way: self._turn(setting, way))
        return compared(self.work, taken, us, self.budget)

    def ours(self, setting: Setting) -> float:
        """Return what one turn of cfai costs."""
        return self._turn(setting, self.ways["cfai"])

    def _turn(self, setting: Setting, way: BlockingWay) -> float:
        calls = setting.scaled(self.calls)
        return blocking_cpu_of(way, setting.base_url, calls) / calls


def through_a_portal(way: Way) -> BlockingWay:
    """Make *way* block: in the thread of anyio's portal, which a program without a loop would use."""

    @contextmanager
    def blocking(base_url: str) -> Iterator[BlockingCall]:
        with start_blocking_portal() as portal, portal.wrap_async_context_manager(way(base_url)) as call:
            yield lambda: portal.call(call)

    return blocking


def us(seconds: float) -> str:
    """Write microseconds."""
    return f"{1e6 * seconds:.0f} us"


async def cpu_of(way: Way, base_url: str, in_flight: int, calls: int) -> float:
    """Give the seconds of CPU that *calls* calls took."""
    async with way(base_url) as call:
        await make(call, in_flight, in_flight)  # opens the connections
        gc.collect()
        before = cpu()
        await make(call, in_flight, calls)
        return cpu() - before


async def make(call: Call, in_flight: int, calls: int) -> None:
    """Make *calls* calls, so many at once."""
    left = iter(range(calls))

    async def work() -> None:
        for _ in left:
            await call()

    await asyncio.gather(*(work() for _ in range(in_flight)))


def blocking_cpu_of(way: BlockingWay, base_url: str, calls: int) -> float:
    """Give it for calls that block."""
    with way(base_url) as call:
        call()
        gc.collect()
        before = cpu()
        for _ in range(calls):
            call()
        return cpu() - before


def cpu() -> float:
    """Give the seconds of CPU that this process has used."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
