"""The two forms of most models' streams, and their mixtures: native chunks, and OpenAI's (docs/wire.md 4)."""

from typing import Any

from .. import jsons
from ..converter import Misfit, kind_of
from ..readers.text import filled, joined, reasoning_of, text_or_none
from .gathered import Gathered


def read_native(chunk: dict[str, Any], gathered: Gathered) -> None:
    """Read `{response, tool_calls, usage, finish_reason}`, all of which may be absent; other keys are passed over."""
    thoughts = reasoning_of(chunk, "$")
    if thoughts:
        gathered.speaks_plainly()
        gathered.think(thoughts)
    _read_response(chunk.get("response"), gathered)
    gathered.events += gathered.calls.take(chunk.get("tool_calls"), "$.tool_calls")
    # The chunk without text, with which the service ends a stream, has the totals: docs/wire.md 4.
    is_total = "response" in chunk and not chunk["response"]
    (gathered.tally.add_total if is_total else gathered.tally.add_record)(chunk.get("usage"), "$.usage")
    _read_rest(chunk, gathered)


def _read_response(response: Any, gathered: Gathered) -> None:
    if response is None:
        return
    if type(response) not in (dict, list):
        gathered.say_native(response if type(response) is str else jsons.text_of(response))
        return
    gathered.speaks_plainly()
    gathered.parsed = response  # JSON mode: the object is there at once, and beside `choices` its text was there before
    if not gathered.text:
        gathered.say(jsons.text_of(response))


def read_chunk(chunk: dict[str, Any], gathered: Gathered) -> None:
    """Read `{choices: [{delta}]}`, or `{choices: [{text}]}` of text_completion. Of several answers the first counts."""
    gathered.speaks_plainly()
    said = len(gathered.text)
    choice, path = _first(chunk["choices"])
    delta = choice.get("delta")
    if delta is None:
        delta = {"content": choice.get("text")}
    elif type(delta) is not dict:
        raise Misfit(f"expected an object, got {kind_of(delta)}", f"{path}.delta")
    gathered.think(reasoning_of(delta, f"{path}.delta"))
    _read_content(delta.get("content"), gathered)
    if len(gathered.text) == said:  # the hybrid has the text under either key, or under both; calls too
        _read_response(chunk.get("response"), gathered)
    calls, where = delta.get("tool_calls"), f"{path}.delta.tool_calls"
    if not calls:
        calls, where = chunk.get("tool_calls"), "$.tool_calls"
    gathered.events += gathered.calls.take(calls, where)
    gathered.tally.add_record(chunk.get("usage"), "$.usage")
    gathered.finish(text_or_none(choice.get("finish_reason"), f"{path}.finish_reason"))
    _read_rest(chunk, gathered)


def _first(choices: Any) -> tuple[dict[str, Any], str]:
    """Find the first answer's piece, which need not be there: an event may be another answer's, or usage alone."""
    if type(choices) is not list:
        raise Misfit(f"expected an array, got {kind_of(choices)}", "$.choices")
    for place, choice in enumerate(choices):
        if type(choice) is not dict:
            raise Misfit(f"expected an object, got {kind_of(choice)}", f"$.choices[{place}]")
        if choice.get("index") in (None, 0):
            return choice, f"$.choices[{place}]"
    return {}, "$.choices[0]"


def _read_content(content: Any, gathered: Gathered) -> None:
    if content is None or type(content) is str:
        gathered.say(content or "")
        return
    piece = filled(joined(content) if type(content) is list else content)
    gathered.parsed = gathered.parsed if piece.parsed is None else piece.parsed
    gathered.say(piece.response)


def _read_rest(chunk: dict[str, Any], gathered: Gathered) -> None:
    gathered.model = gathered.model or text_or_none(chunk.get("model"), "$.model")
    gathered.finish(text_or_none(chunk.get("finish_reason"), "$.finish_reason"))
