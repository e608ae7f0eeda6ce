"""A whole script: import, one call, exit. With langchain-cloudflare."""

import asyncio
import sys

from langchain_cloudflare import ChatCloudflareWorkersAI


async def main() -> None:
    chat = ChatCloudflareWorkersAI(
        account_id="0123456789abcdef" * 2,
        api_token="a-token",
        model="@cf/meta/llama-3.2-3b-instruct",
        base_url=sys.argv[1],
    )
    print((await chat.ainvoke("I like it")).content)


asyncio.run(main())
