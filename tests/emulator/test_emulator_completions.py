"""What the emulator answers in the form of a chat.completion (docs/wire.md 3.1, 3.2 and 5)."""

import base64
import json
import re

import pytest

from cfai.emulator import Emulator

CHAT = "@cf/google/gemma-4-26b-a4b-it"

ECHO = "I am the cfai emulator, not a model. You asked: "
HELLO = {"messages": [{"role": "user", "content": "Say hello"}]}

SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "integer", "minimum": 1}},
    "required": ["city", "days"],
}


def chat(ask, **changes):
    answered = ask(CHAT, {**HELLO, **changes})
    assert answered.status == 200, answered.body
    return answered.json["result"]


def message(ask, **changes):
    return chat(ask, **changes)["choices"][0]["message"]


def test_a_chat_is_answered_with_a_completion_of_all_keys(ask):
    result = chat(ask)

    created = result["created"]
    assert result == {
        "id": result["id"],
        "object": "chat.completion",
        "created": created,
        "model": "@cf/google/gemma-4-26b-a4b-it-external",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": ECHO + "Say hello", "refusal": None},
                "finish_reason": "stop",
                "logprobs": None,
                "stop_reason": None,
            }
        ],
        "usage": {
            "prompt_tokens": 2,
            "completion_tokens": 12,
            "total_tokens": 14,
            "prompt_tokens_details": {"cached_tokens": 0},
            "neurons": pytest.approx(2 * 0.009091 + 12 * 0.027273),
        },
    }
    assert list(result) == ["id", "object", "created", "model", "choices", "usage"]
    assert re.fullmatch(r"id-179\d{10}", result["id"])
    assert isinstance(created, int)
    assert str(created) == result["id"][3:13]


def test_it_is_in_the_envelope_with_its_neurons_in_a_header(ask):
    answered = ask(CHAT, HELLO)

    assert list(answered.json) == ["result", "success", "errors", "messages"]
    assert answered.headers["content-type"] == "application/json"
    assert answered.headers["cf-ai-neurons"] == "0.35"
    assert answered.headers["cf-ai-req-id"]


def test_the_same_chat_gets_the_same_bytes_and_another_or_another_seed_does_not(ask):
    with Emulator(seed=1) as other:
        ids = [
            ask(CHAT, HELLO).json["result"]["id"],
            ask(CHAT, {**HELLO, "temperature": 1}).json["result"]["id"],
            ask(CHAT, HELLO, to=other).json["result"]["id"],
        ]

    assert ask(CHAT, HELLO).body == ask(CHAT, HELLO).body
    assert len(set(ids)) == 3


def test_a_prompt_is_answered_in_the_same_form(ask):
    result = ask(CHAT, {"prompt": "Say hello"}).json["result"]

    assert result["object"] == "chat.completion"
    assert result["choices"][0]["message"]["content"] == ECHO + "Say hello"


def test_of_messages_the_last_of_the_user_is_the_question(ask):
    said = [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "First?"},
        {"role": "assistant", "content": None, "tool_calls": []},
        {"role": "user", "content": [{"type": "text", "text": "Second"}, {"type": "text", "text": "one?"}]},
        {"role": "tool", "tool_call_id": "a", "content": "{}"},
    ]

    result = chat(ask, messages=said)

    assert result["choices"][0]["message"]["content"] == ECHO + "Second one?"
    assert result["usage"]["prompt_tokens"] == 6


def test_a_message_without_content_is_a_question_without_words(ask):
    choice = chat(ask, messages=[{"role": "user", "content": None}])["choices"][0]

    assert (choice["message"]["content"], choice["finish_reason"]) == (ECHO.strip(), "stop")


@pytest.mark.parametrize(
    ("limits", "content"),
    [
        ({"max_tokens": 3}, "I am the"),
        ({"max_completion_tokens": 2}, "I am"),
        ({"max_completion_tokens": 2, "max_tokens": 3}, "I am"),
        ({"max_completion_tokens": None, "max_tokens": 3}, "I am the"),
        ({"max_tokens": 3.0}, "I am the"),
        ({"max_tokens": 0}, ""),
    ],
)
def test_an_answer_that_is_cut_says_so(ask, limits, content):
    result = chat(ask, **limits)

    assert result["choices"][0]["message"]["content"] == content
    assert result["choices"][0]["finish_reason"] == "length"
    assert result["usage"]["completion_tokens"] == len(content.split())


@pytest.mark.parametrize(
    ("limits", "reason"), [({}, "stop"), ({"max_tokens": 12}, "stop"), ({"max_tokens": 11}, "length")]
)
def test_an_answer_that_fits_is_whole(ask, limits, reason):
    assert chat(ask, **limits)["choices"][0]["finish_reason"] == reason


