"""Text generation, in the form of a chat.completion (docs/wire.md 3.1, the second shape)."""

import json
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

from attrs import field, frozen

from cfai.emulator._event import Event
from cfai.emulator._models.inputs import Json
from cfai.emulator._models.messages import CHAT, contents, said
from cfai.emulator._models.model import Answer, Model, count_tokens, noise
from cfai.emulator._models.pictures import look_at_parts
from cfai.emulator._models.schemas import ALL, Keywords, refuse_schemas
from cfai.emulator._models.streams.completions import ChunkForm, Chunks
from cfai.emulator._models.streams.events import paddings, refuse_json
from cfai.emulator._models.text_common import (
    MAX_TOKENS,
    THOUGHT,
    ToolCall,
    cut,
    echo,
    forced_call,
    functions,
    json_answer,
    refuse_no_tools,
    usage,
    wants_json,
)
from cfai.emulator._models.thinking import Thinks, never
from cfai.emulator._models.wrappers import Wrapper, refuse_wrapper
from cfai.emulator._replies import KnownRefusal, NoQueue, Refusal
from cfai.emulator._schema import BOOLEAN, OBJECT, STRING, Kind, Shape

# These models take null for what is not set, where the native ones refuse it.
_NUMBER: Final = Kind(("number", "null"))
_FLAG: Final = Kind(("boolean", "null"))
_SWITCHES: Final = ("enable_thinking", "thinking", "clear_thinking", "low_effort", "force_nonempty_content")
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
    "reasoning_effort": Kind(("string", "null")),
    "response_format": Kind(("object",), shape=Shape(("type",), {"type": STRING, "json_schema": OBJECT})),
    "tools": Kind(("array",), items=OBJECT),
    "tool_choice": Kind(("string", "object")),
    "parallel_tool_calls": BOOLEAN,
    "chat_template_kwargs": Kind(("object",), shape=Shape((), dict.fromkeys(_SWITCHES, BOOLEAN))),
}

INPUT: Final = (
    Shape(("messages",), {"messages": CHAT, **_KNOBS}),
    Shape(("prompt",), {"prompt": STRING, **_KNOBS}),
)
QUEUED_INPUT: Final = (*INPUT, Shape(("requests",), {"requests": Kind(("array",))}))

_EPOCH: Final = 1_790_000_000_000
"""Milliseconds from which on ids count: September 2026."""

_SPAN: Final = 10**9


