"""Text from a picture with a prompt or a conversation."""

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import field, frozen

from ..media import MediaSource
from .text_generation import Generation


@frozen(repr=False)
class ImagePrompt(Generation):
    """Go on from a picture and a prompt. Of models whose pictures live in messages it is one message of the user's."""

    image: MediaSource
    """The picture, as a file of a usual format such as PNG or JPEG."""
    prompt: str
    """What to say about it."""
    ignore_eos: bool | None = field(default=None, kw_only=True)
    """Write on, past the end that the model itself would make."""


@frozen(repr=False)
class ImageMessages(Generation):
    """Go on with a conversation about a picture. Of models whose pictures live in messages it joins the user's last."""

    image: MediaSource
    """The picture, as a file of a usual format such as PNG or JPEG."""
    messages: Sequence[Mapping[str, Any]]
    """What was said so far, oldest first: mappings with `role` and `content`, as for `Messages`."""
    ignore_eos: bool | None = field(default=None, kw_only=True)
    """Write on, past the end that the model itself would make."""
    tools: Sequence[Mapping[str, Any]] | None = field(default=None, kw_only=True)
    """The tools that the model may ask for, as the API takes them. An empty list is not sent."""
    tool_choice: str | Mapping[str, Any] | None = field(default=None, kw_only=True)
    """"auto", "none", "required" (which the service treats as advice), or one function by name (which it obeys)."""
    parallel_tool_calls: bool | None = field(default=None, kw_only=True)
    """Let the model ask for several tools at once."""
