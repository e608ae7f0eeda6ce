"""Tokens and neurons, under the four names that the service's families have for them."""

from typing import Any

from ...tasks.answers import Usage
from ..converter import Misfit, structure_at

_PROMPT = ("prompt_tokens", "input_tokens")
_COMPLETION = ("completion_tokens", "output_tokens")
_DETAILS = ("prompt_tokens_details", "input_tokens_details")


def read_usage(usage: Any, path: str) -> Usage | None:
    """Read *usage*, whichever family wrote it; None where there is none."""
    if usage is None:
        return None
    if type(usage) is not dict:
        return structure_at(usage, Usage, path)  # type: ignore[no-any-return]  # it raises, with the right words
    prompt = _first(usage, _PROMPT)
    completion = _first(usage, _COMPLETION)
    total = usage.get("total_tokens")
    fields = {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": _sum(prompt, completion) if total is None else total,
        "cached_tokens": _cached(usage),
        "neurons": usage.get("neurons"),
    }
    return structure_at(fields, Usage, path)  # type: ignore[no-any-return]


def _first(usage: dict[str, Any], names: tuple[str, ...]) -> Any:
    for name in names:
        if usage.get(name) is not None:
            return usage[name]
    return None


def _sum(prompt: Any, completion: Any) -> Any:
    numbers = [part for part in (prompt, completion) if type(part) in (int, float)]
    return sum(numbers) if numbers else None


def _cached(usage: dict[str, Any]) -> Any:
    details = _first(usage, _DETAILS)
    if type(details) is dict and details.get("cached_tokens") is not None:
        return details["cached_tokens"]
    return _first(usage, ("cached_tokens", "cache_read_input_tokens"))


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
