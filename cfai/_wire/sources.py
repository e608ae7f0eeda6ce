"""Where the bytes of a medium come from: memory, a path, a file that the user opened, or an async iterable."""

import io
import mimetypes
import os
import re
from abc import ABC, abstractmethod
from collections.abc import AsyncIterable, Iterator
from typing import IO

from ..errors import InvalidParams
from ..media import is_samples, sniff

_HEAD = 16
"""Bytes that tell what kind a medium is."""
_UNKNOWN = "application/octet-stream"
_MEDIA_TYPE = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+(?: *; *[\w-]+=[\w.+-]+)*", re.ASCII)
"""A media type that can stand in a header and in JSON as it is; it may come from a form of a web app."""


class Source(ABC):
    """The bytes of one medium, which can be read again for another attempt."""

    __slots__ = ("_stated", "field")

    def __init__(self, field: str, media_type: str | None = None) -> None:
        self.field = field
        """The field that it was given for, for messages."""
        self._stated = media_type if media_type and _MEDIA_TYPE.fullmatch(media_type) else None

    @abstractmethod
    def size(self) -> int:
        """Give the number of bytes."""

    @abstractmethod
    def slices(self, most: int) -> Iterator[bytes]:
        """Give the bytes from the beginning, *most* at a time and the last time what is left."""

    def media_type(self) -> str:
        """Say what the bytes are: by the first of them, else as the user says, else by the file's name."""
        if is_samples(self._stated):
            return self.stated_type()
        head = b"".join(self.slices(_HEAD)) if self.size() <= _HEAD else next(self.slices(_HEAD))
        return sniff(head) or self.stated_type()

    def stated_type(self) -> str:
        """Say what the bytes are without a look at them."""
        return self._stated or _UNKNOWN


class BytesSource(Source):
    """Bytes in memory."""

    __slots__ = ("data",)

    def __init__(self, data: bytes, field: str, media_type: str | None = None) -> None:
        super().__init__(field, media_type)
        self.data = data

    def size(self) -> int:
        return len(self.data)

    def slices(self, most: int) -> Iterator[bytes]:
        if len(self.data) <= most:
            yield self.data
            return
        view = memoryview(self.data)
        for start in range(0, len(view), most):
            yield bytes(view[start : start + most])

    def stated_type(self) -> str:
        stated = super().stated_type()
        return stated if is_samples(stated) else sniff(self.data) or stated


class PathSource(Source):
    """A file by its path: opened when its bytes are needed, and closed each time."""

    __slots__ = ("path",)

    def __init__(self, path: os.PathLike[str], field: str) -> None:
        guessed, _ = mimetypes.guess_type(os.fspath(path))
        super().__init__(field, guessed)
        self.path = path

    def size(self) -> int:
        with _complaining(self.field):
            return os.stat(self.path).st_size

    def slices(self, most: int) -> Iterator[bytes]:
        with _complaining(self.field), open(self.path, "rb", buffering=0) as file:
            while piece := _read_up_to(file, most):
                yield piece


class FileSource(Source):
    """A file that the user opened: read from where it stood, left open, and at its end.

    One that can't go back, such as a pipe, is taken into memory, for its length has to be known and another attempt
    may be needed.
    """

    __slots__ = ("_file", "_start")

    def __init__(self, file: IO[bytes], field: str) -> None:
        super().__init__(field)
        self._file = file
        # At once, for the same file may be given for two fields: where it stands changes when the first is read.
        with _complaining(field):
            self._start = file.tell() if file.seekable() else None

    def size(self) -> int:
        with _complaining(self.field):
            start = self._begin()
            end = self._file.seek(0, io.SEEK_END)
            return max(end - start, 0)

    def slices(self, most: int) -> Iterator[bytes]:
        with _complaining(self.field):
            self._file.seek(self._begin())
            while piece := _read_up_to(self._file, most):
                yield piece

    def _begin(self) -> int:
        if self._start is None:
            self._file, self._start = io.BytesIO(self._file.read()), 0
        return self._start


class FlowSource(Source):
    """An async iterable of bytes: they come as they come, once, and nobody knows how many.

    So it can only be a body of its own, which the transport takes from `flow`.
    """

    __slots__ = ("flow",)

    def __init__(self, flow: AsyncIterable[bytes], field: str) -> None:
        super().__init__(field)
        self.flow = flow

    def size(self) -> int:
        raise InvalidParams(
            f"{self.field}: an async iterable has to be the whole body, and here other things go with it, or the model"
            " takes no raw body: pass bytes, a Path or an open file"
        )

    def slices(self, most: int) -> Iterator[bytes]:
        raise NotImplementedError  # size() has refused it before


def _read_up_to(file: IO[bytes], most: int) -> bytes:
    """Read *most* bytes, for a raw file may give fewer at a time; fewer only at the end."""
    parts: list[bytes] = []
    while most:
        part = file.read(most)
        if not isinstance(part, bytes):
            raise TypeError(f"the file gives {type(part).__name__}, not bytes: open it as binary")
        if not part:
            break
        parts.append(part)
        most -= len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


class _complaining:  # noqa: N801  # reads as a word in its `with`
    """Turns what a file complains of into InvalidParams with the field's name."""

    __slots__ = ("field",)

    def __init__(self, field: str) -> None:
        self.field = field

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, failure: BaseException | None, tb: object) -> None:
        if isinstance(failure, OSError):
            name = f": {failure.filename}" if failure.filename else ""
            raise InvalidParams(f"{self.field}: {failure.strerror or failure}{name}") from failure
        if isinstance(failure, (AttributeError, TypeError, ValueError)):
            raise InvalidParams(f"{self.field}: {failure}") from failure
