"""Closed questions about a state of things."""

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import field, frozen

from .._base import Params
from ..media import MediaSource
from .answers import Decisions


@frozen(repr=False)
class DecisionQuery(Params[Decisions]):
    """Decide by closed questions; the clef models. The model's own name, which they want in the input, is added."""

    state: Any
    """What there is to decide about: a text, or any JSON."""
    questions: Mapping[str, Mapping[str, Any]] | None = None
    """Up to 64 questions, by ids that the answers will have: mappings with `type` ("noul", "choice" or "score"),
    `instructions` and `criteria`: of a choice its options, of a score its steps. A call without any question is
    refused with InvalidParams before anything is sent."""
    images: Sequence[MediaSource | Mapping[str, Any]] | None = field(default=None, kw_only=True)
    """Up to four pictures. Each may also be a mapping of `content_type` and `base64`."""
    audio: Sequence[MediaSource | Mapping[str, Any]] | None = field(default=None, kw_only=True)
    """Up to four sounds, each as in `images`, of up to 8 MiB and 300 seconds; clef-omni, which takes up to 16 MiB of
    media in one call."""
    videos: Sequence[MediaSource | Mapping[str, Any]] | None = field(default=None, kw_only=True)
    """Up to two videos, each as in `images`, of up to 16 MiB and 60 seconds; clef-omni."""
