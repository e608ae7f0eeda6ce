"""Where the schemas and the facts of docs/wire.md disagree: the facts decide, and here is why."""

from collections.abc import Iterable
from typing import NamedTuple

from of_texts import CHAT, CHAT_OR_TEXT, NATIVE


class Known(NamedTuple):
    """One such place."""

    models: frozenset[str]
    what: str
    """"body" or "answer"."""
    paths: frozenset[str]
    why: str
    section: str
    """Of docs/wire.md."""

    def covers(self, model: str, what: str, path: str) -> bool:
        """Say whether it is this place."""
        return model in self.models and what == self.what and path in self.paths

    def __str__(self) -> str:
        return f"{self.what} {', '.join(sorted(self.paths))}: {self.why} (docs/wire.md {self.section})"


def _known(models: Iterable[str], what: str, paths: str, why: str, section: str) -> Known:
    return Known(frozenset(models), what, frozenset(paths.split()), why, section)


_HYBRID = "@cf/meta/llama-3.3-70b-instruct-fp8-fast"
_SCOUT = "@cf/meta/llama-4-scout-17b-16e-instruct"
_LORAS = (
    "@cf/google/gemma-2b-it-lora",
    "@cf/google/gemma-7b-it-lora",
    "@cf/meta-llama/llama-2-7b-chat-hf-lora",
    "@cf/mistral/mistral-7b-instruct-v0.2-lora",
)

KNOWN = (
    _known(
        NATIVE,
        "answer",
        "$.response",
        "in JSON mode it is the parsed object, and null beside a call of a tool; the schemas have a string",
        "3.1, 5",
    ),
    _known(
        {_HYBRID},
        "answer",
        "$.id $.object $.created $.model $.choices",
        "a recorded answer has the fields of a chat completion beside those of the native form",
        "3.1",
    ),
    _known(
        NATIVE,
        "answer",
        "$.tool_calls[0].id $.tool_calls[0].type $.tool_calls[0].function",
        "the types' one schema for all native models wants both forms of a call in one; a call comes in one of them",
        "5",
    ),
    _known(
        {_SCOUT},
        "answer",
        "$.tool_calls[0].function.arguments",
        "with an id around it a call has its arguments as JSON text; the schema has an object",
        "5",
    ),
    _known(
        NATIVE | CHAT_OR_TEXT,
        "body",
        "$.tool_choice",
        "the schemas of the older models have no such key, and the service takes it",
        "5",
    ),
    _known(
        _LORAS,
        "body",
        "$.lora",
        "the types' one schema for all native models leaves it out; the documentation's has it beside `prompt`",
        "3.1",
    ),
    _known(
        CHAT,
        "body",
        "$.prompt $.messages",
        "the documentation's schemas have a form with `prompt`, the newest types have `messages` alone",
        "3.1",
    ),
    _known(
        {"@cf/deepgram/aura-1", "@cf/deepgram/aura-2-en", "@cf/deepgram/aura-2-es"},
        "answer",
        "$",
        "it is MP3 unless told otherwise; the schema has MP3 alone",
        "3.4",
    ),
    _known(
        {"@cf/microsoft/resnet-50", "@cf/llava-hf/llava-1.5-7b-hf"},
        "body",
        "$",
        "the documentation's schema has the raw bytes, the types have an array of numbers alone",
        "3.6",
    ),
    _known(
        {"@cf/moondream/moondream3.1-9B-A2B"},
        "answer",
        "$.answer $.caption $.points $.objects $.reasoning",
        "what the task does not fill is null; the schema has no null",
        "3.2",
    ),
)
