"""A side field never costs the answer: it takes its default, and its path is listed."""

import copy
import json
import math
import pickle
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cfai
from cfai._wire.answer.decode import decode
from cfai._wire.http_values import Headers, Response
from cfai._wire.request.encode import encode
from cfai.tasks.answers import RatedWord

SAMPLES = Path(__file__).parents[1] / "samples"
WORD = {"word": "hi", "start": 0.0, "end": 0.5}
BOX = {"xmin": 0, "ymin": 1, "xmax": 2, "ymax": 3}
NAN = math.nan
Path_ = tuple[str | int, ...]
"""Where a value is: `("words", 3, "end")`."""


def answered(result: Any, promise: Any = cfai.RunResponse) -> tuple[Any, list[str]]:
    """Answer with *result*, in its envelope, what promises *promise*; with the paths that were skipped."""
    body = json.dumps({"result": result, "success": True, "errors": [], "messages": []}).encode()
    response = Response(status=200, headers=Headers({"Content-Type": "application/json"}), body=body)
    params: Any = {"any": "json"} if promise is cfai.RunResponse else cfai.Input({"any": "json"}, returning=promise)
    return decode(response, encode("@cf/some/model", params), "0" * 32), response.skipped


# -- what takes the place of a value that is not usable


ROWS: list[tuple[Any, Any, Any, list[str]]] = [
    # the promise, the result, what is made of it, and the paths of what was not usable
    (
        cfai.Transcription,
        {"text": "hi", "words": [WORD, WORD, WORD, {**WORD, "end": "1.0"}]},
        cfai.Transcription("hi", words=[*[cfai.Word("hi", 0.0, 0.5)] * 3, cfai.Word("hi", 0.0)]),
        ["$.words[3].end"],
    ),
    (
        cfai.Transcription,
        {"text": "hi", "words": [{"start": 1}, {"word": None}, {"word": 5, "end": 2}, "hi", None]},
        cfai.Transcription("hi", words=[cfai.Word("", 1.0), cfai.Word(""), cfai.Word("", end=2.0)]),
        ["$.words[0].word", "$.words[1].word", "$.words[2].word", "$.words[3]", "$.words[4]"],
    ),
    (
        cfai.Transcription,
        {"text": "hi", "words": "hi", "segments": {"text": "a"}, "vtt": ["WEBVTT"], "word_count": 1.5, "duration": "1"},
        cfai.Transcription("hi"),
        ["$.vtt", "$.word_count", "$.words", "$.segments", "$.duration"],
    ),
    (
        cfai.Transcription,
        {
            "text": "hi",
            "segments": [
                {"text": "a", "words": [WORD], "temperature": True, "avg_logprob": None},
                {"start": 1},
                {"text": "b", "words": [{**WORD, "start": []}, 5]},
                [],
            ],
        },
        cfai.Transcription(
            "hi",
            words=[cfai.Word("hi", 0.0, 0.5), cfai.Word("hi", None, 0.5)],
            segments=[
                cfai.Segment("a", words=[cfai.Word("hi", 0.0, 0.5)]),
                cfai.Segment("", start=1.0),
                cfai.Segment("b", words=[cfai.Word("hi", None, 0.5)]),
            ],
        ),
        [
            "$.segments[0].temperature",
            "$.segments[1].text",
            "$.segments[2].words[0].start",
            "$.segments[2].words[1]",
            "$.segments[3]",
        ],
    ),
    (
        cfai.Transcription,
        {"text": "hi", "transcription_info": {"language": 5, "duration": 2}},
        cfai.Transcription("hi", transcription_info=cfai.TranscriptionInfo(duration=2.0)),
        ["$.transcription_info.language"],
    ),
    (
        cfai.Transcription,
        {"text": "hi", "transcription_info": "en"},
        cfai.Transcription("hi"),
        ["$.transcription_info"],
    ),
    (
        cfai.Transcription,
        {"results": {"channels": [{"alternatives": [{"transcript": "hi", "words": [WORD, {"word": 5}]}]}]}},
        cfai.Transcription("hi", words=[RatedWord("hi", 0.0, 0.5), RatedWord("")]),
        ["$.results.channels[0].alternatives[0].words[1].word"],
    ),
    (
        cfai.Transcription,
        {"results": {"channels": [{"alternatives": [{"transcript": "hi", "words": ""}]}]}},
        cfai.Transcription("hi"),
        ["$.results.channels[0].alternatives[0].words"],
    ),
    (
        list[cfai.Classification],
        [{"label": "a"}, {"label": "b", "score": "1"}, {"label": "c", "score": None}, {"label": "d", "score": 1}],
        [*(cfai.Classification(label, NAN) for label in "abc"), cfai.Classification("d", 1.0)],
        ["$[0].score", "$[1].score", "$[2].score"],
    ),
    (
        list[cfai.DetectedObject],
        [{"label": "a", "score": 1, "box": {"xmin": 0, "ymin": "1", "xmax": None}}, {"label": "b", "box": {}}],
        [
            cfai.DetectedObject(cfai.Box(0.0, NAN, NAN, NAN), "a", 1.0),
            cfai.DetectedObject(cfai.Box(NAN, NAN, NAN, NAN), "b", NAN),
        ],
        [
            "$[0].box.ymin",
            "$[0].box.xmax",
            "$[0].box.ymax",
            "$[1].box.xmin",
            "$[1].box.ymin",
            "$[1].box.xmax",
            "$[1].box.ymax",
            "$[1].score",
        ],
    ),
    (
        cfai.Embeddings,
        {"data": [[0.5, 1], [2, 3]], "shape": [2, "2"], "pooling": 5},
        cfai.Embeddings([[0.5, 1], [2, 3]], [2, 2]),
        ["$.shape[1]", "$.pooling"],
    ),
    (cfai.Embeddings, {"response": [[0.5]], "shape": "1"}, cfai.Embeddings([[0.5]], [1, 1]), ["$.shape"]),
    (
        cfai.TranslatedText,
        {"translated_text": "hallo", "translations": ["hallo", 5, None]},
        cfai.TranslatedText("hallo", ["hallo"]),
        ["$.translations[1]", "$.translations[2]"],
    ),
    (
        cfai.TranslatedText,
        {"translated_text": "hallo", "translations": "hallo"},
        cfai.TranslatedText("hallo", ["hallo"]),
        ["$.translations"],
    ),
    (cfai.TurnDetection, {"is_complete": True, "probability": "1"}, cfai.TurnDetection(True), ["$.probability"]),
    (
        cfai.VisionAnswer,
        {"metrics": 5, "answer": "a cat", "caption": 5, "points": [{"x": 1, "y": 0}, {"x": 1}], "objects": "x"},
        cfai.VisionAnswer("a cat", points=[cfai.Point(1.0, 0.0)]),
        ["$.points[1].y", "$.objects", "$.caption", "$.metrics"],
    ),
    (
        cfai.VisionAnswer,
        {"metrics": {}, "objects": [{"x_min": 0, "y_min": 0, "x_max": None}], "reasoning": {"text": 5}},
        cfai.VisionAnswer(objects=[cfai.Region(0.0, 0.0, NAN, NAN)], usage=cfai.Usage()),
        ["$.objects[0].x_max", "$.objects[0].y_max", "$.reasoning.text"],
    ),
    (
        cfai.VisionAnswer,
        {"metrics": {}, "points": [], "reasoning": ["so"], "finish_reason": 5},
        cfai.VisionAnswer(usage=cfai.Usage()),
        ["$.reasoning", "$.finish_reason"],
    ),
    (
        cfai.Decisions,
        {
            "answers": {
                "a": {"type": "noul", "noul": "yes", "choice": 5, "confidence": "1"},
                "b": {"type": "choice", "choice": "x", "score": "1"},
                "c": {"type": "score", "score": 3, "choice": []},
                "d": {"type": "newer", "score": "1", "choice": 5},
            },
            "model": 5,
        },
        cfai.Decisions(
            {
                "a": cfai.Decision("noul", noul="yes"),
                "b": cfai.Decision("choice", choice="x"),
                "c": cfai.Decision("score", score=3.0),
                "d": cfai.Decision("newer"),
            }
        ),
        [
            "$.answers.a.choice",
            "$.answers.a.confidence",
            "$.answers.b.score",
            "$.answers.c.choice",
            "$.answers.d.choice",
            "$.answers.d.score",
            "$.model",
        ],
    ),
    (
        cfai.QueuedBatch,
        {"request_id": "r", "status": "queued", "model": 5},
        cfai.QueuedBatch("r", "queued"),
        ["$.model"],
    ),
    (
        cfai.BatchResult,
        {
            "responses": [
                {"id": 1, "result": {"text": "hi", "vtt": 5}, "external_reference": 5},
                {"id": 0, "result": [{"label": "a"}]},
            ]
        },
        cfai.BatchResult(
            [cfai.BatchOutcome(0, [cfai.Classification("a", NAN)]), cfai.BatchOutcome(1, cfai.Transcription("hi"))]
        ),
        ["$.responses[0].external_reference", "$.responses[0].result.vtt", "$.responses[1].result[0].score"],
    ),
]
IDS = [f"{getattr(promise, '__name__', promise)}-{paths[0]}" for promise, _, _, paths in ROWS]


