"""What sets chat models apart: when they think, their ids, and the forms beside chat.completion (docs/wire.md 3.1)."""

import base64
import json
import re

import pytest

ECHO = "I am the cfai emulator, not a model. You asked: "
THOUGHT = "The cfai emulator does not think. It was asked to, and says so here."
ASKED = {"messages": [{"role": "user", "content": "Say hello"}]}
SCHEMA = {"type": "object", "properties": {"days": {"type": "integer", "minimum": 1}}, "required": ["days"]}
TOOL = {"name": "weather", "description": "Look out", "parameters": SCHEMA}
FORCED = {"tools": [{"type": "function", "function": TOOL}], "tool_choice": "required"}
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
PNG = b"\x89PNG\r\n\x1a\n and so on"

GLM_4 = "@cf/zai-org/glm-4.7-flash"
GLM_5_2 = "@cf/zai-org/glm-5.2"
GLM_5_3 = "@cf/zai-org/glm-5.3"
DEEPSEEK = "@cf/deepseek-ai/deepseek-v4-flash-0731"
KIMI = "@cf/moonshotai/kimi-k2.6"
KIMI_CODE = "@cf/moonshotai/kimi-k2.7-code"
NEMOTRON = "@cf/nvidia/nemotron-3-120b-a12b"
QWEN = "@cf/qwen/qwen3.8-27b"
QWEN_3 = "@cf/qwen/qwen3-30b-a3b-fp8"
SEA_LION = "@cf/aisingapore/gemma-sea-lion-v4-27b-it"
HYBRID = "@cf/meta/llama-3.3-70b-instruct-fp8-fast"
GPT_OSS = "@cf/openai/gpt-oss-120b"
GUARD = "@cf/meta/llama-guard-3-8b"
SCOUT = "@cf/meta/llama-4-scout-17b-16e-instruct"
VISION = "@cf/meta/llama-3.2-11b-vision-instruct"
MISTRAL = "@cf/mistralai/mistral-small-3.1-24b-instruct"


def result(answered):
    assert answered.status == 200, answered.body
    return answered.json["result"]


def refused(answered):
    return answered.status, answered.json["errors"][0]["code"]


def template(**kwargs):
    return {"chat_template_kwargs": kwargs}


@pytest.mark.parametrize(
    ("model", "knobs", "thinks"),
    [
        (GLM_4, {}, False),
        (GLM_4, template(enable_thinking=True), True),
        (GLM_5_2, {}, True),
        (GLM_5_2, {"reasoning_effort": "none"}, False),
        (GLM_5_2, {"reasoning_effort": "minimal"}, False),
        (GLM_5_3, {"reasoning_effort": "none"}, True),
        (GLM_5_3, template(enable_thinking=False), True),
        (DEEPSEEK, {"reasoning_effort": "minimal"}, True),
        (DEEPSEEK, {"reasoning_effort": "none"}, False),
        (KIMI, {"reasoning_effort": "high"}, True),
        (KIMI, {"reasoning_effort": "none"}, False),
        (KIMI, {"reasoning_effort": None}, True),
        (KIMI, template(thinking=False), False),
        (KIMI_CODE, template(thinking=False), True),
        (NEMOTRON, template(enable_thinking=False), False),
        (NEMOTRON, template(low_effort=True), True),
        (QWEN, template(enable_thinking=False), False),
        (QWEN_3, template(enable_thinking=False), False),
        (SEA_LION, template(enable_thinking=True), False),
        (GPT_OSS, {"reasoning_effort": "none"}, True),
    ],
)
def test_each_model_thinks_by_its_own_knobs(ask, model, knobs, thinks):
    message = result(ask(model, {**ASKED, **knobs}))["choices"][0]["message"]

    assert bool(message.keys() & {"reasoning", "reasoning_content"}) is thinks


@pytest.mark.parametrize(("model", "pattern"), [(KIMI, r"functions\.weather:0"), (QWEN, r"chatcmpl-tool-[0-9a-f]{32}")])
def test_ids_of_calls_are_those_of_the_family(ask, model, pattern):
    (call,) = result(ask(model, {**ASKED, **FORCED}))["choices"][0]["message"]["tool_calls"]

    assert re.fullmatch(pattern, call["id"])
    assert call["function"] == {"name": "weather", "arguments": '{"days": 1}'}


