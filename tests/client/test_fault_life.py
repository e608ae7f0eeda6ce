"""Many threads, many loops, many calls, other processes, and the end of the program."""

import asyncio
import signal
import sys
import threading
import time
from collections import Counter
from typing import Any

import anyio
import pytest
from kit import script
from kit.secrets import ACCOUNT, TOKEN, found_in
from kit.server import Exchange, Gate, Server, Step, hang, hello, response, until

import cfai

pytestmark = pytest.mark.slow

LLAMA = "@cf/meta/llama-3.2-3b-instruct"
HI = cfai.Prompt("Say hello")
ASK = """
import asyncio, atexit, gc, os, sys, threading, time, cfai
MODEL, HI = "@cf/meta/llama-3.2-3b-instruct", cfai.Prompt("Say hello")
cfai.Client  # loads all
"""


def made(kind: Any, server: Server, **settings: Any) -> Any:
    return kind(
        account_id=ACCOUNT,
        api_token=TOKEN,
        base_url=server.base_url,
        **{"options": cfai.RequestOptions(retry=None), **settings},
    )


async def echo(exchange: Exchange) -> bool:
    """Answer with what was asked; fail or say nothing where that is asked for."""
    said = exchange.seen.json["prompt"]
    if said.startswith("refuse"):
        await exchange.send(response({"success": False, "errors": [{"code": 5006, "message": "no"}]}, 400))
    elif said.startswith("hang"):
        await exchange.gone()
        return False
    else:
        await exchange.send(response({"result": {"response": said}, "success": True}))
    return True


# -- threads and loops --------------------------------------------------------------------------------------------


