"""The union by shape: `cfai.converter` by itself, with the contract's own table of rows."""

import base64
import copy
import pickle
from itertools import combinations
from typing import Any

import pytest

import cfai
from cfai._base import Answer
from cfai._wire.answer import union
from cfai._wire.answer.decode import decode
from cfai._wire.http_values import Headers, Response
from cfai._wire.request.encode import encode

JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")
MP3 = bytes.fromhex("fffb90640000000000000000")
PICTURE = base64.b64encode(JPEG).decode()
SOUND = base64.b64encode(MP3).decode()
VIDEO = base64.b64encode(bytes.fromhex("00000018667479706d703432000000006d70343269736f6d")).decode()
METRICS = {"input_tokens": 7, "output_tokens": 2}
CHOICES = [{"index": 0, "message": {"role": "assistant", "content": "of choices"}, "finish_reason": "stop"}]
OUTPUT = [{"type": "message", "content": [{"type": "output_text", "text": "of output"}]}]
BATCH = [{"id": 0, "result": {"response": "hi"}, "success": True}]

# One sample a row, in the order of the documented table: the first row that fits wins.
OBJECTS: list[tuple[str, dict[str, Any], Any]] = [
    ("choices", {"choices": CHOICES}, cfai.GeneratedText),
    ("object response", {"object": "response", "output": OUTPUT}, cfai.GeneratedText),
    ("output", {"output": OUTPUT}, cfai.GeneratedText),
    ("type message", {"type": "message", "content": [{"type": "text", "text": "hi"}]}, cfai.GeneratedText),
    ("object list", {"object": "list", "data": [{"index": 0, "embedding": [0.5]}]}, cfai.Embeddings),
    ("ranking", {"response": [{"id": 1, "score": 0.5}]}, list[cfai.RankedContext]),
    ("matrix", {"response": [[0.5, 0.25]]}, cfai.Embeddings),
    ("response", {"response": "hi"}, cfai.GeneratedText),
    ("tool_calls", {"tool_calls": [{"name": "f", "arguments": {}}]}, cfai.GeneratedText),
    ("data", {"data": [[0.5]]}, cfai.Embeddings),
    ("translated_text", {"translated_text": "hallo"}, cfai.TranslatedText),
    ("translations", {"translations": ["hallo"]}, cfai.TranslatedText),
    ("summary", {"summary": "short"}, cfai.Summary),
    ("description", {"description": "a cat"}, cfai.Description),
    ("text", {"text": "words"}, cfai.Transcription),
    ("channels", {"results": {"channels": []}}, cfai.Transcription),
    ("candidates", {"candidates": [{"content": {"parts": [{"text": "hi"}]}}]}, cfai.GeneratedText),
    ("images", {"images": ["https://a.example/1.png", "https://a.example/2.png"]}, list[cfai.MediaLink]),
    ("videos", {"videos": ["https://a.example/1.mp4"]}, list[cfai.MediaLink]),
    ("audios", {"audios": ["https://a.example/1.mp3"]}, list[cfai.MediaLink]),
    ("image", {"image": PICTURE}, cfai.Image),
    ("image data URL", {"image": f"data:image/jpeg;base64,{PICTURE}"}, cfai.Image),
    ("image link", {"image": "https://a.example/cat.png"}, cfai.MediaLink),
    ("audio", {"audio": SOUND}, cfai.Audio),
    ("audio data URL", {"audio": f"data:audio/mpeg;base64,{SOUND}"}, cfai.Audio),
    ("audio link", {"audio": "https://a.example/hi.mp3"}, cfai.MediaLink),
    ("video", {"video": VIDEO}, cfai.Media),
    ("video link", {"video": "https://a.example/cat.mp4"}, cfai.MediaLink),
    ("is_complete", {"is_complete": True, "probability": 0.5}, cfai.TurnDetection),
    ("extracted answers", {"answers": {"a": {"type": "text", "value": "x"}}}, cfai.Extracted),
    ("answers", {"answers": {"a": {"type": "noul", "noul": "yes"}}}, cfai.Decisions),
    ("caption", {"metrics": METRICS, "caption": "a cat"}, cfai.VisionAnswer),
    ("points", {"metrics": METRICS, "points": [{"x": 0, "y": 1}]}, cfai.VisionAnswer),
    ("objects", {"metrics": METRICS, "objects": []}, cfai.VisionAnswer),
    ("answer", {"metrics": METRICS, "answer": "a cat"}, cfai.VisionAnswer),
    ("responses", {"request_id": "r", "responses": BATCH}, cfai.BatchResult),
    ("queued", {"request_id": "r", "status": "queued"}, cfai.QueuedBatch),
    ("nulls", {"response": None}, cfai.GeneratedText),
    ("null calls", {"tool_calls": None}, cfai.GeneratedText),
]
OTHERS: list[tuple[str, Any, Any]] = [
    ("a string", "hi", cfai.GeneratedText),
    ("an empty string", "", cfai.GeneratedText),
    (
        "boxes",
        [{"box": {"xmin": 0, "ymin": 0, "xmax": 1, "ymax": 1}, "label": "cat", "score": 1}],
        list[cfai.DetectedObject],
    ),
    ("labels", [{"label": "cat", "score": 0.5}], list[cfai.Classification]),
    ("a wrapped one", {"state": "Completed", "result": {"response": "hi"}}, cfai.GeneratedText),
    ("a wrapped string", {"state": "Completed", "result": "hi"}, cfai.GeneratedText),
    ("a picture's bytes", JPEG, cfai.Image),
    ("a sound's bytes", MP3, cfai.Audio),
    ("other bytes", b"\x00\x01", cfai.Media),
    ("an object of another shape", {"weather": "fine"}, cfai.UnknownAnswer),
    ("an empty object", {}, cfai.UnknownAnswer),
    ("a number", 5, cfai.UnknownAnswer),
    ("true", True, cfai.UnknownAnswer),
    ("null", None, cfai.UnknownAnswer),
    ("a list of numbers", [1, 2], cfai.UnknownAnswer),
    ("a list of strings", ["a"], cfai.UnknownAnswer),
    ("a list of other objects", [{"name": "cat"}], cfai.UnknownAnswer),
    ("a list of mixed things", [{"label": "cat", "score": 1}, 5], cfai.UnknownAnswer),
]
ROWS = [(name, result, kind) for name, result, kind in [*OBJECTS, *OTHERS]]
ANSWERS = [result for _, result, kind in ROWS if isinstance(kind, type) and not hasattr(kind, "__args__")]


