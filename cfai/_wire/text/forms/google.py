"""Google's own chunks: each a small whole answer, with the usage so far (docs/wire.md 1)."""

from typing import Any

from ..accumulator import TextAccumulator
from ..fragments import written
from ..google import is_google, parts_of, reason_of_google, usage_of_google


def read_google_event(event: dict[str, Any], gathered: TextAccumulator) -> None:
    """Read a chunk with `candidates` or with the usage alone; a call of a tool is in one chunk as a whole."""
    gathered.speaks_plainly()
    if is_google(event):
        _read_candidate(event, gathered)
    gathered.tally.add_usage(usage_of_google(event, gathered.skipped))
    gathered.name_model(event.get("modelVersion"), "$.modelVersion", latest=True)


def _read_candidate(event: dict[str, Any], gathered: TextAccumulator) -> None:
    for part, _ in parts_of(event):
        text, call = part.get("text"), part.get("functionCall")
        (gathered.think if part.get("thought") is True else gathered.say)(written(text))
        if type(call) is dict:
            key = len(gathered.calls)
            gathered.events += gathered.calls.put(key, call.get("id"), call.get("name"), call.get("args"))
    gathered.finish(reason_of_google(event, calls=bool(gathered.calls)))
