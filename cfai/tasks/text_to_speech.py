"""Speech from words."""

from attrs import field, frozen

from .._base import StreamsMedia
from ..media import Audio


@frozen(repr=False)
class TextToSpeech(StreamsMedia[Audio]):
    """Say a text aloud."""

    prompt: str
    """What to say. The aura models call it `text`; it is renamed on the way."""
    lang: str | None = field(default=None, kw_only=True)
    """The language, as a code such as "en" or "fr"; melotts. English when absent."""
    speaker: str | None = field(default=None, kw_only=True)
    """The voice, by its name; the aura models."""
    encoding: str | None = field(default=None, kw_only=True)
    """"mp3", "linear16", "flac", "mulaw", "alaw", "opus" or "aac"; the aura models, MP3 when absent."""
    container: str | None = field(default=None, kw_only=True)
    """"wav", "ogg" or "none"; the aura models."""
    sample_rate: int | None = field(default=None, kw_only=True)
    """Samples a second; the aura models."""
    bit_rate: int | None = field(default=None, kw_only=True)
    """Bits a second; the aura models."""
