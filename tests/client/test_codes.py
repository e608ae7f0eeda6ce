"""The codes of the service on the line: how often each one is asked again, and what a gateway reports."""

import json
import pickle
from typing import Any

import pytest
from kit.codes import AGAIN, AT_ANY_STATUS, CHARGED, ROWS, Row, enveloped
from kit.server import HELLO, Server, answer, hello, send
from kit.streams import DONE, said, sse, stream

import cfai

LLAMA = "@cf/meta/llama-3.2-3b-instruct"
AURA = "@cf/deepgram/aura-1"
HI = cfai.Prompt("Say hello")
MAPPING = {"prompt": "Say hello"}
UUID = "0192f0c1-7a3b-7c4d-8e5f-0123456789ab"
AT_ONCE = cfai.Retry(backoff=0, budget=1000)
GREEDY = cfai.Retry(backoff=0, budget=1000, lost_answers=True)


@pytest.fixture
def patient(make: Any) -> Any:
    return make(options=cfai.RequestOptions(retry=AT_ONCE))


async def failure_of(client: Any, params: Any, verb: str, **options: Any) -> Any:
    """Call, and return the error."""
    given = cfai.RequestOptions(**options)
    try:
        if verb == "run":
            await client.run(LLAMA, params, given)
        else:
            async with client.stream(LLAMA, params, given) as events:
                async for _ in events:
                    pass
    except cfai.CfaiError as error:
        return error
    raise AssertionError("nothing was raised")


@pytest.mark.parametrize("row", ROWS, ids=str)
@pytest.mark.parametrize("verb", ["run", "stream"])
async def test_what_was_not_processed_or_failed_there_is_asked_again_and_nothing_else(
    patient: Any, server: Server, verb: str, row: Row
) -> None:
    server.always(answer(row.body(UUID), row.status, {"cf-ai-req-id": UUID}))
    attempts = 3 if row.outcome == AGAIN else 1
    for params in (HI, MAPPING):
        server.seen.clear()
        error = await failure_of(patient, params, verb)

        assert (row.name, row.code, row.outcome) == (
            type(error).__name__,
            error.code,
            (error.retryable, error.may_be_charged),
        )
        assert attempts == error.attempts == len(server.seen)
        assert 1 == str(error).count(UUID)
        assert error.fields == pickle.loads(pickle.dumps(error)).fields if row.name == "InvalidInput" else True


@pytest.mark.parametrize("row", AT_ANY_STATUS, ids=str)
async def test_so_it_is_for_an_error_that_is_the_first_event(patient: Any, server: Server, row: Row) -> None:
    server.always(stream(sse(row.body())))
    attempts = 3 if row.outcome == AGAIN else 1
    for verb in ("stream", "run"):
        server.seen.clear()
        error = await failure_of(patient, HI, verb)

        assert (row.name, row.outcome) == (type(error).__name__, (error.retryable, error.may_be_charged))
        assert attempts == error.attempts == len(server.seen)


@pytest.mark.parametrize("row", [row for row in ROWS if row.outcome == CHARGED], ids=str)
async def test_what_may_be_charged_is_asked_again_only_where_that_is_asked_for(
    patient: Any, server: Server, row: Row
) -> None:
    server.script(answer(row.body(), row.status))
    reply = await patient.request(LLAMA, HI, cfai.RequestOptions(retry=GREEDY))
    assert 2 == reply.attempts

    server.always(answer(row.body(), row.status))
    assert 1 == (await failure_of(patient, HI, "stream", retry=GREEDY)).attempts


@pytest.mark.parametrize("error", [{"error": {"code": 3040, "message": "full"}}, {"error": "broken"}])
async def test_an_error_in_the_middle_of_an_answer_may_be_charged(patient: Any, server: Server, error: Any) -> None:
    server.always(stream(said("Hel"), sse(error)))
    for verb in ("stream", "run"):
        server.seen.clear()
        failure = await failure_of(patient, HI, verb)

        assert (True, True) == (failure.retryable, failure.may_be_charged)
        assert 1 == failure.attempts == len(server.seen)
        assert "Hel" == failure.partial.response

    server.script(stream(said("Hel"), sse(error)), hello())
    assert 2 == (await patient.request(LLAMA, HI, cfai.RequestOptions(retry=GREEDY))).attempts


