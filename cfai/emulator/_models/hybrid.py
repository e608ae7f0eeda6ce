"""The model that answers in both forms of text generation at once (docs/wire.md 3.1, the fifth shape)."""

from collections.abc import Mapping
from typing import Any, Final

from attrs import frozen

from cfai.emulator._models.completions import Completions
from cfai.emulator._models.inputs import Json
from cfai.emulator._models.model import Answer, Model
from cfai.emulator._models.native import PARTS, Native
from cfai.emulator._models.schemas import NO_NULLS

_PRICES: Final = (26668, 204805)
_COMPLETIONS: Final = Completions(
    "@cf/meta/llama-3.3-70b-instruct-sd", *_PRICES, engine={}, schemas=NO_NULLS, wrapper="either"
)


@frozen
class _Hybrid:
    completions: Completions
    native: Native

    def __call__(self, body: dict[str, Any], seed: int) -> Answer:
        """Give the chat completion, with the native form's `response` and `tool_calls` at its end."""
        whole = self.completions(body, seed)
        native = self.native(body, seed).result
        calls = {"response": native["response"], "tool_calls": native["tool_calls"]}
        return Answer({**whole.result, **calls}, whole.neurons)


MODELS: Final[Mapping[str, Model]] = {
    "@cf/meta/llama-3.3-70b-instruct-fp8-fast": Model(
        Json(PARTS),
        _Hybrid(_COMPLETIONS, Native(*_PRICES, wrapper="either")),
        # A recording has a chat completion's chunks, with the native form in the last one alone (docs/wire.md 4).
        _COMPLETIONS.events,
        terms=True,
    ),
}
