"""Nothing is turned into another type; a null is absence; what does not fit is named by its whole path."""

import dataclasses
import enum
import json
from collections.abc import Sequence
from typing import Any, Generic, Literal, NamedTuple, NotRequired, TypedDict, TypeVar

import attrs
import msgspec
import pytest

import cfai
from cfai._wire.answer.decode import decode
from cfai._wire.convert.converter import list_hook, structure
from cfai._wire.convert.errors import ShapeError
from cfai._wire.http_values import Headers, Response
from cfai._wire.request.encode import encode

T = TypeVar("T")
WORD = {"word": "hi", "start": 0.0, "end": 0.5}
BOX = {"xmin": 0, "ymin": 0, "xmax": 1, "ymax": 1}


def ask(result: Any, promise: Any, sent: Any = None) -> Any:
    """Answer with *result*, in its envelope, what promises *promise*."""
    body = json.dumps({"result": result, "success": True, "errors": [], "messages": []}).encode()
    headers = Headers({"Content-Type": "application/json", "cf-ai-req-id": "req-1", "cf-ray": "ray-1"})
    params = cfai.Input(sent or {"any": "json"}, returning=promise)
    return decode(Response(status=200, headers=headers, body=body), encode("@cf/some/model", params), "0" * 32)


# -- scalars


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        *[(str, value) for value in (None, 5, 1.5, True, [], {}, ["a"])],
        *[(int, value) for value in (None, "5", 1.5, True, False, [], {}, 1e400, float("nan"))],
        *[(float, value) for value in (None, "0.5", True, False, [], {}, "nan", 10**400)],
        *[(bool, value) for value in (None, 0, 1, 1.0, "true", "", [], {})],
        *[(bytes, value) for value in (None, "aGk=", 5, [1, 2], {})],
        *[(list[str], value) for value in (None, "ab", {"a": 1}, 5, True, ("a",))],
        *[(list[float], value) for value in ("12", [None], ["1"], [True], [[1]])],
        *[(dict[str, int], value) for value in (None, [], "ab", 5, [["a", 1]], {"a": "1"}, {"a": True}, {"a": None})],
        *[(list[list[float]], value) for value in (None, [1], "ab", [["1"]], [[0.5, True]], [[True]], [[None]], [{}])],
        *[(set[str], value) for value in ("ab", {"a": 1}, [5], [["a"]])],
        *[(frozenset[int], value) for value in ("12", ["1"])],
        *[(tuple[int, ...], value) for value in ("12", {1: 2}, ["1"], [True])],
        *[(tuple[int, str], value) for value in ([1], [1, "a", 2], ["1", "a"], "1a", None)],
        *[(Sequence[int], value) for value in ("12", ["1"])],
        *[(Literal[1, "a"], value) for value in (True, 1.0, "1", None, [], "b")],
        *[(int | str, value) for value in (True, 1.5, None, [])],
        *[(float | str, value) for value in (True, None)],
        *[(int | None, value) for value in (True, "5", 1.5)],
        *[(list[int] | str, value) for value in (5, ["a"], {"a": 1})],
    ],
)
def test_no_value_is_turned_into_another_type(kind: Any, value: Any) -> None:
    with pytest.raises(cfai.DecodeError) as caught:
        cfai.converter.structure(value, kind)

    assert value is caught.value.raw


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (str, "", ""),
        (int, 5, 5),
        (int, 5.0, 5),
        (int, 10**30, 10**30),
        (float, 5, 5.0),
        (float, 0.5, 0.5),
        (bool, False, False),
        (bytes, b"a", b"a"),
        (list[str], [], []),
        (dict[str, int], {"a": 1}, {"a": 1}),
        (dict[str, Any], {"a": None}, {"a": None}),
        (list[list[float]], [[1, 0.5], []], [[1, 0.5], []]),
        (set[int], [1, 1], {1}),
        (frozenset[str], ["a"], frozenset("a")),
        (tuple[int, ...], [1, 2], (1, 2)),
        (tuple[int, str], [1, "a"], (1, "a")),
        (tuple, [1, "a"], (1, "a")),
        (Sequence[int], [1], (1,)),
        (Literal[1, "a"] | None, None, None),
        (Literal[1, "a"], 1, 1),
        (int | str, "5", "5"),
        (int | str | None, None, None),
        (float | str, 5, 5.0),
        (list[int] | str, [5], [5]),
        (list[int] | list[str], ["a"], ["a"]),
        (Any, {"a": [None]}, {"a": [None]}),
    ],
)
def test_what_is_of_the_type_passes(kind: Any, value: Any, expected: Any) -> None:
    found = cfai.converter.structure(value, kind)

    assert expected == found
    assert type(expected) is type(found)


