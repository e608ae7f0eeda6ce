"""The documentation's FastAPI app, served by uvicorn on loopback."""

import asyncio
import importlib.util
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing, contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import aiohttp
import pytest
import uvicorn
from kit.secrets import ACCOUNT, OTHER_TOKEN, TOKEN, found_in
from kit.server import Server, Step, answer, drip, hang, response, send, until

import cfai
from cfai.emulator import Emulator

FILE = Path(__file__).parents[2] / "docs" / "examples" / "fastapi_app.py"
Post = Callable[..., Any]
Open = Callable[..., AbstractAsyncContextManager[aiohttp.ClientResponse]]
PATIENCE = 20.0
"""Seconds for what takes none on a machine that has nothing else to do."""


@pytest.fixture(scope="module")
def example() -> ModuleType:
    spec = importlib.util.spec_from_file_location("fastapi_app", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator(account_id=ACCOUNT, api_token=TOKEN) as running:
        yield running


@contextmanager
def served(app: Any) -> Iterator[tuple[Any, str]]:
    """Serve an app from a thread; give the server and its address."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        config = uvicorn.Config(app, log_config=None, loop="asyncio", http="h11", ws="none", lifespan="on")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield server, f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)


@pytest.fixture
def begin(example: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Start the app against a service, and post one JSON to it; the app runs on until the block is left."""

    @asynccontextmanager
    async def begin(
        path: str, json: Any, *, base_url: str, token: str = TOKEN
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        monkeypatch.setenv("CLOUDFLARE_ACCOUNT_ID", ACCOUNT)
        monkeypatch.setenv("CLOUDFLARE_API_TOKEN", token)
        monkeypatch.setenv("CLOUDFLARE_BASE_URL", base_url)
        with served(example.app) as (app_server, address):
            assert await until(lambda: app_server.started, PATIENCE)
            async with aiohttp.ClientSession() as session, session.post(address + path, json=json) as answered:
                yield answered

    return begin


@pytest.fixture
def visit(begin: Open) -> Post:
    """Do that, and read the whole answer."""

    async def visit(path: str, json: Any, *, base_url: str, token: str = TOKEN) -> tuple[int, Any, bytes]:
        async with begin(path, json, base_url=base_url, token=token) as answered:
            return answered.status, answered.headers, await answered.read()

    return visit


def stream(*texts: str) -> bytes:
    """Write the beginning of a stream."""
    body = "".join(f'data: {{"response": "{text}"}}\n\n' for text in texts)
    return response(body, headers={"Content-Type": "text/event-stream"}, length=-1)


def refusal(code: int) -> dict[str, Any]:
    return {"success": False, "errors": [{"code": code, "message": "inner words"}], "messages": [], "result": {}}


async def test_a_text_is_classified(visit: Post, emulator: Emulator) -> None:
    status, headers, body = await visit("/classify", {"text": "I like it"}, base_url=emulator.base_url)

    assert (200, "application/json") == (status, headers["content-type"])
    assert body.startswith(b'{"label":"POSITIVE","score":0.')


async def test_a_picture_is_drawn_and_has_its_true_type(visit: Post, emulator: Emulator) -> None:
    status, headers, body = await visit("/draw", {"prompt": "a red cat"}, base_url=emulator.base_url)

    assert (200, "image/jpeg") == (status, headers["content-type"])
    assert body.startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize(
    ("path", "json"), [("/classify", {"text": ""}), ("/draw", {}), ("/draw", {"prompt": "x" * 2001})]
)
async def test_what_is_no_text_is_refused_before_the_service_is_asked(
    visit: Post, server: Server, path: str, json: Any
) -> None:
    status, _, _ = await visit(path, json, base_url=server.base_url)

    assert 422 == status
    assert [] == server.seen


async def test_a_wrong_token_is_none_of_the_visitors_business(
    visit: Post, emulator: Emulator, caplog: pytest.LogCaptureFixture
) -> None:
    status, _, body = await visit("/draw", {"prompt": "a cat"}, base_url=emulator.base_url, token=OTHER_TOKEN)

    assert (502, b'{"detail":"The model gave no answer."}') == (status, body)
    assert "/draw is answered with 502: Unauthorized(" in caplog.text
    assert [] == found_in(caplog.text)


async def test_a_service_that_hangs_is_a_504(
    visit: Post, server: Server, example: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(example, "TIME_LIMIT", 0.2)
    server.always(hang())
    status, _, body = await visit("/classify", {"text": "hello"}, base_url=server.base_url)

    assert (504, b'{"detail":"The model took too long."}') == (status, body)


async def test_a_busy_service_is_a_503_that_says_when_to_come_back(visit: Post, server: Server) -> None:
    server.always(answer(refusal(3040), 429, {"Retry-After": "70"}))
    status, headers, body = await visit("/classify", {"text": "hello"}, base_url=server.base_url)

    assert (503, "70") == (status, headers["retry-after"])
    assert b"inner words" not in body


async def test_a_spent_day_is_a_503_until_it_is_over(visit: Post, server: Server) -> None:
    server.always(answer(refusal(3036), 429))
    status, headers, _ = await visit("/classify", {"text": "hello"}, base_url=server.base_url)
    again = parsedate_to_datetime(headers["retry-after"])

    assert 503 == status
    assert again > datetime.now(UTC)
    assert (0, 0, 0) == (again.hour, again.minute, again.second)


@pytest.mark.parametrize(
    ("code", "sent", "told"), [(5006, 400, 400), (5028, 400, 502), (3006, 413, 413), (3046, 408, 504), (3001, 500, 502)]
)
async def test_what_the_service_refuses(visit: Post, server: Server, code: int, sent: int, told: int) -> None:
    server.always(answer(refusal(code), sent))
    status, headers, body = await visit("/draw", {"prompt": "a cat"}, base_url=server.base_url)

    assert told == status
    assert "retry-after" not in headers
    assert b"inner words" not in body


async def test_a_story_is_told_while_it_is_written(begin: Open, server: Server) -> None:
    server.always(hang(stream("Once", " upon")))
    async with begin("/tell", {"prompt": "a cat"}, base_url=server.base_url) as answered:
        async with asyncio.timeout(PATIENCE):
            told = [await answered.content.readuntil(b"\n\n") for _ in range(2)]

        assert (200, "text/event-stream") == (answered.status, answered.content_type)
        assert [b'event: text\ndata: "Once"\n\n', b'event: text\ndata: " upon"\n\n'] == told
        assert 1 == server.open_connections


async def test_a_story_is_told_to_its_end(visit: Post, emulator: Emulator) -> None:
    status, _, body = await visit("/tell", {"prompt": "a cat"}, base_url=emulator.base_url)
    events = body.decode().split("\n\n")

    assert 200 == status
    assert 'event: text\ndata: "I"' == events[0]
    assert ['event: end\ndata: {"truncated": false}', ""] == events[-2:]


@pytest.mark.parametrize(
    "service",
    [hang(stream("Once")), drip(stream("Once"), b'data: {"response": " more"}\n\n', 0.02)],
    ids=["that says nothing more", "that goes on"],
)
async def test_a_visitor_who_goes_away_ends_the_request_upstream(begin: Open, server: Server, service: Step) -> None:
    server.always(service)
    async with begin("/tell", {"prompt": "a cat"}, base_url=server.base_url) as answered:
        async with asyncio.timeout(PATIENCE):
            await answered.content.readuntil(b"\n\n")
        before = server.open_connections
        answered.close()
        ended = await until(lambda: server.open_connections == 0, PATIENCE)  # and the app still runs

    assert (1, True) == (before, ended)
    assert 1 == len(server.seen)


async def test_a_story_that_breaks_off_says_so(visit: Post, server: Server, caplog: pytest.LogCaptureFixture) -> None:
    server.always(send(stream("Once", " upon")))
    status, _, body = await visit("/tell", {"prompt": "a cat"}, base_url=server.base_url)

    assert 200 == status
    assert body.endswith(b'event: broken\ndata: "The model gave no answer."\n\n')
    assert "/tell broke off after 9 characters: StreamTruncated(" in caplog.text
    assert [] == found_in(caplog.text)


async def test_a_story_that_stops_coming_says_so(
    visit: Post, server: Server, example: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(example, "TIME_LIMIT", 2.0)
    server.always(hang(stream("Once")))
    status, _, body = await visit("/tell", {"prompt": "a cat"}, base_url=server.base_url)

    assert 200 == status
    assert body.endswith(b'event: broken\ndata: "The model took too long."\n\n')


async def test_a_story_that_does_not_begin_has_a_status_of_its_own(visit: Post, server: Server) -> None:
    server.always(answer(refusal(3040), 429, {"Retry-After": "70"}))
    status, headers, body = await visit("/tell", {"prompt": "a cat"}, base_url=server.base_url)

    assert (503, "70") == (status, headers["retry-after"])
    assert b'{"detail":"Too much to do. Please try again later."}' == body


@pytest.mark.parametrize(
    ("kind", "told"), [(cfai.InvalidParams, 422), (cfai.ClientClosed, 502), (cfai.DecodeError, 502)]
)
async def test_what_no_service_says(example: ModuleType, kind: type[cfai.CfaiError], told: int) -> None:
    scope = {"type": "http", "method": "POST", "path": "/draw", "headers": [], "server": ("localhost", 80)}
    refused = await example.refuse(example.Request(scope), kind("inner words"))

    assert told == refused.status_code
    assert b"inner words" not in refused.body
