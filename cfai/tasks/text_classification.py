"""Which class does a text belong to?"""

from attrs import frozen

from .._base import Params
from .answers import Classification


@frozen(repr=False)
class TextClassification(Params[list[Classification]]):
    """Say how positive or negative a text is."""

    text: str
    """The text to classify."""
