"""Models that this release has no row for: the default forms, own types, mappings, and third parties' models."""

from typing import Any, NamedTuple

import pytest
from attrs import frozen
from kit.server import Server, answer
from models.case import JSON, MP3, MP3_BASE64, MP3_INTS, MP3_URL, PNG, PNG_BASE64, PNG_INTS, PNG_URL
from models.seen import in_any_order, is_a

import cfai

NEW = "@cf/some/new-model"
USER = [{"role": "user", "content": "What is this?"}]
_USER = b'[{"role":"user","content":"What is this?"}]'
QUESTIONS = {"spam": {"type": "noul", "instructions": "Is it?"}}
_QUESTIONS = b'{"spam":{"type":"noul","instructions":"Is it?"}}'

LABELS = [{"label": "cat", "score": 0.9}]
BOXES = [{"label": "cat", "score": 0.9, "box": {"xmin": 1, "ymin": 2, "xmax": 3, "ymax": 4}}]
VECTORS = {"data": [[0.5, 0.25]], "shape": [1, 2]}
USAGE = {"input_tokens": 1, "output_tokens": 1}


class New(NamedTuple):
    """A question to a model without a row."""

    params: Any
    body: bytes
    result: Any
    """What the service answers."""
    answer: Any
    """The class that this becomes."""
    slug: str = ""
    """A third party's model."""


DEFAULTS = (
    New(cfai.Prompt("Hi", top_k=5), b'{"top_k":5,"prompt":"Hi"}', {"response": "Hello"}, cfai.GeneratedText),
    New(cfai.Messages(USER), b'{"messages":' + _USER + b"}", {"response": "Hello"}, cfai.GeneratedText),
    New(cfai.Responses("Hi"), b'{"input":"Hi"}', {"object": "response", "output": []}, cfai.GeneratedText),
    New(
        cfai.ImagePrompt(PNG, "What?"),
        b'{"image":' + PNG_BASE64 + b',"prompt":"What?"}',
        {"description": "A cat"},
        cfai.GeneratedText,
    ),
    New(
        cfai.ImageMessages(PNG, USER),
        b'{"image":' + PNG_BASE64 + b',"messages":' + _USER + b"}",
        {"response": "A cat"},
        cfai.GeneratedText,
    ),
    New(cfai.TextClassification("Hi"), b'{"text":"Hi"}', LABELS, list[cfai.Classification]),
    New(cfai.ImageClassification(PNG), b'{"image":' + PNG_INTS + b"}", LABELS, list[cfai.Classification]),
    New(cfai.ObjectDetection(PNG), b'{"image":' + PNG_INTS + b"}", BOXES, list[cfai.DetectedObject]),
    New(cfai.ImageToText(PNG), b'{"image":' + PNG_INTS + b"}", {"description": "A cat"}, cfai.Description),
    New(
        cfai.TextToImage("a cat", image=PNG, mask=PNG),
        b'{"prompt":"a cat","image":' + PNG_INTS + b',"mask":' + PNG_INTS + b"}",
        {"image": "iVBORw0KGgo="},
        cfai.Image,
    ),
    New(cfai.TextToSpeech("Hi", lang="en"), b'{"prompt":"Hi","lang":"en"}', {"audio": "SUQzBA=="}, cfai.Audio),
    New(cfai.TextEmbeddings(["Hi"]), b'{"text":["Hi"]}', VECTORS, cfai.Embeddings),
    New(
        cfai.MultimodalEmbeddings(PNG, ["a cat"]),
        b'{"image":' + PNG_BASE64 + b',"text":["a cat"]}',
        VECTORS,
        cfai.Embeddings,
    ),
    New(
        cfai.AutomaticSpeechRecognition(MP3),
        b'{"audio":' + MP3_INTS + b"}",
        {"text": "Hello"},
        cfai.Transcription,
    ),
    New(
        cfai.VoiceActivityDetection(MP3),
        b'{"audio":' + MP3_BASE64 + b"}",
        {"is_complete": True},
        cfai.TurnDetection,
    ),
    New(
        cfai.Translation("Hi", "fr"),
        b'{"text":"Hi","target_lang":"fr"}',
        {"translated_text": "Salut"},
        cfai.TranslatedText,
    ),
    New(cfai.Summarization("Hi"), b'{"input_text":"Hi"}', {"summary": "H"}, cfai.Summary),
    New(
        cfai.Reranking("cat", ["a", "b"]),
        b'{"query":"cat","contexts":[{"text":"a"},{"text":"b"}]}',
        {"response": [{"id": 0, "score": 0.5}]},
        list[cfai.RankedContext],
    ),
    New(
        cfai.VisionQuery(PNG, question="What?"),
        b'{"image":' + PNG_URL + b',"question":"What?"}',
        {"finish_reason": "stop", "metrics": USAGE, "answer": "A cat"},
        cfai.VisionAnswer,
    ),
    New(
        cfai.VisionQuery("https://example.com/cat.png"),
        b'{"image":"https://example.com/cat.png"}',
        {"finish_reason": "stop", "metrics": USAGE, "caption": "A cat"},
        cfai.VisionAnswer,
    ),
    New(
        cfai.DecisionQuery("Hi", QUESTIONS, images=[PNG], audio=[MP3]),
        b'{"model":"new-model","state":"Hi","questions":'
        + _QUESTIONS
        + b',"images":['
        + PNG_URL
        + b'],"audio":['
        + MP3_URL
        + b"]}",
        {"answers": {"spam": {"type": "noul", "noul": 0.5}}, "usage": USAGE},
        cfai.Decisions,
    ),
    New(
        cfai.Extraction("Hi", {"name": {"type": "text"}}, images=[PNG]),
        b'{"model":"new-model","state":"Hi","fields":{"name":{"type":"text"}},"images":[' + PNG_URL + b"]}",
        {"answers": {"name": {"type": "text", "value": None}}, "truncated": False, "usage": USAGE},
        cfai.Extracted,
    ),
)


