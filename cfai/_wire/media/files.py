"""Files as media: by their path, or opened by the user. None may change while it is sent."""

import io
import os
import stat
from abc import abstractmethod
from collections.abc import Iterator
from typing import IO, Any

from ...errors import InvalidParams
from .sources import HEAD, Source
from .suffixes import type_of_name

_STEP = 2**18
"""Bytes that are read into memory at a time."""
_MOST_IN_MEMORY = 2**28
"""Bytes that a pipe or the like may give: without a limit /dev/zero would take all memory there is."""


class _File(Source):
    """A file. A regular one is read slice by slice; anything else, such as a pipe, once and into memory.

    The length of a body is announced before the file is sent. So a regular file has to stay as it was when it was
    measured: each slice is followed by a look at the file, and one that changed ends the call.
    """

    __slots__ = ("_begun", "_found", "_held", "_size")

    def __init__(self, field: str, media_type: str | None = None) -> None:
        super().__init__(field, media_type)
        self._begun = False
        """Whether the reading into memory has begun: it can be done only once."""
        self._held: memoryview | None = None
        """What was read into memory; None of a regular file."""
        self._found: os.stat_result | None = None
        """The regular file when it was measured."""
        self._size = 0

    def size(self) -> int:
        with _complaining(self.field):
            self._measure()
        if not self._size:
            raise InvalidParams(f"{self.field}: {self._empty()}")
        return self._size

    @abstractmethod
    def _measure(self) -> None:
        """Set `_size`, and either `_held` or `_found`."""

    @abstractmethod
    def _empty(self) -> str:
        """Return the message for a file that gives no bytes."""

    @abstractmethod
    def _opened(self) -> IO[bytes]:
        """Return the regular file, opened for this one use."""

    def _read_at(self, file: IO[bytes], most: int, offset: int) -> bytes:
        """Read from *file*, which `_opened` returned, *offset* bytes behind the first one to be sent."""
        file.seek(offset)
        return file.read(most)

    def head(self) -> bytes:
        if self._held is not None:
            return bytes(self._held[:HEAD])
        with _complaining(self.field), self._opened() as file:
            return self._read_at(file, HEAD, 0)

    def slices(self, most: int) -> Iterator[bytes]:
        if self._held is not None:
            for start in range(0, len(self._held), most):
                yield bytes(self._held[start : start + most])
            return
        with _complaining(self.field), self._opened() as file:
            size, found = self._size, self._found
            for start in range(0, size, most):
                piece = self._read_fully(file, min(most, size - start), start)
                self._check(file, found)
                yield piece
            self._check(file, found)

    def _read_fully(self, file: IO[bytes], size: int, offset: int) -> bytes:
        """Read *size* bytes, for a read may give fewer at a time."""
        parts: list[bytes] = []
        while size and (part := self._read_at(file, size, offset)):
            parts.append(part)
            size, offset = size - len(part), offset + len(part)
        if size:
            raise self._changed("it became shorter")
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _check(self, file: IO[bytes], before: os.stat_result | None) -> None:
        now = os.fstat(file.fileno())
        if before is not None and _identity(before) != _identity(now):
            raise self._changed(_change(before, now))

    def _changed(self, how: str) -> InvalidParams:
        return InvalidParams(f"{self.field}: the file changed while it was sent: {how}")

    def _hold(self, data: bytearray | memoryview) -> None:
        self._size = len(data)  # first, for a later attempt in another thread believes it once `_held` is set
        self._held = memoryview(data)

    def _read_into_memory(self, file: IO[bytes]) -> None:
        """Read *file* to its end.

        Raises:
            InvalidParams: It has too many bytes. Or an earlier attempt still reads it: each would get a part.
        """
        if self._begun:
            raise InvalidParams(
                f"{self.field}: it can be read only once, and an earlier attempt has not come to its end"
            )
        self._begun = True
        data = bytearray()
        while part := _read_up_to(file, _STEP):
            data += part
            if len(data) > _MOST_IN_MEMORY:
                raise InvalidParams(
                    f"{self.field}: what is no regular file is read into memory, and this gives more than"
                    f" {_MOST_IN_MEMORY:,} bytes"
                )
        self._hold(data)


