"""The less common ends of clients, loops, threads and processes; most in an interpreter of their own."""

import asyncio
import concurrent.futures
import gc
import threading
import time
import traceback
from typing import Any

import anyio
import pytest
from kit import script
from kit.secrets import ACCOUNT, TOKEN, found_in
from kit.server import Server, Step, hang, hello, until

import cfai
from cfai._sync.loop_thread import LoopThread

pytestmark = pytest.mark.slow

LLAMA = "@cf/meta/llama-3.2-3b-instruct"
HI = cfai.Prompt("Say hello")
STRICT = ("-X", "dev", "-W", "error")
SLACK = 1.5
ASK = """
import asyncio, contextlib, os, sys, threading, time, cfai
MODEL, HI = "@cf/meta/llama-3.2-3b-instruct", cfai.Prompt("Say hello")
cfai.Client  # loads all, which a loop in debug mode would call slow
"""


def make(kind: Any, server: Server, **settings: Any) -> Any:
    return kind(account_id=ACCOUNT, api_token=TOKEN, base_url=server.base_url, **settings)


def wait_for(condition: Any, within: float = 5.0) -> bool:
    end = time.monotonic() + within
    while not condition() and time.monotonic() < end:
        time.sleep(0.005)
    return bool(condition())


def cfai_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "cfai"]


# -- loops --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("then", ["", "del client", "asyncio.run(ask())"], ids=["kept", "dropped", "used again"])
def test_a_loop_that_was_closed_without_a_farewell_leaves_nothing(server: Server, then: str) -> None:
    ended = script.run(
        f"""{ASK}
client = cfai.AsyncClient()
async def ask():
    print(await client.run(MODEL, HI))
loop = asyncio.new_event_loop()
loop.run_until_complete(ask())
loop.close()
{then}
""",
        server,
        *STRICT,
    )

    ended.assert_quiet()
    assert {"Hello"} == set(ended.out.split())


def test_the_sockets_of_a_dead_loop_are_closed_at_the_first_call_in_a_new_one(server: Server) -> None:
    client = make(cfai.AsyncClient, server)

    async def ask() -> str:
        return (await client.run(LLAMA, HI)).text

    loop = asyncio.new_event_loop()
    loop.run_until_complete(ask())
    loop.close()
    assert 1 == server.open_connections
    asyncio.run(ask())

    assert wait_for(lambda: server.open_connections == 0)


def test_closing_closes_what_a_loop_that_stands_still_has(server: Server) -> None:
    client = make(cfai.AsyncClient, server)
    still = asyncio.new_event_loop()
    still.run_until_complete(client.run(LLAMA, HI))
    asyncio.run(client.aclose())

    assert wait_for(lambda: not server.open_connections)
    with pytest.raises(cfai.ClientClosed):
        still.run_until_complete(client.run(LLAMA, HI))
    still.close()


def test_closing_leaves_what_a_loop_has_closed_itself(server: Server) -> None:
    client = make(cfai.AsyncClient, server)
    ended = asyncio.new_event_loop()
    ended.run_until_complete(client.run(LLAMA, HI))
    ended.run_until_complete(ended.shutdown_asyncgens())
    assert wait_for(lambda: not server.open_connections)
    asyncio.run(client.aclose())

    ended.close()
    assert client._calls._transport.closed


