"""Has the speaker finished?"""

from typing import Literal

from attrs import field, frozen

from .._base import Params
from ..media import MediaSource
from .answers import TurnDetection


@frozen(repr=False)
class VoiceActivityDetection(Params[TurnDetection]):
    """Say whether a speaker has finished a turn; smart-turn-v2."""

    audio: MediaSource
    """The sound of the turn so far."""
    dtype: Literal["uint8", "float32", "float64"] | None = field(default=None, kw_only=True)
    """What the bytes of `audio` are: a file, as "uint8", or samples as floats of this size."""
