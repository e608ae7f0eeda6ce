"""What comes on a connection before its request is written, or before the request is whole."""

import asyncio
import select
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import anyio
import pytest
import trustme
from kit.between import Link, Relay, holding
from kit.secrets import ACCOUNT, TOKEN
from kit.server import Exchange, Gate, Host, Server, Step, answer, hello, response, until

import cfai
from cfai._catalogue.input_form import MediaForm
from cfai._http import protocol
from cfai._http.connector import AttemptState
from cfai._wire.media.body import Body, MediaPart
from cfai._wire.media.sources import Source
from cfai._wire.request.encode import encode

pytestmark = pytest.mark.slow

LLAMA = "@cf/meta/llama-3.2-3b-instruct"
WHISPER = "@cf/openai/whisper"
MP3 = b"ID3\x04" + bytes(3 * 2**20)
LONG = b"ID3\x04" + bytes(24 * 2**20)
WRONG = response({"result": {"response": "of somebody else"}, "success": True})
LATE_408 = b"HTTP/1.0 408 Request Time-out\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
BUSY = 0.2
"""Seconds for which the loop does something else."""

Push = Callable[[Exchange], Any]


async def an_answer(exchange: Exchange) -> bool:
    await exchange.send(WRONG)
    return True


async def a_408(exchange: Exchange) -> bool:
    await exchange.send(LATE_408)
    return False


async def an_end(exchange: Exchange) -> bool:
    return False


async def a_reset(exchange: Exchange) -> bool:
    exchange.reset()
    return False


PUSHED: dict[str, Push] = {"an answer": an_answer, "a 408": a_408, "an end": an_end, "a reset": a_reset}


async def echo(exchange: Exchange) -> bool:
    await exchange.send(response({"result": {"response": exchange.seen.json["prompt"]}, "success": True}))
    return True


def echo_and(push: Push, gate: Gate | None = None) -> Step:
    """Answer, and send something more a moment later, or when *gate* opens."""

    async def play(exchange: Exchange) -> bool:
        await echo(exchange)
        while gate is not None and not gate.is_open:
            await asyncio.sleep(0.002)
        await asyncio.sleep(0.0 if gate is not None else BUSY / 4)
        return bool(await push(exchange))

    return Step(play)


async def ask(client: Any, word: str) -> str:
    return str((await client.run(LLAMA, cfai.Prompt(word))).text)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(params=["TLSv1_2", "TLSv1_3"])
def tls_server(host: Host, authority: trustme.CA, request: pytest.FixtureRequest) -> Iterator[Server]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = context.maximum_version = ssl.TLSVersion[request.param]
    authority.issue_cert("127.0.0.1").configure_cert(context)
    made = Server(host, tls=context).start()
    yield made
    made.close()


@pytest.fixture
def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


# -- between two calls --------------------------------------------------------------------------------------------


async def test_two_calls_use_one_connection(make: Any, server: Server) -> None:
    server.always(Step(echo))
    client = make()

    assert ["one", "two", "three"] == [await ask(client, word) for word in ("one", "two", "three")]
    assert 1 == server.connections


@pytest.mark.parametrize("case", PUSHED)
async def test_what_came_while_the_loop_was_busy_is_never_the_next_answer(make: Any, server: Server, case: str) -> None:
    told: list[Any] = []

    def busy(attempt: Any) -> None:
        told.append(attempt)
        time.sleep(BUSY if len(told) == 1 else 0)

    server.script(echo_and(PUSHED[case]))
    server.always(Step(echo))
    client = make(on_attempt=busy)

    assert ["one", "two", "three"] == [await ask(client, word) for word in ("one", "two", "three")]
    assert [0, 1, 1] == [seen.connection for seen in server.seen]
    assert [1, 1, 1] == [attempt.number for attempt in told]


@pytest.mark.parametrize("case", PUSHED)
async def test_nor_is_it_under_tls(make: Any, tls_server: Server, trusting: ssl.SSLContext, case: str) -> None:
    told: list[Any] = []

    def busy(attempt: Any) -> None:
        told.append(attempt)
        time.sleep(BUSY if len(told) == 1 else 0)

    tls_server.script(echo_and(PUSHED[case]))
    tls_server.always(Step(echo))
    client = make(base_url=tls_server.base_url, ssl_context=trusting, on_attempt=busy)

    assert ["one", "two", "three"] == [await ask(client, word) for word in ("one", "two", "three")]
    assert [0, 1, 1] == [seen.connection for seen in tls_server.seen]
    assert [1, 1, 1] == [attempt.number for attempt in told]


