"""Text generation, in the native form of the older models (docs/wire.md 3.1, the first family)."""

import re
from itertools import islice
from typing import Any, Final

from cfai.emulator._instance import instance
from cfai.emulator._models.model import Answer, count_tokens
from cfai.emulator._replies import BadInput
from cfai.emulator._schema import BOOLEAN, INTEGER, NUMBER, OBJECT, STRING, Kind, Shape

_KNOBS: Final = {
    "raw": BOOLEAN,
    "stream": BOOLEAN,
    "max_tokens": INTEGER,
    "temperature": NUMBER,
    "top_p": NUMBER,
    "top_k": NUMBER,
    "seed": NUMBER,
    "repetition_penalty": NUMBER,
    "frequency_penalty": NUMBER,
    "presence_penalty": NUMBER,
    "response_format": Kind(("object",), shape=Shape(("type",), {"type": STRING, "json_schema": OBJECT})),
}
# Content in parts and a null content are refused by this family (docs/wire.md 5).
_MESSAGE: Final = Kind(("object",), shape=Shape(("role", "content"), {"role": STRING, "content": STRING}))

INPUT: Final = (
    Shape(("prompt",), {"prompt": STRING, "lora": STRING, **_KNOBS}),
    Shape(("messages",), {"messages": Kind(("array",), items=_MESSAGE), "tools": Kind(("array", "object")), **_KNOBS}),
)

_NEURONS_PER_TOKEN_IN: Final = 4625e-6
_NEURONS_PER_TOKEN_OUT: Final = 30475e-6
_MAX_TOKENS: Final = 256
"""What an absent `max_tokens` means to the service (docs/wire.md 3.1)."""


def answer(body: dict[str, Any], seed: int) -> Answer:
    """Echo the question, as a text or, where JSON is asked for, as the smallest value that fits the schema."""
    if body.get("stream"):
        # The service streams here; the emulator does not yet, and says so instead of answering in another form.
        raise BadInput("the emulator does not stream")
    asked = _texts(body)
    response, written = _response(body, asked[-1] if asked else "")
    usage = _usage(sum(map(count_tokens, asked)), written)
    # Tools are taken and never called: with "auto" that is a model's right.
    return Answer({"response": response, "tool_calls": [], "usage": usage}, usage["neurons"])


def _texts(body: dict[str, Any]) -> list[str]:
    """List what was said, the question last."""
    if "messages" not in body:
        return [body["prompt"]]
    messages = sorted(body["messages"], key=lambda message: message["role"] == "user")
    return [message["content"] for message in messages]


def _response(body: dict[str, Any], question: str) -> tuple[object, int]:
    """Give `response`, and how many tokens it is long."""
    form = body.get("response_format", {"type": "text"})
    if form["type"] in ("json_object", "json_schema"):
        # These models give JSON already parsed (docs/wire.md 5).
        value = instance(_schema(form)) if "json_schema" in form else {"emulator": True, "question": question}
        return value, count_tokens(str(value))
    text = _cut(f"I am the cfai emulator, not a model. You asked: {question}", body.get("max_tokens", _MAX_TOKENS))
    return text, count_tokens(text)


def _schema(form: dict[str, Any]) -> dict[str, Any]:
    """Find the schema: bare on this family, yet OpenAI's `{name, schema}` around it is opened too (docs/wire.md 5)."""
    given: dict[str, Any] = form["json_schema"]
    inner = given.get("schema")
    return inner if isinstance(inner, dict) and "type" not in given else given


def _cut(text: str, words: float) -> str:
    """Keep the first so many *words* of *text*, blanks between them included."""
    kept = list(islice(re.finditer(r"\S+", text), max(0, min(int(words), len(text)))))
    return text[: kept[-1].end()] if kept else ""


def _usage(read: int, written: int) -> dict[str, Any]:
    return {
        "prompt_tokens": read,
        "completion_tokens": written,
        "total_tokens": read + written,
        "prompt_tokens_details": {"cached_tokens": 0},
        "neurons": read * _NEURONS_PER_TOKEN_IN + written * _NEURONS_PER_TOKEN_OUT,
    }
