"""The types that answers are structured into: cfai's own, and such as users bring."""

import dataclasses
import enum
from collections import deque
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple, NotRequired, TypedDict, get_args

import attrs

import cfai


class Colour(enum.Enum):
    RED = "error"
    ONE = 1


class Level(enum.IntEnum):
    LOW = 1


@attrs.frozen
class Weather:
    text: str
    score: float
    label: str | None = None
    box: "Weather | None" = None


@dataclasses.dataclass
class Place:
    name: str
    id: int = 0
    words: list[Weather] = dataclasses.field(default_factory=list)
    state: Colour | Level | None = None


class Typed(TypedDict):
    text: str
    usage: NotRequired[Place]


class Named(NamedTuple):
    name: str
    score: float


_USERS: tuple[Any, ...] = (
    *(str, int, float, bool, bytes, Any, None, list, dict, tuple, set, Colour, Level),
    *(Weather, Place, Typed, Named, Weather | Place, Weather | Typed | None, Weather | str, int | str | None),
    *(list[Weather], dict[str, Place], dict[str, Any], dict[str, list[int]], list[list[float]], tuple[int, str]),
    *(tuple[float, ...], set[str], frozenset[int], set[tuple[int, ...]], deque[int], Sequence[str]),
    *(Literal["error", 1, True], Literal[Colour.RED] | None, list[int] | list[str], list[Literal["a"]] | int),
)
OWN: tuple[Any, ...] = (cfai.RunResponse, *get_args(cfai.RunResponse))
"""What an answer may be promised as: the union, and each of its members."""
KINDS: tuple[Any, ...] = (*OWN, *_USERS)
