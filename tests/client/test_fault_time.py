"""Limits of time at each point where a call can be held up: they fire in time, name themselves, and leave nothing."""

import asyncio
import io
import ssl
import threading
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from kit.between import Link, Relay, black_hole, holding, late, tunnel
from kit.secrets import ACCOUNT, TOKEN, leaks_of
from kit.server import HELLO, Gate, Host, Server, drip, hang, hello, never_read, response, trickle, until
from kit.worded import Worded

import cfai
from cfai._http import worker_threads

pytestmark = pytest.mark.slow

LLAMA = "@cf/meta/llama-3.2-3b-instruct"
WHISPER = "@cf/openai/whisper"
HI = cfai.Prompt("Say hello")
JSON = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = JSON + b"Transfer-Encoding: chunked\r\n\r\n"
LATE = 1.0
"""Seconds that a busy machine may add. What is tested would otherwise take for ever."""


async def timed_out(
    client: Any, model: str = LLAMA, params: Any = HI, **options: Any
) -> tuple[cfai.RequestTimeout, float]:
    """Call, expect a time limit to run out, and say after how many seconds it did."""
    started = time.monotonic()
    with pytest.raises(cfai.RequestTimeout) as caught:
        await client.run(model, params, cfai.RequestOptions(**options))
    took = time.monotonic() - started
    assert [] == leaks_of(caught.value)
    return caught.value, took


class Flow:
    """An async iterable that gives its pieces for ever, as fast as they are taken."""

    def __init__(self) -> None:
        self.left = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            yield b"ID3\x04"
            while True:
                yield bytes(2**16)
                await asyncio.sleep(0)
        finally:
            self.left = True


class Silent:
    """An async iterable whose first piece does not come."""

    def __aiter__(self) -> "Silent":
        return self

    async def __anext__(self) -> bytes:
        await asyncio.sleep(60)
        return b""


class Slow(io.BytesIO):
    """A file, such as one on a network, whose reading waits."""

    def __init__(self, released: threading.Event) -> None:
        super().__init__(b"ID3\x04sound")
        self._released = released

    def readinto(self, buffer: Any) -> int:
        self._released.wait(10)
        return super().readinto(buffer)

    def read(self, size: int | None = -1) -> bytes:
        self._released.wait(10)
        return super().read(size)


@pytest.fixture
def released() -> Iterator[threading.Event]:
    """What a test waits for in a thread; set behind it."""
    event = threading.Event()
    yield event
    event.set()


LIMITS = {
    "timeout": {"timeout": 0.1},
    "attempt_timeout": {"attempt_timeout": 0.1, "timeout": 20},
    "connect_timeout": {"connect_timeout": 0.1, "timeout": 20},
}


def ended_by(limit: str, error: cfai.RequestTimeout, took: float) -> bool:
    """Tell whether it was that limit of `LIMITS` which ended a call, and in time."""
    return f" {limit}=0.1 s" in f" {error}" and 0.09 < took < 0.1 + LATE


# -- what comes back ----------------------------------------------------------------------------------------------

DRIPS = {
    "nothing": hang(),
    "headers, a line every 50 ms": drip(JSON, b"X-Drip: 1\r\n", 0.05),
    "one header that never ends": drip(JSON + b"X-Drip: ", b"1", 0.02),
    "a status line that never ends": drip(b"HTTP/1.1 200 ", b"O", 0.02),
    "interim answers": drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.02),
    "bytes": drip(JSON + b"Content-Length: 100000\r\n\r\n", b" ", 0.02),
    "chunks": drip(CHUNKED, b"1\r\n \r\n", 0.02),
    "digits of one chunk's size": drip(CHUNKED, b"0", 0.02),
    "trailers": drip(CHUNKED + b"2\r\n{}\r\n0\r\n", b"X-Drip: 1\r\n", 0.02),
    "bytes up to a close that does not come": drip(JSON + b"\r\n", b" ", 0.02),
}


@pytest.mark.parametrize(
    ("limit", "case"),
    [*(("timeout", case) for case in DRIPS), ("attempt_timeout", "nothing"), ("attempt_timeout", "chunks")],
)
async def test_an_answer_that_drips_is_ended_by_the_clock(make: Any, server: Server, limit: str, case: str) -> None:
    server.always(DRIPS[case])
    client = make(max_connections=1)
    error, took = await timed_out(client, **LIMITS[limit])

    assert ended_by(limit, error, took)
    assert await until(lambda: server.open_connections == 0)
    server.always(hello())
    assert "Hello" == (await client.run(LLAMA, HI)).text
    assert len(server.seen) <= 2  # a busy machine may not even have sent the first


# -- what goes out ------------------------------------------------------------------------------------------------


@pytest.fixture
def sparse(tmp_path: Path) -> Path:
    """64 MiB that take no room on the disk."""
    path = tmp_path / "talk.mp3"
    with open(path, "wb") as file:
        file.write(b"ID3\x04")
        file.truncate(64 * 2**20)
    return path


