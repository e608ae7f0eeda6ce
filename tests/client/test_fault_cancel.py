"""A call that is ended at any of its waits: at once, as what it is, and nothing of it is left."""

import asyncio
import contextlib
import os
import random
import signal
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from kit.places import HI, LLAMA, PLACES, Place, Stage, there
from kit.secrets import ACCOUNT, TOKEN, leaks_of
from kit.server import Host, Server, hang, hello, until

import cfai

AT_ONCE = 1.0
"""Seconds that a busy machine may take for what needs none."""
ONE_ATTEMPT = cfai.RequestOptions(retry=None)


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest, host: Host, server: Server, tmp_path: Path) -> Iterator[Place]:
    with PLACES[request.param](Stage(host, server, tmp_path)) as arranged:
        yield arranged


def settings(place: Place) -> dict[str, Any]:
    return {
        "account_id": ACCOUNT,
        "api_token": TOKEN,
        "max_connections": 1,
        "options": ONE_ATTEMPT,
        "trust_env": False,
        **place.settings,
    }


# -- the ways in which asyncio and anyio end a call ---------------------------------------------------------------

Call = Callable[[], Awaitable[Any]]
When = Callable[[], Awaitable[None]]


async def by_its_task(call: Call, when: When) -> None:
    async def run() -> None:
        await call()

    task = asyncio.create_task(run())
    await when()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def by_a_scope(call: Call, when: When) -> None:
    async with anyio.create_task_group() as group:
        group.start_soon(call)
        await when()
        group.cancel_scope.cancel()


async def call_within(scope: anyio.CancelScope, call: Call, when: When) -> None:
    """Call, and let the time of *scope* be over when it is the moment."""

    async def fire() -> None:
        await when()
        scope.deadline = anyio.current_time()

    async with anyio.create_task_group() as group:
        group.start_soon(fire)
        await call()


async def by_move_on_after(call: Call, when: When) -> None:
    with anyio.move_on_after(30) as scope:
        await call_within(scope, call, when)
    assert scope.cancelled_caught


async def by_fail_after(call: Call, when: When) -> None:
    async def limited() -> None:
        with anyio.fail_after(30) as scope:
            await call_within(scope, call, when)

    with pytest.raises(TimeoutError):
        await limited()


async def by_a_timeout(call: Call, when: When) -> None:
    async def fire(limit: asyncio.Timeout) -> None:
        await when()
        limit.reschedule(0)

    async def limited() -> None:
        async with asyncio.timeout(30) as limit, asyncio.TaskGroup() as group:
            group.create_task(fire(limit))
            await call()

    with pytest.raises(TimeoutError):
        await limited()


async def by_wait_for(call: Call, when: When) -> None:
    watching = asyncio.create_task(when())
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(call(), 0.3)
    await watching


class SiblingFailed(Exception):
    """Of a task beside the call."""


async def by_a_sibling(call: Call, when: When) -> None:
    async def fail() -> None:
        await when()
        raise SiblingFailed

    async def both() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(fail())
            group.create_task(call())

    with pytest.raises(ExceptionGroup) as caught:
        await both()
    assert [SiblingFailed] == [type(each) for each in caught.value.exceptions]


WAYS = [by_its_task, by_a_scope, by_move_on_after, by_fail_after, by_a_timeout, by_wait_for, by_a_sibling]


IN_ALL_WAYS = ["waiting for a connection", "uploading a file", "waiting for an answer", "reading the body of an answer"]
ENDS = [(name, way) for name in PLACES for way in (WAYS if name in IN_ALL_WAYS else WAYS[:2])]


@pytest.mark.parametrize(
    ("place", "way"), ENDS, ids=[f"{name}-{way.__name__}" for name, way in ENDS], indirect=["place"]
)
async def test_a_cancelled_call_ends_as_cancelled_and_leaves_nothing(place: Place, way: Any) -> None:
    tasks = asyncio.all_tasks()
    told: list[tuple[BaseException, float]] = []
    fired = 0.0

    async with cfai.AsyncClient(**settings(place)) as client:

        async def call() -> None:
            try:
                await client.run(place.model, place.params)
            except BaseException as error:
                told.append((error, time.monotonic()))
                raise

        async def when() -> None:
            nonlocal fired
            await there(place)
            fired = time.monotonic()

        first = asyncio.create_task(client.run(LLAMA, HI)) if place.first else None
        if first is not None:
            assert await until(place.reached)
        await way(call, when)

        [(error, at)] = told
        assert type(error) is asyncio.CancelledError
        assert None is error.__cause__
        assert [] == leaks_of(error)
        assert way is by_wait_for or at - fired < AT_ONCE
        place.clear()
        assert await until(place.gone)
        assert first is None or "Hello" == (await first).text
        assert "Hello" == (await client.run(LLAMA, HI)).text
        await anyio.wait_all_tasks_blocked()
        assert tasks == asyncio.all_tasks()


