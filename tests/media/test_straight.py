"""The typed way from bytes to an answer gives what the ordinary way gives, or gives way to it."""

import json
from typing import Any

import pytest

import cfai
from cfai._wire.answer.decode import decode, result_of
from cfai._wire.answer.typed_decoders import TYPED_DECODERS, decode_typed
from cfai._wire.answer.union import read_promised
from cfai._wire.http_values import Request, Response
from cfai._wire.request.encode import encode

ENVELOPE = {"success": True, "errors": [], "messages": []}
LABELS = list[cfai.Classification]
PARAMS: dict[Any, Any] = {
    cfai.GeneratedText: cfai.Prompt("a", max_tokens=7),
    LABELS: cfai.TextClassification("a"),
    cfai.Embeddings: cfai.TextEmbeddings("a"),
    cfai.Transcription: cfai.AutomaticSpeechRecognition(b"a"),
    cfai.Image: cfai.TextToImage("a"),
    cfai.Audio: cfai.TextToSpeech("a"),
}
JPEG = "/9j/4AAQSkZJRgABAQ=="
TOKENS = {"prompt_tokens": 3, "completion_tokens": 7, "total_tokens": 10}
GOOD: list[tuple[Any, Any]] = [
    (cfai.GeneratedText, {"response": "Hello"}),
    (cfai.GeneratedText, {"response": "Hello", "tool_calls": [], "usage": TOKENS}),
    (cfai.GeneratedText, {"response": "", "tool_calls": None, "usage": {**TOKENS, "prompt_tokens_details": None}}),
    (cfai.GeneratedText, {"response": "a", "usage": {**TOKENS, "prompt_tokens_details": {"cached_tokens": 2}}}),
    (cfai.GeneratedText, {"response": "a", "usage": {"prompt_tokens": 3, "completion_tokens": 8}}),
    (LABELS, [{"label": "POSITIVE", "score": 0.5}, {"label": "NEGATIVE", "score": 0, "new": [None]}]),
    (LABELS, []),
    (cfai.Embeddings, {"shape": [2, 2], "data": [[1, 0.5], [0.25, 2]], "pooling": "cls"}),
    (cfai.Embeddings, {"data": [[0.5, 1.0]]}),
    (cfai.Embeddings, {"data": [], "pooling": None}),
    (cfai.Transcription, {"text": "hi", "words": [{"word": "hi", "start": 0, "end": 0.5}], "vtt": None, "new": 1}),
    (cfai.Transcription, {"text": "hi", "segments": [{"text": "hi", "words": [{"word": "hi", "confidence": 1}]}]}),
    (cfai.Transcription, {"text": "", "word_count": 0, "transcription_info": {"language": "en", "duration": 1}}),
    (cfai.Image, {"image": JPEG}),
    (cfai.Audio, {"audio": "SUQzBAAAAAAAAA=="}),
]
OTHER_WAY: list[tuple[Any, Any]] = [
    (cfai.GeneratedText, "Hello"),
    (cfai.GeneratedText, {"response": 6}),
    (cfai.GeneratedText, {"response": "a", "reasoning": "b"}),
    (cfai.GeneratedText, {"response": "a", "finish_reason": "stop"}),
    (cfai.GeneratedText, {"response": None, "tool_calls": [{"name": "a", "arguments": {}}]}),
    (cfai.GeneratedText, {"response": "a", "choices": [{"message": {"content": "b"}}]}),
    (cfai.GeneratedText, {"response": "a", "usage": {**TOKENS, "neurons": 0.5}}),
    (cfai.GeneratedText, {"response": "a", "usage": {**TOKENS, "total_tokens": "10"}}),
    (cfai.GeneratedText, {"response": "a", "usage": {**TOKENS, "cached_tokens": 1}}),
    (cfai.GeneratedText, {"state": "Completed", "result": {"response": "a"}}),
    (LABELS, {"state": "Completed", "result": [{"label": "POSITIVE", "score": 0.5}]}),
    (cfai.Embeddings, {"response": [[0.5]]}),
    (cfai.Embeddings, {"object": "list", "data": [{"index": 0, "embedding": [0.5]}]}),
    (cfai.Embeddings, {"data": [[0.5]], "shape": None}),
    (cfai.Transcription, {"text": "hi", "words": None, "segments": None}),
    (
        cfai.Transcription,
        {"text": "hi", "words": [{"word": "hi", "start": None}], "segments": [{"text": "", "words": None}]},
    ),
    (cfai.Transcription, {"results": {"channels": [{"alternatives": [{"transcript": "hi"}]}]}}),
    (cfai.Image, {"image": JPEG[:-2]}),
    (cfai.Image, {"image": f"data:image/jpeg;base64,{JPEG}"}),
    (cfai.Image, {"state": "Completed", "result": {"image": JPEG}}),
    (cfai.Audio, {"audio": "SUQz\nBAAA\nAAAA\nAA=="}),
]


def ask(promise: Any) -> Request:
    return encode("@cf/some/model", PARAMS[promise])