FORMS = ["bytes", "a path", "an open file", "an async iterable", "base64", "a large text"]


@pytest.mark.parametrize(
    ("limit", "form"),
    [*(("timeout", form) for form in FORMS), ("attempt_timeout", "a path"), ("attempt_timeout", "an async iterable")],
)
async def test_an_upload_that_the_server_does_not_take_is_ended_by_the_clock(
    make: Any, server: Server, sparse: Path, limit: str, form: str
) -> None:
    gate = Gate()
    server.always(never_read(gate))
    client, flow = make(max_connections=1), Flow()
    with open(sparse, "rb") as file:
        model, params = {
            "bytes": (WHISPER, {"audio": b"ID3\x04" + b"a" * (6 * 2**20)}),
            "a path": (WHISPER, {"audio": sparse}),
            "an open file": (WHISPER, {"audio": file}),
            "an async iterable": (WHISPER, {"audio": flow}),
            "base64": ("@cf/openai/whisper-large-v3-turbo", {"audio": sparse}),
            "a large text": (LLAMA, {"prompt": "ü" * (3 * 2**20)}),
        }[form]
        error, took = await timed_out(client, model, params, **LIMITS[limit])

    assert ended_by(limit, error, took)
    assert form != "an async iterable" or await until(lambda: flow.left)
    gate.open()
    assert await until(lambda: server.open_connections == 0)
    server.always(hello())
    assert "Hello" == (await client.run(LLAMA, HI)).text


@pytest.mark.parametrize("form", ["an async iterable", "an open file"])
async def test_the_wait_for_what_is_to_be_sent_counts(
    client: Any, server: Server, released: threading.Event, form: str
) -> None:
    audio = Silent() if form == "an async iterable" else Slow(released)
    error, took = await timed_out(client, WHISPER, {"audio": audio}, timeout=0.1)

    assert ended_by("timeout", error, took)
    assert 0 == server.connections


@pytest.mark.parametrize("form", ["an async iterable", "an open file"])
async def test_the_wait_for_what_is_to_be_sent_counts_for_its_attempt(
    client: Any, released: threading.Event, form: str
) -> None:
    audio = Silent() if form == "an async iterable" else Slow(released)
    error, took = await timed_out(client, WHISPER, {"audio": audio}, attempt_timeout=0.1, timeout=0.5)

    assert "attempt_timeout=0.1 s" in str(error)
    assert took < 0.4


async def test_the_limit_that_ran_out_is_the_one_that_is_named(client: Any, server: Server) -> None:
    server.always(hang())
    retry = cfai.Retry(attempts=2, backoff=0, lost_answers=True)
    error, took = await timed_out(client, timeout=0.3, attempt_timeout=0.2, retry=retry)

    assert 2 == len(server.seen)
    assert 0.29 < took < 0.3 + LATE
    assert " timeout=0.3 s" in str(error)


# -- the wait for a connection ------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", ["timeout", "attempt_timeout"])
async def test_the_wait_for_a_free_connection_counts_and_leaves_no_place_taken(
    make: Any, server: Server, limit: str
) -> None:
    gate = Gate()
    server.script(gate.before(hello()))
    client = make(max_connections=1)
    first = asyncio.create_task(client.run(LLAMA, HI))
    assert await until(lambda: server.seen)
    waited = await asyncio.gather(*(timed_out(client, **LIMITS[limit]) for _ in range(5)))
    gate.open()

    assert all(ended_by(limit, error, took) for error, took in waited)
    assert {f"{limit}=0.1 s ran out in the wait for a free connection: all of max_connections are in use"} == {
        str(error).partition(" [")[0] for error, _ in waited
    }
    assert "Hello" == (await first).text == (await client.run(LLAMA, HI)).text
    assert [0, 0] == [seen.connection for seen in server.seen]


# -- the look-up of the host --------------------------------------------------------------------------------------


@pytest.fixture
def lookups() -> Iterator[threading.Event]:
    """Holds all look-ups up until it is set: every thread in which one could run has other work to do."""
    released = threading.Event()
    for _ in range(worker_threads._MOST):
        worker_threads._pool.do(lambda: released.wait(20))
    yield released
    released.set()


def held_up(make: Any, server: Server, **settings: Any) -> Any:
    """Return a client whose host has a name, which has to be looked up."""
    return make(base_url=server.base_url.replace("127.0.0.1", "localhost"), **settings)


@pytest.mark.parametrize("limit", LIMITS)
async def test_the_look_up_of_the_host_counts(make: Any, server: Server, lookups: threading.Event, limit: str) -> None:
    client = held_up(make, server, max_connections=1)
    error, took = await timed_out(client, **LIMITS[limit])
    lookups.set()

    assert ended_by(limit, error, took)
    assert "Hello" == (await client.run(LLAMA, HI)).text
    assert 1 == server.connections


