"""Tokens and neurons, under the four names that the service's families have for them."""

from typing import Any

from ...tasks.answers import Usage
from ..converter import Misfit, expect_object, structure_at

_PROMPT = ("prompt_tokens", "input_tokens")
_COMPLETION = ("completion_tokens", "output_tokens")
_TOTAL = ("total_tokens",)
_DETAILS = ("prompt_tokens_details", "input_tokens_details")
_CACHED = ("cached_tokens", "cache_read_input_tokens")


def read_usage(usage: Any, path: str, skipped: list[str] | None = None) -> Usage | None:
    """Read *usage*, which stands at *path*, whichever family wrote it; None where there is none."""
    if skipped is not None:
        try:
            return read_usage(usage, path)
        except Misfit as misfit:
            skipped.append(misfit.path)
            return None
    if usage is None:
        return None
    try:
        expect_object(usage)
    except Misfit as misfit:
        raise misfit.under(path) from None
    prompt = _count(usage, _PROMPT, path) or 0
    completion = _count(usage, _COMPLETION, path) or 0
    total = _count(usage, _TOTAL, path)
    neurons = usage.get("neurons")
    return Usage(
        prompt_tokens=prompt,
        completion_tokens=completion,
        total_tokens=prompt + completion if total is None else total,
        cached_tokens=_cached(usage, path) or 0,
        neurons=None if neurons is None else structure_at(neurons, float, f"{path}.neurons"),
    )


def _count(usage: dict[str, Any], names: tuple[str, ...], path: str) -> int | None:
    """Read the first of the keys *names* that is there; a null counts as absent."""
    for name in names:
        count = usage.get(name)
        if count is not None:
            return count if type(count) is int else structure_at(count, int, f"{path}.{name}")
    return None


def _cached(usage: dict[str, Any], path: str) -> int | None:
    for name in _DETAILS:
        details = usage.get(name)
        if type(details) is dict and details.get("cached_tokens") is not None:
            return _count(details, _CACHED, f"{path}.{name}")
    return _count(usage, _CACHED, path)


def usage_of(answer: Any, raw: Any) -> Usage | None:
    """Find the tokens of a whole body, for answers that have no field for them; nonsense counts as none."""
    usage = getattr(answer, "usage", None)
    if isinstance(usage, Usage):
        return usage
    if type(raw) is dict and type(raw.get("result")) is dict:
        raw = raw["result"]
    try:
        return read_usage(raw.get("usage"), "$.usage") if type(raw) is dict else None
    except Misfit:
        return None
