"""Streams on the line: what is sent, which events come, and what they add up to. How they break is in other files."""

import asyncio
import base64
import json
import random
from pathlib import Path
from typing import Any

import anyio
import pytest
from kit.secrets import ACCOUNT, TOKEN
from kit.server import HELLO, Gate, Server, Step, answer, hang, until
from kit.streams import DONE, END, cut_at, ended, framed, head, said, sse, stream

import cfai
from cfai import Finish, GeneratedText, ReasoningDelta, TextDelta, ToolCallDelta
from cfai._sync.loop_thread import LoopThread
from cfai._wire.answer.text_response import TextAnswerReader
from cfai._wire.http_values import Response
from cfai._wire.request.encode import encode

LLAMA = "@cf/meta/llama-3.2-3b-instruct"
AURA = "@cf/deepgram/aura-1"
HI = cfai.Prompt("Say hello")
_FILES = sorted((Path(__file__).parents[1] / "samples" / "text").glob("*/stream*.sse"))
SAMPLES = {f"{file.parent.name}/{file.stem}": file.read_bytes() for file in _FILES}
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
MP3 = b"ID3\x04\x00" + bytes(range(256)) * 40


def recorded(data: bytes) -> tuple[list[Any], GeneratedText]:
    """Read a recording without any line between."""
    response = Response(status=200, headers={"Content-Type": "text/event-stream"}, body=b"")
    reader = TextAnswerReader(encode(LLAMA, HI, stream=True), response, ACCOUNT)
    events = reader.feed(data) + reader.end()
    return events, reader.result()


async def events_of(stream: Any) -> list[Any]:
    return [event async for event in stream]


async def read(client: Any, params: Any = HI, model: str = LLAMA, **options: Any) -> tuple[list[Any], Any]:
    async with client.stream(model, params, cfai.RequestOptions(**options)) as stream:
        return await events_of(stream), stream


# -- what is sent -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "params",
    [
        HI,
        cfai.Messages([{"role": "user", "content": "Say hello"}]),
        cfai.ImagePrompt(prompt="Say hello", image=PNG),
        cfai.ImageMessages(messages=[{"role": "user", "content": "Say hello"}], image=PNG),
        cfai.Responses("Say hello"),
        cfai.VisionQuery(image=PNG, task="query", question="What is it?"),
        {"prompt": "Say hello"},
    ],
    ids=lambda params: type(params).__name__,
)
async def test_a_stream_of_text_is_asked_for_in_the_body(client: Any, server: Server, params: Any) -> None:
    server.always(stream(said("Hel", "lo"), ended()))
    events, read_to_its_end = await read(client, params)

    assert f"POST /client/v4/accounts/{ACCOUNT}/ai/run/{LLAMA} HTTP/1.1".encode() == server.last.line
    assert 1 == server.last.body.count(b'"stream":true')
    assert True is server.last.json["stream"]
    assert [TextDelta("Hel"), TextDelta("lo"), Finish("stop", None)] == events
    assert 1 == len(server.seen)
    assert read_to_its_end.result is not None


@pytest.mark.parametrize(
    ("params", "data"), [(cfai.TextToSpeech("hello"), MP3), (cfai.TextToImage("a cat"), PNG)], ids=["sound", "picture"]
)
async def test_a_stream_of_bytes_is_asked_for_as_the_whole(
    client: Any, server: Server, params: Any, data: bytes
) -> None:
    server.always(stream(data, kind="audio/mpeg"))
    whole = await client.run(AURA, params)
    events, read_to_its_end = await read(client, params, AURA)

    assert server.seen[0].body == server.seen[1].body
    assert b"stream" not in server.last.body
    assert data == b"".join(events)
    assert whole == read_to_its_end.result


async def test_a_model_of_another_house_is_asked_with_an_envelope(client: Any, server: Server) -> None:
    server.always(stream(said("Hello"), ended()))
    await read(client, HI, "openai/gpt-5.5")

    assert server.last.target.endswith(b"/ai/run")
    assert True is server.last.json["input"]["stream"]


async def test_nothing_is_sent_before_the_block_is_entered(client: Any, server: Server) -> None:
    client.stream(LLAMA, HI)
    await anyio.sleep(0.05)

    assert ([], 0) == (server.seen, server.connections)


async def test_what_does_not_stream_is_refused_before_anything_is_sent(client: Any, server: Server) -> None:
    whole = cfai.TextEmbeddings("a"), cfai.Translation("a", target_lang="de"), cfai.AutomaticSpeechRecognition(MP3)
    for params in (*whole, "hi", 3, None):
        with pytest.raises(cfai.InvalidParams):
            client.stream(LLAMA, params)

    assert 0 == server.connections


