"""Texts that come as lists of typed blocks: the Responses API's objects and Anthropic's messages."""

from typing import Any

from ...tasks.answers import GeneratedText
from ..convert.converter import ShapeError, kind_of
from .fragments import fill, is_part, joined, side_text, written
from .tool_calls import make_tool_call

ANTHROPIC_REASONS = {"end_turn": "stop", "stop_sequence": "stop", "max_tokens": "length", "tool_use": "tool_calls"}
"""Anthropic's words for why a text ends, in those of all the others."""


def read_responses(result: dict[str, Any], skipped: list[str]) -> GeneratedText:
    """Read a Responses object: `output` items of the types reasoning, message and function_call."""
    answer = GeneratedText()
    texts: list[Any] = []
    thoughts: list[Any] = []
    said = result.get("output_text")
    items, misfit = _blocks(result.get("output"), "$.output", skipped)
    for index, item in items:
        kind, path = item.get("type"), f"$.output[{index}]"
        if kind == "message":
            texts += _texts(item.get("content"), f"{path}.content", skipped)
        elif kind == "reasoning":
            found = _texts(item.get("content"), f"{path}.content", skipped)
            thoughts += found or _texts(item.get("summary"), f"{path}.summary", skipped)
        elif kind == "function_call":
            answer.tool_calls.append(_responses_call(item, len(answer.tool_calls), path, skipped))
    if not texts:
        texts = [said]
    if misfit is not None and texts == [None] and not answer.tool_calls:
        raise misfit
    fill(answer, texts)
    answer.reasoning = "\n".join(filter(None, map(written, thoughts))) or None
    answer.finish_reason = _responses_reason(result, answer, skipped)
    return answer


def _responses_call(item: dict[str, Any], place: int, path: str, skipped: list[str]) -> Any:
    ids = [side_text(item.get(key), f"{path}.{key}", skipped) for key in ("call_id", "id")]
    return make_tool_call(ids[0] or ids[1], item.get("name"), item.get("arguments"), place, path, skipped=skipped)


def _responses_reason(result: dict[str, Any], answer: GeneratedText, skipped: list[str]) -> str | None:
    if result.get("status") == "incomplete":
        details = result.get("incomplete_details")
        if type(details) is not dict:
            if details is not None:
                skipped.append("$.incomplete_details")
            return "incomplete"
        reason = side_text(details.get("reason"), "$.incomplete_details.reason", skipped)
        return "length" if reason == "max_output_tokens" else reason or "incomplete"
    if result.get("status") == "completed":
        return "tool_calls" if answer.tool_calls else "stop"
    return None


def read_anthropic(result: dict[str, Any], skipped: list[str]) -> GeneratedText:
    """Read an Anthropic message: `content` blocks of the types text, thinking and tool_use."""
    answer = GeneratedText()
    content = result.get("content")
    texts: list[Any] = []
    thoughts: list[str] = []
    if content is not None and type(content) is not list:  # a whole text, which may have come parsed, or one block
        content = [content if is_part(content) else {"type": "text", "text": content}]
    blocks, misfit = _blocks(content, "$.content", skipped)
    for index, block in blocks:
        kind, path = block.get("type"), f"$.content[{index}]"
        if kind == "text":
            texts.append(block.get("text"))
        elif kind == "thinking":
            thoughts.append(written(block.get("thinking")))
        elif kind == "tool_use":
            id_ = side_text(block.get("id"), f"{path}.id", skipped)
            place, name, given = len(answer.tool_calls), block.get("name"), block.get("input")
            answer.tool_calls.append(make_tool_call(id_, name, given, place, path, skipped=skipped, key="input"))
    if misfit is not None and not texts and not answer.tool_calls:
        raise misfit
    fill(answer, texts)
    answer.reasoning = "\n".join(filter(None, thoughts)) or None
    reason = side_text(result.get("stop_reason"), "$.stop_reason", skipped)
    answer.finish_reason = ANTHROPIC_REASONS.get(reason, reason) if reason is not None else None
    return answer


def _blocks(blocks: Any, path: str, skipped: list[str]) -> tuple[list[tuple[int, dict[str, Any]]], ShapeError | None]:
    """List the objects of a list with their places, and what is wrong with the first item that is none, or with all.

    Others are skipped, for the text may be in those that are usable.
    """
    if blocks is None:
        return [], None
    if type(blocks) is not list:
        skipped.append(path)
        return [], ShapeError(f"expected an array, got {kind_of(blocks)}", path)
    misfit = None
    for index, block in enumerate(blocks):
        if type(block) is not dict:
            skipped.append(f"{path}[{index}]")
            misfit = misfit or ShapeError(f"expected an object, got {kind_of(block)}", skipped[-1])
    return [(index, block) for index, block in enumerate(blocks) if type(block) is dict], misfit


def _texts(content: Any, path: str, skipped: list[str]) -> list[Any]:
    """List the texts of a `content` or a `summary`, which is a list by its form: empty there is no text in it."""
    if content is None:
        return []
    if type(content) is list:
        # of a part that is newer than this release its text, if any
        blocks, _ = _blocks(content, path, skipped)
        return [part["text"] for _, part in blocks if part.get("text") is not None]
    if is_part(content):
        return [joined([content])]
    return [content]
