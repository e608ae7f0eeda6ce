"""Calls of the sync client while its loop's thread is busy, gone, or can't be started; and calls that are given up.

The programs run in interpreters of their own, for signals, forks and exits. What a program gave up is looked for at the
server: that it never came, or that its connection ended at once.
"""

import asyncio
import re
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from kit import script
from kit.secrets import ACCOUNT, TOKEN, found_in
from kit.server import Server, Step, hang, hello, until
from kit.streams import sse, stream

import cfai
from cfai._sync.running_loop import RunningLoop

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="signals and forks are POSIX")]

ASK = """
import asyncio, atexit, contextlib, ctypes, gc, logging, os, random, signal, sys, threading, time, cfai
MODEL, HI = "@cf/meta/llama-3.2-3b-instruct", cfai.Prompt("Say hello")
HANG = "@cf/hang/hang"

class Stop(Exception):
    pass

def stop(*_):
    raise Stop

def after(seconds):
    signal.setitimer(signal.ITIMER_REAL, seconds)

signal.signal(signal.SIGALRM, stop)
busy = threading.Event()

def block(seconds):
    def on_attempt(attempt):
        if not busy.is_set():
            busy.set()
            time.sleep(seconds)
    return on_attempt

def upload():
    with contextlib.suppress(cfai.DecodeError):  # the server answers all with the same text
        client.run("@cf/openai/whisper", cfai.AutomaticSpeechRecognition(b"ID3" + bytes(2**21)))

def hanging(client):
    threading.Thread(target=client.run, args=(HANG, HI), daemon=True).start()
    time.sleep(0.3)

def keep_busy(client):
    thread = threading.Thread(target=client.run, args=(MODEL, HI), daemon=True)
    thread.start()
    busy.wait()
    return thread
"""


def hang_or_hello() -> Step:
    async def play(exchange: Any) -> bool | None:
        step = hang() if b"/@cf/hang/" in exchange.seen.line else hello()
        return await step.play(exchange)

    return Step(play)


# -- a thread that is busy ----------------------------------------------------------------------------------------


def test_a_call_that_is_given_up_while_the_loop_is_busy_is_never_sent(server: Server) -> None:
    ended = script.run(
        f"""{ASK}
client = cfai.Client(on_attempt=block(1.5))
thread = keep_busy(client)
after(0.3)
began = time.monotonic()
try:
    client.run("@cf/given/up", HI)
except Stop:
    print("given up", time.monotonic() - began < 1)
thread.join()
print(client.run(MODEL, HI))
""",
        server,
    )

    ended.assert_quiet()
    assert "given up True\nHello\n" == ended.out
    assert 2 == len(server.seen)
    assert all(b"/@cf/given/up" not in seen.line for seen in server.seen)


def test_ctrl_c_hangs_up_at_once_although_the_loop_is_busy(server: Server, tmp_path: Path) -> None:
    gone = list[float]()
    arrived = tmp_path / "arrived"

    async def play(exchange: Any) -> bool | None:
        if b"/@cf/hang/" not in exchange.seen.line:
            return await hello().play(exchange)
        arrived.touch()
        await exchange.gone()
        gone.append(asyncio.get_running_loop().time())
        return None

    server.always(Step(play))
    ended = script.run(
        f"""{ASK}
client = cfai.Client(on_attempt=block(3))
def interrupt():
    while not os.path.exists(os.environ["ARRIVED"]):
        time.sleep(0.01)
    keep_busy(client)
    os.kill(os.getpid(), signal.SIGINT)
threading.Thread(target=interrupt, daemon=True).start()
try:
    client.run(HANG, HI)
except KeyboardInterrupt:
    print(time.monotonic(), flush=True)
time.sleep(1)  # else it is the end of the process that closes the connection
os._exit(0)
""",
        server,
        ARRIVED=str(arrived),
    )

    assert 0 == ended.code
    assert asyncio.run(until(lambda: gone))
    assert gone[0] - float(ended.out) < 0.5  # both by CLOCK_MONOTONIC; the loop is busy for some three seconds


@pytest.mark.parametrize("verb", ["client.run(MODEL, HI, LIMIT)", "enter()"], ids=["run", "stream"])
def test_timeout_holds_although_the_loop_is_busy(server: Server, verb: str) -> None:
    ended = script.run(
        f"""{ASK}
LIMIT = cfai.RequestOptions(timeout=0.5)
client = cfai.Client(on_attempt=block(4))
def enter():
    with client.stream(MODEL, HI, LIMIT):
        pass
keep_busy(client)
began = time.monotonic()
try:
    {verb}
except cfai.RequestTimeout as error:
    print(error, error.sent, time.monotonic() - began < 2)
os._exit(0)
""",
        server,
    )

    assert 0 == ended.code, ended.err
    why = "the thread of the client's event loop is busy with something else, such as a callback, a log handler or an"
    assert f"no answer within timeout=0.5 s: {why} iterable that blocks False True\n" == ended.out


