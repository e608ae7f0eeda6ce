"""Cloudflare's own SDK. It hands out dicts, and the picture in them as a text."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import worker
from cloudflare import AsyncCloudflare


@asynccontextmanager
async def client(base_url: str, sound: Path) -> AsyncIterator[Mapping[str, worker.Call]]:
    async with AsyncCloudflare(api_token=worker.TOKEN, base_url=base_url) as cloudflare:

        async def ask(model: str, **inputs: Any) -> Any:
            return await cloudflare.ai.run(model, account_id=worker.ACCOUNT, **inputs)

        async def draw() -> bytes:
            return worker.decoded((await ask(worker.PAINTER, prompt="a red cat"))["image"])

        yield {
            "small": lambda: ask(worker.CLASSIFIER, text=worker.TEXT),
            "embeddings": lambda: ask(worker.EMBEDDER, text=worker.TEXTS),
            "picture": draw,
            "upload": lambda: ask(worker.LISTENER, audio=sound.read_bytes()),
        }


if __name__ == "__main__":
    worker.run(client)