class Colour(enum.Enum):
    RED = "red"
    ONE = 1


class Level(enum.IntEnum):
    LOW = 1


class Name(enum.StrEnum):
    TOM = "tom"


@pytest.mark.parametrize(("kind", "value"), [(Colour, "red"), (Colour, 1), (Level, 1), (Name, "tom")])
def test_a_member_is_found_by_its_value(kind: Any, value: Any) -> None:
    found = cfai.converter.structure(value, kind)

    assert kind(value) is found


@pytest.mark.parametrize(
    ("kind", "value"),
    [(Colour, True), (Colour, 1.0), (Colour, "RED"), (Colour, []), (Level, True), (Level, "1"), (Name, "x")],
)
def test_a_member_is_not_found_by_a_value_of_another_type(kind: Any, value: Any) -> None:
    with pytest.raises(cfai.DecodeError):
        cfai.converter.structure(value, kind)


# -- paths


@pytest.mark.parametrize(
    ("promise", "result", "path"),
    [
        (cfai.Transcription, {"vtt": "a"}, "$.text"),
        (cfai.Transcription, {"text": None}, "$.text"),
        (cfai.Transcription, [], "$"),
        (
            cfai.Transcription,
            {"results": {"channels": [{"alternatives": [5]}]}},
            "$.results.channels[0].alternatives[0]",
        ),
        (cfai.Transcription, {"results": {"channels": [{"alternatives": "x"}]}}, "$.results.channels[0].alternatives"),
        (cfai.Transcription, {"results": {"channels": [5]}}, "$.results.channels[0]"),
        (list[cfai.Classification], [{"label": None, "score": 1}], "$[0].label"),
        (list[cfai.Classification], [{"label": "a", "score": "1"}, {"label": 5, "score": 1}], "$[1].label"),
        (list[cfai.Classification], [{"score": 0.5}], "$[0].label"),
        (list[cfai.Classification], [None], "$[0]"),
        (list[cfai.Classification], {"label": "a", "score": 1}, "$"),
        (list[cfai.Classification], "ab", "$"),
        (list[cfai.DetectedObject], [{"label": "a", "score": 1, "box": None}], "$[0].box"),
        (list[cfai.DetectedObject], [{"label": "a", "score": 1, "box": [0, 0, 1, 1]}], "$[0].box"),
        (list[cfai.DetectedObject], [{"label": "a", "box": BOX}, {"score": 1, "box": BOX}], "$[1].label"),
        (list[cfai.RankedContext], {"response": [{"id": 0, "score": 1}, {"id": 1}]}, "$.response[1].score"),
        (list[cfai.RankedContext], {"response": [{"id": 0, "score": 1}, {"id": 0.5, "score": 1}]}, "$.response[1].id"),
        (list[cfai.RankedContext], {"response": None}, "$.response"),
        (list[cfai.RankedContext], {"response": "x"}, "$.response"),
        (cfai.Embeddings, {"data": [[0.5], [0.5, "x"]]}, "$.data[1][1]"),
        (cfai.Embeddings, {"data": [[0.5], [0.5, True]]}, "$.data[1][1]"),
        (cfai.Embeddings, {"data": [[0.5], None]}, "$.data[1]"),
        (cfai.Embeddings, {"data": "x"}, "$.data"),
        (cfai.Embeddings, {"data": None}, "$.data"),
        (cfai.Embeddings, {"response": [["x"]]}, "$.response[0][0]"),
        (
            cfai.Embeddings,
            {"object": "list", "data": [{"index": 1, "embedding": [0.5]}, {"index": 0, "embedding": [0.5, "x"]}]},
            "$.data[1].embedding[1]",
        ),
        (cfai.Embeddings, {"object": "list", "data": [{"index": 0, "embedding": "AAAAPw=="}]}, "$.data[0].embedding"),
        (cfai.GeneratedText, {"choices": [{"message": "x"}]}, "$.choices[0].message"),
        (cfai.GeneratedText, {"choices": 5}, "$.choices"),
        (cfai.GeneratedText, {"choices": [5]}, "$.choices[0]"),
        (cfai.GeneratedText, {"output": [{}, 5]}, "$.output[1]"),
        (cfai.GeneratedText, {"type": "message", "content": [5]}, "$.content[0]"),
        (cfai.GeneratedText, {"tool_calls": [], "usage": {"prompt_tokens": 1}}, "$.response"),
        (cfai.GeneratedText, {"translated_text": "x"}, "$"),
        (cfai.GeneratedText, [], "$"),
        (cfai.GeneratedText, None, "$"),
        (cfai.TranslatedText, {"translated_text": 5}, "$.translated_text"),
        (cfai.TranslatedText, {"translations": ["a", None]}, "$.translations[1]"),
        (cfai.TranslatedText, {}, "$.translated_text"),
        (cfai.Summary, {"summary": None}, "$.summary"),
        (cfai.Description, {"description": ["a"]}, "$.description"),
        (cfai.TurnDetection, {"is_complete": 1}, "$.is_complete"),
        (cfai.VisionAnswer, {"metrics": {}, "points": [{"x": 0, "y": 0}, {"x": 0}]}, "$.points[1].y"),
        (cfai.VisionAnswer, {"answer": 5}, "$.answer"),
        (cfai.VisionAnswer, {"metrics": {}, "objects": [5]}, "$.objects[0]"),
        (cfai.VisionAnswer, {"metrics": {}, "objects": 5, "caption": []}, "$.caption"),
        (cfai.Decisions, {"answers": {"a": {"type": "noul", "noul": 0.5}, "b": {"type": 5}}}, "$.answers.b.type"),
        (cfai.Decisions, {"answers": {"a": {}}}, "$.answers.a.type"),
        (cfai.Decisions, {"answers": {"a": {"type": "noul", "noul": None}}}, "$.answers.a.noul"),
        (cfai.Decisions, {"answers": {"a": {"type": "choice", "choice": 5}}}, "$.answers.a.choice"),
        (cfai.Decisions, {"answers": {"a": {"type": "score", "confidence": 1}}}, "$.answers.a.score"),
        (cfai.Decisions, {"answers": []}, "$.answers"),
        (cfai.Decisions, {"answers": {"a": 5}}, "$.answers.a"),
        (cfai.Decisions, {"answers": None}, "$.answers"),
        (cfai.Extracted, {"answers": {"a": {"type": "text"}, "b": {"type": 5}}}, "$.answers.b.type"),
        (cfai.Extracted, {"answers": {"a": {"value": "x"}}}, "$.answers.a.type"),
        (cfai.Extracted, {"answers": {"a": {"type": None, "value": "x"}}}, "$.answers.a.type"),
        (cfai.Extracted, {"answers": {"a": "x"}}, "$.answers.a"),
        (cfai.Extracted, {"answers": ["x"]}, "$.answers"),
        (cfai.Extracted, {"answers": None}, "$.answers"),
        (cfai.Extracted, {"truncated": False}, "$.answers"),
        (cfai.Extracted, [], "$"),
        (cfai.QueuedBatch, {"request_id": "r", "status": None}, "$.status"),
        (cfai.BatchResult, {"responses": [{"id": 0}, 5]}, "$.responses[1]"),
        (cfai.BatchResult, {"responses": [{"id": 0}, {"result": "a"}]}, "$.responses[1].id"),
        (cfai.BatchResult, {"results": [{"id": "0"}]}, "$.results[0].id"),
        (cfai.QueuedBatch, {"request_id": 5, "status": "queued"}, "$.request_id"),
        (cfai.BatchResult, {"results": 5}, "$.results"),
        (cfai.Image, {"image": 5}, "$.image"),
        (cfai.Image, {"image": "https://a.example/cat.png"}, "$.image"),
        (cfai.Image, {}, "$.image"),
        (cfai.Audio, {"audio": "*"}, "$.audio"),
        (cfai.Audio, "x", "$"),
    ],
)
def test_a_misfit_is_named_by_its_path(promise: Any, result: Any, path: str) -> None:
    with pytest.raises(cfai.DecodeError) as caught:
        ask(result, promise)

    assert path == caught.value.path
    assert f"@ {path} [" in str(caught.value)
    assert result == caught.value.raw
    assert "\n" not in str(caught.value)