async def test_session_tickets_cost_no_connection(make: Any, tls_server: Server, trusting: ssl.SSLContext) -> None:
    tls_server.always(Step(echo))
    client = make(base_url=tls_server.base_url, ssl_context=trusting)
    await client.warm()

    assert ["one", "two", "three"] == [await ask(client, word) for word in ("one", "two", "three")]
    assert 1 == tls_server.connections


async def slowly(link: Link) -> None:
    await link.join(late=0.03)  # a server's session tickets come behind the handshake


async def test_nor_do_those_that_the_loop_had_no_time_to_read(
    make: Any, host: Host, tls_server: Server, trusting: ssl.SSLContext
) -> None:
    relay = Relay(host, tls_server.port).start()
    try:
        relay.always(slowly)
        tls_server.always(Step(echo))
        client = make(base_url=f"https://127.0.0.1:{relay.port}/client/v4", ssl_context=trusting)
        await client.warm()
        time.sleep(BUSY)  # noqa: ASYNC251  # the loop reads nothing meanwhile

        assert ["one", "two"] == [await ask(client, word) for word in ("one", "two")]
        assert 1 == len(relay.links)
        await client.aclose()
    finally:
        relay.close()


async def pushing(link: Link) -> None:
    await asyncio.sleep(BUSY / 4)
    link.writer.write(LATE_408)
    await holding(link)


async def pushing_at_once(link: Link) -> None:
    link.writer.write(LATE_408)
    await holding(link)


async def test_a_warmed_connection_is_inspected_too(make: Any, host: Host, server: Server) -> None:
    relay = Relay(host, server.port).start()
    try:
        relay.script(pushing)
        server.always(Step(echo))
        client = make(base_url=f"{relay.origin}/client/v4")
        await client.warm()
        time.sleep(BUSY)  # noqa: ASYNC251  # the loop reads nothing meanwhile

        assert "one" == await ask(client, "one")
        assert 2 == len(relay.links)
        await client.aclose()
    finally:
        relay.close()


class Transport:
    """What a loop shows of a connection."""

    def __init__(self, shown: socket.socket | None) -> None:
        self.shown = shown

    def get_extra_info(self, name: str) -> socket.socket | None:
        assert "socket" == name
        return self.shown


@pytest.mark.parametrize("poller", [select.poll, None], ids=["poll", "select"])
def test_the_system_is_asked_what_waits(poller: Any) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ask = protocol._asker(Transport(ours), poller)
        assert not ask(0)
        theirs.send(b"x")
        assert ask(0)
        ours.recv(1)
        assert not ask(0)
        theirs.close()
        assert ask(0)


def test_where_the_loop_shows_no_socket_its_own_eyes_have_to_do() -> None:
    assert not protocol._asker(Transport(None))(0)


# -- between taking a connection and writing ----------------------------------------------------------------------


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="nothing can come in between: the request is written at once")
@pytest.mark.parametrize("case", PUSHED)
async def test_what_comes_right_before_the_request_is_not_its_answer(server: Server, case: str) -> None:
    gate = Gate()
    server.script(echo_and(PUSHED[case], gate))
    server.always(Step(echo))

    def block() -> None:
        gate.open()
        time.sleep(BUSY / 2)

    async with cfai.AsyncClient(**settings_of(server), options=cfai.RequestOptions(retry=None)) as own:
        assert "one" == await ask(own, "one")
        asyncio.get_running_loop().call_soon(block)  # it runs before the task that writes

        assert "two" == await ask(own, "two")
    assert [0, 1] == [seen.connection for seen in server.seen]


def settings_of(server: Server) -> dict[str, Any]:
    return {"account_id": ACCOUNT, "api_token": TOKEN, "base_url": server.base_url}


class SlowDisk(Source):
    """A file on a disk that takes its time, once the upload has begun."""

    def __init__(self, gate: Gate) -> None:
        super().__init__("audio")
        self._gate = gate

    def size(self) -> int:
        return len(MP3)

    def slices(self, most: int) -> Iterator[bytes]:
        if most > 100:  # not of sniffing
            self._gate.open()
            time.sleep(BUSY / 2)
        yield from (MP3[start : start + most] for start in range(0, len(MP3), most))