def test_the_idle_timeout_of_a_stream_holds_although_the_loop_is_busy(server: Server) -> None:
    server.script(stream(sse({"response": "Hel"}), then=hang()))
    ended = script.run(
        f"""{ASK}
client = cfai.Client(on_attempt=block(4), options=cfai.RequestOptions(idle_timeout=0.5))
busy.set()
with client.stream(MODEL, HI) as stream:
    print(next(stream))
    busy.clear()
    keep_busy(client)
    began = time.monotonic()
    try:
        next(stream)
    except cfai.StreamIdle as error:
        print(error, error.partial, time.monotonic() - began < 2, flush=True)
os._exit(0)
""",
        server,
    )

    assert 0 == ended.code, ended.err
    first, second = ended.out.splitlines()
    assert "TextDelta(text='Hel')" == first
    assert second.startswith("nothing came within idle_timeout=0.5 s: the thread of the client's event loop is busy")
    assert second.endswith(" Hel True")


def test_closing_is_bounded_and_ends_all_calls_although_the_loop_is_busy(server: Server) -> None:
    ended = script.run(
        f"""{ASK}
client = cfai.Client(on_attempt=block(9))
told = []
def ask():
    try:
        client.run(MODEL, HI)
    except cfai.ClientClosed as error:
        told.append(str(error))
keep_busy(client)
thread = threading.Thread(target=ask)
thread.start()
time.sleep(0.1)
began = time.monotonic()
client.close()
thread.join(1)
print(told, 4 < time.monotonic() - began < 6.5, flush=True)
os._exit(0)
""",
        server,
    )

    assert 0 == ended.code, ended.err
    assert "['the client was closed while the call ran'] True\n" == ended.out


def test_a_call_that_waited_while_the_client_was_closed_is_never_sent(server: Server) -> None:
    ended = script.run(
        f"""{ASK}
client = cfai.Client(on_attempt=block(6.5))
def ask():
    with contextlib.suppress(cfai.ClientClosed):
        client.run(MODEL, cfai.Prompt("later"))
keep_busy(client)
threads = [threading.Thread(target=ask) for _ in range(4)]
for thread in threads:
    thread.start()
time.sleep(0.1)
client.close()
time.sleep(2.5)  # the loop is free again
os._exit(0)
""",
        server,
    )

    assert 0 == ended.code, ended.err
    assert [] == [seen for seen in server.seen if b"later" in seen.body]


def test_a_call_before_the_loop_has_begun_keeps_its_own_limit_of_time(server: Server) -> None:
    client = cfai.Client(account_id=ACCOUNT, api_token=TOKEN, base_url=server.base_url)
    loop_thread = client._loop
    stalled = RunningLoop()
    stalled.thread = threading.Thread(target=time.sleep, args=(3,), daemon=True)
    assert stalled.start() is None
    loop_thread._running = stalled
    took = []

    def ask() -> None:
        began = time.monotonic()
        with pytest.raises(cfai.RequestTimeout, match="did not begin within timeout=0.3 s"):
            client.run("@cf/meta/llama-3.2-3b-instruct", cfai.Prompt("x"), cfai.RequestOptions(timeout=0.3))
        took.append(time.monotonic() - began)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)

    assert 4 == len(took)
    assert max(took) < 1.5
    stalled.thread.join(5)
    loop_thread._running = None
    client.close()


@pytest.mark.parametrize("used", ["client.run(MODEL, HI)", "pass"], ids=["used before", "not used"])
def test_what_a_program_registers_after_the_import_may_call_at_the_exit(server: Server, used: str) -> None:
    server.always(hello())
    ended = script.run(
        f"""{ASK}
def late():
    try:
        print(client.run(MODEL, HI), flush=True)
    except cfai.TransportError as error:
        print(error, error.sent, flush=True)
atexit.register(late)
client = cfai.Client()
{used}
""",
        server,
    )

    assert 0 == ended.code, ended.err
    # Python 3.12 starts no thread any more; where none ran before, that is one error which says so.
    refused = r"the client's event loop can't be started: .* False\n"
    assert re.fullmatch(rf"Hello\n|{refused}" if used == "pass" else r"Hello\n", ended.out)


