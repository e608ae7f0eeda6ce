"""langchain-cloudflare, which knows chat and embeddings; its embeddings come in one batch here, as the others' do."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import worker
from langchain_cloudflare import ChatCloudflareWorkersAI, CloudflareWorkersAIEmbeddings


@asynccontextmanager
async def client(base_url: str, _: Path) -> AsyncIterator[Mapping[str, worker.Call]]:
    account = {"account_id": worker.ACCOUNT, "api_token": worker.TOKEN}
    chat = ChatCloudflareWorkersAI(**account, model=worker.CHAT, base_url=base_url)
    embedder = CloudflareWorkersAIEmbeddings(
        **account, model_name=worker.EMBEDDER, api_base_url=f"{base_url}/accounts", batch_size=len(worker.TEXTS)
    )
    burst = ChatCloudflareWorkersAI(**account, model=worker.CHAT, base_url=f"{base_url}/burst")

    async def stream() -> str:
        return "".join([chunk.text async for chunk in burst.astream(worker.TEXT)])

    yield {
        "small": lambda: chat.ainvoke(worker.TEXT),
        "embeddings": lambda: embedder.aembed_documents(worker.TEXTS),
        "stream": stream,
    }


if __name__ == "__main__":
    worker.run(client)
