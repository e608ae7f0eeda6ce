"""How long an answer becomes at most, as it goes over the line: 5 MiB, whatever a small request unfolds to."""

import json

import pytest

NATIVE = "@cf/meta/llama-3.2-3b-instruct"
NESTED = "@cf/meta/llama-4-scout-17b-16e-instruct"
GUIDED = "@cf/mistralai/mistral-small-3.1-24b-instruct"
HYBRID = "@cf/meta/llama-3.3-70b-instruct-fp8-fast"
GEMMA = "@cf/google/gemma-4-26b-a4b-it"
SEA_LION = "@cf/aisingapore/gemma-sea-lion-v4-27b-it"
GPT_OSS = "@cf/openai/gpt-oss-120b"
CLAUDE = "anthropic/claude-sonnet-4"
GPT = "openai/gpt-5"
HI = {"messages": [{"role": "user", "content": "Hi"}]}
MIB = 2**20
MOST_EVENTS = 2100
"""2,000 pieces of the text, those of a short thought, and what begins and ends a stream."""

LENGTHS = {"\x00": 7, '"': 4, "\\": 4, "\n": 3, "😀": 4, "猫": 3, "x": 1}
"""Bytes of a character in a text of JSON that is written as JSON; a line break is a backslash, escaped, and an n."""


def square(rows, columns, item):
    return {"type": "array", "minItems": rows, "items": {"type": "array", "minItems": columns, "items": item}}


def tool(schema):
    return {"name": "f", "description": "d", "parameters": schema, "input_schema": schema}


def called(schema):
    return {"type": "object", "required": ["q"], "properties": {"q": schema}}


def asks_for_json(model, schema):
    form = {"type": "json_schema", "json_schema": schema}
    if model == GUIDED:
        return {**HI, "guided_json": schema}
    if model == GPT_OSS:
        return {"input": "Hi", "text": {"format": {"type": "json_schema", "name": "n", "schema": schema}}}
    named = {**form, "json_schema": {"name": "n", "schema": schema}}
    return {**HI, "response_format": form if model == NATIVE else named}


def asks_for_a_call(model, schema):
    if model == CLAUDE:
        return {**HI, "max_tokens": 9, "tools": [tool(called(schema))], "tool_choice": {"type": "tool", "name": "f"}}
    question = {"input": "Hi"} if model == GPT_OSS else HI
    return {**question, "tools": [tool(called(schema))], "tool_choice": "required"}


@pytest.fixture
def answer(ask, emulator):
    """Ask a model, by its path or by its name, and give the answer."""

    def asked(model, body):
        if model.startswith("@"):
            return ask(model, body)
        return ask("", {"model": model, "input": body}, path=f"/client/v4/accounts/{emulator.account_id}/ai/run")

    return asked


def events(body):
    lines = [line[6:] for line in body.decode().split("\n") if line.startswith("data: ")]
    return [json.loads(line) for line in lines if line != "[DONE]"]


OF_JSON = [NATIVE, GUIDED, HYBRID, GEMMA, SEA_LION, GPT_OSS, GPT]
OF_CALLS = [NATIVE, NESTED, HYBRID, GEMMA, SEA_LION, GPT_OSS, CLAUDE, GPT]
TOO_LARGE = {
    "control characters": {"const": "\x00" * 200},
    "chosen": {"enum": ["\x00" * 200]},
    "names": {"type": "object", "required": ["\x00" * 200]},
    "a list": {"const": ["\x00" * 200]},
}


# -- whole answers ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("item", TOO_LARGE.values(), ids=TOO_LARGE)
@pytest.mark.parametrize("model", OF_JSON)
def test_what_is_too_large_once_it_is_escaped_is_refused(answer, model, item):
    answered = answer(model, asks_for_json(model, square(100, 45, item)))

    assert (answered.status, answered.json["errors"][0]["code"]) == (403, 5024)


@pytest.mark.parametrize("item", TOO_LARGE.values(), ids=TOO_LARGE)
@pytest.mark.parametrize("model", OF_CALLS)
def test_nothing_is_given_to_a_call_that_is(answer, model, item):
    answered = answer(model, asks_for_a_call(model, square(100, 45, item)))

    assert answered.status == 200
    assert len(answered.body) < 2000


