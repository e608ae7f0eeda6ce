"""Fixtures of the clients' tests."""

from collections.abc import Iterator

import pytest
from kit.secrets import ACCOUNT, TOKEN
from kit.server import Server

import cfai


@pytest.fixture
def shared_client(server: Server) -> Iterator[cfai.Client]:
    """A synchronous client, for tests that can't be asynchronous."""
    with cfai.Client(account_id=ACCOUNT, api_token=TOKEN, base_url=server.base_url) as client:
        yield client
