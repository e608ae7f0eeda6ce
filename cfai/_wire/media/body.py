"""The bytes of a request, as parts: what is ready, and media that are read and encoded slice by slice.

Nothing here ever holds a file as a whole: the length of a body is worked out first, from sizes alone (of an array of
numbers by one pass over the bytes), and then the parts are written one slice at a time. The transport decides in which
thread; a body can be sliced again for another attempt.
"""

import base64
import os
from collections.abc import Callable, Iterable, Iterator

import msgspec

from ..._catalogue.input_form import MediaForm
from ...errors import InvalidParams
from .sources import BytesSource, FlowSource, Source

_WORTH_A_THREAD = 1024 * 1024
"""Bytes from which on encoding would be felt by the other tasks of an event loop (about 1 ms)."""
SMALL = 2**20
"""Bytes up to which a body goes out in one go; beyond them aiohttp warns."""
_SLICE = 3 * 64 * 1024
"""Bytes of a medium that are encoded at a time; a multiple of three, so that base64 needs no padding in between."""
_ONE_DIGIT, _TWO_DIGITS = bytes(range(10)), bytes(range(100))


class MediaPart:
    """One medium in a body: where its bytes come from, and the form they take."""

    __slots__ = ("_length", "check", "form", "source")

    def __init__(self, source: Source, form: MediaForm) -> None:
        self.source = source
        self.form = form
        self.check: Callable[[], None] | None = None
        """Refuses with InvalidParams what is too large; called wherever the length is worked out, which for files
        is in a worker thread."""
        self._length: int | None = None

    def length(self) -> int:
        """Work out how many bytes it is in its form; a file is opened for it, and read where the form needs it.

        Raises:
            InvalidParams: There are none, or a file can't be read.
        """
        if self.check is not None:
            self.check()
        size = self.source.size()
        if self.form is MediaForm.RAW:
            self._length = size
        elif self.form is MediaForm.INTS:
            self._length = self._digits() + size - 1 + 2  # with the commas and the brackets
        else:
            self._length = len(self._prefix()) + (size + 2) // 3 * 4 + 1
        return self._length

    def slices(self) -> Iterator[bytes]:
        """Yield the bytes in their form, a slice at a time; a file is open only while this runs.

        Raises:
            InvalidParams: They are not as many as `length()` returned. Then never one more than those is given.
        """
        left = self.length() if self._length is None else self._length
        for data in self._encoded():
            left -= len(data)
            if left < 0:
                break
            yield data
        if left:
            raise InvalidParams(f"{self.source.field}: the file changed while it was sent")

    def _encoded(self) -> Iterator[bytes]:
        if self.form is MediaForm.RAW:
            yield from self.source.slices(_SLICE)
        elif self.form is MediaForm.INTS:
            yield from self._ints()
        else:
            yield self._prefix()
            for piece in self.source.slices(_SLICE):
                yield base64.b64encode(piece)
            yield b'"'

    def _ints(self) -> Iterator[bytes]:
        separator = b"["
        for piece in self.source.slices(_SLICE):
            yield separator + msgspec.json.encode(list(piece))[1:-1]
            separator = b","
        yield b"]"

    def _digits(self) -> int:
        count = 0
        for piece in self.source.slices(_SLICE):
            of_one, of_two = len(piece.translate(None, _ONE_DIGIT)), len(piece.translate(None, _TWO_DIGITS))
            count += len(piece) + of_one + of_two
        return count

    def _prefix(self) -> bytes:
        return f'"data:{self.source.media_type()};base64,'.encode("ascii") if self.form is MediaForm.DATA_URL else b'"'


class Body:
    """The body of a request."""

    __slots__ = ("parts", "small")

    def __init__(self, parts: Iterable[bytes | MediaPart]) -> None:
        self.parts = tuple(parts)
        only = self.parts[0] if len(self.parts) == 1 else None
        self.small = only if type(only) is bytes and len(only) <= SMALL else None
        """The whole, where it is there already and may go out in one go."""

    @property
    def is_heavy(self) -> bool:
        """Whether reading it belongs into a worker thread: a file has to be read, or much has to be encoded."""
        size = 0
        for part in self.parts:
            if isinstance(part, MediaPart):
                if not isinstance(part.source, BytesSource):
                    return True
                size += part.source.size() if part.form is not MediaForm.RAW else 0
        return size > _WORTH_A_THREAD

    @property
    def flow(self) -> FlowSource | None:
        """The async iterable that is this body, if it is one: then the rest of this class can't be used."""
        only = self.parts[0] if len(self.parts) == 1 else b""
        return only.source if isinstance(only, MediaPart) and isinstance(only.source, FlowSource) else None

    def measure(self) -> tuple[int, str]:
        """Give the length, and the media type of a body that is one medium (else an empty string).

        Raises:
            InvalidParams: A file can't be read, or a medium is empty.
        """
        length = sum(len(part) if isinstance(part, bytes) else part.length() for part in self.parts)
        only = self.parts[0] if len(self.parts) == 1 else b""
        return length, only.source.media_type() if isinstance(only, MediaPart) else ""

    def slices(self) -> Iterator[bytes]:
        """Yield the bytes a slice at a time; as often as they are asked for, each time after a call of `measure()`.

        Raises:
            InvalidParams: A file can't be read, or changed since it was measured.
        """
        for part in self.parts:
            if isinstance(part, bytes):
                yield part
            else:
                yield from part.slices()

    def read(self) -> tuple[bytes, str]:
        """Give all bytes at once, and the media type as `measure()` does; for small bodies."""
        only = self.parts[0] if len(self.parts) == 1 else None
        if isinstance(only, bytes):
            return only, ""
        return b"".join(self.slices()), only.source.media_type() if only is not None else ""


def multipart(fields: Iterable[tuple[str, str | MediaPart]]) -> tuple[Body, str]:
    """Write *fields* as multipart/form-data; give the body and its content type."""
    boundary = f"cfai-{os.urandom(16).hex()}"
    parts: list[bytes | MediaPart] = []
    for name, value in fields:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"'
        if isinstance(value, MediaPart):
            kind = value.source.stated_type()
            parts += [f'{head}; filename="{_quoted(name)}"\r\nContent-Type: {kind}\r\n\r\n'.encode(), value, b"\r\n"]
        else:
            parts.append(f"{head}\r\n\r\n{value}\r\n".encode())
    parts.append(f"--{boundary}--\r\n".encode())
    return Body(parts), f"multipart/form-data; boundary={boundary}"


def _quoted(name: str) -> str:
    # The way of browsers (HTML, multipart/form-data): three characters are percent-encoded, the others stand.
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
