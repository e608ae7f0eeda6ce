"""The documentation's FastAPI app, served by uvicorn on loopback."""

import importlib.util
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import aiohttp
import pytest
import uvicorn
from kit.secrets import ACCOUNT, OTHER_TOKEN, TOKEN, found_in
from kit.server import Server, answer, hang, until

import cfai
from cfai.emulator import Emulator

FILE = Path(__file__).parents[2] / "docs" / "examples" / "fastapi_app.py"
Post = Callable[..., Any]


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
def visit(example: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Post:
    """Start the app against a service, and post one JSON to it."""

    async def visit(path: str, json: Any, *, base_url: str, token: str = TOKEN) -> tuple[int, Any, bytes]:
        monkeypatch.setenv("CLOUDFLARE_ACCOUNT_ID", ACCOUNT)
        monkeypatch.setenv("CLOUDFLARE_API_TOKEN", token)
        monkeypatch.setenv("CLOUDFLARE_BASE_URL", base_url)
        with served(example.app) as (app_server, address):
            assert await until(lambda: app_server.started)
            async with aiohttp.ClientSession() as session, session.post(address + path, json=json) as response:
                return response.status, response.headers, await response.read()

    return visit


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


@pytest.mark.parametrize(
    ("kind", "told"), [(cfai.InvalidParams, 422), (cfai.ClientClosed, 502), (cfai.DecodeError, 502)]
)
async def test_what_no_service_says(example: ModuleType, kind: type[cfai.CfaiError], told: int) -> None:
    scope = {"type": "http", "method": "POST", "path": "/draw", "headers": [], "server": ("localhost", 80)}
    refused = await example.refuse(example.Request(scope), kind("inner words"))

    assert told == refused.status_code
    assert b"inner words" not in refused.body
