"""Whatever comes back, it is an answer or one of our errors: never another exception, and never lost."""

import copy
import json
import math
import pickle
from typing import Any, get_args

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cfai
from cfai._base import Answer, Part
from cfai._wire import strict_json
from cfai._wire.answer import typed_decoders
from cfai._wire.answer.decode import decode, neurons_of, raw_of
from cfai._wire.http_values import Headers, Response
from cfai._wire.request.encode import encode
from cfai._wire.text.usage import usage_of

ACCOUNT = "0" * 32
PROMISES = [*get_args(cfai.RunResponse), cfai.RunResponse]
REQUESTS = [
    encode("@cf/some/model", cfai.Input({"response_format": {"type": "json_object"}}, returning=promise))
    for promise in PROMISES
]
TYPES = [
    "application/json",
    "application/json; charset=utf-8",
    "",
    "text/html",
    "image/png",
    "audio/l16",
    "application/octet-stream",
    "text/event-stream",
]
KEYS = """
    alternatives answer answers arguments audio box caption channels choices code content data description
    embedding error errors external_reference finish_reason function id image index is_complete label message
    metrics model name neurons object objects output output_text pooling points prompt_tokens
    prompt_tokens_details reasoning request_id response responses result results role score segments shape spans state
    state_text status success summary text tool_calls transcript translated_text translations truncated type usage vtt
    word words x x_max x_min xmax xmin y y_max y_min ymax ymin
""".split()  # noqa: SIM905  # 80 words read better so
WORDS = [
    "",
    "list",
    "response",
    "message",
    "function_call",
    "reasoning",
    "Failed",
    "failed",
    "Completed",
    "https://a.example",
    "data:,a",
    "aGk=",
    "{}",
]

leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.just(10**400),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(WORDS),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
)
keys = st.one_of(st.sampled_from(KEYS), st.text(st.characters(exclude_categories=["Cs"]), max_size=3))
values = st.recursive(
    leaves,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=5)),
    max_leaves=20,
)
shaped = st.one_of(
    values,
    st.dictionaries(st.sampled_from(KEYS), values, min_size=1, max_size=4),
    st.dictionaries(st.sampled_from(KEYS), values, min_size=1).map(lambda result: {"result": result, "success": True}),
    st.lists(st.dictionaries(st.sampled_from(["label", "score", "box", "id"]), leaves), min_size=1, max_size=3),
)
quickly = settings(deadline=None, max_examples=120, suppress_health_check=list(HealthCheck), database=None)


def come_of(response: Response, *, pickled: bool = True) -> None:
    """Decode under every promise, and look at all that comes of it."""
    for request in REQUESTS:
        try:
            answer = decode(response, request, ACCOUNT)
        except cfai.CfaiError as error:
            look_at_error(error, response, pickled=pickled)
        else:
            look_at(answer, request.promise, pickled=pickled)
            assert isinstance(neurons_of(usage_of(answer, raw_of(response)), response), (float, type(None)))


def look_at_error(error: Any, response: Response, *, pickled: bool) -> None:
    assert isinstance(error, (cfai.ApiError, cfai.DecodeError))
    assert 1 == len(str(error).splitlines())
    assert error.raw is not None or b"null" in response.body
    assert not pickled or same(vars(error), vars(pickle.loads(pickle.dumps(error))))  # `answer` may hold a nan


def same(one: Any, other: Any) -> bool:
    """Compare as `==` does, but for nan, which counts as equal to itself."""
    if isinstance(one, float) and isinstance(other, float) and math.isnan(one):
        return math.isnan(other)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, Part) and type(one) is type(other):
        kind: Any = type(one)
        return all(same(getattr(one, field.name), getattr(other, field.name)) for field in attrs.fields(kind))
    return bool(one == other)


def look_at(answer: Any, promise: Any, *, pickled: bool = True) -> None:
    if promise is not cfai.RunResponse:
        assert isinstance(answer, list if get_args(promise) else promise)
    for part in answer if isinstance(answer, list) else [answer]:
        assert 210 >= len(repr(part))
        assert isinstance(str(part), str)
        if isinstance(part, Answer) and pickled:  # pickle itself has a limit of depth
            assert isinstance(getattr(part, "text", ""), str)
            twin = pickle.loads(pickle.dumps(part))
            assert same(twin, part)
            assert same(part, copy.copy(part))
            assert part.raw == twin.raw
            assert part.skipped == twin.skipped


