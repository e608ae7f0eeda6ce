"""Starting and stopping the emulator, from plain and from async code."""

import asyncio
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing

import anyio
import pytest

import cfai
from cfai.emulator import Emulator

MODEL = "@cf/huggingface/distilbert-sst-2-int8"


def emulator_threads():
    return [thread for thread in threading.enumerate() if thread.name == "cfai-emulator"]


@pytest.fixture(autouse=True)
def no_thread_is_left(emulator):
    """Hold each test to what it started; the one emulator of the whole run stays."""
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) <= before


def in_flight(emulator):
    """Send a request that is not answered soon, and come back when it has arrived."""
    host, _, port = emulator.base_url.removeprefix("http://").split("/")[0].rpartition(":")
    connection = socket.create_connection((host, int(port)), timeout=10)
    connection.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n")
    deadline = time.monotonic() + 10
    while not emulator.requests and time.monotonic() < deadline:
        time.sleep(0.001)
    assert emulator.requests
    return closing(connection)


def test_with_starts_and_stops_it(ask):
    running = len(emulator_threads())

    with Emulator() as emulator:
        assert len(emulator_threads()) == running + 1
        assert ask(MODEL, {"text": "x"}, to=emulator).status == 200
        url = emulator.base_url

    assert len(emulator_threads()) == running
    host, port = url.removeprefix("http://").split("/")[0].split(":")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, int(port)), timeout=10)


def test_it_listens_on_loopback_only():
    with Emulator() as emulator:
        assert emulator.base_url.startswith("http://127.0.0.1:")
        assert emulator.base_url.endswith("/client/v4")


@pytest.mark.anyio
async def test_async_with_starts_and_stops_it():
    before = set(threading.enumerate())

    async with Emulator() as emulator:
        host, port = emulator.base_url.removeprefix("http://").split("/")[0].split(":")
        async with await anyio.connect_tcp(host, int(port)) as stream:
            await stream.send(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            assert (await stream.receive()).startswith(b"HTTP/1.1 400 ")

    # Not one more, inside the loop too: it took no worker thread to wait in.
    assert set(threading.enumerate()) == before


@pytest.mark.anyio
async def test_stopping_does_not_hold_up_the_loop():
    ticks = 0

    async def tick():
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0)

    async with anyio.create_task_group() as group:
        async with Emulator(latency=60) as emulator:
            connection = in_flight(emulator)
            group.start_soon(tick)
            await asyncio.sleep(0)
            ticks = 0
        seen = ticks
        group.cancel_scope.cancel()
    connection.__exit__(None, None, None)

    # The call in flight gets a moment's grace, and many rounds of this loop go by in it.
    assert seen > 100


@pytest.mark.anyio
async def test_being_cancelled_while_it_starts_leaves_nothing():
    before = set(threading.enumerate())
    entered = False

    with anyio.CancelScope() as scope:
        scope.cancel()
        async with Emulator():
            entered = True

    assert not entered
    assert set(threading.enumerate()) == before


@pytest.mark.anyio
async def test_being_cancelled_inside_still_stops_it():
    before = set(threading.enumerate())

    with anyio.CancelScope() as scope:
        async with Emulator():
            scope.cancel()
            await anyio.sleep(10)

    assert scope.cancelled_caught
    assert set(threading.enumerate()) == before


def test_stopping_drops_calls_in_flight_at_once():
    emulator = Emulator(latency=60)
    emulator.start()

    with in_flight(emulator) as connection:
        begin = time.monotonic()
        emulator.close()
        assert time.monotonic() - begin < 5
        assert connection.recv(100) == b""


def test_it_says_that_it_does_not_run():
    emulator = Emulator()

    assert repr(emulator) == "<Emulator not running>"
    for use in (lambda: emulator.base_url, emulator.client, emulator.async_client):
        with pytest.raises(RuntimeError, match="use it in a with statement, or call start"):
            use()


def test_after_the_end_it_does_not_run():
    with Emulator() as emulator:
        assert repr(emulator) == f"<Emulator at {emulator.base_url}>"

    with pytest.raises(RuntimeError, match="is not running"):
        _ = emulator.base_url


def test_closing_twice_or_before_the_start_is_fine():
    emulator = Emulator()
    emulator.close()
    emulator.start()
    emulator.close()
    emulator.close()


