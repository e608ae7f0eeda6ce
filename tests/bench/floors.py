"""What the floor reads answers into: msgspec's own classes, with nothing in them but what is used."""

from typing import Generic, TypeVar

import msgspec

R = TypeVar("R")


class Envelope(msgspec.Struct, Generic[R]):
    """What is around each answer."""

    result: R
    success: bool


class Label(msgspec.Struct):
    """One class that a text may belong to."""

    label: str
    score: float


class Vectors(msgspec.Struct):
    """Embeddings."""

    data: list[list[float]]
    shape: list[int]


class Word(msgspec.Struct):
    """One word that was said."""

    word: str
    start: float
    end: float


class Speech(msgspec.Struct):
    """All that was said."""

    text: str
    word_count: int
    words: list[Word]
    vtt: str


class Picture(msgspec.Struct):
    """A picture, which msgspec decodes from base64."""

    image: bytes


class Native(msgspec.Struct):
    """A piece of a text in the service's own form."""

    response: str


class Delta(msgspec.Struct):
    """A piece of a text."""

    content: str = ""


class Choice(msgspec.Struct):
    """What is around it."""

    delta: Delta


class Tokens(msgspec.Struct):
    """What a piece adds to the usage."""

    prompt_tokens: int = 0
    completion_tokens: int = 0


class Chat(msgspec.Struct):
    """A piece of a text in OpenAI's form."""

    choices: list[Choice]
    usage: Tokens | None = None
