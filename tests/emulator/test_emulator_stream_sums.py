"""What a stream adds up to is what the same request gets without one (docs/wire.md 4)."""

import json

import pytest

HELLO = {"messages": [{"role": "user", "content": "Say 42"}]}
SCHEMA = {"type": "object", "properties": {"days": {"type": "integer"}}, "required": ["days"]}
TOOL = {"name": "weather", "description": "Look out", "parameters": SCHEMA}
FORCED = {"tools": [{"type": "function", "function": TOOL}], "tool_choice": "required"}
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

TOTALS = ("prompt_tokens", "completion_tokens", "total_tokens", "neurons")
STREAMING = [
    "@cf/aisingapore/gemma-sea-lion-v4-27b-it",
    "@cf/deepseek-ai/deepseek-r1-distill-qwen-32b",
    "@cf/deepseek-ai/deepseek-v4-flash-0731",
    "@cf/deepseek-ai/deepseek-v4-pro-0813",
    "@cf/google/gemma-2b-it-lora",
    "@cf/google/gemma-4-26b-a4b-it",
    "@cf/google/gemma-7b-it-lora",
    "@cf/ibm-granite/granite-4.0-h-micro",
    "@cf/meta-llama/llama-2-7b-chat-hf-lora",
    "@cf/meta/llama-3.1-70b-instruct-fp8-fast",
    "@cf/meta/llama-3.1-8b-instruct-fast",
    "@cf/meta/llama-3.1-8b-instruct-fp8",
    "@cf/meta/llama-3.1-8b-instruct-fp8-fast",
    "@cf/meta/llama-3.2-11b-vision-instruct",
    "@cf/meta/llama-3.2-1b-instruct",
    "@cf/meta/llama-3.2-3b-instruct",
    "@cf/meta/llama-3.3-70b-instruct-fp8-fast",
    "@cf/meta/llama-4-scout-17b-16e-instruct",
    "@cf/mistral/mistral-7b-instruct-v0.2-lora",
    "@cf/mistralai/mistral-small-3.1-24b-instruct",
    "@cf/moonshotai/kimi-k2.6",
    "@cf/moonshotai/kimi-k2.7-code",
    "@cf/nvidia/nemotron-3-120b-a12b",
    "@cf/openai/gpt-oss-120b",
    "@cf/openai/gpt-oss-20b",
    "@cf/qwen/qwen2.5-coder-32b-instruct",
    "@cf/qwen/qwen3-30b-a3b-fp8",
    "@cf/qwen/qwen3.8-27b",
    "@cf/qwen/qwq-32b",
    "@cf/zai-org/glm-4.7-flash",
    "@cf/zai-org/glm-5.2",
    "@cf/zai-org/glm-5.3",
    "@cf/zai-org/glm-5.3-flash",
]
LONG = {"messages": [{"role": "user", "content": "Say  42 and\n\n007,\tthen 猫 a1b22c " + "x" * 100 + " end \n"}]}


@pytest.fixture
def both(ask, emulator):
    """Ask twice: give the whole result, and the events of the stream."""

    def asked(model, body):
        path, wrap = None, dict
        if not model.startswith("@"):
            path = f"/client/v4/accounts/{emulator.account_id}/ai/run"

            def wrap(given):
                return {"model": model, "input": given}

        whole = ask(model, wrap(body), path=path)
        stream = ask(model, wrap({**body, "stream": True}), path=path)
        assert (whole.status, stream.status) == (200, 200)
        return whole.json["result"], events(stream.body)

    return asked


def events(body):
    lines = [line[6:] for line in body.decode().split("\n") if line.startswith("data: ")]
    return [json.loads(line) for line in lines if line != "[DONE]"]


def deltas(chunks):
    return [choice["delta"] for chunk in chunks for choice in chunk.get("choices", ())]


def joined(pieces):
    return "".join(str(piece) for piece in pieces if piece is not None)


def calls(pieces):
    """Put the one call that came in *pieces* together; what is null says nothing."""
    put = {"arguments": ""}
    for piece in pieces:
        function = piece["function"]
        put["arguments"] += function.get("arguments") or ""
        put.update({key: value for key, value in piece.items() if key in {"id", "type"} and value is not None})
        put.update({key: value for key, value in function.items() if key == "name" and value is not None})
    return {"id": put["id"], "type": put["type"], "function": {key: put[key] for key in ("name", "arguments")}}


def said(model, chunks):
    """Give the text of a stream in the native form or in chunks."""
    if "response" in chunks[0]:
        return joined(chunk.get("response") for chunk in chunks)
    return joined(delta.get("content") for delta in deltas(chunks))


