"""The rows of the table: each piece of work, the ways to do it, and what ours may cost."""

from collections.abc import Mapping
from pathlib import Path

import calls
import decoding
from calls import Way

SOUND = 10 * 2**20
"""Bytes of the sound that is sent."""


class Row:
    """One piece of work, and how many times the floor ours may cost."""

    def __init__(
        self, name: str, ways: Mapping[str, Way], *, calls: int, budget: float, in_flight: int = 1, turns: int = 1
    ) -> None:
        self.name = name
        self.ways = ways
        self.calls = calls
        self.budget = budget
        self.in_flight = in_flight
        self.turns = turns
        """How often *calls* calls are made in a round: often and few where a budget leaves noise a few percent."""


class Peak:
    """One upload, and how much memory it may take at its highest."""

    def __init__(self, name: str, ways: Mapping[str, Way], *, budget: float) -> None:
        self.name = name
        self.ways = ways
        self.budget = budget
        """In MB."""


def rows(sound: Path) -> tuple[Row, ...]:
    """Give what is measured in CPU; *sound* is the file that is sent."""
    return (
        Row(
            "small call, 32 in flight", calls.ways(calls.CLASSIFICATION), in_flight=32, calls=500, turns=8, budget=1.35
        ),
        Row("embeddings 100 x 1024", calls.ways(calls.EMBEDDINGS), calls=10, turns=6, budget=1.10),
        Row("the same, decoding alone", decoding.ways(decoding.vectors()), calls=5, turns=12, budget=1.05),
        Row("5,000 words, decoding", decoding.ways(decoding.speech()), calls=20, turns=10, budget=2.5),
        Row("base64 picture of 4 MB", calls.ways(calls.PICTURE), calls=40, budget=0.65),
        Row("10 MB of sound, a file", calls.ways(calls.Upload(sound)), calls=40, budget=1.2),
    )


def peaks(sound: Path) -> tuple[Peak, ...]:
    """Give what is measured in memory."""
    return (
        Peak("its memory, a file", calls.ways(calls.Upload(sound)), budget=2),
        Peak("its memory, bytes", calls.ways(calls.Upload(sound.read_bytes())), budget=2),
    )


def write_sound(directory: str) -> Path:
    """Write the file that is sent: silence behind the first bytes of an MP3."""
    path = Path(directory, "sound.mp3")
    path.write_bytes(b"ID3\x04".ljust(SOUND, b"\0"))
    return path
