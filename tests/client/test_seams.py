"""Corners of the loop's thread, of connections and of look-ups that no server can bring about at a known moment."""

import asyncio
import os
import signal
import socket
import sys
import threading
import time
from types import SimpleNamespace
from typing import Any

import pytest
from kit.secrets import ACCOUNT, TOKEN
from kit.server import Server, hang, until

import cfai
from cfai._http import handover as handovers
from cfai._http import worker_threads
from cfai._http.connector import AttemptState
from cfai._http.handover import Handover
from cfai._http.protocol import HttpProtocol, Request, StaleConnection, _Careful
from cfai._http.resolver import _result
from cfai._http.sessions import until_fit
from cfai._sync.loop_thread import LoopThread
from cfai._sync.running_loop import RunningLoop, patched_threads
from cfai._wire.text.accumulator import TextAccumulator
from cfai._wire.text.events import read_event


async def nothing() -> None:
    pass


def ended_as(handover: Handover) -> BaseException | None:
    assert handover.wait(5)
    return handover.take()[1]


# -- the thread of the loop ---------------------------------------------------------------------------------------


def test_a_wait_that_renews_itself_goes_on_while_the_loop_answers() -> None:
    loop = LoopThread(nothing)
    loop.wait(lambda: asyncio.sleep(0.6), 0.05, renews=True)
    loop.close()


def test_a_loop_that_has_ended_takes_no_calls() -> None:
    loop = LoopThread(nothing)
    loop.wait(nothing)
    running = loop._running
    assert running is not None
    kept, running._loop = running._loop, None
    with pytest.raises(cfai.TransportError, match="the client's event loop has ended"):
        loop.wait(nothing)
    running._loop = kept
    loop.close()

    handover = Handover(nothing)
    assert not running.submit(handover)
    running._serve(handover)  # what was on its way when the loop ended
    assert isinstance(ended_as(handover), cfai.ClientClosed)


def test_closing_takes_back_the_calls_that_wait() -> None:
    async def nothing() -> None: ...

    loop, waiting = LoopThread(nothing), Handover(nothing)
    loop._waiting.add(waiting)
    loop.close()

    assert waiting.given_up  # whatever its loop does from here on
    assert isinstance(ended_as(waiting), cfai.ClientClosed)


def test_giving_up_a_loop_leaves_another_one_alone() -> None:
    async def nothing() -> None: ...

    loop, other = LoopThread(nothing), RunningLoop()
    loop._running = other
    loop._give_up(RunningLoop())

    assert other is loop._running


def test_a_loop_that_failed_to_begin_says_why_and_not_that_it_was_late() -> None:
    async def nothing() -> None: ...

    loop, failed = LoopThread(nothing), RunningLoop()
    failed.thread = threading.Thread(target=time.sleep, args=(0.2,))  # it may still be about to end
    assert failed.start() is None
    failed._failure, failed.is_ready = OSError(24, "Too many open files"), True
    loop._running = failed

    with pytest.raises(cfai.TransportError, match="Too many open files") as caught:
        loop.wait(nothing, 0.5)
    assert not isinstance(caught.value, TimeoutError)
    failed.thread.join(5)


def test_no_thread_is_started_once_the_interpreter_ends(monkeypatch: Any) -> None:
    monkeypatch.setattr(sys, "is_finalizing", lambda: True)

    assert "the interpreter is about to exit" == RunningLoop().start()


def test_a_thread_that_does_not_begin_in_time_is_given_up() -> None:
    slow = RunningLoop()
    slow.thread = threading.Thread(target=time.sleep, args=(0.2,))
    assert slow.start() is None
    assert "its thread did not begin within 0.01 s" == slow.begin(0.01)
    slow.thread.join(5)

    given_up = RunningLoop()
    given_up.give_up()
    assert given_up.start() is None
    assert given_up.begin() is None
    given_up.thread.join(5)
    assert not given_up.thread.is_alive()


@pytest.mark.parametrize(
    ("module", "check"), [("gevent.monkey", "is_module_patched"), ("eventlet.patcher", "is_monkey_patched")]
)
def test_a_library_that_replaced_the_threads_is_named(module: str, check: str, monkeypatch: Any) -> None:
    monkeypatch.setitem(sys.modules, module, SimpleNamespace(**{check: lambda _: True}))
    assert module.partition(".")[0] in patched_threads()


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="POSIX")
def test_work_is_done_at_once_where_no_thread_can_be_started() -> None:
    pool, done = worker_threads._Pool(), list[int]()
    before = threading.stack_size(2**46)
    try:
        pool.do(lambda: done.append(threading.get_ident()))
    finally:
        threading.stack_size(before)
    assert [threading.get_ident()] == done


