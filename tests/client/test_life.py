"""Loops, threads, exits and forks. The hard ones run in an interpreter of their own, and may take ten seconds."""

import asyncio
import gc
import os
import signal
import sys
import threading
import time
from typing import Any

import anyio
import pytest
from kit import script
from kit.secrets import ACCOUNT, TOKEN
from kit.server import Server, hang, until

import cfai

LLAMA = "@cf/meta/llama-3.2-3b-instruct"
HI = cfai.Prompt("Say hello")
STRICT = ("-X", "dev", "-W", "error")


def cfai_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "cfai"]


async def test_a_client_needs_no_loop_and_makes_no_connection(server: Server) -> None:
    await anyio.to_thread.run_sync(lambda: cfai.AsyncClient(account_id=ACCOUNT, api_token=TOKEN))

    assert 0 == server.connections


async def test_a_closed_client_refuses_calls_and_may_be_closed_again(client: Any, server: Server) -> None:
    await client.run(LLAMA, HI)
    await client.aclose()
    await client.aclose()

    with pytest.raises(cfai.ClientClosed):
        await client.run(LLAMA, HI)
    assert await until(lambda: server.open_connections == 0)


async def test_a_closed_client_warms_nothing(client: Any, server: Server) -> None:
    await client.aclose()
    with pytest.raises(cfai.ClientClosed):
        await client.warm()

    assert 0 == server.connections


async def test_a_client_that_was_never_used_can_be_closed(client: Any) -> None:
    await client.aclose()

    with pytest.raises(cfai.ClientClosed):
        await client.run(LLAMA, HI)


async def test_closing_ends_the_calls_in_flight_and_those_that_wait(make: Any, server: Server) -> None:
    server.always(hang())
    client = make(max_connections=1)
    ended: list[BaseException] = []

    async def call() -> None:
        try:
            await client.run(LLAMA, HI)
        except cfai.CfaiError as error:
            ended.append(error)

    async with anyio.create_task_group() as group:
        group.start_soon(call)
        group.start_soon(call)
        assert await until(lambda: server.seen)
        await anyio.sleep(0.05)  # for the second to wait
        started = time.monotonic()
        await client.aclose()

    assert [cfai.ClientClosed, cfai.ClientClosed] == [type(error) for error in ended]
    assert time.monotonic() - started < 2


async def test_a_copy_shares_the_connections_and_closes_nothing(client: Any, server: Server) -> None:
    copy = client.with_options(timeout=20)
    await client.run(LLAMA, HI)
    await copy.run(LLAMA, HI)
    await copy.aclose()
    await client.run(LLAMA, HI)

    assert 1 == server.connections
    await client.aclose()
    with pytest.raises(cfai.ClientClosed):
        await copy.run(LLAMA, HI)


async def test_warm_opens_the_connection_that_the_first_call_takes(client: Any, server: Server) -> None:
    await client.warm()
    assert await until(lambda: server.connections == 1)
    await client.run(LLAMA, HI)

    assert (1, 1) == (server.connections, len(server.seen))


async def test_a_cancelled_call_closes_its_connection(server: Server) -> None:
    server.script(hang())
    async with cfai.AsyncClient(account_id=ACCOUNT, api_token=TOKEN, base_url=server.base_url) as client:
        task = asyncio.create_task(client.run(LLAMA, HI))
        assert await until(lambda: server.seen)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

        assert await until(lambda: server.open_connections == 0)
        assert "Hello" == (await client.run(LLAMA, HI)).text


def test_one_async_client_works_in_several_loops_one_after_another(server: Server) -> None:
    client = cfai.AsyncClient(account_id=ACCOUNT, api_token=TOKEN, base_url=server.base_url)

    async def ask() -> str:
        return (await client.run(LLAMA, HI)).text

    answers = [asyncio.run(ask()) for _ in range(5)]
    before = len(os.listdir("/proc/self/fd")) if sys.platform == "linux" else 0
    answers += [asyncio.run(ask()) for _ in range(20)]
    after = len(os.listdir("/proc/self/fd")) if sys.platform == "linux" else 0

    assert ["Hello"] * 25 == answers
    assert (
        after < before + 5
    )  # the server may still have the last one; what an earlier test left may have been collected