def structure(result: Any) -> Any:
    return cfai.converter.structure(result, cfai.RunResponse)


def is_a(answer: Any, kind: Any) -> bool:
    if isinstance(answer, list):
        return bool(answer) and all(kind == list[type(item)] for item in answer)
    return bool(type(answer) is kind)


@pytest.mark.parametrize(("name", "result", "kind"), ROWS)
def test_each_row_gives_its_class_without_a_client(name: str, result: Any, kind: Any) -> None:
    assert is_a(structure(result), kind), name


def test_an_empty_array_is_an_empty_list() -> None:
    assert [] == structure([])


@pytest.mark.parametrize(("name", "result", "kind"), OBJECTS)
def test_keys_that_no_row_knows_change_nothing(name: str, result: dict[str, Any], kind: Any) -> None:
    assert is_a(structure({"created": 1, "newer": {"response": 1}, **result}), kind), name


NULLS = {
    "choices": None, "output": None, "type": None, "object": None, "response": None, "tool_calls": None, "data": None,
    "translated_text": None, "translations": None, "summary": None, "description": None, "text": None, "results": None,
    "image": None, "audio": None, "is_complete": None, "answers": None, "metrics": None, "caption": None,
    "responses": None, "request_id": None, "status": None, "state": None, "result": None, "box": None, "label": None,
}  # fmt: skip


