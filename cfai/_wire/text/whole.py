"""Generated text: six wire shapes, and a hybrid of two of them, in one class (docs/wire.md 3.1)."""

from typing import Any

from ...tasks.answers import GeneratedText
from .. import strict_json
from ..convert.converter import ShapeError, kind_of, register
from ..decode_context import DecodeContext
from .blocks import read_anthropic, read_responses
from .fragments import are_parts, contents, fill, generated, joined, side_text, written
from .google import is_google, read_google
from .think_tags import split_thoughts
from .tool_calls import read_tool_calls
from .usage import read_usage

CUT = ("length", "model_length", "max_tokens", "max_output_tokens")
"""Finish reasons that say that a text was cut by its length."""


def read_text(result: Any, asked: DecodeContext | None = None) -> GeneratedText:
    """Read a text-generation *result*, whichever shape it has.

    Raises:
        ShapeError: It has no usable text, and no call of a tool. All else that is unusable is listed in `skipped`.
    """
    skipped: list[str] = []
    if type(result) is str:
        answer = GeneratedText(response=result)
    elif type(result) is dict:
        answer = _read_object(result, skipped)
    else:
        raise ShapeError(f"expected text, got {kind_of(result)}")
    if asked is not None:
        apply(answer, asked, native=_is_native(result))
    if skipped:
        answer._skip(skipped)
    return answer


def _read_object(result: dict[str, Any], skipped: list[str]) -> GeneratedText:
    if result.get("choices") is not None:
        answer = _read_choices(result, skipped)
    elif is_responses(result):
        answer = read_responses(result, skipped)
    elif result.get("type") == "message":
        answer = read_anthropic(result, skipped)
    elif is_google(result):
        answer = read_google(result, skipped)
    elif result.get("response") is not None or result.get("tool_calls"):
        answer = _read_native(result, skipped)
    elif result.get("description") is not None:  # vision models that answer ImagePrompt so
        answer = fill(GeneratedText(), [result["description"]])
    elif is_moondreams(result):
        answer = _read_moondreams(result, skipped)
    elif "response" in result or "tool_calls" in result:  # with nothing in them
        answer = _read_native(result, skipped)
    else:
        raise ShapeError("expected text, got an object with none of the keys that bear it")
    answer.usage = read_usage(result.get("usage"), "$.usage", skipped) or answer.usage
    answer.model = side_text(result.get("model"), "$.model", skipped) or answer.model
    reason = side_text(result.get("finish_reason"), "$.finish_reason", skipped)
    answer.finish_reason = reason if answer.finish_reason is None else answer.finish_reason
    answer.truncated = answer.finish_reason in CUT
    return answer


def is_responses(result: dict[str, Any]) -> bool:
    """Tell a Responses object."""
    return result.get("object") == "response" or type(result.get("output")) is list


def _is_native(result: Any) -> bool:
    if type(result) is not dict:
        return True
    if result.get("choices") is not None or is_google(result):
        return False
    return not is_responses(result) and result.get("type") != "message"


def is_moondreams(result: dict[str, Any]) -> bool:
    """Return whether *result* is moondream's whole answer in words."""
    return result.get("metrics") is not None and any(result.get(key) is not None for key in ("answer", "caption"))


def _read_moondreams(result: dict[str, Any], skipped: list[str]) -> GeneratedText:
    key = "answer" if result.get("answer") is not None else "caption"
    answer = fill(GeneratedText(), [result[key]])
    answer.reasoning = reasoning_of(result, "$", skipped)
    answer.usage = read_usage(result["metrics"], "$.metrics", skipped)
    return answer


def _read_native(result: dict[str, Any], skipped: list[str]) -> GeneratedText:
    texts, thoughts = generated(result.get("response"))
    answer = fill(GeneratedText(), texts)
    answer.tool_calls = read_tool_calls(result.get("tool_calls"), "$.tool_calls", skipped)
    if "response" not in result and result["tool_calls"] is not None and not answer.tool_calls:
        raise ShapeError("a required key is missing, and there is no call of a tool", "$.response")
    answer.reasoning = reasoning_of(result, "$", skipped) or _together(thoughts)
    return answer


def _together(thoughts: list[Any]) -> str | None:
    return "".join(map(written, thoughts)) or None


def _read_choices(result: dict[str, Any], skipped: list[str]) -> GeneratedText:
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
        answer.reasoning = reasoning_of(message, path, skipped) or _together(thoughts)
        answer.tool_calls = read_tool_calls(message.get("tool_calls"), f"{path}.tool_calls", skipped)
    else:
        raise ShapeError(f"expected an object, got {kind_of(message)}", "$.choices[0].message")
    answer.finish_reason = side_text(choice.get("finish_reason"), "$.choices[0].finish_reason", skipped)
    return answer


def reasoning_of(message: dict[str, Any], path: str, skipped: list[str]) -> str | None:
    """Take the reasoning from whichever key has it, of a whole message or of a piece of one."""
    # gpt-oss sends both keys with the same text; kimi moved from one to the other.
    for name in ("reasoning", "reasoning_content"):
        value = message.get(name)
        if type(value) is dict and value:
            value = value.get("text")
            if value is None:  # how hard it was to think, perhaps
                skipped.append(f"{path}.{name}")
        text = joined(value) if are_parts(value) else written(value)
        if text:
            return text
    return None


def apply(answer: GeneratedText, asked: DecodeContext, *, native: bool) -> None:
    """Bring in what only the request tells: whether thoughts are in the text, whether it is JSON, and the limit."""
    if native and asked.thinks_aloud and answer.parsed is None and answer.reasoning is None:
        answer.reasoning, answer.response = split_thoughts(answer.response)
    if answer.parsed is None and asked.json:
        answer.parsed = parse_object(answer.response)
    if answer.usage is not None and answer.usage.completion_tokens == asked.limit:
        answer.truncated = True


def parse_object(text: str) -> dict[str, Any] | list[Any] | None:
    """Parse *text* as JSON; None where it is not an object or a list."""
    try:
        parsed = strict_json.decode(text.encode("utf-8", "surrogatepass"))
    except strict_json.NotJson:
        return None
    return parsed if type(parsed) in (dict, list) else None


register(GeneratedText, read_text)