@pytest.mark.parametrize("code", [2041, 2045])
async def test_a_spend_limit_is_final(patient: Any, server: Server, code: int) -> None:
    server.always(answer(enveloped(code, "Spend limit reached"), 429))
    for verb in ("run", "stream"):
        server.seen.clear()
        assert cfai.SpendLimitExceeded is type(await failure_of(patient, HI, verb))
        assert 1 == len(server.seen)


async def test_clefs_transient_failure_is_asked_again(patient: Any, server: Server) -> None:
    words = 'AiError: {"error":{"type":"inference_error","message":"try again"}}'
    server.script(answer(enveloped(5012, words), 529), answer(b"", 529))
    assert 3 == (await patient.request(LLAMA, HI)).attempts

    server.always(answer(enveloped(5012, words), 422))
    assert cfai.InvalidInput is type(await failure_of(patient, HI, "run"))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Model does not support request queuing", cfai.InvalidInput),
        ("Input prompt contains NSFW content", cfai.ContentFlagged),
        (
            '{"object":"error","message":"This model\'s maximum context length is 8192 tokens.","code":400}',
            cfai.ContextTooLong,
        ),
    ],
    ids=["queue", "flagged", "long"],
)
async def test_the_words_of_8007_tell_what_it_is(client: Any, server: Server, words: str, expected: type) -> None:
    server.always(answer(enveloped(8007, f"AiError: AiError: {words} ({UUID})"), 400))
    for verb in ("run", "stream"):
        for params in (HI, MAPPING):
            assert expected is type(await failure_of(client, params, verb))


# -- what a gateway reports

HEADERS = {
    "cf-aig-log-id": "0192f0c1-7a3b-7c4d-8e5f-0123456789ab",
    "cf-aig-cache-status": "HIT",
    "cf-aig-step": "0",
    "cf-aig-event-id": "e1",
    "cf-aig-run-id": "r1",
    "cf-aig-model": "@cf/meta/llama-3.2-3b-instruct-sd",
    "cf-aig-provider": "workers-ai",
    "cf-aig-routed-model": "openai/gpt-5",
    "cf-aig-routing-reason": "cheapest",
}
REPORTED = cfai.GatewayFacts(
    log_id="0192f0c1-7a3b-7c4d-8e5f-0123456789ab",
    cache_status="HIT",
    step="0",
    event_id="e1",
    run_id="r1",
    model="@cf/meta/llama-3.2-3b-instruct-sd",
    provider="workers-ai",
    routed_model="openai/gpt-5",
    routing_reason="cheapest",
)
ASKED = {
    "an id": {"gateway": "default"},
    "a gateway": {"gateway": cfai.Gateway("default", cache_ttl=60)},
    "a header": {"headers": {"CF-AIG-Gateway-Id": "default"}},
}


def streamed(**headers: str) -> Any:
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    body = said("Hello") + DONE
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n{lines}Content-Length: {len(body)}\r\n\r\n"
    return send(head.encode() + body, keep=True)


