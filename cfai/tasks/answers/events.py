"""What a stream of text gives, piece by piece."""

from typing import TypeAlias

from attrs import define

from ..._base import Part
from ...usage import Usage


@define(repr=False)
class TextDelta(Part):
    """The next piece of the text."""

    text: str
    """The piece; never empty. All of them, joined, are the `response` of the result."""


@define(repr=False)
class ReasoningDelta(Part):
    """The next piece of what the model thinks before it answers."""

    text: str
    """The piece; never empty."""


@define(repr=False)
class ToolCallDelta(Part):
    """The next piece of a tool call. No call may be run before the stream's `Finish`: it may still break off."""

    index: int
    """Which call it is a piece of: the place that it has in the `tool_calls` of the result."""
    id: str
    """The service's id of the call, else "call_<index>"; the same in each of its pieces."""
    name: str
    """The tool's name; the same in each of its pieces."""
    arguments: str
    """The next piece of the arguments' JSON; empty in the first one, where the model names the tool alone."""


@define(repr=False)
class Finish(Part):
    """The end of the text: the last event of a stream, and the only one of its kind."""

    reason: str | None
    """Why the model stopped: "stop", "length", "tool_calls", ... None where the service does not say."""
    usage: Usage | None
    """Tokens and neurons of the whole call, where the service says."""


StreamEvent: TypeAlias = TextDelta | ReasoningDelta | ToolCallDelta | Finish
"""What a stream of text gives."""
