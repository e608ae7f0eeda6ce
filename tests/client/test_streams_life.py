"""Streams that are left, cancelled, closed or dropped, and what is left of them: no connection, task or memory."""

import asyncio
import contextlib
import gc
import os
import signal
import threading
import time
import warnings
from collections.abc import Generator
from typing import Any

import anyio
import pytest
from kit import script
from kit.secrets import ACCOUNT, TOKEN, leaks_of
from kit.server import Server, Step, hang, hello, until
from kit.streams import DONE, ended, framed, head, said, stream

import cfai
from cfai import Finish, TextDelta

LLAMA = "@cf/meta/llama-3.2-3b-instruct"
AURA = "@cf/deepgram/aura-1"
HI = cfai.Prompt("Say hello")
SPEAK = cfai.TextToSpeech("hello")
MP3 = b"ID3\x04\x00" + bytes(4000)
AT_ONCE = 1.0
"""Seconds that a busy machine may take for what needs none."""
ENDLESS = stream(said("Hel", "lo"), then=hang())
WHOLE = stream(said("Hel", "lo"), ended())
ONE_ATTEMPT = cfai.RequestOptions(retry=None, timeout=20, idle_timeout=20)


def settings(server: Server, **more: Any) -> dict[str, Any]:
    given = {"account_id": ACCOUNT, "api_token": TOKEN, "base_url": server.base_url, "options": ONE_ATTEMPT}
    return {**given, "max_connections": 1, **more}


async def gone(server: Server) -> bool:
    return await until(lambda: server.open_connections == 0)


# -- leaving ------------------------------------------------------------------------------------------------------


ASKED = {"text": (LLAMA, HI, ENDLESS), "bytes": (AURA, SPEAK, stream(MP3, kind="audio/mpeg", then=hang()))}


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("events", [0, 1])
async def test_leaving_early_hangs_up_at_once(make: Any, server: Server, asked: str, events: int) -> None:
    model, params, step = ASKED[asked]
    client = make(max_connections=1)
    server.script(step)
    async with client.stream(model, params) as stream_:
        for _ in range(events):
            await anext(stream_)
        assert 1 == server.open_connections
        started = time.monotonic()
    assert await gone(server)
    assert time.monotonic() - started < AT_ONCE
    assert "Hello" == (await client.run(LLAMA, HI)).text
    assert 2 == server.connections


async def test_an_error_of_the_readers_own_hangs_up_too(make: Any, server: Server) -> None:
    client = make(max_connections=1)
    server.script(ENDLESS)

    async def fail() -> None:
        async with client.stream(LLAMA, HI) as stream_:
            await anext(stream_)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await gone(server)
    assert "Hello" == (await client.run(LLAMA, HI)).text


async def test_closing_it_twice_does_nothing(client: Any, server: Server) -> None:
    server.script(ENDLESS)
    async with client.stream(LLAMA, HI) as stream_:
        await stream_.aclose()
        assert await gone(server)
        await stream_.aclose()
    await stream_.aclose()
    with pytest.raises(cfai.StreamError, match="left before its end"):
        await anext(stream_)


@pytest.mark.parametrize("late", [0.0, 0.2])
@pytest.mark.parametrize("how", ["to its end", "to its Finish"])
async def test_behind_the_end_mark_the_connection_is_used_again(
    make: Any, server: Server, late: float, how: str
) -> None:
    client = make(max_connections=1)
    server.script(stream(said("Hello"), ended(), late=late), hello())
    async with client.stream(LLAMA, HI) as stream_:
        async for event in stream_:
            if isinstance(event, Finish) and how == "to its Finish":
                break
    assert "Hello" == stream_.result.response
    await client.run(LLAMA, HI)

    assert 1 == server.connections


async def test_an_end_that_never_comes_is_waited_for_only_for_a_moment(make: Any, server: Server) -> None:
    client = make(max_connections=1)
    server.script(stream(said("Hello"), ended(), then=hang()), hello())
    started = time.monotonic()
    async with client.stream(LLAMA, HI) as stream_:
        events = [event async for event in stream_]
    took = time.monotonic() - started

    assert [TextDelta("Hello"), Finish("stop", None)] == events
    assert "Hello" == stream_.result.response
    assert 0.45 < took < 0.5 + AT_ONCE
    assert await gone(server)
    await client.run(LLAMA, HI)
    assert 2 == server.connections


