"""Streams that break, refuse or fall silent: which error it is, what it keeps of them, and when one is sent again."""

import asyncio
import gc
import pickle
import socket
import time
from pathlib import Path
from typing import Any

import pytest
from kit.secrets import leaks_of
from kit.server import HELLO, Server, Step, answer, drip, hang, reset, response, send, until
from kit.streams import DONE, cut_at, ended, framed, head, said, sse, stream

import cfai
from cfai import Finish, TextDelta

LLAMA = "@cf/meta/llama-3.2-3b-instruct"
AURA = "@cf/deepgram/aura-1"
HI = cfai.Prompt("Say hello")
SPEAK = cfai.TextToSpeech("hello")
AT_ONCE = cfai.Retry(backoff=0)
GREEDY = cfai.Retry(backoff=0, lost_answers=True)
LATE = 1.5
"""Seconds that a busy machine may add."""
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
MP3 = b"ID3\x04\x00" + bytes(range(256)) * 40
WAV = b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(2000)
TOOL = {"index": 0, "id": "c1", "type": "function", "function": {"name": "pay", "arguments": '{"amount": 1'}}


@pytest.fixture
def patient(make: Any) -> Any:
    """A client that tries up to three times, at once, and would even ask again for answers that were lost."""
    return make(options=cfai.RequestOptions(retry=GREEDY))


def refuse(status: int, code: int | None = None, **headers: str) -> Step:
    errors = [] if code is None else [{"code": code, "message": "inner words"}]
    body = {"errors": errors, "success": False, "result": {}, "messages": []}
    return answer(body, status, {name.replace("_", "-"): value for name, value in headers.items()})


class Read:
    """What became of one stream."""

    def __init__(self) -> None:
        self.events: list[Any] = []
        self.stream: Any = None
        self.error: Any = None
        self.took = 0.0

    @property
    def text(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, TextDelta))


async def read(client: Any, params: Any = HI, /, model: str = LLAMA, *, pause: float = 0.0, **options: Any) -> Read:
    """Read a stream to its end or to its error, which has to show no secret, and to keep all that came."""
    became, started = Read(), time.monotonic()
    try:
        async with client.stream(model, params, cfai.RequestOptions(**options)) as became.stream:
            async for event in became.stream:
                became.events.append(event)
                await asyncio.sleep(pause)
    except cfai.CfaiError as error:
        became.error = error
    became.took = time.monotonic() - started
    if became.error is not None:
        assert [] == leaks_of(became.error)
        assert str(became.error) == str(pickle.loads(pickle.dumps(became.error)))
    if became.error is not None and became.stream is not None:
        assert became.stream.partial == became.error.partial
        assert not any(isinstance(event, Finish) for event in became.events)
        with pytest.raises(cfai.StreamError):
            _ = became.stream.result
    return became


async def closed(server: Server) -> bool:
    return await until(lambda: server.open_connections == 0)


# -- after the first event ----------------------------------------------------------------------------------------

CUTS = {
    "closed in the body": stream(said("Hel", "lo"), then=send(b"")),
    "closed in a chunk": stream(said("Hel", "lo"), then=send(b"ff\r\ndata: ")),
    "closed in an event": stream(said("Hel", "lo"), said("x")[:20], then=send(b"")),
    "reset": stream(said("Hel", "lo"), then=reset(b"5\r\nda")),
    "short of its length": send(
        response(said("Hel", "lo"), headers={"Content-Type": "text/event-stream"}, length=5000)
    ),
    "bad chunks": stream(said("Hel", "lo"), every=0.05, then=send(b"no size\r\n")),
}
ENDS = {
    "no end mark": stream(said("Hel", "lo")),
    "no end mark, and closed": send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + said("Hel", "lo")),
    "in the middle of an event": stream(said("Hel", "lo"), said("!")[:30]),
}