@pytest.mark.parametrize("item", [{"type": "number", "minimum": 2**52}, {"type": "integer", "minimum": 2**52}])
def test_numbers_count_for_as_much_as_they_are_long(answer, item):
    answered = answer(NATIVE, asks_for_json(NATIVE, square(100, 100, square(1, 6, item))))

    assert answered.status == 403


@pytest.mark.parametrize(("character", "length"), LENGTHS.items())
@pytest.mark.parametrize("model", OF_JSON)
def test_the_largest_value_makes_no_answer_of_5_mib(answer, model, character, length):
    schema = square(10, 10, {"const": character * (10_000 // length)})

    answered = answer(model, asks_for_json(model, schema))

    assert answered.status == 200
    assert MIB / 4 < len(answered.body) < 5 * MIB


@pytest.mark.parametrize(("character", "length"), LENGTHS.items())
@pytest.mark.parametrize("model", OF_CALLS)
def test_nor_do_the_largest_arguments(answer, model, character, length):
    schema = square(10, 10, {"const": character * (10_000 // length)})

    answered = answer(model, asks_for_a_call(model, schema))

    assert answered.status == 200
    assert MIB / 4 < len(answered.body) < 5 * MIB


# -- streams ------------------------------------------------------------------------------------------------------

LARGE = {
    "digits": square(100, 90, square(1, 5, {"type": "integer"})),
    "words": square(100, 10, {"const": "w " * 450}),
    "long texts": square(10, 10, {"type": "string", "minLength": 10_000}),
    "control characters": square(10, 10, {"const": "\x00" * 1400}),
    "empty lists": square(100, 90, {"const": [[], [], {}, {}, []]}),
}


@pytest.mark.parametrize("schema", LARGE.values(), ids=LARGE)
@pytest.mark.parametrize("model", OF_CALLS)
def test_a_stream_of_the_largest_arguments_is_shorter_than_5_mib(answer, model, schema):
    streamed = answer(model, {**asks_for_a_call(model, schema), "stream": True})

    assert streamed.status == 200
    assert 50_000 < len(streamed.body) < 5 * MIB
    assert len(events(streamed.body)) < MOST_EVENTS


@pytest.mark.parametrize("schema", LARGE.values(), ids=LARGE)
def test_the_longer_pieces_are_the_arguments(answer, schema):
    body = asks_for_a_call(GEMMA, schema)

    (call,) = answer(GEMMA, body).json["result"]["choices"][0]["message"]["tool_calls"]
    chunks = events(answer(GEMMA, {**body, "stream": True}).body)

    deltas = [choice["delta"] for chunk in chunks for choice in chunk.get("choices", ())]
    given = [delta["tool_calls"][0]["function"].get("arguments", "") for delta in deltas if "tool_calls" in delta]
    assert call["function"]["arguments"] == "".join(given)


@pytest.mark.parametrize("model", [NATIVE, HYBRID, GEMMA, GPT_OSS, GPT])
@pytest.mark.parametrize("question", ["1" * 200_000, "w " * 100_000, " " * 200_000 + "x"])
def test_nor_does_a_long_question_come_in_small_pieces(answer, model, question):
    body = {"messages": [{"role": "user", "content": question}], "max_tokens": 10**6, "stream": True}

    assert len(events(answer(model, body).body)) < MOST_EVENTS


def test_the_words_of_a_long_stream_in_google_s_form_are_counted_once(answer):
    body = {"contents": [{"role": "user", "parts": [{"text": "w " * 100_000}]}], "stream": True}

    chunks = events(answer("google/gemini-3", body).body)

    assert len(chunks) < MOST_EVENTS
    # Ten words stand before the question.
    assert chunks[-1]["usageMetadata"]["candidatesTokenCount"] == 10 + 100_000


@pytest.mark.parametrize("author", ["anthropic", "google", "openai"])
def test_a_name_that_every_event_would_repeat_has_its_limit(answer, author):
    body = {**HI, "max_tokens": 9, "stream": True}

    taken, refused = (answer(f"{author}/{'x' * length}", body) for length in (100, 101))

    assert taken.status == 200
    assert refused.json["errors"][0]["code"] == 7003