@pytest.mark.parametrize(("name", "result", "kind"), OBJECTS)
def test_a_key_whose_value_is_null_does_not_count(name: str, result: dict[str, Any], kind: Any) -> None:
    assert is_a(structure({**NULLS, **result}), kind), name


@pytest.mark.parametrize("result", [{"choices": None}, {"data": None}, {"text": None}, {"image": None, "audio": None}])
def test_nothing_but_nulls_is_unknown(result: Any) -> None:
    assert cfai.UnknownAnswer() == structure(result)
    assert result == structure(result).raw


def test_nothing_but_nulls_under_response_and_tool_calls_is_a_text() -> None:
    answer = structure({"response": None, "tool_calls": None, "usage": {"prompt_tokens": 3}})

    assert cfai.GeneratedText(usage=cfai.Usage(prompt_tokens=3, total_tokens=3)) == answer


@pytest.mark.parametrize(
    "result",
    [
        {"choices": "x"},
        {"choices": [5]},
        {"choices": [{"message": 5}]},
        {"object": "response", "output": 5},
        {"output": [5]},
        {"output": ["https://a.example"]},
        {"type": "message", "content": [5]},
        {"tool_calls": [5]},
        {"tool_calls": "f()"},
        {"object": "list", "data": [{"embedding": "AAAA"}]},
        {"response": [{"id": "one", "score": 0.5}]},
        {"response": [{"id": 1, "score": True}]},
        {"data": "x"},
        {"data": [1, 2]},
        {"data": {"a": 1}},
        {"data": [[None]]},
        {"translated_text": 5},
        {"translations": "hallo"},
        {"translations": [5]},
        {"summary": ["x"]},
        {"summary": 1},
        {"description": {}},
        {"text": 5},
        {"results": {"channels": "x"}},
        {"image": 5},
        {"image": "*no base64*"},
        {"image": ""},
        {"image": ["a"]},
        {"audio": {"url": "x"}},
        {"is_complete": "yes"},
        {"is_complete": 1},
        {"answers": []},
        {"answers": {"a": 5}},
        {"metrics": METRICS, "points": "x"},
        {"metrics": METRICS, "points": [{"x": "0", "y": 1}]},
        {"responses": "x"},
        {"responses": [5]},
        {"request_id": 5, "status": "queued"},
        {"request_id": "r", "status": 5},
        [{"box": 5}],
        [{"label": 5, "score": 1}],
        [{"score": 1}],
        [{"label": None, "score": 1}],
        [{"label": "a", "score": 1, "box": {"xmin": 0, "ymin": 0, "xmax": 1, "ymax": 1}}, {"label": "b", "score": 1}],
    ],
)
def test_what_fits_a_row_by_key_and_not_by_type_is_unknown_and_kept_whole(result: Any) -> None:
    answer = structure(result)

    assert type(answer) is cfai.UnknownAnswer
    assert result == answer.raw


@pytest.mark.parametrize(
    "listed", [[], [[]], [[0.5], ["a"]], [[0.5, True]], [["a"]], [{"id": 1}], [{"id": None, "score": 1}], ["a"]]
)
def test_another_list_under_response_is_what_a_text_in_json_mode_stands_for(listed: Any) -> None:
    answer = structure({"response": listed})

    assert type(answer) is cfai.GeneratedText
    assert listed == answer.parsed


def test_results_that_are_no_batch_are_unknown() -> None:
    assert type(structure({"results": [{"title": "A page", "url": "https://a.example"}]})) is cfai.UnknownAnswer
    assert type(structure({"results": []})) is cfai.UnknownAnswer
    assert type(structure({"results": [5]})) is cfai.UnknownAnswer
    assert type(structure({"results": [{"id": 1, "text": "A page"}]})) is cfai.UnknownAnswer


# -- the order