@pytest.mark.parametrize("case", [*CUTS, *ENDS])
async def test_a_stream_that_breaks_off_is_an_error_with_what_came_and_never_sent_again(
    patient: Any, server: Server, case: str
) -> None:
    server.script({**CUTS, **ENDS}[case])
    became = await read(patient)

    assert (cfai.StreamTruncated if case in ENDS else cfai.StreamError) is type(became.error)
    assert ("Hello", "Hello") == (became.text, became.error.partial.response)
    assert 1 == len(server.seen)
    if case not in {"no end mark", "in the middle of an event"}:
        assert await closed(server)


BREAKS = {"closed": send(b""), "reset": reset(b"5\r\nda"), "bad chunks": send(b"no size\r\n")}


@pytest.mark.parametrize("case", BREAKS)
async def test_what_had_come_before_a_cut_reaches_a_slow_reader(client: Any, server: Server, case: str) -> None:
    server.script(stream(said("0"), said("1"), said("2"), said("3"), every=0.02, then=BREAKS[case]))
    became = Read()

    async def slowly() -> None:
        async with client.stream(LLAMA, HI) as stream_:
            became.events.append(await anext(stream_))
            assert await closed(server)
            await asyncio.sleep(0.05)
            async for event in stream_:
                became.events.append(event)

    with pytest.raises(cfai.StreamError) as caught:
        await slowly()
    assert "0123" == became.text[:4]
    assert became.text == caught.value.partial.response


async def test_a_half_received_tool_call_is_never_reported_as_whole(client: Any, server: Server) -> None:
    begun = sse({"choices": [{"index": 0, "delta": {"tool_calls": [TOOL]}, "finish_reason": None}]})
    server.script(stream(begun), stream(begun, then=send(b"")), stream(begun, then=hang()))
    for _ in range(3):
        became = await read(client, idle_timeout=0.2)
        assert isinstance(became.error, cfai.StreamError)
        [call] = became.error.partial.tool_calls
        assert ("pay", {}, '{"amount": 1') == (call.name, call.arguments, call.raw_arguments)
        assert "whole" in call.error

    server.script(stream(begun, then=hang()))
    async with client.stream(LLAMA, HI) as stream_:
        await anext(stream_)
        [call] = stream_.partial.tool_calls
        assert call.error
    [call] = stream_.partial.tool_calls
    assert call.error


ERRORS = {
    "of OpenAI's form": ({"error": {"message": "inner words", "code": 3040}}, cfai.OutOfCapacity),
    "of the envelope's": ({"success": False, "errors": [{"code": 3036, "message": "inner words"}]}, cfai.ApiError),
    "typed": ({"type": "error", "error": {"type": "overloaded_error", "message": "inner words"}}, cfai.ApiError),
    "a reason": ({"choices": [{"index": 0, "delta": {}, "finish_reason": "error"}]}, cfai.ApiError),
}


@pytest.mark.parametrize("case", ERRORS)
async def test_an_error_in_the_middle_is_its_typed_error_with_what_came_and_never_sent_again(
    patient: Any, server: Server, case: str
) -> None:
    event, kind = ERRORS[case]
    server.script(stream(said("Hel", "lo"), sse(event), said("more"), DONE))
    became = await read(patient)

    assert isinstance(became.error, kind)
    assert ("Hello", "Hello") == (became.text, became.error.partial.response)
    assert 1 == len(server.seen)


@pytest.mark.parametrize("broken", [b"data: {\n\n", b"data: 3\n\n", b'data: {"choices": 3}\n\n'])
async def test_a_malformed_event_is_an_error_with_what_came(patient: Any, server: Server, broken: bytes) -> None:
    server.script(stream(said("Hel", "lo"), broken, said("more"), DONE))
    became = await read(patient)

    assert cfai.StreamError is type(became.error)
    assert "malformed" in str(became.error)
    assert ("Hello", "Hello") == (became.text, became.error.partial.response)
    assert 1 == len(server.seen)


