"""What the emulator's models refuse, and in which words (docs/wire.md 2.2 and 2.4)."""

import re

import pytest

FEELING = "@cf/huggingface/distilbert-sst-2-int8"
VECTORS = "@cf/baai/bge-base-en-v1.5"
TEXT = "@cf/meta/llama-3.2-3b-instruct"
PICTURE = "@cf/leonardo/lucid-origin"
CLOSED = "@cf/black-forest-labs/flux-1-schnell"

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


@pytest.mark.parametrize(
    ("model", "body", "problem"),
    [
        (FEELING, {}, "required properties at '/' are 'text'"),
        (PICTURE, {"steps": 4}, "required properties at '/' are 'prompt'"),
        (
            TEXT,
            {},
            "oneOf at '/' not met, 0 matches: "
            "required properties at '/' are 'prompt', required properties at '/' are 'messages'",
        ),
        (
            VECTORS,
            {},
            "oneOf at '/' not met, 0 matches: "
            "required properties at '/' are 'text', required properties at '/' are 'requests'",
        ),
        (
            TEXT,
            {"messages": [{"role": "user", "content": "Hi"}, {"name": "x"}]},
            "oneOf at '/' not met, 0 matches: "
            "required properties at '/' are 'prompt', required properties at '/messages/1' are 'role,content'",
        ),
    ],
)
def test_a_missing_field_is_refused_in_the_words_of_the_service(ask, model, body, problem):
    answered = ask(model, body)
    request_id = answered.headers["cf-ai-req-id"]

    assert answered.status == 400
    assert re.fullmatch(UUID, request_id)
    assert answered.body.decode() == (
        f'{{"errors":[{{"message":"AiError: AiError: Bad input: Error: {problem} ({request_id})","code":5006}}],'
        '"success":false,"result":{},"messages":[]}'
    )
    assert answered.headers["cf-ai-neurons"] is None


@pytest.mark.parametrize(
    ("model", "body", "problem"),
    [
        (FEELING, {"text": 5}, "Type mismatch of '/text', 'string' not in 'number'"),
        (FEELING, {"text": None}, "Type mismatch of '/text', 'string' not in 'null'"),
        (FEELING, {"text": ["a"]}, "Type mismatch of '/text', 'string' not in 'array'"),
        (FEELING, ["text"], "Type mismatch of '/', 'object' not in 'array'"),
        (FEELING, "text", "Type mismatch of '/', 'object' not in 'string'"),
        (FEELING, None, "Type mismatch of '/', 'object' not in 'null'"),
        (VECTORS, {"text": ["a", 1]}, "Type mismatch of '/text/1', 'string' not in 'number'"),
        (VECTORS, {"text": {}}, "Type mismatch of '/text', 'string','array' not in 'object'"),
        (VECTORS, {"text": "a", "pooling": "max"}, "enum max not in mean,cls"),
        (VECTORS, {"text": ["a"] * 101}, "Length of '/text' must be <= 100"),
        (TEXT, {"prompt": True}, "Type mismatch of '/prompt', 'string' not in 'boolean'"),
        (TEXT, {"prompt": "x", "max_tokens": None}, "Type mismatch of '/max_tokens', 'integer' not in 'null'"),
        (TEXT, {"prompt": "x", "max_tokens": 1.5}, "Type mismatch of '/max_tokens', 'integer' not in 'number'"),
        (TEXT, {"prompt": "x", "max_tokens": True}, "Type mismatch of '/max_tokens', 'integer' not in 'boolean'"),
        (
            TEXT,
            {"messages": [{"role": "user", "content": None}]},
            "Type mismatch of '/messages/0/content', 'string' not in 'null'",
        ),
        (
            TEXT,
            {"messages": [{"role": "user", "content": [{"type": "text", "text": "Hi"}]}]},
            "Type mismatch of '/messages/0/content', 'string' not in 'array'",
        ),
        (TEXT, {"prompt": "x", "response_format": {}}, "required properties at '/response_format' are 'type'"),
        (PICTURE, {"prompt": "x", "width": "8"}, "Type mismatch of '/width', 'integer' not in 'string'"),
        (PICTURE, {"prompt": "x", "width": 0}, "Value of '/width' must be >= 1"),
        (CLOSED, {"prompt": "x", "steps": 9}, "Value of '/steps' must be <= 8"),
    ],
)
def test_a_field_that_does_not_fit_is_named(ask, model, body, problem):
    answered = ask(model, body)

    assert answered.status == 400
    assert answered.json["errors"][0]["code"] == 5006
    assert problem in answered.json["errors"][0]["message"]
    assert answered.json["result"] == {}


@pytest.mark.parametrize(
    ("model", "body"),
    [
        (TEXT, {"prompt": "x", "messages": 5}),
        (TEXT, {"prompt": "x", "tools": 5, "tool_choice": "required"}),
        ("@cf/meta/llama-3.2-11b-vision-instruct", {"prompt": "x", "response_format": None, "guided_json": 5}),
        ("@cf/openai/gpt-oss-20b", {"input": "x", "prompt": None, "messages": 5}),
        ("@cf/baai/bge-m3", {"text": "x", "contexts": 5}),
        (PICTURE, {"prompt": "x", "width": 64, "height": 64, "negative_prompt": 5}),
    ],
)
def test_what_the_form_does_not_name_is_let_through_and_means_nothing(ask, model, body):
    assert ask(model, body).status == 200


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"prompt=x", b'{"prompt":NaN}', b'{"prompt":"\xff"}', b"\xff\xd8\xff", b"[" * 100_000],
    ids=["empty", "cut", "a form", "NaN", "not UTF-8", "a picture", "deep"],
)
def test_a_body_that_is_not_json_is_refused_by_the_model(ask, body):
    answered = ask(TEXT, body)

    assert answered.status == 400
    assert answered.json["result"] == {}
    assert answered.json["errors"][0]["code"] == 5006
    assert answered.json["errors"][0]["message"].endswith(f"({answered.headers['cf-ai-req-id']})")


def test_a_schema_too_deep_to_walk_is_refused_and_the_next_call_is_answered(ask):
    deep = b'{"type":"array","minItems":1,"items":' * 900 + b"{}" + b"}" * 900
    body = b'{"prompt":"x","response_format":{"type":"json_schema","json_schema":%s}}' % deep

    assert ask(TEXT, body).json["errors"][0]["code"] == 5006
    assert ask(TEXT, {"prompt": "x"}).status == 200


@pytest.mark.parametrize(
    ("model", "body"),
    [(f"{TEXT}?queueRequest=true", {"requests": [{"prompt": "x"}]}), (VECTORS, {"requests": [{"text": "x"}]})],
)
def test_a_queued_request_is_refused(ask, model, body):
    answered = ask(model, body)

    assert (answered.status, answered.json["errors"][0]["code"]) == (400, 8007)