class PathSource(_File):
    """A file by its path: opened when its bytes are needed, and closed each time."""

    __slots__ = ("path",)

    def __init__(self, path: os.PathLike[str], field: str) -> None:
        super().__init__(field, type_of_name(path))
        self.path = path

    def _measure(self) -> None:
        if self._held is not None:
            return
        self._found = os.stat(self.path)
        if _is_regular(self._found):
            self._size = self._found.st_size
        else:
            with self._opened() as file:
                self._read_into_memory(file)

    def _empty(self) -> str:
        return f"the file is empty: {os.fspath(self.path)}"

    def _opened(self) -> IO[bytes]:
        return open(self.path, "rb", buffering=0)


class FileSource(_File):
    """A file that the user opened: read from where it stood when the call began, left open, and at its end.

    A regular file is read through a descriptor of its own and by offsets, so that a call that was given up can't move
    it any more, nor read what the user has opened since.
    """

    __slots__ = ("_file", "_start")

    def __init__(self, file: IO[bytes], field: str) -> None:
        super().__init__(field)
        # At once, for the same file may be given for two fields: where it stands changes when the first is read.
        with _complaining(field):
            self._file: Any = _underlying(file)
            self._start: int | None = self._file.tell() if _has_offsets(self._file) else None

    def _measure(self) -> None:
        if self._held is not None:
            return
        if self._start is None:
            self._read_into_memory(self._file)
            return
        end = self._file.seek(0, io.SEEK_END)
        if type(self._file) is io.BytesIO:
            self._hold(memoryview(self._file.getvalue())[self._start :])
        else:
            self._found = os.fstat(self._file.fileno())
            self._size = max(end - self._start, 0)

    def _empty(self) -> str:
        return "nothing left to read: the file is at its end; pass its Path, or call seek(0) before"

    def _opened(self) -> IO[bytes]:
        return io.FileIO(os.dup(self._file.fileno()))

    def _read_at(self, file: IO[bytes], most: int, offset: int) -> bytes:
        return os.pread(file.fileno(), most, (self._start or 0) + offset)

    def _changed(self, how: str) -> InvalidParams:
        self._file.seek(0, io.SEEK_END)  # else another call would send what was appended, as if it were the whole
        return super()._changed(how)


def _is_regular(found: os.stat_result) -> bool:
    """Return whether the size of a file can be believed; those of /proc have none and give bytes all the same."""
    return stat.S_ISREG(found.st_mode) and found.st_size > 0


def _underlying(file: Any) -> Any:
    """Return the file in a wrapper of `tempfile`, which only adds when it is deleted or written to the disk."""
    if type(file).__module__ != "tempfile":
        return file
    return vars(file).get("file") or vars(file).get("_file") or file


def _has_offsets(file: Any) -> bool:
    """Return whether what *file* gives can be read by offsets: it is memory, or a regular file of the system's.

    A file of gzip has a descriptor too, but its bytes are others.
    """
    if not file.seekable():
        return False
    kind = type(file)
    if kind is io.BytesIO:
        return True
    raw = file.raw if kind is io.BufferedReader or kind is io.BufferedRandom else file
    plain = type(raw) is io.FileIO and hasattr(os, "pread") and raw.readable()
    return plain and _is_regular(os.fstat(raw.fileno()))


def _identity(found: os.stat_result) -> tuple[int, ...]:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _change(before: os.stat_result, now: os.stat_result) -> str:
    if before.st_ino != now.st_ino:
        return "another one has its name"
    if before.st_size == now.st_size:
        return "it was written to"
    return f"it became {'longer' if now.st_size > before.st_size else 'shorter'}"


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
        if isinstance(failure, InvalidParams):
            return
        if isinstance(failure, OSError):
            name = f": {failure.filename}" if failure.filename else ""
            raise InvalidParams(f"{self.field}: {failure.strerror or failure}{name}") from failure
        if isinstance(failure, (AttributeError, TypeError, ValueError)):
            raise InvalidParams(f"{self.field}: {failure}") from failure
        if isinstance(failure, Exception):  # what a file that is none of the system's raises, such as gzip's EOFError
            raise InvalidParams(f"{self.field}: {type(failure).__name__}: {failure}") from failure
