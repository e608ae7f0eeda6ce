"""The log costs no answer, shows nothing as the server sent it, and no credential that a server repeats."""

import asyncio
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from kit.canary import locals_of
from kit.secrets import (
    ACCOUNT,
    EMAIL,
    GATEWAY_TOKEN,
    HEADER,
    KEY,
    PROXY_PASSWORD,
    TOKEN,
    chain_of,
    found_in,
    leaks_of,
    walked_from,
)
from kit.server import Server, answer, hang, hello, response, send
from kit.streams import ended, framed, head, said, sse, stream

import cfai

LLAMA = "@cf/meta/llama-3.2-3b-instruct"
WHISPER = "@cf/openai/whisper"
HI = cfai.Prompt("Say hello")
AGAIN = cfai.RequestOptions(retry=cfai.Retry(attempts=2, backoff=0))


class RaisingHandler(logging.Handler):
    """A handler that fails at every line, as one does whose disk is full."""

    def emit(self, record: logging.LogRecord) -> None:
        raise OSError(28, "No space left on device")


class RaisingFilter(logging.Filter):
    """A filter that fails at every line."""

    def filter(self, record: logging.LogRecord) -> bool:
        raise KeyError(record.name)


class RaisingFormatter(logging.Formatter):
    """A formatter that fails at every line; the handler passes that on."""

    def format(self, record: logging.LogRecord) -> str:
        raise ValueError(record.msg)


class Formatting(logging.Handler):
    """A handler that lets what its formatter raises out."""

    def emit(self, record: logging.LogRecord) -> None:
        self.format(record)


def formatting() -> logging.Handler:
    handler = Formatting()
    handler.setFormatter(RaisingFormatter())
    return handler


def filtered() -> logging.Handler:
    handler = logging.NullHandler()
    handler.addFilter(RaisingFilter())
    return handler


@pytest.fixture(params=["handler", "filter of a handler", "filter of the logger", "formatter"])
def raising(request: pytest.FixtureRequest) -> Iterator[None]:
    """Have the log of cfai raise at every line."""
    log = logging.getLogger("cfai")
    level, propagates = log.level, log.propagate
    log.setLevel(logging.DEBUG)
    log.propagate = False
    own = RaisingFilter()
    makers = {"handler": RaisingHandler, "filter of a handler": filtered, "formatter": formatting}
    handler = makers.get(request.param, logging.NullHandler)()
    log.addHandler(handler)
    if request.param == "filter of the logger":
        log.addFilter(own)
    yield
    log.removeHandler(handler)
    log.removeFilter(own)
    log.setLevel(level)
    log.propagate = propagates


def raise_it(_: cfai.Attempt) -> None:
    raise LookupError("of the callback")


@pytest.mark.usefixtures("raising")
async def test_a_log_that_raises_costs_no_answer(make: Any, server: Server) -> None:
    server.script(hello(), answer(b"{}", 503), hello())
    client = make(options=AGAIN, on_attempt=raise_it)

    assert "Hello" == (await client.run(LLAMA, HI)).text
    assert "Hello" == (await client.run(LLAMA, HI)).text  # after a retry and its warning
    assert 3 == len(server.seen)


@pytest.mark.usefixtures("raising")
async def test_nor_does_it_cost_a_stream(make: Any, server: Server) -> None:
    server.script(answer(b"{}", 503), stream(said("one"), ended()))

    async with make(options=AGAIN, on_attempt=raise_it).stream(LLAMA, HI) as stream_:
        assert ["one"] == [text async for text in stream_.texts()]


@pytest.mark.usefixtures("raising")
async def test_nor_an_answer_with_values_that_are_skipped(client: Any, server: Server) -> None:
    server.always(answer({"result": {"text": "a", "words": [{"word": "a", "start": "x"}]}, "success": True}))

    assert ["$.words[0].start"] == (await client.run(WHISPER, cfai.AutomaticSpeechRecognition(b"ID3"))).skipped


