"""The typed events of the Responses API (docs/wire.md 4). Types that are newer than this release are passed over."""

from collections.abc import Callable
from typing import Any

from ...convert.converter import ShapeError, kind_of
from ..accumulator import TextAccumulator
from ..fragments import side_text, written
from ..whole import read_text


def read_response_event(event: dict[str, Any], gathered: TextAccumulator) -> None:
    """Read an *event* whose type begins with "response."."""
    read = _READERS.get(event["type"])
    if read is not None:
        gathered.speaks_plainly()
        read(event, gathered)


def _created(event: dict[str, Any], gathered: TextAccumulator) -> None:
    response = event.get("response")
    if type(response) is dict:
        gathered.name_model(response.get("model"), "$.response.model", latest=True)
    elif response is not None:
        gathered.skipped.append("$.response")


def _text(event: dict[str, Any], gathered: TextAccumulator) -> None:
    gathered.say_value(event.get("delta"))


def _reasoning(event: dict[str, Any], gathered: TextAccumulator) -> None:
    part = (event.get("output_index"), event.get("content_index"), event.get("summary_index"))
    gathered.think_value(event.get("delta"), part)


def _item(event: dict[str, Any], gathered: TextAccumulator) -> None:
    """Read the beginning or the end of an item, of which calls alone say something that nothing else says."""
    item = event.get("item")
    if type(item) is not dict:
        if item is not None:
            gathered.skipped.append("$.item")
        return
    if item.get("type") != "function_call":
        return
    ids = [side_text(item.get(key), f"$.item.{key}", gathered.skipped) for key in ("call_id", "id")]
    name = side_text(item.get("name"), "$.item.name", gathered.skipped)
    _call(event, gathered, written(item.get("arguments")), ids[0] or ids[1], name)


def _fragment(event: dict[str, Any], gathered: TextAccumulator) -> None:
    gathered.events += gathered.calls.put(_key(event), None, None, event.get("delta"))


def _arguments(event: dict[str, Any], gathered: TextAccumulator) -> None:
    name = side_text(event.get("name"), "$.name", gathered.skipped)
    _call(event, gathered, written(event.get("arguments")), None, name)


def _call(event: dict[str, Any], gathered: TextAccumulator, arguments: str, id_: str | None, name: str | None) -> None:
    """Take in a call with all arguments that it has by now, of which most may have come as fragments."""
    had = gathered.calls.arguments_of(_key(event)) or ""
    missing = arguments[len(had) :] if arguments.startswith(had) else ""
    gathered.events += gathered.calls.put(_key(event), id_, name, missing)


def _key(event: dict[str, Any]) -> Any:
    index = event.get("output_index")
    return index if type(index) is int else 0


def _end(event: dict[str, Any], gathered: TextAccumulator) -> None:
    """Read the last event, which repeats the whole answer; where it does not, the pieces are all there is."""
    response = event.get("response")
    if response is not None and type(response) is not dict:
        raise ShapeError(f"expected an object, got {kind_of(response)}", "$.response")
    said = {**(response or {}), "object": "response"}
    said["status"] = said.get("status") or event["type"].removeprefix("response.")
    whole = read_text(said)
    whole.parsed = whole.parsed or None  # what is empty came as a piece of text, and stays one
    gathered.settle(whole, response, "$.response")
    if whole.finish_reason == "stop" and len(gathered.calls):
        gathered.finish("tool_calls")
    gathered.closed = True


_READERS: dict[str, Callable[[dict[str, Any], TextAccumulator], None]] = {
    "response.created": _created,
    "response.output_text.delta": _text,
    "response.reasoning_text.delta": _reasoning,
    "response.reasoning_summary_text.delta": _reasoning,
    "response.output_item.added": _item,
    "response.output_item.done": _item,
    "response.function_call_arguments.delta": _fragment,
    "response.function_call_arguments.done": _arguments,
    "response.completed": _end,
    "response.incomplete": _end,
}
