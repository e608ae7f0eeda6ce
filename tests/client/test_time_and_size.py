"""Limits of time and size, on both clients, against servers that keep to none."""

import gzip
import json
import time
import tracemalloc
from pathlib import Path
from typing import Any

import anyio
import pytest
from kit.secrets import ACCOUNT
from kit.server import HELLO, Gate, Server, answer, drip, hang, hello, never_read, response, send

import cfai

LLAMA = "@cf/meta/llama-3.2-3b-instruct"
HI = cfai.Prompt("Say hello")
SLACK = 1.5
"""Seconds that a busy machine may add; what is tested would otherwise take for ever, or ten times as long."""


async def timed_out(client: Any, *, timeout: float | None = None, **options: Any) -> tuple[cfai.RequestTimeout, float]:
    """Call, expect a time limit to run out, and say after how long it did."""
    started = time.monotonic()
    with pytest.raises(cfai.RequestTimeout) as caught:
        await client.run(LLAMA, HI, cfai.RequestOptions(timeout=timeout, **options))
    return caught.value, time.monotonic() - started


STALLS = {
    "no answer": hang(),
    "a drip of headers": drip(b"HTTP/1.1 200 OK\r\n", b"X-Drip: 1\r\n", 0.02),
    "a head and no body": hang(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"),
    "a drip of body": drip(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b" ", 0.02),
}


@pytest.mark.parametrize("stall", STALLS.values(), ids=STALLS)
async def test_timeout_is_by_the_clock_whatever_the_server_does(client: Any, server: Server, stall: Any) -> None:
    server.script(stall)

    error, took = await timed_out(client, timeout=0.3)

    assert 0.25 < took < 0.3 + SLACK
    assert "timeout=0.3 s" in str(error)
    assert isinstance(error, TimeoutError)


async def test_timeout_holds_where_the_server_does_not_take_the_upload(client: Any, server: Server) -> None:
    server.script(never_read())
    started = time.monotonic()

    with pytest.raises(cfai.RequestTimeout):
        await client.run("@cf/openai/whisper", {"audio": bytes(30 * 2**20)}, cfai.RequestOptions(timeout=0.4))

    assert time.monotonic() - started < 0.4 + SLACK


@pytest.mark.parametrize("stall", STALLS.values(), ids=STALLS)
async def test_attempt_timeout_bounds_one_attempt(client: Any, server: Server, stall: Any) -> None:
    server.script(stall)

    error, took = await timed_out(client, timeout=30, attempt_timeout=0.3)

    assert took < 0.3 + SLACK
    assert "attempt_timeout=0.3 s" in str(error)


async def test_the_wait_for_a_connection_counts_and_the_error_says_so(make: Any, server: Server) -> None:
    gate = Gate()
    server.script(gate.before(hello()))
    client = make(max_connections=1)

    async with anyio.create_task_group() as group:
        group.start_soon(client.run, LLAMA, HI)
        with anyio.fail_after(5):
            while not server.seen:
                await anyio.sleep(0.005)
        error, took = await timed_out(client, timeout=0.3)
        gate.open()

    assert took < 0.3 + SLACK
    assert "wait for a free connection" in str(error)
    assert "max_connections" in str(error)
    assert 1 == len(server.seen)


async def test_connect_timeout_leaves_the_wait_for_a_connection_out(make: Any, server: Server) -> None:
    gate = Gate()
    server.script(gate.before(hello()))
    client = make(max_connections=1)
    options = cfai.RequestOptions(connect_timeout=0.1, timeout=20)

    async with anyio.create_task_group() as group:
        group.start_soon(client.run, LLAMA, HI)
        while not server.seen:
            await anyio.sleep(0.005)
        group.start_soon(client.run, LLAMA, HI, options)
        await anyio.sleep(0.4)  # four times the limit, in the queue
        gate.open()

    assert 2 == len(server.seen)


async def test_none_switches_a_limit_off(make: Any, server: Server) -> None:
    server.script(drip_then_end())
    client = make(options=cfai.RequestOptions(timeout=0.2))

    assert "Hello" == (await client.run(LLAMA, HI, cfai.RequestOptions(timeout=None))).text


def drip_then_end() -> Any:
    """An answer that is whole after half a second."""
    whole = response(HELLO)

    async def play(exchange: Any) -> None:
        await exchange.send(whole[:-5])
        await anyio.sleep(0.5)
        await exchange.send(whole[-5:])

    step = send(b"")
    return type(step)(play)


async def test_a_call_overrides_the_clients_limit(make: Any, server: Server) -> None:
    server.script(hang())
    client = make(options=cfai.RequestOptions(timeout=60))

    _, took = await timed_out(client, timeout=0.2)

    assert took < 0.2 + SLACK


async def test_with_options_changes_the_limit(make: Any, server: Server) -> None:
    server.script(hang())
    started = time.monotonic()

    with pytest.raises(cfai.RequestTimeout):
        await make().with_options(timeout=0.2).run(LLAMA, HI)

    assert time.monotonic() - started < 0.2 + SLACK


def sized(size: int) -> bytes:
    """An answer of exactly this many bytes."""
    body = json.dumps({"result": {"response": ""}, "success": True}).encode()
    return body.replace(b'""', b'"' + b"a" * (size - len(body)) + b'"')


async def test_an_answer_may_have_max_response_bytes_and_not_one_more(client: Any, server: Server) -> None:
    options = cfai.RequestOptions(max_response_bytes=100_000)
    server.script(answer(sized(100_000)), answer(sized(100_001)))

    assert (await client.run(LLAMA, HI, options)).text.startswith("aaa")
    with pytest.raises(cfai.ResponseTooLarge, match="max_response_bytes=100,000"):
        await client.run(LLAMA, HI, options)


async def test_a_gzip_bomb_is_refused_and_takes_little_memory(client: Any, server: Server) -> None:
    bomb = gzip.compress(bytes(200 * 2**20), 9)
    server.script(answer(bomb, headers={"Content-Encoding": "gzip", "Content-Type": "application/json"}))

    tracemalloc.start()
    try:
        with pytest.raises(cfai.ResponseTooLarge):
            await client.run(LLAMA, HI, cfai.RequestOptions(max_response_bytes=2**20))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 30 * 2**20


async def test_a_gzipped_answer_is_read(client: Any, server: Server) -> None:
    body = gzip.compress(json.dumps(HELLO).encode())
    server.script(answer(body, headers={"Content-Encoding": "gzip", "Content-Type": "application/json"}))

    assert "Hello" == (await client.run(LLAMA, HI)).text


async def test_a_reply_says_all_about_the_call(client: Any, server: Server) -> None:
    headers = {"CF-AI-Req-Id": "req-1", "cf-ray": "ray-1", "cf-ai-neurons": "0.25", "Content-Type": "application/json"}
    server.script(answer(json.dumps(HELLO).encode(), headers=headers))

    reply = await client.request(LLAMA, HI)

    assert ("Hello", 200, "req-1", "ray-1", 0.25, 1) == (
        reply.result.text,
        reply.status,
        reply.request_id,
        reply.ray_id,
        reply.neurons,
        reply.attempts,
    )
    assert HELLO == reply.raw
    assert "req-1" == reply.headers["cf-ai-req-id"] == reply.headers["CF-AI-REQ-ID"]
    assert 5 == reply.usage.total_tokens
    assert 0 < reply.elapsed < 5


async def test_the_bodys_own_neurons_win_over_the_headers(client: Any, server: Server) -> None:
    body = {"result": {"response": "", "usage": {"neurons": 0.2048}}, "success": True}
    server.script(answer(json.dumps(body).encode(), headers={"cf-ai-neurons": "0.20"}))

    assert 0.2048 == (await client.request(LLAMA, HI)).neurons


async def test_on_attempt_hears_of_answers_and_of_failures(make: Any, server: Server) -> None:
    heard: list[cfai.Attempt] = []
    client = make(on_attempt=heard.append)
    server.script(
        answer(json.dumps(HELLO).encode(), headers={"cf-ai-req-id": "req-1", "cf-ai-neurons": "0.5"}),
        answer(b'{"success": false, "errors": [{"code": 3040, "message": "busy"}]}', 429),
        hang(),
    )

    await client.run(LLAMA, HI)
    with pytest.raises(cfai.OutOfCapacity):
        await client.run(LLAMA, HI)
    await timed_out(client, timeout=0.2)

    assert [(LLAMA, 1, 200, None), (LLAMA, 1, 429, "OutOfCapacity"), (LLAMA, 1, None, "RequestTimeout")] == [
        (attempt.model, attempt.number, attempt.status, attempt.error) for attempt in heard
    ]
    assert ("req-1", 0.5) == (heard[0].request_id, heard[0].neurons)


async def test_on_attempt_hears_of_nothing_where_nothing_was_sent(make: Any, server: Server) -> None:
    heard: list[cfai.Attempt] = []
    client = make(on_attempt=heard.append)

    with pytest.raises(cfai.InvalidParams):
        await client.run("@cf/openai/whisper", {"audio": Path("/nowhere.mp3")})
    await client.aclose()
    with pytest.raises(cfai.ClientClosed):
        await client.run(LLAMA, HI)
    assert ([], []) == (heard, server.seen)


NOT_ANSWERS = {
    "success is false": (answer(b'{"success": false, "errors": [{"code": 5006, "message": "no"}]}'), cfai.InvalidInput),
    "a web page": (answer(b"<html><title>Just a moment...", headers={"Content-Type": "text/html"}), cfai.DecodeError),
    "nothing": (answer(b""), cfai.DecodeError),
    "no content": (answer(b"", 204), cfai.DecodeError),
    "bytes": (answer(b"\xff\xfe\x00", headers={"Content-Type": "application/json"}), cfai.DecodeError),
    "a web page of the edge": (answer(b"<html>error 1015", 502), cfai.ServerError),
    "an interim status": (answer(b"", 304), cfai.ApiError),
}


@pytest.mark.parametrize("case", NOT_ANSWERS)
async def test_what_is_no_answer_is_an_error_and_keeps_the_connection(client: Any, server: Server, case: str) -> None:
    step, kind = NOT_ANSWERS[case]
    server.script(step)

    with pytest.raises(kind) as caught:
        await client.run(LLAMA, HI)
    assert LLAMA in str(caught.value)
    assert "Hello" == (await client.run(LLAMA, HI)).text


async def test_what_on_attempt_raises_costs_no_answer(
    make: Any, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(attempt: cfai.Attempt) -> None:
        raise RuntimeError("of its own")

    assert "Hello" == (await make(on_attempt=fail).run(LLAMA, HI)).text
    assert "on_attempt raised" in caplog.text


async def test_the_log_names_the_call_and_nothing_that_was_said(
    make: Any, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="cfai")

    await make().run(LLAMA, HI)

    [line] = [record.getMessage() for record in caplog.records if record.name == "cfai"]
    assert LLAMA in line
    assert "200" in line
    for said in ("hello", "Hello", ACCOUNT):
        assert said not in line
