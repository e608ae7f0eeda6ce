"""A message of Anthropic's as the events that they document; the service passes them on (docs/wire.md 1)."""

import json
from collections.abc import Iterator
from typing import Any

from cfai.emulator._event import Event
from cfai.emulator._models.streams.events import pieces


def message_events(result: dict[str, Any]) -> Iterator[Event]:
    """Stream a whole message."""
    for data in _events(result):
        yield Event(data, data["type"])


def _events(result: dict[str, Any]) -> Iterator[dict[str, Any]]:
    usage = result["usage"]
    # What is written is not counted yet; theirs begin with 1.
    begun = {**result, "content": [], "stop_reason": None, "usage": {**usage, "output_tokens": 1}}
    yield {"type": "message_start", "message": begun}
    # Theirs come at any time.
    yield {"type": "ping"}
    for index, block in enumerate(result["content"]):
        yield {"type": "content_block_start", "index": index, "content_block": _begun(block)}
        for delta in _deltas(block):
            yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}
    why = {"stop_reason": result["stop_reason"], "stop_sequence": result["stop_sequence"]}
    yield {"type": "message_delta", "delta": why, "usage": {"output_tokens": usage["output_tokens"]}}
    yield {"type": "message_stop"}


def _begun(block: dict[str, Any]) -> dict[str, Any]:
    match block["type"]:
        case "thinking":
            return {**block, "thinking": "", "signature": ""}
        case "tool_use":
            return {**block, "input": {}}
        case _:
            return {**block, "text": ""}


def _deltas(block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    match block["type"]:
        case "thinking":
            for piece in pieces(block["thinking"]):
                yield {"type": "thinking_delta", "thinking": piece}
            yield {"type": "signature_delta", "signature": block["signature"]}
        case "tool_use":
            # Theirs begin with an empty one.
            yield {"type": "input_json_delta", "partial_json": ""}
            for piece in pieces(json.dumps(block["input"], ensure_ascii=False)):
                yield {"type": "input_json_delta", "partial_json": piece}
        case _:
            for piece in pieces(block["text"]):
                yield {"type": "text_delta", "text": piece}