def summed(usages):
    return {key: pytest.approx(sum(usage[key] for usage in usages)) for key in TOTALS}


def totals(usage):
    return {key: usage[key] for key in TOTALS}


@pytest.mark.parametrize("body", [HELLO, LONG, {**HELLO, "max_tokens": 5}], ids=["short", "long", "cut"])
@pytest.mark.parametrize("model", STREAMING)
def test_the_words_of_a_stream_are_those_of_the_whole(both, model, body):
    whole, chunks = both(model, body)

    message = whole["choices"][0]["message"] if "choices" in whole else {"content": whole["response"]}
    assert said(model, chunks) == (message["content"] or "")
    for key in ("reasoning", "reasoning_content"):
        assert joined(delta.get(key) for delta in deltas(chunks)) == message.get(key, "")


@pytest.mark.parametrize("model", STREAMING)
def test_one_chunk_tells_why_it_ends(both, model):
    whole, chunks = both(model, HELLO)

    reasons = [choice["finish_reason"] for chunk in chunks for choice in chunk.get("choices", ())]
    assert [reason for reason in reasons if reason] == [choice["finish_reason"] for choice in whole.get("choices", ())]


@pytest.mark.parametrize("model", [SCOUT, GEMMA, HYBRID, KIMI, DEEPSEEK, QWEN, QWEN_3, GLM, GPT_OSS, GPT])
def test_the_pieces_of_a_call_are_the_call(both, model):
    whole, chunks = both(model, {**HELLO, **FORCED})

    message = whole["choices"][0]["message"] if "choices" in whole else whole
    pieces = [call for said in [*chunks, *deltas(chunks)] for call in said.get("tool_calls") or ()]
    assert len(pieces) >= 3
    assert calls(pieces) == message["tool_calls"][0]


def test_a_flat_call_comes_in_one_piece(both):
    whole, chunks = both(NATIVE, {**HELLO, **FORCED})

    assert [call for chunk in chunks for call in chunk.get("tool_calls", ())] == whole["tool_calls"]


@pytest.mark.parametrize("body", [HELLO, LONG, {**HELLO, **FORCED}], ids=["short", "long", "call"])
@pytest.mark.parametrize("model", [GEMMA, HYBRID, KIMI, DEEPSEEK, QWEN, GPT_OSS])
def test_increments_add_up_and_the_last_chunk_has_the_totals(both, model, body):
    whole, (*chunks, native) = both(model, body)

    assert list(native) == ["response", "usage"]
    assert native["usage"] == whole["usage"]
    assert totals(whole["usage"]) == summed([chunk["usage"] for chunk in chunks])
    first, *others = chunks
    assert (first["usage"]["prompt_tokens"], first["usage"]["completion_tokens"]) == (
        whole["usage"]["prompt_tokens"],
        0,
    )
    assert {chunk["usage"]["prompt_tokens"] for chunk in others} == {0}
    assert max(chunk["usage"]["completion_tokens"] for chunk in others) == 1


@pytest.mark.parametrize(("model", "last"), [(GEMMA, 0), (HYBRID, 0), (DEEPSEEK, 0), (KIMI, 1), (QWEN, 1)])
def test_the_chunk_without_a_choice_has_zeros_or_the_last_increment(both, model, last):
    _, chunks = both(model, HELLO)

    (usage,) = [chunk["usage"] for chunk in chunks if chunk.get("choices") == []]
    assert usage["completion_tokens"] == last


@pytest.mark.parametrize("body", [HELLO, LONG, {"prompt": "Say hello"}], ids=["short", "long", "prompt"])
@pytest.mark.parametrize("model", [QWEN_3, SEA_LION])
def test_cumulative_counts_grow_to_the_totals(both, model, body):
    whole, chunks = both(model, body)

    written = [chunk["usage"]["completion_tokens"] for chunk in chunks]
    assert written == sorted(written)
    assert {chunk["usage"]["prompt_tokens"] for chunk in chunks} == {whole["usage"]["prompt_tokens"]}
    assert chunks[-1]["usage"] == chunks[-2]["usage"] == whole["usage"]
    assert chunks[-1]["choices"] == []


@pytest.mark.parametrize("model", [GLM, "@cf/zai-org/glm-4.7-flash"])
def test_totals_where_it_finishes_are_followed_by_zeros(both, model):
    whole, (*chunks, finish, last) = both(model, HELLO)

    assert [chunk["usage"] for chunk in chunks] == [None] * len(chunks)
    assert finish["choices"][0]["finish_reason"] == "stop"
    assert finish["usage"] == whole["usage"]
    assert (last["choices"], totals(last["usage"])) == ([], dict.fromkeys(TOTALS, 0))


