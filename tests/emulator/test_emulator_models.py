"""What the emulator's models answer (docs/wire.md 3.1, 3.3, 3.6)."""

import base64
import io
import itertools
import math
import sys

import pytest
from PIL import Image

from cfai.emulator import Emulator

FEELING = "@cf/huggingface/distilbert-sst-2-int8"
VECTORS = "@cf/baai/bge-base-en-v1.5"
TEXT = "@cf/meta/llama-3.2-3b-instruct"
PICTURE = "@cf/leonardo/lucid-origin"

HALF_A_PAIR = b'"\\ud83d"'
"""JSON can say it, UTF-8 cannot."""


def cosine(one, other):
    return sum(a * b for a, b in zip(one, other, strict=True)) / math.hypot(*one) / math.hypot(*other)


@pytest.mark.parametrize(
    ("text", "positive"),
    [
        ("I like it", True),
        ("What a WONDERFUL day, thanks!", True),
        ("not bad", True),
        ("I hate it", False),
        ("I don't like it", False),
        ("It is not good, it is broken", False),
    ],
)
def test_a_feeling_is_told_with_both_labels(ask, text, positive):
    negative_row, positive_row = ask(FEELING, {"text": text}).json["result"]

    assert (negative_row["label"], positive_row["label"]) == ("NEGATIVE", "POSITIVE")
    assert negative_row["score"] + positive_row["score"] == pytest.approx(1, abs=1e-12)
    assert (positive_row["score"] > 0.75) is positive
    assert (negative_row["score"] > 0.75) is not positive


def test_texts_without_a_feeling_differ_a_little(ask):
    scores = [ask(FEELING, {"text": text}).json["result"][0]["score"] for text in ("a table", "a chair")]

    assert scores[0] != scores[1]
    assert all(0.3 < score < 0.7 for score in scores)


def test_one_text_gives_one_vector(ask):
    result = ask(VECTORS, {"text": "a red cat"}).json["result"]

    assert list(result) == ["shape", "data", "pooling"]
    assert result["shape"] == [1, 768]
    assert result["pooling"] == "mean"
    assert result["data"] == ask(VECTORS, {"text": ["a red cat"]}).json["result"]["data"]


def test_every_vector_is_a_unit_vector_of_the_width_in_the_shape(ask):
    texts = ["a red cat", "", "!?", "猫", "word " * 1000]

    result = ask(VECTORS, {"text": texts}).json["result"]

    assert result["shape"] == [5, 768]
    for vector in result["data"]:
        assert len(vector) == 768
        assert math.hypot(*vector) == pytest.approx(1, abs=1e-6)


def test_equal_texts_are_equal_and_others_are_not(ask):
    texts = ["a red cat", "A red cat", "cat red a", "a blue dog", "a red cat"]

    vectors = ask(VECTORS, {"text": texts}).json["result"]["data"]

    assert vectors[0] == vectors[4]
    assert all(one != other for one, other in itertools.combinations(vectors[:4], 2))


def test_texts_are_nearer_the_more_words_they_share(ask):
    texts = ["the red cat sleeps", "the red cat eats", "the blue dog eats", "stocks fell sharply today"]

    base, near, far, farthest = ask(VECTORS, {"text": texts}).json["result"]["data"]

    assert cosine(base, near) > cosine(base, far) + 0.2
    assert cosine(base, far) > cosine(base, farthest) + 0.1
    assert abs(cosine(base, farthest)) < 0.15


def test_the_two_poolings_do_not_go_together(ask):
    mean, cls = (ask(VECTORS, {"text": "a red cat", "pooling": name}).json["result"] for name in ("mean", "cls"))

    assert (mean["pooling"], cls["pooling"]) == ("mean", "cls")
    assert abs(cosine(mean["data"][0], cls["data"][0])) < 0.15


def test_a_hundred_texts_are_taken(ask):
    assert ask(VECTORS, {"text": ["a"] * 100}).json["result"]["shape"] == [100, 768]


