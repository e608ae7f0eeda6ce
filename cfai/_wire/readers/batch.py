"""The asynchronous queue's answers (docs/wire.md 6)."""

from typing import Any

from ...tasks.answers import BatchOutcome, BatchResult, QueuedBatch, RunResponse, UnknownAnswer
from ..converter import Misfit, expect_object, kind_of, register, structure_at, structure_noting
from ..refusals import refusal_of_item
from ..side import read_side, register_fields
from .usage import read_usage


def read_batch(result: Any) -> BatchResult:
    """Read a finished batch; its items are ordered by `id`, for the service does not promise their order."""
    expect_object(result)
    key = "responses" if result.get("responses") is not None else "results"
    items = result.get(key)
    if type(items) is not list:
        raise Misfit(f"expected an array, got {kind_of(items)}", f"$.{key}")
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
            raise Misfit("a required key is missing or null", f"{path}[{place}].id")
    return [structure_at(item["id"], int, f"{path}[{place}].id") for place, item in enumerate(items)]


def _read_outcome(item: Any, path: str, skipped: list[str]) -> BatchOutcome:
    if type(item) is not dict:
        raise Misfit(f"expected an object, got {kind_of(item)}", path)
    reference = read_side(item.get("external_reference"), str, f"{path}.external_reference", skipped)
    outcome = BatchOutcome(index=0, external_reference=reference)
    if item.get("success") is False or item.get("error") is not None:
        outcome.error = refusal_of_item(item)
    else:
        outcome.result = _read_result(item.get("result"), f"{path}.result", skipped)
    return outcome


def _read_result(result: Any, path: str, skipped: list[str]) -> Any:
    """Read the answer of one item, which Cloudflare's documentation shows inside of another `result`."""
    noted: list[str] = []
    answer = structure_noting(result, RunResponse, noted)
    if type(answer) is UnknownAnswer and type(result) is dict and result.get("result") is not None:
        return _read_result(result["result"], f"{path}.result", skipped)
    skipped += [path + inner[1:] for inner in noted]
    return answer


register(BatchResult, read_batch)
register_fields(QueuedBatch)
