"""One emulator for all rows of the table, and both clients of it."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from kit.worded import Worded

from cfai.emulator import Emulator


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


@pytest.fixture(scope="session")
def reviver() -> Iterator[Emulator]:
    """One that answers for the retired models as well."""
    with Emulator(retired=True) as running:
        yield running


async def _client_of(emulator: Emulator, kind: str) -> AsyncIterator[Any]:
    made: Any = emulator.async_client() if kind == "async" else Worded(emulator.client())
    yield made
    await made.aclose()


@pytest.fixture
async def asker(emulator: Emulator, kind: str) -> AsyncIterator[Any]:
    """One client of the emulator: `AsyncClient`, or `Client` with its words."""
    async for made in _client_of(emulator, kind):
        yield made


@pytest.fixture
async def reviver_asker(reviver: Emulator, kind: str) -> AsyncIterator[Any]:
    async for made in _client_of(reviver, kind):
        yield made
