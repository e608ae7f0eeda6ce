"""Any input for any model, with an answer of your own type."""

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import field, frozen

from .._base import OwnInput

T = TypeVar("T")


@frozen(repr=False)
class Input(OwnInput[T]):
    """The input of a model that has no params class here, and the type that its answer is structured into.

    `Input({"text": "hi"}, returning=Weather)` is a `Params[Weather]`. The mapping goes out as a plain mapping does.
    """

    mapping: Mapping[str, Any]
    """The model's input by the wire's names."""
    returning: type[T] = field(kw_only=True)
    """The type of the answer: any class that cattrs can structure, strictly; or one of cfai's own answers."""