def test_the_error_names_what_was_promised_and_the_call() -> None:
    with pytest.raises(cfai.DecodeError) as caught:
        ask([{"label": 5, "score": 1}], list[cfai.Classification])

    assert (
        "not a list[Classification]: expected str, got int @ $[0].label [model @cf/some/model, request id req-1]"
        == str(caught.value)
    )
    assert "req-1" == caught.value.request_id


def test_the_ray_id_stands_in_where_there_is_no_request_id() -> None:
    response = Response(status=200, headers=Headers({"cf-ray": "ray-9"}), body=b'{"text": 5}')

    with pytest.raises(cfai.DecodeError, match=r"ray id ray-9"):
        decode(response, encode("@cf/a/b", cfai.AutomaticSpeechRecognition(b"x")), "0" * 32)


def test_the_converter_by_itself_raises_the_same_with_the_value_in_raw() -> None:
    result = {"answers": {"wet": {"type": "choice", "choice": 5}}}

    with pytest.raises(
        cfai.DecodeError, match=r"^not a Decisions: expected str, got int @ \$\.answers\.wet\.choice$"
    ) as caught:
        cfai.converter.structure(result, cfai.Decisions)

    assert "$.answers.wet.choice" == caught.value.path
    assert result is caught.value.raw


def test_a_path_is_told_inside_of_what_wraps_the_answer() -> None:
    with pytest.raises(cfai.DecodeError) as caught:
        ask({"state": "Completed", "result": {"text": 5}}, cfai.Transcription)

    assert "$.text" == caught.value.path


