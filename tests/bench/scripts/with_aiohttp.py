"""A whole script: import, one call, exit. With aiohttp as its documentation shows it, and msgspec."""

import asyncio
import sys

import aiohttp
import msgspec


class Label(msgspec.Struct):
    label: str
    score: float


class Envelope(msgspec.Struct):
    result: list[Label]


async def main() -> None:
    url = f"{sys.argv[1]}/accounts/{'0123456789abcdef' * 2}/ai/run/@cf/huggingface/distilbert-sst-2-int8"
    headers = {"Authorization": "Bearer a-token"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, json={"text": "I like it"}, headers=headers) as response,
    ):
        labels = msgspec.json.decode(await response.read(), type=Envelope).result
    print(max(labels, key=lambda label: label.score).label)


asyncio.run(main())