@pytest.mark.parametrize(("promise", "result", "expected", "paths"), ROWS, ids=IDS)
def test_an_unusable_side_field_takes_its_default_and_is_listed(
    promise: Any, result: Any, expected: Any, paths: list[str]
) -> None:
    answer, skipped = answered(result, promise)

    assert same(expected, answer)
    assert sorted(paths) == sorted(skipped)
    if not isinstance(answer, list):
        assert skipped == answer.skipped
        assert result == answer.raw


@pytest.mark.parametrize(("promise", "result", "expected", "paths"), ROWS, ids=IDS)
def test_by_shape_it_is_the_same(promise: Any, result: Any, expected: Any, paths: list[str]) -> None:
    for answer, skipped in (answered(result), (cfai.converter.structure(result, cfai.RunResponse), None)):
        assert same(expected, answer)
        assert skipped is None or sorted(paths) == sorted(skipped)
        assert isinstance(answer, list) or sorted(paths) == sorted(answer.skipped)


@pytest.mark.parametrize(("promise", "result", "expected", "paths"), ROWS, ids=IDS)
def test_the_converter_by_itself_lists_the_same(promise: Any, result: Any, expected: Any, paths: list[str]) -> None:
    answer = cfai.converter.structure(result, promise)

    assert same(expected, answer)
    assert isinstance(answer, list) or sorted(paths) == sorted(answer.skipped)


