"""Reads multipart/form-data, by hand: the standard library's reader is made for letters, and changes line ends."""

from email.message import Message
from email.parser import BytesHeaderParser
from typing import Final

from attrs import frozen

from cfai.emulator._replies import Incomplete

_LINE: Final = b"\r\n"


@frozen
class Part:
    """One field or file of a form."""

    name: str
    file_name: str | None
    """None for a field."""

    data: bytes


def content_type(value: str) -> str:
    """Give the kind alone of a Content-Type header, in lower case; empty for an empty one."""
    return value.partition(";")[0].strip().lower()


def parts(header: str, body: bytes) -> list[Part]:
    """Take a form apart, by the boundary in its Content-Type *header*; raise Incomplete where it breaks off."""
    message = Message()
    message["content-type"] = header
    boundary = message.get_boundary()
    if not boundary:
        raise Incomplete
    # The first delimiter has no line end before it where nothing comes before it.
    pieces = (_LINE + body).split(_LINE + b"--" + boundary.encode())[1:]
    if not pieces or not pieces[-1].startswith(b"--"):
        raise Incomplete
    return [_part(piece.removeprefix(_LINE)) for piece in pieces[:-1]]


def _part(piece: bytes) -> Part:
    head, _, data = piece.partition(2 * _LINE)
    headers = BytesHeaderParser().parsebytes(head)
    name, file_name = (headers.get_param(key, header="content-disposition") for key in ("name", "filename"))
    return Part(_text(name) or "", _text(file_name), data)


def _text(parameter: object) -> str | None:
    """Read a header's parameter, which may come as a triple of charset, language and text (RFC 2231)."""
    if isinstance(parameter, tuple):
        return str(parameter[2])
    return None if parameter is None else str(parameter)
