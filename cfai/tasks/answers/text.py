"""Answers that bear text."""

import json
from typing import Any

from attrs import Factory, define

from ..._base import Answer, Part
from ...usage import Usage


@define(repr=False)
class ToolCall(Part):
    """A tool that the model asks to have run."""

    id: str
    """The service's id, else "call_<index>". Some families repeat theirs from turn to turn."""
    name: str
    """The tool's name; empty where the service sent none that is usable, and then there is an `error`."""
    arguments: dict[str, Any] = Factory(dict)
    """The arguments, parsed; empty where they do not parse."""
    raw_arguments: str = ""
    """The arguments as the model wrote them."""
    error: str | None = None
    """Why the call can't be run: its arguments do not parse to an object, or it has no name. None where it can."""


@define(repr=False)
class GeneratedText(Answer):
    """Text that a model wrote, whichever of its five forms the service sent it in."""

    response: str = ""
    """The text, also where it came as another JSON value: a number, a boolean, a list or an object is written as JSON.
    Empty where the model gave none, as when it asks for tools."""
    parsed: dict[str, Any] | list[Any] | None = None
    """The object or list that the text stands for, in JSON mode and where it came parsed; else None."""
    reasoning: str | None = None
    """What a reasoning model thought before it answered."""
    tool_calls: list[ToolCall] = Factory(list)
    """The tools that the model asks for; never None."""
    usage: Usage | None = None
    """Tokens and neurons, where the service says."""
    finish_reason: str | None = None
    """Why the model stopped: "stop", "length", "tool_calls", ... None where the service does not say."""
    truncated: bool = False
    """Whether the text was cut by its length. The service at times labels such a text "stop", so a completion of
    exactly as many tokens as the limit in force (256 where none was sent) counts as cut."""
    model: str | None = None
    """The model as the service names it, which may differ from the one that was asked."""

    @property
    def text(self) -> str:
        """The text; the same as `response`."""
        return self.response

    @property
    def message(self) -> dict[str, Any]:
        """This answer as the next message of a history, for `Messages`, `ImageMessages` and `Responses`.

        It is the same for all models; how each of them wants it is seen to when it is sent.
        """
        message: dict[str, Any] = {"role": "assistant", "content": self.response}
        if self.reasoning:
            message["reasoning"] = self.reasoning
        if self.tool_calls:
            message["tool_calls"] = [_as_asked(call) for call in self.tool_calls]
        return message

    def __str__(self) -> str:
        return self.response


def _as_asked(call: ToolCall) -> dict[str, Any]:
    # A history is only taken with an object in its place: so of a call with nothing, with what does not parse, and of
    # one made by hand. A model that is told about its mistake is told so by the tool's message.
    written = call.raw_arguments if call.raw_arguments.strip() and call.error is None else json.dumps(call.arguments)
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": written}}


@define(repr=False)
class TranslatedText(Answer):
    """A text in another language."""

    translated_text: str
    """The translation; of several texts all of them, a line each."""
    translations: list[str] = Factory(list)
    """The translations one by one, in the order of the input."""

    @property
    def text(self) -> str:
        """The translation; the same as `translated_text`."""
        return self.translated_text

    def __str__(self) -> str:
        return self.translated_text


@define(repr=False)
class Summary(Answer):
    """A text made shorter."""

    summary: str
    """The summary."""

    @property
    def text(self) -> str:
        """The summary; the same as `summary`."""
        return self.summary

    def __str__(self) -> str:
        return self.summary


@define(repr=False)
class Description(Answer):
    """What is to be seen in a picture."""

    description: str
    """The description."""

    @property
    def text(self) -> str:
        """The description; the same as `description`."""
        return self.description

    def __str__(self) -> str:
        return self.description