async def test_warming_up_has_the_same_limit(make: Any, server: Server, lookups: threading.Event) -> None:
    client = held_up(make, server).with_options(connect_timeout=0.1)
    started = time.monotonic()
    with pytest.raises(cfai.RequestTimeout) as caught:
        await client.warm()

    assert ended_by("connect_timeout", caught.value, time.monotonic() - started)


# -- TLS and proxies ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.fixture
def tls_server(host: Host, authority: trustme.CA) -> Iterator[Server]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    made = Server(host, tls=context).start()
    yield made
    made.close()


@pytest.fixture
def relay(host: Host, tls_server: Server) -> Iterator[Relay]:
    """Stands before a server with TLS; passes on, unless it is told otherwise."""
    made = Relay(host, tls_server.port).start()
    yield made
    made.close()


async def half_a_tunnel(link: Link) -> None:
    """Say that the tunnel is open, and let nothing through."""
    await link.head()
    link.writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
    await holding(link)


CONNECTING = {
    "a handshake that stops": (holding, False),
    "a proxy that says nothing": (holding, True),
    "a proxy whose tunnel leads nowhere": (half_a_tunnel, True),
}


@pytest.fixture
def over_tls(make: Any, tls_server: Server, relay: Relay, trusting: ssl.SSLContext) -> Any:
    """Make a client that comes by the relay: as its proxy, or as what it takes for the server."""

    def made(*, by_proxy: bool, **settings: Any) -> Any:
        if not by_proxy:
            return make(base_url=f"https://127.0.0.1:{relay.port}", ssl_context=trusting, **settings)
        relay.always(tunnel)
        return make(base_url=tls_server.base_url, proxy=relay.origin, ssl_context=trusting, **settings)

    return made


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("case", CONNECTING)
async def test_all_that_comes_before_a_request_counts_as_connecting(
    over_tls: Any, tls_server: Server, relay: Relay, case: str, limit: str
) -> None:
    play, by_proxy = CONNECTING[case]
    relay.script(play)
    client = over_tls(by_proxy=by_proxy, max_connections=1)
    error, took = await timed_out(client, **LIMITS[limit])

    assert ended_by(limit, error, took)
    assert ([], 0) == (tls_server.seen, tls_server.connections)
    assert await until(lambda: relay.open_connections == 0)
    assert "Hello" == (await client.run(LLAMA, HI)).text


async def test_one_limit_holds_for_all_steps_of_connecting(over_tls: Any, relay: Relay) -> None:
    relay.script(late(0.4, half_a_tunnel))
    client = over_tls(by_proxy=True)
    _, took = await timed_out(client, connect_timeout=0.5)

    assert 0.49 < took < 0.85  # and not 0.4 s of the proxy and then 0.5 s of the handshake


# -- None, and large limits ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["timeout", "attempt_timeout"])
async def test_none_switches_a_limit_of_the_client_off(make: Any, server: Server, name: str) -> None:
    server.always(trickle(response(HELLO), 50, 0.03))
    client = make(options=cfai.RequestOptions(**{name: 0.1}))

    assert "Hello" == (await client.run(LLAMA, HI, cfai.RequestOptions(**{name: None}))).text
    error, _ = await timed_out(client)
    assert f"{name}=0.1 s" in str(error)


async def test_none_switches_the_limit_of_connecting_off(over_tls: Any, relay: Relay) -> None:
    relay.always(late(0.3))
    client = over_tls(by_proxy=False, options=cfai.RequestOptions(connect_timeout=0.1))

    error, _ = await timed_out(client)
    assert "connect_timeout=0.1 s" in str(error)
    assert "Hello" == (await client.run(LLAMA, HI, cfai.RequestOptions(connect_timeout=None))).text


async def test_limits_above_five_seconds_are_not_rounded_up(server: Server) -> None:
    server.always(hang())
    given = {"account_id": ACCOUNT, "api_token": TOKEN, "options": cfai.RequestOptions(retry=None)}
    with black_hole() as hole:
        here = [
            cfai.AsyncClient(base_url=server.base_url, **given),
            Worded(cfai.Client(base_url=server.base_url, **given)),
        ]
        nowhere = [cfai.AsyncClient(base_url=hole.origin, **given), Worded(cfai.Client(base_url=hole.origin, **given))]
        # aiohttp rounds the moment up, to a whole second of the loop's clock: a second begins here, so that it shows
        await asyncio.sleep(1.02 - asyncio.get_running_loop().time() % 1)
        waited = await asyncio.gather(
            *(timed_out(client, timeout=5.05) for client in here),
            *(timed_out(client, attempt_timeout=5.05) for client in here),
            *(timed_out(client, connect_timeout=5.05) for client in nowhere),
        )
    for client in (*here, *nowhere):
        await client.aclose()

    for _, took in waited:
        assert 5.04 < took < 5.6
