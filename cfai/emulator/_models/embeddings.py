"""Text embeddings: vectors that lie nearer the more words two texts share."""

import math
import re
import struct
from collections import Counter
from typing import Any, Final

from cfai.emulator._models.model import Answer, count_tokens, noise
from cfai.emulator._replies import NoQueue
from cfai.emulator._schema import STRING, Kind, Shape

INPUT: Final = (
    Shape(
        ("text",),
        {
            # The service takes at most 100 texts in a call; its wording for more is not recorded.
            "text": Kind(("string", "array"), most=100, items=STRING),
            "pooling": Kind(("string",), choices=("mean", "cls")),
        },
    ),
    # The batch form (docs/wire.md 6): known, so that a body with neither is refused in the words of both.
    Shape(("requests",), {"requests": Kind(("array",))}),
)

_NEURONS_PER_TOKEN: Final = 6058e-6
_WIDTH: Final = 768
_OWN_SHARE: Final = 0.25
"""How much of a vector is the text's own, where each word has 1: its words in another order are near, not equal."""


def answer(body: dict[str, Any], seed: int) -> Answer:
    """Give a unit vector for each text, equal for equal texts."""
    if "text" not in body:
        raise NoQueue
    texts: list[str] = [body["text"]] if isinstance(body["text"], str) else body["text"]
    pooling = body.get("pooling", "mean")
    data = [_vector(text, pooling, seed) for text in texts]
    result = {"shape": [len(data), _WIDTH], "data": data, "pooling": pooling}
    return Answer(result, sum(map(count_tokens, texts)) * _NEURONS_PER_TOKEN)


def _vector(text: str, pooling: str, seed: int) -> list[float]:
    # Vectors of the two poolings do not go together (docs/wire.md 3.6), so each has directions of its own.
    words = Counter(re.findall(r"\w+", text.casefold()))
    weighted = [(_OWN_SHARE, _direction("text", text, pooling, seed))]
    weighted += [(count, _direction("word", word, pooling, seed)) for word, count in words.items()]
    total = [0.0] * _WIDTH
    for weight, direction in weighted:
        total = [value + weight * step for value, step in zip(total, direction, strict=True)]
    length = math.hypot(*total)
    return [round(value / length, 8) for value in total]


def _direction(*parts: object) -> tuple[int, ...]:
    """Point somewhere at random; in this many dimensions any two such directions are nearly at right angles."""
    return struct.unpack(f"<{_WIDTH}h", noise(2 * _WIDTH, *parts))
