"""Cloudflare's own SDK. It hands out dicts, and the picture in them as a text.

Its `run(stream=True)` raises after it has read all; below it, `post` hands out events, and fails on the end mark.
"""

import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import worker
from cloudflare import AsyncCloudflare, AsyncStream


@asynccontextmanager
async def client(base_url: str, sound: Path) -> AsyncIterator[Mapping[str, worker.Call]]:
    async with AsyncCloudflare(api_token=worker.TOKEN, base_url=base_url) as cloudflare:

        async def ask(model: str, **inputs: Any) -> Any:
            return await cloudflare.ai.run(model, account_id=worker.ACCOUNT, **inputs)

        async def draw() -> bytes:
            return worker.decoded((await ask(worker.PAINTER, prompt="a red cat"))["image"])

        async def stream() -> str:
            texts = []
            path = f"/accounts/{worker.ACCOUNT}/ai/run/{worker.STREAMER}"
            body = {"messages": worker.MESSAGES, "stream": True}
            events = await cloudflare.post(path, cast_to=object, body=body, stream=True, stream_cls=AsyncStream[object])
            with contextlib.suppress(json.JSONDecodeError):
                async for event in events:
                    texts.append(event["choices"][0]["delta"].get("content", ""))  # noqa: PERF401  # it ends by raising
            return "".join(texts)

        yield {
            "small": lambda: ask(worker.CLASSIFIER, text=worker.TEXT),
            "embeddings": lambda: ask(worker.EMBEDDER, text=worker.TEXTS),
            "picture": draw,
            "upload": lambda: ask(worker.LISTENER, audio=sound.read_bytes()),
            "stream": stream,
        }


if __name__ == "__main__":
    worker.run(client)
