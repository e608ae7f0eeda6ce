"""openai, by the service's OpenAI-shaped addresses: it knows chat and embeddings of Workers AI, and nothing else."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import worker
from openai import AsyncOpenAI


@asynccontextmanager
async def client(base_url: str, _: Path) -> AsyncIterator[Mapping[str, worker.Call]]:
    address = f"{base_url}/accounts/{worker.ACCOUNT}/ai/v1"
    async with AsyncOpenAI(api_key=worker.TOKEN, base_url=address) as openai:
        yield {
            "small": lambda: openai.chat.completions.create(model=worker.CHAT, messages=worker.MESSAGES),
            "embeddings": lambda: openai.embeddings.create(model=worker.EMBEDDER, input=worker.TEXTS),
        }


if __name__ == "__main__":
    worker.run(client)