def wins(result: Any, table: Any) -> Any:
    return next((kind for fits, kind in table if fits(result)), cfai.UnknownAnswer)


def rows_that_fit(result: Any) -> list[int]:
    return [index for index, (fits, _) in enumerate(union.OBJECTS) if fits(result)]


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        pytest.param(one, other, id=f"{one[0]} before {other[0]}")
        for one, other in combinations(OBJECTS[:-2], 2)
        if not one[1].keys() & other[1].keys() - {"metrics", "request_id"}
    ],
)
def test_of_two_rows_that_both_fit_the_earlier_wins(earlier: Any, later: Any) -> None:
    both = {**later[1], **earlier[1]}

    assert is_a(structure(both), earlier[2])


OVERLAPS: list[tuple[str, Any, Any, Any]] = [
    # what the service sends, the class that it is, and the class that a later row would have made of it
    ("an OpenAI list is no matrix", {"object": "list", "data": [{"embedding": [0.5]}]}, cfai.Embeddings, None),
    ("a ranking is no text", {"response": [{"id": 0, "score": 1}]}, list[cfai.RankedContext], cfai.GeneratedText),
    ("vectors are no text", {"response": [[0.5]], "shape": [1, 1]}, cfai.Embeddings, cfai.GeneratedText),
    (
        "a Responses object is no transcription",
        {"object": "response", "output": [], "text": {"format": {}}},
        cfai.GeneratedText,
        cfai.Transcription,
    ),
    (
        "a Responses object is no queued batch",
        {"output": [], "request_id": "r", "status": "completed"},
        cfai.GeneratedText,
        cfai.QueuedBatch,
    ),
    ("a chat completion is no picture", {"choices": CHOICES, "image": PICTURE}, cfai.GeneratedText, cfai.MediaLink),
    ("a text with data is a text", {"response": "hi", "data": [[0.5]]}, cfai.GeneratedText, cfai.Embeddings),
    ("a transcription with its sound", {"text": "hi", "audio": SOUND}, cfai.Transcription, cfai.MediaLink),
    ("a summary of a text", {"summary": "s", "text": "t"}, cfai.Summary, cfai.Transcription),
    ("a finished batch", {"request_id": "r", "status": "done", "responses": BATCH}, cfai.BatchResult, cfai.QueuedBatch),
    ("extracted fields are no decisions", {"answers": {"a": {"type": "list"}}}, cfai.Extracted, cfai.Decisions),
    ("vectors beside a null", {"response": None, "data": [[0.5]]}, cfai.Embeddings, cfai.GeneratedText),
    ("a batch beside a null", {"response": None, "responses": BATCH}, cfai.BatchResult, cfai.GeneratedText),
    (
        "a queue beside a null",
        {"response": None, "request_id": "r", "status": "queued"},
        cfai.QueuedBatch,
        cfai.GeneratedText,
    ),
]


@pytest.mark.parametrize(("name", "result", "kind", "other"), OVERLAPS)
def test_swapping_two_rows_that_overlap_would_give_another_class(name: str, result: Any, kind: Any, other: Any) -> None:
    fitting = rows_that_fit(result)
    assert len(fitting) > 1, "not an overlap"
    later = next((index for index in fitting[1:] if union.OBJECTS[index][1] is other or other is None), fitting[1])
    swapped = list(union.OBJECTS)
    swapped[fitting[0]], swapped[later] = swapped[later], swapped[fitting[0]]

    assert is_a(structure(result), kind)
    assert kind == wins(result, union.OBJECTS)
    assert (kind if other is None else other) == wins(result, swapped)


def test_boxes_come_before_labels() -> None:
    result = [{"box": {"xmin": 0, "ymin": 0, "xmax": 1, "ymax": 1}, "label": "cat", "score": 0.5}]

    assert list[cfai.DetectedObject] == wins(result, union.LISTS)
    assert list[cfai.Classification] == wins(result, union.LISTS[::-1])