@quickly
@given(shaped, st.sampled_from(TYPES), st.sampled_from([200, 201, 400, 404, 429, 503]))
def test_any_json_is_an_answer_or_one_of_our_errors(value: Any, content_type: str, status: int) -> None:
    headers = Headers({"Content-Type": content_type, "cf-ai-neurons": "0.5"})

    come_of(Response(status=status, headers=headers, body=json.dumps(value).encode()))


@quickly
@given(
    st.one_of(
        st.binary(max_size=40),
        st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xfb\x90\x00", b"{", b'{"result":']).flatmap(
            lambda head: st.binary(max_size=9).map(lambda tail: head + tail)
        ),
    ),
    st.sampled_from(TYPES),
    st.sampled_from([200, 204, 302, 500]),
)
def test_any_bytes_are_an_answer_or_one_of_our_errors(body: bytes, content_type: str, status: int) -> None:
    come_of(Response(status=status, headers=Headers({"Content-Type": content_type}), body=body))


@quickly
@given(shaped)
def test_any_value_is_structured_by_its_shape_and_kept(value: Any) -> None:
    answer = cfai.converter.structure(value, cfai.RunResponse)

    look_at(answer, cfai.RunResponse)
    if isinstance(answer, Answer):
        assert value == answer.raw


@quickly
@given(shaped, st.sampled_from(PROMISES))
def test_the_converter_raises_nothing_but_a_decode_error(value: Any, promise: Any) -> None:
    try:
        answer = cfai.converter.structure(value, promise)
    except cfai.DecodeError as error:
        failed: Any = error
    else:
        look_at(answer, promise)
        return

    assert value is failed.raw
    assert failed.path.startswith("$")


# Beyond 2**53 a float is another number, and only one of the two ways keeps the int.
numbers = st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.integers(0, 2**53), st.none(), st.booleans())
words = st.lists(
    st.fixed_dictionaries({"word": st.text(max_size=2)}, optional={"start": numbers, "end": numbers}), max_size=2
)
segments = st.fixed_dictionaries({"text": st.sampled_from(["a", None])}, optional={"words": words, "start": numbers})
pictures = st.sampled_from(
    ["/9j/4AAQ", "/9j/4AA=", "/9j/4AA", "/9j/\n4AAQ", "SUQzBAA=", "", "aGk=", "data:,a", "https://a.b", "a", "*", None]
)
tokens = st.fixed_dictionaries(
    {},
    optional={
        "prompt_tokens": numbers,
        "completion_tokens": numbers,
        "total_tokens": numbers,
        "prompt_tokens_details": st.one_of(st.none(), st.fixed_dictionaries({}, optional={"cached_tokens": numbers})),
        "neurons": numbers,
    },
)
nearly: dict[Any, Any] = {
    cfai.GeneratedText: st.fixed_dictionaries(
        {"response": st.one_of(st.text(max_size=3), leaves)},
        optional={
            "tool_calls": st.sampled_from([None, [], [None], [{"name": "a"}], [{"name": None}], 5]),
            "usage": st.one_of(st.none(), tokens, leaves),
            "reasoning": leaves,
            "choices": st.sampled_from([None, [], [{"message": {"content": "b"}}]]),
        },
    ),
    list[cfai.Classification]: st.lists(
        st.fixed_dictionaries({"label": st.one_of(st.text(max_size=3), leaves)}, optional={"score": leaves}), max_size=3
    ),
    cfai.Embeddings: st.fixed_dictionaries(
        {"data": st.lists(st.lists(numbers, max_size=3), max_size=3)},
        optional={"shape": st.one_of(st.none(), st.lists(numbers, max_size=2)), "pooling": leaves, "object": leaves},
    ),
    cfai.Transcription: st.fixed_dictionaries(
        {"text": st.one_of(st.text(max_size=3), leaves)},
        optional={
            "words": st.one_of(st.none(), words),
            "segments": st.one_of(st.none(), st.lists(segments, max_size=2)),
            "word_count": numbers,
            "transcription_info": st.one_of(
                st.none(), st.fixed_dictionaries({}, optional={"language": leaves, "duration": numbers})
            ),
            "duration": numbers,
            "results": st.sampled_from(
                [None, {}, {"channels": []}, {"channels": [{"alternatives": [{"transcript": "b"}]}]}]
            ),
        },
    ),
    cfai.Image: st.fixed_dictionaries({"image": pictures}, optional={"audio": pictures}),
    cfai.Audio: st.fixed_dictionaries({"audio": pictures}, optional={"image": pictures}),
}
envelopes = st.fixed_dictionaries(
    {},
    optional={
        "success": st.sampled_from([True, False, None]),
        "errors": st.sampled_from([[], None, [{"code": 5006, "message": "no"}]]),
        "error": st.sampled_from([None, {}, "no"]),
        "state": st.sampled_from([None, "Completed", "Failed"]),
    },
)


