"""Text generation, in the native form of the older models (docs/wire.md 3.1, the first shape)."""

import json
from collections.abc import Mapping
from typing import Any, Final

from attrs import field, frozen

from cfai.emulator._models.inputs import Json
from cfai.emulator._models.messages import SEEN, TEXTS, TEXTS_OR_PARTS, contents, said
from cfai.emulator._models.model import Answer, Model, count_tokens, noise
from cfai.emulator._models.pictures import from_data_url, look_at_parts, looked_at
from cfai.emulator._models.schemas import ALL, NO_NAMES, Keywords, refuse_schemas
from cfai.emulator._models.streams.native import native_events
from cfai.emulator._models.text_common import (
    MAX_TOKENS,
    THOUGHT,
    ToolCall,
    cut,
    echo,
    forced_call,
    json_answer,
    refuse_no_tools,
    usage,
    wants_json,
)
from cfai.emulator._models.wrappers import Wrapper, refuse_wrapped, refuse_wrapper
from cfai.emulator._replies import KnownRefusal, NoQueue
from cfai.emulator._schema import BOOLEAN, BYTES, INTEGER, NUMBER, OBJECT, STRING, Kind, Shape

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
    "lora": STRING,
}
_FORMAT: Final = {
    "response_format": Kind(("object",), shape=Shape(("type",), {"type": STRING, "json_schema": OBJECT})),
}
_TOOLS: Final = {"tools": Kind(("array", "object")), "tool_choice": Kind(("string", "object"))}
# Their schemas have no JSON mode: whatever stands there is let through, except a schema.
_NO_FORMAT: Final = {"response_format": Kind(("array", "boolean", "null", "number", "object", "string"))}
_GUIDED: Final = {"guided_json": OBJECT}
_MISSING: Final = "missing-finetune"
"""The one fine-tune that does not exist: nobody can make one here, and every other name is taken for one."""

_QUEUED: Final = Shape(("requests",), {"requests": Kind(("array",))})
"""The batch form (docs/wire.md 6): known, so that a body with neither is refused in the words of both."""


def _input(messages: Kind, more: Mapping[str, Kind]) -> tuple[Shape, Shape]:
    return (
        Shape(("prompt",), {"prompt": STRING, **_KNOBS, **more}),
        Shape(("messages",), {"messages": messages, **_TOOLS, **_KNOBS, **more}),
    )


_PLAIN: Final = _input(TEXTS, _FORMAT)
_PARTS: Final = (*_input(TEXTS_OR_PARTS, _FORMAT), _QUEUED)
_GUIDED_PARTS: Final = _input(SEEN, {**_GUIDED, **_NO_FORMAT})
_SCOUT: Final = (*_input(SEEN, {**_GUIDED, **_FORMAT}), _QUEUED)
_VISION: Final = _input(SEEN, {"image": Kind(("array", "string"), items=BYTES.items), **_NO_FORMAT})


@frozen
class Native:
    """One of the models of this family; its neurons are for a million tokens."""

    price_in: float = 0
    price_out: float = 0
    lora: bool = field(default=False, kw_only=True)
    """Whether it takes fine-tunes."""

    thinks: bool = field(default=False, kw_only=True)
    """Whether its text begins with its thinking, which a lone tag ends."""

    nested: bool = field(default=False, kw_only=True)
    """Whether its calls have an id and arguments as text, as in OpenAI's form."""

    usage: bool = field(default=True, kw_only=True)
    """Whether its answer has a `usage`: one schema knows none."""

    schemas: Keywords = field(default=ALL, kw_only=True)
    """What it refuses in schemas."""

    json_mode: bool = field(default=True, kw_only=True)
    """Whether it takes a `response_format`."""

    wrapper: Wrapper = field(default="bare", kw_only=True)
    """What stands around its schemas."""

    def __call__(self, body: dict[str, Any], seed: int) -> Answer:
        """Echo the question, as a text or, where JSON is asked for, as the smallest value that fits the schema."""
        if "requests" in body:
            raise NoQueue
        self._refuse(body)
        _look(body)
        asked = said(body)
        response, calls, written = self.respond(body, asked[-1] if asked else "", seed)
        counts = usage(sum(map(count_tokens, asked)), written, self.price_in, self.price_out)
        result = {"response": response, "tool_calls": calls, **({"usage": counts} if self.usage else {})}
        return Answer(result, counts["neurons"])

    def _refuse(self, body: dict[str, Any]) -> None:
        if "lora" in body and not self.lora:
            raise KnownRefusal(5005)
        if body.get("lora") == _MISSING:
            raise KnownRefusal(3037)
        refuse_no_tools(body)
        if self.json_mode:
            refuse_wrapper(body.get("response_format"), self.wrapper)
        refuse_wrapped(body.get("guided_json", {}), "/guided_json")
        refuse_schemas(body, self.schemas)
        if not self.json_mode:
            form = body.pop("response_format", None)
            if isinstance(form, dict) and form.get("type") == "json_schema":
                raise KnownRefusal(5025)

    def respond(self, body: dict[str, Any], question: str, seed: int) -> tuple[object, list[object], int]:
        """Give `response`, `tool_calls`, and how many tokens both are long."""
        call = forced_call(body)
        if call is not None:
            flat = {"name": call.name, "arguments": call.arguments}
            written = count_tokens(json.dumps(flat))
            # Flat and without an id, the arguments an object, beside a null (docs/wire.md 5).
            return ("", [_nested(call, body, seed)], written) if self.nested else (None, [flat], written)
        form = body.get("response_format", {"type": "text"})
        if wants_json(form):
            # These models give JSON already parsed (docs/wire.md 5).
            value = json_answer(form, question)
            return value, [], count_tokens(str(value))
        text = cut(self._text(body, question), body.get("max_tokens", MAX_TOKENS))
        return text, [], count_tokens(text)

    def _text(self, body: dict[str, Any], question: str) -> str:
        if "guided_json" in body:
            form = {"type": "json_schema", "json_schema": body["guided_json"]}
            return json.dumps(json_answer(form, question), ensure_ascii=False)
        return f"{THOUGHT}\n</think>\n\n{echo(question)}" if self.thinks else echo(question)


