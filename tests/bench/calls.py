"""The same calls three ways: with cfai, with aiohttp as its documentation shows it, and with a leaner aiohttp.

Each way gives a coroutine function that makes one call and hands out a typed answer.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import msgspec
from yarl import URL

import cfai

ACCOUNT = "0123456789abcdef" * 2
TOKEN = "a-token-that-nobody-takes"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}

Call = Callable[[], Awaitable[object]]


class Label(msgspec.Struct):
    """What the floor reads a classification into."""

    label: str
    score: float


class Labels(msgspec.Struct):
    """Its envelope."""

    result: list[Label]
    success: bool


class Vectors(msgspec.Struct):
    """What the floor reads embeddings into."""

    data: list[list[float]]
    shape: list[int]


class Embedded(msgspec.Struct):
    """Its envelope."""

    result: Vectors
    success: bool


class Work:
    """What is asked, and what the floor decodes it with."""

    def __init__(self, model: str, params: cfai.Params[Any], body: dict[str, object], envelope: type[Any]) -> None:
        self.model = model
        self.params = params
        self.body = body
        self.decoder = msgspec.json.Decoder(envelope)


CLASSIFICATION = Work(
    "@cf/huggingface/distilbert-sst-2-int8", cfai.TextClassification("I like it"), {"text": "I like it"}, Labels
)
_TEXTS = [f"text {number}" for number in range(100)]
EMBEDDINGS = Work("@cf/baai/bge-m3", cfai.TextEmbeddings(_TEXTS), {"text": _TEXTS}, Embedded)


@asynccontextmanager
async def with_cfai(base_url: str, work: Work) -> AsyncIterator[Call]:
    """Call through the client."""
    async with cfai.AsyncClient(account_id=ACCOUNT, api_token=TOKEN, base_url=base_url, trust_env=False) as ai:
        yield lambda: ai.run(work.model, work.params)


@asynccontextmanager
async def with_aiohttp(base_url: str, work: Work) -> AsyncIterator[Call]:
    """Call as aiohttp's documentation shows it: one session, post, read; msgspec decodes."""
    url = f"{base_url}/accounts/{ACCOUNT}/ai/run/{work.model}"

    async with aiohttp.ClientSession() as session:

        async def call() -> object:
            async with session.post(url, json=work.body, headers=HEADERS) as response:
                return work.decoder.decode(await response.read()).result

        yield call


@asynccontextmanager
async def with_lean_aiohttp(base_url: str, work: Work) -> AsyncIterator[Call]:
    """Call with what aiohttp can be told to leave out: no cookie jar, the address parsed once, msgspec both ways."""
    url = URL(f"{base_url}/accounts/{ACCOUNT}/ai/run/{work.model}", encoded=True)
    headers = {**HEADERS, "Content-Type": "application/json"}
    encode = msgspec.json.Encoder().encode

    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:

        async def call() -> object:
            async with session.post(url, data=encode(work.body), headers=headers) as response:
                return work.decoder.decode(await response.read()).result

        yield call


WAYS = {"cfai": with_cfai, "aiohttp": with_aiohttp, "lean aiohttp": with_lean_aiohttp}
