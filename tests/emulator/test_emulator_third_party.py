"""Models of other companies, named in the body (docs/wire.md 1)."""

import base64
import json

import pytest

ECHO = "I am the cfai emulator, not a model. You asked: "
THOUGHT = "The cfai emulator does not think. It was asked to, and says so here."
ASKED = {"messages": [{"role": "user", "content": "Say hello"}]}
TO_CLAUDE = {"max_tokens": 100, **ASKED}
CLAUDE = "anthropic/claude-sonnet-4-5"
SCHEMA = {"type": "object", "properties": {"days": {"type": "integer", "minimum": 1}}, "required": ["days"]}
NOT_OFFERED = (
    b'{"result":null,"success":false,"errors":[{"code":7003,"message":"The model is not in the catalog"}],'
    b'"messages":[]}'
)


@pytest.fixture
def call(ask, emulator):
    def named(model, given, **headers):
        sent = {"Authorization": f"Bearer {emulator.api_token}", **headers}
        path = f"/client/v4/accounts/{emulator.account_id}/ai/run"
        return ask("", {"model": model, "input": given}, path=path, headers=sent)

    return named


def result(answered):
    assert answered.status == 200, answered.body
    return answered.json["result"]


def refused(answered):
    return answered.status, answered.json["errors"][0]["code"]


@pytest.mark.parametrize("model", ["openai/gpt-5-mini", "google/gemini-3-flash", "xai/grok-5", "deepseek/deepseek-v4"])
def test_most_answer_as_a_chat_completion(call, model):
    answered = call(model, ASKED)
    answer = result(answered)

    assert (answer["object"], answer["model"]) == ("chat.completion", model.split("/")[1])
    assert answer["choices"][0]["message"]["content"] == ECHO + "Say hello"
    assert answered.headers["cf-ai-neurons"] is None
    assert answered.headers["cf-ai-req-id"] is not None


def test_anthropics_answer_in_their_own_form(call):
    answer = result(call(CLAUDE, TO_CLAUDE))

    assert list(answer) == [
        "id",
        "type",
        "role",
        "model",
        "content",
        "stop_reason",
        "stop_sequence",
        "usage",
    ]
    assert (answer["type"], answer["role"], answer["model"]) == ("message", "assistant", "claude-sonnet-4-5")
    assert answer["content"] == [{"type": "text", "text": ECHO + "Say hello"}]
    assert (answer["stop_reason"], answer["stop_sequence"]) == ("end_turn", None)
    assert answer["usage"]["input_tokens"] == 2


@pytest.mark.parametrize("content", ["Say hello", [{"type": "text", "text": "Say"}, {"type": "text", "text": "hello"}]])
def test_their_content_may_come_in_blocks(call, content):
    body = {"max_tokens": 100, "messages": [{"role": "user", "content": content}]}

    assert result(call(CLAUDE, body))["content"][0]["text"] == ECHO + "Say hello"


def test_their_answer_ends_at_the_limit(call):
    answer = result(call(CLAUDE, {**TO_CLAUDE, "max_tokens": 2}))

    assert answer["content"] == [{"type": "text", "text": "I am"}]
    assert answer["stop_reason"] == "max_tokens"


def test_they_think_in_a_block(call):
    answer = result(call(CLAUDE, {**TO_CLAUDE, "thinking": {"type": "enabled", "budget_tokens": 1024}}))

    assert [block["type"] for block in answer["content"]] == ["thinking", "text"]
    assert answer["content"][0]["thinking"] == THOUGHT


@pytest.mark.parametrize("choice", [{"type": "any"}, {"type": "tool", "name": "weather"}])
def test_they_call_the_tool_that_is_forced(call, choice):
    tools = [{"name": "weather", "description": "Look out", "input_schema": SCHEMA}]

    answer = result(call(CLAUDE, {**TO_CLAUDE, "tools": tools, "tool_choice": choice}))

    (block,) = answer["content"]
    assert (block["type"], block["name"], block["input"]) == ("tool_use", "weather", {"days": 1})
    assert block["id"].startswith("toolu_")
    assert answer["stop_reason"] == "tool_use"


