"""Failed calls that are tried again, on the line: which, how often, with what, and what is said of it."""

import asyncio
import logging
import pickle
import socket
import time
from collections.abc import AsyncIterator
from email.utils import formatdate
from pathlib import Path
from typing import Any

import anyio
import pytest
from kit.secrets import ACCOUNT, TOKEN, leaks_of
from kit.server import HELLO, Host, Server, Step, answer, hang, hello, reset, response, send, until

import cfai

LLAMA = "@cf/meta/llama-3.2-3b-instruct"
WHISPER = "@cf/openai/whisper"
HI = cfai.Prompt("Say hello")
HEARD = answer({"result": {"text": "words"}, "success": True, "errors": [], "messages": []})
AT_ONCE = cfai.Retry(backoff=0)
SLACK = 1.5


def refuse(status: int, code: int | None = None, **headers: str) -> Step:
    errors = [] if code is None else [{"code": code, "message": "inner words"}]
    body = {"errors": errors, "success": False, "result": {}, "messages": []}
    return answer(body, status, {name.replace("_", "-"): value for name, value in headers.items()})


@pytest.fixture
def patient(make: Any) -> Any:
    """A client that tries up to three times, at once."""
    return make(options=cfai.RequestOptions(retry=AT_ONCE))


# -- which


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (429, None),
        (429, 3040),
        (500, None),
        (500, 3007),
        (502, None),
        (503, None),
        (504, None),
        (200, 3008),
        (530, None),
        (529, None),
        (529, 5012),
        (500, 8005),
        (500, 3043),
        (400, 2005),
        (400, 7009),
        (429, 2003),
    ],
)
async def test_what_was_not_processed_or_failed_there_is_tried_again(
    patient: Any, server: Server, status: int, code: int | None
) -> None:
    server.script(refuse(status, code), refuse(status, code))
    reply = await patient.request(LLAMA, HI)

    assert ("Hello", 3) == (reply.result.text, reply.attempts)
    assert 3 == len(server.seen)
    assert 1 == len({(seen.head, seen.body) for seen in server.seen})


@pytest.mark.parametrize(
    ("status", "code"),
    [
        *[(status, None) for status in (302, 400, 401, 403, 404, 408, 409, 413, 422, 501, 524)],
        *[(429, 3036), (429, 4006), (503, 3036), (408, 3046), (408, 2014), (400, 5006), (403, 5035), (200, 5006)],
        *[(429, 2041), (429, 2045), (500, 3037), (422, 5012), (402, 2005), (400, 2009), (403, 5024), (424, 2016)],
    ],
)
async def test_all_else_is_not(patient: Any, server: Server, status: int, code: int | None) -> None:
    server.always(refuse(status, code, Retry_After="0"))
    with pytest.raises(cfai.ApiError) as caught:
        await patient.run(LLAMA, HI)

    assert 1 == len(server.seen)
    assert (1, []) == (caught.value.attempts, list(caught.value.earlier))


async def test_a_service_that_is_not_there_is_tried_again(make: Any, host: Host) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    client = make(base_url=f"http://127.0.0.1:{port}/client/v4").with_options(retry=AT_ONCE)
    with pytest.raises(cfai.TransportError, match="cannot reach") as caught:
        await client.run(LLAMA, HI)

    assert (3, False) == (caught.value.attempts, caught.value.sent)
    assert [cfai.TransportError] * 2 == [type(error) for error in caught.value.earlier]
    assert [] == leaks_of(caught.value)


async def test_a_host_that_has_no_address_is_tried_again(make: Any) -> None:
    client = make(base_url="https://no-such-host.invalid/client/v4").with_options(retry=AT_ONCE)
    with pytest.raises(cfai.TransportError, match="no such host") as caught:
        await client.run(LLAMA, HI)

    assert 3 == caught.value.attempts