async def test_a_reply_has_what_the_gateway_reports(client: Any, server: Server) -> None:
    server.always(answer(HELLO, headers=HEADERS))
    for params in (HI, MAPPING):
        assert REPORTED == (await client.request(LLAMA, params)).gateway
    server.always(answer(HELLO, headers={"CF-AIG-Cache-Status": "MISS"}))
    reply = await client.request(LLAMA, HI)

    assert cfai.GatewayFacts(cache_status="MISS") == reply.gateway
    assert "GatewayFacts(cache_status='MISS')" == repr(reply.gateway)
    assert reply.gateway == pickle.loads(pickle.dumps(reply.gateway))
    with pytest.raises(AttributeError):
        reply.gateway.step = "1"


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
async def test_there_is_none_where_none_was_asked_for_and_none_reported(
    client: Any, server: Server, asked: Any
) -> None:
    assert None is (await client.request(LLAMA, HI)).gateway
    assert cfai.GatewayFacts() == (await client.request(LLAMA, HI, cfai.RequestOptions(**asked))).gateway
    server.script(streamed(), streamed())
    async with client.stream(LLAMA, HI) as events:
        assert None is events.gateway
    async with client.stream(LLAMA, HI, cfai.RequestOptions(**asked)) as events:
        assert cfai.GatewayFacts() == events.gateway


async def test_a_stream_has_it_from_its_first_event_on(client: Any, server: Server) -> None:
    server.always(streamed(**{name.replace("-", "_"): value for name, value in HEADERS.items()}))
    for params in (HI, MAPPING):
        events = client.stream(LLAMA, params)
        with pytest.raises(cfai.StreamError, match="first event"):
            _ = events.gateway
        async with events:
            assert REPORTED == events.gateway
            assert "Hello" == "".join([text async for text in events.texts()])
        assert REPORTED == events.gateway

    server.always(answer(HELLO, headers=HEADERS))  # of a model that answers whole
    async with client.stream(LLAMA, HI) as events:
        assert REPORTED == events.gateway


async def test_a_stream_that_fails_before_its_first_event_has_none(client: Any, server: Server) -> None:
    server.always(answer(enveloped(5006), 400, HEADERS))
    events = client.stream(LLAMA, HI)
    with pytest.raises(cfai.InvalidInput):
        async with events:
            pass
    with pytest.raises(cfai.StreamError):
        _ = events.gateway


async def test_a_stream_of_bytes_has_it_too(client: Any, server: Server) -> None:
    server.always(answer(b"ID3\x04\x00" + bytes(100), headers={"Content-Type": "audio/mpeg", **HEADERS}))
    events = client.stream(AURA, cfai.TextToSpeech("hello"))
    with pytest.raises(cfai.StreamError):
        _ = events.gateway
    async with events:
        assert REPORTED == events.gateway


# -- what a gateway is told


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        ({str(number): number for number in range(6)}, "5 entries at most; got 6"),
        ({"a": None}, "'a' must be .*; got NoneType"),
        ({"a": {"b": 1}}, "'a' must be .*; got dict"),
        ({"a": [1]}, "'a' must be .*; got list"),
        ({"a": object()}, "'a' must be .*; got object"),
        ({"a": float("nan")}, "'a' must be .*; got float"),
        ({"a": float("inf")}, "'a' must be .*; got float"),
        ({"a": b"b"}, "'a' must be .*; got bytes"),
        ({1: "a"}, "names must be str"),
        (["a"], "must be a mapping"),
        ("team", "must be a mapping"),
    ],
)
def test_metadata_that_the_service_would_drop_is_refused(metadata: Any, words: str) -> None:
    with pytest.raises(cfai.ConfigError, match=f"gateway metadata: .*{words}") as caught:
        cfai.Gateway("default", metadata=metadata)

    assert isinstance(caught.value, ValueError)


async def test_metadata_that_it_keeps_goes_out_as_it_was_when_it_was_checked(client: Any, server: Server) -> None:
    metadata: dict[str, Any] = {"team": "cats", "n": 1, "share": 0.5, "paid": True, "big": 10**30}
    gateway = cfai.Gateway("default", metadata=metadata, collect_log_payload=False)
    metadata["sixth"] = None
    await client.run(LLAMA, HI, cfai.RequestOptions(gateway=gateway))

    sent = json.loads(server.last.header("cf-aig-metadata") or "")
    assert {"team": "cats", "n": 1, "share": 0.5, "paid": True, "big": 10**30} == sent
    assert "false" == server.last.header("cf-aig-collect-log-payload")