@pytest.mark.parametrize(("promise", "result"), GOOD)
def test_both_ways_give_the_same_answer(promise: Any, result: Any) -> None:
    body = json.dumps({"result": result, **ENVELOPE}).encode()

    answer = decode_typed(promise, body, ask(promise).asked)

    assert answer is not None
    assert read_promised(promise, result, ask(promise).asked) == answer
    assert type(answer) is (list if promise == LABELS else promise)


@pytest.mark.parametrize(("promise", "result"), [*GOOD, *OTHER_WAY])
def test_an_answer_is_the_same_whichever_way_it_takes(promise: Any, result: Any) -> None:
    body = json.dumps({"result": result, **ENVELOPE}).encode()

    answer = decode(Response(status=200, headers={}, body=body), ask(promise), "0" * 32)

    assert read_promised(promise, result, ask(promise).asked) == answer
    assert promise == LABELS or result == answer.raw  # a list has none


@pytest.mark.parametrize("promise", list(TYPED_DECODERS))
@pytest.mark.parametrize(
    "body",
    [
        {"result": {}, "success": False, "errors": [{"code": 5006, "message": "no"}]},
        {"result": None, "success": False, "errors": []},
        {"error": {"code": 7, "message": "no"}, "result": None},
        {"state": "Failed", "error": {"code": 7, "message": "no"}},
    ],
)
def test_a_refusal_is_never_read_straight(promise: Any, body: Any) -> None:
    encoded = json.dumps(body).encode()

    assert decode_typed(promise, encoded, ask(promise).asked) is None
    with pytest.raises(cfai.ApiError):
        decode(Response(status=200, headers={}, body=encoded), ask(promise), "0" * 32)


@pytest.mark.parametrize(("promise", "result"), [each for each in GOOD if each[0] != LABELS])
def test_an_error_inside_a_good_result_is_seen(promise: Any, result: Any) -> None:
    body = json.dumps({"result": {**result, "error": "half of it failed"}, **ENVELOPE}).encode()

    with pytest.raises(cfai.ApiError, match="half of it failed"):
        decode(Response(status=200, headers={}, body=body), ask(promise), "0" * 32)


@pytest.mark.parametrize(("promise", "result"), GOOD)
def test_an_error_beside_a_good_result_is_seen(promise: Any, result: Any) -> None:
    body = json.dumps({"result": result, **ENVELOPE, "error": "half of it failed"}).encode()

    with pytest.raises(cfai.ApiError, match="half of it failed"):
        decode(Response(status=200, headers={}, body=body), ask(promise), "0" * 32)


@pytest.mark.parametrize("label", [{"label": 1, "score": 0.5}, {"score": 0.5}, {"label": None}, {}, None, "a"])
def test_a_label_that_is_none_is_refused_with_its_path(label: Any) -> None:
    body = json.dumps({"result": [{"label": "a", "score": 1}, label], **ENVELOPE}).encode()

    with pytest.raises(cfai.DecodeError) as caught:
        decode(Response(status=200, headers={}, body=body), ask(LABELS), "0" * 32)

    assert caught.value.path.startswith("$[1]")


SIDE: list[tuple[Any, Any, list[str]]] = [
    (LABELS, [{"label": "a", "score": 1}, {"label": "b"}], ["$[1].score"]),
    (LABELS, [{"label": "a", "score": None}, {"label": "b", "score": "1"}], ["$[0].score", "$[1].score"]),
    (cfai.Embeddings, {"data": [[0.5, 1]], "shape": "1x2"}, ["$.shape"]),
    (cfai.Embeddings, {"data": [[0.5, 1]], "shape": [1, 2], "pooling": 1}, ["$.pooling"]),
    (
        cfai.Transcription,
        {"text": "hi", "words": [{"word": "hi", "start": "0"}], "vtt": 5},
        ["$.vtt", "$.words[0].start"],
    ),
    (cfai.Transcription, {"text": "hi", "words": [{"start": 0}, 5]}, ["$.words[0].word", "$.words[1]"]),
    (
        cfai.Transcription,
        {"text": "hi", "segments": [{"words": [{}]}]},
        ["$.segments[0].text", "$.segments[0].words[0].word"],
    ),
]


@pytest.mark.parametrize(("promise", "result", "paths"), SIDE)
def test_what_is_skipped_is_never_read_straight(promise: Any, result: Any, paths: list[str]) -> None:
    body = json.dumps({"result": result, **ENVELOPE}).encode()
    response = Response(status=200, headers={}, body=body)

    answer = decode(response, ask(promise), "0" * 32)

    assert decode_typed(promise, body, ask(promise).asked) is None
    assert paths == response.skipped
    assert repr(read_promised(promise, result)) == repr(answer)  # a nan is not equal to another one
    assert promise == LABELS or paths == answer.skipped


@pytest.mark.parametrize("number", ["x", True, None, [0.5]])
def test_a_vector_that_holds_no_number_is_refused_with_its_path(number: Any) -> None:
    body = json.dumps({"result": {"data": [[0.5, 1], [2, number]]}, **ENVELOPE}).encode()

    with pytest.raises(cfai.DecodeError) as caught:
        decode(Response(status=200, headers={}, body=body), ask(cfai.Embeddings), "0" * 32)

    assert result_of(json.loads(body)) == result_of(caught.value.raw)
    assert caught.value.path in ("$.data[1][1]", "$.data[1]")
