"""Observers are told of each call, its attempts and its end; gates are passed before each attempt."""

import asyncio
import contextvars
import logging
from typing import Any

import pytest
from kit.secrets import ACCOUNT, TOKEN
from kit.server import Server, answer, hang, hello
from kit.streams import ended, said, sse, stream
from kit.worded import inner

import cfai

LLAMA = "@cf/meta/llama-3.2-3b-instruct"
HI = cfai.Prompt("Say hello")
AGAIN = cfai.RequestOptions(retry=cfai.Retry(backoff=0))
WHOLE = stream(said("Hel", "lo"), ended(prompt_tokens=3, completion_tokens=4, total_tokens=7))
WHO: contextvars.ContextVar[str] = contextvars.ContextVar("who", default="nobody")


class Seen(cfai.Observer):
    def __init__(self) -> None:
        self.told: list[Any] = []
        self.outcome: Any = None
        self.info: Any = None
        self.who = ""

    def call_started(self, call: cfai.CallInfo) -> None:
        self.info, self.who = call, WHO.get()
        self.told.append("call started")

    def attempt_started(self, call: cfai.CallInfo, number: int) -> None:
        assert call is self.info
        self.told.append(("attempt started", number))

    def attempt_ended(self, call: cfai.CallInfo, attempt: cfai.Attempt) -> None:
        assert call is self.info
        self.told.append(("attempt ended", attempt.number, attempt.status, attempt.error))

    def call_ended(self, call: cfai.CallInfo, outcome: cfai.CallOutcome) -> None:
        assert call is self.info
        self.outcome = outcome
        self.told.append("call ended")


class Broken(cfai.Observer):
    def call_started(self, call: cfai.CallInfo) -> None:
        raise ValueError("the observer's own")

    attempt_ended = call_ended = attempt_started = call_started  # type: ignore[assignment]


async def read(stream_: Any) -> None:
    async with stream_:
        async for _ in stream_:
            pass


def runner_of(client: Any) -> Any:
    found = inner(client)
    return getattr(found, "_async", found)._calls


async def test_a_call_with_a_retry_is_told_from_its_beginning_to_its_end(make: Any, server: Server) -> None:
    seen = Seen()
    server.script(answer(b"", 503), hello(cf_ai_neurons="0.25", cf_ai_req_id="id-1"))
    client = make(observers=[seen], options=AGAIN)
    WHO.set("me")

    result = await client.run(LLAMA, HI)

    assert [
        "call started",
        ("attempt started", 1),
        ("attempt ended", 1, 503, "ServerError"),
        ("attempt started", 2),
        ("attempt ended", 2, 200, None),
        "call ended",
    ] == seen.told
    assert (LLAMA, "Text Generation", HI, False) == (
        seen.info.model,
        seen.info.task,
        seen.info.params,
        seen.info.stream,
    )
    outcome = seen.outcome
    assert result is outcome.result
    assert (None, 200, "id-1", 2, 0.25) == (
        outcome.error,
        outcome.status,
        outcome.request_id,
        outcome.attempts,
        outcome.neurons,
    )
    assert result.usage == outcome.usage
    assert outcome.first_event_after is None
    assert outcome.elapsed > 0
    assert "me" == seen.who  # the context of the caller
    assert "Say hello" not in repr(seen.info)
    assert "Hello" not in repr(outcome)


async def test_so_is_one_that_fails(make: Any, server: Server) -> None:
    seen = Seen()
    server.script(answer({"errors": [{"code": 5007, "message": "no"}], "success": False}, 400))

    with pytest.raises(cfai.ModelNotFound) as caught:
        await make(observers=[seen]).run("@cf/none/none", {"a": 1})

    assert caught.value is seen.outcome.error
    assert (None, 400, 1) == (seen.outcome.result, seen.outcome.status, seen.outcome.attempts)
    assert (None, "call ended") == (seen.info.task, seen.told[-1])


async def test_so_is_one_of_which_nothing_is_sent(make: Any, server: Server) -> None:
    seen = Seen()

    with pytest.raises(cfai.InvalidParams):
        await make(observers=[seen]).run(LLAMA, cfai.Prompt(None))  # type: ignore[arg-type]

    assert ["call started", "call ended"] == seen.told
    assert (0, None, "InvalidParams") == (
        seen.outcome.attempts,
        seen.outcome.status,
        type(seen.outcome.error).__name__,
    )
    assert [] == server.seen


async def test_a_cancellation_is_an_end_too(server: Server) -> None:
    seen = Seen()
    server.script(hang())
    async with cfai.AsyncClient(
        account_id=ACCOUNT, api_token=TOKEN, base_url=server.base_url, observers=[seen]
    ) as client:
        call = asyncio.create_task(client.run(LLAMA, HI))
        while not server.seen:
            await asyncio.sleep(0.005)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call

    assert isinstance(seen.outcome.error, asyncio.CancelledError)
    assert "call ended" == seen.told[-1]