def test_a_call_after_the_clients_end_at_the_exit_says_why(server: Server) -> None:
    server.always(hello())
    ended = script.run(
        """
import atexit, time
def late():
    try:
        client.run("@cf/meta/llama-3.2-3b-instruct", cfai.Prompt("x"))
    except cfai.TransportError as error:
        print(error, error.sent, flush=True)
atexit.register(late)
import cfai
client = cfai.Client()
client.run("@cf/meta/llama-3.2-3b-instruct", cfai.Prompt("x"))
""",
        server,
    )

    assert 0 == ended.code, ended.err
    assert "the client was closed at the end of the program, before this call False\n" == ended.out


def test_the_end_of_a_program_waits_for_all_its_busy_loops_together(server: Server) -> None:
    process = script.start(
        f"""{ASK}
blocked = threading.Semaphore(0)
def block_for_long(_):
    blocked.release()
    time.sleep(60)
for client in [cfai.Client(on_attempt=block_for_long) for _ in range(3)]:
    threading.Thread(target=client.run, args=(MODEL, HI), daemon=True).start()
for _ in range(3):
    blocked.acquire()
print(time.monotonic(), flush=True)
""",
        server,
    )
    ended = script.finish(process, within=20.0)

    assert 0 == ended.code
    assert time.monotonic() - float(ended.out) < 8  # one limit of five seconds for all of them
    assert [] == found_in(ended.err)


# -- signals at any moment ----------------------------------------------------------------------------------------

MOMENTS = """
client = cfai.Client(**SETTINGS)
client.run(MODEL, HI)
given_up = 0
for number in range(COUNT):
    try:
        # Again and again: Python drops an exception that comes in the middle of a weak reference's callback.
        signal.setitimer(signal.ITIMER_REAL, random.uniform(1e-5, 0.004), 0.5)
        client.run(HANG, HI)
    except Stop:
        given_up += 1
    # what was sent and given up is gone by now
    after(0)
print(given_up == COUNT, flush=True)
time.sleep(0.3)
print(client.run(MODEL, HI))
os._exit(0)
"""


def test_no_call_runs_on_that_a_signal_ended_at_whatever_moment(server: Server) -> None:
    server.always(hang_or_hello())
    process = script.start(f"{ASK}\nSETTINGS, COUNT = {{'max_connections': 4}}, 300\n{MOMENTS}", server)
    ended = script.finish(process, within=25.0)

    assert 0 == ended.code, ended.err
    assert "True\nHello\n" == ended.out  # with four connections: none of them was left to a call that nobody waits for


def test_the_thread_of_the_loop_takes_no_signals(server: Server) -> None:
    ended = script.run(
        f"""{ASK}
client = cfai.Client()
client.run(MODEL, HI)
thread, = (thread for thread in threading.enumerate() if thread.name == "cfai")
with open(f"/proc/self/task/{{thread.native_id}}/status") as status:
    blocked = int(next(line.split()[1] for line in status if line.startswith("SigBlk")), 16)
print(all(blocked >> (number - 1) & 1 for number in (signal.SIGINT, signal.SIGALRM, signal.SIGTERM, signal.SIGUSR1)))
""",
        server,
    )

    ended.assert_quiet()
    assert "True\n" == ended.out


# -- a fork that runs no hooks -------------------------------------------------------------------------------------

CHILDREN = {
    "asks": "print(client.run(MODEL, HI))",
    "asks twice, and closes": "print(client.run(MODEL, HI), client.run(MODEL, HI)); client.close()",
    "closes": "client.close()",
    "drops it": "del client; gc.collect()",
    "uses a copy": "print(client.with_options(timeout=5).run(MODEL, HI))",
    "streams": "with client.stream(MODEL, HI) as stream: print(''.join(stream.texts()))",
    "makes a new one": "print(cfai.Client().run(MODEL, HI))",
    "does nothing": "pass",
}
BEFORE = {
    "used before": "client.run(MODEL, HI)",
    "with a file sent before": "upload()",
    "with a call in flight": "hanging(client)",
}


FORKS = [
    *((child, "used before") for child in CHILDREN),
    *((child, before) for child in ("asks", "does nothing") for before in BEFORE if before != "used before"),
]


