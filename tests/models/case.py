"""What a row of the table of models is made of, and the samples that rows share."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import cfai

# The first bytes of a PNG and of an MP3: enough to be told by, and short enough to be read in a body.
PNG = b"\x89PNG\r\n\x1a\n"
PNG_INTS = b"[137,80,78,71,13,10,26,10]"
PNG_BASE64 = b'"iVBORw0KGgo="'
PNG_URL = b'"data:image/png;base64,iVBORw0KGgo="'
MP3 = b"ID3\x04"
MP3_INTS = b"[73,68,51,4]"
MP3_BASE64 = b'"SUQzBA=="'
MP3_URL = b'"data:audio/mpeg;base64,SUQzBA=="'

JSON = "application/json"
FORM = "multipart/form-data; boundary=BOUNDARY"

Look = Callable[[Any], Any]


@dataclass(frozen=True)
class Case:
    """One question to one model: how it is put as params and as a mapping, what goes out, and what comes back."""

    model: str
    params: cfai.Params[Any] | None
    """None where no params class asks this."""
    body: bytes
    """What both calls write, by hand. A mapping has to write these very bytes; params the same JSON, in any order."""
    answer: Any
    """The class of the answer, of both calls."""
    look: Look
    said: Any
    """What *look* has to see in the answer."""
    mapping: Mapping[str, Any] | None = None
    """The mapping that asks the same; what *body* holds, where that is JSON without media."""
    mapping_answer: Any = None
    """The class that the mapping's answer has by its shape, where that is not *answer*."""
    content_type: str = JSON
    query: str = ""

    def __str__(self) -> str:
        return f"{self.model}-{'mapping' if self.params is None else type(self.params).__name__}"

    @property
    def as_mapping(self) -> Mapping[str, Any]:
        return json.loads(self.body) if self.mapping is None else self.mapping


def text(answer: Any) -> str:
    """Look at an answer's text."""
    return str(answer.text)


def last_line(answer: Any) -> str:
    """Look at the end of a text that may begin with the model's thinking."""
    return str(answer.text).splitlines()[-1]


def shape(answer: Any) -> list[int]:
    """Look at how many vectors there are, and at how wide they are."""
    return list(answer.shape)


def media_type(answer: Any) -> str:
    """Look at what the bytes are."""
    return str(answer.media_type)