def test_without_a_limit_the_answer_ends_after_256_words(ask):
    words = " ".join(map(str, range(1000)))

    result = chat(ask, messages=[{"role": "user", "content": words}], max_tokens=None)

    assert len(result["choices"][0]["message"]["content"].split()) == 256
    assert (result["choices"][0]["finish_reason"], result["usage"]["completion_tokens"]) == ("length", 256)


def test_thinking_is_told_apart_and_counted(ask):
    result = chat(ask, chat_template_kwargs={"enable_thinking": True})
    said = result["choices"][0]["message"]

    assert said["reasoning"].startswith("The cfai emulator does not think.")
    assert said["content"] == ECHO + "Say hello"
    assert result["usage"]["completion_tokens"] == 12 + len(said["reasoning"].split())


@pytest.mark.parametrize("kwargs", [{}, {"enable_thinking": False}])
def test_without_thinking_there_is_no_reasoning(ask, kwargs):
    assert "reasoning" not in message(ask, chat_template_kwargs=kwargs)


def test_thinking_can_use_up_the_tokens(ask):
    result = chat(ask, chat_template_kwargs={"enable_thinking": True}, max_tokens=4)

    choice = result["choices"][0]
    assert choice["message"]["reasoning"] == "The cfai emulator does"
    assert choice["message"]["content"] is None
    assert choice["finish_reason"] == "length"
    assert result["usage"]["completion_tokens"] == 4


@pytest.mark.parametrize(
    "wrap", [lambda schema: schema, lambda schema: {"name": "n", "strict": True, "schema": schema}]
)
def test_json_is_a_string_that_fits_the_schema(ask, wrap):
    form = {"type": "json_schema", "json_schema": wrap(SCHEMA)}

    content = message(ask, response_format=form)["content"]

    assert isinstance(content, str)
    assert json.loads(content) == {"city": "emulator", "days": 1}


def test_json_without_a_schema_is_an_object(ask):
    content = message(ask, response_format={"type": "json_object"})["content"]

    assert json.loads(content) == {"emulator": True, "question": "Say hello"}


def test_a_text_format_gives_a_text(ask):
    assert message(ask, response_format={"type": "text"})["content"] == ECHO + "Say hello"


def seen(url):
    return {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}]}]}


def data_url(data, kind="png"):
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


def test_a_picture_in_a_message_is_taken(ask):
    assert ask(CHAT, seen(data_url(b"\x89PNG\r\n\x1a\n"))).status == 200


@pytest.mark.parametrize(
    ("url", "status", "code"),
    [
        ("https://example.com/cat.png", 400, 5006),
        ("data:image/png;base64,***", 400, 5004),
        (data_url(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "svg+xml"), 500, 8005),
    ],
    ids=["remote", "no base64", "SVG"],
)
def test_what_is_no_picture_to_the_service_is_refused(ask, url, status, code):
    answered = ask(CHAT, seen(url))

    assert (answered.status, answered.json["errors"][0]["code"]) == (status, code)


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (
            {},
            "oneOf at '/' not met, 0 matches: "
            "required properties at '/' are 'messages', required properties at '/' are 'prompt'",
        ),
        ({"messages": [{"content": "x"}]}, "required properties at '/messages/0' are 'role'"),
        ({"messages": [{"role": "user", "content": 5}]}, "Type mismatch of '/messages/0/content'"),
        ({**HELLO, "max_tokens": "5"}, "Type mismatch of '/max_tokens', 'number','null' not in 'string'"),
    ],
)
def test_a_chat_that_does_not_fit_is_refused(ask, body, problem):
    answered = ask(CHAT, body)

    assert (answered.status, answered.json["errors"][0]["code"]) == (400, 5006)
    assert problem in answered.json["errors"][0]["message"]


@pytest.mark.parametrize("depth", [500, 960, 100_000])
def test_a_deep_body_is_answered_or_refused_and_the_next_call_is_answered(ask, depth):
    body = b'{"messages":[],"metadata":%s1%s}' % (b"[" * depth, b"]" * depth)

    assert ask(CHAT, body).status in {200, 400}
    assert ask(CHAT, HELLO).status == 200


def test_half_a_surrogate_pair_is_answered_like_any_text(ask):
    assert ask(CHAT, b'{"prompt":"\\ud83d"}').status == 200
    assert ask(CHAT, b'{"prompt":"\\ud83d","response_format":{"type":"json_object"}}').status == 200
