"""Whatever body an answer comes in, `run` and `stream` agree on what it is (docs/wire.md 2.1 and 4)."""

import asyncio
import base64
import json
from typing import Any

import pytest
from kit.server import Exchange, Gate, Server, Step, answer
from kit.streams import DONE, END, cut_at, ended, framed, head, said, sse, stream

import cfai
from cfai import Finish, TextDelta

LLAMA = "@cf/meta/llama-3.2-3b-instruct"
AURA = "@cf/deepgram/aura-1"
BOM = b"\xef\xbb\xbf"
TEXT = said("Hel", "lo") + ended()
NATIVE = sse({"response": "Hel"}, {"response": "lo"}) + DONE
WHOLE = {"result": {"response": "Hello"}, "success": True, "errors": [], "messages": []}
PARAMS = [cfai.Prompt("hi"), {"prompt": "hi"}]
CHAT = [cfai.Messages([{"role": "user", "content": "hi"}]), {"messages": [{"role": "user", "content": "hi"}]}]

OPENINGS = [
    b"",
    BOM,
    BOM + b": ping\n\n",
    b": ping\n\n",
    b": ping\r\n\r\n",
    b"id: 1\n",
    b"event: message\r",
    b"retry: 3000\n",
    b"\n",
    b"\r\n\r\n",
    b"data:\n\n",
]
STREAMS = ["text/event-stream", "text/event-stream; charset=utf-8", "text/plain", "application/octet-stream", ""]


def kind(content_type: str) -> dict[str, str]:
    return {"Content-Type": content_type} if content_type else {}


def byte_by_byte(body: bytes, content_type: str) -> Step:
    return stream(*cut_at(body, range(1, len(body))), kind=content_type)


async def read(client: Any, params: Any, model: str = LLAMA) -> tuple[list[Any], Any]:
    async with client.stream(model, params) as opened:
        return [event async for event in opened], opened.result


async def failure_of(call: Any) -> Any:
    with pytest.raises(cfai.CfaiError) as caught:
        await call
    return caught.value


@pytest.mark.parametrize("content_type", STREAMS)
@pytest.mark.parametrize("params", PARAMS, ids=["params", "mapping"])
async def test_events_are_events_for_both_verbs(client: Any, server: Server, content_type: str, params: Any) -> None:
    for opening in OPENINGS:
        for body in (TEXT, NATIVE, TEXT.replace(b"\n", b"\r\n")):
            server.script(*[answer(opening + body, headers=kind(content_type))] * 2)
            answered = await client.run(LLAMA, params)
            events, result = await read(client, params)

            reason = None if body == NATIVE else "stop"
            assert ("Hello", reason) == (answered.text, answered.finish_reason), (opening, body)
            assert [TextDelta("Hel"), TextDelta("lo"), Finish(reason, None)] == events, (opening, body)
            assert answered == result, (opening, body)


@pytest.mark.parametrize("content_type", STREAMS)
@pytest.mark.parametrize("params", CHAT, ids=["params", "mapping"])
async def test_events_that_come_byte_by_byte_are_the_same(
    client: Any, server: Server, content_type: str, params: Any
) -> None:
    for opening in (b"", BOM, b": ping\n\n", b"id: 1\r\n", b"\n"):
        server.script(*[byte_by_byte(opening + TEXT, content_type)] * 2)
        answered = await client.run(LLAMA, params)
        events, result = await read(client, params)

        assert ("Hello", "stop") == (answered.text, answered.finish_reason), opening
        assert [TextDelta("Hel"), TextDelta("lo"), Finish("stop", None)] == events, opening
        assert answered == result, opening


