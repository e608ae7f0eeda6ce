"""Answers that are read straight from the bytes: a promised class, its envelope and all, by one typed decoder.

A row stands here only where the benchmark shows that a budget needs it. Whatever such a decoder refuses goes the
ordinary way, through the converter, which then gives the answer or says what is wrong; a test holds both ways to the
same answers.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from .._base import Answer
from ..tasks.answers import Embeddings

A = TypeVar("A", bound=Answer)


class _Envelope(msgspec.Struct):
    """What a straight answer must not say about itself: that it is an error, or one more envelope."""

    success: bool = True
    error: None = None
    state: None = None


class _EmbeddingsEnvelope(_Envelope):
    result: Embeddings | None = None


def _read_embeddings(envelope: Any) -> Embeddings | None:
    answer: Embeddings | None = envelope.result
    if answer is not None and not answer.shape:
        answer.shape = [len(answer.data), len(answer.data[0]) if answer.data else 0]
    return answer


STRAIGHT: dict[Any, tuple[msgspec.json.Decoder[Any], Callable[[Any], Answer | None]]] = {
    # 100 x 1024 numbers: checked one by one in C while they are parsed, where checking them later costs a tenth more
    Embeddings: (msgspec.json.Decoder(_EmbeddingsEnvelope), _read_embeddings),
}


def straight(promise: Any, body: bytes) -> Any:
    """Read *body* as *promise* in one go; None where it has no row, or is anything but a plain good answer."""
    row = STRAIGHT.get(promise) if isinstance(promise, type) else None
    if row is None:
        return None
    decoder, read = row
    try:
        envelope = decoder.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    return read(envelope) if envelope.success else None
