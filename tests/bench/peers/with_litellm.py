"""litellm, which knows chat of Workers AI and nothing else."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import litellm
import worker


@asynccontextmanager
async def client(base_url: str, _: Path) -> AsyncIterator[Mapping[str, worker.Call]]:
    async def stream() -> str:
        chunks = await litellm.acompletion(
            model=f"cloudflare/{worker.CHAT}",
            messages=worker.MESSAGES,
            api_base=f"{base_url}/burst/v1",
            api_key=worker.TOKEN,
            stream=True,
        )
        return "".join([chunk.choices[0].delta.content or "" async for chunk in chunks])

    yield {
        "small": lambda: litellm.acompletion(
            model=f"cloudflare/{worker.CHAT}",
            messages=worker.MESSAGES,
            api_base=f"{base_url}/accounts/{worker.ACCOUNT}/ai/v1",
            api_key=worker.TOKEN,
        ),
        "stream": stream,
    }


if __name__ == "__main__":
    worker.run(client)