@pytest.mark.parametrize("content_type", [*STREAMS[1:], "application/json", "text/html"])
async def test_an_event_comes_when_it_is_sent_after_a_comment_and_a_long_pause(
    client: Any, server: Server, content_type: str
) -> None:
    read_one, read_two = Gate(), Gate()

    async def slowly(exchange: Exchange) -> bool:
        await exchange.send(head(content_type) + framed(b": ping\n\n"))
        await asyncio.sleep(0.3)  # more than idle_timeout, which does not count before the first event
        for piece, gate in ((said("Hel"), read_one), (said("lo"), read_two)):
            await exchange.send(framed(piece))
            while not gate.is_open:
                await asyncio.sleep(0.002)
        await exchange.send(framed(ended()) + END)
        return True

    server.always(Step(slowly))
    async with client.stream(LLAMA, PARAMS[0], cfai.RequestOptions(idle_timeout=0.2, timeout=20)) as opened:
        assert TextDelta("Hel") == await anext(opened)
        read_one.open()
        assert TextDelta("lo") == await anext(opened)
        read_two.open()
        assert [Finish("stop", None)] == [event async for event in opened]


LINES = b'{"response":"Hel"}\n{"response":"lo"}\n[DONE]\n'
CHAT_LINES = TEXT.replace(b"data: ", b"").replace(b"\n\n", b"\n").replace(b"[DONE]\n", b"")


@pytest.mark.parametrize("content_type", [*STREAMS, "application/x-ndjson"])
@pytest.mark.parametrize("params", PARAMS, ids=["params", "mapping"])
async def test_lines_of_json_are_events_of_a_stream(
    client: Any, server: Server, content_type: str, params: Any
) -> None:
    for body, reason in ((LINES, None), (CHAT_LINES, "stop"), (BOM + LINES.replace(b"\n", b"\r\n"), None)):
        server.script(
            answer(body, headers=kind(content_type)),
            byte_by_byte(body, content_type),
        )
        for _ in range(2):
            events, result = await read(client, params)
            assert [TextDelta("Hel"), TextDelta("lo"), Finish(reason, None)] == events, body
            assert ("Hello", reason) == (result.text, result.finish_reason), body


@pytest.mark.parametrize("events", [b'data: {"response": "Hel"}\n\n', b"data: {no JSON\n\n"], ids=["cut", "malformed"])
async def test_what_run_says_of_a_broken_stream_names_the_call_once(client: Any, server: Server, events: bytes) -> None:
    server.script(answer(events, headers={"Content-Type": "text/event-stream", "cf-ai-req-id": "r-1"}))

    with pytest.raises(cfai.DecodeError) as caught:
        await client.run(LLAMA, cfai.Prompt("hi"), cfai.RequestOptions(retry=None))

    assert str(caught.value).endswith(f" [model {LLAMA}, request id r-1]")
    assert 1 == str(caught.value).count("r-1")


async def test_lines_of_json_are_none_under_the_type_of_json(client: Any, server: Server) -> None:
    server.script(answer(LINES, headers=kind("application/json")))
    failure = await failure_of(read(client, PARAMS[0]))

    assert cfai.DecodeError is type(failure)
    assert LINES == failure.raw


async def test_lines_of_json_that_break_off_are_a_stream_that_was_cut(client: Any, server: Server) -> None:
    server.script(answer(LINES.removesuffix(b"[DONE]\n"), headers=kind("text/plain")))
    failure = await failure_of(read(client, PARAMS[0]))

    assert cfai.StreamTruncated is type(failure)
    assert "Hello" == failure.partial.text


@pytest.mark.parametrize("content_type", [*STREAMS, "application/json", "application/x-ndjson", "audio/mpeg"])
@pytest.mark.parametrize("params", PARAMS, ids=["params", "mapping"])
async def test_one_object_of_json_is_a_whole_answer(
    client: Any, server: Server, content_type: str, params: Any
) -> None:
    for body in (
        json.dumps(WHOLE).encode(),
        json.dumps(WHOLE, indent=2).encode() + b"\n",
        BOM + b'{"response":"Hello"}',
    ):
        server.script(*[answer(body, headers=kind(content_type))] * 2, byte_by_byte(body, content_type))
        assert "Hello" == (await client.run(LLAMA, params)).text
        for _ in range(2):
            events, result = await read(client, params)
            assert [TextDelta("Hello"), Finish(None, None)] == events
            assert "Hello" == result.text


