"""A whole script: import, one call, exit. With huggingface_hub."""

import asyncio
import sys

from huggingface_hub import AsyncInferenceClient


async def main() -> None:
    async with AsyncInferenceClient(provider="hf-inference", token="a-token") as client:
        labels = await client.text_classification("I like it", model=f"{sys.argv[1]}/hub/classify")
    print(max(labels, key=lambda label: label.score).label)


asyncio.run(main())
