"""What kind of body an answer has. Nothing else decides that, for `run`, for `stream` and for the transport.

The bytes decide where they can, since servers in between change the content type; the type decides the rest
(docs/wire.md 2.1 and 4).
"""

import codecs
import re
from enum import Enum

from ...media import sniff
from .. import strict_json


class BodyKind(Enum):
    """What a body is, and so who reads it."""

    UNDECIDED = "undecided"
    """More bytes are needed."""
    REFUSAL = "refusal"
    """Whatever came with a status that is not 2xx: never an answer, and never a stream."""
    EMPTY = "empty"
    JSON = "JSON"
    JSON_LINES = "lines of JSON"
    """Objects of JSON, a line each, in answer to `stream`."""
    EVENTS = "events"
    """Server-sent events."""
    MEDIA = "media"
    HTML = "HTML"
    TEXT = "text"


_BOM = b"\xef\xbb\xbf"
_DONE = b"[DONE]"
_NOT_BLANK = re.compile(rb"[^ \t\r\n]")
_LINE_END = re.compile(rb"[\r\n]")
_FIELD = re.compile(rb"(?P<data>data)(?=[:\r\n])|(?:event|id|retry)(?=[:\r\n])|:")
_VALUE = re.compile(rb":?[ \t]*")
_NAMES = (b"data", b"event", b"id", b"retry")
_MARKUP = (b"<!doctype", b"<html")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
_TEXTUAL = ("json", "xml", "html", "javascript", "x-www-form-urlencoded")
_OF_MEDIA = ("audio/", "image/", "video/")

_TO_SNIFF = 16
"""Bytes by which a medium is told from a text."""
_TO_BELIEVE = 64
"""Bytes that have to look like text before those of an unknown type count as JSON. A line longer than this is looked
at again only when it ends."""


def body_kind(status: int, content_type: str, head: bytes, *, ended: bool = True, streamed: bool = False) -> BodyKind:
    """Return what kind of body begins with *head*.

    Args:
        status: The answer's status.
        content_type: The header as it came, with its parameters; empty where none came.
        head: The body, or its first bytes.
        ended: Whether *head* is the whole body. Only where it is not, the kind may be `UNDECIDED`.
        streamed: Whether a stream of text was asked for. Then lines of JSON are events, and what has no data yet may
            be a stream that was cut.
    """
    if not 200 <= status < 300:
        return BodyKind.REFUSAL
    if content_type == "application/json" and head.startswith(b"{"):
        return BodyKind.JSON  # most answers by far
    return _Look(content_type, streamed)(head, 0, ended)[0]


class BodyKindDetector:
    """The beginning of an answer that comes in pieces, kept until it tells what kind of body it is.

    Each byte is looked at a fixed number of times, however the network cut them. What begins as JSON does under a type
    of bytes counts as JSON by its beginning; whether all of it is, `body_kind` knows of the whole.
    """

    __slots__ = ("_line_ended", "_look", "_place", "body", "kind")

    def __init__(self, status: int, content_type: str, *, streamed: bool) -> None:
        self.kind = body_kind(status, content_type, b"", ended=False, streamed=streamed)
        self.body = bytearray()
        """All that has come."""
        self._look = _Look(content_type, streamed)
        self._place = 0
        self._line_ended = False

    def feed(self, chunk: bytes) -> BodyKind:
        """Add *chunk*, and return what the body is."""
        seen = len(self.body) - self._place
        self.body += chunk
        if self.kind is BodyKind.UNDECIDED:
            self._line_ended = self._line_ended or _LINE_END.search(chunk) is not None
            # Blanks decide nothing, and neither does the middle of a long line.
            if _NOT_BLANK.search(chunk) and (self._line_ended or seen <= _TO_BELIEVE):
                self.kind, self._place = self._look(self.body, self._place, False)
                self._line_ended = _LINE_END.search(self.body, self._place) is not None
        return self.kind

    def end(self) -> BodyKind:
        """Return what the body is, now that it is whole."""
        if self.kind is BodyKind.UNDECIDED:
            self.kind, self._place = self._look(self.body, self._place, True)
        return self.kind


