"""A whole script: import, one call, exit. With httpx as its documentation shows it."""

import asyncio
import sys

import httpx


async def main() -> None:
    url = f"{sys.argv[1]}/accounts/{'0123456789abcdef' * 2}/ai/run/@cf/huggingface/distilbert-sst-2-int8"
    async with httpx.AsyncClient() as client:
        response = await client.post(url, json={"text": "I like it"}, headers={"Authorization": "Bearer a-token"})
    print(max(response.json()["result"], key=lambda label: label["score"])["label"])


asyncio.run(main())