def test_fifty_threads_on_one_client_each_get_their_own_answers(server: Server) -> None:
    server.always(Step(echo))
    outcomes: Counter[str] = Counter()

    def ask(thread: int) -> None:
        for number in range(8):
            kind = ("say", "say", "refuse", "hang")[number % 4]
            said = f"{kind} {thread} {number}"
            limit = cfai.RequestOptions(timeout=0.2 if kind == "hang" else 20)
            try:
                outcome = client.run(LLAMA, cfai.Prompt(said), limit).text
            except cfai.CfaiError as error:
                outcome = type(error).__name__
            outcomes["own answer" if outcome == said else outcome] += 1

    with made(cfai.Client, server, max_connections=64) as client:
        threads = [threading.Thread(target=ask, args=(thread,)) for thread in range(50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert 1 == sum(thread.name == "cfai" for thread in threading.enumerate())

    assert {"own answer": 200, "InvalidInput": 100, "RequestTimeout": 100} == outcomes
    assert asyncio.run(until(lambda: server.open_connections == 0))


def test_one_async_client_in_eight_loops_at_once_has_connections_in_each(server: Server) -> None:
    gate, ended = Gate(), list[list[str]]()
    server.always(gate.before(hello()))
    client = made(cfai.AsyncClient, server, max_connections=2)

    async def ask() -> None:
        ended.append([answered.text for answered in await asyncio.gather(*(client.run(LLAMA, HI) for _ in range(6)))])

    threads = [threading.Thread(target=asyncio.run, args=(ask(),)) for _ in range(8)]
    for thread in threads:
        thread.start()
    assert asyncio.run(until(lambda: len(server.seen) == 16))
    gate.open()
    for thread in threads:
        thread.join(10)

    assert [["Hello"] * 6] * 8 == ended
    assert (16, 16) == (server.most_at_once, server.connections)
    assert asyncio.run(until(lambda: server.open_connections == 0))  # each loop has closed what was its own


def test_a_notebooks_loop_takes_cell_after_cell(server: Server) -> None:
    """As ipykernel does it: one loop that stays, one task a cell, and a cell that may block it."""
    client, blocking = made(cfai.AsyncClient, server), made(cfai.Client, server)
    said: list[str] = []

    async def cell() -> None:
        said.append((await client.run(LLAMA, HI)).text)

    async def cell_that_blocks() -> None:
        said.append(blocking.run(LLAMA, HI).text)

    async def cell_that_is_interrupted() -> None:
        server.script(hang())
        await client.run(LLAMA, HI)

    with asyncio.Runner() as notebook:
        loop = notebook.get_loop()
        for each in (cell, cell_that_blocks, cell):
            loop.run_until_complete(each())
        interrupted = loop.create_task(cell_that_is_interrupted())
        loop.run_until_complete(until(lambda: len(server.seen) == 4))
        interrupted.cancel()
        with pytest.raises(asyncio.CancelledError):
            loop.run_until_complete(interrupted)
        loop.run_until_complete(cell())
        assert set() == asyncio.all_tasks(loop)
    blocking.close()

    assert ["Hello"] * 4 == said
    assert asyncio.run(until(lambda: server.open_connections == 0))


async def test_closing_ends_all_of_many_calls(make: Any, server: Server) -> None:
    server.always(hang())
    client, told = make(max_connections=8), list[BaseException]()

    async def call() -> None:
        try:
            await client.run(LLAMA, HI)
        except BaseException as error:
            told.append(error)

    async with anyio.create_task_group() as group:
        for _ in range(30):
            group.start_soon(call)
        assert await until(lambda: len(server.seen) == 8)
        started = time.monotonic()
        await client.aclose()

    assert [cfai.ClientClosed] * 30 == [type(error) for error in told]
    assert time.monotonic() - started < 1.5
    assert 8 == len(server.seen)
    assert await until(lambda: server.open_connections == 0)


async def test_never_more_than_max_connections_are_open_and_none_waits_for_ever(make: Any, server: Server) -> None:
    async def play(exchange: Exchange) -> bool:
        await anyio.sleep(0.003)
        return await hello().play(exchange) or True

    server.always(Step(play))
    client, order = make(max_connections=3), list[int]()

    async def ask(number: int) -> None:
        await client.run(LLAMA, HI)
        order.append(number)

    async with anyio.create_task_group() as group:
        for number in range(30):
            group.start_soon(ask, number)

    assert list(range(30)) == sorted(order)
    assert 3 == server.connections >= server.most_at_once  # a busy machine may not answer three at once


# -- ten thousand -------------------------------------------------------------------------------------------------


@pytest.mark.timeout(90)  # some five seconds, where nothing else runs
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_ten_thousand_calls_at_once_all_end_and_take_little_memory(server: Server) -> None:
    gate = Gate()
    server.always(gate.before(hello()))
    process = script.start(
        f"""{ASK}
from pathlib import Path
def kib():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1024
async def main():
    async with cfai.AsyncClient(options=cfai.RequestOptions(retry=None)) as client:
        await client.warm()
        gc.collect()
        before = kib()
        calls = [asyncio.create_task(client.run(MODEL, HI)) for _ in range(10_000)]
        while len(os.listdir("/proc/self/fd")) < 256:
            await asyncio.sleep(0.05)
        await asyncio.sleep(0.3)
        print((kib() - before) / 10_000, flush=True)
        answers = await asyncio.gather(*calls)
        print({{answer.text for answer in answers}}, len(answers), len(asyncio.all_tasks()))
asyncio.run(main())
""",
        server,
    )
    assert process.stdout is not None
    each = float(process.stdout.readline())
    asked = len(server.seen)
    gate.open()
    ended = script.finish(process, 60)
    print(f"\n10,000 calls at once: {each:.1f} KiB for each")

    assert 256 == asked == server.connections
    assert each < 30
    assert "{'Hello'} 10000 1\n" == ended.out
    assert (0, "") == (ended.code, ended.err)
    assert (10_000, 256) == (len(server.seen), server.most_at_once)


# -- other processes ----------------------------------------------------------------------------------------------


def test_a_client_travels_to_spawned_processes(server: Server) -> None:
    ended = script.run(
        """
import multiprocessing, os, cfai
client = cfai.Client()
client.run("@cf/meta/llama-3.2-3b-instruct", cfai.Prompt("here"))  # it has a thread, a loop and a connection by now
with multiprocessing.get_context("spawn").Pool(2) as pool:
    asked = [("@cf/meta/llama-3.2-3b-instruct", cfai.Prompt(f"there {number}")) for number in range(4)]
    print([answer.text for answer in pool.starmap(client.run, asked)])
    pool.close()
    pool.join()
print(client.run("@cf/meta/llama-3.2-3b-instruct", cfai.Prompt("here")).text)
""",
        server,
        "-X",
        "dev",
    )

    ended.assert_quiet()
    assert "['Hello', 'Hello', 'Hello', 'Hello']\nHello\n" == ended.out
    assert {"here": 2, "there": 4} == Counter(seen.json["prompt"].split()[0] for seen in server.seen)
    assert {f"Bearer {TOKEN}"} == {seen.header("authorization") for seen in server.seen}
    assert asyncio.run(until(lambda: server.open_connections == 0))


# -- the end ------------------------------------------------------------------------------------------------------

LAST_CALLS = {
    "used before": "client.run(MODEL, HI)",
    "closed before": "client.close()",
    "with another thread that calls": """
client.run(MODEL, HI)
def again():
    try:
        while True:
            client.run(MODEL, HI)
    except BaseException as error:
        pass
threading.Thread(target=again, daemon=True).start()
time.sleep(0.05)
""",
}


@pytest.mark.parametrize("before", LAST_CALLS.values(), ids=LAST_CALLS)
def test_a_call_at_exit_answers_or_raises_and_never_hangs(server: Server, before: str) -> None:
    started = time.monotonic()
    ended = script.run(
        f"""{ASK}
client = cfai.Client()
def ask():
    try:
        print(client.run(MODEL, HI))
    except BaseException as error:
        print(type(error).__name__)
atexit.register(ask)
{before}
""",
        server,
    )

    assert time.monotonic() - started < 8
    assert 0 == ended.code
    assert ended.out in {"Hello\n", "ClientClosed\n", "RuntimeError\n"}
    assert "Unclosed" not in ended.err
    assert [] == found_in(ended.out + ended.err)


@pytest.mark.parametrize(
    "last",
    [
        "atexit.register(lambda: print(asyncio.run(cfai.AsyncClient().run(MODEL, HI))))",
        """
class Holder:
    def __init__(self):
        self.client = cfai.Client()
        print(self.client.run(MODEL, HI))
    def __del__(self):
        self.client.close()
holder = Holder()
""",
    ],
    ids=["an AsyncClient", "a finaliser that closes"],
)
def test_other_last_words_are_heard(server: Server, last: str) -> None:
    ended = script.run(ASK + last, server, "-X", "dev", "-W", "error")

    ended.assert_quiet()
    assert "Hello\n" == ended.out


@pytest.mark.parametrize("used", [True, False], ids=["used before", "first call"])
def test_a_thread_that_outlives_the_main_one_is_answered_or_told_why(server: Server, used: bool) -> None:
    ended = script.run(
        f"""{ASK}
client = cfai.Client()
if {used}:
    client.run(MODEL, HI)
def call():
    threading.main_thread().join()
    try:
        print(client.run(MODEL, HI))
    except cfai.TransportError as error:
        print(error.sent, error)
threading.Thread(target=call).start()  # the interpreter waits for it before anything else ends
""",
        server,
        "-X",
        "dev",
        "-W",
        "error",
    )

    ended.assert_quiet()
    if ended.out != "Hello\n":  # Python 3.12 starts no thread any more
        assert sys.version_info[:2] == (3, 12)
        assert not used
        assert ended.out.startswith("False the client's event loop can't be started: can't create new thread at")


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
@pytest.mark.parametrize("runs", ["client.run(MODEL, HI)", "asyncio.run(cfai.AsyncClient().run(MODEL, HI))"])
def test_ctrl_c_that_nobody_catches_ends_the_program_at_once(server: Server, runs: str) -> None:
    server.always(hang())
    process = script.start(f"{ASK}\nclient = cfai.Client()\n{runs}", server)
    assert asyncio.run(until(lambda: server.seen, 10))
    process.send_signal(signal.SIGINT)
    started = time.monotonic()
    ended = script.finish(process)

    assert time.monotonic() - started < 3
    assert -signal.SIGINT == ended.code
    assert ended.err.rstrip().endswith("KeyboardInterrupt")
    assert "Unclosed" not in ended.err
    assert [] == found_in(ended.out + ended.err)
    assert asyncio.run(until(lambda: server.open_connections == 0))


def test_clients_that_come_and_go_leave_nothing(server: Server) -> None:
    ended = script.run(
        f"""{ASK}
from pathlib import Path
def held():
    gc.collect()
    resident = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1024
    return len(os.listdir("/proc/self/fd")), threading.active_count(), resident
def cycles(many):
    async def ask():
        async with cfai.AsyncClient() as client:
            await client.run(MODEL, HI)
    async def all():
        for _ in range(many):
            await ask()
        return len(asyncio.all_tasks())
    assert asyncio.run(all()) == 1
    for _ in range(many // 4):
        with cfai.Client() as client:
            client.run(MODEL, HI)
cycles(40)
before = held()
cycles(200)
after = held()
print(after[0] - before[0], after[1] - before[1], after[2] - before[2])
""",
        server,
    )

    ended.assert_quiet()
    descriptors, threads, grown = map(float, ended.out.split())
    assert (0, 0) == (descriptors, threads)
    assert grown < 250 * 8  # KiB; a session that stayed would take ten times as much
    assert asyncio.run(until(lambda: server.open_connections == 0))