def _nested(call: ToolCall, body: dict[str, Any], seed: int) -> dict[str, Any]:
    call_id = noise(16, "call", seed, json.dumps(body, sort_keys=True)).hex()
    arguments = json.dumps(call.arguments, ensure_ascii=False)
    function = {"name": call.name, "arguments": arguments}
    return {"id": f"chatcmpl-tool-{call_id}", "type": "function", "function": function}


def _look(body: dict[str, Any]) -> None:
    image = body.get("image")
    if isinstance(image, str):
        from_data_url(image)
    elif image is not None:
        looked_at(bytes(map(int, image)))
    for content in contents(body):
        look_at_parts(content)


def _row(read: Json, native: Native, *, terms: bool = False, retired: str | None = None) -> Model:
    return Model(read, native, native_events, terms=terms, retired=retired)


def plain(*prices: float, terms: bool = False, retired: str | None = None, lora: bool = False) -> Model:
    """Make the row of a model that has nothing special."""
    return _row(Json(_PLAIN), Native(*prices, lora=lora), terms=terms, retired=retired)


def guided(*prices: float, thinks: bool = False, lora: bool = False, retired: str | None = None) -> Model:
    """Make the row of a model that takes a schema in `guided_json` and content in parts."""
    return _row(Json(_GUIDED_PARTS), Native(*prices, thinks=thinks, lora=lora, json_mode=False), retired=retired)


_SCOUTS: Final = Native(24545, 77273, nested=True, schemas=NO_NAMES)

MODELS: Final[Mapping[str, Model]] = {
    "@cf/deepseek-ai/deepseek-r1-distill-qwen-32b": _row(Json(_PLAIN), Native(45170, 443756, thinks=True), terms=True),
    "@cf/google/gemma-2b-it-lora": plain(lora=True),
    "@cf/google/gemma-7b-it-lora": plain(lora=True),
    "@cf/ibm-granite/granite-4.0-h-micro": plain(1542, 10158),
    "@cf/meta-llama/llama-2-7b-chat-hf-lora": plain(lora=True),
    "@cf/meta/llama-3.1-70b-instruct-fp8-fast": plain(26668, 204805),
    "@cf/meta/llama-3.1-8b-instruct-fast": plain(terms=True),
    "@cf/meta/llama-3.1-8b-instruct-fp8": plain(13778, 26128, terms=True),
    "@cf/meta/llama-3.1-8b-instruct-fp8-fast": plain(4119, 34868),
    "@cf/meta/llama-3.2-11b-vision-instruct": _row(
        Json(_VISION), Native(4410, 61493, lora=True, usage=False, json_mode=False), terms=True
    ),
    "@cf/meta/llama-3.2-1b-instruct": plain(2457, 18252, terms=True),
    "@cf/meta/llama-3.2-3b-instruct": plain(4625, 30475, terms=True),
    "@cf/meta/llama-4-scout-17b-16e-instruct": _row(Json(_SCOUT), _SCOUTS, terms=True),
    "@cf/mistral/mistral-7b-instruct-v0.2-lora": plain(lora=True),
    "@cf/mistralai/mistral-small-3.1-24b-instruct": guided(31876, 50488, lora=True),
    "@cf/qwen/qwen2.5-coder-32b-instruct": plain(60000, 90909, lora=True),
    "@cf/qwen/qwq-32b": guided(60000, 90909, thinks=True, lora=True),
}
PARTS: Final = _PARTS
"""The input of the hybrid."""