async def test_rubbish_without_end_behind_the_end_mark_is_not_read_for_ever(make: Any, server: Server) -> None:
    async def rubbish(exchange: Any) -> None:
        await exchange.send(head() + framed(said("Hello") + DONE))
        while True:
            await exchange.send(framed(b": rubbish\n\n" * 1000))

    server.script(Step(rubbish))
    client = make(max_connections=1)
    started = time.monotonic()
    async with client.stream(LLAMA, HI) as stream_:
        async for _ in stream_:
            pass
    assert time.monotonic() - started < 0.5 + AT_ONCE
    assert "Hello" == stream_.result.response
    assert await gone(server)


# -- dropping -----------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def one_warning(name: str) -> Generator[None]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    said_ = [each for each in caught if each.category is ResourceWarning and "was dropped" in str(each.message)]
    assert 1 == len(said_), [str(each.message) for each in caught]
    assert str(said_[0].message).startswith(f"a {name} ")


@pytest.mark.parametrize(("model", "params"), [(LLAMA, HI), (AURA, SPEAK)])
async def test_a_stream_that_is_dropped_is_closed_at_its_collection_with_a_warning(
    server: Server, model: str, params: Any
) -> None:
    server.script(ENDLESS if params is HI else stream(MP3, then=hang()))
    async with cfai.AsyncClient(**settings(server)) as client:
        stream_: Any = client.stream(model, params)
        name = type(stream_).__name__
        async for _ in await stream_.__aenter__():
            break
        with one_warning(name):
            del stream_
            gc.collect()
        assert await gone(server)
        assert "Hello" == (await client.run(LLAMA, HI)).text


@pytest.mark.parametrize(("model", "params"), [(LLAMA, HI), (AURA, SPEAK)])
def test_so_is_a_sync_stream(server: Server, model: str, params: Any) -> None:
    server.script(ENDLESS if params is HI else stream(MP3, then=hang()))
    with cfai.Client(**settings(server)) as client:
        stream_: Any = client.stream(model, params)
        name = type(stream_).__name__
        for _ in stream_.__enter__():
            break
        with one_warning(name):
            del stream_
            gc.collect()
        assert asyncio.run(gone(server))
        assert "Hello" == client.run(LLAMA, HI).text


async def test_a_stream_that_is_over_or_was_never_entered_is_dropped_in_silence(client: Any, server: Server) -> None:
    server.script(WHOLE)
    client.stream(LLAMA, HI)
    stream_ = client.stream(LLAMA, HI)
    await stream_.__aenter__()
    async for _ in stream_:
        pass
    del stream_
    gc.collect()  # a warning is an error here

    assert "Hello" == (await client.run(LLAMA, HI)).text
    assert 1 == server.connections


def test_a_stream_that_outlives_its_loop_says_only_that(server: Server) -> None:
    server.script(ENDLESS)
    client = cfai.AsyncClient(**settings(server))

    async def begin() -> Any:
        stream_ = client.stream(LLAMA, HI)
        return await stream_.__aenter__()

    stream_ = asyncio.run(begin())
    assert asyncio.run(gone(server))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        del stream_
        gc.collect()
    assert {ResourceWarning} >= {each.category for each in caught}
    assert all("was dropped" in str(each.message) for each in caught)


# -- cancelling ---------------------------------------------------------------------------------------------------

