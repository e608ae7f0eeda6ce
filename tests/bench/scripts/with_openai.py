"""A whole script: import, one call, exit. With openai."""

import asyncio
import sys

from openai import AsyncOpenAI


async def main() -> None:
    address = f"{sys.argv[1]}/accounts/{'0123456789abcdef' * 2}/ai/v1"
    async with AsyncOpenAI(api_key="a-token", base_url=address) as client:
        answer = await client.chat.completions.create(
            model="@cf/meta/llama-3.2-3b-instruct", messages=[{"role": "user", "content": "I like it"}]
        )
    print(answer.choices[0].message.content)


asyncio.run(main())
