"""Errors say why: the reason of what nobody foresaw, whether anything was sent, and what went before."""

import asyncio
import contextlib
import gc
import ssl
import weakref
from typing import Any

import pytest
from kit.secrets import ACCOUNT, TOKEN
from kit.server import Server, answer, response, send, until
from kit.streams import framed, head, said

import cfai

LLAMA = "@cf/meta/llama-3.2-3b-instruct"
HI = cfai.Prompt("Say hello")
THRICE = cfai.RequestOptions(retry=cfai.Retry(attempts=3, backoff=0.01, lost_answers=True), connect_timeout=5)
REASON = "can't start new thread"
# asyncio leaves a socket to the collector where somebody's TLS context fails.
left_to_the_collector = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


class NoThreads(ssl.SSLContext):
    """A TLS context of a user's, in whose code something goes wrong that is no fault of the network's."""

    def wrap_bio(self, *_: Any, **__: Any) -> Any:
        raise RuntimeError(f"{REASON}\nand a second line")


@pytest.fixture
def odd(make: Any, server: Server) -> Any:
    context = NoThreads(ssl.PROTOCOL_TLS_CLIENT)
    return make(base_url=server.base_url.replace("http:", "https:"), ssl_context=context, options=THRICE)


@left_to_the_collector
async def test_the_reason_of_an_unforeseen_error_is_in_the_message(odd: Any) -> None:
    with pytest.raises(cfai.TransportError) as caught:
        await odd.run(LLAMA, HI)

    assert f"the request failed: RuntimeError: {REASON} [model {LLAMA}]" == str(caught.value)


@left_to_the_collector
async def test_an_unforeseen_error_before_the_first_byte_sent_nothing_and_is_not_tried_again(odd: Any) -> None:
    with pytest.raises(cfai.TransportError) as caught:
        await odd.run(LLAMA, HI)

    assert caught.value.sent is False
    assert (1, ()) == (caught.value.attempts, tuple(caught.value.earlier))


@left_to_the_collector
async def test_so_it_is_of_a_stream(odd: Any) -> None:
    with pytest.raises(cfai.TransportError, match=REASON) as caught:
        async with odd.stream(LLAMA, HI):
            pass

    assert (False, 1) == (caught.value.sent, caught.value.attempts)


# What aiohttp knows of each of these begins with a status 400 that no server sent.
CUT = {
    "length": response(b'{"result', length=900),
    "chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
    "bad chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nab",
    "encoding": response(b"not gzip", headers={"Content-Encoding": "gzip"}),
    "status line": b"HTTP/9 what\r\n\r\n",
    "header": b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
}


@pytest.mark.parametrize("case", CUT)
async def test_no_message_shows_a_status_that_nobody_sent(client: Any, server: Server, case: str) -> None:
    server.always(send(CUT[case]))

    with pytest.raises(cfai.TransportError) as caught:
        await client.run(LLAMA, HI)

    assert "400" not in str(caught.value)
    assert caught.value.sent is True


async def _read(stream: Any) -> None:
    async with stream:
        async for _ in stream:
            pass


async def test_nor_does_that_of_a_stream(client: Any, server: Server) -> None:
    server.always(send(head() + framed(said("one")) + b"5\r\nab"))

    with pytest.raises(cfai.StreamError) as caught:
        await _read(client.stream(LLAMA, HI))

    assert "400" not in str(caught.value)


async def test_the_read_after_a_cancelled_one_says_so(server: Server) -> None:
    async with cfai.AsyncClient(account_id=ACCOUNT, api_token=TOKEN, base_url=server.base_url) as client:
        server.always(send(head() + framed(said("one")), keep=True))
        async with client.stream(LLAMA, HI) as stream:
            await anext(stream)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await anext(stream)
            with pytest.raises(cfai.StreamError) as caught:
                await anext(stream)

    assert "a read of the stream was cancelled" in str(caught.value)
    assert "one" == caught.value.partial.text
    assert await until(lambda: server.open_connections == 0)


async def test_the_read_after_a_cancelled_one_keeps_nothing_alive(server: Server) -> None:
    async def read_once_more() -> "weakref.ref[Any]":
        async with client.stream(LLAMA, HI) as stream:
            await anext(stream)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.05):
                    await anext(stream)
            with contextlib.suppress(cfai.StreamError):
                await anext(stream)
            return weakref.ref(stream)

    async with cfai.AsyncClient(account_id=ACCOUNT, api_token=TOKEN, base_url=server.base_url) as client:
        server.always(send(head() + framed(said("one")), keep=True))
        stream = await read_once_more()

    gc.collect()
    assert stream() is None  # aiohttp has one error object for all closed connections, and it lives for ever