def test_one_async_client_works_in_several_threads_at_once(server: Server) -> None:
    client = cfai.AsyncClient(account_id=ACCOUNT, api_token=TOKEN, base_url=server.base_url)
    answers: list[str] = []

    async def ask() -> None:
        answers.extend([(await client.run(LLAMA, HI)).text for _ in range(5)])

    threads = [threading.Thread(target=asyncio.run, args=(ask(),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert ["Hello"] * 20 == answers


def test_a_sync_client_serves_many_threads_and_ends_its_own(server: Server) -> None:
    answers: list[str] = []
    with cfai.Client(account_id=ACCOUNT, api_token=TOKEN, base_url=server.base_url) as client:
        threads = [threading.Thread(target=lambda: answers.append(client.run(LLAMA, HI).text)) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        assert 1 == len(cfai_threads())

    assert ["Hello"] * 20 == answers
    assert [] == cfai_threads()


def test_a_dropped_sync_client_ends_its_thread(server: Server) -> None:
    client = cfai.Client(account_id=ACCOUNT, api_token=TOKEN, base_url=server.base_url)
    client.run(LLAMA, HI)
    del client
    gc.collect()

    end = time.monotonic() + 5
    while cfai_threads() and time.monotonic() < end:
        time.sleep(0.01)
    assert [] == cfai_threads()


async def test_a_sync_client_works_inside_a_running_loop(server: Server) -> None:
    with cfai.Client(account_id=ACCOUNT, api_token=TOKEN, base_url=server.base_url) as client:
        assert "Hello" == client.run(LLAMA, HI).text


ASK = """
import asyncio, pathlib, sys, cfai
MODEL, HI = "@cf/meta/llama-3.2-3b-instruct", cfai.Prompt("Say hello")
cfai.Client  # loads all, which a loop in debug mode would call slow
"""


@pytest.mark.parametrize(
    "source",
    [
        "client = cfai.Client(); print(client.run(MODEL, HI))",
        "client = cfai.Client(); print(client.run(MODEL, HI)); client.close()",
        "client = cfai.Client(); print(client.run(MODEL, {'audio': pathlib.Path(cfai.__file__)}))",
        "client = cfai.AsyncClient(); print(asyncio.run(client.run(MODEL, HI)))",
        "print(asyncio.run(cfai.AsyncClient().run(MODEL, HI)))",
        """
async def main():
    client = cfai.AsyncClient()
    print(await client.run(MODEL, HI))
    del client
    await asyncio.sleep(0.05)
asyncio.run(main())
""",
        """
loop = asyncio.new_event_loop()
client = cfai.AsyncClient()
print(loop.run_until_complete(client.run(MODEL, HI)))
loop.run_until_complete(client.aclose())
loop.close()
""",
    ],
    ids=[
        "sync, not closed",
        "sync, closed",
        "sync, with a worker thread",
        "async, not closed",
        "async, dropped",
        "dropped in its loop",
        "own loop",
    ],
)
def test_a_program_ends_without_a_word(server: Server, source: str) -> None:
    ended = script.run(ASK + source, server, *STRICT)

    ended.assert_quiet()
    assert "Hello\n" == ended.out


def test_a_forked_child_can_ask_and_so_can_its_parent(server: Server) -> None:
    ended = script.run(
        ASK
        + """
import os, sys
client = cfai.Client()
print("parent", client.run(MODEL, HI), flush=True)
child = os.fork()
if child == 0:
    print("child", client.run(MODEL, HI), flush=True)
    sys.exit(0)
_, status = os.waitpid(child, 0)
print("parent", client.run(MODEL, HI), os.waitstatus_to_exitcode(status))
""",
        server,
        "-W",
        "ignore::DeprecationWarning",  # Python 3.12 warns of any fork beside a thread
    )

    ended.assert_quiet()
    assert ["parent Hello", "child Hello", "parent Hello 0"] == ended.out.splitlines()


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
def test_ctrl_c_ends_the_call_and_not_the_program(server: Server) -> None:
    server.script(hang())
    process = script.start(
        ASK
        + """
client = cfai.Client()
try:
    client.run(MODEL, HI)
except KeyboardInterrupt:
    print("interrupted", client.run(MODEL, HI), flush=True)
sys.stdin.read()
""",
        server,
    )
    with process:
        end = time.monotonic() + 20  # a machine may be busy, and its Python slow to start
        while not server.seen and time.monotonic() < end:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        assert process.stdout is not None
        said = process.stdout.readline()
        end = time.monotonic() + 5  # after 15 s the second one goes by itself
        while server.open_connections > 1 and time.monotonic() < end:
            time.sleep(0.01)
        left = server.open_connections
        ended = script.finish(process)

    ended.assert_quiet()
    assert "interrupted Hello\n" == said
    assert 1 == left  # that of the second call: the first is gone while the program lives


def test_import_cfai_loads_nothing_heavy() -> None:
    ended = script.run(
        """
import sys
heavy = {"aiohttp", "cattrs", "attrs", "attr", "anyio", "msgspec", "asyncio", "typing"}
before = set(sys.modules)  # coverage and the like may have been there first
import cfai
print(sorted(heavy & (set(sys.modules) - before)))
"""
    )

    assert "[]\n" == ended.out


def test_a_call_imports_nothing(server: Server) -> None:
    ended = script.run(
        """
import asyncio, sys, cfai
client = cfai.AsyncClient()
async def main():
    params, mapping = cfai.Prompt("Say hello"), {"prompt": "Say hello"}
    before = set(sys.modules)
    await client.run("@cf/meta/llama-3.2-3b-instruct", params)
    await client.run("@cf/meta/llama-3.2-3b-instruct", mapping)
    print(sorted(set(sys.modules) - before))
asyncio.run(main())
""",
        server,
    )

    ended.assert_quiet()
    assert "[]\n" == ended.out


async def test_closing_ends_a_call_that_reads_its_answer(make: Any, server: Server) -> None:
    server.script(hang(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{"))
    client, ended = make(), list[BaseException]()

    async def call() -> None:
        try:
            await client.run(LLAMA, HI)
        except cfai.CfaiError as error:
            ended.append(error)

    async with anyio.create_task_group() as group:
        group.start_soon(call)
        assert await until(lambda: server.seen)
        await anyio.sleep(0.1)
        started = time.monotonic()
        await client.aclose()

    assert time.monotonic() - started < 5
    assert [cfai.ClientClosed] == [type(error) for error in ended]
