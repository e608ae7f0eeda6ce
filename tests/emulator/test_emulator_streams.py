"""The bytes of a stream in each form (docs/wire.md 4): one in a file of `streams` for each."""

import json
from pathlib import Path

import pytest

from cfai.emulator import Emulator

STREAMS = Path(__file__).with_name("streams")
HELLO = {"messages": [{"role": "user", "content": "Say 42"}]}
SCHEMA = {"type": "object", "properties": {"days": {"type": "integer"}}, "required": ["days"]}
NAMED = {"name": "n", "schema": SCHEMA}
TOOL = {"name": "weather", "description": "Look out", "parameters": SCHEMA}
FORCED = {"tools": [{"type": "function", "function": TOOL}], "tool_choice": "required"}
NO_THINKING = {"reasoning_effort": "none"}
CLAUDE_TOOL = {"tools": [{"name": "weather", "input_schema": SCHEMA}], "tool_choice": {"type": "any"}}

NATIVE = "@cf/meta/llama-3.2-3b-instruct"
QWQ = "@cf/qwen/qwq-32b"
SCOUT = "@cf/meta/llama-4-scout-17b-16e-instruct"
VISION = "@cf/meta/llama-3.2-11b-vision-instruct"
GEMMA = "@cf/google/gemma-4-26b-a4b-it"
HYBRID = "@cf/meta/llama-3.3-70b-instruct-fp8-fast"
KIMI = "@cf/moonshotai/kimi-k2.6"
DEEPSEEK = "@cf/deepseek-ai/deepseek-v4-flash-0731"
QWEN = "@cf/qwen/qwen3.8-27b"
QWEN_3 = "@cf/qwen/qwen3-30b-a3b-fp8"
SEA_LION = "@cf/aisingapore/gemma-sea-lion-v4-27b-it"
GLM = "@cf/zai-org/glm-5.3"
GPT_OSS = "@cf/openai/gpt-oss-20b"
MOONDREAM = "@cf/moondream/moondream3.1-9B-A2B"
GPT = "openai/gpt-5-mini"
CLAUDE = "anthropic/claude-sonnet-4-5"

RECORDED = {
    "native": (NATIVE, {**HELLO, "max_tokens": 3}),
    "native_number": (NATIVE, HELLO),
    "native_flat_call": (NATIVE, {**HELLO, **FORCED}),
    "native_call_in_pieces": (SCOUT, {**HELLO, **FORCED}),
    "native_without_usage": (VISION, {**HELLO, "max_tokens": 2}),
    "native_thinking": (QWQ, {**HELLO, "max_tokens": 16}),
    "increments_then_zeros": (GEMMA, {**HELLO, "max_tokens": 2}),
    "increments_of_the_hybrid": (HYBRID, {**HELLO, "max_tokens": 2}),
    "increments_with_the_last_one_late": (KIMI, {**HELLO, "max_tokens": 15}),
    "increments_of_a_call": (KIMI, {**HELLO, **FORCED, **NO_THINKING}),
    "both_keys_of_reasoning": (GPT_OSS, {**HELLO, "max_tokens": 15}),
    "changing_ids": (DEEPSEEK, {**HELLO, **NO_THINKING, "max_tokens": 2}),
    "call_closed_by_nulls": (QWEN, {**HELLO, **FORCED, **NO_THINKING}),
    "cumulative": (SEA_LION, {**HELLO, "max_tokens": 2}),
    "text_completion": (QWEN_3, {"prompt": "Say 42", "max_tokens": 2}),
    "usage_where_it_finishes": (GLM, {**HELLO, "max_tokens": 15}),
    "responses": (GPT_OSS, {"input": "Say 42"}),
    "responses_cut": (GPT_OSS, {"input": "Say 42", "max_output_tokens": 15}),
    "responses_call": (GPT_OSS, {"input": "Say 42", "tools": [TOOL], "tool_choice": "required"}),
    "openai": (GPT, {**HELLO, "max_tokens": 2}),
    "anthropic": (CLAUDE, {**HELLO, "max_tokens": 100}),
    "anthropic_call": (CLAUDE, {**HELLO, **CLAUDE_TOOL, "max_tokens": 100, "thinking": {"type": "enabled"}}),
    "moondream": (MOONDREAM, {"question": "What?", "reasoning": True}),
}


@pytest.fixture
def stream(ask, emulator):
    """Ask for a stream, in the path or, where the model is another company's, in the body."""

    def asked(model, body, *, to=emulator, stream=True):
        given = body if stream is None else {**body, "stream": stream}
        if model.startswith("@"):
            return ask(model, given, to=to)
        path = f"/client/v4/accounts/{to.account_id}/ai/run"
        return ask("", {"model": model, "input": given}, path=path, to=to)

    return asked


@pytest.mark.parametrize(("name", "request_"), RECORDED.items())
def test_a_stream_is_these_bytes(stream, name, request_):
    answered = stream(*request_)

    assert answered.status == 200
    assert answered.body.decode() == (STREAMS / f"{name}.sse").read_text(encoding="utf-8")