async def test_bad_input_is_refused_before_anything_is_sent(client: Any, server: Server) -> None:
    with pytest.raises(cfai.InvalidParams, match="temperature"):
        await read(client, {"prompt": "hi", "temperature": float("nan")})
    with pytest.raises(cfai.InvalidModelName):
        await read(client, model="@cf/../a")

    assert 0 == server.connections


# -- what comes ---------------------------------------------------------------------------------------------------


def cut_up(data: bytes, chance: random.Random) -> Step:
    return stream(*cut_at(data, [chance.randrange(len(data)) for _ in range(9)]), every=0.001)


async def test_every_form_comes_through_however_it_is_cut(client: Any, server: Server) -> None:
    chance = random.Random(7)  # the cuts differ, and are the same each time
    for name, data in SAMPLES.items():
        server.script(
            stream(data),
            cut_up(data, chance),
            stream(data, kind="application/octet-stream"),
            answer(data, headers={"Content-Type": "text/event-stream; charset=utf-8"}),
        )
        wanted, result = recorded(data)
        for _ in range(4):
            events, read_to_its_end = await read(client)
            assert wanted == events, name
            assert result == read_to_its_end.result == read_to_its_end.partial, name
        assert 1 == sum(isinstance(event, Finish) for event in wanted), name
    assert 4 * len(SAMPLES) == len(server.seen) > 100
    assert 1 == server.connections


async def test_each_event_comes_when_it_is_sent(client: Any, server: Server) -> None:
    gates = [Gate() for _ in range(3)]

    async def one_by_one(exchange: Any) -> bool:
        await exchange.send(head() + framed(said("0")))
        for number, gate in enumerate(gates, start=1):
            while not gate.is_open:
                await asyncio.sleep(0.002)
            await exchange.send(framed(said(str(number))))
        await exchange.send(framed(DONE) + END)
        return True

    server.always(Step(one_by_one))
    async with client.stream(LLAMA, HI) as stream:
        for number, gate in enumerate(gates):
            assert TextDelta(str(number)) == await anext(stream)
            assert "0123"[: number + 1] == stream.partial.response
            with pytest.raises(cfai.StreamError, match="before its end") as caught:
                _ = stream.result
            assert stream.partial == caught.value.partial
            gate.open()
        assert [TextDelta("3"), Finish(None, None)] == await events_of(stream)
        assert "0123" == stream.result.response


@pytest.mark.parametrize("size", [1, 2, 3])
async def test_a_stream_that_comes_byte_by_byte_is_the_same(client: Any, server: Server, size: int) -> None:
    data = said("Grüße", "\u2028", "🎉", "日本") + ended(prompt_tokens=3, completion_tokens=4, total_tokens=7)
    server.always(stream(*(data[place : place + size] for place in range(0, len(data), size))))
    events, read_to_its_end = await read(client)

    assert ["Grüße", "\u2028", "🎉", "日本"] == [event.text for event in events[:-1]]
    assert Finish("stop", cfai.Usage(3, 4, 7)) == events[-1]
    assert "Grüße\u2028🎉日本" == read_to_its_end.result.response


async def test_the_type_of_a_stream_does_not_matter(client: Any, server: Server) -> None:
    for kind in ("application/json", "text/plain", "text/html", "", "application/x-ndjson"):
        server.script(answer(said("Hel", "lo") + ended(), headers={"Content-Type": kind} if kind else None))
        events, read_to_its_end = await read(client)

        assert [TextDelta("Hel"), TextDelta("lo"), Finish("stop", None)] == events, kind
        assert "Hello" == read_to_its_end.result.response, kind


@pytest.mark.parametrize("params", [HI, {"prompt": "hi"}], ids=["params", "mapping"])
async def test_an_answer_that_comes_whole_becomes_events(client: Any, server: Server, params: Any) -> None:
    for kind in ("application/json", "application/json; charset=utf-8", "text/event-stream", "a/b"):
        server.script(answer(HELLO, headers={"Content-Type": kind}))
        events, read_to_its_end = await read(client, params)

        usage = cfai.Usage(3, 2, 5)
        assert [TextDelta("Hello"), Finish(None, usage)] == events, kind
        assert ("Hello", usage) == (read_to_its_end.result.response, read_to_its_end.result.usage), kind
    assert 4 == len(server.seen)