@pytest.mark.parametrize("shielded", [True, False])
async def test_a_call_that_was_cancelled_before_it_began_sends_nothing(server: Server, shielded: bool) -> None:
    async with cfai.AsyncClient(account_id=ACCOUNT, api_token=TOKEN, base_url=server.base_url) as client:
        if shielded:
            task = asyncio.create_task(client.run(LLAMA, HI))
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        else:
            with anyio.CancelScope() as scope:
                scope.cancel()
                await client.run(LLAMA, HI)
            assert scope.cancelled_caught

        assert "Hello" == (await client.run(LLAMA, HI)).text
    assert 1 == len(server.seen)


async def test_calls_that_are_cancelled_at_any_moment_leave_the_pool_whole(server: Server) -> None:
    chance = random.Random(7)  # the moments differ, and are the same each time
    tasks = asyncio.all_tasks()
    async with cfai.AsyncClient(
        account_id=ACCOUNT, api_token=TOKEN, base_url=server.base_url, max_connections=4, options=ONE_ATTEMPT
    ) as client:
        for _ in range(40):
            calls = [asyncio.create_task(client.run(LLAMA, HI)) for _ in range(8)]
            await asyncio.sleep(chance.choice([0, 0.0001, 0.001, 0.003, 0.006]))
            for call in calls:
                call.cancel()
            for outcome in await asyncio.gather(*calls, return_exceptions=True):
                assert isinstance(outcome, asyncio.CancelledError) or "Hello" == outcome.text

        assert await until(lambda: server.open_connections <= 4)
        answers = await asyncio.gather(*(client.run(LLAMA, HI) for _ in range(20)))
        assert ["Hello"] * 20 == [answer.text for answer in answers]
        assert server.most_at_once <= 40 * 4
        assert tasks == asyncio.all_tasks()
    assert await until(lambda: server.open_connections == 0)


async def test_a_cancelled_call_is_not_tried_again(server: Server) -> None:
    server.script(hang(), hello())
    retry = cfai.Retry(attempts=3, lost_answers=True, backoff=0)
    async with cfai.AsyncClient(
        account_id=ACCOUNT, api_token=TOKEN, base_url=server.base_url, options=cfai.RequestOptions(retry=retry)
    ) as client:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await client.run(LLAMA, HI)

        assert await until(lambda: server.open_connections == 0)
        assert 1 == len(server.seen)


# -- closing ------------------------------------------------------------------------------------------------------


async def test_closing_ends_a_call_wherever_it_is(place: Place, make: Any) -> None:
    client = make(**settings(place))
    told: list[BaseException] = []

    async def call(model: str, params: Any) -> None:
        try:
            await client.run(model, params)
        except BaseException as error:
            told.append(error)

    async with anyio.create_task_group() as group:
        if place.first:
            group.start_soon(call, LLAMA, HI)
            assert await until(place.reached)
        group.start_soon(call, place.model, place.params)
        await there(place)
        started = time.monotonic()
        group.start_soon(client.aclose)
        assert await until(lambda: len(told) == 1 + place.first, 0.8)
        place.clear()
    took = time.monotonic() - started

    assert {cfai.ClientClosed} == {type(error) for error in told}
    assert took < AT_ONCE
    assert await until(place.gone, 0.8)
    assert [[]] * len(told) == [leaks_of(error) for error in told]


# -- Ctrl-C -------------------------------------------------------------------------------------------------------


def test_ctrl_c_ends_a_sync_call_wherever_it_is(place: Place) -> None:
    with cfai.Client(**settings(place)) as client:
        first = threading.Thread(target=lambda: client.run(LLAMA, HI))
        if place.first:
            first.start()
            assert asyncio.run(until(place.reached))
        pressed: list[float] = []

        def press() -> None:
            asyncio.run(there(place))
            pressed.append(time.monotonic())
            os.kill(os.getpid(), signal.SIGINT)

        pressing = threading.Thread(target=press)
        pressing.start()
        with pytest.raises(KeyboardInterrupt):
            client.run(place.model, place.params)
        took = time.monotonic() - pressed[0]
        pressing.join(5)
        place.clear()

        assert took < AT_ONCE
        assert asyncio.run(until(place.gone))
        with contextlib.suppress(RuntimeError):  # it never began
            first.join(5)
        assert "Hello" == client.run(LLAMA, HI).text
