"""Base64 and data URLs, as bytes."""

import base64
import binascii
from urllib.parse import unquote, unquote_to_bytes

from ..convert.errors import ShapeError


def decode_base64(text: str, path: str) -> tuple[bytes, str | None]:
    """Decode base64 with or without line breaks and padding, or a data URL; with the URL's media type if any."""
    media_type = None
    if text[:5].lower() == "data:":
        head, comma, text = text[5:].partition(",")
        if not comma:
            raise ShapeError("a data URL without its comma", path)
        media_type = head.partition(";")[0].strip().lower() or None
        if not head.rstrip().lower().endswith(";base64"):
            return _unquoted(text, path), media_type
        text = unquote(text) if "%" in text else text
    try:
        return _unpadded(text), media_type
    except (binascii.Error, ValueError) as failure:
        reason = f"not base64: {failure}"
    raise ShapeError(reason, path)


def _unquoted(text: str, path: str) -> bytes:
    try:
        return unquote_to_bytes(text)
    except UnicodeEncodeError as failure:
        reason = f"a data URL that is not valid Unicode: {failure.reason}"
    raise ShapeError(reason, path)


def _unpadded(text: str) -> bytes:
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except binascii.Error:
        clean = "".join(text.split()).rstrip("=")
        return base64.b64decode(clean + "=" * (-len(clean) % 4), validate=True)
