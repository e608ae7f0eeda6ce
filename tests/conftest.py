"""What all tests stand on: a clean environment, a server on bare sockets, and both clients under one set of words."""

import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # for `kit`: with importlib mode pytest adds nothing

from kit.secrets import ACCOUNT, TOKEN
from kit.server import Host, Server
from kit.worded import Worded

import cfai

pytest_plugins = ["kit.canary"]  # no test may show a secret, wherever it does

Make = Callable[..., Any]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    for name in os.environ:
        if name.startswith("CLOUDFLARE_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("NETRC", os.devnull)


@pytest.fixture(scope="session")
def host() -> Iterator[Host]:
    made = Host()
    yield made
    made.close()


@pytest.fixture
def server(host: Host) -> Iterator[Server]:
    """One server; it says hello where it has no script."""
    made = Server(host).start()
    yield made
    made.close()


@pytest.fixture(params=["async", "sync"])
def kind(request: pytest.FixtureRequest) -> str:
    """Which client: a test that asks for this, or for what stands on it, runs on both."""
    return str(request.param)


@pytest.fixture
async def make(kind: str, server: Server) -> AsyncIterator[Make]:
    """Make a client of the server; any setting can be changed. It is closed behind the test."""
    made: list[Any] = []

    def make(**settings: Any) -> Any:
        settings = {"base_url": server.base_url, **settings}
        if not getattr(settings.get("options"), "retry", None):
            # One attempt, unless the test says otherwise: what comes behind the first is for the tests of retries.
            settings["options"] = (settings.get("options") or cfai.RequestOptions()).over(
                cfai.RequestOptions(retry=None)
            )
        if "account_id" not in settings:
            settings["account_id"] = ACCOUNT
        if "api_token" not in settings:
            settings["api_token"] = TOKEN
        made.append(cfai.AsyncClient(**settings) if kind == "async" else Worded(cfai.Client(**settings)))
        return made[-1]

    yield make
    for client in made:
        await client.aclose()


@pytest.fixture
def client(make: Make) -> Any:
    """One client of the server: `AsyncClient`, or `Client` with its words."""
    return make()
