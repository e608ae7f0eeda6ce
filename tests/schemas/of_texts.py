"""The questions to text models (docs/wire.md 3.1, 3.2)."""

from collections.abc import Mapping, Sequence
from typing import Any

import cfai

Question = cfai.Params[Any]

PNG = b"\x89PNG\r\n\x1a\n"
WAV = b"RIFF\x08\x00\x00\x00WAVEabcd"
ASKED = "What is this?"
USER = {"role": "user", "content": ASKED}
TALK = [{"role": "system", "content": "Be brief"}, USER]
_CALL = cfai.ToolCall("call_1", "clock", {"a": "b"})
_HISTORY = [
    cfai.system("Be brief"),
    cfai.user(ASKED, "Say when"),
    cfai.assistant(cfai.GeneratedText("Now.", reasoning="A clock?", tool_calls=[_CALL])),
    cfai.tool(_CALL, {"time": "noon"}),
    cfai.user("Thanks"),
]
_SCHEMA = {"type": "object", "properties": {"a": {"type": "string", "description": "A word"}}, "required": ["a"]}
_FUNCTION = {"name": "clock", "description": "Tell the time", "parameters": _SCHEMA}
_TOOLS: dict[str, Any] = {"tools": [{"type": "function", "function": _FUNCTION}]}
_JSON = {"type": "json_schema", "json_schema": _SCHEMA}
_NAMED_JSON = {"type": "json_schema", "json_schema": {"name": "a", "schema": _SCHEMA, "strict": True}}

# -- native: {response, ...}

_KNOBS: dict[str, Any] = {
    "raw": False,
    "max_tokens": 100,
    "temperature": 0.5,
    "top_p": 0.9,
    "top_k": 5,
    "seed": 1,
    "repetition_penalty": 1.1,
    "frequency_penalty": 0.5,
    "presence_penalty": 0.5,
}
_UNFORMED = {name: value for name, value in _KNOBS.items() if name != "raw"}
_CODE = {"functions": [{"name": "clock", "code": "return 1"}]}
_FLAT = {"tools": [_FUNCTION]}
_FORMED = {"response_format": _JSON}
_GUIDED = {"guided_json": _SCHEMA}

_FORCED = cfai.Messages(TALK, **_TOOLS, tool_choice="required")
"""For the answer's sake: without it no emulated model asks for a tool."""


def _native(form: Mapping[str, Any], *, lora: bool = False) -> tuple[Question, ...]:
    tuned = {"lora": "my-fine-tune"} if lora else {}
    return (
        cfai.Prompt(ASKED),
        cfai.Prompt(ASKED, **_KNOBS, **tuned),
        cfai.Prompt(ASKED, **_KNOBS, **form),
        cfai.Messages(TALK, **_KNOBS, **_FLAT, **_CODE),
        cfai.Messages(TALK, **_KNOBS, **_TOOLS),
        cfai.Messages(TALK, **_KNOBS, **form),
        cfai.Messages(_HISTORY),
        _FORCED,
    )


_TUNED = (
    "@cf/google/gemma-2b-it-lora",
    "@cf/google/gemma-7b-it-lora",
    "@cf/meta-llama/llama-2-7b-chat-hf-lora",
    "@cf/mistral/mistral-7b-instruct-v0.2-lora",
    "@cf/qwen/qwen2.5-coder-32b-instruct",
)
_PLAIN = (
    "@cf/deepseek-ai/deepseek-r1-distill-qwen-32b",
    "@cf/ibm-granite/granite-4.0-h-micro",
    "@cf/meta/llama-3.1-8b-instruct-fast",
    "@cf/meta/llama-3.1-8b-instruct-fp8",
    "@cf/meta/llama-3.2-1b-instruct",
    "@cf/meta/llama-3.2-3b-instruct",
    "@cf/meta/llama-3.3-70b-instruct-fp8-fast",
)
_PICTURES = (cfai.ImagePrompt(PNG, ASKED, **_KNOBS, **_GUIDED), cfai.ImageMessages(PNG, TALK, **_KNOBS, **_GUIDED))

_NATIVE = {
    **{model: _native(_FORMED, lora=True) for model in _TUNED},
    **{model: _native(_FORMED) for model in _PLAIN},
    "@cf/meta/llama-4-scout-17b-16e-instruct": (
        *_native({**_FORMED, **_GUIDED}),
        *_PICTURES,
    ),
    "@cf/mistralai/mistral-small-3.1-24b-instruct": (*_native(_GUIDED), *_PICTURES),
    "@cf/qwen/qwq-32b": (*_native(_GUIDED), *_PICTURES),
    "@cf/meta/llama-3.2-11b-vision-instruct": (
        cfai.Prompt(ASKED, **_KNOBS, lora="my-fine-tune"),
        cfai.Messages(TALK, **_UNFORMED, **_TOOLS, **_CODE),
        cfai.ImagePrompt(PNG, ASKED, **_KNOBS, lora="my-fine-tune"),
        cfai.ImageMessages(PNG, TALK, **_UNFORMED, **_TOOLS),
        _FORCED,
    ),
    "@cf/meta/llama-guard-3-8b": (
        cfai.Prompt(ASKED, max_tokens=10, temperature=0.5),
        cfai.Messages([USER], max_tokens=10, temperature=0.5, response_format={"type": "json_object"}),
    ),
}

# -- chat.completion