async def test_a_stream_ends_with_its_last_event(make: Any, server: Server) -> None:
    seen = Seen()
    server.script(WHOLE)

    async with make(observers=[seen]).stream(LLAMA, HI) as stream_:
        assert ["call started", ("attempt started", 1), ("attempt ended", 1, 200, None)] == seen.told[:3]
        async for _ in stream_:
            pass
        result = stream_.result

    assert "call ended" == seen.told[-1]
    assert 1 == seen.told.count("call ended")
    assert (result, True, 1) == (seen.outcome.result, seen.info.stream, seen.outcome.attempts)
    assert result.usage == seen.outcome.usage
    assert 0 < seen.outcome.first_event_after <= seen.outcome.elapsed


async def test_one_that_is_left_early_has_neither_result_nor_error(make: Any, server: Server) -> None:
    seen = Seen()
    server.script(stream(sse({"response": "Hel"}), then=hang()))

    async with make(observers=[seen]).stream(LLAMA, HI) as stream_:
        await stream_.__anext__()

    assert (None, None, 200) == (seen.outcome.result, seen.outcome.error, seen.outcome.status)
    assert 1 == seen.told.count("call ended")


async def test_one_that_breaks_has_its_error(make: Any, server: Server) -> None:
    seen = Seen()
    server.script(stream(sse({"response": "Hel"})))

    with pytest.raises(cfai.StreamTruncated) as caught:
        await read(make(observers=[seen]).stream(LLAMA, HI))

    assert caught.value is seen.outcome.error
    assert 1 == seen.told.count("call ended")


async def test_a_cancelled_read_of_a_stream_is_its_end(server: Server) -> None:
    seen = Seen()
    server.script(stream(sse({"response": "Hel"}), then=hang()))
    async with (
        cfai.AsyncClient(account_id=ACCOUNT, api_token=TOKEN, base_url=server.base_url, observers=[seen]) as client,
        client.stream(LLAMA, HI) as stream_,
    ):
        await anext(stream_)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await anext(stream_)

        assert isinstance(seen.outcome.error, asyncio.CancelledError)
    assert 1 == seen.told.count("call ended")


async def test_one_that_is_refused_is_tried_again_and_told(make: Any, server: Server) -> None:
    seen = Seen()
    server.script(answer(b"", 503), WHOLE)

    async with make(observers=[seen], options=AGAIN).stream(LLAMA, HI):
        pass

    assert [("attempt ended", 1, 503, "ServerError"), ("attempt ended", 2, 200, None)] == [
        each for each in seen.told if each[0] == "attempt ended"
    ]


async def test_what_an_observer_raises_is_logged_and_changes_nothing(
    make: Any, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    seen = Seen()
    client = make(observers=[Broken(), seen])

    assert "Hello" == (await client.run(LLAMA, HI)).text
    assert "call ended" == seen.told[-1]
    assert 4 == sum("Broken raised" in record.getMessage() for record in caplog.records)
    assert logging.ERROR == max(record.levelno for record in caplog.records)


async def test_a_copy_may_have_observers_of_its_own(make: Any, server: Server) -> None:
    first, second = Seen(), Seen()
    attempts: list[Any] = []
    client = make(observers=[first], on_attempt=attempts.append)

    await client.with_options(observers=[second]).run(LLAMA, HI)
    assert [] == first.told
    assert "call ended" == second.told[-1]
    await client.with_options(timeout=5).run(LLAMA, HI)
    assert "call ended" == first.told[-1]
    assert 2 == len(attempts)  # its short form stays


@pytest.mark.parametrize("observers", [Seen(), Seen, [Seen], [print], "ab", 5])
@pytest.mark.parametrize("kind", [cfai.AsyncClient, cfai.Client])
def test_what_is_no_observer_is_refused(kind: Any, observers: Any) -> None:
    with pytest.raises(cfai.ConfigError, match="^observers: must be "):
        kind(account_id="0" * 32, api_token="a", observers=observers)


class Closed:
    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.asked = 0

    async def admit(self, call: Any) -> None:
        self.asked += 1
        await asyncio.sleep(self.seconds)


async def test_each_attempt_passes_the_gates(make: Any, server: Server) -> None:
    gate = Closed(0)
    client = make(options=AGAIN)
    runner_of(client)._gates = (gate,)
    server.script(answer(b"", 503), hello())

    assert "Hello" == (await client.run(LLAMA, HI)).text
    assert 2 == gate.asked


async def test_the_wait_at_a_gate_counts_against_the_limit(make: Any, server: Server) -> None:
    client = make(options=cfai.RequestOptions(timeout=0.1))
    runner_of(client)._gates = (Closed(5),)

    with pytest.raises(cfai.RequestTimeout, match="timeout=0.1 s ran out before the request was sent") as caught:
        await client.run(LLAMA, HI)

    assert not caught.value.sent
    assert [] == server.seen


class OutOfTime:
    async def admit(self, call: Any) -> None:
        raise TimeoutError("the gate's own")


async def test_what_a_gate_raises_ends_the_call(make: Any, server: Server) -> None:
    client = make()
    runner_of(client)._gates = (OutOfTime(),)

    with pytest.raises(TimeoutError, match="the gate's own"):
        await client.run(LLAMA, HI)

    assert [] == server.seen


async def test_a_call_that_nobody_watches_fails_as_any_other(
    make: Any, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, logger="cfai")

    with pytest.raises(cfai.InvalidParams):
        await make().run(LLAMA, cfai.Prompt(None))  # type: ignore[arg-type]

    assert [] == server.seen
