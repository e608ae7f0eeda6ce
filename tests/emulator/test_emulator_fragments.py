"""Fragments of text that go out as the JSON they parse as (docs/wire.md 3.1): `Emulator(fragments="json")`."""

import json
import re

import pytest

from cfai.emulator import Emulator

NATIVE = "@cf/meta/llama-3.2-3b-instruct"
SCOUT = "@cf/meta/llama-4-scout-17b-16e-instruct"
GEMMA = "@cf/google/gemma-4-26b-a4b-it"
QWEN_3 = "@cf/qwen/qwen3-30b-a3b-fp8"
GPT_OSS = "@cf/openai/gpt-oss-20b"
MOONDREAM = "@cf/moondream/moondream3.1-9B-A2B"
CLAUDE = "anthropic/claude-sonnet-4-5"

QUESTION = "10 true 2.5 [] -3 null {} 1e400 NaN 007"
ASKED = {"messages": [{"role": "user", "content": QUESTION}]}
SCHEMA = {"type": "object", "properties": {"a": {"const": 10}, "b": {"const": True}}, "required": ["a", "b"]}
TOOL = {"type": "function", "function": {"name": "f", "description": "d", "parameters": SCHEMA}}
FORCED = {"tools": [TOOL], "tool_choice": "required"}

# What QUESTION is cut into, as each piece stands in an event, written by hand.
PIECES = (
    '" ", 1, 0, " ", true, " ", 2.5, " ", [], " ", -3, " null", " ", {}, " ", 1, "e", 4, 0, 0, " NaN", " ", 0, 0, 7'
)


@pytest.fixture(scope="module")
def parsing():
    with Emulator(fragments="json") as running:
        yield running


@pytest.fixture
def stream(ask, parsing):
    def asked(model, body, *, to=parsing, stream=True):
        given = {**body, "stream": True} if stream else body
        if model.startswith("@"):
            return ask(model, given, to=to)
        return ask("", {"model": model, "input": given}, path=f"/client/v4/accounts/{to.account_id}/ai/run", to=to)

    return asked


def values(body, key):
    """List the raw JSON that stands under *key*, from the question on."""
    found = re.findall(rf'"{key}":("(?:[^"\\]|\\.)*"|-?[0-9.]+|true|false|null|\[\]|\{{\}})', body.decode())
    return found[found.index('" asked:"') + 1 :]


@pytest.mark.parametrize(
    ("model", "body", "key"),
    [
        (NATIVE, ASKED, "response"),
        (GEMMA, ASKED, "content"),
        (QWEN_3, {"prompt": QUESTION}, "text"),
        (GPT_OSS, ASKED, "content"),
        (GPT_OSS, {"input": QUESTION}, "delta"),
        (CLAUDE, {**ASKED, "max_tokens": 100}, "text"),
        ("openai/gpt-5-mini", ASKED, "content"),
    ],
)
def test_each_form_of_streams_sends_values(stream, emulator, model, body, key):
    pieces = PIECES.split(", ")
    texts = [piece if piece.startswith('"') else f'"{piece}"' for piece in pieces]

    assert values(stream(model, body).body, key)[: len(pieces)] == pieces
    assert values(stream(model, body, to=emulator).body, key)[: len(pieces)] == texts


@pytest.mark.parametrize(
    ("model", "body", "fragments"),
    [
        (SCOUT, {**ASKED, **FORCED}, rb'"arguments":("[^"\\]*(?:\\.[^"\\]*)*"|\w+)'),
        (GEMMA, {**ASKED, **FORCED}, rb'"arguments":("[^"\\]*(?:\\.[^"\\]*)*"|\w+)'),
        (GPT_OSS, {"input": "x", **FORCED}, rb'arguments\.delta".*"delta":("[^"\\]*(?:\\.[^"\\]*)*"|\w+)'),
        (
            CLAUDE,
            {
                **ASKED,
                "max_tokens": 9,
                "tools": [{"name": "f", "input_schema": SCHEMA}],
                "tool_choice": {"type": "any"},
            },
            rb'"partial_json":("[^"\\]*(?:\\.[^"\\]*)*"|\w+)',
        ),
    ],
)
def test_arguments_come_as_values(stream, model, body, fragments):
    found = re.findall(fragments, stream(model, body).body)

    # What is left of the whole arguments, in the events that close a call, is text.
    pieces = [piece for piece in found if piece != b'""' and not piece.startswith(b'"{\\"a\\": ')]
    assert pieces == [b'"{\\"a\\":"', b'" "', b"1", b"0", b'","', b'" \\"b\\":"', b'" "', b"true", b'"}"']