DAYS = {  # the server's own clock is years away from ours; it asks for one second
    "past": ("Fri, 04 Jan 2019 00:00:00 GMT", "Fri, 04 Jan 2019 00:00:01 GMT"),
    "future": ("Sun, 04 Jan 2099 00:00:00 GMT", "Sun, 04 Jan 2099 00:00:01 GMT"),
}


@pytest.mark.parametrize("case", DAYS)
async def test_a_date_to_wait_for_is_counted_from_the_answers_own(client: Any, server: Server, case: str) -> None:
    date, until_then = DAYS[case]
    server.always(answer(b"{}", 429, {"Date": date, "Retry-After": until_then}))

    with pytest.raises(cfai.RateLimited) as caught:
        await client.run(LLAMA, HI)

    assert 1.0 == caught.value.retry_after


NO_NAMES = [["@cf/a/b"], {"model": 1}, {"@cf/a/b"}, b"@cf/a/b", None, 7, bytearray(b"@cf/a/b"), cfai.Prompt("hi")]


@pytest.mark.parametrize("model", NO_NAMES, ids=lambda model: type(model).__name__)
async def test_what_is_no_str_is_no_models_name(client: Any, server: Server, model: Any) -> None:
    with pytest.raises(cfai.InvalidModelName, match=f"not {type(model).__name__}"):
        await client.run(model, HI)
    with pytest.raises(cfai.InvalidModelName, match=f"not {type(model).__name__}"):
        async with client.stream(model, HI):
            pass
    assert [] == server.seen


@pytest.mark.parametrize("params", [["hi"], b"hi", None, 7, {"hi"}, object()], ids=lambda params: type(params).__name__)
async def test_what_is_no_params_is_refused_by_its_type(client: Any, server: Server, params: Any) -> None:
    with pytest.raises(cfai.InvalidParams, match=type(params).__name__):
        await client.run(LLAMA, params)
    with pytest.raises(cfai.InvalidParams, match=type(params).__name__):
        async with client.stream(LLAMA, params):
            pass
    assert [] == server.seen


async def test_a_decode_error_names_the_place(client: Any, server: Server) -> None:
    server.always(answer({"result": {"data": [[1.0], ["x"]]}, "success": True}))

    with pytest.raises(cfai.DecodeError) as caught:
        await client.run("@cf/baai/bge-m3", cfai.TextEmbeddings(["a", "b"]))

    assert "$.data[1][0]" == caught.value.path
    assert " @ $.data[1][0] [model " in str(caught.value)


async def test_a_copys_calls_use_up_the_budget_of_the_client(make: Any, server: Server) -> None:
    server.always(answer(b"{}", 503))
    retry = cfai.Retry(attempts=2, backoff=0, budget=2)
    client = make(options=cfai.RequestOptions(retry=retry))
    copies = [client.with_options(timeout=50.0 + number) for number in range(3)]

    for each in (*copies, client):
        with pytest.raises(cfai.ServerError):
            await each.run(LLAMA, HI)

    assert 4 + 2 == len(server.seen)


async def test_so_do_copies_of_copies(make: Any, server: Server) -> None:
    server.always(answer(b"{}", 503))
    client = make(options=cfai.RequestOptions(retry=cfai.Retry(attempts=2, backoff=0, budget=1)))
    copy = client.with_options(timeout=50.0).with_options(api_token=TOKEN)

    for each in (copy, client):
        with pytest.raises(cfai.ServerError):
            await each.run(LLAMA, HI)

    assert 2 + 1 == len(server.seen)


async def test_successes_bring_no_more_retries_than_the_budget(make: Any, server: Server) -> None:
    client = make(options=cfai.RequestOptions(retry=cfai.Retry(attempts=2, backoff=0, budget=1)))
    for _ in range(3):
        await client.run(LLAMA, HI)
    server.always(answer(b"{}", 503))
    for _ in range(3):
        with pytest.raises(cfai.ServerError):
            await client.run(LLAMA, HI)

    assert 3 + 3 + 1 == len(server.seen)