def test_what_is_skipped_is_kept_by_pickle_and_copies_and_is_no_part_of_eq_and_repr() -> None:
    answer = cfai.converter.structure({"text": "hi", "vtt": 5}, cfai.Transcription)

    for twin in (pickle.loads(pickle.dumps(answer)), copy.copy(answer), copy.deepcopy(answer)):
        assert ["$.vtt"] == twin.skipped
    assert cfai.Transcription("hi") == answer
    assert repr(cfai.Transcription("hi")) == repr(answer)
    assert [] == cfai.Transcription("hi").skipped


def test_nothing_is_listed_where_an_optional_field_is_absent_or_null() -> None:
    for result in ({"text": "hi"}, {"text": "hi", "vtt": None, "words": None, "transcription_info": None}):
        assert [] == cfai.converter.structure(result, cfai.Transcription).skipped


def test_paths_are_told_inside_of_what_wraps_the_answer() -> None:
    answer, skipped = answered({"state": "Completed", "result": {"text": "hi", "vtt": 5}}, cfai.Transcription)

    assert ["$.vtt"] == answer.skipped == skipped


def test_what_a_failed_row_has_listed_is_forgotten() -> None:
    answer, skipped = answered([{"label": "a"}, {"score": 1}])

    assert type(answer) is cfai.UnknownAnswer
    assert [] == answer.skipped == skipped


def test_the_answers_inside_of_a_batch_list_their_own() -> None:
    batch = cfai.converter.structure(
        {"responses": [{"id": 0, "result": {"text": "hi", "vtt": 5}}, {"id": 1, "result": {"text": "hi"}}]},
        cfai.BatchResult,
    )

    assert ["$.responses[0].result.vtt"] == batch.skipped
    assert [["$.vtt"], []] == [outcome.result.skipped for outcome in batch.outcomes]


