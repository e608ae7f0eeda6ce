"""How streams go out: piece by piece, at the pace that is set, and to their end or to the client's."""

import asyncio
import gc
import http.client
import json
import socket
import threading
import time
from contextlib import closing

import pytest

from cfai.emulator import Emulator

TEXT = "@cf/meta/llama-3.2-3b-instruct"
SPEECH = "@cf/deepgram/aura-1"
HELLO = {"prompt": "Say hello", "stream": True}


@pytest.fixture(autouse=True)
def no_thread_is_left(emulator):
    """Hold each test to what it started; the one emulator of the whole run stays."""
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) <= before


def opened(emulator, body, *, model=TEXT, version="1.1"):
    """Send a request over a socket of its own."""
    raw = json.dumps(body).encode()
    host, _, port = emulator.base_url.removeprefix("http://").split("/")[0].rpartition(":")
    connection = socket.create_connection((host, int(port)), timeout=30)
    head = (
        f"POST /client/v4/accounts/{emulator.account_id}/ai/run/{model} HTTP/{version}\r\nHost: localhost\r\n"
        f"Authorization: Bearer {emulator.api_token}\r\nContent-Length: {len(raw)}\r\n\r\n"
    )
    connection.sendall(head.encode() + raw)
    return connection


def received(connection, until):
    data = b""
    while until not in data:
        piece = connection.recv(65_536)
        assert piece, data
        data += piece
    return data


def chunks(data):
    """Take the body of an HTTP answer apart into the chunks that it was sent in."""
    body = data.partition(b"\r\n\r\n")[2]
    found = []
    while body != b"0\r\n\r\n":
        size, _, rest = body.partition(b"\r\n")
        found.append(rest[: int(size, 16)])
        body = rest[int(size, 16) + 2 :]
    return found


def answering():
    """Count the calls that emulators of this process are at."""
    tasks = [thing for thing in gc.get_objects() if isinstance(thing, asyncio.Task)]
    return sum("_handle_request" in str(task.get_coro()) and not task.done() for task in tasks)


def test_each_event_is_a_chunk_of_its_own():
    with Emulator() as emulator, closing(opened(emulator, {**HELLO, "max_tokens": 2})) as connection:
        sent = chunks(received(connection, b"\r\n0\r\n\r\n"))

    assert len(sent) == 4
    assert all(chunk.startswith(b"data: ") and chunk.endswith(b"\n\n") for chunk in sent)
    assert sent[-1] == b"data: [DONE]\n\n"


def test_speech_comes_in_chunks_that_are_the_whole_sound(ask):
    with Emulator() as emulator:
        for text in ("Hi", "word " * 200):
            with closing(opened(emulator, {"text": text}, model=SPEECH)) as connection:
                sent = chunks(received(connection, b"\r\n0\r\n\r\n"))
            assert 2 <= len(sent) <= 16
            assert b"".join(sent) == ask(SPEECH, {"text": text}, to=emulator).body


def test_pictures_and_sounds_in_json_come_whole(ask):
    picture = {"prompt": "a red cat", "width": 256, "height": 256}
    for model, body in [
        ("@cf/leonardo/phoenix-1.0", picture),
        ("@cf/leonardo/lucid-origin", picture),
        ("@cf/myshell-ai/melotts", {"prompt": "Hi"}),
    ]:
        answered = ask(model, {**body, "stream": True})
        assert answered.status == 200
        assert answered.headers["content-length"] is not None


def test_an_old_client_gets_the_stream_without_chunks():
    with Emulator() as emulator, closing(opened(emulator, HELLO, version="1.0")) as connection:
        data = received(connection, b"[DONE]\n\n")
        assert connection.recv(100) == b""

    head, _, body = data.partition(b"\r\n\r\n")
    assert b"chunked" not in head.lower()
    assert body.startswith(b"data: ")


def test_a_connection_is_used_again_after_a_stream():
    with Emulator() as emulator:
        address = emulator.base_url.removeprefix("http://").split("/")[0]
        headers = {"Authorization": f"Bearer {emulator.api_token}"}
        with closing(http.client.HTTPConnection(address, timeout=30)) as connection:
            sockets = set()
            for _ in range(2):
                path = f"/client/v4/accounts/{emulator.account_id}/ai/run/{TEXT}"
                connection.request("POST", path, json.dumps(HELLO), headers)
                assert connection.getresponse().read().endswith(b"[DONE]\n\n")
                sockets.add(connection.sock)

    assert len(sockets) == 1


def test_latency_is_before_the_first_event_and_a_tenth_of_it_between_events():
    with Emulator(latency=0.5) as emulator, closing(opened(emulator, {**HELLO, "max_tokens": 4})) as connection:
        begin = time.monotonic()
        data = received(connection, b"data: ")
        first = time.monotonic() - begin
        if b"[DONE]" not in data:
            received(connection, b"[DONE]")
        last = time.monotonic() - begin

    # Six events: five waits of 0.05 s, seen by a client that may wake late.
    assert first >= 0.5
    assert last >= 0.75
    assert last < 5


def test_requests_are_kept_as_they_came():
    with Emulator() as emulator, closing(opened(emulator, HELLO)) as connection:
        received(connection, b"[DONE]")
        (request,) = emulator.requests

    assert json.loads(request.body) == HELLO


@pytest.mark.parametrize("pieces", [0, 1])
def test_a_client_that_leaves_ends_its_stream_at_once(pieces):
    with Emulator(latency=60 if pieces == 0 else 0.01) as emulator:
        # A long answer, of which the first pieces come soon.
        body = {"prompt": "word " * 5000, "max_tokens": 5000, "stream": True}
        connection = opened(emulator, body)
        if pieces:
            received(connection, b"data: ")
        wait_for(lambda: answering() == 1)
        connection.close()

        begin = time.monotonic()
        wait_for(lambda: answering() == 0)

        assert time.monotonic() - begin < 2
        assert len(emulator.requests) == 1


def test_a_client_that_reads_nothing_ends_its_stream_by_leaving():
    with Emulator() as emulator:
        words = 2_000_000
        connection = opened(emulator, {"prompt": "word " * words, "max_tokens": words, "stream": True})
        received(connection, b"data: ")
        wait_for(lambda: answering() == 1)
        connection.close()

        wait_for(lambda: answering() == 0)


def test_closing_the_emulator_ends_running_streams():
    emulator = Emulator(latency=0.05)
    emulator.start()
    with closing(opened(emulator, {"prompt": "word " * 5000, "max_tokens": 5000, "stream": True})) as connection:
        received(connection, b"data: ")

        begin = time.monotonic()
        emulator.close()

        assert time.monotonic() - begin < 5
        left = b""
        while piece := connection.recv(65_536):
            left += piece
        assert b"[DONE]" not in left
        assert not left.endswith(b"0\r\n\r\n")


def test_other_calls_are_answered_while_streams_run(ask):
    with Emulator(latency=0.02) as emulator:
        streams = [opened(emulator, {"prompt": "word " * 5000, "max_tokens": 5000, "stream": True}) for _ in range(20)]
        for stream in streams:
            received(stream, b"data: ")

        assert ask(TEXT, {"prompt": "x"}, to=emulator).status == 200

        for stream in streams:
            stream.close()
        wait_for(lambda: answering() == 0)


def wait_for(condition):
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)