async def send_slowly(client: cfai.AsyncClient, gate: Gate) -> Any:
    """Send what a client sends of a file on a slow disk; no file of a test's own is slow."""
    request, calls = encode(WHISPER, {"audio": MP3}), client._calls
    request.body = Body((MediaPart(SlowDisk(gate), MediaForm.RAW),))
    return await calls._transport.send(request, calls.resolved(None), time.monotonic())


@pytest.mark.parametrize("case", PUSHED)
async def test_what_comes_while_a_file_is_read_is_not_the_answer(server: Server, case: str) -> None:
    gate = Gate()
    server.script(echo_and(PUSHED[case], gate), hello())
    async with cfai.AsyncClient(**settings_of(server)) as client:
        assert "one" == await ask(client, "one")

        assert b"Hello" in (await send_slowly(client, gate)).body
    assert [0, 1] == [seen.connection for seen in server.seen]
    assert MP3 == server.last.body


async def test_a_new_connection_that_speaks_first_is_an_error_and_nothing_was_sent(host: Host, server: Server) -> None:
    relay = Relay(host, server.port).start()
    try:
        relay.always(pushing_at_once)
        async with cfai.AsyncClient(**settings_of(server) | {"base_url": f"{relay.origin}/client/v4"}) as client:
            with pytest.raises(cfai.TransportError, match="before the request was written") as caught:
                await send_slowly(client, Gate())

        assert (False, 1) == (caught.value.sent, len(relay.links))
        assert b"" == relay.links[0].heard
    finally:
        relay.close()


def speaking_when_told(listener: socket.socket, context: ssl.SSLContext, told: threading.Event) -> None:
    """Send something that nobody asked for, once *told*."""
    with context.wrap_socket(listener.accept()[0], server_side=True) as connected:
        told.wait(10)
        connected.sendall(WRONG)
        connected.recv(1)  # until the client hangs up


async def test_what_a_tls_server_says_first_on_a_new_connection_is_no_answer(
    authority: trustme.CA, trusting: ssl.SSLContext
) -> None:
    context, told = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), threading.Event()
    context.num_tickets = 0  # so that nothing else makes the socket readable
    authority.issue_cert("127.0.0.1").configure_cert(context)
    loop = asyncio.get_running_loop()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        speaker = threading.Thread(target=speaking_when_told, args=(listener, context, told), daemon=True)
        speaker.start()
        connection = protocol.HttpProtocol(loop)
        made, _ = await loop.create_connection(lambda: connection, *listener.getsockname(), ssl=trusting)
        connection.take(AttemptState())
        assert await connection.becomes(connection.is_fit)

        told.set()
        assert select.select([made.get_extra_info("socket")], [], [], 10)[0]  # the loop reads nothing meanwhile

        assert not await connection.becomes(connection.begin)
        connection.refuse()
        await asyncio.to_thread(speaker.join, 5)


async def test_a_download_goes_on_another_connection_too(make: Any, server: Server) -> None:
    link = cfai.MediaLink(f"{server.origin}/cat.png")
    picture = b"\x89PNG\r\n\x1a\n" + bytes(20)

    async def one_and_an_end(exchange: Exchange) -> bool:
        await exchange.send(response(picture, 200, {"Content-Type": "image/png"}))
        return False

    server.script(Step(one_and_an_end), answer(picture, 200, {"Content-Type": "image/png"}))
    client = make(options=cfai.RequestOptions(retry=None))

    assert picture == (await client.fetch(link)).data
    time.sleep(BUSY)  # noqa: ASYNC251  # the loop reads nothing meanwhile
    assert picture == (await client.fetch(link)).data
    assert [0, 1] == [seen.connection for seen in server.seen]


async def pieces() -> Any:
    yield b"ID3\x04"
    yield bytes(1000)


async def test_an_iterable_that_meets_an_unfit_connection_is_sent_whole(make: Any, server: Server) -> None:
    def busy(attempt: Any) -> None:
        time.sleep(BUSY)

    server.script(echo_and(a_408), hello())
    client = make(on_attempt=busy)
    assert "one" == await ask(client, "one")

    assert "Hello" == (await client.run(WHISPER, {"audio": pieces()})).text
    assert b"ID3\x04" + bytes(1000) == server.last.body


# -- before the request is whole ----------------------------------------------------------------------------------