def test_the_hybrid_is_read_as_a_chat_completion_first() -> None:
    answer = structure({"choices": CHOICES, "response": "of response", "tool_calls": [], "output": OUTPUT})

    assert ("of response", "stop") == (answer.response, answer.finish_reason)


def test_a_wrapped_answer_is_unwrapped_before_its_shape_is_told() -> None:
    answer = structure({"state": "Completed", "result": {"data": [[0.5]]}, "text": "not this"})

    assert cfai.Embeddings(data=[[0.5]], shape=[1, 1]) == answer


def test_a_null_state_wraps_nothing() -> None:
    assert type(structure({"state": None, "result": {"response": "hi"}})) is cfai.UnknownAnswer
    assert type(structure({"state": "Running", "result": None})) is cfai.UnknownAnswer


# -- what every answer has


@pytest.mark.parametrize("result", ANSWERS)
def test_raw_is_the_result_as_it_was(result: Any) -> None:
    assert result == structure(result).raw


@pytest.mark.parametrize("result", ANSWERS)
def test_raw_is_no_part_of_equality(result: Any) -> None:
    one, other = structure(result), structure(result)
    other._keep({"something": "else"})

    assert one == other
    assert one.raw != other.raw


@pytest.mark.parametrize("result", [{}, *ANSWERS])
def test_raw_is_no_part_of_the_repr(result: Any) -> None:
    answer = structure(result)
    answer._keep({"a hidden word": "a hidden word"})

    assert "hidden" not in repr(answer)


@pytest.mark.parametrize("result", ANSWERS)
def test_an_answer_survives_pickle_and_copies_with_its_raw(result: Any) -> None:
    answer = structure(result)

    for twin in (pickle.loads(pickle.dumps(answer)), copy.copy(answer), copy.deepcopy(answer)):
        assert answer == twin
        assert type(answer) is type(twin)
        assert result == twin.raw


def test_an_answer_of_a_body_survives_pickle_with_its_raw_undecoded() -> None:
    body = b'{"result": {"response": "hi", "newer": 1}, "success": true}'
    response = Response(status=200, headers=Headers({}), body=body)

    answer = pickle.loads(pickle.dumps(decode(response, encode("@cf/a/b", {}), "0" * 32)))

    assert cfai.GeneratedText(response="hi") == answer
    assert {"response": "hi", "newer": 1} == answer.raw


def test_an_answer_that_was_made_by_hand_has_no_raw() -> None:
    assert None is cfai.GeneratedText(response="hi").raw
    assert None is pickle.loads(pickle.dumps(cfai.UnknownAnswer())).raw


def test_raw_cannot_be_set() -> None:
    with pytest.raises(AttributeError):
        structure("hi").raw = "other"


HOSTILE = {
    "raw": "x", "_raw": "x", "__class__": "x", "__dict__": {"a": 1}, "__slots__": ["x"], "_keep": "x", "message": "x",
    "parsed": {"a": 1}, "truncated": True, "to_numpy": 1, "save": "x", "outcomes": [1], "data_": 1, "": 1,
    "self": 1, "__init__": "x",
}  # fmt: skip


@pytest.mark.parametrize(("name", "result", "kind"), OBJECTS)
def test_no_key_of_the_service_sets_an_attribute_of_ours(name: str, result: dict[str, Any], kind: Any) -> None:
    hostile = {**HOSTILE, **result}
    if "content" in result or name == "responses":
        hostile.pop("message")
    if kind is cfai.Extracted:
        hostile.pop("truncated")

    answer = structure(hostile)

    assert is_a(answer, kind)
    assert structure(result) == answer
    if not isinstance(answer, list):
        assert hostile == answer.raw
        assert not hasattr(answer, "__dict__")


def test_no_key_of_a_part_sets_an_attribute_of_ours() -> None:
    [item] = structure([{"label": "a", "score": 1, "__class__": "x", "_raw": "x", "raw": "y", "text": "z"}])

    assert cfai.Classification("a", 1.0) == item
    assert not hasattr(item, "text")