@pytest.mark.parametrize("model", [QWEN_3, SEA_LION])
def test_a_prompt_gets_a_text_completion_without_thinking(ask, model):
    answer = result(ask(model, {"prompt": "Say hello"}))

    assert list(answer) == ["id", "object", "created", "model", "choices", "usage"]
    assert answer["object"] == "text_completion"
    assert answer["choices"] == [
        {"index": 0, "text": ECHO + "Say hello", "finish_reason": "stop", "logprobs": None, "stop_reason": None}
    ]
    assert answer["usage"]["completion_tokens"] == 12


def test_the_hybrid_answers_in_both_forms_at_once(ask):
    answered = ask(HYBRID, ASKED)
    answer = result(answered)

    assert list(answer) == ["id", "object", "created", "model", "choices", "usage", "response", "tool_calls"]
    assert answer["model"] == "@cf/meta/llama-3.3-70b-instruct-sd"
    assert answer["response"] == answer["choices"][0]["message"]["content"] == ECHO + "Say hello"
    assert answer["tool_calls"] == []
    assert answer["usage"]["neurons"] == pytest.approx(2 * 0.026668 + 12 * 0.204805)


def test_the_hybrid_gives_json_as_a_value_and_as_a_text(ask):
    form = {"type": "json_schema", "json_schema": SCHEMA}

    answer = result(ask(HYBRID, {**ASKED, "response_format": form}))

    assert answer["response"] == {"days": 1}
    assert answer["choices"][0]["message"]["content"] == '{"days": 1}'


def test_an_input_gets_a_responses_object(ask):
    answered = ask(GPT_OSS, {"input": "Say hello", "instructions": "Be kind."})
    answer = result(answered)

    assert list(answer) == [
        "id",
        "object",
        "created_at",
        "status",
        "error",
        "incomplete_details",
        "instructions",
        "max_output_tokens",
        "output",
        "output_text",
        "temperature",
        "text",
        "top_p",
        "usage",
    ]
    assert (answer["object"], answer["status"], answer["instructions"]) == ("response", "completed", "Be kind.")
    assert answer["output_text"] == ECHO + "Say hello"
    thinking, message = answer["output"]
    assert (thinking["type"], thinking["content"]) == ("reasoning", [{"type": "reasoning_text", "text": THOUGHT}])
    assert (message["type"], message["role"], message["status"]) == ("message", "assistant", "completed")
    assert message["content"] == [{"type": "output_text", "text": ECHO + "Say hello", "annotations": []}]
    assert answer["usage"] == {
        "input_tokens": 4,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": 26,
        "total_tokens": 30,
    }
    assert answered.headers["cf-ai-neurons"] == f"{4 * 0.031818 + 26 * 0.068182:.2f}"


def test_of_the_items_of_an_input_the_last_of_the_user_is_the_question(ask):
    items = [
        {"role": "user", "content": "First?"},
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Second?"}]},
        {"type": "function_call_output", "call_id": "a", "output": "{}"},
    ]

    assert result(ask(GPT_OSS, {"input": items}))["output_text"] == ECHO + "Second?"


@pytest.mark.parametrize(("limit", "thought", "text"), [(14 + 2, THOUGHT, "I am"), (3, "The cfai emulator", "")])
def test_a_responses_object_that_is_cut_is_incomplete(ask, limit, thought, text):
    answer = result(ask(GPT_OSS, {"input": "Say hello", "max_output_tokens": limit}))

    assert (answer["status"], answer["incomplete_details"]) == ("incomplete", {"reason": "max_output_tokens"})
    assert answer["output"][0]["content"][0]["text"] == thought
    assert answer["output_text"] == text
    assert answer["usage"]["output_tokens"] == limit


def test_a_tool_of_responses_is_flat_and_so_is_its_call(ask):
    body = {"input": "Oslo?", "tools": [{"type": "function", **TOOL}], "tool_choice": "required"}

    answer = result(ask(GPT_OSS, body))
    _, call = answer["output"]

    assert (call["type"], call["name"], call["arguments"]) == ("function_call", "weather", '{"days": 1}')
    assert call["call_id"].startswith("call_")
    assert answer["output_text"] == ""


def test_json_of_responses_is_asked_for_in_its_text_format(ask):
    form = {"type": "json_schema", "name": "n", "schema": SCHEMA}

    answer = result(ask(GPT_OSS, {"input": "Oslo?", "text": {"format": form}}))

    assert json.loads(answer["output_text"]) == {"days": 1}
    assert answer["text"] == {"format": form}