# -- nulls


@pytest.mark.parametrize(
    ("promise", "result", "without"),
    [
        (
            cfai.Transcription,
            {"text": "a", "vtt": None, "words": None, "segments": None, "word_count": None},
            {"text": "a"},
        ),
        (
            cfai.Transcription,
            {"text": "a", "transcription_info": {"language": None, "duration": 1}},
            {"text": "a", "transcription_info": {"duration": 1}},
        ),
        (
            cfai.Transcription,
            {"text": "a", "segments": [{"text": "b", "words": None}]},
            {"text": "a", "segments": [{"text": "b"}]},
        ),
        (
            cfai.Transcription,
            {"results": {"channels": [{"alternatives": [{"transcript": None, "words": None}]}]}},
            {"results": {"channels": [{"alternatives": None}]}},
        ),
        (cfai.Embeddings, {"data": [[1]], "shape": None, "pooling": None}, {"data": [[1]]}),
        (
            cfai.GeneratedText,
            {"response": "a", "usage": {"prompt_tokens": 1, "completion_tokens": None}},
            {"response": "a", "usage": {"prompt_tokens": 1}},
        ),
        (cfai.GeneratedText, {"response": "a", "tool_calls": None, "usage": None, "model": None}, {"response": "a"}),
        (
            cfai.GeneratedText,
            {"choices": [{"message": {"content": "a", "tool_calls": None, "reasoning": None}, "finish_reason": None}]},
            {"choices": [{"message": {"content": "a"}}]},
        ),
        (
            cfai.GeneratedText,
            {"response": "a", "tool_calls": [None, {"name": "f", "id": "1", "arguments": None}]},
            {"response": "a", "tool_calls": [{"name": "f", "id": "1"}]},
        ),
        (
            cfai.Decisions,
            {"answers": {"a": {"type": "noul", "noul": 0.5, "choice": None, "score": None}}, "usage": None},
            {"answers": {"a": {"type": "noul", "noul": 0.5}}},
        ),
        (
            cfai.Extracted,
            {
                "answers": {"a": {"type": "text", "value": None, "span": None, "spans": None, "unit": None}},
                "truncated": None,
                "state_text": None,
                "usage": None,
                "model": None,
            },
            {"answers": {"a": {"type": "text"}}},
        ),
        (cfai.VisionAnswer, {"answer": "a", "caption": None, "points": None, "metrics": None}, {"answer": "a"}),
        (cfai.TurnDetection, {"is_complete": True, "probability": None}, {"is_complete": True}),
        (
            cfai.QueuedBatch,
            {"request_id": "r", "status": "queued", "model": None},
            {"request_id": "r", "status": "queued"},
        ),
    ],
)
def test_a_null_counts_as_absent(promise: Any, result: Any, without: Any) -> None:
    assert ask(without, promise) == ask(result, promise)