@pytest.mark.parametrize(
    ("child", "before"),
    [(CHILDREN[child], BEFORE[before]) for child, before in FORKS],
    ids=[f"{child}-{before}" for child, before in FORKS],
)
def test_a_fork_without_hooks_harms_neither_parent_nor_child(server: Server, before: str, child: str) -> None:
    server.always(hang_or_hello())
    ended = script.run(
        f"""{ASK}
client = cfai.Client(options=cfai.RequestOptions(timeout=5))
{before}
sys.stdout.flush()
time.sleep(0.3)  # no thread may wait for the GIL at the fork: glibc would keep its place for ever, in any program
child = ctypes.PyDLL(None).fork()
if child == 0:
    {child}
    sys.exit(0)
end = time.monotonic() + 7
while True:
    done, status = os.waitpid(child, os.WNOHANG)
    if done or time.monotonic() > end:
        break
    time.sleep(0.01)
if not done:
    os.kill(child, signal.SIGKILL)
ended = os.waitstatus_to_exitcode(status) if done else "hung"
print("parent", client.run(MODEL, HI), client.run(MODEL, HI), ended, flush=True)
os._exit(0)
""",
        server,
    )

    assert 0 == ended.code, ended.err
    assert "" == ended.err
    assert "parent Hello Hello 0" == ended.out.splitlines()[-1]
    assert ("print" in child) == ("Hello" in "".join(ended.out.splitlines()[:-1]))


# -- what must not end the loop ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["SystemExit", "KeyboardInterrupt", "GeneratorExit"])
@pytest.mark.parametrize(
    "breaks",
    [
        "client = cfai.Client(on_attempt=fail)",
        """
client = cfai.Client()
class Handler(logging.Handler):
    emit = staticmethod(fail)
logging.getLogger("cfai").addHandler(Handler())
logging.getLogger("cfai").setLevel(logging.DEBUG)
""",
        """
client = cfai.Client()
async def pieces():
    yield b"ID3"
    yield bytes(2**16)
    fail(None)
MODEL, HI = "@cf/openai/whisper", cfai.AutomaticSpeechRecognition(pieces())
""",
    ],
    ids=["a callback", "a log handler", "an iterable"],
)
def test_a_base_exception_from_users_code_ends_that_call_at_most(server: Server, breaks: str, kind: str) -> None:
    ended = script.run(
        f"""{ASK}
failed = []
def fail(_):
    if not failed:
        failed.append(1)
        raise {kind}("away")
{breaks}
try:
    print(client.run(MODEL, HI))
except BaseException as error:
    print("ended", flush=True)
print(client.run("@cf/meta/llama-3.2-3b-instruct", cfai.Prompt("hi"), cfai.RequestOptions(timeout=5)), failed)
""",
        server,
    )

    assert 0 == ended.code, ended.err
    assert "Hello [1]" == ended.out.splitlines()[-1]
    assert 2 == len(ended.out.splitlines())


# -- the end of a program ------------------------------------------------------------------------------------------

LAST = """
def ask():
    try:
        print(client.run(MODEL, HI))
    except cfai.CfaiError as error:
        print(type(error).__name__, getattr(error, "sent", False), "exit" in str(error) or "shutdown" in str(error))
"""


@pytest.mark.parametrize("before", ["", "client.run(MODEL, HI)"], ids=["first call", "used before"])
@pytest.mark.parametrize(
    "when",
    ["atexit.register(ask)", "threading.Thread(target=lambda: (time.sleep(0.3), ask())).start()"],
    ids=["at exit", "in a thread that outlives the main one"],
)
def test_a_call_at_the_end_of_a_program_answers_or_says_why(server: Server, before: str, when: str) -> None:
    address = server.base_url.replace("127.0.0.1", "localhost")
    client = f"client = cfai.Client(base_url={address!r}, options=cfai.RequestOptions(timeout=5))"
    ended = script.run(f"{ASK}\n{client}{LAST}{before}\n{when}", server)

    ended.assert_quiet()
    refused = {"TransportError False True\n", "ClientClosed False True\n"} if sys.version_info >= (3, 12) else set()
    assert ended.out in {"Hello\n", *refused}


def test_where_no_thread_can_be_started_the_error_says_so(server: Server) -> None:
    ended = script.run(
        f"""{ASK}
client = cfai.Client()
threading.stack_size(2**46)
try:
    client.run(MODEL, HI)
except cfai.TransportError as error:
    print(error, error.sent)
threading.stack_size(0)
print(client.run(MODEL, HI))
""",
        server,
    )

    ended.assert_quiet()
    assert "the client's event loop can't be started: can't start new thread False\nHello\n" == ended.out


async def test_a_look_up_of_a_name_needs_no_thread_of_concurrent_futures(server: Server) -> None:
    ended = script.run(
        f"""{ASK}
client = cfai.Client(base_url={server.base_url.replace("127.0.0.1", "localhost")!r})
print(client.run(MODEL, HI))
upload()
print([thread.name for thread in threading.enumerate() if "cfai" not in thread.name])
""",
        server,
    )

    ended.assert_quiet()
    assert "Hello\n['MainThread']\n" == ended.out
    assert await until(lambda: not server.open_connections)