def outcome(body: bytes, promise: Any) -> Any:
    request = encode("@cf/some/model", cfai.Input({}, returning=promise))
    response = Response(status=200, headers=Headers({}), body=body)
    try:
        answer = decode(response, request, ACCOUNT)
    except cfai.CfaiError as error:
        return [type(error), vars(error)]
    return [answer, getattr(answer, "raw", None), response.skipped]


@quickly
@given(st.sampled_from(list(nearly)).flatmap(lambda promise: st.tuples(st.just(promise), nearly[promise])), envelopes)
def test_the_straight_way_and_the_ordinary_one_agree(asked: tuple[Any, Any], envelope: dict[str, Any]) -> None:
    promise, result = asked
    body = json.dumps({"result": result, **envelope}).encode()

    both = outcome(body, promise)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typed_decoders, "TYPED_DECODERS", {})
        ordinary = outcome(body, promise)

    assert same(ordinary, both)


def test_escaped_slashes_are_slashes() -> None:
    picture, *_ = outcome(b'{"result": {"image": "\\/9j\\/4AAQ"}, "success": true}', cfai.Image)

    assert bytes.fromhex("ffd8ffe00010") == picture.data


class Odd:
    """What no JSON holds."""


@pytest.mark.parametrize(
    "value",
    [
        Odd(),
        {"response": Odd()},
        {"response": {1: 2}},
        {"response": "\ud800"},
        {"response": {"a": "\ud800"}},
        {1: 2},
        {"response": [set()]},
        [Odd()],
        (1,),
        {"text": float("nan")},
    ],
)
def test_what_no_json_holds_is_no_exception_either(value: Any) -> None:
    answer = cfai.converter.structure(value, cfai.RunResponse)

    assert value is answer.raw
    assert 210 >= len(repr(answer))


@pytest.mark.parametrize("depth", [50, 200, 300, 400, 500, 700, 900, 990])
@pytest.mark.parametrize(
    "shape",
    [
        '{{"response": {}}}',
        '{{"choices": [{{"message": {{"content": {}}}}}]}}',
        '{{"weather": {}}}',
        '{{"response": "", "tool_calls": [{{"name": "f", "arguments": {{"a": {}}}}}]}}',
        "{}",
    ],
)
def test_deep_json_is_an_answer_or_a_decode_error(depth: int, shape: str) -> None:
    for opening, end in (("[", "]"), ('{"a":', "}")):
        body = shape.format(opening * depth + "1" + end * depth).encode()

        come_of(Response(status=200, headers=Headers({}), body=body), pickled=False)


def test_a_deep_answer_can_be_looked_at_from_deep_in_the_stack() -> None:
    body = b'{"response": "hi", "newer": ' + b"[" * 700 + b"]" * 700 + b"}"
    answer = decode(Response(status=200, headers=Headers({}), body=body), REQUESTS[-1], ACCOUNT)

    def below(calls: int) -> Any:
        return below(calls - 1) if calls else answer.raw

    # Pythons differ in how deep they can still go there; what comes is whole either way
    assert below(400) in (body, strict_json.decode(body))
