"""A whole script: import, one call, exit. With cloudflare."""

import asyncio
import sys

from cloudflare import AsyncCloudflare


async def main() -> None:
    async with AsyncCloudflare(api_token="a-token", base_url=sys.argv[1]) as client:
        labels = await client.ai.run(
            "@cf/huggingface/distilbert-sst-2-int8", account_id="0123456789abcdef" * 2, text="I like it"
        )
    print(max(labels, key=lambda label: label.score).label)


asyncio.run(main())