def test_an_answer_of_a_batch_may_stand_one_level_deeper() -> None:
    item = {"id": 0, "result": {"result": {"text": "hi", "vtt": 5}, "usage": {}}, "success": True}

    batch = cfai.converter.structure({"responses": [item]}, cfai.BatchResult)

    assert [cfai.Transcription("hi")] == [outcome.result for outcome in batch.outcomes]
    assert ["$.responses[0].result.result.vtt"] == batch.skipped


# -- a user's own classes


@attrs.define
class Seen:
    """A class of a user's own with parts of ours in it."""

    labels: list[cfai.Classification]
    speech: cfai.Transcription | None = None


@attrs.define
class Longer(cfai.Summary):
    """An answer of ours that a user has extended."""

    words: int = 0


@pytest.mark.parametrize(
    ("promise", "result", "path"),
    [
        (Seen, {"labels": [{"label": "a"}]}, "$.labels[0].score"),
        (dict[str, cfai.Classification], {"a": {"label": "a", "score": "1"}}, "$.a.score"),
        (list[cfai.Word], [{"word": "a", "start": "0"}], "$[0].start"),
        (Longer, {"summary": "s", "words": "5"}, "$.words"),
    ],
)
def test_a_users_own_class_stays_strict(promise: Any, result: Any, path: str) -> None:
    with pytest.raises(cfai.DecodeError) as caught:
        answered(result, promise)

    assert path == caught.value.path


def test_an_answer_of_ours_in_a_users_class_lists_its_own() -> None:
    answer, _ = answered({"labels": [], "speech": {"text": "hi", "vtt": 5}}, Seen)

    assert ["$.vtt"] == answer.speech.skipped


# -- the fifteen answers of the API reference, each with every field that it has there

PNG = "iVBORw0KGgoAAAANSUhEUg=="
MP3 = "SUQzBAAAAAAAAA=="
USAGE = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
REFERENCE: list[tuple[str, Any, Any, list[Path_], list[Path_]]] = [
    # its name, an example, its class, the places of its side fields, and those of the essential ones
    (
        "1 text classification",
        [{"label": "A", "score": 0.5}],
        list[cfai.Classification],
        [(0, "score")],
        [(0, "label")],
    ),
    ("3 audio", {"audio": MP3}, cfai.Audio, [], [("audio",)]),
    ("5 embeddings", {"data": [[0.5]], "shape": [1, 1]}, cfai.Embeddings, [("shape",)], [("data",)]),
    (
        "6 speech",
        {"text": "hi", "vtt": "WEBVTT", "word_count": 1, "words": [WORD]},
        cfai.Transcription,
        [("vtt",), ("word_count",), ("words",), *((("words", 0, name)) for name in WORD)],
        [("text",)],
    ),
    ("7 image classification", [{"label": "A", "score": 0}], list[cfai.Classification], [(0, "score")], [(0, "label")]),
    (
        "8 objects",
        [{"box": BOX, "label": "A", "score": 0.5}],
        list[cfai.DetectedObject],
        [(0, "score"), *((0, "box", name) for name in BOX)],
        [(0, "label"), (0, "box")],
    ),
    (
        "9 text",
        {"response": "hi", "tool_calls": [{"arguments": {"a": 1}, "name": "f"}], "usage": USAGE},
        cfai.GeneratedText,
        [("tool_calls",), ("tool_calls", 0, "arguments"), ("usage",), *(("usage", name) for name in USAGE)],
        [],  # a text may be empty where there are calls
    ),
    ("11 translation", {"translated_text": "hi"}, cfai.TranslatedText, [], [("translated_text",)]),
    ("12 summary", {"summary": "hi"}, cfai.Summary, [], [("summary",)]),
    ("13 description", {"description": "hi"}, cfai.Description, [], [("description",)]),
    ("14 description", {"description": "a cat"}, cfai.Description, [], [("description",)]),
    ("15 embeddings", {"data": [[0.5, 1]], "shape": [1, 2]}, cfai.Embeddings, [("shape",)], [("data",)]),
]
FILES: list[tuple[str, bytes, Any, Any]] = [
    ("2 picture", bytes.fromhex("89504e470d0a1a0a"), "image/png", cfai.Image),
    ("4 sound", b"ID3\x04\0\0\0\0\0\0", "audio/mpeg", cfai.Audio),
    ("10 file", b"\0\1\2\3", "application/octet-stream", cfai.Media),
]
NAMES = [name for name, *_ in REFERENCE]


