"""Text generation from a prompt and from messages (docs/wire.md 3.1)."""

from typing import Any

from models.case import Case, last_line, text

import cfai

ASKED = "Say hello"
ECHO = f"I am the cfai emulator, not a model. You asked: {ASKED}"
TALK = [{"role": "system", "content": "Be brief"}, {"role": "user", "content": ASKED}]
TOOL = {"name": "clock", "description": "Tell the time", "parameters": {"type": "object", "properties": {}}}

PROMPT = b'{"prompt":"Say hello"}'
MESSAGES = b'{"messages":[{"role":"system","content":"Be brief"},{"role":"user","content":"Say hello"}]}'

NATIVE = (
    "@cf/google/gemma-2b-it-lora",
    "@cf/google/gemma-7b-it-lora",
    "@cf/ibm-granite/granite-4.0-h-micro",
    "@cf/meta-llama/llama-2-7b-chat-hf-lora",
    "@cf/meta/llama-3.1-8b-instruct-fast",
    "@cf/meta/llama-3.1-8b-instruct-fp8",
    "@cf/meta/llama-3.2-11b-vision-instruct",
    "@cf/meta/llama-3.2-1b-instruct",
    "@cf/meta/llama-3.2-3b-instruct",
    "@cf/meta/llama-4-scout-17b-16e-instruct",
    "@cf/mistral/mistral-7b-instruct-v0.2-lora",
    "@cf/mistralai/mistral-small-3.1-24b-instruct",
    "@cf/qwen/qwen2.5-coder-32b-instruct",
)
THINKING_NATIVE = ("@cf/deepseek-ai/deepseek-r1-distill-qwen-32b", "@cf/qwen/qwq-32b")
HYBRID = "@cf/meta/llama-3.3-70b-instruct-fp8-fast"
GUARD = "@cf/meta/llama-guard-3-8b"
CHAT = (
    "@cf/deepseek-ai/deepseek-v4-flash-0731",
    "@cf/deepseek-ai/deepseek-v4-pro-0813",
    "@cf/google/gemma-4-26b-a4b-it",
    "@cf/moonshotai/kimi-k2.6",
    "@cf/moonshotai/kimi-k2.7-code",
    "@cf/nvidia/nemotron-3-120b-a12b",
    "@cf/openai/gpt-oss-120b",
    "@cf/openai/gpt-oss-20b",
    "@cf/qwen/qwen3.8-27b",
    "@cf/zai-org/glm-4.7-flash",
    "@cf/zai-org/glm-5.2",
    "@cf/zai-org/glm-5.3",
    "@cf/zai-org/glm-5.3-flash",
)
CHAT_OR_TEXT = ("@cf/aisingapore/gemma-sea-lion-v4-27b-it", "@cf/qwen/qwen3-30b-a3b-fp8")


def native(answer: Any) -> tuple[str, bool]:
    return answer.text, "response" in answer.raw and "choices" not in answer.raw


def kind(answer: Any) -> tuple[str, str]:
    return answer.text, answer.raw["object"]


def hybrid(answer: Any) -> tuple[str, str, str]:
    return answer.raw["response"], answer.raw["choices"][0]["message"]["content"], answer.model


def _asked_both_ways(model: str, look: Any, of_prompt: Any, of_messages: Any) -> tuple[Case, Case]:
    return (
        Case(model, cfai.Prompt(ASKED), PROMPT, cfai.GeneratedText, look, of_prompt),
        Case(model, cfai.Messages(TALK), MESSAGES, cfai.GeneratedText, look, of_messages),
    )


_PLAIN = (
    *(case for model in NATIVE for case in _asked_both_ways(model, native, (ECHO, True), (ECHO, True))),
    *(case for model in THINKING_NATIVE for case in _asked_both_ways(model, last_line, ECHO, ECHO)),
    *_asked_both_ways(HYBRID, hybrid, *2 * [(ECHO, ECHO, "@cf/meta/llama-3.3-70b-instruct-sd")]),
    *(case for model in CHAT for case in _asked_both_ways(model, kind, *2 * [(ECHO, "chat.completion")])),
    *(
        case
        for model in CHAT_OR_TEXT
        for case in _asked_both_ways(model, kind, (ECHO, "text_completion"), (ECHO, "chat.completion"))
    ),
)

