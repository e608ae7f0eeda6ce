"""Text generation by the models that take OpenAI's Responses form beside messages (docs/wire.md 3.1, shape four)."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from attrs import frozen

from cfai.emulator._event import Event
from cfai.emulator._models.completions import INPUT, Completions
from cfai.emulator._models.inputs import Json
from cfai.emulator._models.messages import words
from cfai.emulator._models.model import Answer, Model, count_tokens, noise
from cfai.emulator._models.streams.completions import ChunkForm
from cfai.emulator._models.streams.events import refuse_json
from cfai.emulator._models.streams.responses import response_events
from cfai.emulator._models.text_common import (
    MAX_TOKENS,
    THOUGHT,
    cut,
    echo,
    forced_call,
    json_answer,
    refuse_no_tools,
    wants_json,
)
from cfai.emulator._models.thinking import always
from cfai.emulator._replies import BadInput, NoQueue
from cfai.emulator._schema import NUMBER, OBJECT, Kind, Shape

# The roles are those of its types; an item that is no message has none.
_ROLE: Final = Kind(("string",), choices=("user", "assistant", "system", "developer"))
_ITEM: Final = Kind(("object",), shape=Shape((), {"role": _ROLE, "content": Kind(("string", "array"), items=OBJECT)}))
_SETTINGS: Final = {
    "instructions": Kind(("string", "null")),
    "max_output_tokens": Kind(("number", "null")),
    "temperature": Kind(("number", "null")),
    "top_p": Kind(("number", "null")),
    "reasoning": Kind(("object", "null")),
    "stream": Kind(("boolean", "null")),
    "text": Kind(("object",), shape=Shape((), {"format": OBJECT})),
    "tools": Kind(("array",), items=OBJECT),
    "tool_choice": Kind(("string", "object")),
    "max_tool_calls": NUMBER,
}
_INPUT: Final = (
    *INPUT,
    Shape(("input",), {"input": Kind(("string", "array"), fewest=1, items=_ITEM), **_SETTINGS}),
    Shape(("requests",), {"requests": Kind(("array",))}),
)
_FIRST: Final = 1_790_000_000
_SPAN: Final = 10**6


@frozen
class _Responses:
    completions: Completions

    def __call__(self, body: dict[str, Any], seed: int) -> Answer:
        """Answer in the form of the question: `input` makes it a Responses object."""
        if body.keys() & {"messages", "prompt"}:
            return self.completions(body, seed)
        if "input" not in body:
            raise NoQueue
        refuse_no_tools(body)
        _refuse_wrapper(_form(body))
        asked = _asked(body)
        self.completions.refuse_if_too_long(sum(map(count_tokens, asked)), _limit(body))
        key = noise(24, "response", seed, json.dumps(body, sort_keys=True))
        thought = cut(THOUGHT, _limit(body))
        output, text, whole = _output(body, asked[-1] if asked else "", thought, key.hex())
        read, written = sum(map(count_tokens, asked)), count_tokens(thought) + count_tokens(text)
        status = "completed" if whole else "incomplete"
        result = {
            "id": f"resp_{key.hex()}",
            "object": "response",
            "created_at": _FIRST + int.from_bytes(key[:4]) % _SPAN,
            "status": status,
            "error": None,
            "incomplete_details": None if whole else {"reason": "max_output_tokens"},
            "instructions": body.get("instructions"),
            "max_output_tokens": body.get("max_output_tokens"),
            "output": output,
            "output_text": text if output[-1]["type"] == "message" else "",
            "temperature": body.get("temperature"),
            "text": {"format": _form(body)},
            "top_p": body.get("top_p"),
            "usage": {
                "input_tokens": read,
                "input_tokens_details": {"cached_tokens": 0},
                "output_tokens": written,
                "total_tokens": read + written,
            },
        }
        return Answer(result, (read * self.completions.price_in + written * self.completions.price_out) / 1e6)

    def events(self, body: dict[str, Any], answer: Answer, seed: int) -> Iterator[Event]:
        """Stream an answer of either form, or refuse to."""
        if answer.result["object"] != "response":
            return self.completions.events(body, answer, seed)
        refuse_json(_form(body))
        return response_events(answer.result)


def _asked(body: dict[str, Any]) -> list[str]:
    """List what was said, the question last."""
    given = body["input"]
    instructions = [body["instructions"]] if body.get("instructions") else []
    if isinstance(given, str):
        return [*instructions, given]
    items = sorted(given, key=lambda item: item.get("role") == "user")
    return [*instructions, *(words(item.get("content")) for item in items)]


def _output(body: dict[str, Any], question: str, thought: str, key: str) -> tuple[list[dict[str, Any]], str, bool]:
    """Give the items, what was written beside the *thought*, and whether that is all of it."""
    thinking = {
        "id": f"rs_{key}",
        "type": "reasoning",
        "summary": [],
        "content": [{"type": "reasoning_text", "text": thought}],
    }
    call = forced_call(body)
    if call is not None:
        arguments = json.dumps(call.arguments, ensure_ascii=False)
        names = {"id": f"fc_{key}", "type": "function_call", "call_id": f"call_{key}"}
        return [thinking, {**names, "name": call.name, "arguments": arguments}], arguments, True
    wanted = _wanted(_form(body), question)
    text = cut(wanted, _limit(body) - count_tokens(thought))
    whole = count_tokens(text) == count_tokens(wanted)
    message = {
        "id": f"msg_{key}",
        "type": "message",
        "role": "assistant",
        "status": "completed" if whole else "incomplete",
        "content": [{"type": "output_text", "text": text, "annotations": []}],
    }
    return [thinking, message], text, whole


def _wanted(form: dict[str, Any], question: str) -> str:
    if not wants_json(form):
        return echo(question)
    # Its schema stands under `schema`, beside a name.
    schema = {"json_schema": form["schema"]} if isinstance(form.get("schema"), dict) else {}
    return json.dumps(json_answer({"type": form["type"], **schema}, question), ensure_ascii=False)


def _form(body: dict[str, Any]) -> dict[str, Any]:
    """Read `text.format`, which is where this form asks for JSON (docs/wire.md 5)."""
    given = body.get("text", {}).get("format")
    return given if isinstance(given, dict) and isinstance(given.get("type"), str) else {"type": "text"}


def _refuse_wrapper(form: dict[str, Any]) -> None:
    """Refuse a schema that does not stand under `schema`, beside its name; code and words are our guess."""
    if form["type"] == "json_schema" and not (
        isinstance(form.get("name"), str) and isinstance(form.get("schema"), dict)
    ):
        raise BadInput("required properties at '/text/format' are 'name,schema'")


def _limit(body: dict[str, Any]) -> int:
    given = body.get("max_output_tokens")
    return int(MAX_TOKENS if given is None else given)


def _model(name: str, *prices: float) -> Model:
    # Both keys, with one text (docs/wire.md 3.1).
    both = ("reasoning", "reasoning_content")
    chunks = ChunkForm(late=True)
    model = _Responses(Completions(name, *prices, thinks=always, reasoning=both, chunks=chunks, context=128_000))
    return Model(Json(_INPUT), model, model.events)


MODELS: Final[Mapping[str, Model]] = {
    "@cf/openai/gpt-oss-120b": _model("@cf/openai/gpt-oss-120b", 31818, 68182),
    "@cf/openai/gpt-oss-20b": _model("@cf/openai/gpt-oss-20b", 18182, 27273),
}
