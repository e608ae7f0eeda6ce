"""Texts as vectors, and texts in the order of their fitness (docs/wire.md 3.6)."""

from models.case import Case, shape

import cfai

BGE_WIDTHS = {
    "@cf/baai/bge-small-en-v1.5": 384,
    "@cf/baai/bge-base-en-v1.5": 768,
    "@cf/baai/bge-large-en-v1.5": 1024,
}
OTHER_WIDTHS = {
    "@cf/google/embeddinggemma-300m": 768,
    "@cf/pfnet/plamo-embedding-1b": 2048,
}
M3 = "@cf/baai/bge-m3"
QWEN = "@cf/qwen/qwen3-embedding-0.6b"
RERANKER = "@cf/baai/bge-reranker-base"

_CONTEXTS = b'[{"text":"a red cat"},{"text":"the weather"}]'

_VECTORS = (
    *(
        Case(
            model,
            cfai.TextEmbeddings(["a red cat", "the weather"], pooling="cls"),
            b'{"text":["a red cat","the weather"],"pooling":"cls"}',
            cfai.Embeddings,
            lambda answer: (answer.shape, answer.pooling),
            ([2, width], "cls"),
        )
        for model, width in BGE_WIDTHS.items()
    ),
    *(
        Case(model, cfai.TextEmbeddings("a red cat"), b'{"text":"a red cat"}', cfai.Embeddings, shape, [1, width])
        for model, width in (*BGE_WIDTHS.items(), *OTHER_WIDTHS.items(), (M3, 1024), (QWEN, 1024))
    ),
    Case(
        QWEN,
        cfai.TextEmbeddings(["a", "b"], input_type="query", instruction="Find cats"),
        b'{"queries":["a","b"],"instruction":"Find cats"}',
        cfai.Embeddings,
        shape,
        [2, 1024],
    ),
    Case(
        QWEN,
        cfai.TextEmbeddings(["a", "b", "c"], input_type="document"),
        b'{"documents":["a","b","c"]}',
        cfai.Embeddings,
        shape,
        [3, 1024],
    ),
)

_THREE_QUESTIONS = (
    Case(
        M3,
        cfai.TextEmbeddings(["a red cat"], truncate_inputs=True),
        b'{"text":["a red cat"],"truncate_inputs":true}',
        cfai.Embeddings,
        lambda answer: (answer.shape, "data" in answer.raw),
        ([1, 1024], True),
    ),
    Case(
        M3,
        cfai.Reranking("a cat", ["a red cat", "the weather"], truncate_inputs=False),
        b'{"query":"a cat","contexts":' + _CONTEXTS + b',"truncate_inputs":false}',
        list[cfai.RankedContext],
        lambda answer: max(answer, key=lambda context: context.score).id,
        0,
    ),
    Case(
        M3,
        cfai.TextEmbeddings(["a red cat", "the weather"], input_type="document"),
        b'{"contexts":' + _CONTEXTS + b"}",
        cfai.Embeddings,
        lambda answer: (answer.shape, "response" in answer.raw),
        ([2, 1024], True),
    ),
)

_RANKED = (
    Case(
        RERANKER,
        cfai.Reranking("a cat", ["a red cat", "the weather"]),
        b'{"query":"a cat","contexts":' + _CONTEXTS + b"}",
        list[cfai.RankedContext],
        lambda answer: (sorted(context.id for context in answer), max(answer, key=lambda each: each.score).id),
        ([0, 1], 0),
    ),
    Case(
        RERANKER,
        cfai.Reranking("weather", [{"text": "a red cat"}, "the weather"], top_k=1),
        b'{"query":"weather","contexts":' + _CONTEXTS + b',"top_k":1}',
        list[cfai.RankedContext],
        lambda answer: [context.id for context in answer],
        [1],
    ),
)

CASES = (*_VECTORS, *_THREE_QUESTIONS, *_RANKED)