_SPECIAL = (
    Case(
        GUARD,
        cfai.Prompt(ASKED),  # it takes messages alone
        b'{"messages":[{"role":"user","content":"Say hello"}]}',
        cfai.GeneratedText,
        lambda answer: answer.text.strip(),
        "safe",
    ),
    Case(
        GUARD,
        cfai.Messages([{"role": "user", "content": ASKED}]),
        b'{"messages":[{"role":"user","content":"Say hello"}]}',
        cfai.GeneratedText,
        lambda answer: answer.text.strip(),
        "safe",
    ),
    Case(
        GUARD,
        cfai.Messages([{"role": "user", "content": ASKED}], response_format={"type": "json_object"}),
        b'{"messages":[{"role":"user","content":"Say hello"}],"response_format":{"type":"json_object"}}',
        cfai.GeneratedText,
        lambda answer: answer.parsed,
        {"safe": True, "categories": []},
    ),
    Case(
        "@cf/meta-llama/llama-2-7b-chat-hf-lora",
        cfai.Prompt(
            ASKED,
            raw=True,
            max_tokens=3,
            temperature=0.5,
            top_p=0.9,
            top_k=5,
            seed=1,
            repetition_penalty=1.1,
            frequency_penalty=-1.0,
            presence_penalty=2.0,
            lora="my-fine-tune",
        ),
        b'{"prompt":"Say hello","raw":true,"max_tokens":3,"temperature":0.5,"top_p":0.9,"top_k":5,"seed":1,'
        b'"repetition_penalty":1.1,"frequency_penalty":-1.0,"presence_penalty":2.0,"lora":"my-fine-tune"}',
        cfai.GeneratedText,
        lambda answer: (answer.text, answer.truncated),
        ("I am the", True),
    ),
    Case(
        "@cf/meta/llama-3.2-3b-instruct",
        cfai.Messages(TALK[1:], tools=[TOOL], tool_choice="required"),
        b'{"messages":[{"role":"user","content":"Say hello"}],"tools":[{"name":"clock","description":"Tell the time",'
        b'"parameters":{"type":"object","properties":{}}}],"tool_choice":"required"}',
        cfai.GeneratedText,
        lambda answer: [(call.id, call.name, call.arguments) for call in answer.tool_calls],
        [("call_0", "clock", {})],
    ),
    *(
        Case(
            model,
            cfai.Prompt(ASKED, guided_json={"type": "object", "properties": {"a": {"const": 1}}, "required": ["a"]}),
            b'{"prompt":"Say hello","guided_json":{"type":"object","properties":{"a":{"const":1}},"required":["a"]}}',
            cfai.GeneratedText,
            text,
            '{"a": 1}',
        )
        for model in ("@cf/mistralai/mistral-small-3.1-24b-instruct", "@cf/qwen/qwq-32b")
    ),
    Case(
        HYBRID,
        cfai.Prompt(ASKED, response_format={"type": "json_schema", "json_schema": {"const": {"a": 1}}}),
        b'{"prompt":"Say hello","response_format":{"type":"json_schema","json_schema":{"const":{"a":1}}}}',
        cfai.GeneratedText,
        lambda answer: (answer.parsed, answer.raw["response"], answer.raw["choices"][0]["message"]["content"]),
        ({"a": 1}, {"a": 1}, '{"a": 1}'),
    ),
    Case(
        "@cf/google/gemma-4-26b-a4b-it",
        cfai.Messages(TALK[1:], max_completion_tokens=500, chat_template_kwargs={"enable_thinking": True}),
        b'{"messages":[{"role":"user","content":"Say hello"}],"max_completion_tokens":500,'
        b'"chat_template_kwargs":{"enable_thinking":true}}',
        cfai.GeneratedText,
        lambda answer: (answer.text, answer.reasoning),
        (ECHO, "The cfai emulator does not think. It was asked to, and says so here."),
    ),
    Case(
        "@cf/moonshotai/kimi-k2.6",
        cfai.Messages(
            TALK[1:],
            tools=[{"type": "function", "function": TOOL}],
            tool_choice={"type": "function", "function": {"name": "clock"}},
            stop=["\n"],
            n=1,
            logprobs=False,
        ),
        b'{"messages":[{"role":"user","content":"Say hello"}],"tools":[{"type":"function","function":{"name":"clock",'
        b'"description":"Tell the time","parameters":{"type":"object","properties":{}}}}],'
        b'"tool_choice":{"type":"function","function":{"name":"clock"}},"stop":["\\n"],"n":1,"logprobs":false}',
        cfai.GeneratedText,
        lambda answer: [(call.id, call.name, call.arguments) for call in answer.tool_calls],
        [("functions.clock:0", "clock", {})],
    ),
)

CASES = (*_PLAIN, *_SPECIAL)
