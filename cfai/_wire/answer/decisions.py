"""Clef's decisions."""

from typing import Any

from ...tasks.answers import Decision, Decisions
from ..convert.converter import expect_answers, register
from ..convert.side_fields import read_fields, read_side
from ..text.usage import read_usage

_VALUES = {"noul": ("noul",), "choice": ("choice",), "score": ("score",)}
"""The essential field of a decision, by its type."""


def read_decisions(result: Any) -> Decisions:
    """Read clef's `answers`, by the ids of the questions."""
    answers = expect_answers(result)
    skipped: list[str] = []
    answer = Decisions(
        answers={key: _read_decision(item, f"$.answers.{key}", skipped) for key, item in answers.items()},
        usage=read_usage(result.get("usage"), "$.usage", skipped),
        model=read_side(result.get("model"), str, "$.model", skipped),
    )
    answer._skip(skipped)
    return answer


def _read_decision(item: Any, path: str, skipped: list[str]) -> Decision:
    kind = item.get("type") if type(item) is dict else None
    return read_fields(item, Decision, path, skipped, _VALUES.get(kind, ()) if type(kind) is str else ())


register(Decisions, read_decisions)
