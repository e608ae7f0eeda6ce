"""The asynchronous queue's answers (docs/wire.md 6)."""

from typing import Any

from ...tasks.answers import BatchOutcome, BatchResult, QueuedBatch, RunResponse
from ..convert.converter import ShapeError, expect_object, kind_of, register, structure_at, structure_noting
from ..convert.side_fields import read_side, register_fields
from ..refusal.errors import refusal_of_item
from ..text.forms import responses
from ..text.usage import read_usage

_OF_AN_ENVELOPE = frozenset({"id", "external_reference", "success", "error", "errors", "messages", "result"})
"""Keys of an item, or of an envelope in it, that are no part of the model's answer."""
_TELLING = ("result", "response", "data", "choices", "output", "translated_text", "error", "errors")
"""Keys of which an item without `success` has one; `text` and the like are keys of what a search finds, too."""


def read_batch(result: Any) -> BatchResult:
    """Read a finished batch; its items are ordered by `id`, for the service does not promise their order."""
    expect_object(result)
    key = "responses" if result.get("responses") is not None else "results"
    items = result.get(key)
    if type(items) is not list:
        raise ShapeError(f"expected an array, got {kind_of(items)}", f"$.{key}")
    skipped: list[str] = []
    outcomes = [_read_outcome(item, f"$.{key}[{place}]", skipped) for place, item in enumerate(items)]
    for outcome, index in zip(outcomes, _indexes(items, f"$.{key}"), strict=True):
        outcome.index = index
    outcomes.sort(key=lambda outcome: outcome.index)
    answer = BatchResult(outcomes=outcomes, usage=read_usage(result.get("usage"), "$.usage", skipped))
    answer._skip(skipped)
    return answer


def _indexes(items: list[dict[str, Any]], path: str) -> list[int]:
    """Return which request each item answers. Where none of them says, they are in the order of the requests."""
    if all(item.get("id") is None for item in items):
        return list(range(len(items)))
    for place, item in enumerate(items):
        if item.get("id") is None:
            raise ShapeError("a required key is missing or null", f"{path}[{place}].id")
    return [structure_at(item["id"], int, f"{path}[{place}].id") for place, item in enumerate(items)]


def is_batch_item(item: Any) -> bool:
    """Return whether *item* is an item of a batch, whatever the key of the list that it stands in."""
    if type(item) is not dict:
        return False
    if type(item.get("success")) is bool:
        return True
    return type(item.get("id")) is int and any(item.get(key) is not None for key in _TELLING)


def _read_outcome(item: Any, path: str, skipped: list[str]) -> BatchOutcome:
    if type(item) is not dict:
        raise ShapeError(f"expected an object, got {kind_of(item)}", path)
    reference = read_side(item.get("external_reference"), str, f"{path}.external_reference", skipped)
    outcome = BatchOutcome(index=0, external_reference=reference)
    levels = _levels_of(item)
    if any(map(_is_failed, levels)):
        outcome.error = refusal_of_item(item)
        return outcome
    noted: list[str] = []
    outcome.result = structure_noting(levels[-1], RunResponse, noted)
    where = path + ".result" * (len(levels) - 1)
    skipped += [where + inner[1:] for inner in noted]
    return outcome


def _levels_of(item: dict[str, Any]) -> list[Any]:
    """Return *item* and what it wraps; the last one is the answer.

    The answer stands under `result`, or in an envelope of its own there, or its keys are those of the item.
    """
    result = item.get("result")
    if result is None and item.keys() - _OF_AN_ENVELOPE:
        return [item]
    if type(result) is dict and result.get("result") is not None and result.get("state") is None:
        return [item, result, result["result"]]
    return [item, result]


def _is_failed(value: Any) -> bool:
    """Return whether an item, or what it wraps, is an error."""
    if type(value) is not dict:
        return False
    if value.get("success") is False or value.get("error") is not None or value.get("state") == "Failed":
        return True
    if value.get("status") == "failed" and responses.is_whole(value):
        return True
    return bool(value.get("errors")) and value.get("result") in (None, {}) and not value.keys() - _OF_AN_ENVELOPE


register(BatchResult, read_batch)
register_fields(QueuedBatch)
