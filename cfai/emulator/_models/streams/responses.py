"""A Responses object as the events that OpenAI documents, as far as docs/wire.md 4 has seen them here.

That the stream ends with its last event, without a `[DONE]`, is so with OpenAI, and our guess here.
"""

from collections.abc import Iterator
from typing import Any

from cfai.emulator._event import Event
from cfai.emulator._models.streams.events import pieces

_Event = tuple[str, dict[str, Any]]


def response_events(result: dict[str, Any]) -> Iterator[Event]:
    """Stream a whole answer of this form."""
    for number, (kind, fields) in enumerate(_events(result)):
        name = f"response.{kind}"
        yield Event({"type": name, "sequence_number": number, **fields}, name)


def _events(result: dict[str, Any]) -> Iterator[_Event]:
    begun: dict[str, Any] = {
        "status": "in_progress",
        "incomplete_details": None,
        "output": [],
        "output_text": "",
        "usage": None,
    }
    yield "created", {"response": {**result, **begun}}
    for place, item in enumerate(result["output"]):
        at = {"item_id": item["id"], "output_index": place}
        yield "output_item.added", {"output_index": place, "item": _begun(item)}
        yield from _call(item, at) if item["type"] == "function_call" else _texts(item, at)
        yield "output_item.done", {"output_index": place, "item": item}
    yield result["status"], {"response": result}


def _begun(item: dict[str, Any]) -> dict[str, Any]:
    empty: dict[str, Any] = {"arguments": ""} if item["type"] == "function_call" else {"content": []}
    return {**item, **empty, "status": "in_progress"}


def _call(item: dict[str, Any], at: dict[str, Any]) -> Iterator[_Event]:
    for piece in pieces(item["arguments"]):
        yield "function_call_arguments.delta", {**at, "delta": piece}
    yield "function_call_arguments.done", {**at, "name": item["name"], "arguments": item["arguments"]}


def _texts(item: dict[str, Any], at: dict[str, Any]) -> Iterator[_Event]:
    for index, part in enumerate(item["content"]):
        for piece in pieces(part["text"]):
            yield f"{part['type']}.delta", {**at, "content_index": index, "delta": piece}
        yield f"{part['type']}.done", {**at, "content_index": index, "text": part["text"]}
