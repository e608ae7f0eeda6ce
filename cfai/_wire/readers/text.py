"""Generated text: six wire shapes, and a hybrid of two of them, in one class (docs/wire.md 3.1)."""

from typing import Any

from ...tasks.answers import GeneratedText, ToolCall
from .. import jsons
from ..asked import Asked
from ..converter import Misfit, kind_of, register
from ..deltas.thoughts import split_thoughts
from .blocks import read_anthropic, read_responses
from .google import is_google, read_google
from .tool_calls import read_tool_calls
from .usage import read_usage

CUT = ("length", "model_length", "max_tokens", "max_output_tokens")
"""Finish reasons that say that a text was cut by its length."""


def read_text(result: Any, asked: Asked | None = None) -> GeneratedText:
    """Read a text-generation *result*, whichever shape it has."""
    if type(result) is str:
        answer = GeneratedText(response=result)
    elif type(result) is dict:
        answer = _read_object(result)
    else:
        raise Misfit(f"expected text, got {kind_of(result)}")
    if asked is not None:
        apply(answer, asked, native=_is_native(result))
    return answer


def _read_object(result: dict[str, Any]) -> GeneratedText:
    if result.get("choices") is not None:
        answer = _read_choices(result)
    elif is_responses(result):
        answer = read_responses(result)
    elif result.get("type") == "message":
        answer = read_anthropic(result)
    elif is_google(result):
        answer = read_google(result)
    elif "response" in result or "tool_calls" in result:
        answer = _read_native(result)
    elif result.get("description") is not None:  # vision models that answer ImagePrompt so
        answer = filled(result["description"])
    elif _is_moondreams(result):
        answer = _read_moondreams(result)
    else:
        raise Misfit("expected text, got an object with none of the keys that bear it")
    answer.usage = read_usage(result.get("usage"), "$.usage") or answer.usage
    answer.model = text_or_none(result.get("model"), "$.model") or answer.model
    if answer.finish_reason is None:
        answer.finish_reason = text_or_none(result.get("finish_reason"), "$.finish_reason")
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


def _is_moondreams(result: dict[str, Any]) -> bool:
    return result.get("metrics") is not None and (result.get("answer") or result.get("caption")) is not None


def _read_moondreams(result: dict[str, Any]) -> GeneratedText:
    key = "answer" if result.get("answer") is not None else "caption"
    answer = filled(result[key])
    answer.reasoning = reasoning_of(result, "$")
    answer.usage = read_usage(result["metrics"], "$.metrics")
    return answer


def _read_native(result: dict[str, Any]) -> GeneratedText:
    answer = filled(result.get("response"))
    answer.tool_calls = read_tool_calls(result.get("tool_calls"), "$.tool_calls")
    answer.reasoning = reasoning_of(result, "$")
    return answer


def _read_choices(result: dict[str, Any]) -> GeneratedText:
    choices = result["choices"]
    if type(choices) is not list:
        raise Misfit(f"expected an array, got {kind_of(choices)}", "$.choices")
    choice = choices[0] if choices else {}
    if type(choice) is not dict:
        raise Misfit(f"expected an object, got {kind_of(choice)}", "$.choices[0]")
    answer = _read_choice(choice)
    # The hybrid: llama-3.3-70b puts the native keys beside `choices`, and in JSON mode the parsed object into them.
    native = result.get("response")
    if native is not None and native != "":
        hybrid = filled(native)
        answer.parsed = hybrid.parsed
        answer.response = hybrid.response if hybrid.parsed is None or not answer.response else answer.response
    if not answer.tool_calls:
        answer.tool_calls = read_tool_calls(result.get("tool_calls"), "$.tool_calls")
    return answer


def _read_choice(choice: dict[str, Any]) -> GeneratedText:
    message = choice.get("message")
    if message is None:
        answer = filled(choice.get("text"))  # text_completion
    elif type(message) is dict:
        content = message.get("content")
        answer = filled(joined(content) if type(content) is list else content)
        answer.reasoning = reasoning_of(message, "$.choices[0].message")
        answer.tool_calls = _calls_of(message)
    else:
        raise Misfit(f"expected an object, got {kind_of(message)}", "$.choices[0].message")
    answer.finish_reason = text_or_none(choice.get("finish_reason"), "$.choices[0].finish_reason")
    return answer


def _calls_of(message: dict[str, Any]) -> list[ToolCall]:
    return read_tool_calls(message.get("tool_calls"), "$.choices[0].message.tool_calls")


def filled(value: Any) -> GeneratedText:
    """Fill `response`, and `parsed` where it is an object: null is no text, a number its text, an object its JSON."""
    if value is None:
        return GeneratedText()
    if type(value) is str:
        return GeneratedText(response=value)
    if type(value) in (dict, list):
        return GeneratedText(response=jsons.text_of(value), parsed=value)
    return GeneratedText(response=jsons.text_of(value))


def joined(parts: list[Any]) -> str | list[Any]:
    """Join `content` that is a list of typed parts, which some servers write; another list stays as it is."""
    texts = [part.get("text") for part in parts if type(part) is dict and type(part.get("type")) is str]
    if not texts or len(texts) < len(parts):
        return parts
    return "".join(text for text in texts if type(text) is str)


def reasoning_of(message: dict[str, Any], path: str) -> str | None:
    """Take the reasoning from whichever key has it, of a whole message or of a piece of one."""
    # gpt-oss sends both keys with the same text; kimi moved from one to the other.
    for name in ("reasoning", "reasoning_content"):
        text = message.get(name)
        if type(text) is dict:
            text = text.get("text")
        if text:
            return text_or_none(text, f"{path}.{name}")
    return None


def text_or_none(value: Any, path: str) -> str | None:
    """Refuse what is neither a text nor null."""
    if value is None or type(value) is str:
        return value
    raise Misfit(f"expected str, got {kind_of(value)}", path)


def apply(answer: GeneratedText, asked: Asked, *, native: bool) -> None:
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
        parsed = jsons.decode(text.encode("utf-8", "surrogatepass"))
    except jsons.NotJson:
        return None
    return parsed if type(parsed) in (dict, list) else None


register(GeneratedText, read_text)
