"""What a row of the table is, and what all families use."""

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

from attrs import frozen

from cfai.emulator._event import Event
from cfai.emulator._received import Received


@frozen
class Answer:
    """What a model gives for a body that it took."""

    result: Any
    """The JSON value that goes under `result`."""

    neurons: float | None
    """What the service would have charged, at the prices of its page of 28 August 2026; None where it does not say."""


@frozen
class Media:
    """A picture or a sound that goes out as it is, without an envelope (docs/wire.md 2.1)."""

    body: bytes
    content_type: str
    neurons: float | None

    in_pieces: bool = False
    """Whether it goes out bit by bit, its length untold, as what is made while it is sent."""


@frozen
class Streamed:
    """An answer in events, each of which goes out by itself (docs/wire.md 4)."""

    events: Iterator[Event]


Events = Callable[[dict[str, Any], Answer, int], Iterator[Event] | None]
"""Makes a stream of the input, the whole answer to it and the seed: None where this input is answered whole all the
same. Raises a Refusal before the first event, and not in the middle."""


@frozen
class Model:
    """How one model takes its input, and what it makes of it."""

    read: Callable[[Received], dict[str, Any]]
    """Makes the model's input of a request, or raises its Refusal; see `reading`."""

    respond: Callable[[dict[str, Any], int], Answer | Media]
    """A function of the input and of the emulator's seed, and of nothing else."""

    events: Events | None = None
    """How it streams; None for one that does not, and lets `stream` through like any other key."""

    paid: bool = False
    """Whether it needs Workers Paid."""

    terms: bool = False
    """Whether its maker's terms have to be accepted."""

    retired: str | None = None
    """The day from which on it is refused; None for one that lives."""

    def ask(self, received: Received, seed: int) -> Answer | Media | Streamed:
        """Answer a request, or raise the model's Refusal."""
        body = self.read(received)
        if self.events is None:
            return self.respond(body, seed)
        return maybe_streamed(body, self.respond, self.events, seed)


def maybe_streamed(
    body: dict[str, Any], respond: Callable[[dict[str, Any], int], Answer | Media], events: Events, seed: int
) -> Answer | Media | Streamed:
    """Answer as a stream where the body asks for one, and in the same words as without."""
    wanted = body.pop("stream", None)
    answer = respond(body, seed)
    streamed = events(body, answer, seed) if wanted and isinstance(answer, Answer) else None
    return answer if streamed is None else Streamed(streamed)


def count_tokens(text: str) -> int:
    """Count words: the emulator has no tokenizer, and counts only have to be plausible and repeatable."""
    return len(text.split())


def noise(length: int, *parts: object) -> bytes:
    """Make *length* bytes that look random and depend on *parts* alone."""
    # JSON's \u form can carry half a surrogate pair into a text.
    key = "\0".join(map(str, parts)).encode("utf-8", "surrogatepass")
    return hashlib.shake_256(key).digest(length)


def fraction(*parts: object) -> float:
    """Give a number from 0 up to 1 that depends on *parts* alone."""
    return int.from_bytes(noise(6, *parts)) / 2**48
