"""huggingface_hub, by addresses and answers of its own service, for it does not know Cloudflare's."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import worker
from huggingface_hub import AsyncInferenceClient


@asynccontextmanager
async def client(base_url: str, sound: Path) -> AsyncIterator[Mapping[str, worker.Call]]:
    async with AsyncInferenceClient(provider="hf-inference", token=worker.TOKEN) as hub:

        async def stream() -> str:
            chunks = await hub.chat_completion(worker.MESSAGES, model=f"{base_url}/burst", stream=True)
            return "".join([chunk.choices[0].delta.content or "" async for chunk in chunks])

        yield {
            "small": lambda: hub.text_classification(worker.TEXT, model=f"{base_url}/hub/classify"),
            "embeddings": lambda: hub.feature_extraction(worker.TEXTS, model=f"{base_url}/hub/embed"),
            "upload": lambda: hub.automatic_speech_recognition(sound, model=f"{base_url}/hub/listen"),
            "stream": stream,
        }


if __name__ == "__main__":
    worker.run(client)
