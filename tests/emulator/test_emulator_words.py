"""Rankings, vectors, translations and decisions (docs/wire.md 3.6)."""

import base64
import json
import math

import pytest

PNG = b"\x89PNG\r\n\x1a\n and so on"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
SOUND = b"\xff\xfb\x90\x00" + bytes(15_996)
"""16,000 bytes at 128 kbit/s: one second."""

M3 = "@cf/baai/bge-m3"
RERANKER = "@cf/baai/bge-reranker-base"
QWEN = "@cf/qwen/qwen3-embedding-0.6b"
INDIC = "@cf/ai4bharat/indictrans2-en-indic-1B"
M2M = "@cf/meta/m2m100-1.2b"
CLEF = "@cf/cloudflare/clef"
OMNI = "@cf/cloudflare/clef-omni"

CONTEXTS = [{"text": "a blue dog"}, {"text": "the red cat sleeps"}, {"text": "a red bus"}]
QUESTIONS = {
    "sure": {"type": "noul", "instructions": "Is it?", "criteria": {"true": "yes"}},
    "colour": {"type": "choice", "instructions": "Which?", "criteria": {"red": "like fire", "blue": "like sky"}},
    "mood": {"type": "score", "instructions": "How?", "criteria": ["calm", "cross", "angry"]},
}
ASKED = {"model": "clef", "state": {"text": "a red cat"}, "questions": QUESTIONS}


def b64(data):
    return base64.b64encode(data).decode()


def data_url(data):
    return f"data:image/png;base64,{b64(data)}"


def result(answered):
    assert answered.status == 200, answered.body
    return answered.json["result"]


def refused(answered):
    return answered.status, answered.json["errors"][0]["code"]


def cosine(one, other):
    return sum(a * b for a, b in zip(one, other, strict=True)) / math.hypot(*one) / math.hypot(*other)


@pytest.mark.parametrize("model", [RERANKER, M3])
def test_contexts_are_ranked_by_the_words_of_the_query(ask, model):
    rows = result(ask(model, {"query": "red cat", "contexts": CONTEXTS}))["response"]

    assert [row["id"] for row in rows] == [1, 2, 0]
    assert all(list(row) == ["id", "score"] for row in rows)
    assert rows[0]["score"] > 0.6 > rows[1]["score"] > 0.3 > rows[2]["score"] > 0


@pytest.mark.parametrize(("top", "ids"), [(1, [1]), (9, [1, 2, 0])])
def test_the_best_few_may_be_asked_for(ask, top, ids):
    rows = result(ask(RERANKER, {"query": "red cat", "contexts": CONTEXTS, "top_k": top}))["response"]

    assert [row["id"] for row in rows] == ids


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"contexts": CONTEXTS}, "required properties at '/' are 'query,contexts'"),
        ({"query": "a", "contexts": ["b"]}, "Type mismatch of '/contexts/0', 'object' not in 'string'"),
        ({"query": "a", "contexts": CONTEXTS, "top_k": 0}, "Value of '/top_k' must be >= 1"),
    ],
)
def test_a_ranking_needs_a_query(ask, body, words):
    answered = ask(RERANKER, body)

    assert refused(answered) == (400, 5006)
    assert words in answered.json["errors"][0]["message"]


def test_the_embedder_of_three_questions_embeds_contexts_under_another_key(ask):
    contexts = result(ask(M3, {"contexts": CONTEXTS}))
    texts = result(ask(M3, {"text": [context["text"] for context in CONTEXTS]}))

    assert list(contexts) == ["response", "shape", "pooling"]
    assert (contexts["shape"], contexts["pooling"]) == ([3, 1024], "cls")
    assert contexts["response"] == texts["data"]


@pytest.mark.parametrize(("more", "expected"), [({}, (400, 3030)), ({"truncate_inputs": True}, None)])
def test_it_refuses_what_is_too_long_unless_it_may_cut(ask, more, expected):
    answered = ask(M3, {"text": "word " * 60_001, **more})

    assert (None if answered.status == 200 else refused(answered)) == expected
    assert expected is None or "Max context reached" in answered.json["errors"][0]["message"]


@pytest.mark.parametrize("model", [M3, M2M])
def test_their_batches_are_refused(ask, model):
    assert refused(ask(model, {"requests": []})) == (400, 8007)


@pytest.mark.parametrize("key", ["queries", "documents", "text"])
def test_queries_documents_and_texts_are_embedded(ask, key):
    assert result(ask(QWEN, {key: ["a", "b"]}))["shape"] == [2, 1024]
    assert result(ask(QWEN, {key: "a"}))["shape"] == [1, 1024]


def test_an_instruction_moves_queries_a_little_and_documents_not_at_all(ask):
    plain, told = (
        result(ask(QWEN, {"queries": "a red cat", **more}))["data"][0] for more in ({}, {"instruction": "Find it"})
    )
    documents = [
        result(ask(QWEN, {"documents": "a red cat", **more}))["data"][0] for more in ({}, {"instruction": "Find it"})
    ]

    assert plain != told
    assert cosine(plain, told) > 0.5
    assert documents[0] == documents[1]


