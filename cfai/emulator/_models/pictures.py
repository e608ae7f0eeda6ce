"""What the models that take files check of them."""

import base64
from typing import Any, Final

from cfai.emulator._replies import BadInput, KnownRefusal, Refusal

_HEAD: Final = 4096
"""Bytes at the start of a file that are looked at."""


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
    head = picture[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(b"<svg") or (head.startswith((b"<?xml", b"<!--", b"<!doctype")) and b"<svg" in head):
        raise KnownRefusal(8005)
    return picture


def look_at_parts(content: object) -> None:
    """Look at the pictures in a message's content, be it a text, a part or a list of parts."""
    for part in content if isinstance(content, list) else [content]:
        if isinstance(part, dict) and "image_url" in part:
            from_data_url(_url(part["image_url"]))


def _url(image: Any) -> str:
    return str(image.get("url", "")) if isinstance(image, dict) else str(image)
