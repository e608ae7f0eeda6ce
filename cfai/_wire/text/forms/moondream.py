"""moondream's answers in words, `{answer, metrics}` or `{caption, metrics}`, which come whole (docs/wire.md 3.1)."""

from typing import Any

from ....tasks.answers import GeneratedText
from ..common import reasoning_of
from ..text_values import fill
from ..usage import read_usage


def is_whole(result: dict[str, Any]) -> bool:
    """Return whether *result* is a whole answer in words."""
    return result.get("metrics") is not None and any(result.get(key) is not None for key in ("answer", "caption"))


def read_whole(result: dict[str, Any], skipped: list[str]) -> GeneratedText:
    """Read a whole answer, whose usage goes by the name of metrics."""
    key = "answer" if result.get("answer") is not None else "caption"
    answer = fill(GeneratedText(), [result[key]])
    answer.reasoning = reasoning_of(result, "$", skipped)
    answer.usage = read_usage(result["metrics"], "$.metrics", skipped)
    return answer
