"""Vectors that lie nearer the more words two texts share."""

import math
import re
import struct
from collections import Counter
from typing import Final

from cfai.emulator._models.model import noise

_OWN_SHARE: Final = 0.25
"""How much of a vector is the text's own, where each word has 1: its words in another order are near, not equal."""


def words_of(text: str) -> Counter[str]:
    """Count the words of *text*, whatever their case."""
    return Counter(re.findall(r"\w+", text.casefold()))


def vector(text: str, width: int, kind: str, seed: int) -> list[float]:
    """Give a unit vector, equal for equal texts; each *kind* has directions of its own."""
    weighted = [(_OWN_SHARE, _direction(width, "text", text, kind, seed))]
    weighted += [(count, _direction(width, "word", word, kind, seed)) for word, count in words_of(text).items()]
    total = [0.0] * width
    for weight, direction in weighted:
        total = [value + weight * step for value, step in zip(total, direction, strict=True)]
    length = math.hypot(*total)
    return [round(value / length, 8) for value in total]


def likeness(one: str, other: str) -> float:
    """Tell from 0 to 1 how much the words of two texts are the same, as the angle between their counts."""
    counts, others = words_of(one), words_of(other)
    lengths = math.hypot(*counts.values()) * math.hypot(*others.values())
    return sum(count * others[word] for word, count in counts.items()) / lengths if lengths else 0.0


def _direction(width: int, *parts: object) -> tuple[int, ...]:
    """Point somewhere at random; in this many dimensions any two such directions are nearly at right angles."""
    return struct.unpack(f"<{width}h", noise(2 * width, *parts))
