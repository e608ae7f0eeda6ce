"""Bodies that are too long, 413/3006, and what is no HTTP at all (docs/wire.md 2.3 and 2.6)."""

import asyncio
import gzip
import http.client
import json
import re
import socket
import tracemalloc
from contextlib import closing

import aiohttp
import pytest

from cfai.emulator import Emulator

MODEL = "@cf/openai/whisper"
LIMIT = 1_000_000
MB = bytes(1_000_000)

TOO_LARGE = re.compile(
    rb'{"errors":\[{"message":"AiError: AiError: Request is too large \([0-9a-f-]{36}\)","code":3006}\],'
    rb'"success":false,"result":{},"messages":\[\]}'
)


@pytest.fixture(scope="module")
def small():
    with Emulator(body_limit=LIMIT) as running:
        yield running


def address(emulator):
    host, _, port = emulator.base_url.removeprefix("http://").split("/")[0].rpartition(":")
    return host, int(port)


def dial(emulator):
    return closing(socket.create_connection(address(emulator), timeout=10))


def path(emulator):
    return f"/client/v4/accounts/{emulator.account_id}/ai/run/{MODEL}"


def head(emulator, *lines):
    first = (f"POST {path(emulator)} HTTP/1.1", "Host: localhost", f"Authorization: Bearer {emulator.api_token}")
    return "\r\n".join((*first, *lines, "", "")).encode()


def received_until_close(connection):
    return b"".join(iter(lambda: connection.recv(65536), b""))


def one_answer(connection):
    with closing(http.client.HTTPResponse(connection, method="POST")) as response:
        response.begin()
        return response.status, response.headers, response.read()


def assert_too_large(answer):
    status, headers, body = answer
    assert status == 413
    assert TOO_LARGE.fullmatch(body)
    assert headers["cf-ai-req-id"] in body.decode()
    assert headers["server"] == "cfai-emulator"
    assert headers["connection"] == "close"


@pytest.mark.parametrize(("length", "status"), [(LIMIT, 200), (LIMIT + 1, 413)])
def test_the_limit_is_the_longest_body_that_is_taken(small, ask, length, status):
    answered = ask(MODEL, bytes(length), to=small)

    assert answered.status == status
    assert len(small.requests[-1].body) == (length if status == 200 else 0)


def test_without_an_option_a_hundred_megabytes_are_the_limit(emulator):
    with dial(emulator) as connection:
        connection.sendall(head(emulator, f"Content-Length: {100 * 2**20 + 1}"))
        assert_too_large(one_answer(connection))


def test_a_length_over_the_limit_is_refused_before_the_body_comes(small):
    with dial(small) as connection:
        connection.sendall(head(small, "Content-Length: 1000001"))
        assert_too_large(one_answer(connection))


def test_a_client_that_waits_for_the_go_ahead_does_not_get_it(small):
    with dial(small) as connection:
        connection.sendall(head(small, "Content-Length: 1000001", "Expect: 100-continue"))
        assert connection.recv(12) == b"HTTP/1.1 413"


def test_what_is_sent_after_the_refusal_is_taken_and_dropped(small):
    with dial(small) as connection:
        connection.sendall(head(small, f"Content-Length: {50 * len(MB)}"))
        answer = one_answer(connection)
        for _ in range(50):
            connection.sendall(MB)
        assert connection.recv(1) == b""

    assert_too_large(answer)


def test_a_client_that_reads_only_when_it_has_sent_all_gets_the_refusal(small):
    with dial(small) as connection:
        connection.sendall(head(small, f"Content-Length: {50 * len(MB)}"))
        for _ in range(50):
            connection.sendall(MB)
        assert_too_large(one_answer(connection))


def test_a_body_in_chunks_is_refused_as_soon_as_it_is_over_the_limit(small):
    with dial(small) as connection:
        connection.sendall(head(small, "Transfer-Encoding: chunked"))
        connection.sendall(b"%x\r\n%b\r\n1\r\nx\r\n" % (len(MB), MB))
        answer = one_answer(connection)
        for _ in range(50):
            connection.sendall(b"%x\r\n%b\r\n" % (len(MB), MB))
        connection.sendall(b"0\r\n\r\n")
        assert connection.recv(1) == b""

    assert_too_large(answer)


def test_a_packed_body_counts_as_long_as_it_is_unpacked(small):
    body = gzip.compress(bytes(5_000_000))

    with dial(small) as connection:
        connection.sendall(head(small, "Content-Encoding: gzip", f"Content-Length: {len(body)}") + body)
        assert_too_large(one_answer(connection))


def send_until_cut_off(connection, sent):
    for _ in range(1000):
        connection.sendall(MB)
        sent.append(len(MB))