@pytest.mark.anyio
async def test_closing_twice_is_fine_in_async_code_too():
    async with Emulator() as emulator:
        await emulator.aclose()
        await emulator.aclose()
        emulator.close()


def test_it_can_be_started_again_but_not_twice(ask):
    emulator = Emulator()
    for _ in range(2):
        with emulator:
            assert ask(MODEL, {"text": "x"}, to=emulator).status == 200
            with pytest.raises(RuntimeError, match="already running"):
                emulator.start()
            assert ask(MODEL, {"text": "x"}, to=emulator).status == 200

    assert len(emulator.requests) == 4


def test_a_port_in_use_is_an_error_and_leaves_nothing():
    with Emulator() as first:
        port = int(first.base_url.split(":")[2].split("/")[0])
        second = Emulator(port=port)
        with pytest.raises(OSError, match="address already in use"):
            second.start()
        assert repr(second) == "<Emulator not running>"

    with second:
        assert second.base_url == f"http://127.0.0.1:{port}/client/v4"


@pytest.mark.anyio
async def test_a_port_in_use_is_an_error_in_async_code_too():
    async with Emulator() as first:
        port = int(first.base_url.split(":")[2].split("/")[0])
        with pytest.raises(OSError, match="address already in use"):
            async with Emulator(port=port):
                pass


@pytest.mark.parametrize(("host", "start"), [("localhost", "http://"), ("0.0.0.0", "http://127.0.0.1:")])
def test_the_base_url_can_be_dialled_whatever_the_host(ask, host, start):
    with Emulator(host=host) as emulator:
        assert emulator.base_url.startswith(start)
        assert ask(MODEL, {"text": "x"}, to=emulator).status == 200


def ran(script, *options):
    """Run *script* in another interpreter, with every warning an error."""
    command = [sys.executable, "-W", "error", *options, "-c", script]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=_environment())


def _environment():
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


def test_an_emulator_that_nobody_closes_ends_with_the_program():
    script = "from cfai.emulator import Emulator; e = Emulator(); e.start(); print(e)"

    done = ran(script, "-X", "dev")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("<Emulator at http://127.0.0.1:")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this platform")
@pytest.mark.skipif(sys.version_info[:3] == (3, 13, 0), reason="its asyncio prints an error of its own at the exit")
def test_a_forked_child_can_close_it_and_the_parent_keeps_it():
    script = """
import os, socket, warnings
import cfai
from cfai.emulator import Emulator
warnings.simplefilter("ignore")  # Python 3.12 warns of any fork beside a thread
with Emulator() as emulator:
    port = int(emulator.base_url.split(":")[2].split("/")[0])
    child = os.fork()
    if child == 0:
        emulator.close()
        os._exit(7)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    socket.create_connection(("127.0.0.1", port), timeout=10).close()
print("fine")
"""
    done = ran(script)

    assert (done.stdout, done.stderr) == ("fine\n", "")


def test_it_loads_nothing_of_the_code_that_it_is_there_to_check():
    script = "import sys, cfai.emulator; print(*[name for name in sys.modules if name.startswith('cfai.')])"

    loaded = ran(script).stdout.split()

    assert "cfai.emulator" in loaded
    assert [name for name in loaded if not name.startswith("cfai.emulator")] == []


def test_its_client_calls_it_and_no_proxy(monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")

    with Emulator() as emulator, emulator.client() as ai:
        answer = ai.run(MODEL, {"text": "I like it"})

    assert {row.label for row in answer} == {"NEGATIVE", "POSITIVE"}
    assert len(emulator.requests) == 1


@pytest.mark.anyio
async def test_its_async_client_calls_it_and_no_proxy(monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")

    async with Emulator() as emulator, emulator.async_client() as ai:
        answer = await ai.run(MODEL, {"text": "I like it"})

    assert {row.label for row in answer} == {"NEGATIVE", "POSITIVE"}
    assert len(emulator.requests) == 1


def test_arguments_for_its_client_win():
    with Emulator() as emulator, emulator.client(api_token="another") as ai, pytest.raises(cfai.ApiError):
        ai.run(MODEL, {"text": "I like it"})

    assert emulator.requests[0].headers["authorization"] == "Bearer another"