@pytest.mark.usefixtures("raising")
async def test_nor_the_error_of_a_call(make: Any, server: Server) -> None:
    server.always(answer(b"{}", 503))
    retry = cfai.Retry(attempts=3, backoff=0, budget=1)

    with pytest.raises(cfai.ServerError):
        await make(options=cfai.RequestOptions(retry=retry)).run(LLAMA, HI)
    assert 2 == len(server.seen)


@pytest.mark.usefixtures("raising")
async def test_nor_a_call_whose_effort_is_left_out(client: Any, server: Server) -> None:
    params = cfai.Messages([{"role": "user", "content": "hi"}], reasoning_effort="none")

    assert "Hello" == (await client.run("@cf/qwen/qwq-32b", params)).text


NASTY = "a\x1b[31mb\x0bc\u2028d\u202ee\x85f"


def is_clean(text: str) -> bool:
    """Tell a line that every log, terminal and encoding takes."""
    text.encode()
    return not any(ord(each) < 32 or 127 <= ord(each) < 160 or each in "\u2028\u2029\u202e" for each in text)


def header_bytes(status: int, body: bytes, **headers: bytes) -> bytes:
    lines = [b"HTTP/1.1 %d OK" % status, b"Content-Length: %d" % len(body)]
    lines += [name.replace("_", "-").encode() + b": " + value for name, value in headers.items()]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


BAD = b"a\xffb\xc2\x85c\xe2\x80\xa8d"  # no UTF-8, NEL and U+2028: aiohttp makes a lone surrogate of the first
NASTY_ANSWERS = {
    "ids": header_bytes(400, b'{"errors": [{"message": "no"}]}', cf_ray=BAD, cf_ai_req_id=BAD),
    "ray alone": header_bytes(400, b"{}", cf_ray=BAD),
    "location": header_bytes(302, b"", Location=b"https://x/" + BAD),
    "message": header_bytes(400, json.dumps({"errors": [{"code": 5006, "message": NASTY}]}).encode()),
    "code": header_bytes(400, json.dumps({"errors": [{"code": NASTY, "message": "no"}]}).encode()),
    "body": header_bytes(400, NASTY.encode()),
    "content type": header_bytes(200, b"what", Content_Type=b"text/" + BAD),
    "result": header_bytes(200, json.dumps({"result": {NASTY: 1}, "success": True}).encode()),
    "reason": b"HTTP/1.1 400 " + BAD + b"\r\nContent-Length: 2\r\n\r\n{}",
}


@pytest.mark.parametrize("case", NASTY_ANSWERS)
async def test_what_a_server_sends_reaches_no_message_and_no_log_line_raw(
    make: Any, server: Server, case: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "cfai")
    server.always(send(NASTY_ANSWERS[case], keep=True))
    attempts: list[cfai.Attempt] = []
    params: Any = HI if case != "result" else cfai.TextEmbeddings(["a"])

    with pytest.raises(cfai.CfaiError) as caught:
        await make(on_attempt=attempts.append).run(LLAMA, params)

    lines = [record.getMessage() for record in caplog.records if record.name == "cfai"]
    assert lines
    error: Any = caught.value
    said = [str(error), getattr(error, "message", ""), *getattr(error, "fields", [])]
    assert all(map(is_clean, [*said, *lines]))
    assert is_clean(f"{attempts[0].request_id} {attempts[0].ray_id}")


async def test_so_it_is_of_a_good_answer(client: Any, server: Server, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "cfai")
    server.always(send(header_bytes(200, b'{"result": {"response": "Hello"}}', cf_ray=BAD, cf_ai_req_id=BAD)))

    await client.run(LLAMA, HI)

    lines = [record.getMessage() for record in caplog.records if record.name == "cfai"]
    assert [True] == [is_clean(line) for line in lines]