def enveloped(result: Any) -> Any:
    return answer({"result": result, "success": True, "errors": [], "messages": []})


@pytest.mark.parametrize("new", DEFAULTS, ids=lambda new: type(new.params).__name__)
async def test_a_new_model_takes_the_default_form_of_its_task(server: Server, client: Any, new: New) -> None:
    server.script(enveloped(new.result))

    given = await client.run(NEW, new.params)

    assert in_any_order(JSON, "", new.body) == in_any_order(JSON, "", server.last.body)
    assert server.last.line.startswith(b"POST ")
    assert server.last.target.endswith(b"/ai/run/@cf/some/new-model")
    assert JSON == server.last.header("Content-Type")
    assert is_a(given, new.answer)


def test_every_params_class_has_a_default_form() -> None:
    all_of_them: Any = cfai.RunParams

    assert set(all_of_them.__args__) == {type(new.params) for new in DEFAULTS}


@frozen
class Weather:
    """An answer of a user's own."""

    degrees: float
    sky: str


async def test_a_new_model_may_have_an_answer_of_the_users_own(server: Server, client: Any) -> None:
    server.script(enveloped({"degrees": 21.5, "sky": "clear", "new": None}))

    given = await client.run(NEW, cfai.Input({"place": "Graz", "photo": PNG}, returning=Weather))

    assert b'{"place":"Graz","photo":' + PNG_BASE64 + b"}" == server.last.body
    assert Weather(21.5, "clear") == given


async def test_a_new_model_takes_a_mapping_and_its_answer_is_told_by_its_shape(server: Server, client: Any) -> None:
    server.script(enveloped({"translations": ["Salut"]}))

    given = await client.run(NEW, {"z": [1, 2.5, None], "picture": PNG, "messages": [{"image_url": {"url": PNG}}]})

    assert (
        b'{"z":[1,2.5,null],"picture":' + PNG_BASE64 + b',"messages":[{"image_url":{"url":' + PNG_URL + b"}}]}"
        == server.last.body
    )
    assert is_a(given, cfai.TranslatedText)
    assert "Salut" == given.text


CHAT = {"choices": [{"message": {"role": "assistant", "content": "A cat"}, "finish_reason": "stop"}]}
ANTHROPIC = {"type": "message", "role": "assistant", "content": [{"type": "text", "text": "A cat"}]}
SLUGS = (
    New(
        cfai.Messages(USER),
        b'{"model":"openai/gpt-5","input":{"messages":' + _USER + b"}}",
        CHAT,
        cfai.GeneratedText,
        "openai/gpt-5",
    ),
    New(
        {"messages": USER, "max_completion_tokens": 5},
        b'{"model":"openai/gpt-5","input":{"messages":' + _USER + b',"max_completion_tokens":5}}',
        CHAT,
        cfai.GeneratedText,
        "openai/gpt-5",
    ),
    New(
        cfai.Messages(USER, max_tokens=5),
        b'{"model":"anthropic/claude-sonnet-4.5","input":{"max_tokens":5,"messages":' + _USER + b"}}",
        ANTHROPIC,
        cfai.GeneratedText,
        "anthropic/claude-sonnet-4.5",
    ),
    New(
        {"messages": USER, "max_tokens": 5},
        b'{"model":"anthropic/claude-sonnet-4.5","input":{"messages":' + _USER + b',"max_tokens":5}}',
        {"state": "Completed", "result": ANTHROPIC},
        cfai.GeneratedText,
        "anthropic/claude-sonnet-4.5",
    ),
)


@pytest.mark.parametrize("new", SLUGS)
async def test_a_third_partys_model_travels_in_the_body(server: Server, client: Any, new: New) -> None:
    server.script(enveloped(new.result))

    given = await client.run(new.slug, new.params)

    assert in_any_order(JSON, "", new.body) == in_any_order(JSON, "", server.last.body)
    assert server.last.line.startswith(b"POST ")
    assert server.last.target.endswith(b"/ai/run")
    assert JSON == server.last.header("Content-Type")
    assert is_a(given, new.answer)
    assert "A cat" == given.text


async def test_a_third_partys_picture_is_an_address_that_is_not_fetched(server: Server, client: Any) -> None:
    server.script(enveloped({"image": "https://example.com/cat.png", "model": "google/imagen"}))

    given = await client.run("google/imagen", {"prompt": "a cat"})

    assert b'{"model":"google/imagen","input":{"prompt":"a cat"}}' == server.last.body
    assert cfai.MediaLink("https://example.com/cat.png", "image/*") == given
    assert 1 == len(server.seen)
