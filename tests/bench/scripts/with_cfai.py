"""A whole script: import, one call, exit. With cfai."""

import asyncio
import sys

import cfai


async def main() -> None:
    async with cfai.AsyncClient(account_id="0123456789abcdef" * 2, api_token="a-token", base_url=sys.argv[1]) as ai:
        labels = await ai.run("@cf/huggingface/distilbert-sst-2-int8", cfai.TextClassification("I like it"))
    print(max(labels, key=lambda label: label.score).label)


asyncio.run(main())
