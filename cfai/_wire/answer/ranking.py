"""Answers whose `result` is a list, or has one under `response`."""

from typing import Any

from ...tasks.answers import Classification, DetectedObject, RankedContext
from ..convert.converter import ShapeError, converter, expect_object, list_hook, register_noting
from ..convert.side_fields import read_each

_items = list_hook(RankedContext)


def read_ranking(result: Any) -> list[RankedContext]:
    """Read `{response: [{id, score}]}`, or the list itself."""
    if type(result) is list:
        return _items(result, None)  # type: ignore[no-any-return]
    expect_object(result)
    ranked = result.get("response")
    if ranked is None:
        raise ShapeError("a required key is missing or null", "$.response")
    try:
        return _items(ranked, None)  # type: ignore[no-any-return]
    except ShapeError as misfit:
        moved = misfit.under("$.response")
    raise moved


converter.register_structure_hook_func(lambda kind: kind == list[RankedContext], lambda value, _: read_ranking(value))
register_noting(list[Classification], lambda value, skipped: read_each(value, Classification, "$", skipped))
register_noting(list[DetectedObject], lambda value, skipped: read_each(value, DetectedObject, "$", skipped))
