"""httpx as its documentation shows it: one client, post, json; its stream line by line."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import worker


@asynccontextmanager
async def client(base_url: str, sound: Path) -> AsyncIterator[Mapping[str, worker.Call]]:
    async with httpx.AsyncClient(
        base_url=f"{base_url}/accounts/{worker.ACCOUNT}/ai/run/",
        headers={"Authorization": f"Bearer {worker.TOKEN}"},
        limits=httpx.Limits(max_connections=256, max_keepalive_connections=256),
    ) as http:

        async def ask(model: str, **body: Any) -> Any:
            return (await http.post(model, **body)).json()["result"]

        async def draw() -> bytes:
            return worker.decoded((await ask(worker.PAINTER, json={"prompt": "a red cat"}))["image"])

        async def stream() -> str:
            body = {"messages": worker.MESSAGES, "stream": True}
            async with http.stream("POST", worker.STREAMER, json=body) as response:
                events = [json.loads(line[6:]) async for line in response.aiter_lines() if line.startswith("data: {")]
            return "".join([event["choices"][0]["delta"].get("content", "") for event in events])

        yield {
            "small": lambda: ask(worker.CLASSIFIER, json={"text": worker.TEXT}),
            "embeddings": lambda: ask(worker.EMBEDDER, json={"text": worker.TEXTS}),
            "picture": draw,
            "upload": lambda: ask(worker.LISTENER, content=sound.read_bytes(), headers={"Content-Type": "audio/mpeg"}),
            "stream": stream,
        }


if __name__ == "__main__":
    worker.run(client)
