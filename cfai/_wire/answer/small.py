"""Answers of few keys: translations, summaries, descriptions, turns, vision answers, decisions."""

from typing import Any

from ...tasks.answers import (
    Decision,
    Decisions,
    Description,
    Point,
    Region,
    Summary,
    TranslatedText,
    TurnDetection,
    VisionAnswer,
)
from ..convert.converter import Misfit, expect_object, kind_of, register, structure_at
from ..convert.side_fields import read_each, read_fields, read_side, register_fields
from ..text.usage import read_usage

_VISION: dict[str, Any] = {"answer": str, "caption": str, "points": list[Point], "objects": list[Region]}
"""The keys that may answer a question about a picture: the task fills one, and the others are null."""
_VALUES = {"noul": ("noul",), "choice": ("choice",), "score": ("score",)}
"""The essential field of a decision, by its type."""


def read_translation(result: Any) -> TranslatedText:
    """Read m2m100's `translated_text` or indictrans2's list `translations`."""
    expect_object(result)
    text = result.get("translated_text")
    many = result.get("translations")
    if text is None and many is None:
        raise Misfit("a required key is missing or null", "$.translated_text")
    if text is None:
        texts = structure_at(many, list[str], "$.translations")
        return TranslatedText(translated_text="\n".join(texts), translations=texts)
    skipped: list[str] = []
    text = structure_at(text, str, "$.translated_text")
    texts = read_side(many, list[str], "$.translations", skipped, [])
    answer = TranslatedText(translated_text=text, translations=texts or [text])
    answer._skip(skipped)
    return answer


def read_vision(result: Any) -> VisionAnswer:
    """Read moondream's answer."""
    expect_object(result)
    skipped: list[str] = []
    answer = VisionAnswer(
        **_read_task(result, skipped),
        reasoning=_reasoning(result.get("reasoning"), skipped),
        finish_reason=read_side(result.get("finish_reason"), str, "$.finish_reason", skipped),
        usage=read_usage(result.get("metrics"), "$.metrics", skipped),
    )
    answer._skip(skipped)
    return answer


def _read_task(result: dict[str, Any], skipped: list[str]) -> dict[str, Any]:
    """Read the key that answers the task: any that is usable. Beside it the others are side fields.

    Raises:
        Misfit: None of them is usable, or none is there.
    """
    found: dict[str, Any] = {}
    failures: dict[str, Misfit] = {}
    given = [key for key in _VISION if result.get(key) is not None]
    for key in given:
        noted: list[str] = []
        try:
            found[key] = _read_key(result[key], key, noted)
        except Misfit as misfit:
            failures[key] = misfit
        else:
            skipped += noted
    if not given:
        raise Misfit("none of answer, caption, points and objects is there")
    if not found:
        raise failures[given[0]]
    for key in failures:
        read = read_side(result[key], _VISION[key], f"$.{key}", skipped)
        if read is not None:
            found[key] = read
    return found


def _read_key(value: Any, key: str, skipped: list[str]) -> Any:
    if _VISION[key] is str:
        return structure_at(value, str, f"$.{key}")
    return read_each(value, Point if key == "points" else Region, f"$.{key}", skipped)


def _reasoning(reasoning: Any, skipped: list[str]) -> Any:
    if type(reasoning) is dict:
        return read_side(reasoning.get("text"), str, "$.reasoning.text", skipped)
    return read_side(reasoning, str, "$.reasoning", skipped)


def read_decisions(result: Any) -> Decisions:
    """Read clef's `answers`, by the ids of the questions."""
    expect_object(result)
    answers = result.get("answers")
    if answers is None:
        raise Misfit("a required key is missing or null", "$.answers")
    if type(answers) is not dict:
        raise Misfit(f"expected an object, got {kind_of(answers)}", "$.answers")
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


register(TranslatedText, read_translation)
register(VisionAnswer, read_vision)
register(Decisions, read_decisions)
for _kind in (Summary, Description, TurnDetection):
    register_fields(_kind)
