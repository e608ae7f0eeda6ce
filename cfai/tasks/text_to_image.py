"""Pictures from words."""

from collections.abc import Sequence

from attrs import field, frozen

from .._base import StreamsMedia
from ..media import Image, MediaSource


@frozen(repr=False)
class TextToImage(StreamsMedia[Image]):
    """Draw a picture.

    flux-1-schnell takes `prompt` and `num_steps` alone; any other field for it raises InvalidParams.
    """

    prompt: str
    """What to draw; flux-1-schnell takes up to 2048 characters."""
    negative_prompt: str | None = field(default=None, kw_only=True)
    """What not to draw; the Stable Diffusion models and phoenix-1.0."""
    height: int | None = field(default=None, kw_only=True)
    """Pixels, from 256 to 2048; flux-2 rounds to a multiple of 16 without a word."""
    width: int | None = field(default=None, kw_only=True)
    """Pixels, from 256 to 2048; flux-2 rounds to a multiple of 16 without a word."""
    image: MediaSource | None = field(default=None, kw_only=True)
    """A picture to start from; stable-diffusion-v1-5-inpainting and stable-diffusion-v1-5-img2img."""
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
