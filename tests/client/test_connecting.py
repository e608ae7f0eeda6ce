"""Connecting: its limit of time, what a close makes of it, and TLS."""

import asyncio
import gc
import socket
import ssl
import time
from collections.abc import Iterator
from typing import Any

import aiohttp
import anyio
import pytest
import trustme
from kit.secrets import ACCOUNT, TOKEN, leaks_of
from kit.server import Host, Server, hang, until

import cfai
from cfai._http.connector import AttemptState
from cfai._http.resolved_options import AttemptDeadline, ResolvedOptions
from cfai._http.sockets import open_socket
from cfai._http.transport import _limits
from cfai._wire.request.headers import OutgoingHeaders

LLAMA = "@cf/meta/llama-3.2-3b-instruct"
HI = cfai.Prompt("Say hello")
SLACK = 1.5


@pytest.fixture
def black_hole() -> Iterator[str]:
    """A socket whose queue of connections is full: the system answers no further attempt to connect."""
    with socket.socket() as listening, socket.socket() as first:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        first.connect(listening.getsockname())
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


@pytest.mark.parametrize("verb", ["run", "warm"])
async def test_connect_timeout_ends_an_attempt_to_connect(make: Any, black_hole: str, verb: str) -> None:
    client = make(base_url=black_hole, options=cfai.RequestOptions(connect_timeout=0.3))
    started = time.monotonic()

    with pytest.raises(cfai.RequestTimeout, match=r"connect_timeout=0\.3 s") as caught:
        await (client.warm() if verb == "warm" else client.run(LLAMA, HI))

    assert 0.25 < time.monotonic() - started < 0.3 + SLACK
    assert [] == leaks_of(caught.value)


@pytest.mark.parametrize("verb", ["run", "warm"])
async def test_timeout_ends_an_attempt_to_connect_where_it_is_shorter(make: Any, black_hole: str, verb: str) -> None:
    client = make(base_url=black_hole, options=cfai.RequestOptions(connect_timeout=None, timeout=0.3))
    started = time.monotonic()

    with pytest.raises(cfai.RequestTimeout, match=r" timeout=0\.3 s|^no whole answer within timeout=0\.3 s"):
        await (client.warm() if verb == "warm" else client.run(LLAMA, HI))

    assert time.monotonic() - started < 0.3 + SLACK


@pytest.mark.parametrize("verb", ["run", "warm"])
async def test_closing_ends_an_attempt_to_connect(make: Any, black_hole: str, verb: str) -> None:
    client = make(base_url=black_hole)
    ended: list[BaseException] = []

    async def call() -> None:
        try:
            await (client.warm() if verb == "warm" else client.run(LLAMA, HI))
        except cfai.CfaiError as error:
            ended.append(error)

    async with anyio.create_task_group() as group:
        group.start_soon(call)
        await anyio.sleep(0.2)  # for it to begin; there is nothing that tells
        started = time.monotonic()
        await client.aclose()

    assert [cfai.ClientClosed] == [type(error) for error in ended]
    assert time.monotonic() - started < SLACK


def test_limits_are_given_to_aiohttp_as_they_are_and_never_rounded_up() -> None:
    call = ResolvedOptions(
        "http://x", OutgoingHeaders(), cfai.RequestOptions(timeout=5.2, connect_timeout=7.3, headers=None)
    )

    limits = _limits(call, "", AttemptDeadline(call, time.monotonic()), AttemptState())

    assert isinstance(limits, aiohttp.ClientTimeout)
    assert 5.1 < (limits.total or 0) <= 5.2
    assert (7.3, float("inf"), None, None) == (
        limits.sock_connect,
        limits.ceil_threshold,
        limits.connect,
        limits.sock_read,
    )


async def test_a_busy_loop_is_no_slow_network(server: Server) -> None:
    limits = cfai.RequestOptions(connect_timeout=0.2, retry=None)
    async with cfai.AsyncClient(
        account_id=ACCOUNT, api_token=TOKEN, base_url=server.base_url, options=limits, trust_env=False
    ) as client:
        calls = [asyncio.create_task(client.run(LLAMA, HI)) for _ in range(20)]
        for _ in range(3):
            await asyncio.sleep(0)
            time.sleep(0.3)  # noqa: ASYNC251  # what is tested

        assert ["Hello"] * 20 == [answer.text for answer in await asyncio.gather(*calls)]


