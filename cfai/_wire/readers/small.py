"""Answers of one key or two: translations, vision answers, decisions."""

from typing import Any

from ...tasks.answers import Decision, Decisions, Point, Region, TranslatedText, VisionAnswer
from ..converter import Misfit, expect_object, register, structure_at
from .usage import read_usage


def read_translation(result: Any) -> TranslatedText:
    """Read m2m100's `translated_text` or indictrans2's list `translations`."""
    expect_object(result)
    text = result.get("translated_text")
    many = result.get("translations")
    if text is None and many is None:
        raise Misfit("a required key is missing or null", "$.translated_text")
    texts = [] if many is None else structure_at(many, list[str], "$.translations")
    if text is not None:
        text = structure_at(text, str, "$.translated_text")
        return TranslatedText(translated_text=text, translations=texts or [text])
    return TranslatedText(translated_text="\n".join(texts), translations=texts)


def read_vision(result: Any) -> VisionAnswer:
    """Read moondream's answer; of its four keys the question's task fills one, the others are null."""
    expect_object(result)
    answer = VisionAnswer(
        answer=structure_at(result.get("answer"), str | None, "$.answer"),
        caption=structure_at(result.get("caption"), str | None, "$.caption"),
        points=structure_at(_or_empty(result, "points"), list[Point], "$.points"),
        objects=structure_at(_or_empty(result, "objects"), list[Region], "$.objects"),
        reasoning=_reasoning(result.get("reasoning")),
        finish_reason=structure_at(result.get("finish_reason"), str | None, "$.finish_reason"),
        usage=read_usage(result.get("metrics"), "$.metrics", []),
    )
    if all(result.get(key) is None for key in ("answer", "caption", "points", "objects")):
        raise Misfit("none of answer, caption, points and objects is there")
    return answer


def _reasoning(reasoning: Any) -> str | None:
    if type(reasoning) is dict:
        return structure_at(reasoning.get("text"), str | None, "$.reasoning.text")  # type: ignore[no-any-return]
    return structure_at(reasoning, str | None, "$.reasoning")  # type: ignore[no-any-return]


def _or_empty(result: dict[str, Any], key: str) -> Any:
    value = result.get(key)
    return [] if value is None else value


def read_decisions(result: Any) -> Decisions:
    """Read clef's `answers`, by the ids of the questions."""
    expect_object(result)
    answers = result.get("answers")
    if answers is None:
        raise Misfit("a required key is missing or null", "$.answers")
    return Decisions(
        answers=structure_at(answers, dict[str, Decision], "$.answers"),
        usage=read_usage(result.get("usage"), "$.usage", []),
        model=structure_at(result.get("model"), str | None, "$.model"),
    )


register(TranslatedText, read_translation)
register(VisionAnswer, read_vision)
register(Decisions, read_decisions)
