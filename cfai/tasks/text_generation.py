"""Text from a prompt or a conversation."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from attrs import field, frozen

from .._base import StreamsText
from .answers import GeneratedText
from .reasoning import ReasoningEffort


@frozen(repr=False, init=False, eq=False)  # nobody makes one: methods that are not made save 2 ms of an import
class Generation(StreamsText[GeneratedText]):
    """The knobs that all text models share; not every model has every one."""

    max_tokens: int | None = field(default=None, kw_only=True)
    """The most tokens to write. Many models stop at 256 when absent, at times without saying that they did."""
    max_completion_tokens: int | None = field(default=None, kw_only=True)
    """The same under the newer name of the chat models, where reasoning counts as well."""
    temperature: float | None = field(default=None, kw_only=True)
    """0 is repeatable, 5 is wild; the model's own default when absent."""
    top_p: float | None = field(default=None, kw_only=True)
    """Choose among the likeliest tokens that together reach this probability, from 0 to 1 (of some models 2)."""
    top_k: int | None = field(default=None, kw_only=True)
    """Choose among this many of the likeliest tokens."""
    seed: int | None = field(default=None, kw_only=True)
    """A number that makes a repetition likelier."""
    repetition_penalty: float | None = field(default=None, kw_only=True)
    """Above 1 discourages tokens that have occurred, up to 2."""
    frequency_penalty: float | None = field(default=None, kw_only=True)
    """Discourages tokens by how often they have occurred, from -2 to 2."""
    presence_penalty: float | None = field(default=None, kw_only=True)
    """Discourages tokens that have occurred at all, from -2 to 2."""
    lora: str | None = field(default=None, kw_only=True)
    """The name or id of a fine-tune to apply."""
    response_format: Mapping[str, Any] | None = field(default=None, kw_only=True)
    """Asks for JSON: `{"type": "json_object"}`, or `{"type": "json_schema", "json_schema": ...}`. The answer's
    `parsed` then holds the object."""
    guided_json: Mapping[str, Any] | None = field(default=None, kw_only=True)
    """A bare JSON Schema, for the models that take it here, such as mistral-small."""
    stop: str | Sequence[str] | None = field(default=None, kw_only=True)
    """Where to stop writing."""
    n: int | None = field(default=None, kw_only=True)
    """How many answers; `GeneratedText` is the first of them, the others are in its `raw`."""
    logprobs: bool | None = field(default=None, kw_only=True)
    """Send the probabilities of the tokens along, in `raw`."""
    chat_template_kwargs: Mapping[str, Any] | None = field(default=None, kw_only=True)
    """Switches of the chat template, such as `{"enable_thinking": False}`."""
    reasoning_effort: ReasoningEffort | None = field(default=None, kw_only=True)
    """How hard to think before the answer. A level that the model lacks becomes the next higher one it has, else its
    highest; "none" the lowest where it can't be off; all of it the switch `enable_thinking` where there is nothing
    else. A model that always thinks is not told, and the log says so. The model's own default when absent."""
    top_logprobs: int | None = field(default=None, kw_only=True)
    """For how many tokens at each place, with `logprobs`; the chat-completion models."""
    logit_bias: Mapping[str, Any] | None = field(default=None, kw_only=True)
    """Makes tokens likelier or rarer: a number from -100 to 100 for each token's id; the chat-completion models."""
    skip_special_tokens: bool | None = field(default=None, kw_only=True)
    """Leave the model's control tokens out of the text; gemma-4."""
    raw: bool | None = field(default=None, kw_only=True)
    """Send the text to the model as it is, without its chat template; the native models."""
    prediction: Mapping[str, Any] | None = field(default=None, kw_only=True)
    """A text that the answer will mostly repeat, as `{"type": "content", "content": ...}`; the chat-completion
    models."""
    modalities: Sequence[str] | None = field(default=None, kw_only=True)
    """What to answer with: "text", "audio"; text alone when absent. The chat-completion models have the field; none
    is known to speak."""
    audio: Mapping[str, Any] | None = field(default=None, kw_only=True)
    """Voice and format of a spoken answer, as `{"voice": ..., "format": ...}`."""
    web_search_options: Mapping[str, Any] | None = field(default=None, kw_only=True)
    """Lets the model search the web: `search_context_size` and `user_location`; the chat-completion models."""
    user: str | None = field(default=None, kw_only=True)
    """Who of your users asks, as a stable text that names nobody; the chat-completion models."""
    metadata: Mapping[str, Any] | None = field(default=None, kw_only=True)
    """Names and values of your own, to be kept with the answer; the chat-completion models."""
    store: bool | None = field(default=None, kw_only=True)
    """Whether the service may keep the answer; the chat-completion models."""
    service_tier: Literal["auto", "default", "flex", "scale", "priority"] | None = field(default=None, kw_only=True)
    """How soon the call is worked on, and at what price; the chat-completion models."""


@frozen(repr=False)
class Prompt(Generation):
    """Go on from one text."""

    prompt: str
    """The text, up to the model's context window."""


@frozen(repr=False)
class Messages(Generation):
    """Go on with a conversation."""

    messages: Sequence[Mapping[str, Any]]
    """What was said so far, oldest first: mappings with `role` ("system", "user", "assistant", "tool") and
    `content`, as `cfai.system()`, `cfai.user()`, `cfai.assistant()`, `cfai.tool()` and an answer's `message` give
    them. A medium under `image_url.url` in a content part becomes a data URL."""
    tools: Sequence[Mapping[str, Any]] | None = field(default=None, kw_only=True)
    """The tools that the model may ask for, as the API takes them. An empty list is not sent."""
    tool_choice: str | Mapping[str, Any] | None = field(default=None, kw_only=True)
    """"auto", "none", "required" (which the service treats as advice), or one function by name (which it obeys)."""
    parallel_tool_calls: bool | None = field(default=None, kw_only=True)
    """Let the model ask for several tools at once."""
    functions: Sequence[Mapping[str, Any]] | None = field(default=None, kw_only=True)
    """The older way to give tools: of native models mappings with `name` and `code`, of chat-completion models
    functions without their wrapper."""
    function_call: str | Mapping[str, Any] | None = field(default=None, kw_only=True)
    """The older `tool_choice`, which goes with `functions`: "none", "auto", or `{"name": ...}`."""