def test_idle_connections_are_probed() -> None:
    with open_socket((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 1))) as made:
        assert made.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        if hasattr(socket, "TCP_KEEPIDLE"):
            assert 60 == made.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE)


# -- TLS ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def tls_server(host: Host, authority: trustme.CA, request: pytest.FixtureRequest) -> Iterator[Server]:
    """A server with a certificate for the name that the test asks for, 127.0.0.1 where it asks for none."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(getattr(request, "param", "127.0.0.1")).configure_cert(context)
    made = Server(host, tls=context).start()
    yield made
    made.close()


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


async def test_a_context_of_ones_own_is_used(make: Any, tls_server: Server, authority: trustme.CA) -> None:
    client = make(base_url=tls_server.base_url, ssl_context=trusting(authority))
    await client.warm()

    assert "Hello" == (await client.run(LLAMA, HI)).text
    assert 1 == tls_server.connections


async def test_a_certificate_of_an_unknown_authority_is_refused(make: Any, tls_server: Server) -> None:
    with pytest.raises(cfai.CertificateError, match="127.0.0.1.*self-signed|127.0.0.1.*issuer") as caught:
        await make(base_url=tls_server.base_url).run(LLAMA, HI)

    assert [] == tls_server.seen
    assert [] == leaks_of(caught.value)


@pytest.mark.parametrize("tls_server", ["elsewhere.example"], indirect=True)
async def test_a_certificate_for_another_name_is_refused(make: Any, tls_server: Server, authority: trustme.CA) -> None:
    with pytest.raises(cfai.CertificateError, match="127.0.0.1") as caught:
        await make(base_url=tls_server.base_url, ssl_context=trusting(authority)).run(LLAMA, HI)

    assert [] == tls_server.seen
    assert [] == leaks_of(caught.value)


async def test_a_handshake_counts_as_connecting(make: Any, server: Server) -> None:
    client = make(base_url=server.base_url.replace("http:", "https:"))  # it waits for a request, and answers no hello
    started = time.monotonic()

    with pytest.raises(cfai.RequestTimeout, match=r"connect_timeout=0\.3 s") as caught:
        await client.run(LLAMA, HI, cfai.RequestOptions(connect_timeout=0.3))

    assert time.monotonic() - started < 0.3 + SLACK
    assert [] == server.seen
    assert [] == leaks_of(caught.value)


async def test_closing_ends_a_call_over_tls(make: Any, tls_server: Server, authority: trustme.CA) -> None:
    tls_server.script(hang())
    client = make(base_url=tls_server.base_url, ssl_context=trusting(authority))
    ended: list[BaseException] = []

    async def call() -> None:
        try:
            await client.run(LLAMA, HI)
        except cfai.CfaiError as error:
            ended.append(error)

    async with anyio.create_task_group() as group:
        group.start_soon(call)
        assert await until(lambda: tls_server.seen)
        started = time.monotonic()
        await client.aclose()

    assert [cfai.ClientClosed] == [type(error) for error in ended]
    assert time.monotonic() - started < SLACK


# -- where connections are not ours to close ----------------------------------------------------------------------


async def test_a_call_outside_asyncio_says_what_to_do() -> None:
    client = cfai.AsyncClient(account_id=ACCOUNT, api_token=TOKEN)

    def call() -> None:
        client.run(LLAMA, HI).send(None)  # as a loop of another kind would

    with pytest.raises(cfai.ConfigError, match=r"cfai\.Client in a worker thread"):
        await anyio.to_thread.run_sync(call)


@pytest.mark.parametrize("closed", [True, False], ids=["closed", "standing still"])
def test_tls_connections_of_a_loop_that_runs_no_more_are_closed(
    tls_server: Server, authority: trustme.CA, closed: bool
) -> None:
    client = cfai.AsyncClient(
        account_id=ACCOUNT, api_token=TOKEN, base_url=tls_server.base_url, ssl_context=trusting(authority)
    )
    loop = asyncio.new_event_loop()
    loop.run_until_complete(client.run(LLAMA, HI))
    if closed:
        loop.close()
    asyncio.run(client.aclose())
    gc.collect()

    end = time.monotonic() + 5
    while tls_server.open_connections and time.monotonic() < end:
        time.sleep(0.01)
    assert 0 == tls_server.open_connections
    loop.close()
