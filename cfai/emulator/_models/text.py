"""Text generation, in the native form of the older models (docs/wire.md 3.1, the first family)."""

import json
from typing import Any, Final

from cfai.emulator._models.model import Answer, count_tokens
from cfai.emulator._models.said import MAX_TOKENS, cut, echo, forced_call, json_answer, usage, wants_json
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
_TOOLS: Final = {"tools": Kind(("array", "object")), "tool_choice": Kind(("string", "object"))}

INPUT: Final = (
    Shape(("prompt",), {"prompt": STRING, "lora": STRING, **_KNOBS}),
    Shape(("messages",), {"messages": Kind(("array",), items=_MESSAGE), **_TOOLS, **_KNOBS}),
)

_NEURONS_PER_TOKEN_IN: Final = 4625e-6
_NEURONS_PER_TOKEN_OUT: Final = 30475e-6


def answer(body: dict[str, Any], _seed: int) -> Answer:
    """Echo the question, as a text or, where JSON is asked for, as the smallest value that fits the schema."""
    if body.get("stream"):
        # The service streams here; the emulator does not yet, and says so instead of answering in another form.
        raise BadInput("the emulator does not stream")
    asked = _texts(body)
    response, calls, written = _response(body, asked[-1] if asked else "")
    read = sum(map(count_tokens, asked))
    counts = usage(read, written, price_in=_NEURONS_PER_TOKEN_IN, price_out=_NEURONS_PER_TOKEN_OUT)
    return Answer({"response": response, "tool_calls": calls, "usage": counts}, counts["neurons"])


def _texts(body: dict[str, Any]) -> list[str]:
    """List what was said, the question last."""
    if "messages" not in body:
        return [body["prompt"]]
    messages = sorted(body["messages"], key=lambda message: message["role"] == "user")
    return [message["content"] for message in messages]


def _response(body: dict[str, Any], question: str) -> tuple[object, list[object], int]:
    """Give `response`, `tool_calls`, and how many tokens both are long."""
    call = forced_call(body)
    if call is not None:
        # Flat and without an id, the arguments an object (docs/wire.md 5).
        flat = {"name": call.name, "arguments": call.arguments}
        return None, [flat], count_tokens(json.dumps(flat))
    form = body.get("response_format", {"type": "text"})
    if wants_json(form):
        # These models give JSON already parsed (docs/wire.md 5).
        value = json_answer(form, question)
        return value, [], count_tokens(str(value))
    text = cut(echo(question), body.get("max_tokens", MAX_TOKENS))
    return text, [], count_tokens(text)