def test_another_seed_gives_other_vectors_and_pictures(ask):
    with Emulator(seed=1) as other:
        vectors = [ask(VECTORS, {"text": "a red cat"}, to=to).json["result"]["data"] for to in (other, other)]
        pictures = [ask(PICTURE, {"prompt": "x", "width": 64, "height": 64}, to=other).body for _ in range(2)]

    assert vectors[0] == vectors[1] != ask(VECTORS, {"text": "a red cat"}).json["result"]["data"]
    assert pictures[0] == pictures[1] != ask(PICTURE, {"prompt": "x", "width": 64, "height": 64}).body


def test_a_prompt_is_answered_in_the_native_form(ask):
    result = ask(TEXT, {"prompt": "Say hello"}).json["result"]

    assert result == {
        "response": "I am the cfai emulator, not a model. You asked: Say hello",
        "tool_calls": [],
        "usage": {
            "prompt_tokens": 2,
            "completion_tokens": 12,
            "total_tokens": 14,
            "prompt_tokens_details": {"cached_tokens": 0},
            "neurons": pytest.approx(2 * 0.004625 + 12 * 0.030475),
        },
    }
    assert list(result) == ["response", "tool_calls", "usage"]


def test_of_messages_the_last_of_the_user_is_the_question(ask):
    said = [("system", "Be kind."), ("user", "First?"), ("assistant", "One."), ("user", "Second?"), ("tool", "{}")]
    body = {"messages": [{"role": role, "content": content} for role, content in said]}

    result = ask(TEXT, body).json["result"]

    assert result["response"].endswith("You asked: Second?")
    assert result["usage"]["prompt_tokens"] == 6


def test_an_empty_message_is_a_question_without_words(ask):
    assert ask(TEXT, {"messages": [{"role": "user", "content": ""}]}).json["result"]["response"].endswith("You asked:")


@pytest.mark.parametrize(("limit", "response"), [(0, ""), (3, "I am the"), (3.0, "I am the"), (-1, "")])
def test_the_answer_is_cut_to_max_tokens_words(ask, limit, response):
    result = ask(TEXT, {"prompt": "Say hello", "max_tokens": limit}).json["result"]

    assert result["response"] == response
    assert result["usage"]["completion_tokens"] == len(response.split())


def test_without_max_tokens_the_answer_ends_after_256_words(ask):
    prompt = " ".join(map(str, range(1000)))

    by_default = ask(TEXT, {"prompt": prompt}).json["result"]
    asked_long = ask(TEXT, {"prompt": prompt, "max_tokens": 5000}).json["result"]

    assert by_default["usage"]["completion_tokens"] == len(by_default["response"].split()) == 256
    assert asked_long["response"].endswith("You asked: " + prompt)
    assert asked_long["response"].startswith(by_default["response"])


def test_line_breaks_of_the_question_are_kept(ask):
    assert ask(TEXT, {"prompt": "a\n\n  b"}).json["result"]["response"].endswith("You asked: a\n\n  b")


def test_tools_are_taken_and_not_called(ask):
    tool = {"name": "f", "description": "d", "parameters": {"type": "object", "properties": {}}}

    assert (
        ask(TEXT, {"messages": [{"role": "user", "content": "Hi"}], "tools": [tool]}).json["result"]["tool_calls"] == []
    )


def test_json_mode_without_a_schema_gives_an_object(ask):
    result = ask(TEXT, {"prompt": "Hi", "response_format": {"type": "json_object"}}).json["result"]

    assert result["response"] == {"emulator": True, "question": "Hi"}


