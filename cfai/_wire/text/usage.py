"""Tokens and neurons, under the four names that the service's families have for them."""

from typing import Any

from ...usage import Usage
from ..convert.converter import ShapeError, structure

_PROMPT = ("prompt_tokens", "input_tokens")
_COMPLETION = ("completion_tokens", "output_tokens")
_TOTAL = ("total_tokens",)
_DETAILS = ("prompt_tokens_details", "input_tokens_details")
_CACHED = ("cached_tokens", "cache_read_input_tokens")


def read_usage(usage: Any, path: str, skipped: list[str]) -> Usage | None:
    """Read *usage*, which stands at *path*, whichever family wrote it; return None where there is no usable record.

    It never raises: a count that is unusable takes the value that it has where it is missing, and its path is
    added to *skipped*.
    """
    if usage is None:
        return None
    if type(usage) is not dict:
        skipped.append(path)
        return None
    prompt = _count(usage, _PROMPT, path, skipped) or 0
    completion = _count(usage, _COMPLETION, path, skipped) or 0
    total = _count(usage, _TOTAL, path, skipped)
    return Usage(
        prompt_tokens=prompt,
        completion_tokens=completion,
        total_tokens=prompt + completion if total is None else total,
        cached_tokens=_cached(usage, path, skipped) or 0,
        neurons=_number(usage.get("neurons"), float, f"{path}.neurons", skipped),
    )


def _count(usage: dict[str, Any], names: tuple[str, ...], path: str, skipped: list[str]) -> int | None:
    """Read the first of the keys *names* whose value is usable; a null counts as absent."""
    for name in names:
        count = usage.get(name)
        if type(count) is int:
            return count
        count = _number(count, int, f"{path}.{name}", skipped)
        if count is not None:
            return int(count)
    return None


def _number(value: Any, kind: type[int] | type[float], path: str, skipped: list[str]) -> Any:
    if value is None:
        return None
    try:
        return structure(value, kind)
    except ShapeError:
        skipped.append(path)
        return None


def _cached(usage: dict[str, Any], path: str, skipped: list[str]) -> int | None:
    for name in _DETAILS:
        details = usage.get(name)
        if type(details) is dict:
            count = _count(details, _CACHED, f"{path}.{name}", skipped)
            if count is not None:
                return count
        elif details is not None:
            skipped.append(f"{path}.{name}")
    return _count(usage, _CACHED, path, skipped)


def usage_of(answer: Any, raw: Any) -> Usage | None:
    """Find the tokens of a whole body, for answers that have no field for them; nonsense counts as none."""
    usage = getattr(answer, "usage", None)
    if isinstance(usage, Usage):
        return usage
    if type(raw) is dict and type(raw.get("result")) is dict:
        raw = raw["result"]
    return read_usage(raw.get("usage"), "$.usage", []) if type(raw) is dict else None