async def test_an_answer_before_the_request_is_whole_closes_the_connection_behind_it(make: Any, server: Server) -> None:
    whole = response({"result": {"text": "early"}, "success": True})

    async def early(exchange: Exchange) -> bool:
        await exchange.send(whole[:-5])
        await asyncio.sleep(0.1)  # for the client to read it, while its own bytes wait
        await exchange.reader.readexactly(len(LONG))
        await asyncio.sleep(0.05)  # for the client to see that all was sent
        await exchange.send(whole[-5:])
        return True

    server.script(Step(early, early=True), hello())
    client = make()

    assert "early" == (await client.run(WHISPER, {"audio": LONG})).text
    assert "Hello" == (await client.run(LLAMA, cfai.Prompt("x"))).text
    assert [0, 1] == [seen.connection for seen in server.seen]


# -- closing, and loops that are not asyncio's --------------------------------------------------------------------


async def test_closing_ends_a_warm_that_waits_for_a_connection(make: Any, server: Server) -> None:
    gate, ended = Gate(), []
    server.script(gate.before(hello()))
    client = make(max_connections=1)

    async def call(verb: str) -> None:
        try:
            await (client.run(LLAMA, cfai.Prompt("x")) if verb == "run" else client.warm())
        except BaseException as error:
            ended.append(type(error))
            if not isinstance(error, cfai.ClientClosed):
                raise

    with anyio.fail_after(5):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(call, "run")
            assert await until(lambda: server.seen)
            tasks.start_soon(call, "warm")
            await anyio.sleep(0.1)
            await client.aclose()
    gate.open()
    assert [cfai.ClientClosed] * 2 == ended


async def test_cancelling_a_warm_that_waits_is_a_cancellation(server: Server) -> None:
    gate = Gate()
    server.script(gate.before(hello()))
    async with cfai.AsyncClient(**settings_of(server), max_connections=1) as client:
        task = asyncio.create_task(client.run(LLAMA, cfai.Prompt("x")))
        assert await until(lambda: server.seen)
        with anyio.move_on_after(0.1) as scope:
            await client.warm()
        assert scope.cancelled_caught
        gate.open()
        assert "Hello" == (await task).text


VERBS: dict[str, Callable[[cfai.AsyncClient], Any]] = {
    "aclose": lambda client: client.aclose(),
    "async with": lambda client: client.__aenter__(),
    "leaving": lambda client: client.__aexit__(None, None, None),
    "a copy's aclose": lambda client: client.with_options(timeout=1).aclose(),
    "run": lambda client: client.run(LLAMA, cfai.Prompt("x")),
    "warm": lambda client: client.warm(),
}


@pytest.mark.parametrize("verb", VERBS)
def test_outside_asyncio_all_say_what_to_do(verb: str) -> None:
    client = cfai.AsyncClient(account_id=ACCOUNT, api_token=TOKEN)
    with pytest.raises(cfai.ConfigError, match=r"cfai\.Client in a worker thread"):
        VERBS[verb](client).send(None)  # as a loop of another kind would

    asyncio.run(client.aclose())


# -- an iterable that is cancelled from within --------------------------------------------------------------------


async def of_a_cancelled_task(first: bytes = b"") -> Any:
    if first:
        yield first
    task = asyncio.ensure_future(asyncio.sleep(60))
    task.cancel()
    await task
    yield b"never"


@pytest.mark.parametrize("first", [b"", b"ID3\x04"], ids=["before its first piece", "behind it"])
async def test_a_cancellation_inside_an_iterable_is_an_error(make: Any, server: Server, first: bytes) -> None:
    client = make(options=cfai.RequestOptions(retry=cfai.Retry(backoff=0), timeout=5))
    with pytest.raises(cfai.TransportError, match=None if first else "audio: .*cancelled") as caught:
        await client.run(WHISPER, {"audio": of_a_cancelled_task(first)})

    assert 1 == caught.value.attempts
    assert bool(first) is caught.value.sent
    assert "Hello" == (await client.run(LLAMA, cfai.Prompt("x"))).text


async def silent() -> Any:
    await asyncio.sleep(60)
    yield b"never"


async def test_a_cancelled_call_that_waits_for_an_iterable_ends_as_cancelled(server: Server) -> None:
    async with cfai.AsyncClient(**settings_of(server)) as client:
        task = asyncio.create_task(client.run(WHISPER, {"audio": silent()}))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