LONG = "word " * 20_000
HUGE: list[Any] = [
    LONG,
    {
        "response": LONG,
        "usage": {"prompt_tokens": 10**18},
        "tool_calls": [{"name": LONG, "arguments": {LONG: LONG}}] * 50,
    },
    {"response": {LONG: [LONG] * 100}},
    {"choices": [{"message": {"content": LONG, "reasoning": LONG}, "finish_reason": LONG}], "model": LONG},
    {"data": [[0.123456789] * 1000] * 100},
    {"data": [[0.5]], "shape": list(range(1000)), "pooling": LONG},
    {"text": LONG, "vtt": LONG, "words": [{"word": LONG, "start": 1, "end": 2}] * 1000},
    {"translated_text": LONG, "translations": [LONG] * 10},
    {"summary": LONG},
    {"description": LONG},
    {"image": base64.b64encode(JPEG + bytes(100_000)).decode()},
    {"image": f"data:image/{'x' * 1000};base64,aGFsbG8="},
    {"image": "https://a.example/" + "x" * 10_000},
    {"answers": {f"q{i}": {"type": LONG, "noul": LONG} for i in range(100)}, "model": LONG},
    {"metrics": METRICS, "points": [{"x": 1 / 3, "y": 1 / 3}] * 1000, "answer": LONG, "reasoning": {"text": LONG}},
    {"responses": [{"id": i, "result": {"response": LONG}, "success": True} for i in range(50)]},
    {"request_id": LONG, "status": LONG, "model": LONG},
    {LONG: LONG},
    [LONG] * 100,
    [{"label": LONG, "score": 1}],
    [{"box": {"xmin": 1 / 3, "ymin": 1e300 / 3, "xmax": 1 / 7, "ymax": 1 / 9}, "label": LONG, "score": 1 / 3}],
    {"response": [{"id": 10**18, "score": 1 / 3}]},
]


@pytest.mark.parametrize("result", HUGE, ids=range(len(HUGE)))
def test_no_repr_is_longer_than_about_200_characters(result: Any) -> None:
    answer = structure(result)

    for part in answer if isinstance(answer, list) else [answer]:
        assert 210 >= len(repr(part))
        assert repr(part).startswith(type(part).__name__)


@pytest.mark.parametrize(
    ("result", "text"),
    [
        ("hi", "hi"),
        ({"response": "hi"}, "hi"),
        ({"response": None}, ""),
        ({"choices": CHOICES}, "of choices"),
        ({"output": OUTPUT}, "of output"),
        ({"translated_text": "hallo"}, "hallo"),
        ({"translations": ["a", "b"]}, "a\nb"),
        ({"summary": "short"}, "short"),
        ({"description": "a cat"}, "a cat"),
        ({"text": "words"}, "words"),
        (
            {
                "results": {
                    "channels": [{"alternatives": [{"transcript": "a"}]}, {"alternatives": [{"transcript": "b"}]}]
                }
            },
            "a\nb",
        ),
        ({"metrics": METRICS, "answer": "yes"}, "yes"),
        ({"metrics": METRICS, "caption": "a cat"}, "a cat"),
        ({"metrics": METRICS, "points": []}, ""),
    ],
)
def test_the_text_of_an_answer_is_its_text_and_its_str(result: Any, text: str) -> None:
    answer = structure(result)

    assert text == answer.text
    assert text == str(answer)


def test_every_answer_is_a_member_of_the_union() -> None:
    members = cfai.RunResponse.__args__
    public = [getattr(cfai, name) for name in cfai.__all__ if name != "__version__"]
    answers = {thing for thing in public if isinstance(thing, type) and issubclass(thing, Answer)}
    lists = {list[cfai.Classification], list[cfai.DetectedObject], list[cfai.RankedContext], list[cfai.MediaLink]}

    assert answers | lists == set(members)