class _Look:
    """Decides, line by line, from what a content type promises."""

    __slots__ = ("_is_events", "_is_html", "_is_json", "_is_media", "_is_textual", "_never_events", "_streamed")

    def __init__(self, content_type: str, streamed: bool) -> None:
        media_type = content_type.partition(";")[0].strip().lower()
        self._is_media = media_type.startswith(_OF_MEDIA)
        self._is_textual = not self._is_media and (
            not media_type or media_type.startswith("text/") or media_type.endswith(_TEXTUAL)
        )
        self._is_json = media_type == "application/json"
        self._is_html = self._is_textual and media_type.endswith("html")
        self._is_events = media_type == "text/event-stream"
        self._streamed = streamed
        self._never_events = self._is_json and not streamed
        """`run` believes a type that promises JSON; of a stream, servers in between change it."""

    def __call__(self, body: bytes | bytearray, place: int, ended: bool) -> tuple[BodyKind, int]:
        """Return what *body* is, and where its first line begins that has not told it.

        The lines before *place* are known to be fields of events without data.
        """
        if sniff(bytes(body[:_TO_SNIFF])) is not None:
            return BodyKind.MEDIA, place
        if not place and body.startswith(_BOM):
            place = len(_BOM)
        while found := _NOT_BLANK.search(body, place):
            place = found.start()
            kind = self._of_line(body, place, ended)
            if kind is not None:
                return kind, place
            end = _LINE_END.search(body, place)
            if not (self._is_textual or _is_text(body[place : end.start() if end else None])):
                return BodyKind.MEDIA, place
            if end is None:
                break
            place = end.end()
        return self._at_end(body) if ended else BodyKind.UNDECIDED, place

    def _of_line(self, body: bytes | bytearray, place: int, ended: bool) -> BodyKind | None:
        """Return what the line at *place* tells; None where it is a field of events that has no data."""
        head = bytes(body[place : place + _TO_SNIFF])
        if not ended and place == 0 and _BOM.startswith(head):
            return BodyKind.UNDECIDED
        if self._never_events:
            return self._of_other(body, ended)
        if head.startswith(_DONE):
            return BodyKind.EVENTS
        if not ended and (_DONE.startswith(head) or any(name.startswith(head) for name in _NAMES)):
            return BodyKind.UNDECIDED
        if head.startswith((b"{", b"[", b'"')):
            return self._of_json(body, place, ended)
        if head.startswith(b"<"):
            return self._of_markup(body, head.lower(), ended)
        field = _FIELD.match(body, place)
        if field is None:
            return self._of_other(body, ended)
        if field["data"]:
            return self._of_data(body, field.end(), ended)
        return BodyKind.MEDIA if self._is_media else None  # raw samples may begin like a field

    def _of_data(self, body: bytes | bytearray, place: int, ended: bool) -> BodyKind | None:
        """Return what a line of data tells. Under any other type than their own, events have JSON in it."""
        if self._is_events:
            return BodyKind.EVENTS
        value = _VALUE.match(body, place)
        first = bytes(body[value.end() : value.end() + 1]) if value else b""
        if first in (b"{", b"["):
            return BodyKind.EVENTS
        if first in (b"", b"\r", b"\n"):
            return None
        return self._of_other(body, ended)

    def _of_json(self, body: bytes | bytearray, place: int, ended: bool) -> BodyKind:
        if self._streamed and not self._is_json and body[place] == ord("{"):
            has_lines = _has_lines(body, place)
            if has_lines:
                return BodyKind.JSON_LINES
            if has_lines is None and not ended:
                return BodyKind.UNDECIDED
        if self._is_textual:
            return BodyKind.JSON
        if ended:
            return self._parsed(body)
        head = body[place : place + _TO_BELIEVE]
        if not _is_text(head):
            return BodyKind.MEDIA
        return BodyKind.JSON if len(head) == _TO_BELIEVE else BodyKind.UNDECIDED

    def _parsed(self, body: bytes | bytearray) -> BodyKind:
        try:
            strict_json.decode(bytes(body))
        except strict_json.NotJson as failure:
            is_cut = failure.cut and not self._is_media  # samples may begin as JSON does
            return BodyKind.JSON if is_cut else BodyKind.MEDIA
        return BodyKind.JSON

    def _of_markup(self, body: bytes | bytearray, head: bytes, ended: bool) -> BodyKind | None:
        if head.startswith(_MARKUP):
            return BodyKind.HTML
        if not ended and any(tag.startswith(head) for tag in _MARKUP):
            return BodyKind.UNDECIDED
        return self._of_other(body, ended)

    def _of_other(self, body: bytes | bytearray, ended: bool) -> BodyKind | None:
        """Return what a line is that begins like nothing that is known; None where it is a field of no meaning."""
        if self._is_events:
            return None
        if not self._is_textual:
            return BodyKind.MEDIA
        if not ended and len(body) < _TO_SNIFF:
            return BodyKind.UNDECIDED
        return self._of_type()

    def _of_type(self) -> BodyKind:
        if self._is_json:
            return BodyKind.JSON
        if self._is_html:
            return BodyKind.HTML
        return BodyKind.TEXT if self._is_textual else BodyKind.MEDIA

    def _at_end(self, body: bytes | bytearray) -> BodyKind:
        """Return what a whole *body* is of which no line has told it."""
        lines = [line for line in bytes(body).removeprefix(_BOM).splitlines() if line.strip()]
        if self._is_events and (_is_field(lines[0].lstrip()) if lines else self._streamed):
            return BodyKind.EVENTS
        if not body:
            return BodyKind.EMPTY
        if self._streamed and not self._is_media and lines and all(line.startswith(b":") for line in lines):
            return BodyKind.EVENTS
        return self._of_type()


def _has_lines(body: bytes | bytearray, place: int) -> bool | None:
    """Return whether the line at *place* is a whole object of JSON with another line behind it; None: not yet known."""
    end = _LINE_END.search(body, place)
    if end is None or _NOT_BLANK.search(body, end.end()) is None:
        return None
    try:
        strict_json.decode(bytes(body[place : end.start()]))
    except strict_json.NotJson:
        return False
    return True


def _is_field(line: bytes) -> bool:
    """Return whether *line* is a field of an event, or the beginning of one."""
    return _FIELD.match(line) is not None or any(name.startswith(line) for name in _NAMES)


def _is_text(data: bytes | bytearray) -> bool:
    """Return whether *data* is UTF-8, up to a character that is cut, without control characters."""
    if _CONTROL.search(data):
        return False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return False
    return True
