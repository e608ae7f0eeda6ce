"""Text classification: a feeling, told from a short list of words."""

import math
import re
from collections.abc import Mapping
from typing import Any, Final

from cfai.emulator._models.inputs import Json
from cfai.emulator._models.model import Answer, Model, count_tokens, noise
from cfai.emulator._schema import STRING, Shape

_INPUT: Final = (Shape(("text",), {"text": STRING}),)

_NEURONS_PER_TOKEN: Final = 2394e-6


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_GOOD: Final = _words(
    "adore amazing awesome beautiful best better brilliant delicious enjoy enjoyed excellent fantastic fine fun glad"
    " good great happy incredible like liked love loved lovely nice perfect pleasant pleased superb thanks wonderful"
)
_BAD: Final = _words(
    "angry annoying awful bad boring broken disappointed disgusting dislike dreadful fail failed hate hated horrible"
    " poor sad slow terrible ugly unhappy useless waste weak worse worst wrong"
)
_NEGATIONS: Final = _words("not no never hardly without")


def answer(body: dict[str, Any], seed: int) -> Answer:
    """Give both labels, the negative one first; their scores sum to 1."""
    text: str = body["text"]
    tilt = int.from_bytes(noise(2, "feeling", seed, text)) / 65535 - 0.5
    positive = round(1 / (1 + math.exp(-3 * _feeling(text) - tilt)), 8)
    result = [
        {"label": "NEGATIVE", "score": round(1 - positive, 8)},
        {"label": "POSITIVE", "score": positive},
    ]
    return Answer(result, count_tokens(text) * _NEURONS_PER_TOKEN)


def _feeling(text: str) -> int:
    """Count good words less bad ones, at most 4 either way; a negation turns the next word of either kind round."""
    total, sign = 0, 1
    for word in re.findall(r"[\w']+", text.lower()):
        if word in _NEGATIONS or word.endswith("n't"):
            sign = -1
        elif word in _GOOD or word in _BAD:
            total += sign if word in _GOOD else -sign
            sign = 1
    return max(-4, min(4, total))


def _example(_body: dict[str, Any], _seed: int) -> Answer:
    return Answer([{"label": "label", "score": 0}], None)


EXAMPLE: Final[Mapping[str, Model]] = {"model_name": Model(Json(_INPUT), _example)}
"""The API reference's example posts a text to this name, and shows this answer (docs/wire.md 1)."""

MODELS: Final[Mapping[str, Model]] = {"@cf/huggingface/distilbert-sst-2-int8": Model(Json(_INPUT), answer)}
