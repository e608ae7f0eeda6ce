"""What the models that take files check of them."""

import base64
import re
from typing import Any, Final

from cfai.emulator._replies import BadInput, KnownRefusal, Refusal

_HEAD: Final = 4096
"""Bytes at the start of a file that are looked at."""

_PICTURE: Final = re.compile(
    rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff|GIF8[79]a|RIFF.{4}WEBP|BM.{4}\x00{4}|II\*\x00|MM\x00\*|.{4}ftyp(?:avif|heic|mif1)",
    re.DOTALL,
)
"""PNG, JPEG, GIF, WebP, BMP, TIFF, AVIF and HEIC."""


def from_base64(text: str, what: str = "the picture") -> bytes:
    """Decode a file, or refuse with 400/5004 (docs/wire.md 2.3); the words are our guess."""
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise Refusal(400, 5004, f"Invalid data: {what} is not base64") from None


def from_data_url(url: str) -> bytes:
    """Decode a picture in a data URL, the one URL that these models take (docs/wire.md 3.2)."""
    head, _, data = url.partition(",")
    if not head.startswith("data:"):
        # That it is refused is documented; with which code is not, and is our guess.
        raise BadInput("the url of an image must be a data URL")
    picture = from_base64(data)
    if not picture:
        raise KnownRefusal(8006, "image")
    return looked_at(picture)


def looked_at(picture: bytes) -> bytes:
    """Give *picture* back, or fail as the service fails on SVG: 500/8005 (docs/wire.md 2.4)."""
    if _is_svg(picture):
        raise KnownRefusal(8005)
    return picture


def is_picture(data: bytes) -> bool:
    """Return whether *data* begins as a picture of a common kind does."""
    return _PICTURE.match(data) is not None or _is_svg(data)


def _is_svg(data: bytes) -> bool:
    head = data[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return head.startswith(b"<svg") or (head.startswith((b"<?xml", b"<!--", b"<!doctype")) and b"<svg" in head)


def look_at_parts(content: object) -> None:
    """Look at the pictures in a message's content, be it a text, a part or a list of parts."""
    for part in content if isinstance(content, list) else [content]:
        if isinstance(part, dict) and "image_url" in part:
            from_data_url(_url(part["image_url"]))


def _url(image: Any) -> str:
    return str(image.get("url", "")) if isinstance(image, dict) else str(image)
