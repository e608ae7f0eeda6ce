"""What models say of pictures: moondream's answers, and descriptions."""

from typing import Any

from ...tasks.answers import Description, Point, Region, VisionAnswer
from ..convert.converter import ShapeError, expect_object, register, structure_at
from ..convert.side_fields import read_each, read_side, register_fields
from ..text.usage import read_usage

_VISION: dict[str, Any] = {"answer": str, "caption": str, "points": list[Point], "objects": list[Region]}
"""The keys that may answer a question about a picture: the task fills one, and the others are null."""


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
        ShapeError: None of them is usable, or none is there.
    """
    found: dict[str, Any] = {}
    failures: dict[str, ShapeError] = {}
    given = [key for key in _VISION if result.get(key) is not None]
    for key in given:
        noted: list[str] = []
        try:
            found[key] = _read_key(result[key], key, noted)
        except ShapeError as misfit:
            failures[key] = misfit
        else:
            skipped += noted
    if not given:
        raise ShapeError("none of answer, caption, points and objects is there")
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


register(VisionAnswer, read_vision)
register_fields(Description)
