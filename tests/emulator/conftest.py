"""One running emulator, and a way to ask it that shares nothing with cfai: `http.client` sends a path as given."""

import http.client
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest

from cfai.emulator import Emulator


@dataclass(frozen=True)
class Answered:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Ask = Callable[..., Answered]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


@pytest.fixture
def ask(emulator: Emulator) -> Ask:
    """Post a body to a model; every part of the request can be changed."""

    def call(
        model: str,
        body: object = None,
        *,
        to: Emulator = emulator,
        method: str = "POST",
        path: str | None = None,
        headers: Mapping[str, str] | None = None,
        kind: str | None = None,
    ) -> Answered:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        target = f"/client/v4/accounts/{to.account_id}/ai/run/{model}" if path is None else path
        sent = dict({"Authorization": f"Bearer {to.api_token}"} if headers is None else headers)
        if kind is not None:
            sent["Content-Type"] = kind
        address = to.base_url.removeprefix("http://").split("/")[0]
        with closing(http.client.HTTPConnection(address, timeout=30)) as connection:
            connection.request(method, target, raw, sent)
            response = connection.getresponse()
            return Answered(response.status, response.headers, response.read())

    return call
