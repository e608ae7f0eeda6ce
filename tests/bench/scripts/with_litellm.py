"""A whole script: import, one call, exit. With litellm."""

import asyncio
import sys

import litellm


async def main() -> None:
    answer = await litellm.acompletion(
        model="cloudflare/@cf/meta/llama-3.2-3b-instruct",
        messages=[{"role": "user", "content": "I like it"}],
        api_base=f"{sys.argv[1]}/accounts/{'0123456789abcdef' * 2}/ai/v1",
        api_key="a-token",
    )
    print(answer.choices[0].message.content)


asyncio.run(main())
