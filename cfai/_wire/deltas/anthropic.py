"""Anthropic's typed events, as its models send them through slugs (docs/wire.md 1 and 4)."""

from collections.abc import Callable
from typing import Any

from .. import jsons
from ..converter import Misfit, kind_of
from ..readers.blocks import ANTHROPIC_REASONS
from ..readers.text import text_or_none
from .gathered import Gathered


def read_anthropic_event(event: dict[str, Any], gathered: Gathered) -> None:
    """Read an *event* of one of the `KINDS`."""
    gathered.speaks_plainly()
    KINDS[event["type"]](event, gathered)


def _object(event: dict[str, Any], key: str) -> dict[str, Any]:
    found = event.get(key)
    if found is None:
        return {}
    if type(found) is not dict:
        raise Misfit(f"expected an object, got {kind_of(found)}", f"$.{key}")
    return found


def _start(event: dict[str, Any], gathered: Gathered) -> None:
    message = _object(event, "message")
    gathered.model = text_or_none(message.get("model"), "$.message.model") or gathered.model
    gathered.tally.add_latest(message.get("usage"), "$.message.usage")


def _block(event: dict[str, Any], gathered: Gathered) -> None:
    """Read the beginning of a block; those of text and of thoughts may have some already."""
    block = _object(event, "content_block")
    kind = block.get("type")
    if kind == "tool_use":
        # its input is an empty object here, and comes in fragments; where it does not, `_block_end` has it
        given = block.get("input")
        gathered.events += gathered.calls.put(_key(event), block.get("id"), block.get("name"), given or None)
    else:
        _say(event, block, gathered, "$.content_block")


def _delta(event: dict[str, Any], gathered: Gathered) -> None:
    delta = _object(event, "delta")
    if delta.get("type") == "input_json_delta":
        fragment = text_or_none(delta.get("partial_json"), "$.delta.partial_json")
        gathered.events += gathered.calls.put(_key(event), None, None, fragment)
    else:
        _say(event, delta, gathered, "$.delta")


def _say(event: dict[str, Any], piece: dict[str, Any], gathered: Gathered, path: str) -> None:
    gathered.think(text_or_none(piece.get("thinking"), f"{path}.thinking"), _key(event))
    gathered.say(text_or_none(piece.get("text"), f"{path}.text") or "")


def _block_end(event: dict[str, Any], gathered: Gathered) -> None:
    if gathered.calls.arguments_of(_key(event)) == "":
        gathered.events += gathered.calls.put(_key(event), None, None, jsons.text_of({}))


def _key(event: dict[str, Any]) -> Any:
    index = event.get("index")
    return index if type(index) is int else 0


def _message_delta(event: dict[str, Any], gathered: Gathered) -> None:
    reason = text_or_none(_object(event, "delta").get("stop_reason"), "$.delta.stop_reason")
    gathered.finish(ANTHROPIC_REASONS.get(reason, reason) if reason else None)
    gathered.tally.add_latest(event.get("usage"), "$.usage")


def _stop(event: dict[str, Any], gathered: Gathered) -> None:
    gathered.ended = gathered.closed = True


def _ping(event: dict[str, Any], gathered: Gathered) -> None:
    """Read an event that says nothing."""


KINDS: dict[str, Callable[[dict[str, Any], Gathered], None]] = {
    "message_start": _start,
    "content_block_start": _block,
    "content_block_delta": _delta,
    "content_block_stop": _block_end,
    "message_delta": _message_delta,
    "message_stop": _stop,
    "ping": _ping,
}
"""Its types, and who reads them."""