def without(value: Any, place: Path_) -> Any:
    """Copy *value* and leave out what is at *place*."""
    value = copy.deepcopy(value)
    parent = at(value, place[:-1])
    del parent[place[-1]]
    return value


def at(value: Any, place: Path_) -> Any:
    for step in place:
        value = value[step]
    return value


def is_a(answer: Any, kind: Any) -> bool:
    if isinstance(answer, list):
        return bool(answer) and all(kind == list[type(item)] for item in answer)
    return bool(type(answer) is kind)


@pytest.mark.parametrize(("name", "example", "kind", "side", "essential"), REFERENCE, ids=NAMES)
def test_an_answer_of_the_reference_is_its_class_whole_and_without_any_side_field(
    name: str, example: Any, kind: Any, side: list[Path_], essential: list[Path_]
) -> None:
    for result in (example, *(without(example, place) for place in side)):
        assert is_a(cfai.converter.structure(result, cfai.RunResponse), kind), result
        assert is_a(answered(result, kind)[0], kind), result


@pytest.mark.parametrize(("name", "example", "kind", "side", "essential"), REFERENCE, ids=NAMES)
def test_without_an_essential_field_a_promise_is_not_kept_and_the_answer_is(
    name: str, example: Any, kind: Any, side: list[Path_], essential: list[Path_]
) -> None:
    for place in essential:
        result = without(example, place)
        with pytest.raises(cfai.DecodeError) as caught:
            answered(result, kind)
        assert result == caught.value.raw
        found = cfai.converter.structure(result, cfai.RunResponse)
        if place == (0, "box"):  # what is left are labels
            assert [cfai.Classification("A", 0.5)] == found
        else:
            assert type(found) is cfai.UnknownAnswer
            assert result == found.raw


@pytest.mark.parametrize(("name", "data", "content_type", "kind"), FILES, ids=[name for name, *_ in FILES])
def test_a_file_of_the_reference_is_a_medium(name: str, data: bytes, content_type: str, kind: Any) -> None:
    response = Response(status=200, headers=Headers({"Content-Type": content_type}), body=data)

    assert type(decode(response, encode("@cf/some/model", {}), "0" * 32)) is kind
    assert type(cfai.converter.structure(data, cfai.RunResponse)) is kind


# -- any side field of any sample, replaced by any JSON value

SIDE = re.compile(
    r"""
    \.vtt | \.word_count | \.words(\[\d+\](\.\w+)?)? | \.duration | \.segments(\[\d+\](\.\w+(\[\d+\](\.\w+)?)?)?)?
    | \.transcription_info(\.\w+)? | \.shape(\[\d+\])? | \.pooling | \.probability | \.model
    | \.results\.channels\[\d+\]\.alternatives\[\d+\]\.(words(\[\d+\](\.\w+)?)?|confidence)
    | \.results\.summary(\.\w+)? | \[\d+\]\.score | \[\d+\]\.box\.\w+ | \.finish_reason | \.reasoning(\.\w+)?
    | \.truncated | \.state_text | \.answers\.(who|sum|seal)\.(?!type\b)\w+(\[\d+\])*
    | \.usage(\.\w+)? | \.metrics\.\w+ | \.objects\[\d+\]\.\w+ | \.answers\.\w+\.(probabilities|confidence|legend)
    | \.(responses|results)\[\d+\]\.result\.(shape|vtt)
    | \.(responses|results)\[\d+\]\.external_reference
    """,
    re.VERBOSE,
)
"""The places of side fields, below the `result`."""


def places(value: Any, place: Path_ = ()) -> Iterator[Path_]:
    yield place
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in steps:
        yield from places(item, (*place, step))


def path_of(place: Path_) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)


def replaced(value: Any, place: Path_, other: Any) -> Any:
    value = copy.deepcopy(value)
    at(value, place[:-1])[place[-1]] = other
    return value