WAITS = {
    "before the head": hang(),
    "before the first event": stream(b": hm\n\n", then=hang()),
    "in the first event": stream(said("Hello")[:20], then=hang()),
    "in a whole answer": hang(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"),
    "between events": ENDLESS,
    "in an event": stream(said("Hel", "lo"), said("x")[:20], then=hang()),
    "behind the end mark": stream(said("Hel", "lo"), ended(), then=hang()),
}


BEGUN = {"between events", "in an event", "behind the end mark"}


@pytest.mark.parametrize(
    ("how", "case"),
    [*(("task", case) for case in WAITS), *((how, "between events") for how in ("scope", "timeout"))],
)
async def test_a_cancelled_stream_ends_as_cancelled_and_leaves_nothing(server: Server, how: str, case: str) -> None:
    server.script(WAITS[case])
    tasks, told = asyncio.all_tasks(), list[BaseException]()
    async with cfai.AsyncClient(**settings(server)) as client:
        stream_ = client.stream(LLAMA, HI)

        async def read() -> None:
            try:
                async with stream_:
                    async for _ in stream_:
                        pass
            except BaseException as error:
                told.append(error)
                raise

        async def there() -> None:
            assert await until(lambda: server.seen)
            await asyncio.sleep(0.08)

        if how == "task":
            task = asyncio.create_task(read())
            await there()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        elif how == "scope":
            async with anyio.create_task_group() as group:
                group.start_soon(read)
                await there()
                group.cancel_scope.cancel()
        else:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.2):
                    await read()

        [error] = told
        assert type(error) is asyncio.CancelledError
        assert None is error.__cause__
        assert [] == leaks_of(error)
        assert await gone(server)
        assert ("Hello" if case in BEGUN else "") == stream_.partial.response
        assert "Hello" == (await client.run(LLAMA, HI)).text
        await anyio.wait_all_tasks_blocked()
        assert tasks == asyncio.all_tasks()


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("inside", [True, False], ids=["inside a block", "outside"])
async def test_a_cancelled_read_hangs_up_at_once(server: Server, asked: str, inside: bool) -> None:
    model, params, step = ASKED[asked]
    server.script(step)
    async with cfai.AsyncClient(**settings(server)) as client, contextlib.AsyncExitStack() as block:
        stream_: Any = client.stream(model, params)
        if inside:
            await block.enter_async_context(stream_)
        else:
            await stream_.__aenter__()
        with anyio.move_on_after(0.2) as scope:
            while True:
                await anext(stream_)
        assert scope.cancelled_caught

        assert await gone(server)  # although nothing has left the block
        assert "Hello" == (await client.run(LLAMA, HI)).text
        assert stream_ is not None


async def test_a_cancelled_stream_is_not_sent_again(server: Server) -> None:
    server.script(hang())
    retry = cfai.Retry(backoff=0, lost_answers=True)
    async with cfai.AsyncClient(**settings(server, options=cfai.RequestOptions(retry=retry))) as client:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1), client.stream(LLAMA, HI):
                pass
        assert await gone(server)
        assert len(server.seen) <= 1


async def test_no_scope_is_held_between_two_events(server: Server) -> None:
    """A stream that is abandoned in the middle must not cancel whoever runs next (PEP 789)."""
    server.script(stream(said("Hel"), said("lo"), then=hang()))
    async with cfai.AsyncClient(**settings(server)) as client:
        stream_: Any = client.stream(LLAMA, HI)
        with anyio.CancelScope() as scope:
            await stream_.__aenter__()
            async for _ in stream_:
                break
        scope.cancel()
        await asyncio.sleep(0.05)
        task = asyncio.current_task()
        assert task is not None
        assert 0 == task.cancelling()
        await asyncio.create_task(stream_.aclose())  # nor does it matter which task closes it
        assert await gone(server)


# -- closing the client -------------------------------------------------------------------------------------------

CLOSED_AT = {name: step for name, step in WAITS.items() if name != "behind the end mark"}


@pytest.mark.parametrize("case", CLOSED_AT)
async def test_closing_the_client_ends_its_streams_with_what_came(make: Any, server: Server, case: str) -> None:
    client = make(**settings(server))
    server.script(CLOSED_AT[case])
    told = list[cfai.CfaiError]()
    stream_ = client.stream(LLAMA, HI)

    async def read() -> None:
        try:
            async with stream_:
                async for _ in stream_:
                    pass
        except cfai.CfaiError as error:
            told.append(error)

    started = 0.0
    async with anyio.create_task_group() as group:
        group.start_soon(read)
        assert await until(lambda: server.seen)
        await asyncio.sleep(0.08)
        started = time.monotonic()
        await client.aclose()
        assert await until(lambda: told)
    [error] = told
    assert isinstance(error, cfai.ClientClosed)
    assert time.monotonic() - started < AT_ONCE
    assert [] == leaks_of(error)
    assert await gone(server)
    if case in BEGUN:
        assert isinstance(error.partial, cfai.GeneratedText)
        assert "Hello" == error.partial.response == stream_.partial.response


