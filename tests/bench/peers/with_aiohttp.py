"""The floor: aiohttp as its documentation shows it, by the same calls as in the other table."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import calls
import streams
import worker


@asynccontextmanager
async def client(base_url: str, sound: Path) -> AsyncIterator[Mapping[str, worker.Call]]:
    works = {
        "small": calls.CLASSIFICATION,
        "embeddings": calls.EMBEDDINGS,
        "picture": calls.PICTURE,
        "upload": calls.Upload(sound),
    }
    async with AsyncExitStack() as stack:
        ways = {
            name: await stack.enter_async_context(calls.with_aiohttp(work, base_url)) for name, work in works.items()
        }
        yield ways | {"stream": await stack.enter_async_context(streams.with_aiohttp(streams.CHAT, base_url))}


if __name__ == "__main__":
    worker.run(client)
