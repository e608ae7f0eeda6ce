"""Anthropic's typed events, as its models send them through slugs (docs/wire.md 1 and 4)."""

from collections.abc import Callable
from typing import Any

from ... import strict_json
from ...convert.converter import ShapeError, kind_of
from ..accumulator import TextAccumulator
from ..blocks import ANTHROPIC_REASONS
from ..fragments import side_text


def read_anthropic_event(event: dict[str, Any], gathered: TextAccumulator) -> None:
    """Read an *event* of one of the `KINDS`."""
    gathered.speaks_plainly()
    KINDS[event["type"]](event, gathered)


def _object(event: dict[str, Any], key: str) -> dict[str, Any]:
    found = event.get(key)
    if found is None:
        return {}
    if type(found) is not dict:
        raise ShapeError(f"expected an object, got {kind_of(found)}", f"$.{key}")
    return found


def _side_object(event: dict[str, Any], key: str, gathered: TextAccumulator) -> dict[str, Any]:
    """Return the object under *key*, which says nothing that an answer could not do without."""
    found = event.get(key)
    if type(found) is dict:
        return found
    if found is not None:
        gathered.skipped.append(f"$.{key}")
    return {}


def _start(event: dict[str, Any], gathered: TextAccumulator) -> None:
    message = _side_object(event, "message", gathered)
    gathered.name_model(message.get("model"), "$.message.model", latest=True)
    gathered.tally.add_latest(message.get("usage"), "$.message.usage", gathered.skipped)


def _block(event: dict[str, Any], gathered: TextAccumulator) -> None:
    """Read the beginning of a block; those of text and of thoughts may have some already."""
    block = _object(event, "content_block")
    kind = block.get("type")
    if kind == "tool_use":
        # its input is an empty object here, and comes in fragments; where it does not, `_block_end` has it
        given, path = block.get("input"), "$.content_block"
        id_ = side_text(block.get("id"), f"{path}.id", gathered.skipped)
        name = side_text(block.get("name"), f"{path}.name", gathered.skipped)
        gathered.events += gathered.calls.put(_key(event), id_, name, None if given == {} else given)
    else:
        _say(event, block, gathered)


def _delta(event: dict[str, Any], gathered: TextAccumulator) -> None:
    delta = _object(event, "delta")
    if delta.get("type") == "input_json_delta":
        gathered.events += gathered.calls.put(_key(event), None, None, delta.get("partial_json"))
    else:
        _say(event, delta, gathered)


def _say(event: dict[str, Any], piece: dict[str, Any], gathered: TextAccumulator) -> None:
    gathered.think_value(piece.get("thinking"), _key(event))
    gathered.say_value(piece.get("text"))


def _block_end(event: dict[str, Any], gathered: TextAccumulator) -> None:
    if gathered.calls.arguments_of(_key(event)) == "":
        gathered.events += gathered.calls.put(_key(event), None, None, strict_json.text_of({}))


def _key(event: dict[str, Any]) -> Any:
    index = event.get("index")
    return index if type(index) is int else 0


def _message_delta(event: dict[str, Any], gathered: TextAccumulator) -> None:
    delta = _side_object(event, "delta", gathered)
    reason = side_text(delta.get("stop_reason"), "$.delta.stop_reason", gathered.skipped)
    gathered.finish(ANTHROPIC_REASONS.get(reason, reason) if reason else None)
    gathered.tally.add_latest(event.get("usage"), "$.usage", gathered.skipped)


def _stop(event: dict[str, Any], gathered: TextAccumulator) -> None:
    gathered.ended = gathered.closed = True


def _ping(event: dict[str, Any], gathered: TextAccumulator) -> None:
    """Read an event that says nothing."""


KINDS: dict[str, Callable[[dict[str, Any], TextAccumulator], None]] = {
    "message_start": _start,
    "content_block_start": _block,
    "content_block_delta": _delta,
    "content_block_stop": _block_end,
    "message_delta": _message_delta,
    "message_stop": _stop,
    "ping": _ping,
}
"""Its types, and who reads them."""