_CHAT_KNOBS: dict[str, Any] = {
    "audio": {"voice": "alloy", "format": "mp3"},
    "frequency_penalty": 0.5,
    "logit_bias": {"50256": -100},
    "logprobs": True,
    "top_logprobs": 2,
    "max_tokens": 200,
    "max_completion_tokens": 200,
    "metadata": {"a": "b"},
    "modalities": ["text"],
    "n": 1,
    "prediction": {"type": "content", "content": "a"},
    "presence_penalty": 0.5,
    "response_format": _NAMED_JSON,
    "seed": 1,
    "service_tier": "auto",
    "stop": ["\n\n"],
    "store": False,
    "temperature": 0.5,
    "top_p": 0.9,
    "user": "someone",
    "web_search_options": {
        "search_context_size": "low",
        "user_location": {"type": "approximate", "approximate": {"country": "AT"}},
    },
}
_CHOICE: dict[str, Any] = {
    "tool_choice": {"type": "function", "function": {"name": "clock"}},
    "parallel_tool_calls": True,
}
_OLDER: dict[str, Any] = {"functions": [_FUNCTION], "function_call": "auto"}
_SKIPPED = {"skip_special_tokens": True}


def _chat(more: Mapping[str, Any], *, thinks: bool = False) -> tuple[Question, ...]:
    # Of the models that always think, the schema takes nothing but true.
    knobs = {**_CHAT_KNOBS, **more, "chat_template_kwargs": {"enable_thinking": thinks}}
    return (
        cfai.Messages(TALK),
        cfai.Messages(TALK, **knobs, **_OLDER),
        cfai.Messages(TALK, **knobs, **_TOOLS, **_CHOICE),
        cfai.Messages(TALK, max_completion_tokens=2),
        cfai.Messages(_HISTORY, reasoning_effort="max"),
        cfai.Prompt(ASKED, **knobs, reasoning_effort="none"),
        cfai.ImagePrompt(PNG, ASKED, reasoning_effort="none"),
        cfai.ImageMessages(PNG, [*TALK, cfai.user(ASKED, PNG, WAV)], reasoning_effort="max"),
        cfai.Messages(TALK, chat_template_kwargs={"enable_thinking": True, "clear_thinking": True}),
        cfai.Prompt(ASKED, **knobs),
        cfai.ImagePrompt(PNG, ASKED, **knobs),
        cfai.ImageMessages(PNG, TALK, **knobs, **_TOOLS, **_CHOICE),
    )


_CHATS = (
    "@cf/deepseek-ai/deepseek-v4-flash-0731",
    "@cf/deepseek-ai/deepseek-v4-pro-0813",
    "@cf/moonshotai/kimi-k2.6",
    "@cf/nvidia/nemotron-3-120b-a12b",
    "@cf/qwen/qwen3.8-27b",
    "@cf/zai-org/glm-4.7-flash",
    "@cf/zai-org/glm-5.2",
)
_THINKERS = ("@cf/moonshotai/kimi-k2.7-code", "@cf/zai-org/glm-5.3", "@cf/zai-org/glm-5.3-flash")
_RESPONSES: dict[str, Any] = {
    "instructions": "Be brief",
    "max_output_tokens": 200,
    "temperature": 0.5,
    "top_p": 0.9,
    "reasoning": {"effort": "low", "summary": "auto"},
    "text": {"format": {"type": "json_schema", "name": "a", "schema": _SCHEMA}, "verbosity": "low"},
    "include": ["message.output_text.logprobs"],
    "truncation": "auto",
    "previous_response_id": "resp_1",
    "conversation": {"id": "conv_1"},
    "prompt_cache_key": "a",
    "safety_identifier": "someone",
    "service_tier": "auto",
}
_ITEMS = [
    {"role": "user", "content": [{"type": "input_text", "text": ASKED}]},
    {"type": "message", "role": "user", "content": [{"type": "input_image", "detail": "auto", "image_url": PNG}]},
    {"type": "function_call", "call_id": "call_1", "name": "clock", "arguments": "{}"},
    {"type": "function_call_output", "call_id": "call_1", "output": "noon"},
]
_GPT_OSS = (
    *_chat({}, thinks=True),
    cfai.Responses(ASKED),
    cfai.Responses(ASKED, max_output_tokens=2),
    cfai.Responses(_ITEMS, **_RESPONSES),
    cfai.Responses([*_HISTORY, cfai.user(ASKED, PNG)], reasoning_effort="none"),
    cfai.Responses(
        ASKED,
        tools=[{"type": "function", **_FUNCTION, "strict": True}],
        tool_choice={"type": "function", "name": "clock"},
        parallel_tool_calls=False,
    ),
)

# -- chat.completion, and text_completion of a prompt

_TEXT_KNOBS = {**_KNOBS, **_FORMED}
_CHAT_OR_TEXT = (
    cfai.Prompt(ASKED),
    cfai.Prompt(ASKED, **_TEXT_KNOBS),
    cfai.Messages(TALK),
    cfai.Messages(TALK, **_TEXT_KNOBS, **_TOOLS, **_CODE),
    _FORCED,
)

_ALL_CHATS = {
    **dict.fromkeys(_CHATS, _chat({})),
    **dict.fromkeys(_THINKERS, _chat({}, thinks=True)),
    "@cf/google/gemma-4-26b-a4b-it": _chat(_SKIPPED),
    "@cf/openai/gpt-oss-120b": _GPT_OSS,
    "@cf/openai/gpt-oss-20b": _GPT_OSS,
}
_TWO_SHAPES = dict.fromkeys(("@cf/aisingapore/gemma-sea-lion-v4-27b-it", "@cf/qwen/qwen3-30b-a3b-fp8"), _CHAT_OR_TEXT)

NATIVE, CHAT, CHAT_OR_TEXT = frozenset(_NATIVE), frozenset(_ALL_CHATS), frozenset(_TWO_SHAPES)
QUESTIONS: Mapping[str, Sequence[Question]] = {**_NATIVE, **_ALL_CHATS, **_TWO_SHAPES}
