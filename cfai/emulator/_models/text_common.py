"""What all forms of text generation share: the answer's words, JSON by a schema, and forced tool calls."""

import re
from itertools import islice
from typing import Any, Final

from attrs import frozen

from cfai.emulator._models.wrappers import unwrapped
from cfai.emulator._replies import KnownRefusal, Refusal
from cfai.emulator._schema_sample import Impossible, TooLarge, sample_of

MAX_TOKENS: Final = 256
"""What an absent `max_tokens` means to the service (docs/wire.md 3.1)."""

THOUGHT: Final = "The cfai emulator does not think. It was asked to, and says so here."


def echo(question: str) -> str:
    """Say who speaks, and what was asked."""
    return f"I am the cfai emulator, not a model. You asked: {question}"


def cut(text: str, words: float) -> str:
    """Keep the first so many *words* of *text*, blanks between them included."""
    kept = list(islice(re.finditer(r"\S+", text), max(0, min(int(words), len(text)))))
    return text[: kept[-1].end()] if kept else ""


def wants_json(form: dict[str, Any]) -> bool:
    """Tell whether a `response_format` asks for JSON."""
    return form["type"] in ("json_object", "json_schema")


def json_answer(form: dict[str, Any], question: str) -> object:
    """Give the smallest value that fits the schema of a `response_format`, or without one an object with the question.

    A schema that nothing fits, or that unfolds to more than a model could write, is refused with 403/5024, which is
    what the service says where a model did not find a value.
    """
    if "json_schema" not in form:
        return {"emulator": True, "question": question}
    try:
        return sample_of(unwrapped(form["json_schema"]))
    except (Impossible, TooLarge):
        raise KnownRefusal(5024) from None


@frozen
class ToolCall:
    """A call of one of the request's tools."""

    name: str
    arguments: dict[str, object]


def forced_call(body: dict[str, Any]) -> ToolCall | None:
    """Make the call that `tool_choice` forces; None where it forces none: not to call is a model's right then.

    "required" without tools forces nothing: it fails open (docs/wire.md 5).
    """
    choice = body.get("tool_choice")
    tools = functions(body)
    if isinstance(choice, dict):
        name = _function(choice).get("name")
        tools = [tool for tool in tools if tool.get("name") == name]
        if not tools:
            # The code is for what the engine does not take (docs/wire.md 2.4); that it is this one is our guess.
            raise Refusal(400, 8001, f"tool_choice names {name}, which is not among the tools")
    elif choice != "required" or not tools:
        return None
    # Anthropic's models call it otherwise.
    schema = tools[0].get("parameters", tools[0].get("input_schema"))
    try:
        arguments = sample_of(schema) if isinstance(schema, dict) else {}
    except (Impossible, TooLarge):
        # What the service does then is not known; models call functions with arguments that do not fit.
        arguments = {}
    return ToolCall(str(tools[0].get("name")), arguments if isinstance(arguments, dict) else {})


def refuse_no_tools(body: dict[str, Any]) -> None:
    """Refuse an empty list of tools: 400/8007 (docs/wire.md 2.4)."""
    if body.get("tools") == []:
        raise KnownRefusal(8007, "tools")


def functions(body: dict[str, Any]) -> list[dict[str, Any]]:
    """List the request's tools without OpenAI's `{type, function}` around them; both forms are taken."""
    tools = body.get("tools", [])
    return [_function(tool) for tool in (tools if isinstance(tools, list) else [tools]) if isinstance(tool, dict)]


def usage(read: int, written: int, price_in: float, price_out: float) -> dict[str, Any]:
    """Count tokens and neurons, the latter at prices for a million tokens."""
    return {
        "prompt_tokens": read,
        "completion_tokens": written,
        "total_tokens": read + written,
        "prompt_tokens_details": {"cached_tokens": 0},
        "neurons": (read * price_in + written * price_out) / 1e6,
    }


def _function(tool: dict[str, Any]) -> dict[str, Any]:
    inner = tool.get("function")
    return inner if isinstance(inner, dict) else tool