async def test_a_stream_of_a_closed_client_is_closed(client: Any, server: Server) -> None:
    await client.aclose()
    with pytest.raises(cfai.ClientClosed):
        async with client.stream(LLAMA, HI):
            pass
    assert 0 == server.connections


async def test_a_stream_that_is_read_on_behind_the_close_is_closed(client: Any, server: Server) -> None:
    server.script(ENDLESS)
    async with client.stream(LLAMA, HI) as stream_:
        await anext(stream_)
        await client.aclose()
        with pytest.raises(cfai.ClientClosed) as caught:
            async for _ in stream_:
                pass
    assert isinstance(caught.value.partial, cfai.GeneratedText)
    assert "Hello" == caught.value.partial.response
    del stream_, caught
    gc.collect()  # it was left: a warning is an error here


async def test_a_stream_whose_client_was_closed_is_dropped_in_silence(client: Any, server: Server) -> None:
    server.script(ENDLESS)
    stream_ = client.stream(LLAMA, HI)
    await stream_.__aenter__()
    await client.aclose()
    assert await gone(server)
    del stream_
    gc.collect()  # the client has hung up


# -- Ctrl-C -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", ["before the head", "before the first event", "between events"])
def test_ctrl_c_ends_a_sync_stream(server: Server, case: str) -> None:
    server.script(WAITS[case])
    with cfai.Client(**settings(server)) as client:
        pressed: list[float] = []

        def press() -> None:
            asyncio.run(until(lambda: server.seen))
            time.sleep(0.1)
            pressed.append(time.monotonic())
            os.kill(os.getpid(), signal.SIGINT)

        pressing = threading.Thread(target=press)
        pressing.start()
        with pytest.raises(KeyboardInterrupt), client.stream(LLAMA, HI) as stream_:
            for _ in stream_:
                pass
        took = time.monotonic() - pressed[0]
        pressing.join(5)

        assert took < AT_ONCE
        assert asyncio.run(gone(server))
        assert "Hello" == client.run(LLAMA, HI).text


# -- size ---------------------------------------------------------------------------------------------------------


def test_a_stream_of_a_hundred_thousand_events_holds_little_beyond_its_text(server: Server) -> None:
    once = framed(said("0123456789") * 1000)

    async def many(exchange: Any) -> bool:
        await exchange.send(head())
        for _ in range(100):
            await exchange.send(once)
        await exchange.send(framed(ended()) + b"0\r\n\r\n")
        return True

    server.always(Step(many))
    read = script.run(
        """
import asyncio, cfai, gc
MODEL, HI = "@cf/meta/llama-3.2-3b-instruct", cfai.Prompt("hi")

async def main():
    async with cfai.AsyncClient() as ai, ai.stream(MODEL, HI) as stream:
        count = 0
        async for event in stream:
            count += 1
            if count in (20_000, 90_000):
                gc.collect()
                print(open("/proc/self/statm").read().split()[1])
        print(count)
        print(len(stream.result.response))

asyncio.run(main())
""",
        server,
    )
    read.assert_quiet()
    early, late, count, text = map(int, read.out.split())

    assert (100_001, 1_000_000) == (count, text)
    # What waits to be read differs by some 100 KB from moment to moment; an object of each event would be 4 MB.
    assert (late - early) * os.sysconf("SC_PAGE_SIZE") < 700_000 + 2**21


def test_streams_that_come_and_go_leave_nothing(server: Server) -> None:
    server.always(WHOLE)

    def read(client: cfai.Client, most: int) -> None:
        with client.stream(LLAMA, HI) as stream_:
            for _ in zip(range(most), stream_, strict=False):
                pass

    with cfai.Client(**settings(server)) as client:
        for number in range(60):
            read(client, 1 + number % 2 * 9)

        def are_gone() -> bool:
            gc.collect()
            return not any(isinstance(each, cfai.AsyncTextStream) for each in gc.get_objects())

        # The last one is let go of by the loop's thread, perhaps a moment after this one left its block.
        assert asyncio.run(until(are_gone))
        assert asyncio.run(until(lambda: server.open_connections <= 1))