NO_ANSWERS = {
    "a page": b"<html>\n\n<body>data: please sign in" + b"." * 300,
    "a page with its type": b"<!DOCTYPE html>\n<html>",
    "an empty body": b"",
    "a message": b"ID: 5 is not known\n\nid: 5",
    "a message that looks like a field": b"id: 5 is not known",
    "a table": b"id,name\n5,data\n",
}


@pytest.mark.parametrize("case", NO_ANSWERS)
@pytest.mark.parametrize("content_type", ["text/plain", "text/html", "application/json", ""])
async def test_what_is_no_answer_is_an_error_that_quotes_it(
    client: Any, server: Server, case: str, content_type: str
) -> None:
    body = NO_ANSWERS[case]
    server.script(*[answer(body, headers=kind(content_type))] * 2)
    quoted = " ".join(body.decode().split())[:200] or "an empty body"

    for call in (client.run(LLAMA, PARAMS[0]), read(client, PARAMS[0])):
        failure = await failure_of(call)
        assert cfai.DecodeError is type(failure)
        assert f"got {quoted} (" in str(failure)
        assert body == failure.raw


@pytest.mark.parametrize("status", [400, 429, 500])
@pytest.mark.parametrize("content_type", [*STREAMS, "application/json"])
async def test_a_refusal_is_no_stream_whatever_its_body(
    make: Any, server: Server, status: int, content_type: str
) -> None:
    client = make(options=cfai.RequestOptions(retry=cfai.Retry(attempts=1)))
    for body in (TEXT, b": ping\n\n" + TEXT, LINES, json.dumps(WHOLE).encode()):
        server.script(*[answer(body, status, kind(content_type))] * 2)
        for call in (client.run(LLAMA, PARAMS[0]), read(client, PARAMS[0])):
            failure = await failure_of(call)
            assert isinstance(failure, cfai.ApiError)
            assert status == failure.status


@pytest.mark.parametrize("content_type", ["text/plain", "application/json", "text/html"])
async def test_the_limit_of_bytes_holds_for_every_kind(make: Any, server: Server, content_type: str) -> None:
    client = make(options=cfai.RequestOptions(max_response_bytes=100))
    for body in (b": ping\n\n" * 100, b'{"response": "' + b"a" * 200, b"<html>" + b"a" * 200, b"\n" * 200):
        server.script(*[answer(body, headers=kind(content_type))] * 2)
        for call in (client.run(LLAMA, PARAMS[0]), read(client, PARAMS[0])):
            assert isinstance(await failure_of(call), cfai.ResponseTooLarge)


SAMPLES = b":\x00\x01\n\ndata: {\x00" + bytes(range(256))


@pytest.mark.parametrize("content_type", ["audio/l16;rate=24000", "application/octet-stream"])
async def test_raw_samples_that_begin_like_a_comment_are_samples(
    client: Any, server: Server, content_type: str
) -> None:
    server.always(byte_by_byte(SAMPLES, content_type))
    params = cfai.TextToSpeech("hi")
    answered = await client.run(AURA, params)
    events, result = await read(client, params, AURA)

    assert SAMPLES == answered.data == b"".join(events)
    assert answered == result
    failure = await failure_of(read(client, {"prompt": "hi"}))
    assert cfai.StreamError is type(failure)
    assert SAMPLES == failure.partial


@pytest.mark.parametrize("content_type", ["application/json", "text/event-stream", "application/octet-stream", ""])
async def test_a_sound_in_json_is_a_sound_for_both_verbs(client: Any, server: Server, content_type: str) -> None:
    sound = b"ID3\x04" + bytes(40)
    body = json.dumps({"result": {"audio": base64.b64encode(sound).decode()}, "success": True}).encode()
    server.script(*[answer(body, headers=kind(content_type))] * 2)
    params = cfai.TextToSpeech("hi")

    assert sound == (await client.run(AURA, params)).data
    events, result = await read(client, params, AURA)
    assert ([sound], sound) == (events, result.data)