async def test_what_nobody_waits_for_any_more_is_dropped() -> None:
    done = asyncio.get_running_loop().create_future()
    done.cancel()
    worker_threads._succeed(done, 1)
    worker_threads._fail(done, ValueError())
    assert done.cancelled()


async def test_a_stop_iteration_out_of_a_thread_is_an_error() -> None:
    def stop() -> None:
        raise StopIteration

    with pytest.raises(RuntimeError, match="StopIteration"):
        await worker_threads.run_in_thread(stop)


# -- calls that are given up ----------------------------------------------------------------------------------------


async def test_a_call_that_was_given_up_meanwhile_is_not_sent(server: Server, make: Any) -> None:
    async with cfai.AsyncClient(
        account_id="0" * 32, api_token="t", base_url=server.base_url, trust_env=False
    ) as client:
        handover = Handover(nothing)
        handover.given_up = True
        before = handovers._current.set(handover)
        try:
            with pytest.raises(asyncio.CancelledError):
                await client.run("@cf/a/b", {"prompt": "hi"})
        finally:
            handovers._current.reset(before)
    assert [] == server.seen


def test_hanging_up_before_there_is_a_connection_does_nothing(server: Server) -> None:
    AttemptState().hang_up()
    client = cfai.AsyncClient(account_id="0" * 32, api_token="t", base_url=server.base_url)
    client.stream("@cf/a/b", cfai.Prompt("hi"))._hang_up()
    assert 0 == server.connections


# -- connections --------------------------------------------------------------------------------------------------


class Attempt:
    pooled = True
    begun = False
    refusals = 0

    def refused(self) -> None:
        self.refusals += 1


async def test_a_connection_that_ends_before_its_request_begins_refuses_it() -> None:
    handler, attempt = HttpProtocol(asyncio.get_running_loop()), Attempt()
    handler.take(attempt)
    handler.connection_lost(None)
    assert 1 == attempt.refusals


async def test_what_comes_before_a_connection_is_taken_is_no_answer() -> None:
    handler, attempt = HttpProtocol(asyncio.get_running_loop()), Attempt()
    aborted = list[bool]()
    transport: Any = SimpleNamespace(
        abort=lambda: aborted.append(True), get_extra_info=lambda _: None, is_closing=lambda: bool(aborted)
    )
    handler.connection_made(transport)
    handler.data_received(b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n")
    handler.take(attempt)

    assert [True] == aborted
    assert not handler.begin()


async def test_no_byte_is_written_to_a_connection_that_is_not_fit() -> None:
    handler = HttpProtocol(asyncio.get_running_loop())
    handler.take(Attempt())
    with pytest.raises(StaleConnection):
        await _Careful(None, handler).write(b"x")

    bare: Any = object.__new__(Request)
    bare._body = None
    with pytest.raises(StaleConnection):
        await bare.send(SimpleNamespace(protocol=handler))
    assert handler.sending is None  # so that the attempt goes on another connection, where this one came from the pool


async def test_a_request_goes_on_another_connection_until_one_is_fit() -> None:
    failures = [OSError(), OSError()]

    async def post() -> str:
        if failures:
            raise failures.pop()
        return "answer"

    left = [True, True]
    sending: Any = SimpleNamespace(again=lambda: bool(left) and left.pop())
    assert "answer" == await until_fit(post, sending)

    failures = [OSError("the last")]
    with pytest.raises(OSError, match="the last"):
        await until_fit(post, sending)


def test_a_link_local_address_keeps_its_interface() -> None:
    found = _result("host", 1, (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("fe80::1%eth0", 1, 0, 2)))
    assert "fe80::1%2" == found["host"]


def test_an_event_of_anthropics_may_lack_its_object() -> None:
    accumulator = TextAccumulator(None)
    read_event({"type": "message_start"}, accumulator)
    assert accumulator.model is None


# -- the way of a call


async def test_four_frames_lie_between_the_user_and_aiohttp(server: Server) -> None:
    server.script(hang())
    async with cfai.AsyncClient(account_id=ACCOUNT, api_token=TOKEN, base_url=server.base_url) as client:
        call = asyncio.create_task(client.run("@cf/meta/llama-3.2-3b-instruct", cfai.Prompt("hi")))
        assert await until(lambda: server.seen)
        frames, waits_for = list[str](), call.get_coro()
        while waits_for is not None and hasattr(waits_for, "cr_frame"):
            frames.append(waits_for.cr_frame.f_code.co_filename)
            waits_for = waits_for.cr_await
        call.cancel()

    assert 4 == sum(f"{os.sep}cfai{os.sep}" in name for name in frames)
    assert frames[-1].endswith("transport.py")  # from there on aiohttp waits
