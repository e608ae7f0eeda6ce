"""How extracted fields are read: what tells them, what is essential, and what never costs the answer."""

import copy
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cfai

TYPES = ["text", "number", "date", "time", "datetime", "duration", "list", "estimate", "forecast"]


def by_shape(result: Any) -> Any:
    return cfai.converter.structure(result, cfai.RunResponse)


@pytest.mark.parametrize("kind", TYPES)
def test_the_type_of_the_first_answer_tells_extracted_fields(kind: str) -> None:
    extracted = by_shape({"answers": {"a": {"type": kind, "value": 1}, "b": {"type": "newer"}}})

    assert {"a": (kind, 1), "b": ("newer", None)} == {
        name: (answer.type, answer.value) for name, answer in extracted.answers.items()
    }
    assert type(extracted) is cfai.Extracted


@pytest.mark.parametrize("kind", ["noul", "choice", "score", "newer", "Text", ""])
def test_any_other_type_is_that_of_a_decision(kind: str) -> None:
    first = {"type": kind, "noul": 0.5, "choice": "a", "score": 1}
    assert type(by_shape({"answers": {"a": first, "b": {"type": "text"}}})) is cfai.Decisions


@pytest.mark.parametrize("answers", [{}, {"a": {"type": "noul", "noul": 1}}])
def test_no_field_at_all_tells_nothing(answers: Any) -> None:
    assert type(by_shape({"answers": answers})) is cfai.Decisions


@pytest.mark.parametrize("answers", [[], "text", {"a": "text"}, {"a": {"type": ["text"]}}, {"a": {"type": None}}])
def test_what_is_no_answer_is_kept_as_it_is(answers: Any) -> None:
    answer = by_shape({"answers": answers})

    assert type(answer) is cfai.UnknownAnswer
    assert {"answers": answers} == answer.raw


@pytest.mark.parametrize(
    ("given", "spans"),
    [
        ({}, []),
        ({"span": [3, 7]}, [(3, 7)]),
        ({"spans": [[3, 7], [9, 9]]}, [(3, 7), (9, 9)]),
        ({"span": [3, 7], "spans": [[3, 7], [9, 12]]}, [(3, 7), (9, 12)]),
        ({"span": [1, 2], "spans": [[3, 7]]}, [(1, 2), (3, 7)]),
        ({"span": None, "spans": []}, []),
        ({"span": [3.0, 7]}, [(3, 7)]),
    ],
)
def test_one_span_and_many_are_one_list(given: Any, spans: Any) -> None:
    extracted = by_shape({"answers": {"a": {"type": "text", "value": "x", **given}}})

    assert spans == extracted.answers["a"].spans
    assert [] == extracted.skipped


def test_every_field_is_read_and_the_others_are_in_raw() -> None:
    item = {
        "type": "estimate",
        "value": 12.5,
        "guess": {"any": "json"},
        "unit": "kg",
        "p_null": 0,
        "confidence": 1,
        "source": "image",
        "spell_confidence": 0.5,
        "quantiles": {"0.1": 9, "0.9": 15},
        "mean": 12.4,
    }

    extracted = by_shape({"state": None, "answers": {"weight": item}, "truncated": True, "state_text": "heavy"})

    assert (
        cfai.ExtractedValue(
            type="estimate",
            value=12.5,
            guess={"any": "json"},
            unit="kg",
            p_null=0.0,
            confidence=1.0,
            source="image",
            spell_confidence=0.5,
            quantiles={"0.1": 9, "0.9": 15},
        )
        == extracted.answers["weight"]
    )
    assert (True, "heavy", None) == (extracted.truncated, extracted.state_text, extracted.usage)
    assert 12.4 == extracted.raw["answers"]["weight"]["mean"]


@pytest.mark.parametrize(
    ("usage", "read", "skipped"),
    [
        ({"input_tokens": "7", "output_tokens": 2}, cfai.Usage(completion_tokens=2, total_tokens=2), ["input_tokens"]),
        (
            {"input_tokens": [], "total_tokens": 9, "neurons": "x", "input_tokens_details": {"cached_tokens": "1"}},
            cfai.Usage(total_tokens=9),
            ["input_tokens", "input_tokens_details.cached_tokens", "neurons"],
        ),
    ],
)
def test_a_count_that_is_not_usable_costs_no_other(usage: Any, read: Any, skipped: list[str]) -> None:
    extracted = by_shape({"answers": {"a": {"type": "text"}}, "usage": usage})

    assert read == extracted.usage
    assert [f"$.usage.{path}" for path in skipped] == sorted(extracted.skipped)


def test_usage_that_is_no_object_is_none() -> None:
    extracted = by_shape({"answers": {"a": {"type": "text"}}, "usage": [7]})

    assert (None, ["$.usage"]) == (extracted.usage, extracted.skipped)


def test_a_copy_and_a_pickle_keep_what_was_skipped() -> None:
    extracted = by_shape({"answers": {"a": {"type": "text", "unit": 5}}})

    for same in (copy.deepcopy(extracted), pickle.loads(pickle.dumps(extracted))):
        assert (extracted, extracted.raw, ["$.answers.a.unit"]) == (same, same.raw, same.skipped)


json = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(allow_nan=False, allow_infinity=False) | st.text("ab1"),
    lambda items: st.lists(items, max_size=3) | st.dictionaries(st.sampled_from("ab"), items, max_size=2),
    max_leaves=6,
)
SIDES = {"unit": str, "p_null": float, "confidence": float, "source": str, "spell_confidence": float}


@given(
    st.fixed_dictionaries({}, optional=dict.fromkeys([*SIDES, "value", "guess", "quantiles", "span", "spans"], json)),
    st.fixed_dictionaries({}, optional=dict.fromkeys(["truncated", "state_text", "usage", "model"], json)),
)
def test_whatever_stands_beside_the_types_there_is_an_answer(item: Any, beside: Any) -> None:
    result = {"answers": {"a": {"type": "text", **item}}, **beside}

    extracted = cfai.converter.structure(result, cfai.Extracted)

    answer, skipped = extracted.answers["a"], extracted.skipped
    for name, kind in SIDES.items():
        sent, path = item.get(name), f"$.answers.a.{name}"
        fits = type(sent) is kind or (kind is float and type(sent) is int)
        assert getattr(answer, name) == (sent if fits else None)
        assert (path in skipped) == (sent is not None and not fits)
    assert all(type(span) is tuple and [int, int] == list(map(type, span)) for span in answer.spans)
    assert (item.get("value"), item.get("guess")) == (answer.value, answer.guess)
    assert ("$.truncated" in skipped) == (type(beside.get("truncated")) not in (bool, type(None)))
    assert extracted.truncated == (beside.get("truncated") is True)
    assert len(skipped) == len(set(skipped))
    assert result == extracted.raw