async def test_a_whole_answer_of_a_model_that_sees_is_that(client: Any, server: Server) -> None:
    server.always(answer({"result": {"answer": "a cat"}, "success": True, "errors": [], "messages": []}))
    query = cfai.VisionQuery(image=PNG, task="query", question="What is it?")
    whole = await client.run(LLAMA, query)
    events, read_to_its_end = await read(client, query)

    assert isinstance(whole, cfai.VisionAnswer)
    assert whole == read_to_its_end.result
    assert isinstance(events[-1], Finish)


async def test_run_puts_a_stream_together_that_comes_unasked(client: Any, server: Server) -> None:
    server.always(stream(said("Hel", "lo"), ended(prompt_tokens=3, completion_tokens=2, total_tokens=5)))
    answered = await client.run(LLAMA, HI)

    assert "stream" not in server.last.json
    assert ("Hello", "stop", cfai.Usage(3, 2, 5)) == (answered.response, answered.finish_reason, answered.usage)


async def test_a_result_is_what_run_gives(client: Any, server: Server) -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": '{"city":"Oslo"}'}}
    message = {"role": "assistant", "content": "Hello", "reasoning_content": "Hm.", "tool_calls": [call]}
    usage = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
    begun = {"reasoning_content": "Hm.", "content": "Hello", "tool_calls": [{"index": 0, **call}]}
    whole = {"choices": [{"index": 0, "message": message, "finish_reason": "tool_calls"}], "usage": usage}
    server.script(
        answer({"result": whole, "success": True, "errors": [], "messages": []}),
        stream(sse({"choices": [{"index": 0, "delta": begun, "finish_reason": None}]}), ended("tool_calls", **usage)),
    )
    answered = await client.run(LLAMA, HI)
    events, read_to_its_end = await read(client)

    assert answered == read_to_its_end.result
    assert [ReasoningDelta, TextDelta, ToolCallDelta, Finish] == [type(event) for event in events]
    assert {"city": "Oslo"} == answered.tool_calls[0].arguments


async def test_texts_gives_the_text_alone(client: Any, server: Server) -> None:
    server.always(stream(sse({"choices": [{"delta": {"reasoning": "Hm."}}]}), said("Hel", "", "lo"), ended()))
    async with client.stream(LLAMA, HI) as stream_:
        texts = [text async for text in stream_.texts()]
        assert ["Hel", "lo"] == texts
        assert "Hm." == stream_.result.reasoning


async def test_it_says_when_the_first_event_came_and_how_fast_they_are(client: Any, server: Server) -> None:
    server.always(stream(said("0"), said("1"), said("2"), DONE, every=0.05))
    async with client.stream(LLAMA, HI) as stream_:
        assert 0 < stream_.first_event_after < 5
        first = stream_.first_event_after
        await events_of(stream_)
        assert first == stream_.first_event_after
        assert 1 < stream_.events_per_second < 21
    assert 1 < stream_.events_per_second < 21


async def test_before_it_is_entered_a_stream_has_nothing(client: Any, server: Server) -> None:
    for stream_ in (client.stream(LLAMA, HI), client.stream(AURA, cfai.TextToSpeech("hi"))):
        assert (None, 0.0) == (stream_.first_event_after, stream_.events_per_second)
        assert stream_.partial in (GeneratedText(), b"")
        with pytest.raises(cfai.StreamError, match="entered before"):
            _ = stream_.result
        with pytest.raises(cfai.StreamError, match="entered before"):
            await anext(stream_)
        await stream_.aclose()
    assert 0 == server.connections


async def test_a_stream_is_read_once(client: Any, server: Server) -> None:
    server.always(stream(said("Hello"), ended()))
    stream_ = client.stream(LLAMA, HI)
    async with stream_:
        assert 2 == len(await events_of(stream_))
        with pytest.raises(cfai.StreamError, match="once"):
            await stream_.__aenter__()
    with pytest.raises(cfai.StreamError, match="once"):
        await stream_.__aenter__()

    assert [] == await events_of(stream_)  # it is over, and stays so
    assert "Hello" == stream_.result.response
    assert 1 == len(server.seen)


async def test_a_stream_that_was_left_early_does_not_look_whole(client: Any, server: Server) -> None:
    server.always(stream(said("Hel"), then=hang()))
    async with client.stream(LLAMA, HI) as stream_:
        assert TextDelta("Hel") == await anext(stream_)
    with pytest.raises(cfai.StreamError, match="left before its end") as caught:
        await events_of(stream_)

    assert "Hel" == caught.value.partial.response == stream_.partial.response
    assert 1 == caught.value.attempts
    with pytest.raises(cfai.StreamError):
        _ = stream_.result