def test_one_of_the_three_has_to_be_there(ask):
    assert refused(ask(QWEN, {"instruction": "x"})) == (400, 5006)


def test_a_text_is_translated_into_a_note_on_itself(ask):
    body = {"text": "Hello", "source_lang": "english", "target_lang": "french"}

    assert result(ask(M2M, body)) == {"translated_text": "[cfai emulator, not a model: english to french] Hello"}


@pytest.mark.parametrize("text", ["Hello", ["Hello", "You"]])
def test_translations_into_indian_languages_are_a_list(ask, text):
    texts = [text] if isinstance(text, str) else text

    answer = result(ask(INDIC, {"text": text, "target_language": "hin_Deva"}))

    assert answer == {"translations": [f"[cfai emulator, not a model: eng_Latn to hin_Deva] {each}" for each in texts]}


@pytest.mark.parametrize(
    ("model", "body", "words"),
    [
        (M2M, {"text": "Hello"}, "required properties at '/' are 'text,target_lang'"),
        (INDIC, {"text": "Hello"}, "required properties at '/' are 'text,target_language'"),
        (INDIC, {"text": "Hello", "target_language": "fr"}, "enum fr not in asm_Beng,"),
    ],
)
def test_a_translation_needs_a_language(ask, model, body, words):
    answered = ask(model, body)

    assert refused(answered) == (400, 5006)
    assert words in answered.json["errors"][0]["message"]


def test_decisions_are_of_the_type_of_their_questions(ask):
    answer = result(ask(CLEF, ASKED))
    sure, colour, mood = answer["answers"].values()

    assert (answer["model"], list(answer["answers"])) == ("clef", list(QUESTIONS))
    assert list(sure) == ["type", "noul"]
    assert 0 <= sure["noul"] < 1
    assert list(colour) == ["type", "choice", "probabilities", "confidence"]
    assert sum(colour["probabilities"].values()) == pytest.approx(1)
    assert colour["probabilities"][colour["choice"]] == max(colour["probabilities"].values()) == colour["confidence"]
    assert list(mood) == ["type", "score", "legend", "probabilities", "confidence"]
    assert mood["legend"] == {"0": "calm", "1": "cross", "2": "angry"}
    assert mood["score"] == pytest.approx(mood["probabilities"]["1"] + 2 * mood["probabilities"]["2"], abs=1e-5)
    assert list(answer["usage"]) == ["input_tokens", "output_tokens"]


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"model": "clef-flash"}, ["model"]),
        ({"model": "@cf/cloudflare/clef"}, ["model"]),
        ({"model": None}, ["model"]),
        ({"questions": {}}, ["questions"]),
        ({"questions": []}, ["questions"]),
        ({"questions": {"a": 1}}, ["questions", "a", "type"]),
        ({"questions": {"a": {"type": "text"}}}, ["questions", "a", "type"]),
        ({"questions": {"a": {"type": "noul"}}}, ["questions", "a", "instructions"]),
        ({"questions": {"a": {"type": "choice", "instructions": "?"}}}, ["questions", "a", "criteria"]),
        ({"questions": {"a": {"type": "score", "instructions": "?", "criteria": {}}}}, ["questions", "a", "criteria"]),
        ({"images": [data_url(PNG)] * 5}, ["images"]),
        ({"images": data_url(PNG)}, ["images"]),
        ({"images": ["https://example.com/cat.png"]}, ["images", 0]),
        ({"images": [data_url(PNG), "data:image/png;base64,***"]}, ["images", 1]),
        ({"images": [{"content_type": "image/png", "base64": "***"}]}, ["images", 0]),
    ],
)
def test_a_decision_that_does_not_fit_is_refused_with_json_in_its_message(ask, changes, where):
    answered = ask(CLEF, {**ASKED, **changes})
    message = answered.json["errors"][0]["message"]

    assert refused(answered) == (422, 5012)
    assert json.loads(message.removeprefix("AiError: AiError: ").rpartition(" (")[0])["detail"][0]["loc"] == where


@pytest.mark.parametrize("key", ["model", "state", "questions"])
def test_a_decision_needs_all_three(ask, key):
    body = {name: value for name, value in ASKED.items() if name != key}

    assert refused(ask(CLEF, body)) == (422, 5012)


@pytest.mark.parametrize(
    "image", [data_url(PNG), {"content_type": "image/png", "base64": b64(PNG)}], ids=["data URL", "object"]
)
def test_decisions_may_be_about_pictures(ask, image):
    assert ask(CLEF, {**ASKED, "images": [image]}).status == 200


@pytest.mark.parametrize(
    ("medium", "count", "status"), [("audio", 4, 200), ("audio", 5, 422), ("videos", 2, 200), ("videos", 3, 422)]
)
def test_one_of_them_hears_and_sees_films(ask, medium, count, status):
    body = {**ASKED, "model": "clef-omni", medium: [data_url(SOUND)] * count}

    assert ask(OMNI, body).status == status


def test_an_svg_for_a_decision_is_an_internal_error(ask):
    assert refused(ask(CLEF, {**ASKED, "images": [data_url(SVG)]})) == (500, 8005)
