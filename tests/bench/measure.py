"""Measures: CPU of this process (user and system, all threads), memory that Python allocates, and an import's CPU."""

import asyncio
import gc
import os
import random
import resource
import statistics
import subprocess
import sys
import tracemalloc
from collections.abc import Iterable

from calls import Call, Way
from rows import Peak, Row


def cpu(row: Row, base_url: str, rounds: int, calls: int) -> dict[str, list[float]]:
    """Give the seconds that each way's rounds took; the ways take turns in a new order each round."""
    taken: dict[str, list[float]] = {way: [] for way in row.ways}
    order = list(row.ways)
    for _ in range(rounds):
        random.shuffle(order)
        for way in order:
            taken[way].append(asyncio.run(_round(row.ways[way], base_url, row.in_flight, calls)))
    return taken


def ratio(ours: Iterable[float], theirs: Iterable[float]) -> float:
    """Give the median of the rounds' own ratios: a machine that is busy for a while slows both sides of one."""
    return statistics.median(mine / floor for mine, floor in zip(ours, theirs, strict=True))


async def _round(way: Way, base_url: str, in_flight: int, calls: int) -> float:
    """Give the seconds of CPU that *calls* calls took."""
    async with way(base_url) as call:
        await _make(call, in_flight, in_flight)  # opens the connections
        gc.collect()
        before = _cpu()
        await _make(call, in_flight, calls)
        return _cpu() - before


async def _make(call: Call, in_flight: int, calls: int) -> None:
    left = iter(range(calls))

    async def work() -> None:
        for _ in left:
            await call()

    await asyncio.gather(*(work() for _ in range(in_flight)))


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peak(row: Peak, base_url: str, calls: int) -> dict[str, float]:
    """Give the most MB that a call of each way has at once, above what is there before it."""
    return {name: asyncio.run(_peak(way, base_url, calls)) / 2**20 for name, way in row.ways.items()}


async def _peak(way: Way, base_url: str, calls: int) -> int:
    # Not the resident memory: what the allocator once took it keeps, and a child begins with its parent's highest.
    async with way(base_url) as call:
        await call()  # opens the connection and fills what is filled once
        gc.collect()
        tracemalloc.start()
        try:
            await _make(call, 1, calls)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()


def imports(rounds: int) -> tuple[list[float], list[float]]:
    """Give the seconds of CPU of interpreters that import cfai, and of such that do nothing."""
    _cpu_of("import cfai")  # writes the bytecode
    pairs = [(_cpu_of("import cfai"), _cpu_of("pass")) for _ in range(rounds)]
    return [ours for ours, _ in pairs], [bare for _, bare in pairs]


def _cpu_of(program: str) -> float:
    child = subprocess.Popen([sys.executable, "-c", program])
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0, f"{program!r} failed"
    return used.ru_utime + used.ru_stime
