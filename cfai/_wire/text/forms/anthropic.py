"""Anthropic's messages, whole and as typed events, as its models send them through slugs (docs/wire.md 1 and 4)."""

from collections.abc import Callable
from typing import Any

from ....tasks.answers import GeneratedText
from ... import strict_json
from ...convert.converter import ShapeError, kind_of
from ..accumulator import TextAccumulator
from ..text_values import fill, is_part, objects_in, side_text, written
from ..tool_calls import make_tool_call

_REASONS = {"end_turn": "stop", "stop_sequence": "stop", "max_tokens": "length", "tool_use": "tool_calls"}
"""Anthropic's words for why a text ends, in those of all the others."""


def is_whole(result: dict[str, Any]) -> bool:
    """Return whether *result* is a whole message."""
    return result.get("type") == "message"


def read_whole(result: dict[str, Any], skipped: list[str]) -> GeneratedText:
    """Read an Anthropic message: `content` blocks of the types text, thinking and tool_use."""
    answer = GeneratedText()
    content = result.get("content")
    texts: list[Any] = []
    thoughts: list[str] = []
    if content is not None and type(content) is not list:  # a whole text, which may have come parsed, or one block
        content = [content if is_part(content) else {"type": "text", "text": content}]
    blocks, misfit = objects_in(content, "$.content", skipped)
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
    answer.finish_reason = _REASONS.get(reason, reason) if reason is not None else None
    return answer


def is_event(event: dict[str, Any]) -> bool:
    """Return whether *event* is of a type that is known here."""
    kind = event.get("type")
    return type(kind) is str and kind in _READERS


def read_event(event: dict[str, Any], accumulator: TextAccumulator) -> None:
    """Read an *event* of one of the types that are known here."""
    accumulator.speaks_plainly()
    _READERS[event["type"]](event, accumulator)


def _object(event: dict[str, Any], key: str) -> dict[str, Any]:
    found = event.get(key)
    if found is None:
        return {}
    if type(found) is not dict:
        raise ShapeError(f"expected an object, got {kind_of(found)}", f"$.{key}")
    return found


def _side_object(event: dict[str, Any], key: str, accumulator: TextAccumulator) -> dict[str, Any]:
    """Return the object under *key*, which says nothing that an answer could not do without."""
    found = event.get(key)
    if type(found) is dict:
        return found
    if found is not None:
        accumulator.skipped.append(f"$.{key}")
    return {}


def _start(event: dict[str, Any], accumulator: TextAccumulator) -> None:
    message = _side_object(event, "message", accumulator)
    accumulator.name_model(message.get("model"), "$.message.model", latest=True)
    accumulator.tally.add_latest(message.get("usage"), "$.message.usage", accumulator.skipped)


def _block(event: dict[str, Any], accumulator: TextAccumulator) -> None:
    """Read the beginning of a block; those of text and of thoughts may have some already."""
    block = _object(event, "content_block")
    kind = block.get("type")
    if kind == "tool_use":
        # its input is an empty object here, and comes in fragments; where it does not, `_block_end` has it
        given, path = block.get("input"), "$.content_block"
        id_ = side_text(block.get("id"), f"{path}.id", accumulator.skipped)
        name = side_text(block.get("name"), f"{path}.name", accumulator.skipped)
        accumulator.events += accumulator.calls.put(_key(event), id_, name, None if given == {} else given)
    else:
        _say(event, block, accumulator)


def _delta(event: dict[str, Any], accumulator: TextAccumulator) -> None:
    delta = _object(event, "delta")
    if delta.get("type") == "input_json_delta":
        accumulator.events += accumulator.calls.put(_key(event), None, None, delta.get("partial_json"))
    else:
        _say(event, delta, accumulator)


def _say(event: dict[str, Any], piece: dict[str, Any], accumulator: TextAccumulator) -> None:
    accumulator.think_value(piece.get("thinking"), _key(event))
    accumulator.say_value(piece.get("text"))


def _block_end(event: dict[str, Any], accumulator: TextAccumulator) -> None:
    if accumulator.calls.arguments_of(_key(event)) == "":
        accumulator.events += accumulator.calls.put(_key(event), None, None, strict_json.text_of({}))


def _key(event: dict[str, Any]) -> Any:
    index = event.get("index")
    return index if type(index) is int else 0


def _message_delta(event: dict[str, Any], accumulator: TextAccumulator) -> None:
    delta = _side_object(event, "delta", accumulator)
    reason = side_text(delta.get("stop_reason"), "$.delta.stop_reason", accumulator.skipped)
    accumulator.finish(_REASONS.get(reason, reason) if reason else None)
    accumulator.tally.add_latest(event.get("usage"), "$.usage", accumulator.skipped)


def _stop(event: dict[str, Any], accumulator: TextAccumulator) -> None:
    accumulator.ended = accumulator.closed = True


def _ping(event: dict[str, Any], accumulator: TextAccumulator) -> None:
    """Read an event that says nothing."""


_READERS: dict[str, Callable[[dict[str, Any], TextAccumulator], None]] = {
    "message_start": _start,
    "content_block_start": _block,
    "content_block_delta": _delta,
    "content_block_stop": _block_end,
    "message_delta": _message_delta,
    "message_stop": _stop,
    "ping": _ping,
}
"""The types of events, and who reads them."""
