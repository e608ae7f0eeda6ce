"""Google's own form, which its models answer to `contents`; a chunk is a small whole answer, with the usage so far.

See docs/wire.md 1.
"""

from typing import Any

from ....tasks.answers import GeneratedText, ToolCall
from ....usage import Usage
from ...convert.converter import ShapeError, kind_of
from ...convert.side_fields import read_side
from ..accumulator import TextAccumulator
from ..text_values import side_text, written
from ..tool_calls import make_tool_call

_REASONS = {
    "STOP": "stop",
    "MAX_TOKENS": "length",
    **dict.fromkeys(("BLOCKLIST", "PROHIBITED_CONTENT", "RECITATION", "SAFETY", "SPII"), "content_filter"),
}
"""Google's words for why a text ends, in those of all the others."""


def is_whole(result: dict[str, Any]) -> bool:
    """Whether *result* has candidates with content; of one that was cut while it thought there may be no part."""
    candidates = result.get("candidates")
    if type(candidates) is not list or not candidates or type(candidates[0]) is not dict:
        return False
    return candidates[0].get("content") is not None or candidates[0].get("finishReason") is not None


def read_whole(result: dict[str, Any], skipped: list[str]) -> GeneratedText:
    """Read the first candidate of *result*: its text, thoughts and calls."""
    texts: list[str] = []
    thoughts: list[str] = []
    answer = GeneratedText(usage=_usage_of(result, skipped))
    for part, path in _parts_of(result):
        text, call = part.get("text"), part.get("functionCall")
        (thoughts if part.get("thought") is True else texts).append(written(text))
        if type(call) is dict:
            answer.tool_calls.append(_read_call(call, len(answer.tool_calls), path, skipped))
    answer.response = "".join(texts)
    answer.reasoning = "".join(thoughts) or None
    answer.finish_reason = _reason_of(result, calls=bool(answer.tool_calls))
    answer.model = side_text(result.get("modelVersion"), "$.modelVersion", skipped)
    return answer


def is_event(event: dict[str, Any]) -> bool:
    """Return whether *event* is a chunk; the last one may have nothing but the usage."""
    return is_whole(event) or event.get("usageMetadata") is not None


def read_event(event: dict[str, Any], accumulator: TextAccumulator) -> None:
    """Read a chunk with `candidates` or with the usage alone; a call of a tool is in one chunk as a whole."""
    accumulator.speaks_plainly()
    if is_whole(event):
        _read_candidate(event, accumulator)
    accumulator.tally.add_usage(_usage_of(event, accumulator.skipped))
    accumulator.name_model(event.get("modelVersion"), "$.modelVersion", latest=True)


def _read_candidate(event: dict[str, Any], accumulator: TextAccumulator) -> None:
    for part, _ in _parts_of(event):
        text, call = part.get("text"), part.get("functionCall")
        (accumulator.think if part.get("thought") is True else accumulator.say)(written(text))
        if type(call) is dict:
            key = len(accumulator.calls)
            accumulator.events += accumulator.calls.put(key, call.get("id"), call.get("name"), call.get("args"))
    accumulator.finish(_reason_of(event, calls=bool(accumulator.calls)))


def _parts_of(result: dict[str, Any]) -> list[tuple[dict[str, Any], str]]:
    """List the parts of the first candidate of *result*, each with its path.

    Raises:
        ShapeError: They are not a list of objects.
    """
    path = "$.candidates[0].content"
    content = result["candidates"][0].get("content")
    parts = content.get("parts") if type(content) is dict else content
    if parts is None:
        return []
    if type(parts) is not list:
        raise ShapeError(f"expected an array, got {kind_of(parts)}", f"{path}.parts")
    for place, part in enumerate(parts):
        if type(part) is not dict:
            raise ShapeError(f"expected an object, got {kind_of(part)}", f"{path}.parts[{place}]")
    return [(part, f"{path}.parts[{place}]") for place, part in enumerate(parts)]


def _read_call(call: dict[str, Any], index: int, path: str, skipped: list[str]) -> ToolCall:
    where = f"{path}.functionCall"
    return make_tool_call(call.get("id"), call.get("name"), call.get("args"), index, where, skipped=skipped, key="args")


def _reason_of(result: dict[str, Any], *, calls: bool) -> str | None:
    """Say why the text ends; a text with *calls* of tools ends as any other one does, by Google's own word."""
    reason = result["candidates"][0].get("finishReason")
    if type(reason) is not str:
        return None
    return "tool_calls" if calls and reason == "STOP" else _REASONS.get(reason, reason)


def _usage_of(result: dict[str, Any], skipped: list[str]) -> Usage | None:
    """Read `usageMetadata`; what in it is not usable is added to *skipped*. Thoughts are tokens of the answer."""
    usage = result.get("usageMetadata")
    if usage is None:
        return None
    if type(usage) is not dict:
        skipped.append("$.usageMetadata")
        return None

    def count(name: str) -> int | None:
        found: int | None = read_side(usage.get(name), int, f"$.usageMetadata.{name}", skipped)
        return found

    prompt = count("promptTokenCount") or 0
    completion = (count("candidatesTokenCount") or 0) + (count("thoughtsTokenCount") or 0)
    total, cached = count("totalTokenCount"), count("cachedContentTokenCount")
    return Usage(prompt, completion, prompt + completion if total is None else total, cached or 0)
