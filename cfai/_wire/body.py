"""The bytes of a request, as parts: what is ready, and media that are read and encoded when they are needed."""

import base64
import enum
import os
from collections.abc import Iterable
from typing import IO

import msgspec

from ..errors import InvalidParams
from ..media import sniff

_WORTH_A_THREAD = 1024 * 1024
"""Bytes from which on encoding would be felt by the other tasks of an event loop (about 1 ms)."""


class Form(enum.Enum):
    """How a medium travels."""

    RAW = "raw"
    """Its bytes, as a body or as a part of a multipart one."""
    BASE64 = "base64"
    """A JSON string."""
    INTS = "ints"
    """A JSON array of numbers from 0 to 255, three to four times as long as the bytes."""
    DATA_URL = "data URL"
    """A JSON string that begins with `data:` and names the media type."""


class Piece:
    """One medium in a body: where its bytes come from, and the form they take."""

    __slots__ = ("field", "form", "media_type", "source")

    def __init__(
        self, source: bytes | os.PathLike[str] | IO[bytes], form: Form, field: str, media_type: str | None = None
    ) -> None:
        self.source = source
        self.form = form
        self.field = field
        """The field that it was given for, for messages."""
        self.media_type = media_type
        """What the user said it is, where the bytes themselves do not tell."""

    @property
    def in_memory(self) -> bool:
        """Whether no file has to be read."""
        return isinstance(self.source, bytes)

    def read(self) -> bytes:
        """Give the bytes in their form. A path is opened and closed; a user's own file is read on and left open."""
        data = self.load()
        if self.form is Form.RAW:
            return data
        if self.form is Form.INTS:
            return msgspec.json.encode(list(data))
        prefix = b'"'
        if self.form is Form.DATA_URL:
            prefix += f"data:{self.type_of(data)};base64,".encode("ascii")
        return prefix + base64.b64encode(data) + b'"'

    def load(self) -> bytes:
        """Give the bytes as they are.

        Raises:
            InvalidParams: The file can't be read.
        """
        if isinstance(self.source, bytes):
            return self.source
        try:
            if isinstance(self.source, os.PathLike):
                with open(self.source, "rb") as file:
                    return file.read()
            data = self.source.read()
        except OSError as failure:
            raise InvalidParams(f"{self.field}: {failure.strerror or failure}: {failure.filename or 'file'}") from failure
        if not isinstance(data, bytes):
            raise InvalidParams(f"{self.field}: the file gives {type(data).__name__}, not bytes: open it as binary")
        self.source = data  # a second attempt finds the file at its end
        return data

    def type_of(self, data: bytes) -> str:
        """Say what *data* is."""
        return sniff(data) or self.media_type or "application/octet-stream"


class Body:
    """The body of a request."""

    __slots__ = ("parts",)

    def __init__(self, parts: Iterable[bytes | Piece]) -> None:
        self.parts = tuple(parts)

    @property
    def is_heavy(self) -> bool:
        """Whether reading it belongs into a worker thread: a file has to be read, or much has to be encoded."""
        size = 0
        for part in self.parts:
            if isinstance(part, Piece):
                if not isinstance(part.source, bytes):
                    return True
                size += len(part.source) if part.form is not Form.RAW else 0
        return size > _WORTH_A_THREAD

    def read(self) -> tuple[bytes, str]:
        """Give all bytes, and the media type of a body that is one medium (else an empty string).

        Raises:
            InvalidParams: A file can't be read.
        """
        if len(self.parts) == 1:
            part = self.parts[0]
            if isinstance(part, bytes):
                return part, ""
            data = part.read()
            return data, part.type_of(data)
        return b"".join(part if isinstance(part, bytes) else part.read() for part in self.parts), ""


def multipart(fields: Iterable[tuple[str, str | Piece]]) -> tuple[Body, str]:
    """Write *fields* as multipart/form-data; give the body and its content type."""
    boundary = f"cfai-{os.urandom(16).hex()}"
    parts: list[bytes | Piece] = []
    for name, value in fields:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"'
        if isinstance(value, Piece):
            parts += [f'{head}; filename="{_quoted(name)}"\r\n'.encode(), _type_line(value), value, b"\r\n"]
        else:
            parts.append(f"{head}\r\n\r\n{value}\r\n".encode())
    parts.append(f"--{boundary}--\r\n".encode())
    return Body(parts), f"multipart/form-data; boundary={boundary}"


def _type_line(piece: Piece) -> bytes:
    media_type = piece.media_type or "application/octet-stream"
    if isinstance(piece.source, bytes):
        media_type = piece.type_of(piece.source)
    return f"Content-Type: {media_type}\r\n\r\n".encode("ascii", "replace")


def _quoted(name: str) -> str:
    # The way of browsers (HTML, multipart/form-data): three characters are percent-encoded, the others stand.
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