def samples() -> Iterator[tuple[str, Any]]:
    for file in sorted(SAMPLES.glob("*/*/answer.json")):
        if file.parent.parent.name not in ("text", "others", "images", "speech"):  # those have no side fields
            body = json.loads(file.read_bytes())
            yield f"{file.parent.parent.name}/{file.parent.name}", body["result"] if "success" in body else body
    for promise, result, *_ in ROWS:
        yield f"by hand: {getattr(promise, '__name__', promise)}", result


def promised(result: Any) -> Any:
    answer, _ = answered(result)
    return list[type(answer[0])] if isinstance(answer, list) else type(answer)  # type: ignore[misc]


SIDES = [
    (name, result, promised(result), place)
    for name, result in samples()
    for place in places(result)
    if SIDE.fullmatch(path_of(place))
]


ESSENCE: dict[type, Any] = {
    cfai.Classification: lambda answer: answer.label,
    cfai.DetectedObject: lambda answer: (answer.label, type(answer.box)),
    cfai.RankedContext: lambda answer: (answer.id, answer.score),
    cfai.Embeddings: lambda answer: answer.data,
    cfai.Transcription: lambda answer: answer.text,
    cfai.Summary: lambda answer: answer.summary,
    cfai.Description: lambda answer: answer.description,
    cfai.TranslatedText: lambda answer: answer.translated_text,
    cfai.TurnDetection: lambda answer: answer.is_complete,
    cfai.VisionAnswer: lambda answer: (answer.answer, answer.points, len(answer.objects)),
    cfai.Decisions: lambda answer: {
        key: (item.type, item.noul if item.type == "noul" else item.choice if item.type == "choice" else item.score)
        for key, item in answer.answers.items()
        if item.type != "newer"
    },
    cfai.Extracted: lambda answer: {name: item.type for name, item in answer.answers.items()},
    cfai.QueuedBatch: lambda answer: answer.request_id,
    cfai.BatchResult: lambda answer: [(outcome.index, essence(outcome.result)) for outcome in answer.outcomes],
    cfai.GeneratedText: lambda answer: answer.response,  # of a batch
    type(None): lambda answer: None,  # what a failed item of a batch has
}
"""How the essential fields are taken out of an answer, by the contract's table."""


def essence(answer: Any) -> Any:
    return [essence(item) for item in answer] if isinstance(answer, list) else ESSENCE[type(answer)](answer)


json_values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.just(10**400),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("ab"), inner, max_size=3)),
    max_leaves=5,
)
ODD = [None, True, -0.5, 10**400, "x", [], [None], {}, {"a": 1}]


def look(result: Any, other: Any, promise: Any) -> None:
    whole, _ = answered(result, promise)
    answer, skipped = answered(other, promise)

    assert type(whole) is type(answer)
    assert same(essence(whole), essence(answer))
    assert len(skipped) == len(set(skipped))
    assert all(path.startswith("$") for path in skipped)


def test_there_are_side_fields_of_every_kind() -> None:
    assert len(SIDES) > 150
    assert len({name.partition("/")[0] for name, *_ in SIDES if "/" in name}) == 5


@settings(deadline=None, max_examples=200, suppress_health_check=list(HealthCheck), database=None)
@given(st.sampled_from(SIDES), json_values)
def test_any_side_field_may_be_any_json(side: tuple[str, Any, Any, Path_], value: Any) -> None:
    _, result, promise, place = side

    look(result, replaced(result, place, value), promise)
    look(result, replaced(result, place, value), cfai.RunResponse)


@pytest.mark.parametrize("value", ODD, ids=repr)
def test_every_side_field_may_be_this(value: Any) -> None:
    for _, result, promise, place in SIDES:
        look(result, replaced(result, place, value), promise)


def test_every_side_field_may_be_absent() -> None:
    for _, result, _, place in SIDES:
        look(result, without(result, place), cfai.RunResponse)


def same(one: Any, other: Any) -> bool:
    """Compare as `==` does, but for nan, which counts as equal to itself."""
    if isinstance(one, float) and isinstance(other, float) and math.isnan(one):
        return math.isnan(other)
    if isinstance(one, (list, tuple)) and type(one) is type(other):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if attrs.has(type(one)) and type(one) is type(other):
        kind: Any = type(one)
        return all(same(getattr(one, field.name), getattr(other, field.name)) for field in attrs.fields(kind))
    return bool(one == other)