async def test_an_error_ends_a_stream_for_good(client: Any, server: Server) -> None:
    server.script(stream(said("Hello"), then=send(b"")))
    async with client.stream(LLAMA, HI) as stream_:
        await anext(stream_)
        for _ in range(3):
            with pytest.raises(cfai.StreamError):
                await anext(stream_)


async def test_more_than_max_response_bytes_is_an_error_with_what_came(client: Any, server: Server) -> None:
    server.script(stream(said("Hello"), said("x" * 5000), ended(), every=0.05))
    became = await read(client, max_response_bytes=2000)

    assert isinstance(became.error, cfai.ResponseTooLarge)
    assert ("Hello", "Hello") == (became.text, became.error.partial.response)
    assert await closed(server)


# -- time ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "silence",
    [stream(said("Hel", "lo"), then=hang()), stream(said("Hel", "lo"), said("x")[:20], then=hang())],
    ids=["between events", "in an event"],
)
async def test_silence_is_an_error_with_what_came_and_never_sent_again(
    patient: Any, server: Server, silence: Step
) -> None:
    server.script(silence)
    became = await read(patient, idle_timeout=0.15, timeout=20)

    assert isinstance(became.error, cfai.StreamIdle)
    assert isinstance(became.error, TimeoutError)
    assert "idle_timeout=0.15 s" in str(became.error)
    assert ("Hello", "Hello") == (became.text, became.error.partial.response)
    assert 0.14 < became.took < 0.15 + LATE
    assert 1 == len(server.seen)
    assert await closed(server)


async def test_bytes_that_say_nothing_are_no_silence(client: Any, server: Server) -> None:
    server.script(stream(said("Hel"), *[b": wait\n\n"] * 12, said("lo"), ended(), every=0.05))
    became = await read(client, idle_timeout=0.5)

    assert ("Hello", None) == (became.text, became.error)


@pytest.mark.parametrize("together", [True, False])
async def test_a_slow_reader_is_no_silence(client: Any, server: Server, together: bool) -> None:
    pieces = [said("0"), said("1"), ended()]
    server.script(stream(b"".join(pieces)) if together else stream(*pieces, every=0.01))
    became = await read(client, idle_timeout=0.1, timeout=0.2, pause=0.15)

    assert ("01", None) == (became.text, became.error)


async def test_none_switches_the_limit_of_silence_off(client: Any, server: Server) -> None:
    server.script(stream(said("Hel"), said("lo") + DONE, every=0.2))
    became = await read(client.with_options(idle_timeout=0.1), idle_timeout=None)

    assert ("Hello", None) == (became.text, became.error)


DRIPS = {
    "nothing": hang(),
    "a head that never ends": drip(b"HTTP/1.1 200 OK\r\n", b"X-Drip: 1\r\n", 0.03),
    "a head alone": hang(head()),
    "comments": drip(head(), framed(b": wait\n\n"), 0.03),
    "blank lines": drip(head(), framed(b"\n"), 0.03),
    "an event that never ends": drip(head() + framed(b'data: {"response": "'), framed(b"x"), 0.03),
    "a whole answer that drips": drip(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n", b" ", 0.03
    ),
}


@pytest.mark.parametrize(("limit", "case"), [*(("timeout", case) for case in DRIPS), ("attempt_timeout", "comments")])
async def test_until_the_first_event_the_limits_of_a_call_hold(
    client: Any, server: Server, limit: str, case: str
) -> None:
    server.always(DRIPS[case])
    limits: dict[str, Any] = {"timeout": 20, "idle_timeout": 0.01, limit: 0.15}
    became = await read(client, **limits)

    assert isinstance(became.error, cfai.RequestTimeout)
    assert f" {limit}=0.15 s" in f" {became.error}"
    assert 0.14 < became.took < 0.15 + LATE
    assert await closed(server)


async def test_after_the_first_event_they_do_not(client: Any, server: Server) -> None:
    server.script(stream(said("Hel"), said("l"), said("o"), DONE, every=0.15))
    became = await read(client, timeout=0.3, attempt_timeout=0.25, idle_timeout=10)

    assert ("Hello", None) == (became.text, became.error)


