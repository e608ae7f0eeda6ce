"""The work that is soaked. Each begins and ends with nothing, and is done in equal parts with a reading behind each.

The first part is the warm-up: it fills what is filled once, such as caches, and the worker threads of a loop. Before a
reading as many calls as the work ever makes at once are all in flight together, so that there are exactly as many
connections (and before the first one, as many worker threads as there will ever be).
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from asks import (
    HANG,
    HI,
    SLOW,
    SLOW_NOVA,
    SOUND,
    Ask,
    SlowFile,
    Unexpected,
    asks,
    cancel,
    directory,
    make,
    make_sync,
    settings,
)
from gauge import Gauge
from streams import cancel as cancel_stream
from streams import close_under_streams, leave_to_the_close, read, read_sync

import cfai

START, WARM, END = "start", "warm", "end"
PARTS = (WARM, *map(str, range(1, 10)))
"""The warm-up, and three thirds of three parts each."""
ASYNC_AT_ONCE, SYNC_AT_ONCE = 32, 8

Work = Callable[[Gauge, str, int], None]


def _read(gauge: Gauge, name: str, like: str = WARM) -> None:
    for seconds in gauge.take_settled(name, like):
        time.sleep(seconds)


async def _read_in_loop(gauge: Gauge, name: str) -> None:
    for seconds in gauge.take_settled(name, WARM):
        await asyncio.sleep(seconds)


async def _at_once(calls: Iterable[Any], many: int) -> None:
    left = iter(calls)

    async def work() -> None:
        for call in left:
            await call

    async with asyncio.TaskGroup() as group:
        for _ in range(many):
            group.create_task(work())


# -- one client, many calls


def async_calls(gauge: Gauge, base_url: str, count: int) -> None:
    """Make *count* calls on one AsyncClient, 32 at once; every eighth is cancelled."""

    async def run(todo: list[Ask]) -> None:
        async with cfai.AsyncClient(**settings(base_url)) as ai:
            await asyncio.gather(*(_slow(ai, SLOW_NOVA) for _ in range(ASYNC_AT_ONCE)))
            for part in PARTS:
                await _at_once(_calls(ai, todo, count // len(PARTS)), ASYNC_AT_ONCE)
                await asyncio.gather(*(_slow(ai, SLOW) for _ in range(ASYNC_AT_ONCE)))
                await _read_in_loop(gauge, part)

    gauge.take(START)
    with directory() as path:
        asyncio.run(run(asks(path)))
    gauge.take(END)


def _calls(ai: cfai.AsyncClient, todo: list[Ask], count: int) -> Iterator[Any]:
    for number in range(count):
        yield cancel(ai, number // 8) if number % 8 == 7 else make(ai, todo[number % len(todo)], number)


async def _slow(ai: cfai.AsyncClient, model: str) -> None:
    await ai.run(model, HI if model == SLOW else cfai.AutomaticSpeechRecognition(SlowFile(SOUND[:4096])))


def sync_calls(gauge: Gauge, base_url: str, count: int) -> None:
    """Make *count* calls on one Client, from eight threads at once."""
    gauge.take(START)
    with (
        directory() as path,
        cfai.Client(**settings(base_url)) as ai,
        ThreadPoolExecutor(SYNC_AT_ONCE) as pool,
    ):
        todo = asks(path)
        _fill(ai, pool, SLOW_NOVA)
        for part in PARTS:
            numbers = range(count // len(PARTS))
            for _ in pool.map(lambda number: make_sync(ai, todo[number % len(todo)], number), numbers):
                pass
            _fill(ai, pool, SLOW)
            _read(gauge, part)
    _read(gauge, END, START)


def _fill(ai: cfai.Client, pool: ThreadPoolExecutor, model: str) -> None:
    def slow(_: int) -> None:
        ai.run(model, HI if model == SLOW else cfai.AutomaticSpeechRecognition(SlowFile(SOUND[:4096])))

    list(pool.map(slow, range(SYNC_AT_ONCE)))


# -- one client, many streams


def async_streams(gauge: Gauge, base_url: str, count: int) -> None:
    """Read *count* streams on one AsyncClient, 32 at once; every eighth is cancelled."""

    async def run() -> None:
        async with cfai.AsyncClient(**settings(base_url)) as ai:
            for part in PARTS:
                numbers = range(count // len(PARTS))
                streams = (cancel_stream(ai, each // 8) if each % 8 == 7 else read(ai, each) for each in numbers)
                await _at_once(streams, ASYNC_AT_ONCE)
                await asyncio.gather(*(_slow(ai, SLOW) for _ in range(ASYNC_AT_ONCE)))
                await _read_in_loop(gauge, part)
            await close_under_streams(ai)

    gauge.take(START)
    asyncio.run(run())
    gauge.take(END)


def sync_streams(gauge: Gauge, base_url: str, count: int) -> None:
    """Read *count* streams on one Client, from eight threads at once."""
    gauge.take(START)
    with cfai.Client(**settings(base_url)) as ai, ThreadPoolExecutor(SYNC_AT_ONCE) as pool:
        for part in PARTS:
            list(pool.map(lambda number: read_sync(ai, number), range(count // len(PARTS))))
            list(pool.map(lambda _: ai.run(SLOW, HI), range(SYNC_AT_ONCE)))
            _read(gauge, part)
        leave_to_the_close(ai)
    _read(gauge, END, START)


# -- many clients


class _Cycle:
    """Holds a client, and itself: only a collection ends it."""

    def __init__(self, ai: object) -> None:
        self.ai = ai
        self.itself = self


def async_clients(gauge: Gauge, base_url: str, count: int) -> None:
    """Make *count* AsyncClients in one loop, four at once: closed, dropped, dropped in a cycle, never used."""

    async def run(todo: list[Ask]) -> None:
        for part in PARTS:
            await _at_once((_short_life(base_url, todo, number) for number in range(count // len(PARTS))), 4)
            await _read_in_loop(gauge, part)

    gauge.take(START)
    with directory() as path:
        asyncio.run(run(_quick(asks(path))))
    gauge.take(END)


async def _short_life(base_url: str, todo: list[Ask], number: int) -> None:
    ai = cfai.AsyncClient(**settings(base_url))
    how = number % 7
    if how == 0:
        return  # never used
    await make(ai, todo[number % len(todo)], number)
    if how == 1:
        async with ai:
            await cancel(ai, number)
    elif how == 2:
        await _close_under_a_call(ai)
    elif how == 3:
        await cancel(ai, number)  # and dropped
    elif how == 4:
        _Cycle(ai)
    elif how == 5:
        copy = ai.with_options(timeout=60)
        del ai
        await make(copy, todo[0], 1)  # the copy is dropped last
    else:
        await ai.aclose()


async def _close_under_a_call(ai: cfai.AsyncClient) -> None:
    calls = [asyncio.create_task(ai.run(HANG, HI)) for _ in range(2)]
    await asyncio.sleep(0.01)
    await ai.aclose()
    for came in await asyncio.gather(*calls, return_exceptions=True):
        if not isinstance(came, cfai.ClientClosed):
            raise Unexpected(f"expected a call to end with its client, got {came!r}")


def _quick(todo: list[Ask]) -> list[Ask]:
    """Leave out what takes a worker thread: how many a loop has by then would depend on the moment."""
    return [ask for ask in todo if not ask.model.startswith("@cf/openai")]


def sync_clients(gauge: Gauge, base_url: str, count: int) -> None:
    """Make *count* Clients, one after another: closed, dropped, dropped in a cycle, never used."""
    gauge.take(START)
    with directory() as path:
        todo = asks(path)
        for part in PARTS:
            for number in range(count // len(PARTS)):
                _short_sync_life(base_url, todo, number)
            _read(gauge, part)
    _read(gauge, END, START)


def _short_sync_life(base_url: str, todo: list[Ask], number: int) -> None:
    ai = cfai.Client(**settings(base_url))
    how = number % 6
    if how == 0:
        return  # never used
    make_sync(ai, todo[number % len(todo)], number)
    if how == 1:
        with ai:
            make_sync(ai, todo[0], 1)
    elif how == 2:
        _Cycle(ai)
    elif how == 3:
        copy = ai.with_options(timeout=60)
        del ai
        make_sync(copy, todo[0], 1)  # the copy is dropped last
    elif how == 4:
        ai.close()
        with contextlib.suppress(cfai.ClientClosed):
            ai.run(SLOW, HI)
    # else dropped


# -- one client, many loops


def many_loops(gauge: Gauge, base_url: str, count: int) -> None:
    """Run *count* loops one after another with one AsyncClient, which nobody closes in between."""

    async def run(ai: cfai.AsyncClient, todo: list[Ask]) -> None:
        await _at_once(_calls(ai, todo, 48), 8)

    gauge.take(START)
    with directory() as path:
        ai, todo = cfai.AsyncClient(**settings(base_url)), asks(path)
        for part in PARTS:
            for _ in range(count // len(PARTS)):
                asyncio.run(run(ai, todo))
            gauge.take(part)
        del ai
    gauge.take(END)


WORKS: dict[str, tuple[str, Work, int]] = {
    "async-calls": ("calls on one AsyncClient, 32 at once", async_calls, 20_000),
    "sync-calls": ("calls on one Client, from 8 threads", sync_calls, 4_000),
    "async-streams": ("streams on one AsyncClient, 32 at once", async_streams, 6_000),
    "sync-streams": ("streams on one Client, from 8 threads", sync_streams, 3_000),
    "async-clients": ("AsyncClients in one loop, closed or dropped", async_clients, 1_000),
    "sync-clients": ("Clients, closed or dropped", sync_clients, 1_000),
    "loops": ("asyncio.run() with one AsyncClient", many_loops, 50),
}
"""By name: what it is, how it is done, and how often in a full run."""
