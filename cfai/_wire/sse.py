"""Server-sent events: bytes in, the data of each event out (docs/wire.md 4, and WHATWG HTML 9.2)."""

import re

from ..errors import ResponseTooLarge
from . import strict_json

DONE = b"[DONE]"
"""The data of the event that ends most streams."""

_BOM = b"\xef\xbb\xbf"
_BLANKS = b" \t\n"
_FIELDS = (b":", b"event:", b"id:", b"retry:")
_LINE_END = re.compile(rb"[\r\n]")


class SseDecoder:
    r"""Cuts a stream into the data of its events, however the network cut it into pieces.

    Lines may end in LF, CR or CRLF. Of an event only its data is kept, for the service tells nothing by the other
    fields; several lines of it are joined by "\n". One thing is read that no standard knows: a line `[DONE]` without
    its field's name.

    What it keeps is the bytes of one event; each byte is looked at a fixed number of times.
    """

    __slots__ = ("_begun", "_cr", "_most", "_past_bom", "_pending", "_size")

    def __init__(self, max_bytes: int | None = None) -> None:
        self._most = max_bytes
        """Bytes of the whole stream, `max_response_bytes`; None is no limit."""
        self._size = 0
        self._past_bom = False
        self._begun = False
        self._cr = False
        self._pending = bytearray()

    def feed(self, chunk: bytes) -> list[bytes]:
        """Give the data of the events that *chunk* completes.

        Raises:
            ResponseTooLarge: The stream has more bytes than it may have.
        """
        self._size += len(chunk)
        if self._most is not None and self._size > self._most:
            raise ResponseTooLarge(f"the stream has more than max_response_bytes={self._most:,} bytes")
        if self._cr or b"\r" in chunk:
            chunk = self._with_lf(chunk)
        if self._pending or not self._begun or not chunk.endswith(b"\n\n"):
            chunk = self._whole_events(chunk)
        return _data(chunk) if chunk else []

    def finish(self) -> list[bytes]:
        """Give what stands at the end of the stream without the blank line that ends an event, if it is whole."""
        rest, self._pending = bytes(self._pending), bytearray()
        return [data for data in _data_by_lines(rest + b"\n\n") if _is_whole(data)]

    def _with_lf(self, chunk: bytes) -> bytes:
        """Make each end of a line an LF. A CR ends its line at once: an LF that comes with it may come much later."""
        if self._cr and chunk:
            self._cr = False
            chunk = chunk.removeprefix(b"\n")
        self._cr = self._cr or chunk.endswith(b"\r")
        return chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")

    def _opened(self, chunk: bytes) -> bytes:
        """Remove what may stand before the first line: a byte order mark and blanks."""
        if not self._past_bom:
            chunk = bytes(self._pending) + chunk
            self._pending.clear()
            if len(chunk) < len(_BOM) and _BOM.startswith(chunk):
                return chunk  # it is kept, as the beginning of an event would be
            self._past_bom = True
            chunk = chunk.removeprefix(_BOM)
        chunk = chunk.lstrip(_BLANKS)
        self._begun = bool(chunk)
        return chunk

    def _whole_events(self, chunk: bytes) -> bytes:
        """Give all that is there up to the last blank line, and keep the rest."""
        if not self._begun:
            chunk = self._opened(chunk)
        pending = self._pending
        end = chunk.rfind(b"\n\n") + 2
        if end == 1 and not (chunk.startswith(b"\n") and pending.endswith(b"\n")):
            pending += chunk
            return b""
        whole = b"".join((pending, memoryview(chunk)[:end]))
        pending[:] = memoryview(chunk)[end:]
        return whole


class LineDecoder:
    """Cuts lines of JSON, which no standard knows as a stream, into the data of events: one a line."""

    __slots__ = ("_pending",)

    def __init__(self) -> None:
        self._pending = bytearray()

    def feed(self, chunk: bytes) -> list[bytes]:
        """Return the data of the lines that *chunk* completes."""
        self._pending += chunk
        if _LINE_END.search(chunk) is None:
            return []
        *lines, rest = _LINE_END.split(bytes(self._pending))
        self._pending = bytearray(rest)
        return [data for line in lines if (data := _data_of_line(line))]

    def finish(self) -> list[bytes]:
        """Return the data of the last line, where it has no end and is whole."""
        data = _data_of_line(bytes(self._pending))
        self._pending.clear()
        return [data] if data and _is_whole(data) else []


def _data_of_line(line: bytes) -> bytes:
    """Return the data of a line of JSON; empty where it is blank, a comment, or a field of an event without data."""
    data = _data_of(line)
    if data is not None:
        return data
    return b"" if line.startswith(_FIELDS) else line.strip()


def _data(events: bytes) -> list[bytes]:
    """Read whole events: at once where each is one line of data, as the service writes them, else line by line."""
    if events.startswith(b"data: "):
        found = events.split(b"\n\ndata: ")
        if events.count(b"\n") == 2 * len(found):
            found[0] = found[0][6:]
            found[-1] = found[-1][:-2]
            return found
    return _data_by_lines(events)


def _data_by_lines(events: bytes) -> list[bytes]:
    found: list[bytes] = []
    lines: list[bytes] = []
    for line in events.split(b"\n"):
        data = _data_of(line)
        if data is not None and data.strip() != DONE:
            lines.append(data)
        elif data is not None or not line:  # the end mark is an event of its own, even where no blank line says so
            if lines:
                found.append(b"\n".join(lines))
                lines = []
            if data is not None:
                found.append(DONE)
    return found


def _data_of(line: bytes) -> bytes | None:
    if line.startswith(b"data:"):
        return line[6:] if line[5:6] == b" " else line[5:]
    if line == b"data":
        return b""
    return line if line.strip() == DONE else None


def _is_whole(data: bytes) -> bool:
    """Return whether *data*, at the end of a stream that did not end its event, is all of it."""
    if data.strip() == DONE:
        return True
    try:
        strict_json.decode(data)
    except strict_json.NotJson:
        return False
    return True
