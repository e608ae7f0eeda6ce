"""Questions about a picture, and places in it."""

from typing import Literal

from attrs import field, frozen

from .._base import StreamsText
from ..media import MediaSource
from .answers import VisionAnswer


@frozen(repr=False)
class VisionQuery(StreamsText[VisionAnswer]):
    """Ask about a picture, or find things in it; moondream3.1."""

    image: MediaSource
    """The picture; or its address, as a str that begins with `https://`, which the service then fetches."""
    task: Literal["query", "caption", "point", "detect"] | None = field(default=None, kw_only=True)
    """Answer `question`, describe the picture, find the places of `target`, or find its rectangles. "query" when
    absent."""
    question: str | None = field(default=None, kw_only=True)
    """What to ask; of "query"."""
    caption_length: Literal["short", "normal", "long"] | None = field(default=None, kw_only=True)
    """How long the description is; of "caption"."""
    target: str | None = field(default=None, kw_only=True)
    """What to look for, such as "red cars"; of "point" and "detect"."""
    reasoning: bool | None = field(default=None, kw_only=True)
    """Think before the answer, which then has the thoughts in `reasoning`; of "query"."""
    temperature: float | None = field(default=None, kw_only=True)
    """0 is repeatable; the model's own default when absent."""
    top_p: float | None = field(default=None, kw_only=True)
    """Choose among the likeliest tokens that together reach this probability, from 0 to 1."""
    max_tokens: int | None = field(default=None, kw_only=True)
    """The most tokens to write; the model's own limit when absent."""
    max_objects: int | None = field(default=None, kw_only=True)
    """The most places to find; of "point" and "detect"."""