@pytest.mark.parametrize("choice", [{"type": "auto"}, {"type": "none"}])
def test_otherwise_they_call_nothing(call, choice):
    body = {**TO_CLAUDE, "tools": [{"name": "weather", "input_schema": SCHEMA}], "tool_choice": choice}

    assert result(call(CLAUDE, body))["content"][0]["type"] == "text"


def test_they_want_a_limit(call):
    answered = call(CLAUDE, ASKED)

    assert answered.status == 400
    assert answered.body == (
        b'{"result":null,"success":false,"errors":[{"code":7003,"message":"User Input Error: required properties at'
        b" '/' are 'max_tokens,messages'\"}],\"messages\":[]}"
    )
    assert answered.headers["cf-ai-req-id"] is None


def inner(model, answer):
    """Take the answer out of the wrapper of those that have one."""
    if model not in ("openai/gpt-image-2", "google/veo-3.1", "google/gemini-2.5-flash-tts"):
        return answer
    assert list(answer) == ["state", "result", "gatewayMetadata"]
    assert (answer["state"], answer["gatewayMetadata"]) == ("Completed", {"keySource": "Unified"})
    return answer["result"]


LINKS = [
    ("openai/gpt-image-2", "image", ".png", "image/png", b"\x89PNG\r\n\x1a\n"),
    ("google/nano-banana-pro", "image", ".png", "image/png", b"\x89PNG\r\n\x1a\n"),
    ("minimax/speech-2.8-hd", "audio", ".mp3", "audio/mpeg", b"\xff\xf3"),
    ("google/veo-3.1", "video", ".mp4", "video/mp4", b"\x00\x00\x00\x18ftypmp42"),
]


@pytest.mark.parametrize(("model", "key", "suffix", "media_type", "head"), LINKS)
def test_some_answer_with_a_link_that_leads_to_the_emulator(  # noqa: PLR0917
    call, ask, emulator, model, key, suffix, media_type, head
):
    answer = inner(model, result(call(model, {"prompt": "a red cat"})))
    origin = emulator.base_url.removesuffix("/client/v4")

    assert list(answer) == [key, "model"]
    assert answer["model"] == model
    assert answer[key].startswith(f"{origin}/media/")
    assert answer[key].endswith(suffix)
    assert answer == inner(model, result(call(model, {"prompt": "a red cat"})))
    assert answer != inner(model, result(call(model, {"prompt": "a blue dog"})))

    there = [ask("", method="GET", path=answer[key].removeprefix(origin), headers={}) for _ in range(2)]
    assert there[0].status == 200
    assert there[0].headers["content-type"] == media_type
    assert there[0].headers["server"] == "cfai-emulator"
    assert there[0].body.startswith(head)
    assert there[0].body == there[1].body


@pytest.mark.parametrize(("asked", "count"), [({}, 1), ({"n": 3}, 3)])
def test_one_answers_with_a_list_of_links(call, emulator, asked, count):
    answer = result(call("xai/grok-imagine-image", {"prompt": "a red cat", **asked}))

    assert list(answer) == ["images", "model"]
    assert len(set(answer["images"])) == count
    assert all(link.startswith(emulator.base_url.removesuffix("/client/v4")) for link in answer["images"])


def test_one_speaks_in_raw_samples_in_a_data_url(call):
    model = "google/gemini-2.5-flash-tts"

    answer = inner(model, result(call(model, {"text": "Say hello"})))

    head, _, samples = answer["audio"].partition(",")
    assert head == "data:audio/l16;base64"
    assert len(base64.b64decode(samples)) % 2 == 0


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/media/../client.png"),
        ("GET", "/media/0123456789abcdef01234567.exe"),
        ("GET", "/media/0123.png"),
        ("POST", "/media/0123456789abcdef01234567.png"),
    ],
)
def test_nothing_else_is_there(ask, method, path):
    answered = ask("", {} if method == "POST" else None, method=method, path=path, headers={})

    assert (answered.status, answered.json["errors"][0]["code"]) == (400, 7000)


@pytest.mark.parametrize("body", [{"prompt": 5}, {"prompt": "x", "n": 9}, {"image": {"a": 1}}])
def test_they_look_at_their_input(call, body):
    assert refused(call("xai/grok-imagine-image", body)) == (400, 7003)


CONTENTS = {"contents": [{"role": "user", "parts": [{"text": "Say "}, {"text": "hello"}, {"inlineData": {}}]}]}


