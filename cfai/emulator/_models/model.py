"""What a row of the table is, and what all families use."""

import hashlib
from collections.abc import Callable
from typing import Any

from attrs import frozen

from cfai.emulator._schema import Kind, Shape, check


@frozen
class Answer:
    """What a model gives for a body that it took."""

    result: object
    """The JSON value that goes under `result`."""

    neurons: float
    """What the service would have charged, at the prices of its page of 28 August 2026."""


@frozen
class Media:
    """A picture or a sound that goes out as it is, without an envelope (docs/wire.md 2.1)."""

    body: bytes
    content_type: str
    neurons: float


@frozen
class Model:
    """How one model takes its input, and what it makes of it."""

    variants: tuple[Shape | Kind, ...]
    """The body has to fit one of these."""

    respond: Callable[[dict[str, Any], int], Answer | Media]
    """A function of the checked body and of the emulator's seed, and of nothing else."""

    respond_to_bytes: Callable[[bytes], Answer] | None = None
    """What it makes of a body that is a file; None where the service takes JSON only (docs/wire.md 3.5)."""

    def ask(self, body: object, seed: int) -> Answer | Media:
        """Answer *body*, or raise the model's Refusal."""
        return self.respond(check(body, self.variants), seed)


def count_tokens(text: str) -> int:
    """Count words: the emulator has no tokenizer, and counts only have to be plausible and repeatable."""
    return len(text.split())


def noise(length: int, *parts: object) -> bytes:
    """Make *length* bytes that look random and depend on *parts* alone."""
    # JSON's \u form can carry half a surrogate pair into a text.
    key = "\0".join(map(str, parts)).encode("utf-8", "surrogatepass")
    return hashlib.shake_256(key).digest(length)
