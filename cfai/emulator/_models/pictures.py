"""What the models that take pictures check of them."""

import base64
from typing import Final

from cfai.emulator._replies import Refusal

_HEAD: Final = 4096
"""Bytes at the start of a file that are looked at."""


def from_base64(text: str) -> bytes:
    """Decode a picture, or refuse with 400/5004 (docs/wire.md 2.3); the words are our guess."""
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise Refusal(400, 5004, "Invalid data: the picture is not base64") from None


def refuse_svg(picture: bytes) -> None:
    """Fail as the service fails on SVG: 500/8005 (docs/wire.md 2.4)."""
    head = picture[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(b"<svg") or (head.startswith((b"<?xml", b"<!--", b"<!doctype")) and b"<svg" in head):
        raise Refusal(500, 8005, "Internal server error")
