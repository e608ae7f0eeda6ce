"""Extracted fields: clairic's answers (docs/wire.md 3.6)."""

from typing import Any

from ...tasks.answers import Extracted, ExtractedValue
from ..convert.converter import ShapeError, expect_answers, kind_of, register, structure_at
from ..convert.side_fields import read_side
from ..text.usage import read_usage

TYPES = frozenset({"text", "number", "date", "time", "datetime", "duration", "list", "estimate", "forecast"})
"""The types of fields; none of them is a type of clef's questions."""

_Span = tuple[int, int]


def are_extracted(answers: Any) -> bool:
    """Return whether *answers* are extracted fields: the first one tells by its type."""
    first = next(iter(answers.values()), None) if type(answers) is dict else None
    kind = first.get("type") if type(first) is dict else None
    return type(kind) is str and kind in TYPES


def read_extracted(result: Any) -> Extracted:
    """Read `answers`, by the names of the fields; only the type of each is essential."""
    answers = expect_answers(result)
    skipped: list[str] = []
    extracted = Extracted(
        answers={name: _read_value(answer, f"$.answers.{name}", skipped) for name, answer in answers.items()},
        truncated=read_side(result.get("truncated"), bool, "$.truncated", skipped, False),
        state_text=read_side(result.get("state_text"), str, "$.state_text", skipped),
        usage=read_usage(result.get("usage"), "$.usage", skipped),
        model=read_side(result.get("model"), str, "$.model", skipped),
    )
    extracted._skip(skipped)
    return extracted


def _read_value(answer: Any, path: str, skipped: list[str]) -> ExtractedValue:
    if type(answer) is not dict:
        raise ShapeError(f"expected an object, got {kind_of(answer)}", path)
    if answer.get("type") is None:
        raise ShapeError("a required key is missing or null", f"{path}.type")

    def side(name: str, kind: Any) -> Any:
        return read_side(answer.get(name), kind, f"{path}.{name}", skipped)

    return ExtractedValue(
        type=structure_at(answer["type"], str, f"{path}.type"),
        value=answer.get("value"),
        guess=answer.get("guess"),
        unit=side("unit", str),
        p_null=side("p_null", float),
        confidence=side("confidence", float),
        spans=_read_spans(answer, path, skipped),
        source=side("source", str),
        spell_confidence=side("spell_confidence", float),
        quantiles=answer.get("quantiles"),
    )


def _read_spans(answer: dict[str, Any], path: str, skipped: list[str]) -> list[_Span]:
    """Read the one `span` and the list `spans`, of which an answer has either; one that stands in both counts once."""
    spans: list[_Span] = read_side(answer.get("spans"), list[_Span], f"{path}.spans", skipped, [])
    span: _Span | None = read_side(answer.get("span"), _Span, f"{path}.span", skipped)
    return spans if span is None or span in spans else [span, *spans]


register(Extracted, read_extracted)
