"""The native form in a stream (docs/wire.md 4): `response` in pieces, and `usage` in the last chunk."""

from collections.abc import Iterator
from typing import Any

from cfai.emulator._event import Event
from cfai.emulator._models.model import Answer
from cfai.emulator._models.streams.events import DONE, call_deltas, paddings, pieces, refuse_json


def native_events(body: dict[str, Any], answer: Answer, seed: int) -> Iterator[Event]:
    """Stream an answer of this form, or refuse to."""
    refuse_json(body.get("response_format", {}))
    return _events(answer.result, paddings(seed, body))


def text_chunks(text: str, padding: Iterator[str], **more: Any) -> Iterator[dict[str, Any]]:
    """Make the chunks of a text: one at least."""
    for piece in pieces(text) if text else [""]:
        yield {"response": piece, **more, "p": next(padding)}


def _events(result: dict[str, Any], padding: Iterator[str]) -> Iterator[Event]:
    for chunk in _chunks(result, padding):
        yield Event(chunk)
    if "usage" in result:
        yield Event({"response": "", "usage": result["usage"]})
    yield DONE


def _chunks(result: dict[str, Any], padding: Iterator[str]) -> Iterator[dict[str, Any]]:
    calls = result["tool_calls"]
    if not calls:
        yield from text_chunks(result["response"], padding, tool_calls=[])
    elif "function" in calls[0]:
        for delta, _ in call_deltas(calls, closed=False):
            yield {"tool_calls": [delta], "p": next(padding)}
    else:
        # How a flat call streams is not recorded. Its arguments are an object, which has no pieces: it comes at once.
        yield {"response": None, "tool_calls": calls, "p": next(padding)}
