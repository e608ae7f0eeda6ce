"""The service's own form, which most of its models have: `{response, tool_calls, usage}`, whole and in pieces.

Vision models that answer ImagePrompt have `{description}` instead, whole only (docs/wire.md 3.1 and 4).
"""

from typing import Any

from ....tasks.answers import GeneratedText
from ...convert.converter import ShapeError
from ..accumulator import TextAccumulator
from ..common import reasoning_of
from ..error_events import expect_no_failure
from ..text_values import fill, generated, side_text, written
from ..tool_calls import read_tool_calls


def is_whole(result: dict[str, Any]) -> bool:
    """Return whether *result* has a text or a call; an empty list of calls says nothing."""
    return result.get("response") is not None or bool(result.get("tool_calls"))


def is_empty(result: dict[str, Any]) -> bool:
    """Return whether *result* has the keys of this form, be there nothing in them."""
    return "response" in result or "tool_calls" in result


def read_whole(result: dict[str, Any], skipped: list[str]) -> GeneratedText:
    """Read a whole answer.

    Raises:
        ShapeError: There is neither a text nor a call of a tool.
    """
    texts, thoughts = generated(result.get("response"))
    answer = fill(GeneratedText(), texts)
    answer.tool_calls = read_tool_calls(result.get("tool_calls"), "$.tool_calls", skipped)
    if "response" not in result and result["tool_calls"] is not None and not answer.tool_calls:
        raise ShapeError("a required key is missing, and there is no call of a tool", "$.response")
    answer.reasoning = reasoning_of(result, "$", skipped) or "".join(map(written, thoughts)) or None
    return answer


def is_description(result: dict[str, Any]) -> bool:
    """Return whether *result* says what is in a picture."""
    return result.get("description") is not None


def read_description(result: dict[str, Any], skipped: list[str]) -> GeneratedText:
    """Read what is in a picture, as a text."""
    return fill(GeneratedText(), [result["description"]])


def read_event(event: dict[str, Any], accumulator: TextAccumulator) -> None:
    """Read `{response, tool_calls, usage, finish_reason}`, all of which may be absent; other keys are passed over."""
    thoughts = reasoning_of(event, "$", accumulator.skipped)
    if thoughts:
        accumulator.speaks_plainly()
        accumulator.think(thoughts)
    response = event.get("response")
    read_response(response, accumulator)
    accumulator.events += accumulator.calls.take(event.get("tool_calls"), "$.tool_calls", accumulator.skipped)
    # The chunk without text, with which the service ends a stream, has the totals (docs/wire.md 4); a number 0 is text.
    is_total = "response" in event and (response is None or response == "")
    add = accumulator.tally.add_total if is_total else accumulator.tally.add_record
    add(event.get("usage"), "$.usage", accumulator.skipped)
    read_rest(event, accumulator)
    expect_no_failure(event, accumulator.reason)


def read_response(response: Any, accumulator: TextAccumulator) -> None:
    """Read a piece of a native text, or in JSON mode the whole object, which may repeat the text before it."""
    if response is None:
        return
    texts, thoughts = generated(response)
    for thought in thoughts:
        accumulator.think_value(thought)
    for text in texts:
        if type(text) not in (dict, list) or not accumulator.repeats(text):
            accumulator.say_value(text, native=True)


def read_rest(event: dict[str, Any], accumulator: TextAccumulator) -> None:
    """Read what chunks of chat completions have at the same places."""
    accumulator.name_model(event.get("model"), "$.model")
    accumulator.finish(side_text(event.get("finish_reason"), "$.finish_reason", accumulator.skipped))