@pytest.mark.parametrize("end", [send(b""), reset()], ids=["closed", "reset"])
async def test_a_connection_that_was_used_and_ends_without_a_byte_is_tried_again(
    patient: Any, server: Server, end: Step
) -> None:
    server.script(hello(), end)
    await patient.run(LLAMA, HI)
    reply = await patient.request(LLAMA, HI)

    assert ("Hello", 2) == (reply.result.text, reply.attempts)
    assert 3 == len(server.seen)
    assert 2 == server.connections


@pytest.mark.parametrize("end", [send(b""), reset()], ids=["closed", "reset"])
async def test_a_fresh_connection_that_ends_is_not(patient: Any, server: Server, end: Step) -> None:
    server.always(end)
    with pytest.raises(cfai.TransportError) as caught:
        await patient.run(LLAMA, HI)

    assert (1, True) == (caught.value.attempts, caught.value.sent)
    assert 1 == len(server.seen)


CUTS = {
    "head": send(b"HTTP/1.1 200 OK\r\nContent-Ty"),
    "first byte": send(b"H"),
    "body": send(response(HELLO, length=4000)),
    "reset in the body": reset(response(HELLO, length=4000)),
    "text": send(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"result": {"response": "Hel'),
    "protocol": send(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!"),
}


@pytest.mark.parametrize("cut", CUTS.values(), ids=CUTS)
@pytest.mark.parametrize("fresh", [True, False], ids=["fresh", "used"])
async def test_an_answer_that_was_lost_is_tried_again_only_where_that_is_asked_for(
    patient: Any, server: Server, cut: Step, fresh: bool
) -> None:
    if not fresh:
        await patient.run(LLAMA, HI)
    server.script(cut)
    with pytest.raises((cfai.TransportError, cfai.DecodeError)) as caught:
        await patient.run(LLAMA, HI)
    assert 1 == caught.value.attempts
    sent = len(server.seen)

    server.script(cut)
    retry = cfai.Retry(backoff=0, lost_answers=True)
    reply = await patient.request(LLAMA, HI, cfai.RequestOptions(retry=retry))
    assert ("Hello", 2) == (reply.result.text, reply.attempts)
    assert sent + 2 == len(server.seen)


@pytest.mark.parametrize(("status", "code"), [(408, None), (408, 3046), (524, None)])
async def test_so_is_a_call_that_the_service_gave_up(
    patient: Any, server: Server, status: int, code: int | None
) -> None:
    server.script(refuse(status, code))
    reply = await patient.request(LLAMA, HI, cfai.RequestOptions(retry=cfai.Retry(backoff=0, lost_answers=True)))

    assert 2 == reply.attempts


@pytest.mark.parametrize("body", ["<html>", "", '{"result": 5} trailing'])
async def test_an_answer_that_came_whole_and_is_none_is_not_lost(patient: Any, server: Server, body: str) -> None:
    server.always(answer(body))
    with pytest.raises(cfai.DecodeError):
        await patient.run(LLAMA, HI, cfai.RequestOptions(retry=cfai.Retry(backoff=0, lost_answers=True)))

    assert 1 == len(server.seen)


# -- limits of time


async def test_a_limit_of_one_attempt_is_no_reason_for_another_once_it_was_sent(patient: Any, server: Server) -> None:
    server.script(hang())
    with pytest.raises(cfai.RequestTimeout, match=r"attempt_timeout=0\.2 s") as caught:
        await patient.run(LLAMA, HI, cfai.RequestOptions(attempt_timeout=0.2))

    assert (1, True) == (caught.value.attempts, caught.value.sent)
    server.script(hang())
    options = cfai.RequestOptions(attempt_timeout=0.2, retry=cfai.Retry(backoff=0, lost_answers=True))
    assert 2 == (await patient.request(LLAMA, HI, options)).attempts


async def test_the_limit_of_the_call_holds_over_all_attempts(patient: Any, server: Server) -> None:
    server.always(hang())
    options = cfai.RequestOptions(
        attempt_timeout=1.8, timeout=2, retry=cfai.Retry(attempts=9, backoff=0, lost_answers=True)
    )
    started = time.monotonic()
    with pytest.raises(cfai.RequestTimeout) as caught:
        await patient.run(LLAMA, HI, options)

    assert 2 <= time.monotonic() - started < 2 + SLACK  # and not 3.6
    assert 2 == caught.value.attempts == len(server.seen)


@pytest.mark.parametrize(
    "headers",
    [{"Retry_After": "60"}, {"retry_after_ms": "60000"}, {"Retry_After": formatdate(time.time() + 900, usegmt=True)}],
    ids=["seconds", "milliseconds", "date"],
)
async def test_a_wait_that_does_not_fit_is_an_error_at_once(make: Any, server: Server, headers: dict[str, str]) -> None:
    client = make().with_options(retry=cfai.Retry(), timeout=30)
    server.always(refuse(429, 3040, **headers))
    started = time.monotonic()
    with pytest.raises(cfai.OutOfCapacity) as caught:
        await client.run(LLAMA, HI)

    assert time.monotonic() - started < SLACK
    assert caught.value.retry_after is not None
    assert 59.5 <= caught.value.retry_after
    assert 1 == len(server.seen)


@pytest.mark.parametrize("headers", [{"Retry_After": "0.3"}, {"retry_after_ms": "300", "Retry_After": "60"}])
async def test_the_servers_wait_is_the_one_that_is_kept(make: Any, server: Server, headers: dict[str, str]) -> None:
    client = make().with_options(retry=AT_ONCE)
    server.script(refuse(503, **headers))
    started = time.monotonic()
    reply = await client.request(LLAMA, HI)

    assert 2 == reply.attempts
    assert 0.3 <= time.monotonic() - started < 0.3 + SLACK
    assert 0.3 <= reply.elapsed


async def test_nonsense_in_its_place_is_passed_over(patient: Any, server: Server) -> None:
    server.script(refuse(503, Retry_After="soon"), refuse(503, Retry_After="-5"))

    assert 3 == (await patient.request(LLAMA, HI)).attempts


# -- how often


@pytest.mark.parametrize("retry", [None, cfai.Retry(attempts=1)])
async def test_it_can_be_switched_off_for_a_call(patient: Any, server: Server, retry: Any) -> None:
    server.always(refuse(503))
    with pytest.raises(cfai.ServerError) as caught:
        await patient.run(LLAMA, HI, cfai.RequestOptions(retry=retry))

    assert 1 == caught.value.attempts == len(server.seen)


@pytest.mark.parametrize("kind", [cfai.AsyncClient, cfai.Client])
def test_three_attempts_are_what_a_client_makes_that_is_told_nothing(kind: Any, server: Server) -> None:
    server.always(refuse(503, Retry_After="0"))
    client = kind(account_id=ACCOUNT, api_token=TOKEN, base_url=server.base_url)
    call = (lambda: client.run(LLAMA, HI)) if kind is cfai.Client else (lambda: asyncio.run(client.run(LLAMA, HI)))
    with pytest.raises(cfai.ServerError):
        call()

    assert 3 == len(server.seen)


async def test_a_client_and_its_copies_share_one_budget(make: Any, server: Server) -> None:
    first = make(options=cfai.RequestOptions(retry=cfai.Retry(backoff=0, budget=3)))
    copy = first.with_options(retry=cfai.Retry(attempts=9, backoff=0, budget=50))
    server.always(refuse(503))
    for client, sent in ((first, 3), (copy, 2), (first, 1), (copy, 1)):
        before = len(server.seen)
        with pytest.raises(cfai.ServerError):
            await client.run(LLAMA, HI)
        assert sent == len(server.seen) - before

    server.always(hello())
    await copy.run(LLAMA, HI)
    server.always(refuse(503))
    with pytest.raises(cfai.ServerError) as caught:
        await first.run(LLAMA, HI)
    assert 2 == caught.value.attempts


async def test_a_thousand_calls_that_all_fail_make_at_most_eleven_hundred_requests(make: Any, server: Server) -> None:
    client = make().with_options(retry=AT_ONCE)
    server.always(refuse(503))
    failed = 0

    async def call() -> None:
        nonlocal failed
        for _ in range(50):
            try:
                await client.run(LLAMA, HI)
            except cfai.ServerError:
                failed += 1

    async with anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(call)

    assert 1000 == failed
    assert 1100 == len(server.seen)


# -- with what


async def test_a_file_is_opened_again(patient: Any, server: Server, tmp_path: Path) -> None:
    path = tmp_path / "sound.mp3"
    path.write_bytes(b"ID3" + bytes(3_000_000))
    server.script(refuse(503), HEARD, refuse(503), HEARD)

    await patient.run(WHISPER, cfai.AutomaticSpeechRecognition(path))
    with open(path, "rb") as file:
        file.seek(1)
        await patient.run(WHISPER, {"audio": file})
        assert not file.closed
    bodies = [seen.body for seen in server.seen]

    assert bodies[0] == bodies[1] == path.read_bytes()
    assert bodies[2] == bodies[3] == path.read_bytes()[1:]


async def test_a_file_that_is_gone_by_then_is_said_to_be(patient: Any, server: Server, tmp_path: Path) -> None:
    path = tmp_path / "sound.mp3"
    path.write_bytes(b"ID3")

    async def play(exchange: Any) -> bool | None:
        path.unlink()
        return await refuse(503).play(exchange)

    server.script(Step(play))
    with pytest.raises(cfai.InvalidParams, match=r"audio: No such file or directory: .*sound\.mp3") as caught:
        await patient.run(WHISPER, cfai.AutomaticSpeechRecognition(path))

    assert 1 == caught.value.attempts == len(server.seen)
    assert [cfai.ServerError] == [type(error) for error in caught.value.earlier]
    assert "before it: ServerError 503" in str(caught.value)


async def test_an_async_iterable_is_sent_only_once(patient: Any, server: Server) -> None:
    async def flow() -> AsyncIterator[bytes]:
        yield b"ID3"

    server.always(refuse(503))
    with pytest.raises(cfai.ServerError) as caught:
        await patient.run(WHISPER, cfai.AutomaticSpeechRecognition(flow()))

    assert 1 == caught.value.attempts == len(server.seen)


# -- what is said


async def test_the_last_error_tells_of_those_before_it(patient: Any, server: Server) -> None:
    server.script(refuse(503), refuse(429, 3040), refuse(500, 3007, cf_ai_req_id="req-3"))
    with pytest.raises(cfai.ServerTimeout) as caught:
        await patient.run(LLAMA, HI)
    error = caught.value

    assert 3 == error.attempts
    assert [cfai.ServerError, cfai.OutOfCapacity] == [type(each) for each in error.earlier]
    assert [1, 2] == [each.attempts for each in error.earlier]
    assert str(error).endswith("request id req-3] (attempt 3; before it: ServerError 503, OutOfCapacity 429 3040)")
    assert "inner words" == error.message
    assert error.__context__ is error.__cause__ is None
    again = pickle.loads(pickle.dumps(error))
    assert (str(error), 3, 2) == (str(again), again.attempts, len(again.earlier))
    assert [] == leaks_of(error)


async def test_each_attempt_is_told_of(make: Any, server: Server, caplog: pytest.LogCaptureFixture) -> None:
    told: list[cfai.Attempt] = []
    client = make(on_attempt=told.append).with_options(retry=AT_ONCE)
    server.script(refuse(503, cf_ray="ray-1"), CUTS["head"])
    with caplog.at_level(logging.DEBUG, logger="cfai"), pytest.raises(cfai.TransportError):
        await client.run(LLAMA, HI)
    lines = [(record.levelname, record.getMessage()) for record in caplog.records if record.name == "cfai"]

    assert [(1, 503, "ServerError", "ray-1"), (2, None, "TransportError", None)] == [
        (each.number, each.status, each.error, each.ray_id) for each in told
    ]
    assert all(0 < each.elapsed < 5 for each in told)
    assert ["DEBUG", "WARNING", "DEBUG"] == [level for level, _ in lines]
    assert f"{LLAMA}: ServerError 503, attempt 2 in 0.00 s" == lines[1][1]
    assert "Say hello" not in caplog.text


async def test_an_empty_budget_is_logged(make: Any, server: Server, caplog: pytest.LogCaptureFixture) -> None:
    client = make(options=cfai.RequestOptions(retry=cfai.Retry(budget=0)))
    server.always(refuse(503))
    with pytest.raises(cfai.ServerError):
        await client.run(LLAMA, HI)

    assert [f"{LLAMA}: ServerError 503, and no retry: too many were needed lately"] == [
        record.getMessage() for record in caplog.records if record.levelname == "WARNING"
    ]


async def test_no_warning_of_a_retry_repeats_the_services_words(
    make: Any, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    client = make(options=cfai.RequestOptions(retry=cfai.Retry(backoff=0, budget=1)))
    errors = [{"code": "words_of_the_service", "message": "Say hello: more words"}]
    words = {"errors": errors, "success": False, "result": "words", "messages": ["words"]}
    server.always(answer(words, 503, {"cf-ray": "words"}))
    with caplog.at_level(logging.WARNING, logger="cfai"), pytest.raises(cfai.ServerError, match="words"):
        await client.run(LLAMA, HI)

    assert [
        f"{LLAMA}: ServerError 503, attempt 2 in 0.00 s",
        f"{LLAMA}: ServerError 503, and no retry: too many were needed lately",
    ] == [record.getMessage() for record in caplog.records]


# -- while it waits


@pytest.fixture
def waiting(make: Any, server: Server) -> Any:
    """A client whose first attempt fails and whose second is a minute away."""
    server.always(refuse(503, Retry_After="60"))
    return make().with_options(retry=cfai.Retry())


async def test_closing_ends_the_wait(make: Any, server: Server) -> None:
    server.always(refuse(503, Retry_After="60"))
    client = make()
    ended: list[BaseException] = []

    async def call() -> None:
        try:
            await client.with_options(retry=cfai.Retry()).run(LLAMA, HI)
        except cfai.CfaiError as error:
            ended.append(error)

    async with anyio.create_task_group() as group:
        group.start_soon(call)
        assert await until(lambda: server.seen)
        await anyio.sleep(0.05)
        started = time.monotonic()
        await client.aclose()

    assert [cfai.ClientClosed] == [type(error) for error in ended]
    assert time.monotonic() - started < 10  # and not the 60 s that the server asks for
    assert 1 == len(server.seen)


async def test_cancelling_ends_the_wait(server: Server) -> None:
    server.always(refuse(503, Retry_After="60"))
    async with cfai.AsyncClient(account_id=ACCOUNT, api_token=TOKEN, base_url=server.base_url) as client:
        before = asyncio.all_tasks()
        call = asyncio.create_task(client.run(LLAMA, HI))
        assert await until(lambda: server.seen)
        await asyncio.sleep(0.05)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        server.always(hello())
        assert "Hello" == (await client.run(LLAMA, HI)).text

    assert before == asyncio.all_tasks()
    assert 2 == len(server.seen)


async def test_a_limit_of_the_callers_own_ends_the_wait(waiting: Any, server: Server) -> None:
    started = time.monotonic()
    with anyio.move_on_after(0.3) as scope:
        await waiting.run(LLAMA, HI)

    assert scope.cancelled_caught
    assert time.monotonic() - started < 0.3 + SLACK
    assert 1 == len(server.seen)
