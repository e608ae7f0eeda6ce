"""The judge of conversations, llama-guard (docs/wire.md 3.6)."""

import re
from collections.abc import Mapping
from typing import Any, Final

from cfai.emulator._models.inputs import Json
from cfai.emulator._models.messages import messages_of, said
from cfai.emulator._models.model import Answer, Model, count_tokens
from cfai.emulator._models.text_common import usage, wants_json
from cfai.emulator._schema import INTEGER, NUMBER, STRING, Kind, Shape

_INPUT: Final = (
    Shape(
        ("messages",),
        {
            "messages": messages_of(("role", "content"), STRING, ("user", "assistant")),
            "max_tokens": INTEGER,
            "temperature": NUMBER,
            "response_format": Kind(("object",), shape=Shape((), {"type": STRING})),
        },
    ),
)
_PRICES: Final = (44003, 2730)
_BAD: Final = frozenset(
    [
        "attack",
        "bomb",
        "drugs",
        "explosive",
        "hurt",
        "kill",
        "murder",
        "poison",
        "shoot",
        "steal",
        "stab",
        "suicide",
        "weapon",
    ]
)


def answer(body: dict[str, Any], _seed: int) -> Answer:
    """Judge by a short list of words; as an object where JSON is asked for."""
    texts = said(body)
    bad = any(_BAD & set(re.findall(r"\w+", text.lower())) for text in texts)
    form = {"type": "text", **body.get("response_format", {})}
    categories = ["S1"] if bad else []
    word = "unsafe\nS1" if bad else "safe"
    response = {"safe": not bad, "categories": categories} if wants_json(form) else f"\n\n{word}"
    counts = usage(sum(map(count_tokens, texts)), count_tokens(word), *_PRICES)
    return Answer({"response": response, "usage": counts}, counts["neurons"])


MODELS: Final[Mapping[str, Model]] = {"@cf/meta/llama-guard-3-8b": Model(Json(_INPUT), answer)}
