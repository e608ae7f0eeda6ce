"""A whole script: import, one call, exit. With aiohttp in anyio's portal, for a program without a loop."""

import sys

import aiohttp
import msgspec
from anyio.from_thread import start_blocking_portal


class Label(msgspec.Struct):
    label: str
    score: float


class Envelope(msgspec.Struct):
    result: list[Label]


async def new_session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession()  # it has to be made in the loop


async def classify(session: aiohttp.ClientSession, text: str) -> list[Label]:
    url = f"{sys.argv[1]}/accounts/{'0123456789abcdef' * 2}/ai/run/@cf/huggingface/distilbert-sst-2-int8"
    async with session.post(url, json={"text": text}, headers={"Authorization": "Bearer a-token"}) as response:
        return msgspec.json.decode(await response.read(), type=Envelope).result


with start_blocking_portal() as portal, portal.wrap_async_context_manager(portal.call(new_session)) as session:
    labels = portal.call(classify, session, "I like it")
print(max(labels, key=lambda label: label.score).label)
