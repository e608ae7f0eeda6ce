"""OpenAI's chat completions, whole and in chunks, and their mixtures with the native form (docs/wire.md 3.1 and 4)."""

from typing import Any

from ....tasks.answers import GeneratedText
from ...convert.converter import ShapeError, kind_of
from ..accumulator import TextAccumulator
from ..common import apply, read_as, reasoning_of
from ..error_events import expect_no_failure
from ..text_values import contents, fill, generated, side_text, written
from ..tool_calls import read_tool_calls
from .native import read_response, read_rest


def has_choices(result: dict[str, Any]) -> bool:
    """Return whether *result*, or an event, has choices; no other form has them."""
    return result.get("choices") is not None


def read_whole(result: dict[str, Any], skipped: list[str]) -> GeneratedText:
    """Read the first choice of *result*, and the native keys that may stand beside it."""
    choices = result["choices"]
    if type(choices) is not list:
        raise ShapeError(f"expected an array, got {kind_of(choices)}", "$.choices")
    choice = choices[0] if choices else {}
    if type(choice) is not dict:
        raise ShapeError(f"expected an object, got {kind_of(choice)}", "$.choices[0]")
    answer = _read_choice(choice, skipped)
    # The hybrid: llama-3.3-70b puts the native keys beside `choices`, and in JSON mode the parsed object into them.
    native = fill(GeneratedText(), generated(result.get("response"))[0])
    if native.response:
        had = answer.response
        answer.response = had if had and native.parsed is not None else native.response
        answer.parsed = native.parsed if native.parsed or not had else answer.parsed
    if not answer.tool_calls:
        answer.tool_calls = read_tool_calls(result.get("tool_calls"), "$.tool_calls", skipped)
    return answer


def _read_choice(choice: dict[str, Any], skipped: list[str]) -> GeneratedText:
    message = choice.get("message")
    if message is None:
        answer = fill(GeneratedText(), [choice.get("text")])  # text_completion
    elif type(message) is dict:
        path = "$.choices[0].message"
        texts, thoughts = contents(message.get("content"))
        answer = fill(GeneratedText(), texts)
        answer.reasoning = reasoning_of(message, path, skipped) or "".join(map(written, thoughts)) or None
        answer.tool_calls = read_tool_calls(message.get("tool_calls"), f"{path}.tool_calls", skipped)
    else:
        raise ShapeError(f"expected an object, got {kind_of(message)}", "$.choices[0].message")
    answer.finish_reason = side_text(choice.get("finish_reason"), "$.choices[0].finish_reason", skipped)
    return answer


def read_event(event: dict[str, Any], accumulator: TextAccumulator) -> None:
    """Read a chunk, or the whole answer in place of chunks."""
    choices = event["choices"]
    first = choices[0] if type(choices) is list and choices else None
    if type(first) is dict and first.get("message") is not None:
        answer = read_as(read_whole, event)
        if accumulator.asked is not None:
            apply(answer, accumulator.asked, native=False)
        accumulator.settle(answer, event)
        return
    _read_chunk(event, accumulator)
    expect_no_failure(event, accumulator.reason)


def _read_chunk(chunk: dict[str, Any], accumulator: TextAccumulator) -> None:
    """Read `{choices: [{delta}]}`, or `{choices: [{text}]}` of text_completion. Of several answers the first counts."""
    accumulator.speaks_plainly()
    accumulator.chunked = True
    said = len(accumulator.text)
    choice, path = _first(chunk["choices"])
    delta = choice.get("delta")
    if delta is None:
        delta = {"content": choice.get("text")}
    elif type(delta) is not dict:
        raise ShapeError(f"expected an object, got {kind_of(delta)}", f"{path}.delta")
    accumulator.think(reasoning_of(delta, f"{path}.delta", accumulator.skipped))
    texts, thoughts = contents(delta.get("content"))
    for thought in thoughts:
        accumulator.think_value(thought)
    for text in texts:
        accumulator.say_value(text)
    if len(accumulator.text) == said:  # the hybrid has the text under either key, or under both; calls too
        read_response(chunk.get("response"), accumulator)
    calls = delta.get("tool_calls")
    accumulator.events += accumulator.calls.take(calls, f"{path}.delta.tool_calls", accumulator.skipped)
    if type(calls) is not list or not calls:
        accumulator.events += accumulator.calls.take(chunk.get("tool_calls"), "$.tool_calls", accumulator.skipped)
    accumulator.tally.add_record(chunk.get("usage"), "$.usage", accumulator.skipped)
    accumulator.finish(side_text(choice.get("finish_reason"), f"{path}.finish_reason", accumulator.skipped))
    read_rest(chunk, accumulator)


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
