"""How hard a model thinks."""

from typing import Literal, TypeAlias

ReasoningEffort: TypeAlias = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"] | str  # noqa: PYI051
"""The levels that are known, which editors offer; and any other text, for levels newer than this release."""
