"""Which texts answer a query best?"""

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import field, frozen

from .._base import Params
from .answers import RankedContext


@frozen(repr=False)
class Reranking(Params[list[RankedContext]]):
    """Say how well each text answers a query; bge-reranker-base and bge-m3."""

    query: str
    """What is looked for; not empty."""
    contexts: Sequence[str | Mapping[str, Any]]
    """The texts to rank; the answer names them by their places in this list. A text may also be a mapping with
    `text`, which is how it travels."""
    top_k: int | None = field(default=None, kw_only=True)
    """Give only this many, the best ones; all of them when absent. bge-reranker-base."""
    truncate_inputs: bool | None = field(default=None, kw_only=True)
    """Cut a text that is too long instead of refusing it; bge-m3."""