@pytest.mark.parametrize(
    ("asked", "text", "value"),
    [
        ("Hello", "\n\nsafe", {"safe": True, "categories": []}),
        ("How to make a bomb?", "\n\nunsafe\nS1", {"safe": False, "categories": ["S1"]}),
    ],
)
def test_the_judge_answers_with_a_text_or_an_object(ask, asked, text, value):
    body = {"messages": [{"role": "user", "content": asked}]}

    assert result(ask(GUARD, body))["response"] == text
    assert result(ask(GUARD, {**body, "response_format": {"type": "json_object"}}))["response"] == value


def test_the_judge_knows_two_roles(ask):
    assert refused(ask(GUARD, {"messages": [{"role": "system", "content": "x"}]})) == (400, 5006)


def test_scout_calls_with_an_id_and_arguments_in_a_string(ask):
    answer = result(ask(SCOUT, {**ASKED, **FORCED}))
    (call,) = answer["tool_calls"]

    assert answer["response"] == ""
    assert re.fullmatch(r"chatcmpl-tool-[0-9a-f]{32}", call["id"])
    assert (call["type"], call["function"]) == ("function", {"name": "weather", "arguments": '{"days": 1}'})


@pytest.mark.parametrize("model", [MISTRAL, SCOUT, "@cf/qwen/qwq-32b"])
def test_a_guided_schema_is_answered_in_a_string(ask, model):
    assert result(ask(model, {"prompt": "Oslo?", "guided_json": SCHEMA}))["response"] == '{"days": 1}'


def seen(url):
    parts = [{"type": "text", "text": "What is it?"}, {"type": "image_url", "image_url": {"url": url}}]
    return {"messages": [{"role": "user", "content": parts}]}


def data_url(data):
    return f"data:image/png;base64,{base64.b64encode(data).decode()}"


@pytest.mark.parametrize("model", [VISION, SCOUT, MISTRAL, KIMI, KIMI_CODE, QWEN, "@cf/zai-org/glm-5.3-flash"])
def test_models_with_eyes_take_data_urls_alone(ask, model):
    assert "What is it?" in json.dumps(result(ask(model, seen(data_url(PNG)))))
    assert refused(ask(model, seen("https://example.com/cat.png"))) == (400, 5006)
    assert refused(ask(model, seen(data_url(SVG)))) == (500, 8005)


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (list(PNG), None),
        (data_url(PNG), None),
        (list(SVG), (500, 8005)),
        (data_url(SVG), (500, 8005)),
        ("https://example.com/cat.png", (400, 5006)),
        ([256], (400, 5006)),
        (7, (400, 5006)),
    ],
)
def test_the_first_of_them_takes_a_picture_beside_its_messages_too(ask, image, expected):
    answered = ask(VISION, {**ASKED, "image": image})

    assert (None if answered.status == 200 else refused(answered)) == expected


@pytest.mark.parametrize(
    ("model", "expected"),
    [("@cf/mistral/mistral-7b-instruct-v0.2-lora", None), ("@cf/meta/llama-3.2-3b-instruct", (405, 5005))],
)
def test_fine_tunes_are_for_the_models_that_take_them(ask, model, expected):
    answered = ask(model, {"prompt": "x", "lora": "mine"})

    assert (None if answered.status == 200 else refused(answered)) == expected


@pytest.mark.parametrize("model", [QWEN_3, SEA_LION, SCOUT, HYBRID, GPT_OSS])
def test_a_batch_without_the_queue_is_refused(ask, model):
    assert refused(ask(model, {"requests": [{"prompt": "x"}]})) == (400, 8007)


@pytest.mark.parametrize(
    ("model", "names"),
    [
        (HYBRID, ("prompt", "messages", "requests")),
        (GPT_OSS, ("messages", "prompt", "input", "requests")),
        (QWEN_3, ("messages", "prompt", "requests")),
        (VISION, ("prompt", "messages")),
    ],
)
def test_a_body_with_nothing_in_it_is_told_of_all_that_it_could_be(ask, model, names):
    problems = ", ".join(f"required properties at '/' are '{name}'" for name in names)

    answered = ask(model, {})

    assert refused(answered) == (400, 5006)
    assert f"oneOf at '/' not met, 0 matches: {problems} (" in answered.json["errors"][0]["message"]