def test_googles_answer_in_the_form_they_are_asked_in(call):
    answer = result(call("google/gemini-3-flash", CONTENTS))

    assert answer == {
        "candidates": [
            {
                "content": {"parts": [{"text": ECHO + "Say hello"}], "role": "model"},
                "index": 0,
                "finishReason": "STOP",
            }
        ],
        "usageMetadata": {"promptTokenCount": 2, "candidatesTokenCount": 12, "totalTokenCount": 14},
        "modelVersion": "gemini-3-flash",
    }


@pytest.mark.parametrize(
    ("body", "text", "reason"),
    [
        ({**CONTENTS, "generationConfig": {"maxOutputTokens": 2}}, "I am", "MAX_TOKENS"),
        ({"contents": []}, ECHO, "STOP"),
        ({"contents": [{"role": "user"}]}, ECHO, "STOP"),
    ],
)
def test_theirs_end_at_the_limit_and_take_any_contents(call, body, text, reason):
    (candidate,) = result(call("google/gemini-3-flash", body))["candidates"]

    assert (candidate["content"]["parts"][0]["text"], candidate["finishReason"]) == (text, reason)


def test_theirs_stream_as_small_answers(call):
    whole = result(call("google/gemini-3-flash", CONTENTS))

    events = call("google/gemini-3-flash", {**CONTENTS, "stream": True}).body.decode().strip().split("\n\n")

    chunks = [json.loads(event.removeprefix("data: ")) for event in events]
    assert len(chunks) > 2
    assert "".join(chunk["candidates"][0]["content"]["parts"][0]["text"] for chunk in chunks) == ECHO + "Say hello"
    assert [chunk["candidates"][0].get("finishReason") for chunk in chunks] == [None] * (len(chunks) - 1) + ["STOP"]
    assert chunks[-1]["usageMetadata"] == whole["usageMetadata"]


@pytest.mark.parametrize(
    "model", ["nobody/nothing", "openai", "openai/", "openai/a/b", "", "@cf/nobody/nothing", "model_name"]
)
def test_a_model_that_is_not_offered_is_refused_by_the_router(call, model):
    answered = call(model, ASKED)

    assert (answered.status, answered.body) == (404, NOT_OFFERED)
    assert answered.headers["cf-ai-req-id"] is None


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "required properties at '/' are 'model,input'"),
        ({"model": "openai/gpt-5-mini"}, "required properties at '/' are 'model,input'"),
        ({"model": 5, "input": {}}, "Type mismatch of '/model', 'string' not in 'number'"),
        ({"model": "openai/gpt-5-mini", "input": "x"}, "Type mismatch of '/input', 'object' not in 'string'"),
        (b"{", "the body is not JSON"),
    ],
)
def test_the_wrapper_has_to_be_whole(ask, emulator, body, words):
    answered = ask("", body, path=f"/client/v4/accounts/{emulator.account_id}/ai/run")

    assert refused(answered) == (400, 7003)
    assert f"User Input Error: {words}" in answered.json["errors"][0]["message"]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}])
def test_the_token_comes_first(ask, emulator, headers):
    path = f"/client/v4/accounts/{emulator.account_id}/ai/run"

    assert refused(ask("", {}, path=path, headers=headers)) == (401, 10000)


def test_the_service_s_own_models_answer_there_too_through_a_gateway(call):
    model = "@cf/meta/llama-3.2-3b-instruct"

    with_one = call(model, {"prompt": "Say hello"}, **{"cf-aig-gateway-id": "default"})
    without = call(model, {"prompt": "Say hello"})

    assert result(with_one)["response"] == ECHO + "Say hello"
    assert without.status == 400
    assert without.body == (
        b'{"success":false,"error":[{"code":2001,"message":"Please configure AI Gateway in the Cloudflare dashboard"}]}'
    )


def test_a_deep_body_is_answered_or_refused_and_the_next_call_is_answered(ask, call, emulator):
    deep = b'{"model":"openai/gpt-5-mini","input":%s1%s}' % (b'{"a":' * 100_000, b"}" * 100_000)

    assert ask("", deep, path=f"/client/v4/accounts/{emulator.account_id}/ai/run").status == 400
    assert json.loads(call("openai/gpt-5-mini", ASKED).body)["success"] is True
