"""The models that answer as a chat.completion, and what each adds to it (docs/wire.md 3.1).

Which of the two keys holds a model's reasoning is known of kimi's, gpt-oss's and qwen3's; which engine adds which key
to a choice is not known at all. The rest is our guess, and such that a client meets every kind. So it is with streams
(docs/wire.md 4): their forms are known, and whose each is hardly.
"""

from collections.abc import Mapping
from typing import Any, Final

from cfai.emulator._models.completions import INPUT, QUEUED_INPUT, Completions, chat
from cfai.emulator._models.inputs import Json
from cfai.emulator._models.model import Model
from cfai.emulator._models.streams.completions import ChunkForm
from cfai.emulator._models.thinking import always, never, unless_none, unless_told_not_to, when_asked

# The windows in this file are those that refusals have told (docs/wire.md 9).
_MILLION: Final = 1_048_576

_CONTENT: Final[dict[str, Any]] = {"reasoning": ("reasoning_content",)}
_SGLANG: Final[dict[str, Any]] = {
    **_CONTENT,
    "engine": {"matched_stop": None},
    "chunks": ChunkForm(usage="finish", nulls=True),
}
_DEEPSEEK: Final[dict[str, Any]] = {**_CONTENT, "chunks": ChunkForm(one_id=False), "context": _MILLION}
_QWEN: Final[dict[str, Any]] = {**_CONTENT, "chunks": ChunkForm(late=True, closes_calls=True)}
# Repeats in every turn (docs/wire.md 5).
_KIMI: Final[dict[str, Any]] = {"call_id": "functions.{name}:0", "chunks": ChunkForm(late=True), "context": 262_144}
# Their schemas have no null as content.
_TYPED: Final[dict[str, Any]] = {
    **_CONTENT,
    "more": {"prompt_logprobs": None},
    "no_content": "",
    "text_for_prompt": True,
    "chunks": ChunkForm(usage="cumulative"),
    # Their types take any value as a schema.
    "wrapper": "either",
}


def _row(
    name: str, *prices: float, paid: bool = False, terms: bool = False, queued: bool = False, **special: Any
) -> tuple[str, Model]:
    """Make the row of a model that calls itself by its own name."""
    read = Json(QUEUED_INPUT if queued else INPUT)
    return name, chat(read, Completions(name, *prices, **special), paid=paid, terms=terms)


_PAID: Final = {"paid": True}
_PAID_WITH_TERMS: Final = {"paid": True, "terms": True}

MODELS: Final[Mapping[str, Model]] = dict(
    [
        _row("@cf/deepseek-ai/deepseek-v4-flash-0731", 40000, 120000, **_PAID, thinks=unless_none, **_DEEPSEEK),
        _row("@cf/deepseek-ai/deepseek-v4-pro-0813", 120000, 360000, **_PAID, thinks=unless_none, **_DEEPSEEK),
        _row("@cf/moonshotai/kimi-k2.6", 86364, 363636, **_PAID_WITH_TERMS, thinks=unless_none, **_KIMI),
        _row("@cf/moonshotai/kimi-k2.7-code", 86364, 363636, **_PAID_WITH_TERMS, thinks=always, **_KIMI),
        _row("@cf/nvidia/nemotron-3-120b-a12b", 45455, 136364, terms=True, thinks=unless_told_not_to, **_CONTENT),
        _row("@cf/qwen/qwen3.8-27b", 40909, 290909, thinks=unless_told_not_to, **_QWEN),
        _row("@cf/zai-org/glm-4.7-flash", 5500, 36400, thinks=when_asked, **_SGLANG),
        _row("@cf/zai-org/glm-5.2", 127273, 400000, **_PAID, thinks=unless_told_not_to, **_SGLANG),
        _row("@cf/zai-org/glm-5.3", 127273, 400000, **_PAID, thinks=always, **_SGLANG, context=_MILLION),
        _row("@cf/zai-org/glm-5.3-flash", 13636, 45455, **_PAID_WITH_TERMS, thinks=always, **_SGLANG, context=_MILLION),
        _row("@cf/aisingapore/gemma-sea-lion-v4-27b-it", 31876, 50488, queued=True, thinks=never, **_TYPED),
        _row("@cf/qwen/qwen3-30b-a3b-fp8", 4625, 30475, queued=True, thinks=unless_told_not_to, **_TYPED),
        (
            "@cf/google/gemma-4-26b-a4b-it",
            chat(
                Json(INPUT),
                # Recorded answers of 2026 have this suffix more often than not.
                Completions("@cf/google/gemma-4-26b-a4b-it-external", 9091, 27273, thinks=when_asked, wrapper="either"),
                terms=True,
            ),
        ),
    ]
)
