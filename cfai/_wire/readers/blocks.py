"""Texts that come as lists of typed blocks: the Responses API's objects and Anthropic's messages."""

from typing import Any

from ...tasks.answers import GeneratedText
from ..converter import Misfit, kind_of
from .tool_calls import make_tool_call

ANTHROPIC_REASONS = {"end_turn": "stop", "stop_sequence": "stop", "max_tokens": "length", "tool_use": "tool_calls"}
"""Anthropic's words for why a text ends, in those of all the others."""


def read_responses(result: dict[str, Any]) -> GeneratedText:
    """Read a Responses object: `output` items of the types reasoning, message and function_call."""
    answer = GeneratedText()
    texts: list[str] = []
    thoughts: list[str] = []
    for index, item in enumerate(_blocks(result.get("output"), "$.output")):
        kind = item.get("type")
        if kind == "message":
            texts += _texts(item.get("content"))
        elif kind == "reasoning":
            thoughts += _texts(item.get("content")) or _texts(item.get("summary"))
        elif kind == "function_call":
            call_id = item.get("call_id") or item.get("id")
            place = len(answer.tool_calls)
            path = f"$.output[{index}]"
            answer.tool_calls.append(make_tool_call(call_id, item.get("name"), item.get("arguments"), place, path))
    if not texts and type(result.get("output_text")) is str:
        texts.append(result["output_text"])
    answer.response = "".join(texts)
    answer.reasoning = "\n".join(thoughts) or None
    answer.finish_reason = _responses_reason(result, answer)
    return answer


def _responses_reason(result: dict[str, Any], answer: GeneratedText) -> str | None:
    if result.get("status") == "incomplete":
        details = result.get("incomplete_details")
        reason = details.get("reason") if type(details) is dict else None
        return "length" if reason == "max_output_tokens" else reason if type(reason) is str else "incomplete"
    if result.get("status") == "completed":
        return "tool_calls" if answer.tool_calls else "stop"
    return None


def read_anthropic(result: dict[str, Any]) -> GeneratedText:
    """Read an Anthropic message: `content` blocks of the types text, thinking and tool_use."""
    answer = GeneratedText()
    texts: list[str] = []
    thoughts: list[str] = []
    for index, block in enumerate(_blocks(result.get("content"), "$.content")):
        kind = block.get("type")
        if kind == "text" and type(block.get("text")) is str:
            texts.append(block["text"])
        elif kind == "thinking" and type(block.get("thinking")) is str:
            thoughts.append(block["thinking"])
        elif kind == "tool_use":
            place = len(answer.tool_calls)
            call = make_tool_call(block.get("id"), block.get("name"), block.get("input"), place, f"$.content[{index}]")
            answer.tool_calls.append(call)
    answer.response = "".join(texts)
    answer.reasoning = "\n".join(thoughts) or None
    reason = result.get("stop_reason")
    answer.finish_reason = ANTHROPIC_REASONS.get(reason, reason) if type(reason) is str else None
    return answer


def _blocks(blocks: Any, path: str) -> list[dict[str, Any]]:
    if blocks is None:
        return []
    if type(blocks) is str:
        return [{"type": "text", "text": blocks}]
    if type(blocks) is not list:
        raise Misfit(f"expected an array, got {kind_of(blocks)}", path)
    for index, block in enumerate(blocks):
        if type(block) is not dict:
            raise Misfit(f"expected an object, got {kind_of(block)}", f"{path}[{index}]")
    return blocks


def _texts(parts: Any) -> list[str]:
    if type(parts) is str:
        return [parts]
    if type(parts) is not list:
        return []
    return [part["text"] for part in parts if type(part) is dict and type(part.get("text")) is str]
