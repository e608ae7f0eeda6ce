"""Contexts ranked by a query, and the model that embeds them too (docs/wire.md 3.6, bge-reranker-base and bge-m3)."""

from collections.abc import Mapping
from typing import Any, Final

from attrs import frozen

from cfai.emulator._models.embeddings import QUEUED, TEXTS, listed, price
from cfai.emulator._models.inputs import Json
from cfai.emulator._models.model import Answer, Model, fraction
from cfai.emulator._models.vectors import likeness, vector
from cfai.emulator._replies import NoQueue, Refusal
from cfai.emulator._schema import BOOLEAN, STRING, Kind, Shape

_CONTEXTS: Final = Kind(("array",), fewest=1, items=Kind(("object",), shape=Shape((), {"text": STRING})))
_RERANKER_INPUT: Final = (
    # That its query has a character is in its schema.
    Shape(
        ("query", "contexts"),
        {"query": Kind(("string",), shortest=1), "contexts": _CONTEXTS, "top_k": Kind(("integer",), least=1)},
    ),
)
_M3_INPUT: Final = (
    Shape(("contexts",), {"query": STRING, "contexts": _CONTEXTS, "truncate_inputs": BOOLEAN}),
    Shape(("text",), {"text": TEXTS, "truncate_inputs": BOOLEAN}),
    QUEUED,
)
_WIDTH: Final = 1024
_LONGEST: Final = 60_000
"""Tokens in one call, as a recorded refusal tells."""


@frozen
class _Reranker:
    price: float

    def __call__(self, body: dict[str, Any], seed: int) -> Answer:
        """Give the best contexts, the best one first."""
        texts = _texts(body)
        return Answer(
            {"response": _ranked(body["query"], texts, seed)[: int(body.get("top_k", len(texts)))]},
            price([body["query"], *texts], self.price),
        )


@frozen
class _M3:
    price: float

    def __call__(self, body: dict[str, Any], seed: int) -> Answer:
        """Answer the question that was asked: a query with contexts, contexts alone, or texts."""
        if "contexts" not in body and "text" not in body:
            raise NoQueue
        texts = _texts(body) if "contexts" in body else listed(body["text"])
        asked = [body["query"], *texts] if "query" in body and "contexts" in body else texts
        self._refuse_if_too_long(body, asked)
        return Answer(self._result(body, texts, seed), price(asked, self.price))

    def _result(self, body: dict[str, Any], texts: list[str], seed: int) -> dict[str, Any]:
        if "contexts" in body and "query" in body:
            return {"response": _ranked(body["query"], texts, seed)}
        data = [vector(text, _WIDTH, "m3", seed) for text in texts]
        shape = [len(data), _WIDTH]
        if "contexts" in body:
            return {"response": data, "shape": shape, "pooling": "cls"}
        return {"shape": shape, "data": data}

    def _refuse_if_too_long(self, body: dict[str, Any], texts: list[str]) -> None:
        length = sum(len(text.split()) for text in texts)
        if length > _LONGEST and not body.get("truncate_inputs"):
            # The beginning and the number are recorded (docs/wire.md 2.4).
            raise Refusal(400, 3030, f"Max context reached {length} tokens, only supports {_LONGEST}")


def _texts(body: dict[str, Any]) -> list[str]:
    return [context.get("text", "") for context in body["contexts"]]


def _ranked(query: str, texts: list[str], seed: int) -> list[dict[str, Any]]:
    """Give ids and scores, the best first; the id is the index into the contexts."""
    scores = [0.98 * likeness(query, text) + 0.01 * fraction("rank", seed, query, text) for text in texts]
    order = sorted(range(len(texts)), key=lambda index: -scores[index])
    return [{"id": index, "score": round(scores[index], 8)} for index in order]


MODELS: Final[Mapping[str, Model]] = {
    "@cf/baai/bge-m3": Model(Json(_M3_INPUT), _M3(1075)),
    "@cf/baai/bge-reranker-base": Model(Json(_RERANKER_INPUT), _Reranker(283)),
}
