"""Measures cfai against raw aiohttp with msgspec doing the same work, side by side in one run.

CPU (user and system) of this process alone; the server has a process of its own. The ways take turns within a round,
in an order that changes from round to round, and a figure is the median of the rounds' own ratios: a machine that is
busy for a while slows both sides of a ratio. Loopback and plain HTTP: no network and no TLS is in it.

    python tests/bench [--rounds N] [--short] [--strict]
"""

import argparse
import asyncio
import gc
import os
import random
import resource
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from calls import CLASSIFICATION, EMBEDDINGS, WAYS, Call, Work

IMPORT_BUDGET = 15.0


class Row:
    """One piece of work, and what it may cost."""

    def __init__(self, name: str, work: Work, *, in_flight: int, calls: int, budget: float) -> None:
        self.name = name
        self.work = work
        self.in_flight = in_flight
        self.calls = calls
        self.budget = budget


ROWS = (
    Row("small call, 32 in flight", CLASSIFICATION, in_flight=32, calls=4000, budget=1.35),
    Row("embeddings 100 x 1024", EMBEDDINGS, in_flight=1, calls=60, budget=1.10),
)


def main() -> int:
    """Print the table; with `--strict`, fail where a budget is not kept."""
    arguments = _arguments()
    scale = 0.05 if arguments.short else 1.0
    rounds = arguments.rounds or (2 if arguments.short else 9)
    print(f"{'work':<26} {'cfai':>10} {'aiohttp':>10} {'lean':>10} {'ratio':>7} {'to lean':>8} {'budget':>7}")
    with _server() as base_url:
        kept = [_measure(row, base_url, rounds, max(row.in_flight, int(row.calls * scale))) for row in ROWS]
    kept.append(_measure_import(3 if arguments.short else 25))
    if arguments.short:
        print("(short: it runs; its figures mean little)")
    return 1 if arguments.strict and not all(kept) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description="Measure cfai against raw aiohttp.")
    parser.add_argument("--rounds", type=int, help="rounds for each row (9; with --short 2)")
    parser.add_argument("--short", action="store_true", help="a twentieth of the calls: shows that it runs, no more")
    parser.add_argument("--strict", action="store_true", help="exit with 1 where a budget is not kept")
    return parser.parse_args()


@contextmanager
def _server() -> Iterator[str]:
    script = Path(__file__).with_name("server.py")
    with subprocess.Popen([sys.executable, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield f"http://127.0.0.1:{server.stdout.readline().strip()}/client/v4"
        server.communicate()  # closes its standard input, which ends it


def _measure(row: Row, base_url: str, rounds: int, calls: int) -> bool:
    taken: dict[str, list[float]] = {way: [] for way in WAYS}
    order = list(WAYS)
    for _ in range(rounds):
        random.shuffle(order)
        for way in order:
            taken[way].append(asyncio.run(_round(way, row, base_url, calls)))
    us = {way: 1e6 * statistics.median(times) / calls for way, times in taken.items()}
    ratio, to_lean = _ratio(taken["cfai"], taken["aiohttp"]), _ratio(taken["cfai"], taken["lean aiohttp"])
    good = ratio <= row.budget
    print(
        f"{row.name:<26} {us['cfai']:>7.0f} us {us['aiohttp']:>7.0f} us {us['lean aiohttp']:>7.0f} us"
        f" {ratio:>5.2f} x {to_lean:>6.2f} x {row.budget:>5.2f} x {'' if good else '  over'}"
    )
    return good


def _ratio(ours: list[float], theirs: list[float]) -> float:
    return statistics.median(mine / floor for mine, floor in zip(ours, theirs, strict=True))


async def _round(way: str, row: Row, base_url: str, calls: int) -> float:
    """Give the seconds of CPU that *calls* calls took."""
    async with WAYS[way](base_url, row.work) as call:
        await _make(call, row.in_flight, row.in_flight)  # opens the connections
        gc.collect()
        before = _cpu()
        await _make(call, row.in_flight, calls)
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


def _measure_import(rounds: int) -> bool:
    """Compare `import cfai` with an interpreter that does nothing."""
    programs = {"cfai": "import cfai", "bare": "pass"}
    taken: dict[str, list[float]] = {name: [] for name in programs}
    _cpu_of("import cfai")  # writes the bytecode
    for _ in range(rounds):
        for name, program in programs.items():
            taken[name].append(_cpu_of(program))
    above = 1e3 * statistics.median(ours - bare for ours, bare in zip(taken["cfai"], taken["bare"], strict=True))
    ms = {name: 1e3 * statistics.median(times) for name, times in taken.items()}
    good = above <= IMPORT_BUDGET
    print(
        f"{'import cfai':<26} {ms['cfai']:>7.1f} ms {'bare python':>12} {ms['bare']:>5.1f} ms"
        f" {above:>+11.1f} ms {IMPORT_BUDGET:>5.0f} ms{'' if good else '  over'}"
    )
    return good


def _cpu_of(program: str) -> float:
    child = subprocess.Popen([sys.executable, "-c", program])
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0, f"{program!r} failed"
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    sys.exit(main())