# -- the quick way and the thorough one


LEAVES: list[tuple[Any, Any]] = [
    (cfai.Word, [WORD]),
    (cfai.Word, [{"word": "a", "start": 1, "end": None, "newer": 1}]),
    (cfai.Word, [{"word": "a", "start": "1"}]),
    (cfai.Word, [{"word": None}]),
    (cfai.Word, [{"word": "a", "start": True}]),
    (cfai.Word, [5]),
    (cfai.Segment, [{"text": "a", "words": [WORD], "temperature": 0}]),
    (cfai.Segment, [{"text": "a", "words": None}]),
    (cfai.Segment, [{"text": "a", "words": [{"word": 5}]}]),
    (cfai.Segment, [{"text": "a", "words": "x"}]),
    (cfai.Classification, [{"label": "a", "score": 1}]),
    (cfai.Classification, [{"label": "a", "score": 10**400}]),
    (cfai.Classification, [{"label": "a", "score": "0.5"}]),
    (cfai.Classification, [{"label": "a"}]),
    (cfai.DetectedObject, [{"box": BOX, "label": "a", "score": 0.5}]),
    (cfai.DetectedObject, [{"box": {**BOX, "xmin": None}, "label": "a", "score": 0.5}]),
    (cfai.DetectedObject, [{"box": [], "label": "a", "score": 0.5}]),
    (cfai.RankedContext, [{"id": 5, "score": 1}]),
    (cfai.RankedContext, [{"id": 5.0, "score": 1}]),
    (cfai.RankedContext, [{"id": 5.5, "score": 1}]),
    (cfai.RankedContext, [{"id": "5", "score": 1}]),
    (cfai.RankedContext, [{"id": True, "score": 1}]),
    (cfai.RankedContext, [{"id": 2**80, "score": 1}]),
    (cfai.Point, [{"x": 0, "y": 0.5}]),
    (cfai.Region, [{"x_min": 0, "y_min": 0, "x_max": 1, "y_max": "1"}]),
    (cfai.Box, [BOX, {**BOX, "ymax": None}]),
]


def outcome(read: Any) -> Any:
    try:
        return read()
    except ShapeError as misfit:
        return misfit.path


