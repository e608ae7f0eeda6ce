"""Texts as vectors."""

from collections.abc import Sequence
from typing import Literal

from attrs import field, frozen

from .._base import Params
from .answers import Embeddings


@frozen(repr=False)
class TextEmbeddings(Params[Embeddings]):
    """Turn each text into a vector."""

    text: str | Sequence[str]
    """One text, or up to 100 of them."""
    input_type: Literal["query", "document"] | None = field(default=None, kw_only=True)
    """Whether the texts are questions or what is searched; qwen3-embedding alone tells them apart."""
    instruction: str | None = field(default=None, kw_only=True)
    """What the queries are for, in a sentence; qwen3-embedding alone."""
    pooling: Literal["mean", "cls"] | None = field(default=None, kw_only=True)
    """How the tokens' vectors become one, for the bge models; "mean" when absent. The two are not comparable."""
    truncate_inputs: bool | None = field(default=None, kw_only=True)
    """Cut a text that is too long instead of refusing it; bge-m3 alone."""
