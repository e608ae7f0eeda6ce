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

        async def stream() -> str:
            burst = openai.with_options(base_url=f"{base_url}/burst/v1")
            chunks = await burst.chat.completions.create(model=worker.CHAT, messages=worker.MESSAGES, stream=True)
            return "".join([chunk.choices[0].delta.content or "" async for chunk in chunks])

        yield {
            "small": lambda: openai.chat.completions.create(model=worker.CHAT, messages=worker.MESSAGES),
            "embeddings": lambda: openai.embeddings.create(model=worker.EMBEDDER, input=worker.TEXTS),
            "stream": stream,
        }


if __name__ == "__main__":
    worker.run(client)
