"""Text embeddings (docs/wire.md 3.6)."""

from collections.abc import Mapping
from typing import Any, Final

from attrs import frozen

from cfai.emulator._models.inputs import Json
from cfai.emulator._models.model import Answer, Model, count_tokens
from cfai.emulator._models.vectors import vector
from cfai.emulator._replies import BadInput, NoQueue
from cfai.emulator._schema import STRING, Kind, Shape

# The service takes at most 100 texts in a call; its wording for more is not recorded, nor is what it says of none.
TEXTS: Final = Kind(("string", "array"), fewest=1, most=100, items=STRING)
QUEUED: Final = Shape(("requests",), {"requests": Kind(("array",))})
"""The batch form (docs/wire.md 6): known, so that a body with neither is refused in the words of both."""

_POOLED_INPUT: Final = (
    Shape(("text",), {"text": TEXTS, "pooling": Kind(("string",), choices=("mean", "cls"))}),
    QUEUED,
)
_INPUT: Final = (Shape(("text",), {"text": TEXTS}),)
_QWEN_KEYS: Final = ("queries", "documents", "text")
_QWEN_INPUT: Final = (Shape((), {**dict.fromkeys(_QWEN_KEYS, TEXTS), "instruction": STRING}),)


@frozen
class Pooled:
    """The English models of BGE, with their two poolings."""

    width: int
    price: float
    """Neurons for a million tokens."""

    def __call__(self, body: dict[str, Any], seed: int) -> Answer:
        """Give a vector for each text; those of the two poolings do not go together."""
        if "text" not in body:
            raise NoQueue
        texts, pooling = listed(body["text"]), body.get("pooling", "mean")
        data = [vector(text, self.width, pooling, seed) for text in texts]
        return Answer({"shape": [len(data), self.width], "data": data, "pooling": pooling}, price(texts, self.price))


@frozen
class _Ordinary:
    width: int
    price: float = 0
    keys: tuple[str, str] = ("data", "shape")

    def __call__(self, body: dict[str, Any], seed: int) -> Answer:
        texts = listed(body["text"])
        data = [vector(text, self.width, "mean", seed) for text in texts]
        result = {"data": data, "shape": [len(data), self.width]}
        return Answer({key: result[key] for key in self.keys}, price(texts, self.price))


@frozen
class _Asymmetric:
    """The model that embeds queries other than documents."""

    width: int
    price: float

    def __call__(self, body: dict[str, Any], seed: int) -> Answer:
        """Embed the first of the three lists that is there; an instruction is a word in front of each query."""
        key = next((name for name in _QWEN_KEYS if name in body), None)
        if key is None:
            # The schema requires none of them; what the service says then is not known.
            raise BadInput("one of queries, documents and text is required")
        texts = listed(body[key])
        instruction = body.get("instruction", "") if key != "documents" else ""
        data = [vector(f"{instruction} {text}".strip(), self.width, "mean", seed) for text in texts]
        return Answer({"data": data, "shape": [len(data), self.width]}, price(texts, self.price))


def listed(text: str | list[str]) -> list[str]:
    """Give one text or many as a list."""
    return [text] if isinstance(text, str) else text


def price(texts: list[str], per_million: float) -> float:
    """Count the neurons of *texts*."""
    return sum(map(count_tokens, texts)) * per_million / 1e6


MODELS: Final[Mapping[str, Model]] = {
    "@cf/baai/bge-small-en-v1.5": Model(Json(_POOLED_INPUT), Pooled(384, 1841)),
    "@cf/baai/bge-base-en-v1.5": Model(Json(_POOLED_INPUT), Pooled(768, 6058)),
    "@cf/baai/bge-large-en-v1.5": Model(Json(_POOLED_INPUT), Pooled(1024, 18582)),
    "@cf/google/embeddinggemma-300m": Model(Json(_INPUT), _Ordinary(768, keys=("shape", "data"))),
    "@cf/pfnet/plamo-embedding-1b": Model(Json(_INPUT), _Ordinary(2048, 1689)),
    "@cf/qwen/qwen3-embedding-0.6b": Model(Json(_QWEN_INPUT), _Asymmetric(1024, 1075)),
}
REMOVED: Final[Mapping[str, Model]] = {
    "@cf/baai/omni-bge-base-en-v1.5": Model(Json(_POOLED_INPUT), Pooled(768, 6058)),
}
"""Models that went without notice."""