# -- bytes --------------------------------------------------------------------------------------------------------


async def test_bytes_come_as_they_are_sent(client: Any, server: Server) -> None:
    first, second = Gate(), Gate()

    async def halves(exchange: Any) -> bool:
        await exchange.send(head("application/octet-stream") + framed(MP3[:4096]))
        while not first.is_open:
            await asyncio.sleep(0.002)
        await exchange.send(framed(MP3[4096:]))
        while not second.is_open:
            await asyncio.sleep(0.002)
        await exchange.send(END)
        return True

    server.script(Step(halves))
    async with client.stream(AURA, cfai.TextToSpeech("hello")) as stream_:
        assert "audio/mpeg" == stream_.media_type  # by its bytes: the header tells nothing
        came = b""
        while len(came) < 4096:
            came += await anext(stream_)
        assert MP3[:4096] == came == stream_.partial
        with pytest.raises(cfai.StreamError, match="before its end") as caught:
            _ = stream_.result
        assert came == caught.value.partial
        first.open()
        while len(came) < len(MP3):
            came += await anext(stream_)
        second.open()
        assert [] == await events_of(stream_)
        assert MP3 == came == stream_.result.data
        assert "audio/mpeg" == stream_.result.media_type


async def test_a_medium_in_json_comes_in_one_piece(client: Any, server: Server) -> None:
    picture = {"image": base64.b64encode(PNG).decode()}
    server.always(answer({"result": picture, "success": True, "errors": [], "messages": []}))
    whole = await client.run(LLAMA, cfai.TextToImage("a cat"))
    events, read_to_its_end = await read(client, cfai.TextToImage("a cat"))

    assert [PNG] == events
    assert "image/png" == read_to_its_end.media_type
    assert whole == read_to_its_end.result


# -- many at once -------------------------------------------------------------------------------------------------


async def test_streams_at_once_do_not_mix(client: Any, server: Server) -> None:
    server.always(stream(*(said(str(number)) for number in range(20)), ended(), every=0.002))
    outcomes = list[Any]()

    async def one(number: int) -> None:
        events, read_to_its_end = await read(client.with_options(timeout=20 + number), {"prompt": str(number)})
        outcomes.append((len(events), read_to_its_end.result.response))

    async with anyio.create_task_group() as group:
        for number in range(8):
            group.start_soon(one, number)
        assert await until(lambda: server.most_at_once > 1)

    assert [(21, "".join(map(str, range(20))))] * 8 == outcomes
    assert 8 == len({json.loads(seen.body)["prompt"] for seen in server.seen})


async def test_other_calls_go_on_while_a_stream_is_read(client: Any, server: Server) -> None:
    server.script(stream(said("Hel"), then=hang()))
    async with client.stream(LLAMA, HI) as stream_:
        assert TextDelta("Hel") == await anext(stream_)
        assert "Hello" == (await client.run(LLAMA, HI)).text
        assert "Hello" == (await client.with_options(timeout=9).run(LLAMA, HI)).text
    assert 2 == server.connections


async def test_a_burst_comes_whole_and_in_order(client: Any, server: Server) -> None:
    data = said(*map(str, range(2000))) + ended()
    server.always(answer(data, headers={"Content-Type": "text/event-stream"}))
    events, read_to_its_end = await read(client)

    assert [*map(str, range(2000))] == [event.text for event in events[:-1]]
    assert "".join(map(str, range(2000))) == read_to_its_end.result.response


class Counting(LoopThread):
    """A loop that counts how often a call crosses over to it."""

    hops = 0

    def wait(self, call: Any, within: float | None = None, **options: Any) -> Any:
        self.hops += 1
        return super().wait(call, within, **options)


def test_a_burst_crosses_the_threads_in_a_few_hops(server: Server) -> None:
    data = said(*map(str, range(2000))) + ended()
    server.always(answer(data, headers={"Content-Type": "text/event-stream"}))
    with cfai.Client(account_id=ACCOUNT, api_token=TOKEN, base_url=server.base_url) as client:
        loop: Any = client._loop
        loop.__class__ = Counting
        with client.stream(LLAMA, HI) as stream_:
            assert 2001 == sum(1 for _ in stream_)
        assert 2 < loop.hops < 60  # the bytes come in pieces of some KiB
