"""Texts made shorter."""

from attrs import field, frozen

from .._base import Params
from .answers import Summary


@frozen(repr=False)
class Summarization(Params[Summary]):
    """Summarize a text. No model of the task is left since bart-large-cnn was retired: text models do it."""

    input_text: str
    """The text to summarize."""
    max_length: int | None = field(default=None, kw_only=True)
    """The most tokens that the summary may have; the model's own limit when absent."""