# -- before the first event ---------------------------------------------------------------------------------------

FIRST = {
    "429": refuse(429),
    "3040": refuse(429, 3040),
    "500": refuse(500),
    "503": refuse(503),
    "200 with 3008": refuse(200, 3008),
    "a first event with 3040": stream(sse({"error": {"message": "full", "code": 3040}})),
    "a first event with 3007 behind comments": stream(b": hm\n\n", sse({"errors": [{"code": 3007, "message": "x"}]})),
}


@pytest.mark.parametrize("case", FIRST)
async def test_before_the_first_event_the_rules_of_retries_hold(make: Any, server: Server, case: str) -> None:
    told: list[Any] = []
    client = make(options=cfai.RequestOptions(retry=AT_ONCE), on_attempt=told.append)
    server.script(FIRST[case], FIRST[case], stream(said("Hello"), ended()))
    became = await read(client)

    assert ("Hello", None) == (became.text, became.error)
    assert 1 == len({(seen.line, seen.body) for seen in server.seen})
    assert [1, 2, 3] == [attempt.number for attempt in told]
    assert None is told[2].error
    assert None is not told[0].error
    assert 3 == len(server.seen)


async def test_what_every_attempt_failed_with_is_told(make: Any, server: Server) -> None:
    client = make(options=cfai.RequestOptions(retry=AT_ONCE))
    server.always(FIRST["a first event with 3040"])
    became = await read(client)

    assert isinstance(became.error, cfai.OutOfCapacity)
    assert (3, [cfai.OutOfCapacity] * 2) == (became.error.attempts, [type(error) for error in became.error.earlier])
    assert 3 == len(server.seen)


