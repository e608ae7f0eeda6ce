"""Models that turn texts into vectors."""

from typing import Final

from .input_form import AS_ITS_TASK, InputForm
from .row import BATCH, NO, Price, Row, Trait, tokens
from .task import TEXT_EMBEDDINGS, ParamsNames, Task

TASKS: Final = {
    TEXT_EMBEDDINGS: Task(("TextEmbeddings",), "text", requests_a_minute=3000),
}


def _vectors(
    name: str,
    family: str,
    width: int,
    window: int | None = None,
    prices: tuple[Price, ...] = (),
    *,
    traits: Trait = NO,
    requests_a_minute: int | None = None,
    input: InputForm = AS_ITS_TASK,
    params: ParamsNames | None = None,
) -> Row:
    return Row(
        name,
        TEXT_EMBEDDINGS,
        family,
        traits,
        window,
        prices,
        width,
        requests_a_minute=requests_a_minute,
        input=input,
        params=params,
    )


ROWS: Final = (
    _vectors("@cf/baai/bge-base-en-v1.5", "bge", 768, 512, tokens(0.067, 6058), traits=BATCH),
    _vectors(
        "@cf/baai/bge-large-en-v1.5", "bge", 1024, 512, tokens(0.204, 18_582), traits=BATCH, requests_a_minute=1500
    ),
    _vectors(
        "@cf/baai/bge-m3",
        "bge-m3",
        1024,
        60_000,
        tokens(0.0118, 1075),
        traits=BATCH,
        input=InputForm(input_types={"query": "text", "document": "contexts"}, lacks={"top_k": "ranks all contexts"}),
        params=("TextEmbeddings", "Reranking"),
    ),
    _vectors("@cf/baai/bge-small-en-v1.5", "bge", 384, 512, tokens(0.02, 1841), traits=BATCH),
    _vectors("@cf/google/embeddinggemma-300m", "plain", 768),
    _vectors("@cf/pfnet/plamo-embedding-1b", "plain", 2048, None, tokens(0.0186, 1689)),
    _vectors(
        "@cf/qwen/qwen3-embedding-0.6b",
        "qwen",
        1024,
        8192,
        tokens(0.012, 1075),
        input=InputForm(input_types={"query": "queries", "document": "documents"}),
    ),
)
