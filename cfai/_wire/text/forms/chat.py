"""The two forms of most models' streams, and their mixtures: native chunks, and OpenAI's (docs/wire.md 4)."""

from typing import Any

from ...convert.converter import ShapeError, kind_of
from ..accumulator import TextAccumulator
from ..fragments import contents, generated, side_text
from ..whole import reasoning_of


def read_native(chunk: dict[str, Any], gathered: TextAccumulator) -> None:
    """Read `{response, tool_calls, usage, finish_reason}`, all of which may be absent; other keys are passed over."""
    thoughts = reasoning_of(chunk, "$", gathered.skipped)
    if thoughts:
        gathered.speaks_plainly()
        gathered.think(thoughts)
    response = chunk.get("response")
    _read_response(response, gathered)
    gathered.events += gathered.calls.take(chunk.get("tool_calls"), "$.tool_calls", gathered.skipped)
    # The chunk without text, with which the service ends a stream, has the totals (docs/wire.md 4); a number 0 is text.
    is_total = "response" in chunk and (response is None or response == "")
    add = gathered.tally.add_total if is_total else gathered.tally.add_record
    add(chunk.get("usage"), "$.usage", gathered.skipped)
    _read_rest(chunk, gathered)


def _read_response(response: Any, gathered: TextAccumulator) -> None:
    """Read a piece of a native text, or in JSON mode the whole object, which may repeat the text before it."""
    if response is None:
        return
    texts, thoughts = generated(response)
    for thought in thoughts:
        gathered.think_value(thought)
    for text in texts:
        if type(text) not in (dict, list) or not gathered.repeats(text):
            gathered.say_value(text, native=True)


def read_chunk(chunk: dict[str, Any], gathered: TextAccumulator) -> None:
    """Read `{choices: [{delta}]}`, or `{choices: [{text}]}` of text_completion. Of several answers the first counts."""
    gathered.speaks_plainly()
    gathered.chunked = True
    said = len(gathered.text)
    choice, path = _first(chunk["choices"])
    delta = choice.get("delta")
    if delta is None:
        delta = {"content": choice.get("text")}
    elif type(delta) is not dict:
        raise ShapeError(f"expected an object, got {kind_of(delta)}", f"{path}.delta")
    gathered.think(reasoning_of(delta, f"{path}.delta", gathered.skipped))
    texts, thoughts = contents(delta.get("content"))
    for thought in thoughts:
        gathered.think_value(thought)
    for text in texts:
        gathered.say_value(text)
    if len(gathered.text) == said:  # the hybrid has the text under either key, or under both; calls too
        _read_response(chunk.get("response"), gathered)
    calls = delta.get("tool_calls")
    gathered.events += gathered.calls.take(calls, f"{path}.delta.tool_calls", gathered.skipped)
    if type(calls) is not list or not calls:
        gathered.events += gathered.calls.take(chunk.get("tool_calls"), "$.tool_calls", gathered.skipped)
    gathered.tally.add_record(chunk.get("usage"), "$.usage", gathered.skipped)
    gathered.finish(side_text(choice.get("finish_reason"), f"{path}.finish_reason", gathered.skipped))
    _read_rest(chunk, gathered)


def _first(choices: Any) -> tuple[dict[str, Any], str]:
    """Find the first answer's piece, which need not be there: an event may be another answer's, or usage alone."""
    if type(choices) is not list:
        raise ShapeError(f"expected an array, got {kind_of(choices)}", "$.choices")
    for place, choice in enumerate(choices):
        if type(choice) is not dict:
            raise ShapeError(f"expected an object, got {kind_of(choice)}", f"$.choices[{place}]")
        if choice.get("index") in (None, 0):
            return choice, f"$.choices[{place}]"
    return {}, "$.choices[0]"


def _read_rest(chunk: dict[str, Any], gathered: TextAccumulator) -> None:
    gathered.name_model(chunk.get("model"), "$.model")
    gathered.finish(side_text(chunk.get("finish_reason"), "$.finish_reason", gathered.skipped))
