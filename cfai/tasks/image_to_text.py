"""What is to be seen in a picture?"""

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import field, frozen

from .._base import Params
from ..media import MediaSource
from .answers import Description


@frozen(repr=False)
class ImageToText(Params[Description]):
    """Describe a picture; llava-1.5-7b-hf."""

    image: MediaSource
    """The picture, as a file of a usual format such as PNG or JPEG."""
    prompt: str | None = field(default=None, kw_only=True)
    """What to say about the picture; a description when absent."""
    messages: Sequence[Mapping[str, Any]] | None = field(default=None, kw_only=True)
    """A conversation in place of `prompt`: mappings with `role` and `content`, oldest first."""
    raw: bool | None = field(default=None, kw_only=True)
    """Send the prompt to the model as it is, without its chat template."""
    max_tokens: int | None = field(default=None, kw_only=True)
    """The most tokens to write; the model's own limit when absent."""
    temperature: float | None = field(default=None, kw_only=True)
    """0 is repeatable, 5 is wild; the model's own default when absent."""
    top_p: float | None = field(default=None, kw_only=True)
    """Choose among the likeliest tokens that together reach this probability, from 0 to 1."""
    top_k: float | None = field(default=None, kw_only=True)
    """Choose among this many of the likeliest tokens."""
    seed: float | None = field(default=None, kw_only=True)
    """A number that makes a repetition likelier."""
    repetition_penalty: float | None = field(default=None, kw_only=True)
    """Above 1 discourages tokens that have occurred, up to 2."""
    frequency_penalty: float | None = field(default=None, kw_only=True)
    """Discourages tokens by how often they have occurred, from -2 to 2."""
    presence_penalty: float | None = field(default=None, kw_only=True)
    """Discourages tokens that have occurred at all, from -2 to 2."""
