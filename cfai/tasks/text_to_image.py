"""Pictures from words."""

from collections.abc import Sequence

from attrs import field, frozen

from .._base import StreamsMedia
from ..media import Image, MediaSource


@frozen(repr=False)
class TextToImage(StreamsMedia[Image]):
    """Draw a picture."""

    prompt: str
    """What to draw."""
    negative_prompt: str | None = field(default=None, kw_only=True)
    """What not to draw; the Stable Diffusion models and phoenix-1.0."""
    height: int | None = field(default=None, kw_only=True)
    """Pixels, from 256 to 2048; flux-2 rounds to a multiple of 16 without a word."""
    width: int | None = field(default=None, kw_only=True)
    """Pixels, from 256 to 2048; flux-2 rounds to a multiple of 16 without a word."""
    image: MediaSource | None = field(default=None, kw_only=True)
    """A picture to start from; the Stable Diffusion models."""
    images: Sequence[MediaSource] | None = field(default=None, kw_only=True)
    """Up to four pictures to refer to; the flux-2 models."""
    mask: MediaSource | None = field(default=None, kw_only=True)
    """Where to draw: white is drawn anew, black is kept; the inpainting model."""
    num_steps: int | None = field(default=None, kw_only=True)
    """Diffusion steps: more is finer and dearer. Up to 20; flux-1-schnell takes 1 to 8 and calls it `steps`."""
    strength: float | None = field(default=None, kw_only=True)
    """How far to go from `image`, from 0 to 1."""
    guidance: float | None = field(default=None, kw_only=True)
    """How closely to follow the prompt."""
    seed: int | None = field(default=None, kw_only=True)
    """A number to begin from; the same one draws nearly the same picture with most models, not with flux-2."""