def test_the_native_form_has_usage_in_its_last_chunk_alone(both):
    for model in (NATIVE, SCOUT, QWQ):
        whole, (*chunks, last) = both(model, HELLO)
        assert last == {"response": "", "usage": whole["usage"]}
        assert [list(chunk) for chunk in chunks] == [["response", "tool_calls", "p"]] * len(chunks)
    assert "usage" not in json.dumps(both(VISION, HELLO)[1])


@pytest.mark.parametrize("model", [QWEN_3, SEA_LION])
def test_a_text_completion_s_chunks_are_its_text(both, model):
    whole, chunks = both(model, {"prompt": "Say 42"})

    assert joined(choice["text"] for chunk in chunks for choice in chunk["choices"]) == whole["choices"][0]["text"]
    assert {chunk["object"] for chunk in chunks} == {"text_completion"}


@pytest.mark.parametrize(("model", "change"), [(GEMMA, False), (DEEPSEEK, True)])
def test_ids_change_in_the_middle_in_one_family(both, model, change):
    whole, chunks = both(model, HELLO)

    with_id = [chunk for chunk in chunks if "id" in chunk]
    assert with_id[0]["id"] == whole["id"]
    assert len({chunk["id"] for chunk in with_id}) == (len(with_id) if change else 1)


@pytest.mark.parametrize(
    "body",
    [
        {"input": "Say 42"},
        {"input": "Say 42", "max_output_tokens": 3},
        {"input": "Oslo?", "tools": [TOOL], "tool_choice": "required"},
    ],
    ids=["whole", "cut", "call"],
)
def test_the_events_of_a_responses_object_lead_to_it(both, body):
    whole, stream = both(GPT_OSS, body)

    assert [event["sequence_number"] for event in stream] == list(range(len(stream)))
    assert stream[0]["response"]["id"] == whole["id"]
    assert stream[-1] == {
        "type": f"response.{whole['status']}",
        "sequence_number": len(stream) - 1,
        "response": whole,
    }
    done = [event["item"] for event in stream if event["type"] == "response.output_item.done"]
    assert done == whole["output"]
    for kind, key in [("output_text", "text"), ("reasoning_text", "text"), ("function_call_arguments", "arguments")]:
        pieces = joined(event["delta"] for event in stream if event["type"] == f"response.{kind}.delta")
        assert pieces == joined(event[key] for event in stream if event["type"] == f"response.{kind}.done")


@pytest.mark.parametrize("more", [{}, {"thinking": {"type": "enabled"}}, CLAUDE_TOOL], ids=["text", "thought", "call"])
def test_the_events_of_a_message_lead_to_it(both, more):
    whole, stream = both(CLAUDE, {**HELLO, "max_tokens": 100, **more})

    keys = {"text_delta": "text", "thinking_delta": "thinking", "input_json_delta": "partial_json"}
    for index, block in enumerate(whole["content"]):
        of_block = [event["delta"] for event in stream if event["type"] == "content_block_delta"
                    and event["index"] == index]  # fmt: skip
        put = joined(delta[keys[delta["type"]]] for delta in of_block if delta["type"] in keys)
        assert put == block.get("text", block.get("thinking", json.dumps(block.get("input"))))
    *_, why, stop = stream
    assert why["delta"]["stop_reason"] == whole["stop_reason"]
    assert stream[0]["message"]["usage"]["input_tokens"] == whole["usage"]["input_tokens"]
    assert why["usage"]["output_tokens"] == whole["usage"]["output_tokens"]
    assert stop == {"type": "message_stop"}


def test_the_usage_of_openai_s_form_comes_once(both):
    whole, (*chunks, last) = both(GPT, HELLO)

    assert [chunk["usage"] for chunk in chunks] == [None] * len(chunks)
    assert (last["choices"], last["usage"]) == ([], whole["usage"])
    assert joined(delta.get("content") for delta in deltas(chunks)) == whole["choices"][0]["message"]["content"]


@pytest.mark.parametrize("task", ["query", "caption"])
def test_what_moondream_says_in_pieces_is_what_it_says(both, task):
    whole, chunks = both(MOONDREAM, {"task": task, "question": "What?", "reasoning": True})

    assert joined(chunk.get("response") for chunk in chunks) == (whole["answer"] or whole["caption"])
    assert joined(chunk.get("reasoning") for chunk in chunks) == (whole["reasoning"] or {"text": ""})["text"]
    usage, metrics = chunks[-1]["usage"], whole["metrics"]
    assert usage["prompt_tokens"] == metrics["input_tokens"]
    assert usage["completion_tokens"] == metrics["output_tokens"]
