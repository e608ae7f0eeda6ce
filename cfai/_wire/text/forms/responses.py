"""The Responses API's objects and typed events (docs/wire.md 3.1 and 4).

Types of events that are newer than this release are passed over.
"""

from collections.abc import Callable
from typing import Any

from ....tasks.answers import GeneratedText
from ...convert.converter import ShapeError, kind_of
from ..accumulator import TextAccumulator
from ..common import read_as
from ..text_values import fill, is_part, joined, objects_in, side_text, written
from ..tool_calls import make_tool_call
from . import chat


def is_whole(result: dict[str, Any]) -> bool:
    """Return whether *result* is a Responses object."""
    return result.get("object") == "response" or type(result.get("output")) is list


def read_whole(result: dict[str, Any], skipped: list[str]) -> GeneratedText:
    """Read a Responses object: `output` items of the types reasoning, message and function_call."""
    answer = GeneratedText()
    texts: list[Any] = []
    thoughts: list[Any] = []
    said = result.get("output_text")
    items, misfit = objects_in(result.get("output"), "$.output", skipped)
    for index, item in items:
        kind, path = item.get("type"), f"$.output[{index}]"
        if kind == "message":
            texts += _texts(item.get("content"), f"{path}.content", skipped)
        elif kind == "reasoning":
            found = _texts(item.get("content"), f"{path}.content", skipped)
            thoughts += found or _texts(item.get("summary"), f"{path}.summary", skipped)
        elif kind == "function_call":
            answer.tool_calls.append(_read_call(item, len(answer.tool_calls), path, skipped))
    if not texts:
        texts = [said]
    if misfit is not None and texts == [None] and not answer.tool_calls:
        raise misfit
    fill(answer, texts)
    answer.reasoning = "\n".join(filter(None, map(written, thoughts))) or None
    answer.finish_reason = _reason_of(result, answer, skipped)
    return answer


def _read_call(item: dict[str, Any], place: int, path: str, skipped: list[str]) -> Any:
    ids = [side_text(item.get(key), f"{path}.{key}", skipped) for key in ("call_id", "id")]
    return make_tool_call(ids[0] or ids[1], item.get("name"), item.get("arguments"), place, path, skipped=skipped)


def _reason_of(result: dict[str, Any], answer: GeneratedText, skipped: list[str]) -> str | None:
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


def _texts(content: Any, path: str, skipped: list[str]) -> list[Any]:
    """List the texts of a `content` or a `summary`, which is a list by its form: empty there is no text in it."""
    if content is None:
        return []
    if type(content) is list:
        # of a part that is newer than this release its text, if any
        blocks, _ = objects_in(content, path, skipped)
        return [part["text"] for _, part in blocks if part.get("text") is not None]
    if is_part(content):
        return [joined([content])]
    return [content]


def is_event(event: dict[str, Any]) -> bool:
    """Return whether *event* is a typed one, be its type known here or not."""
    kind = event.get("type")
    return type(kind) is str and kind.startswith("response.")


def read_event(event: dict[str, Any], accumulator: TextAccumulator) -> None:
    """Read an *event* whose type begins with "response."."""
    read = _READERS.get(event["type"])
    if read is not None:
        accumulator.speaks_plainly()
        read(event, accumulator)


def _created(event: dict[str, Any], accumulator: TextAccumulator) -> None:
    response = event.get("response")
    if type(response) is dict:
        accumulator.name_model(response.get("model"), "$.response.model", latest=True)
    elif response is not None:
        accumulator.skipped.append("$.response")


def _text(event: dict[str, Any], accumulator: TextAccumulator) -> None:
    accumulator.say_value(event.get("delta"))


def _reasoning(event: dict[str, Any], accumulator: TextAccumulator) -> None:
    part = (event.get("output_index"), event.get("content_index"), event.get("summary_index"))
    accumulator.think_value(event.get("delta"), part)


def _item(event: dict[str, Any], accumulator: TextAccumulator) -> None:
    """Read the beginning or the end of an item, of which calls alone say something that nothing else says."""
    item = event.get("item")
    if type(item) is not dict:
        if item is not None:
            accumulator.skipped.append("$.item")
        return
    if item.get("type") != "function_call":
        return
    ids = [side_text(item.get(key), f"$.item.{key}", accumulator.skipped) for key in ("call_id", "id")]
    name = side_text(item.get("name"), "$.item.name", accumulator.skipped)
    _call(event, accumulator, written(item.get("arguments")), ids[0] or ids[1], name)


def _fragment(event: dict[str, Any], accumulator: TextAccumulator) -> None:
    accumulator.events += accumulator.calls.put(_key(event), None, None, event.get("delta"))


def _arguments(event: dict[str, Any], accumulator: TextAccumulator) -> None:
    name = side_text(event.get("name"), "$.name", accumulator.skipped)
    _call(event, accumulator, written(event.get("arguments")), None, name)


def _call(
    event: dict[str, Any], accumulator: TextAccumulator, arguments: str, id_: str | None, name: str | None
) -> None:
    """Take in a call with all arguments that it has by now, of which most may have come as fragments."""
    had = accumulator.calls.arguments_of(_key(event)) or ""
    missing = arguments[len(had) :] if arguments.startswith(had) else ""
    accumulator.events += accumulator.calls.put(_key(event), id_, name, missing)


def _key(event: dict[str, Any]) -> Any:
    index = event.get("output_index")
    return index if type(index) is int else 0


def _end(event: dict[str, Any], accumulator: TextAccumulator) -> None:
    """Read the last event, which repeats the whole answer; where it does not, the pieces are all there is."""
    response = event.get("response")
    if response is not None and type(response) is not dict:
        raise ShapeError(f"expected an object, got {kind_of(response)}", "$.response")
    said = {**(response or {}), "object": "response"}
    said["status"] = said.get("status") or event["type"].removeprefix("response.")
    # As everywhere, `choices` win over the marks of this form.
    whole = read_as(chat.read_whole if chat.has_choices(said) else read_whole, said)
    whole.parsed = whole.parsed or None  # what is empty came as a piece of text, and stays one
    accumulator.settle(whole, response, "$.response")
    if whole.finish_reason == "stop" and len(accumulator.calls):
        accumulator.finish("tool_calls")
    accumulator.closed = True


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