def test_whole_texts_of_responses_stay_texts_in_the_events_that_close_them(stream):
    body = stream(GPT_OSS, {"input": "x", **FORCED}).body

    assert body.count(rb'"arguments":"{\"a\": 10, \"b\": true}"') == 3


def test_reasoning_is_looked_at_too(stream):
    # The thought has no JSON in it: it stays what it is.
    assert b'{"reasoning":"The","p":' in stream(MOONDREAM, {"question": "1", "reasoning": True}).body


def test_a_call_s_own_arguments_are_left_alone(stream):
    schema = {
        "type": "object",
        "properties": {"content": {"const": "7"}, "text": {"const": "[]"}},
        "required": ["content", "text"],
    }
    forced = {"tools": [{"name": "f", "description": "d", "parameters": schema}], "tool_choice": "required"}

    arguments = b'"arguments":{"content":"7","text":"[]"}'
    assert arguments in stream(NATIVE, {**ASKED, **forced}).body
    assert arguments in stream(NATIVE, {**ASKED, **forced}, stream=False).body


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"const": {"a": [1]}}, b'{"a":[1]}'),
        ({"const": [{"type": "fruit", "name": "apple"}]}, b'[{"type":"fruit","name":"apple"}]'),
        ({"const": 6}, b"6"),
        ({"const": False}, b"false"),
        ({"const": None}, b'"null"'),
        ({"const": "x"}, b'"\\"x\\""'),
        ({"const": {"a": "\u00e9"}}, '"{\\"a\\": \\"\u00e9\\"}"'.encode()),
    ],
)
def test_a_whole_content_that_is_json_comes_parsed(stream, emulator, schema, value):
    body = {**ASKED, "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": schema}}}

    assert b'"content":%s,' % value in stream(GEMMA, body, stream=False).body
    assert b'"content":"' in stream(GEMMA, body, stream=False, to=emulator).body


def test_values_of_a_caller_s_own_in_json_mode_are_left_alone(stream):
    schema = {"const": {"content": "7", "text": "[]"}}
    body = {**ASKED, "response_format": {"type": "json_schema", "json_schema": schema}}

    assert b'"response":{"content":"7","text":"[]"}' in stream(NATIVE, body, stream=False).body


def test_both_say_the_same_in_the_end(stream, parsing, emulator):
    def said(to):
        lines = stream(NATIVE, ASKED, to=to).body.decode().split("\n\n")
        chunks = [json.loads(line[6:]) for line in lines if line.startswith("data: {")]
        fragments = [chunk["response"] for chunk in chunks if "p" in chunk]
        return "".join(each if isinstance(each, str) else json.dumps(each) for each in fragments)

    assert said(parsing) == said(emulator) == f"I am the cfai emulator, not a model. You asked: {QUESTION}"


@pytest.mark.parametrize("given", ["JSON", "", None, True])
def test_another_word_is_a_mistake(given):
    with pytest.raises(ValueError, match=f'fragments is "text" or "json", not {given!r}'):
        Emulator(fragments=given)


def test_a_whole_native_response_that_is_json_comes_parsed(stream, emulator):
    body = {**ASKED, "guided_json": {"const": {"a": 1}}}

    assert b'"result":{"response":{"a":1},' in stream(SCOUT, body, stream=False).body
    assert rb'"result":{"response":"{\"a\": 1}",' in stream(SCOUT, body, stream=False, to=emulator).body
