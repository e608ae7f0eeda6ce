"""cfai, by the same calls as in the other table."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import calls
import streams
import worker

import cfai


@asynccontextmanager
async def client(base_url: str, sound: Path) -> AsyncIterator[Mapping[str, worker.Call]]:
    works = {
        "small": calls.CLASSIFICATION,
        "embeddings": calls.EMBEDDINGS,
        "picture": calls.PICTURE,
        "upload": calls.Upload(sound),
    }
    account = {"account_id": worker.ACCOUNT, "api_token": worker.TOKEN}
    async with cfai.AsyncClient(**account, base_url=base_url) as ai:
        runs = {name: lambda work=work: ai.run(work.model, work.params) for name, work in works.items()}
        async with streams.with_cfai(streams.CHAT, base_url) as stream:
            yield runs | {"stream": stream}


if __name__ == "__main__":
    worker.run(client)