NODE = {"type": "object", "required": ["left", "right"], "properties": {"left": {"$ref": "#/$defs/N"}, "right": {"$ref": "#/$defs/N"}}}  # fmt: skip  # noqa: E501


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "object", "properties": {"a": {"type": "string"}}}, {}),
        ({"properties": {"a": {"type": "string"}, "b": {}}, "required": ["a"]}, {"a": "emulator"}),
        ({"type": "string", "maxLength": 3}, "emu"),
        ({"type": "string", "minLength": 10}, "emulator.."),
        ({"type": "string", "format": "date"}, "1970-01-01"),
        ({"enum": ["x", "y"]}, "x"),
        ({"const": None}, None),
        ({"type": "integer"}, 0),
        ({"type": "integer", "minimum": 3}, 3),
        ({"type": "integer", "exclusiveMinimum": 0}, 1),
        ({"type": "integer", "minimum": 5, "multipleOf": 4}, 8),
        ({"type": "integer", "maximum": -2}, -2),
        ({"type": "number", "exclusiveMinimum": 0, "maximum": 0.5}, 0.001),
        ({"type": "number", "exclusiveMaximum": -1}, -2),
        ({"type": "boolean"}, False),
        ({"type": ["null", "string"]}, None),
        ({"type": "array", "items": {"type": "integer"}}, []),
        ({"type": "array", "items": {"type": "integer"}, "minItems": 2}, [0, 0]),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, 0),
        ({"allOf": [{"properties": {"a": {}}, "required": ["a"]}, {"properties": {"b": {"const": 1}}, "required": ["b"]}]}, {"a": "emulator", "b": 1}),  # noqa: E501
        ({"$ref": "#/$defs/N", "$defs": {"N": {"const": 5}}}, 5),
        ({"$ref": "#/$defs/N", "$defs": {"N": NODE}}, {"left": None, "right": None}),
        ({"$ref": "https://example.com/schema"}, None),
    ],
)  # fmt: skip
def test_json_mode_gives_the_smallest_value_that_fits(ask, schema, value):
    form = {"type": "json_schema", "json_schema": schema}

    assert ask(TEXT, {"prompt": "Hi", "response_format": form}).json["result"]["response"] == value


def picture(answered):
    data = base64.b64decode(answered.json["result"]["image"], validate=True)
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        return image


@pytest.mark.parametrize(
    ("asked", "size"),
    [
        ({}, (1120, 1120)),
        ({"width": 256, "height": 128}, (256, 128)),
        ({"width": 1, "height": 1}, (1, 1)),
        ({"width": 2048, "height": 8}, (2048, 8)),
    ],
)
def test_a_picture_is_a_jpeg_of_the_asked_size(ask, asked, size):
    answered = ask(PICTURE, {"prompt": "a red cat", **asked})

    image = picture(answered)
    assert answered.json["result"]["image"].startswith("/9j/")
    assert list(answered.json["result"]) == ["image"]
    assert (image.format, image.size) == ("JPEG", size)


def test_the_prompt_is_drawn_in(ask):
    def white(prompt):
        image = picture(ask(PICTURE, {"prompt": prompt, "width": 512, "height": 512}))
        return sum(image.convert("L").histogram()[200:])

    assert white("a red cat and another") > white("") + 100 > 100


def test_the_same_request_gives_the_same_bytes_and_another_does_not(ask):
    body = {"prompt": "a red cat", "width": 64, "height": 64}
    others = [{**body, **change} for change in ({"prompt": "a cat"}, {"seed": 5}, {"steps": 8}, {"width": 72})]

    assert ask(PICTURE, body).body == ask(PICTURE, body).body
    assert len({ask(PICTURE, each).body for each in (body, *others)}) == 5


@pytest.mark.parametrize("side", ["width", "height"])
def test_a_picture_over_2048_is_refused_by_the_model(ask, side):
    answered = ask(PICTURE, {"prompt": "x", side: 2049})

    assert (answered.status, answered.json["errors"][0]["code"]) == (400, 3030)
    assert answered.json["result"] == {}
    assert answered.headers["cf-ai-req-id"] in answered.json["errors"][0]["message"]


def test_without_pillow_the_picture_is_a_fixed_one(ask, monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL", None)

    answered = [ask(PICTURE, {"prompt": prompt}) for prompt in ("a", "b")]

    assert answered[0].body == answered[1].body
    assert picture(answered[0]).size == (16, 16)


@pytest.mark.parametrize(
    ("model", "field"), [(FEELING, b"text"), (VECTORS, b"text"), (TEXT, b"prompt"), (PICTURE, b"prompt")]
)
def test_half_a_surrogate_pair_is_answered_like_any_text(ask, model, field):
    answered = ask(model, b'{"%s":%s}' % (field, HALF_A_PAIR))

    assert answered.status == 200
    assert answered.json["success"] is True
