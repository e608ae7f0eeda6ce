"""The asynchronous queue's answers (docs/wire.md 6)."""

from typing import Any

from ...tasks.answers import BatchOutcome, BatchResult, RunResponse
from ..converter import Misfit, expect_object, kind_of, register, structure
from ..refusals import refusal_of_item
from .usage import read_usage


def read_batch(result: Any) -> BatchResult:
    """Read a finished batch; its items are ordered by `id`, for the service does not promise their order."""
    expect_object(result)
    key = "responses" if result.get("responses") is not None else "results"
    items = result.get(key)
    if type(items) is not list:
        raise Misfit(f"expected an array, got {kind_of(items)}", f"$.{key}")
    outcomes = [_read_outcome(item, place, f"$.{key}[{place}]") for place, item in enumerate(items)]
    outcomes.sort(key=lambda outcome: outcome.index)
    return BatchResult(outcomes=outcomes, usage=read_usage(result.get("usage"), "$.usage", []))


def _read_outcome(item: Any, place: int, path: str) -> BatchOutcome:
    if type(item) is not dict:
        raise Misfit(f"expected an object, got {kind_of(item)}", path)
    index = item.get("id")
    reference = item.get("external_reference")
    outcome = BatchOutcome(
        index=index if type(index) is int else place,
        external_reference=reference if type(reference) is str else None,
    )
    if item.get("success") is False or item.get("error") is not None:
        outcome.error = refusal_of_item(item)
    else:
        outcome.result = structure(item.get("result"), RunResponse)
    return outcome


register(BatchResult, read_batch)