def test_a_client_without_end_is_cut_off(small):
    sent = []

    with dial(small) as connection:
        connection.sendall(head(small, "Content-Length: 1000000000000"))
        answer = one_answer(connection)
        with pytest.raises(ConnectionError):
            send_until_cut_off(connection, sent)

    assert_too_large(answer)
    assert sum(sent) > 200_000_000


def test_a_refused_body_is_not_kept_in_memory(small):
    tracemalloc.start()
    try:
        with dial(small) as connection:
            connection.sendall(head(small, "Transfer-Encoding: chunked"))
            for _ in range(40):
                connection.sendall(b"%x\r\n" % len(MB))
                connection.sendall(MB)
                connection.sendall(b"\r\n")
            answer = one_answer(connection)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert_too_large(answer)
    assert peak < 5_000_000


@pytest.mark.anyio
async def test_an_async_client_is_told_while_it_still_sends(small):
    told = asyncio.Event()
    sockets = []

    async def endless():
        while not told.is_set():
            yield MB
            await asyncio.sleep(0)  # a socket that takes all at once never lets the loop read the answer

    def made(info):
        sockets.append(socket.socket(*info[:3]))
        return sockets[-1]

    headers = {"Authorization": f"Bearer {small.api_token}"}
    url = f"{small.base_url}/accounts/{small.account_id}/ai/run/{MODEL}"
    async with (
        asyncio.timeout(30),
        aiohttp.TCPConnector(socket_factory=made) as connector,
        aiohttp.ClientSession(connector=connector, headers=headers, trust_env=False) as session,
        session.post(url, data=endless()) as response,
    ):
        told.set()
        body = await response.read()
    async with asyncio.timeout(10):
        while sockets[0].fileno() != -1:  # no event tells when all is sent and the socket closed
            await asyncio.sleep(0)

    assert response.status == 413
    assert TOO_LARGE.fullmatch(body)


@pytest.mark.parametrize(
    ("token", "model", "expected"), [("no", MODEL, (401, 10000)), (None, "@cf/nobody/nothing", (400, 7000))]
)
def test_path_and_token_are_looked_at_before_the_length(small, ask, token, model, expected):
    headers = {"Authorization": f"Bearer {token or small.api_token}"}

    answered = ask(model, bytes(LIMIT + 1), to=small, headers=headers)

    assert (answered.status, answered.json["errors"][0]["code"]) == expected


def test_the_next_call_is_answered(small, ask):
    assert ask(MODEL, bytes(LIMIT + 1), to=small).status == 413
    assert ask(MODEL, b"abc", to=small).status == 200


@pytest.mark.parametrize("body", [b"abcde", gzip.compress(b"a sound")[:10]], ids=["other bytes", "a head alone"])
def test_a_body_that_cannot_be_unpacked_is_incomplete(emulator, caplog, body):
    with dial(emulator) as connection:
        connection.sendall(head(emulator, "Content-Encoding: gzip", f"Content-Length: {len(body)}") + body)
        status, headers, answer = one_answer(connection)

    assert (status, json.loads(answer)["errors"][0]["code"]) == (400, 3003)
    assert headers["server"] == "cfai-emulator"
    assert caplog.records == []


def test_a_packed_body_is_unpacked(emulator, ask):
    body = gzip.compress(b"a sound")
    headers = {"Authorization": f"Bearer {emulator.api_token}", "Content-Encoding": "gzip"}

    assert "heard 7 bytes" in ask(MODEL, body, headers=headers).json["result"]["text"]
    assert emulator.requests[-1].body == b"a sound"


@pytest.mark.parametrize(
    "sent",
    [
        b"nonsense\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nX: %b\r\n\r\n" % (b"a" * 10_000),
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\nabcde",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\na",
    ],
    ids=["words", "TLS", "a long header", "two lengths", "a bad chunk", "an encoding that is not installed"],
)
def test_what_is_no_http_gets_the_service_s_headers_too(emulator, caplog, sent):
    with dial(emulator) as connection:
        connection.sendall(sent)
        lines = received_until_close(connection).partition(b"\r\n\r\n")[0].split(b"\r\n")

    headers = dict(line.lower().split(b": ", 1) for line in lines[1:])
    assert re.fullmatch(rb"HTTP/1\.[01] 400 .*", lines[0])
    assert headers[b"server"] == b"cfai-emulator"
    assert headers[b"cf-ray"].endswith(b"-emu")
    assert headers[b"api-version"].endswith(b".epoch")
    assert len(headers[b"cf-auditlog-id"]) == 36
    assert caplog.records == []