@frozen
class Completions:
    """One of the models of this family."""

    name: str
    """What it calls itself in its answers, which need not be what it is called by (docs/wire.md 3.1)."""

    price_in: float
    """Neurons for a million tokens that it reads."""

    price_out: float
    """Neurons for a million tokens that it writes."""

    thinks: Thinks = field(default=never, kw_only=True)
    reasoning: tuple[str, ...] = field(default=("reasoning",), kw_only=True)
    """The keys that its thinking goes under."""

    call_id: str = field(default="chatcmpl-tool-{noise}", kw_only=True)
    """How it makes the id of a tool call."""

    engine: Mapping[str, Any] = field(factory=lambda: {"stop_reason": None}, kw_only=True)
    """What its engine adds to a choice."""

    more: Mapping[str, Any] = field(factory=dict, kw_only=True)
    """What it adds to the whole."""

    text_for_prompt: bool = field(default=False, kw_only=True)
    """Whether a `prompt` is answered as a text completion."""

    no_content: str | None = field(default=None, kw_only=True)
    """What stands for the content beside a tool call."""

    chunks: ChunkForm = field(default=ChunkForm(), kw_only=True)
    """How it streams."""

    context: int | None = field(default=None, kw_only=True)
    """Tokens of its window, where a refusal has told them."""

    schemas: Keywords = field(default=ALL, kw_only=True)
    """What it refuses in schemas."""

    wrapper: Wrapper = field(default="named", kw_only=True)
    """What stands around its schemas."""

    def __call__(self, body: dict[str, Any], seed: int) -> Answer:
        """Echo the question, or give JSON, or make the forced call; all of it as OpenAI's models would."""
        if "requests" in body and not body.keys() & {"messages", "prompt"}:
            raise NoQueue
        _refuse_tools(body)
        refuse_wrapper(body.get("response_format"), self.wrapper)
        refuse_schemas(body, self.schemas)
        for content in contents(body):
            look_at_parts(content)
        asked = said(body)
        self.refuse_if_too_long(sum(map(count_tokens, asked)), _limit(body))
        key = json.dumps(body, sort_keys=True)
        as_text = self.text_for_prompt and "messages" not in body
        thinks = self.thinks(body) and not as_text
        choice, written = self._choice(body, asked[-1] if asked else "", noise(16, "call", seed, key).hex(), thinks)
        counts = usage(sum(map(count_tokens, asked)), written, self.price_in, self.price_out)
        moment = _EPOCH + int.from_bytes(noise(8, "completion", seed, key)) % _SPAN
        result = {
            "id": f"id-{moment}",
            "object": "text_completion" if as_text else "chat.completion",
            "created": moment // 1000,
            "model": self.name,
            "choices": [_text_choice(choice) if as_text else choice],
            "usage": counts,
        }
        return Answer({**result, **({} if as_text else self.more)}, counts["neurons"])

    def refuse_if_too_long(self, read: int, limit: int) -> None:
        """Refuse what does not fit into the window: 413/5021 (docs/wire.md 2.4); the words are ours."""
        if self.context is not None and read + limit > self.context:
            raise Refusal(
                413,
                5021,
                f"The estimated number of input and maximum output tokens ({read + limit}) exceeded this model context"
                f" window limit ({self.context}).",
            )

    def events(self, body: dict[str, Any], answer: Answer, seed: int) -> Iterator[Event]:
        """Stream an answer of this form, or refuse to."""
        refuse_json(body.get("response_format", {}))
        return self.streamed(body, answer, seed)

    def streamed(self, body: dict[str, Any], answer: Answer, seed: int) -> Iterator[Event]:
        """Stream an answer of this form, JSON too: other companies' models do."""
        count = partial(usage, price_in=self.price_in, price_out=self.price_out)
        return iter(Chunks(answer.result, self.chunks, count, paddings(seed, body)))

    def _choice(self, body: dict[str, Any], question: str, call_noise: str, thinks: bool) -> tuple[dict[str, Any], int]:
        """Give the one choice, and how many tokens it is long."""
        limit = _limit(body)
        thought = cut(THOUGHT, limit) if thinks else None
        left = limit - count_tokens(thought or "")
        call = forced_call(body)
        if call is not None:
            if thinks and left <= 0:
                raise KnownRefusal(8006, "forced")
            calls = [self._call(call, call_noise)]
            message, reason = {**self._message(self.no_content, thought), "tool_calls": calls}, "tool_calls"
            written = count_tokens(calls[0]["function"]["arguments"])
        else:
            text = _text(body, question)
            content = cut(text, left)
            # No content at all where the thought used up the tokens (docs/wire.md 3.1).
            message = self._message(content if content or thought is None else None, thought)
            written = count_tokens(content)
            reason = "stop" if written == count_tokens(text) else "length"
        choice = {"index": 0, "message": message, "finish_reason": reason, "logprobs": None, **self.engine}
        return choice, written + limit - left

    def _message(self, content: str | None, thought: str | None) -> dict[str, Any]:
        message: dict[str, Any] = {"role": "assistant", "content": content, "refusal": None}
        return message if thought is None else {**message, **dict.fromkeys(self.reasoning, thought)}

    def _call(self, call: ToolCall, call_noise: str) -> dict[str, Any]:
        arguments = json.dumps(call.arguments, ensure_ascii=False)
        call_id = self.call_id.format(noise=call_noise, name=call.name)
        return {"id": call_id, "type": "function", "function": {"name": call.name, "arguments": arguments}}


def chat(read: Json, completions: Completions, **access: Any) -> Model:
    """Make the row of a model of this form; *access* is for whom it is."""
    return Model(read, completions, completions.events, **access)


def _limit(body: dict[str, Any]) -> int:
    given = [body.get("max_completion_tokens"), body.get("max_tokens"), MAX_TOKENS]
    return max(0, int(next(value for value in given if value is not None)))


def _text_choice(choice: dict[str, Any]) -> dict[str, Any]:
    """Make a text completion's choice of a chat's: the content alone (docs/wire.md 3.1, the third shape)."""
    rest = {name: value for name, value in choice.items() if name not in {"index", "message"}}
    return {"index": 0, "text": choice["message"]["content"] or "", **rest}


def _text(body: dict[str, Any], question: str) -> str:
    form = body.get("response_format", {"type": "text"})
    # JSON is a text here, where the native form has a value (docs/wire.md 5).
    return json.dumps(json_answer(form, question), ensure_ascii=False) if wants_json(form) else echo(question)


def _refuse_tools(body: dict[str, Any]) -> None:
    """Refuse what the engine behind these models refuses: 400/8001 (docs/wire.md 2.4 and 5); the words are ours."""
    refuse_no_tools(body)
    if body.get("tool_choice") == "any":
        raise KnownRefusal(8001, "tool_choice")
    for function in functions(body):
        if not isinstance(function.get("description", ""), str):
            raise Refusal(400, 8001, "Invalid input: the description of a tool is not a string")
        schema = function.get("parameters")
        if isinstance(schema, dict) and not isinstance(schema.get("properties", {}), dict):
            raise Refusal(400, 8001, "Invalid input: the properties of a tool's parameters are not an object")
