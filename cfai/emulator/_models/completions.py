"""Text generation, in the form of a chat.completion (docs/wire.md 3.1, the second family)."""

import json
from typing import Any, Final

from attrs import frozen

from cfai.emulator._models.model import Answer, count_tokens, noise
from cfai.emulator._models.pictures import from_base64, refuse_svg
from cfai.emulator._models.said import MAX_TOKENS, cut, echo, forced_call, functions, json_answer, usage, wants_json
from cfai.emulator._replies import BadInput, Refusal
from cfai.emulator._schema import BOOLEAN, OBJECT, STRING, Kind, Shape

# These models take null for what is not set, where the native ones refuse it.
_NUMBER: Final = Kind(("number", "null"))
_FLAG: Final = Kind(("boolean", "null"))
_KNOBS: Final = {
    "stream": _FLAG,
    "max_tokens": _NUMBER,
    "max_completion_tokens": _NUMBER,
    "temperature": _NUMBER,
    "top_p": _NUMBER,
    "seed": _NUMBER,
    "n": _NUMBER,
    "frequency_penalty": _NUMBER,
    "presence_penalty": _NUMBER,
    "response_format": Kind(("object",), shape=Shape(("type",), {"type": STRING, "json_schema": OBJECT})),
    "tools": Kind(("array",), items=OBJECT),
    "tool_choice": Kind(("string", "object")),
    "parallel_tool_calls": BOOLEAN,
    "chat_template_kwargs": Kind(("object",), shape=Shape((), {"enable_thinking": BOOLEAN})),
}
_PART: Final = Kind(
    ("object",),
    shape=Shape(
        ("type",),
        {"type": STRING, "text": STRING, "image_url": Kind(("object",), shape=Shape(("url",), {"url": STRING}))},
    ),
)
_MESSAGE: Final = Kind(
    ("object",),
    shape=Shape(("role",), {"role": STRING, "content": Kind(("string", "array", "null"), items=_PART)}),
)

INPUT: Final = (
    Shape(("messages",), {"messages": Kind(("array",), items=_MESSAGE), **_KNOBS}),
    Shape(("prompt",), {"prompt": STRING, **_KNOBS}),
)

_THOUGHT: Final = "The cfai emulator does not think. It was asked to, and says so here."
_EPOCH: Final = 1_790_000_000_000
"""Milliseconds from which on ids count: September 2026."""

_SPAN: Final = 10**9


@frozen
class Completions:
    """One of the models of this family."""

    name: str
    """What it calls itself in its answers, which need not be what it is called by (docs/wire.md 3.1)."""

    price_in: float
    """Neurons for a token that it reads."""

    price_out: float
    """Neurons for a token that it writes."""

    def __call__(self, body: dict[str, Any], seed: int) -> Answer:
        """Echo the question, or give JSON, or make the forced call; all of it as OpenAI's models would."""
        if body.get("stream"):
            # The service streams here; the emulator does not yet, and says so instead of answering in another form.
            raise BadInput("the emulator does not stream")
        _refuse_tools(body)
        said = _said(body)
        key = json.dumps(body, sort_keys=True)
        choice, written = _choice(body, said[-1] if said else "", noise(16, "call", seed, key).hex())
        counts = usage(sum(map(count_tokens, said)), written, price_in=self.price_in, price_out=self.price_out)
        moment = _EPOCH + int.from_bytes(noise(8, "completion", seed, key)) % _SPAN
        result = {
            "id": f"id-{moment}",
            "object": "chat.completion",
            "created": moment // 1000,
            "model": self.name,
            "choices": [choice],
            "usage": counts,
        }
        return Answer(result, counts["neurons"])


def _choice(body: dict[str, Any], question: str, call_id: str) -> tuple[dict[str, Any], int]:
    """Give the one choice, and how many tokens it is long."""
    limit = _limit(body)
    thought = cut(_THOUGHT, limit) if body.get("chat_template_kwargs", {}).get("enable_thinking") else None
    left = limit - count_tokens(thought or "")
    call = forced_call(body)
    if call is not None:
        arguments = json.dumps(call.arguments, ensure_ascii=False)
        function = {"name": call.name, "arguments": arguments}
        calls = [{"id": f"chatcmpl-tool-{call_id}", "type": "function", "function": function}]
        message, reason = {**_message(None, thought), "tool_calls": calls}, "tool_calls"
        written = count_tokens(arguments)
    else:
        text = _text(body, question)
        content = cut(text, left)
        # No content at all where the thought used up the tokens (docs/wire.md 3.1).
        message = _message(content if content or thought is None else None, thought)
        written = count_tokens(content)
        reason = "stop" if written == count_tokens(text) else "length"
    choice = {"index": 0, "message": message, "finish_reason": reason, "logprobs": None, "stop_reason": None}
    return choice, written + limit - left


def _message(content: str | None, thought: str | None) -> dict[str, Any]:
    message = {"role": "assistant", "content": content, "refusal": None}
    return message if thought is None else {**message, "reasoning": thought}


def _text(body: dict[str, Any], question: str) -> str:
    form = body.get("response_format", {"type": "text"})
    # JSON is a text here, where the native form has a value (docs/wire.md 5).
    return json.dumps(json_answer(form, question), ensure_ascii=False) if wants_json(form) else echo(question)


def _limit(body: dict[str, Any]) -> int:
    given = [body.get("max_completion_tokens"), body.get("max_tokens"), MAX_TOKENS]
    return max(0, int(next(value for value in given if value is not None)))


def _said(body: dict[str, Any]) -> list[str]:
    """List what was said, the question last."""
    if "messages" not in body:
        return [body["prompt"]]
    messages = sorted(body["messages"], key=lambda message: message["role"] == "user")
    return [_words(message.get("content")) for message in messages]


def _words(content: str | list[dict[str, Any]] | None) -> str:
    if isinstance(content, list):
        for part in content:
            if "image_url" in part:
                _look_at(part["image_url"]["url"])
        return " ".join(part["text"] for part in content if "text" in part)
    return content or ""


def _look_at(url: str) -> None:
    """Refuse what is no picture; the one URL that these models take is a data URL (docs/wire.md 3.2)."""
    head, _, data = url.partition(",")
    if not head.startswith("data:"):
        # That it is refused is documented; with which code is not, and is our guess.
        raise BadInput("the url of an image must be a data URL")
    refuse_svg(from_base64(data))


def _refuse_tools(body: dict[str, Any]) -> None:
    """Refuse what the engine behind these models refuses: 400/8001 (docs/wire.md 2.4 and 5); the words are ours."""
    if body.get("tool_choice") == "any":
        raise Refusal(400, 8001, "Invalid input: tool_choice is any")
    for function in functions(body):
        if not isinstance(function.get("description", ""), str):
            raise Refusal(400, 8001, "Invalid input: the description of a tool is not a string")
        schema = function.get("parameters")
        if isinstance(schema, dict) and not isinstance(schema.get("properties", {}), dict):
            raise Refusal(400, 8001, "Invalid input: the properties of a tool's parameters are not an object")