OPTIONS = cfai.RequestOptions(
    headers={"X-Own": HEADER}, gateway=cfai.Gateway("default", authorization=GATEWAY_TOKEN), timeout=20
)
QUOTED = f"Bearer {TOKEN} and {TOKEN}, {HEADER}, {GATEWAY_TOKEN} were not taken"
REFUSALS = {
    "message": (401, json.dumps({"errors": [{"code": 10000, "message": QUOTED}]}).encode()),
    "not json": (500, QUOTED.encode()),
    "fields": (400, json.dumps({"errors": [{"code": 5006, "message": f"property '{TOKEN}' is required"}]}).encode()),
    "code": (400, json.dumps({"errors": [{"code": TOKEN, "message": "no"}]}).encode()),
    "cut": (500, b"x" * 180 + TOKEN.encode()),
    "a good status": (200, QUOTED.encode()),
    "a place": (200, json.dumps({"result": {"data": {TOKEN: 1}}, "success": True}).encode()),
}


@pytest.mark.parametrize("case", REFUSALS)
async def test_a_refusal_that_repeats_our_credentials_is_masked(
    make: Any, server: Server, case: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    status, body = REFUSALS[case]
    server.always(answer(body, status, {"cf-ray": TOKEN, "cf-ai-req-id": TOKEN}))
    client = make(options=OPTIONS.over(AGAIN))

    with pytest.raises(cfai.CfaiError) as caught:
        await client.run("@cf/baai/bge-m3", cfai.TextEmbeddings(["a"]))

    error: Any = caught.value
    shown = f"{error} {error!r} {getattr(error, 'message', '')} {getattr(error, 'code', '')} {error.args}"
    assert [] == found_in(shown)
    assert [] == found_in(caplog.text)
    assert "cana" not in str(error)  # how the token begins
    assert [] == found_in(_traceback(error))
    assert getattr(error, "raw", None) is not None
    for each in (error, *error.earlier):
        each.raw, each.headers, each.errors = None, {}, []  # as they were sent, and looked at behind the test


async def _read(stream_: Any) -> None:
    async with stream_:
        async for _ in stream_:
            pass


def _traceback(error: BaseException) -> str:
    """Return the local variables that a traceback shows of cfai's own frames: the test's hold what the server said."""
    return "".join(f"{name}={value!r} " for link in chain_of(error) for _, name, value in locals_of(link))


async def test_raw_and_errors_are_as_they_were_sent(make: Any, server: Server) -> None:
    body = {"errors": [{"code": 10000, "message": QUOTED}], "success": False}
    server.always(answer(body, 401))

    with pytest.raises(cfai.Unauthorized) as caught:
        await make(options=OPTIONS).run(LLAMA, HI)

    error = caught.value
    assert (body, body["errors"]) == (error.raw, error.errors)
    assert "Bearer [masked] and [masked], [masked], [masked] were not taken" == error.message
    error.raw, error.errors = None, []


async def test_so_is_the_refusal_of_an_item_of_a_batch(make: Any, server: Server) -> None:
    refused = {"id": 0, "success": False, "error": {"message": QUOTED, "code": 3007}}
    good = {"id": 1, "success": True, "result": {"response": "Hello"}}
    server.script(answer(json.dumps({"result": {"responses": [refused, good]}, "success": True}).encode()))

    batch = await make(options=OPTIONS).run(LLAMA, {"request_id": "a"})

    error = batch.outcomes[0].error
    assert "Bearer [masked] and [masked], [masked], [masked] were not taken" == error.message
    assert [] == found_in(f"{error} {error!r} {error.args}")
    assert "Hello" == batch.outcomes[1].result.response
    error.raw, error.errors = None, []


async def test_the_legacy_key_is_masked_too(make: Any, server: Server) -> None:
    server.always(answer(f"{KEY} of {EMAIL}".encode(), 403))

    with pytest.raises(cfai.Forbidden) as caught:
        await make(api_token=None, api_key=KEY, email=EMAIL).run(LLAMA, HI)

    assert "[masked] of [masked]" == caught.value.message
    caught.value.raw = None


async def test_a_short_secret_is_masked_where_it_stands_alone(make: Any, server: Server) -> None:
    server.always(answer(b"a b no prod product", 403))

    with pytest.raises(cfai.Forbidden) as caught:
        await make(options=cfai.RequestOptions(headers={"X-A": "prod", "X-B": "no"})).run(LLAMA, HI)

    assert "a b no [masked] product" == caught.value.message


async def test_so_is_a_short_token(make: Any, server: Server) -> None:
    server.always(answer(b"abcdef abcdefg", 403))

    with pytest.raises(cfai.Forbidden) as caught:
        await make(api_token="abcdef").run(LLAMA, HI)

    assert "[masked] abcdefg" == caught.value.message


async def test_a_proxy_that_repeats_its_password_is_masked(make: Any, server: Server) -> None:
    server.always(send(f"HTTP/1.1 407 no {PROXY_PASSWORD}\r\n\r\n".encode()))
    client = make(base_url="https://example.invalid/client/v4", proxy=_proxied(server))

    with pytest.raises(cfai.TransportError) as caught:
        await client.run(LLAMA, HI)

    assert [] == leaks_of(caught.value)
    assert "407 no [masked]" in str(caught.value)


async def test_so_is_a_refusal_in_the_middle_of_a_stream(make: Any, server: Server) -> None:
    refused = sse({"errors": [{"code": 3007, "message": QUOTED}], "success": False})
    server.always(stream(said("one"), refused))

    with pytest.raises(cfai.ApiError) as caught:
        await _read(make(options=OPTIONS).stream(LLAMA, HI))

    assert "[masked]" in str(caught.value)
    assert [] == found_in(f"{caught.value} {caught.value!r} {caught.value.message}{_traceback(caught.value)}")
    caught.value.raw, caught.value.errors = None, []


async def test_the_warning_of_a_retry_has_no_word_of_the_services(
    make: Any, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "cfai")
    body = {"errors": [{"code": "spoken-code", "message": "spoken words"}], "success": False}
    server.always(answer(body, 503))

    with pytest.raises(cfai.ServerError):
        await make(options=AGAIN).run(LLAMA, HI)

    warnings = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert [f"{LLAMA}: ServerError 503, attempt 2 in 0.00 s"] == warnings
    assert "spoken" not in caplog.text
    assert "Say hello" not in caplog.text


# -- what the frames of cfai lead to


BREAKS = {
    "too large": (answer(b"x" * 4000), HI, cfai.ResponseTooLarge),
    "too large, refused": (answer(b"x" * 4000, 400), HI, cfai.ResponseTooLarge),
    "cut": (send(response(b"{", length=90)), HI, cfai.TransportError),
    "timeout": (hang(), HI, cfai.RequestTimeout),
    "refused": (answer(b"no", 401), HI, cfai.Unauthorized),
}


@pytest.mark.parametrize("case", BREAKS)
async def test_no_frame_of_a_call_leads_to_a_secret(make: Any, server: Server, case: str) -> None:
    step, params, kind = BREAKS[case]
    server.always(step)
    client = make(options=OPTIONS.over(cfai.RequestOptions(retry=None)), proxy=_proxied(server), allow_insecure=True)

    with pytest.raises(kind) as caught:
        await client.run(LLAMA, params, cfai.RequestOptions(max_response_bytes=1000, timeout=0.5))

    assert [] == found_in(walked_from(caught.value))
    assert [] == leaks_of(caught.value)


def _proxied(server: Server) -> str:
    return server.origin.replace("http://", f"http://user:{PROXY_PASSWORD}@")


@pytest.mark.parametrize("case", ["too large", "cut", "idle"])
async def test_nor_does_one_of_a_stream(make: Any, server: Server, case: str) -> None:
    first = head() + framed(said("one"))
    steps = {"too large": send(first + framed(said("x" * 2000))), "cut": send(first), "idle": hang(first)}
    server.always(steps[case])
    client = make(options=OPTIONS, proxy=_proxied(server), allow_insecure=True)

    with pytest.raises(cfai.CfaiError) as caught:
        await _read(client.stream(LLAMA, HI, cfai.RequestOptions(max_response_bytes=1000, idle_timeout=0.2)))

    assert [] == found_in(walked_from(caught.value))
    assert [] == leaks_of(caught.value)


REPEATED = f"Bearer {TOKEN}, {HEADER}, {GATEWAY_TOKEN}"
REFUSED_BESIDE = {"errors": [{"code": 3007, "message": "no"}], "success": False, "debug": REPEATED}
REFUSED_ITEM = {"id": 0, "success": False, "error": {"code": 5006, "message": REPEATED}}
REFUSED_BATCH = {"responses": [REFUSED_ITEM, {"id": 1, "success": True, "result": {"response": "Hello"}}]}
REPEATING = {
    "refused at once": stream(sse(REFUSED_BESIDE)),
    "refused later": stream(said("one"), sse({"errors": [{"code": 3007, "message": REPEATED}], "success": False})),
    "malformed": stream(b"data: {" + b"x" * 500 + REPEATED.encode() + b"\n\n"),
    "too large": send(head() + framed(said("one")) + framed(said(REPEATED + "x" * 2000))),
    "cut": send(response(b"{" + REPEATED.encode(), length=900)),
    "a bad chunk": send(head() + f"5{REPEATED}\r\nabc".encode()),
}


@pytest.mark.parametrize("case", REPEATING)
async def test_nor_does_one_of_a_stream_that_repeats_our_credentials(make: Any, server: Server, case: str) -> None:
    server.always(REPEATING[case])
    client = make(options=OPTIONS.over(cfai.RequestOptions(retry=None)))

    with pytest.raises(cfai.CfaiError) as caught:
        await _read(client.stream(LLAMA, HI, cfai.RequestOptions(max_response_bytes=1500)))

    error: Any = caught.value
    error.raw = error.errors = error.partial = None  # these are as they were sent
    assert [] == found_in(walked_from(error))


async def test_a_batch_in_place_of_another_answer_is_masked(client: Any, server: Server) -> None:
    server.always(answer({"result": REFUSED_BATCH, "success": True}))
    with pytest.raises(cfai.DecodeError) as caught:
        await client.run(LLAMA, HI, OPTIONS)

    answered: Any = caught.value.answer
    error = answered.outcomes[0].error
    assert [] == found_in(f"{error} {error!r} {error.message}")
    for each in (error, caught.value):
        each.raw, each.errors, each.answer = None, [], None  # as they were sent, and looked at behind the test


async def test_nor_does_a_cancelled_call(server: Server) -> None:
    server.always(hang())
    client = cfai.AsyncClient(account_id=ACCOUNT, api_token=TOKEN, base_url=server.base_url, options=OPTIONS)
    async with client:
        with pytest.raises(TimeoutError) as caught:
            async with asyncio.timeout(0.2):
                await client.run(LLAMA, HI)

    assert [] == found_in(walked_from(caught.value))


async def test_nor_does_a_fetch_or_a_file_that_changes(make: Any, server: Server, tmp_path: Any) -> None:
    server.always(answer(b"x" * 4000))
    client = make(options=OPTIONS)
    with pytest.raises(cfai.ResponseTooLarge) as caught:
        await client.fetch(cfai.MediaLink(f"{server.origin}/a.png"), cfai.RequestOptions(max_response_bytes=1000))
    assert [] == found_in(walked_from(caught.value))

    async def flow() -> Any:
        yield b"ID3" + bytes(100_000)
        raise ValueError("the disk")

    with pytest.raises(cfai.InvalidParams) as refused:
        await client.run("@cf/deepgram/nova-3", cfai.AutomaticSpeechRecognition(flow()))
    assert [] == found_in(walked_from(refused.value))