@pytest.mark.parametrize(("kind", "items"), LEAVES)
def test_the_quick_way_and_the_thorough_one_agree(kind: Any, items: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = outcome(lambda: list_hook(kind)(items, None))
    monkeypatch.setattr(msgspec, "convert", refuse)
    thorough = outcome(lambda: list_hook(kind)(items, None))

    assert thorough == quick
    assert list(map(type, thorough)) == list(map(type, quick))


def refuse(*args: Any, **kwargs: Any) -> Any:
    raise msgspec.ValidationError


# -- a user's own classes


@attrs.define
class Wind:
    speed: float
    gusts: "list[float]" = attrs.Factory(list)


@attrs.define
class Weather:
    city: str
    wind: Wind
    note: str | None
    rain: bool = False
    tags: dict[str, int] = attrs.field(factory=dict)
    hint: str | None = "none"


@dataclasses.dataclass
class Forecast:
    days: list[Weather]
    source: str = "cloudflare"
    certainty: int | None = 5


class Place(TypedDict):
    city: str
    country: NotRequired[str]
    height: NotRequired[int | None]


class Pair(NamedTuple):
    left: int
    right: str


@dataclasses.dataclass
class Tree:
    name: str
    kids: "list[Tree]" = dataclasses.field(default_factory=list)


@attrs.define
class Boxed(Generic[T]):
    item: T


@attrs.define
class Small:
    size: int


@dataclasses.dataclass
class Large:
    size: int
    weight: int = 0


@attrs.define
class Cat:
    kind: Literal["cat"]


@attrs.define
class Dog:
    kind: Literal["dog"]


@attrs.define
class Own(cfai.UnknownAnswer):
    city: str


DAY = {"city": "Oslo", "wind": {"speed": 3}, "note": None}


@pytest.mark.parametrize(
    ("kind", "result", "expected"),
    [
        (Weather, DAY, Weather("Oslo", Wind(3.0), None)),
        (Weather, {**DAY, "rain": None, "tags": None, "hint": None, "newer": 1}, Weather("Oslo", Wind(3.0), None)),
        (Weather, {**DAY, "wind": {"speed": 3, "gusts": [1, 2.5]}}, Weather("Oslo", Wind(3.0, [1.0, 2.5]), None)),
        (Forecast, {"days": [DAY], "source": None, "certainty": None}, Forecast([Weather("Oslo", Wind(3.0), None)])),
        (list[Forecast], [{"days": []}], [Forecast([])]),
        (dict[str, Wind], {"a": {"speed": 1}}, {"a": Wind(1.0)}),
        (Place, {"city": "Oslo", "country": None, "height": None}, {"city": "Oslo", "height": None}),
        (Pair, [1, "a"], Pair(1, "a")),
        (Tree, {"name": "a", "kids": [{"name": "b", "kids": None}]}, Tree("a", [Tree("b")])),
        (Boxed[int], {"item": 5}, Boxed(5)),
        (Weather | None, None, None),
        (Weather | Tree, {"name": "a"}, Tree("a")),
        (Wind | int, 5, 5),
        (Weather | Tree | None, None, None),
        (Small | Large, {"size": 1}, Small(1)),
        (Small | Large, {"size": 1, "weight": 2}, Large(1, 2)),
        (list[Small | Large], [{"size": 1, "weight": 2}, {"size": 1}], [Large(1, 2), Small(1)]),
        (Cat | Dog, {"kind": "dog"}, Dog("dog")),
        (Cat | Dog, {"kind": "cat"}, Cat("cat")),
        (Own, {"city": "Oslo"}, Own("Oslo")),
        (Any, [1, None], [1, None]),
        (dict, {"a": 1}, {"a": 1}),
        (list[int], [1], [1]),
        (str, "hi", "hi"),
        (cfai.GeneratedText, {"response": "hi"}, cfai.GeneratedText(response="hi")),
        (cfai.RunResponse, {"text": "hi"}, cfai.Transcription(text="hi")),
        (list[cfai.Classification], [{"label": "a", "score": 1}], [cfai.Classification("a", 1.0)]),
    ],
)
def test_an_answer_is_structured_into_the_users_own_type(kind: Any, result: Any, expected: Any) -> None:
    answer = ask(result, kind)

    assert expected == answer
    assert type(expected) is type(answer)


@pytest.mark.parametrize(
    ("kind", "result", "path"),
    [
        (Weather, {"city": "Oslo", "wind": {"speed": "3"}, "note": None}, "$.wind.speed"),
        (Weather, {"city": "Oslo", "wind": {"speed": 3}}, "$.note"),
        (Weather, {**DAY, "city": None}, "$.city"),
        (Weather, {**DAY, "tags": {"a": 1, "b": "2"}}, "$.tags.b"),
        (Weather, {**DAY, "rain": 0}, "$.rain"),
        (Weather, [DAY], "$"),
        (Forecast, {"days": [DAY, {**DAY, "wind": None}]}, "$.days[1].wind"),
        (Forecast, {"days": [DAY], "certainty": "5"}, "$.certainty"),
        (Forecast, {"days": None}, "$.days"),
        (Place, {}, "$.city"),
        (Place, {"city": None}, "$.city"),
        (Place, {"city": "Oslo", "height": "5"}, "$.height"),
        (Place, "Oslo", "$"),
        (Pair, [1], "$"),
        (Pair, [1, 2], "$[1]"),
        (Tree, {"name": "a", "kids": [{"name": "b"}, {"name": "c", "kids": [{"name": 5}]}]}, "$.kids[1].kids[0].name"),
        (Boxed[int], {"item": "5"}, "$.item"),
        (list[Pair], [[1, "a"], [1, "a", 2]], "$[1]"),
        (Weather | Tree, {"name": 5}, "$"),
        (Wind | int, {"speed": "x"}, "$.speed"),
        (tuple[int, Wind], [1, {"speed": "x"}], "$[1].speed"),
        (Own, {"city": 5}, "$.city"),
    ],
)
def test_what_does_not_fit_the_users_own_type_is_named_by_its_path(kind: Any, result: Any, path: str) -> None:
    with pytest.raises(cfai.DecodeError) as caught:
        ask(result, kind)

    assert path == caught.value.path
    assert result == caught.value.raw


def test_a_subclass_of_an_answer_keeps_its_raw() -> None:
    assert {"city": "Oslo", "newer": 1} == ask({"city": "Oslo", "newer": 1}, Own).raw


def test_a_class_of_the_users_with_a_method_of_our_name_is_left_alone() -> None:
    @attrs.define
    class Mine:
        city: str
        kept: list[Any] = attrs.Factory(list)

        def _keep(self, raw: Any) -> None:
            self.kept.append(raw)

    assert [] == ask({"city": "Oslo"}, Mine).kept


def test_the_error_of_a_users_own_check_keeps_the_answer() -> None:
    @attrs.define
    class Positive:
        number: int = attrs.field(validator=attrs.validators.gt(0))

    with pytest.raises(cfai.DecodeError) as caught:
        ask({"number": -1}, Positive)

    assert {"number": -1} == caught.value.raw


def test_a_type_that_cannot_be_structured_is_refused_before_it_is_paid_for() -> None:
    class Plain:
        pass

    with pytest.raises(cfai.InvalidParams, match="returning"):
        ask({"a": 1}, Plain)


def test_a_ranking_may_be_the_list_itself() -> None:
    assert [cfai.RankedContext(1, 0.5)] == ask([{"id": 1, "score": 0.5}], list[cfai.RankedContext])


def test_words_are_those_of_the_segments_where_they_are_only_there() -> None:
    inner = [{"text": "a", "words": [WORD]}, {"text": "b"}, {"text": "c", "words": [{**WORD, "word": "bye"}]}]

    for read in (ask, cfai.converter.structure):
        assert ["hi", "bye"] == [word.word for word in read({"text": "x", "segments": inner}, cfai.Transcription).words]
        assert 1 == len(read({"text": "x", "words": [WORD], "segments": inner}, cfai.Transcription).words)


def test_rows_of_numbers_pass_through_untouched() -> None:
    rows = [[0.5, 1], [2, 0.25]]

    assert rows is structure(rows, list[list[float]])
    assert rows is cfai.converter.structure({"data": rows}, cfai.Embeddings).data


def test_numbers_beyond_all_floats_are_numbers_all_the_same() -> None:
    row = [1, 10**400]

    assert [row] == cfai.converter.structure({"data": [row]}, cfai.Embeddings).data


def test_a_note_of_the_users_own_check_is_no_step_of_the_path() -> None:
    def refuse(instance: Any, attribute: Any, value: int) -> None:
        failure = ValueError("too small")
        failure.add_note("look it up")
        raise failure

    @attrs.define
    class Own:
        size: int = attrs.field(validator=refuse)

    with pytest.raises(cfai.DecodeError, match="too small"):
        ask({"size": 1}, Own)


def test_an_address_may_be_promised() -> None:
    assert cfai.MediaLink("https://example.com/a.png", "image/*") == ask(
        {"image": "https://example.com/a.png"}, cfai.MediaLink
    )
    with pytest.raises(cfai.DecodeError, match="expected an address under 'image' or 'audio'"):
        ask({"image": "aGk="}, cfai.MediaLink)


def test_a_medium_of_any_kind_is_bytes_or_stands_under_the_key_of_its_kind() -> None:
    assert cfai.Image(b"hi") == ask({"image": "aGk="}, cfai.Media)
    with pytest.raises(cfai.DecodeError, match="expected bytes, or a medium under 'image' or 'audio' or 'video'"):
        ask({"picture": "aGk="}, cfai.Media)


def test_only_nova_3_says_how_sure_it_is_of_a_word() -> None:
    whispered = cfai.converter.structure({"text": "hi", "words": [WORD]}, cfai.Transcription).words[0]

    assert whispered.confidence is None
