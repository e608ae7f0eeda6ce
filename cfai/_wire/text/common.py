"""What is the same in all forms: what stands beside the text of a whole answer, and what only the request tells."""

from collections.abc import Callable
from typing import Any

from ...tasks.answers import GeneratedText
from .. import strict_json
from ..decode_context import DecodeContext
from .text_values import are_parts, joined, side_text, written
from .think_tags import split_thoughts
from .usage import read_usage

CUT = ("length", "model_length", "max_tokens", "max_output_tokens")
"""Finish reasons that say that a text was cut by its length."""
ReadWhole = Callable[[dict[str, Any], list[str]], GeneratedText]
"""Reads a whole answer of one form, and adds to the list the paths of what could not be used."""


def read_as(read_whole: ReadWhole, result: dict[str, Any]) -> GeneratedText:
    """Read *result* by a form's own *read_whole*, and then what any form may have at the top."""
    skipped: list[str] = []
    answer = read_whole(result, skipped)
    answer.usage = read_usage(result.get("usage"), "$.usage", skipped) or answer.usage
    answer.model = side_text(result.get("model"), "$.model", skipped) or answer.model
    reason = side_text(result.get("finish_reason"), "$.finish_reason", skipped)
    answer.finish_reason = reason if answer.finish_reason is None else answer.finish_reason
    answer.truncated = answer.finish_reason in CUT
    answer._skip(skipped)
    return answer


def reasoning_of(message: dict[str, Any], path: str, skipped: list[str]) -> str | None:
    """Take the reasoning from whichever key has it, of a whole message or of a piece of one."""
    # gpt-oss sends both keys with the same text; kimi moved from one to the other.
    for name in ("reasoning", "reasoning_content"):
        value = message.get(name)
        if type(value) is dict and value:
            value = value.get("text")
            if value is None:  # how hard it was to think, perhaps
                skipped.append(f"{path}.{name}")
        text = joined(value) if are_parts(value) else written(value)
        if text:
            return text
    return None


def apply(answer: GeneratedText, asked: DecodeContext, *, native: bool) -> None:
    """Bring in what only the request tells: whether thoughts are in the text, whether it is JSON, and the limit."""
    if native and asked.thinks_aloud and answer.parsed is None and answer.reasoning is None:
        answer.reasoning, answer.response = split_thoughts(answer.response)
    if answer.parsed is None and asked.json:
        answer.parsed = parse_object(answer.response)
    if answer.usage is not None and answer.usage.completion_tokens == asked.limit:
        answer.truncated = True


def parse_object(text: str) -> dict[str, Any] | list[Any] | None:
    """Parse *text* as JSON; None where it is not an object or a list."""
    try:
        parsed = strict_json.decode(text.encode("utf-8", "surrogatepass"))
    except strict_json.NotJson:
        return None
    return parsed if type(parsed) in (dict, list) else None