def test_closing_reaches_the_connections_of_other_running_loops(server: Server) -> None:
    server.always(hang())
    client = make(cfai.AsyncClient, server)
    ended: list[BaseException] = []

    async def ask() -> None:
        try:
            await client.run(LLAMA, HI)
        except cfai.CfaiError as error:
            ended.append(error)

    threads = [threading.Thread(target=asyncio.run, args=(ask(),)) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert wait_for(lambda: len(server.seen) == 3)
    started = time.monotonic()
    asyncio.run(client.aclose())
    for thread in threads:
        thread.join(5)

    assert [cfai.ClientClosed] * 3 == [type(error) for error in ended]
    assert time.monotonic() - started < SLACK


async def test_a_cancelled_call_shows_no_secret(server: Server) -> None:
    server.always(hang())
    async with make(cfai.AsyncClient, server) as client:
        with pytest.raises(TimeoutError) as caught:
            async with asyncio.timeout(0.2):
                await client.run(LLAMA, HI)

    link: BaseException | None = caught.value
    shown = ""
    while link is not None:
        shown += "".join(traceback.TracebackException.from_exception(link, capture_locals=True).format())
        link = link.__cause__ or link.__context__
    assert "run(LLAMA, HI)" in shown
    assert [] == found_in(shown)


async def test_cancelling_a_call_that_waits_leaves_the_pool_whole(server: Server) -> None:
    server.script(hang())
    async with make(cfai.AsyncClient, server, max_connections=1) as client:
        first = asyncio.create_task(client.run(LLAMA, HI))
        assert await until(lambda: server.seen)
        waiting = [asyncio.create_task(client.run(LLAMA, HI)) for _ in range(3)]
        await asyncio.sleep(0.05)
        for task in (*waiting, first):
            task.cancel()
        outcomes = await asyncio.gather(first, *waiting, return_exceptions=True)

        assert [asyncio.CancelledError] * 4 == [type(outcome) for outcome in outcomes]
        assert "Hello" == (await client.run(LLAMA, HI)).text


async def test_a_scope_that_ends_closes_the_client_all_the_same(server: Server) -> None:
    server.script(hang())
    with anyio.move_on_after(0.2):
        async with make(cfai.AsyncClient, server) as client:
            await client.run(LLAMA, HI)

    assert await until(lambda: server.open_connections == 0)
    with pytest.raises(cfai.ClientClosed):
        await client.run(LLAMA, HI)


# -- threads ------------------------------------------------------------------------------------------------------


def test_closing_from_another_thread_ends_a_sync_call(server: Server) -> None:
    server.always(hang())
    client = make(cfai.Client, server)
    ended: list[BaseException] = []

    def ask() -> None:
        try:
            client.run(LLAMA, HI)
        except cfai.CfaiError as error:
            ended.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert wait_for(lambda: len(server.seen) == 4)
    started = time.monotonic()
    client.close()
    for thread in threads:
        thread.join(5)

    assert [cfai.ClientClosed] * 4 == [type(error) for error in ended]
    assert time.monotonic() - started < SLACK
    assert [] == cfai_threads()


def test_closing_while_many_threads_call_hangs_none_of_them(server: Server) -> None:
    for _ in range(10):
        client = make(cfai.Client, server)
        client.warm()

        def ask(client: Any = client) -> None:
            try:
                while True:
                    client.run(LLAMA, HI)
            except cfai.ClientClosed:
                pass

        threads = [threading.Thread(target=ask, daemon=True) for _ in range(8)]
        for thread in threads:
            thread.start()
        time.sleep(0.02)
        client.close()
        for thread in threads:
            thread.join(5)
        assert [] == [thread for thread in threads if thread.is_alive()]


def test_a_sync_client_that_is_never_used_starts_no_thread(server: Server) -> None:
    client = make(cfai.Client, server)
    client.with_options(timeout=5)

    assert [] == cfai_threads()
    client.close()
    with pytest.raises(cfai.ClientClosed):
        client.run(LLAMA, HI)
    assert [] == cfai_threads()


def test_a_copy_keeps_the_loop_alive_when_the_first_client_is_gone(server: Server) -> None:
    first = make(cfai.Client, server)
    first.run(LLAMA, HI)
    copy = first.with_options(timeout=20)
    del first
    gc.collect()

    assert "Hello" == copy.run(LLAMA, HI).text
    assert 1 == server.connections
    del copy
    gc.collect()
    assert wait_for(lambda: not cfai_threads())


def test_a_client_that_is_collected_in_its_own_loop_ends_that_loop(server: Server) -> None:
    holder: list[Any] = []
    client = make(cfai.Client, server, on_attempt=lambda _: holder.clear())
    holder.append(client.with_options(timeout=5))
    holder.append(client)
    del client
    holder[0].run(LLAMA, HI)  # the last reference is dropped on the thread of the loop, in the middle of a call

    gc.collect()
    assert wait_for(lambda: not cfai_threads())


def test_a_client_in_a_cycle_may_be_collected_by_the_thread_of_its_loop(server: Server) -> None:
    client = make(cfai.Client, server)
    client.run(LLAMA, HI)
    running = client._loop._running
    assert running is not None
    loop, cycle = running._loop, [client]
    assert loop is not None
    cycle.append(cycle)  # type: ignore[arg-type]
    gc.collect()
    gc.disable()  # else this thread may be the one that collects it
    try:
        del client, cycle
        assert cfai_threads()
        asyncio.run_coroutine_threadsafe(asyncio.to_thread(len, "a"), loop).result(5)
        loop.call_soon_threadsafe(gc.collect)
    finally:
        gc.enable()

    assert wait_for(lambda: not cfai_threads())
    assert wait_for(lambda: not server.open_connections)


def test_a_loop_that_can_not_be_made_is_made_by_a_later_call(server: Server) -> None:
    ended = script.run(
        f"""{ASK}
import resource
client = cfai.Client()
limits = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (len(os.listdir("/proc/self/fd")) - 1, limits[1]))
try:
    client.run(MODEL, HI)
except cfai.TransportError as error:
    print(error, error.sent)
resource.setrlimit(resource.RLIMIT_NOFILE, limits)
print(client.run(MODEL, HI), threading.active_count())
""",
        server,
    )

    why = "OSError: [Errno 24] Too many open files"
    assert f"the client's event loop can't be started: {why} False\nHello 2\n" == ended.out


async def nothing() -> None:
    pass


def test_what_a_loop_is_given_ends_as_closed_when_the_loop_is_closed() -> None:
    loop, told = LoopThread(nothing), list[BaseException]()

    def wait() -> None:
        try:
            loop.wait(lambda: asyncio.sleep(60))
        except cfai.ClientClosed as error:
            told.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    assert wait_for(lambda: loop._waiting)
    loop.close()
    thread.join(5)

    assert ["the client was closed while the call ran"] == [str(error) for error in told]


def test_a_cancellation_that_is_nobody_elses_passes() -> None:
    async def cancelled() -> None:
        raise asyncio.CancelledError

    loop = LoopThread(nothing)
    with pytest.raises(concurrent.futures.CancelledError):
        loop.wait(cancelled)
    loop.close()


def test_a_sync_call_from_within_its_own_loop_is_refused_and_does_not_hang(server: Server) -> None:
    told: list[BaseException] = []

    def again(_: cfai.Attempt) -> None:
        try:
            client.run(LLAMA, HI)
        except RuntimeError as error:
            told.append(error)

    with make(cfai.Client, server, on_attempt=again) as client:
        assert "Hello" == client.run(LLAMA, HI).text
    assert 1 == len(told)


# -- the end of a program -----------------------------------------------------------------------------------------

ENDS = {
    "a call that hangs in a daemon thread": """
client = cfai.Client()
threading.Thread(target=client.run, args=(MODEL, HI), daemon=True).start()
time.sleep(0.4)
""",
    "a call at exit": """
import atexit
client = cfai.Client(options=cfai.RequestOptions(timeout=0.5))
def ask():
    try:
        client.run(MODEL, HI)
    except BaseException as error:
        print(type(error).__name__)
atexit.register(ask)
""",
    "an exit by exception": "client = cfai.Client(); client.warm(); sys.exit(0)",
    "clients in a cycle": """
client = cfai.Client(); client.warm()
cycle = {"client": client}; cycle["cycle"] = cycle
del client, cycle
""",
}


@pytest.mark.parametrize("source", ENDS.values(), ids=ENDS)
def test_no_program_is_held_up_at_its_exit(server: Server, source: str) -> None:
    server.always(hang())
    started = time.monotonic()
    ended = script.run(ASK + source, server)

    assert 0 == ended.code
    assert time.monotonic() - started < 8
    assert [] == found_in(ended.out + ended.err)
    assert "Unclosed" not in ended.err


# -- fork ---------------------------------------------------------------------------------------------------------

FORKS = {
    "before the first use": "",
    "after the first use": "client.run(MODEL, HI)",
    "with a call in flight": """
def hanging():
    with contextlib.suppress(cfai.ClientClosed):
        client.run("@cf/hang/hang", HI)
threading.Thread(target=hanging, daemon=True).start()
time.sleep(0.3)
""",
}
CHILDREN = {
    "asks": "client.run(MODEL, HI)",
    "asks and closes": "client.run(MODEL, HI); client.close()",
    "closes": "client.close()",
    "drops it": "del client",
    "does nothing": "pass",
    "has a child that asks": """
    grandchild = os.fork()
    if grandchild == 0:
        client.run(MODEL, HI)
        sys.exit(0)
    assert os.waitpid(grandchild, 0)[1] == 0
""",
}


@pytest.mark.parametrize("before", FORKS.values(), ids=FORKS)
@pytest.mark.parametrize("child", CHILDREN.values(), ids=CHILDREN)
def test_a_fork_harms_neither_parent_nor_child(server: Server, before: str, child: str) -> None:
    async def play(exchange: Any) -> bool | None:
        step = hang() if b"/@cf/hang/" in exchange.seen.line else hello()
        return await step.play(exchange)

    server.always(Step(play))
    ended = script.run(
        f"""{ASK}
client = cfai.Client()
{before}
child = os.fork()
if child == 0:
    {child.strip()}
    sys.exit(0)
_, status = os.waitpid(child, 0)
print(client.run(MODEL, HI), os.waitstatus_to_exitcode(status))
""",
        server,
        "-W",
        "ignore::DeprecationWarning",  # Python 3.12 warns of any fork beside a thread
    )

    ended.assert_quiet()
    assert "Hello 0\n" == ended.out


def test_a_fork_leaves_what_a_loop_has_closed_itself(server: Server) -> None:
    ended = script.run(
        f"""{ASK}
client = cfai.AsyncClient()
loop = asyncio.new_event_loop()
loop.run_until_complete(client.run(MODEL, HI))
loop.run_until_complete(loop.shutdown_asyncgens())
child = os.fork()
if child == 0:
    print(asyncio.run(client.run(MODEL, HI)))
    sys.exit(0)
_, status = os.waitpid(child, 0)
print(os.waitstatus_to_exitcode(status))
loop.close()
""",
        server,
    )

    ended.assert_quiet()
    assert "Hello\n0\n" == ended.out


def test_an_async_client_that_was_used_works_in_a_forked_child(server: Server) -> None:
    ended = script.run(
        f"""{ASK}
client = cfai.AsyncClient()
def ask():
    print(loop.run_until_complete(client.run(MODEL, HI)), flush=True)
loop = asyncio.new_event_loop()
ask()  # the loop stays open, and its connection too
child = os.fork()
if child == 0:
    print(asyncio.run(client.run(MODEL, HI)), flush=True)
    sys.exit(0)
assert os.waitpid(child, 0)[1] == 0
ask()
loop.run_until_complete(client.aclose())
loop.close()
""",
        server,
        "-W",
        "ignore::DeprecationWarning",
    )

    ended.assert_quiet()
    assert ["Hello"] * 3 == ended.out.split()
    assert 2 == server.connections  # the child's end did not close its parent's