def test_a_stream_s_headers_have_no_length_and_no_neurons(stream):
    headers = stream(NATIVE, HELLO).headers

    assert headers.get_all("content-type") == ["text/event-stream"]
    assert headers["transfer-encoding"] == "chunked"
    assert headers["content-length"] is None
    assert headers["cf-ai-neurons"] is None
    assert len(headers["cf-ai-req-id"]) == 36
    assert headers["server"] == "cfai-emulator"


def test_the_same_request_gets_the_same_stream_and_another_seed_other_padding(stream):
    with Emulator(seed=1) as other:
        assert stream(NATIVE, HELLO).body != stream(NATIVE, HELLO, to=other).body
    assert stream(NATIVE, HELLO).body == stream(NATIVE, HELLO).body


@pytest.mark.parametrize("wanted", [False, None])
def test_without_a_stream_the_answer_is_whole(stream, wanted):
    for model, body in RECORDED.values():
        if wanted is False or model not in {NATIVE, SCOUT, VISION, QWQ, HYBRID, MOONDREAM, CLAUDE}:
            assert stream(model, body, stream=wanted).json["success"] is True


@pytest.mark.parametrize("task", ["point", "detect"])
def test_points_and_boxes_come_whole(stream, task):
    assert stream(MOONDREAM, {"task": task, "target": "cat"}).json["success"] is True


def test_a_caption_streams(stream):
    assert stream(MOONDREAM, {"task": "caption"}).headers["content-type"] == "text/event-stream"


def test_the_judge_answers_whole_whatever_is_asked(stream):
    assert stream("@cf/meta/llama-guard-3-8b", HELLO).json["result"]["response"] == "\n\nsafe"


def test_clef_decides_whole_whatever_is_asked(stream):
    body = {"model": "clef", "state": "x", "questions": {"q": {"type": "noul", "instructions": "?"}}}

    assert list(stream("@cf/cloudflare/clef", body).json["result"]["answers"]) == ["q"]


@pytest.mark.parametrize("kind", ["json_object", "json_schema"])
@pytest.mark.parametrize("model", [NATIVE, SCOUT, HYBRID, GEMMA, QWEN_3, GPT_OSS])
def test_json_mode_does_not_stream(stream, model, kind):
    schema = {"json_schema": NAMED if model == GPT_OSS else SCHEMA} if kind == "json_schema" else {}

    answered = stream(model, {**HELLO, "response_format": {"type": kind, **schema}})

    assert (answered.status, answered.json["errors"][0]["code"]) == (400, 5006)
    assert "JSON Mode currently doesn't support streaming" in answered.json["errors"][0]["message"]


def test_json_mode_of_responses_does_not_stream(stream):
    answered = stream(GPT_OSS, {"input": "Oslo?", "text": {"format": {"type": "json_object"}}})

    assert (answered.status, answered.json["errors"][0]["code"]) == (400, 5006)


def test_a_text_format_streams_and_so_does_a_guided_schema(stream):
    assert stream(NATIVE, {**HELLO, "response_format": {"type": "text"}}).status == 200
    assert b'{"response":"0",' in stream(SCOUT, {"prompt": "Oslo?", "guided_json": SCHEMA}).body


def test_json_of_another_company_s_model_streams(stream):
    answered = stream(GPT, {**HELLO, "response_format": {"type": "json_schema", "json_schema": NAMED}})

    assert b'"content":"0"' in answered.body


def test_what_is_refused_is_refused_before_the_stream(stream):
    answered = stream(GEMMA, {**HELLO, "tools": [TOOL], "tool_choice": "any"})

    assert (answered.status, answered.json["errors"][0]["code"]) == (400, 8001)


def test_half_a_surrogate_pair_and_a_long_word_go_through(stream):
    body = {"prompt": "\ud83d 猫" + "猫" * 30}

    events = stream(NATIVE, body).body.decode().split("\n\n")
    said = "".join(str(json.loads(event[6:]).get("response")) for event in events if event.startswith("data: {"))

    assert said == "I am the cfai emulator, not a model. You asked: ? " + "猫" * 31


def test_an_empty_answer_streams_in_two_pieces_at_least(stream):
    for model in (NATIVE, VISION, GEMMA, QWEN_3, GLM):
        body = stream(model, {"prompt": "x", "max_tokens": 0}).body
        assert body.count(b"data: ") >= 2, model
        assert body.endswith(b"data: [DONE]\n\n")


def test_a_retired_model_streams_where_it_answers(stream):
    with Emulator(retired=True) as emulator:
        for model in ("@cf/meta/llama-3-8b-instruct", "@cf/moonshotai/kimi-k2.5", "@cf/google/gemma-3-12b-it"):
            assert stream(model, HELLO, to=emulator).body.endswith(b"data: [DONE]\n\n")


def test_the_service_s_own_model_streams_through_a_gateway(ask, emulator):
    body = {"model": NATIVE, "input": {**HELLO, "stream": True}}
    headers = {"Authorization": f"Bearer {emulator.api_token}", "cf-aig-gateway-id": "default"}

    answered = ask("", body, path=f"/client/v4/accounts/{emulator.account_id}/ai/run", headers=headers)

    assert answered.body == ask(NATIVE, {**HELLO, "stream": True}).body
