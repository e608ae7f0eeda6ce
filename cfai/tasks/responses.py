"""Text in the form of the Responses API."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from attrs import field, frozen

from .._base import StreamsText
from .answers import GeneratedText
from .reasoning import ReasoningEffort


@frozen(repr=False)
class Responses(StreamsText[GeneratedText]):
    """Go on with a text or a conversation in the form of the Responses API; the gpt-oss models."""

    input: str | Sequence[Mapping[str, Any]]
    """A text; or what was said and called so far, as the items of the Responses API or as the messages that
    `Messages` takes, which become such items. A medium under `image_url` in one becomes a data URL."""
    instructions: str | None = field(default=None, kw_only=True)
    """What the model has to hold to: a system message that stands before `input`."""
    max_output_tokens: int | None = field(default=None, kw_only=True)
    """The most tokens to write, reasoning included."""
    temperature: float | None = field(default=None, kw_only=True)
    """0 is repeatable, 2 is wild; the model's own default when absent."""
    top_p: float | None = field(default=None, kw_only=True)
    """Choose among the likeliest tokens that together reach this probability, from 0 to 1."""
    reasoning: Mapping[str, Any] | None = field(default=None, kw_only=True)
    """How to think: `effort`, which is "low", "medium" (when absent) or "high", and `summary`."""
    reasoning_effort: ReasoningEffort | None = field(default=None, kw_only=True)
    """How hard to think: `reasoning.effort`, under the name that `Messages` has for it and with its rules."""
    text: Mapping[str, Any] | None = field(default=None, kw_only=True)
    """The form of the answer: `format`, such as `{"type": "json_schema", "name": ..., "schema": ...}`, and
    `verbosity`. With JSON asked for, the answer's `parsed` holds the object."""
    tools: Sequence[Mapping[str, Any]] | None = field(default=None, kw_only=True)
    """The tools that the model may ask for: mappings with `type` "function", `name` and `parameters`.
    An empty list is not sent."""
    tool_choice: str | Mapping[str, Any] | None = field(default=None, kw_only=True)
    """"none", or one function by name: `{"type": "function", "name": ...}`. The model chooses when absent."""
    parallel_tool_calls: bool | None = field(default=None, kw_only=True)
    """Let the model ask for several tools at once."""
    include: Sequence[str] | None = field(default=None, kw_only=True)
    """What else the answer should have, such as "message.output_text.logprobs"; it is in `raw`."""
    truncation: Literal["auto", "disabled"] | None = field(default=None, kw_only=True)
    """Whether an input that is too long is cut in its middle, or refused, as it is when absent."""
    previous_response_id: str | None = field(default=None, kw_only=True)
    """The id of an answer that this goes on from."""
    conversation: str | Mapping[str, Any] | None = field(default=None, kw_only=True)
    """The id of a conversation that this belongs to, or a mapping with it under `id`."""
    prompt_cache_key: str | None = field(default=None, kw_only=True)
    """What equal beginnings of inputs are found by in the service's cache."""
    safety_identifier: str | None = field(default=None, kw_only=True)
    """Who of your users asks, as a stable text that names nobody."""
    service_tier: Literal["auto", "default", "flex", "scale", "priority"] | None = field(default=None, kw_only=True)
    """How soon the call is worked on, and at what price."""