async def test_a_service_that_is_not_there_is_tried_again(make: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    client = make(base_url=f"http://127.0.0.1:{port}/client/v4", options=cfai.RequestOptions(retry=AT_ONCE))
    became = await read(client)

    assert isinstance(became.error, cfai.TransportError)
    assert (3, False) == (became.error.attempts, became.error.sent)


LOST = {
    "closed without an answer": send(b""),
    "reset without an answer": reset(),
    "closed in the head": send(b"HTTP/1.1 200 OK\r\nContent-Ty"),
    "closed behind the head": send(head()),
    "closed in the first event": stream(said("Hel")[:30], then=send(b"")),
    "ended in the first event": stream(said("Hel")[:30]),
    "ended without an event": stream(),
    "408": refuse(408),
    "524": refuse(524),
    "3046": refuse(408, 3046),
    "cut JSON": answer('{"result": {"resp', headers={"Content-Type": "application/json"}),
}


async def test_a_stream_that_was_lost_is_never_sent_again_whatever_is_asked_for(patient: Any, server: Server) -> None:
    for number, (case, step) in enumerate(LOST.items(), start=1):
        server.script(step)
        became = await read(patient, retry=GREEDY)

        assert isinstance(became.error, cfai.CfaiError), case
        assert 1 == became.error.attempts, case
        assert ([], number) == (became.events, len(server.seen)), case


REFUSALS = {
    "400": (refuse(400, 5006), cfai.InvalidInput),
    "401": (refuse(401, 10000), cfai.Unauthorized),
    "200": (refuse(200, 5007), cfai.ModelNotFound),
    "4006": (refuse(429, 4006), cfai.ApiError),
    "under the type of a stream": (
        answer(
            {"errors": [{"code": 5006, "message": "no"}], "success": False, "result": {}},
            400,
            {"Content-Type": "text/event-stream"},
        ),
        cfai.InvalidInput,
    ),
    "200 under the type of a stream": (
        answer(
            {"errors": [{"code": 5007, "message": "no"}], "success": False, "result": {}},
            headers={"Content-Type": "text/event-stream"},
        ),
        cfai.ModelNotFound,
    ),
    "as an event with a bad status": (
        answer(sse({"error": {"message": "no", "code": 5006}}), 400, {"Content-Type": "text/event-stream"}),
        cfai.ApiError,
    ),
    "a page": (answer("<html>Bad gateway</html>", 502, {"Content-Type": "text/html"}), cfai.ServerError),
    "a redirect": (answer(b"", 307, {"Location": "https://example.com/"}), cfai.ApiError),
}


async def test_a_refusal_is_its_typed_error(client: Any, server: Server) -> None:
    for case, (step, kind) in REFUSALS.items():
        server.script(step, step)
        became = [await read(client, HI), await read(client, SPEAK)]

        assert all(isinstance(each.error, kind) for each in became), case
        assert [] == [event for each in became for event in each.events], case


async def test_three_hundred_refused_streams_leave_the_pool_free(make: Any, server: Server) -> None:
    client = make(max_connections=1, options=cfai.RequestOptions(timeout=10))
    cases = [*(step for step, _ in REFUSALS.values()), *FIRST.values(), LOST["ended in the first event"]]
    for number in range(300):
        server.script(cases[number % len(cases)])
        with pytest.raises(cfai.CfaiError):
            await client.stream(LLAMA, HI).__aenter__()
    server.script(stream(said("Hello"), ended()))

    assert "Hello" == (await read(client)).text
    assert "Hello" == (await client.run(LLAMA, HI)).text
    assert server.open_connections <= 1
    assert 302 == len(server.seen)


# -- what is no stream of that kind -------------------------------------------------------------------------------


@pytest.mark.parametrize(("data", "params"), [(PNG, HI), (MP3, {"prompt": "hi"}), (WAV, HI)], ids=["png", "mp3", "wav"])
async def test_bytes_in_place_of_text_are_an_error_that_holds_them(
    client: Any, server: Server, data: bytes, params: Any
) -> None:
    for kind in ("audio/mpeg", "text/event-stream", "application/octet-stream", "application/json"):
        server.script(
            answer(data, headers={"Content-Type": kind}),
            stream(data[:2], data[2:11], data[11:500], data[500:], kind=kind, every=0.01),
        )
        for _ in range(2):
            became = await read(client, params)
            assert cfai.StreamError is type(became.error), kind
            assert "file" in str(became.error), kind
            assert data == became.error.partial, kind


async def test_a_text_that_begins_a_piece_like_a_file_is_none(client: Any, server: Server) -> None:
    for start in ("GIF89a", "ID3", "RIFF....WAVE", "OggS", "fLaC"):
        data = said(f"{start} is how they begin")
        server.script(stream(*cut_at(data, [data.index(start.encode())]), ended(), every=0.03))
        became = await read(client)

        assert (f"{start} is how they begin", None) == (became.text, became.error)


# -- bytes --------------------------------------------------------------------------------------------------------

BYTES_CUT = {
    "closed": stream(MP3, kind="audio/mpeg", then=send(b"")),
    "reset": stream(MP3, kind="audio/mpeg", then=reset(b"5\r\n")),
    "silent": stream(MP3, kind="audio/mpeg", then=hang()),
    "short": send(response(MP3, headers={"Content-Type": "audio/mpeg"}, length=50_000)),
}


@pytest.mark.parametrize("case", BYTES_CUT)
async def test_bytes_that_break_off_are_an_error_with_what_came(patient: Any, server: Server, case: str) -> None:
    server.script(BYTES_CUT[case])
    became = await read(patient, SPEAK, AURA, idle_timeout=0.2)

    assert (cfai.StreamIdle if case == "silent" else cfai.StreamError) is type(became.error)
    assert MP3 == became.error.partial == b"".join(became.events)
    assert 1 == len(server.seen)
    assert await closed(server)


async def test_no_bytes_at_all_are_an_error(client: Any, server: Server) -> None:
    server.always(stream(kind="audio/mpeg"))
    became = await read(client, SPEAK, AURA)

    assert isinstance(became.error, cfai.CfaiError)
    assert [] == became.events


# -- behind the end -----------------------------------------------------------------------------------------------


async def test_a_whole_answer_whose_chunks_break_is_no_slow_one(client: Any, server: Server) -> None:
    server.script(stream(b'{"result": {"resp', kind="application/json", every=0.05, then=send(b"no size\r\n")))
    with pytest.raises(cfai.TransportError, match="breaks HTTP"):
        await client.run(LLAMA, HI, cfai.RequestOptions(timeout=10))


@pytest.mark.parametrize("rest", [b"no size\r\n", b"5\r\nab", b""], ids=["bad chunks", "a cut chunk", "a cut"])
async def test_what_goes_wrong_behind_the_end_costs_nothing(client: Any, server: Server, rest: bytes) -> None:
    server.script(stream(said("Hello"), ended(), every=0.05, then=send(rest)), stream(said("Hello"), ended()))
    for _ in range(2):
        became = await read(client)
        assert ("Hello", None) == (became.text, became.error)
        assert "Hello" == became.stream.result.response


async def test_what_comes_behind_the_end_is_passed_over(client: Any, server: Server) -> None:
    more = [said("more"), b"data: {\n\n", sse({"error": {"message": "late", "code": 3040}})]
    server.script(stream(said("Hello"), ended(), *more), answer(HELLO))
    became = await read(client)

    assert ("Hello", None) == (became.text, became.error)
    await client.run(LLAMA, HI)
    assert 1 == server.connections


async def test_an_end_mark_that_no_blank_line_ends_counts(client: Any, server: Server) -> None:
    server.script(stream(said("Hel"), said("lo")[:-2]), stream(said("Hello"), b"data: [DONE]"))
    became = await read(client)
    assert isinstance(became.error, cfai.StreamTruncated)
    assert "Hello" == became.error.partial.response
    became = await read(client)
    assert ("Hello", None) == (became.text, became.error)


async def test_a_finish_reason_is_an_end_mark_too(client: Any, server: Server) -> None:
    last = ended(prompt_tokens=3, completion_tokens=2, total_tokens=5).removesuffix(DONE)
    server.script(stream(said("Hello"), last))
    became = await read(client)

    assert [TextDelta("Hello"), Finish("stop", cfai.Usage(3, 2, 5))] == became.events


async def test_a_file_that_is_not_there_is_named_and_nothing_is_sent(
    client: Any, server: Server, tmp_path: Path
) -> None:
    params = cfai.TextToImage("a cat", images=[tmp_path / "none.png"])
    with pytest.raises(cfai.InvalidParams, match=r"images\[0\].*none\.png"):
        async with client.stream("@cf/black-forest-labs/flux-2-dev", params):
            pass

    assert [] == server.seen


async def test_an_upload_that_breaks_off_is_an_error(client: Any, server: Server) -> None:
    server.script(reset())
    params = cfai.TextToImage("a cat", image=b"\x89PNG\r\n\x1a\n" + bytes(2**22))
    with pytest.raises(cfai.TransportError):
        async with client.stream("@cf/runwayml/stable-diffusion-v1-5-img2img", params):
            pass

    assert await until(lambda: server.open_connections == 0)


# -- one packet ---------------------------------------------------------------------------------------------------

LONG_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: %d\r\n\r\n"
EARLY_HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
BROKEN = {
    "a bad chunk size": b"zz\r\n",
    "a bad trailer": b"0\r\nno trailer\x00\r\n\r\n",
    "a chunk without its end": framed(b": more\n\n")[:-2] + b"!!",
}


def in_one_packet(text: bytes, case: str) -> bytes:
    if case == "junk behind its length":
        return LONG_HEAD % len(text) + text + b"\x00\x01 no HTTP\r\n\r\n"
    return head() + framed(text) + BROKEN[case]


def in_packets(data: bytes, *cuts: int) -> Step:
    async def play(exchange: Any) -> bool:
        exchange.writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in cut_at(data, cuts):
            await exchange.send(piece)
            await asyncio.sleep(0.03)
        return True

    return Step(play)


@pytest.mark.parametrize(
    "cut", ["nowhere", "in the status", "twice in the head", "in the end of the head", "behind an interim answer"]
)
@pytest.mark.parametrize("case", [*BROKEN, "junk behind its length"])
async def test_what_came_in_one_packet_with_broken_framing_counts(
    client: Any, server: Server, case: str, cut: str
) -> None:
    data = in_one_packet(said("Hel", "lo") + ended(), case)
    ends = data.index(b"\r\n\r\n")
    steps = {
        "nowhere": [in_packets(data)],
        "in the status": [in_packets(data, 10)],
        "twice in the head": [in_packets(data, 10, 20)],
        "in the end of the head": [in_packets(data, ends + cut_) for cut_ in (1, 2, 3, 4)],
        "behind an interim answer": [in_packets(EARLY_HINTS + data)],
    }
    for step in steps[cut]:
        server.script(step)
        became = await read(client)

        assert ("Hello", None) == (became.text, became.error)
        assert "Hello" == became.stream.result.response
        assert isinstance(became.events[-1], Finish)
    assert await closed(server)
    assert "Hello" == (await client.run(LLAMA, HI)).text


@pytest.mark.parametrize("case", BROKEN)
async def test_partial_has_what_came_in_one_packet_with_broken_framing(client: Any, server: Server, case: str) -> None:
    server.script(in_packets(in_one_packet(said("Hel", "lo"), case)))
    became = await read(client)

    assert cfai.StreamError is type(became.error)
    assert ("Hello", "Hello") == (became.text, became.error.partial.response)
    assert await closed(server)


async def test_a_whole_answer_with_junk_in_its_packet_counts(client: Any, server: Server) -> None:
    for junk in (b"\x00\x01 no HTTP\r\n\r\n", b"HTTP/1.1 500 Junk\r\nContent-Length: 0\r\n\r\n", b"x" * 20_000):
        server.script(in_packets(response(HELLO) + junk))

        assert "Hello" == (await client.run(LLAMA, HI)).text
        assert await closed(server)
    server.script(
        in_packets(head("application/json") + framed(response(HELLO).partition(b"\r\n\r\n")[2]) + b"0\r\n\r\nx")
    )

    assert "Hello" == (await client.run(LLAMA, HI)).text


# -- refusals, and what they leave --------------------------------------------------------------------------------

STUBBORN = {
    "400": (refuse(400, 5006), 1),
    "503": (refuse(503), 1),
    "an error event, and an open end": (stream(sse({"error": {"message": "no", "code": 5006}}), then=hang()), 2),
    "a file, and an open end": (stream(PNG, kind="text/event-stream", then=send(b"")), 2),
}


@pytest.mark.parametrize("case", STUBBORN)
async def test_a_refused_stream_frees_its_connection_without_the_collector(
    make: Any, server: Server, case: str
) -> None:
    step, connections = STUBBORN[case]
    client = make(max_connections=1, options=cfai.RequestOptions(timeout=5))
    server.script(step)
    gc.disable()
    try:
        refused = client.stream(LLAMA, HI)
        with pytest.raises(cfai.CfaiError) as caught:
            await refused.__aenter__()
        assert "Hello" == (await client.run(LLAMA, HI)).text
        assert caught.value is not None  # with its traceback, whose frames would hold the connection
        del refused
    finally:
        gc.enable()
    assert connections == server.connections


async def test_a_stream_may_have_max_response_bytes_and_not_one_more(client: Any, server: Server) -> None:
    whole = said("Hel", "lo") + ended()
    server.always(stream(whole))
    assert ("Hello", None) == ((became := await read(client, max_response_bytes=len(whole))).text, became.error)
    became = await read(client, max_response_bytes=len(whole) - 1)

    assert isinstance(became.error, cfai.ResponseTooLarge)
    assert f"max_response_bytes={len(whole) - 1:,} bytes" in str(became.error)
