"""Draws a picture that nobody takes for a model's."""

from __future__ import annotations

import base64
import io
import struct
import textwrap
import zlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PIL.Image import Image

_DRAWN_AT_MOST: Final = 2000
"""Characters of a prompt that are drawn; more would not be readable, and laying them out takes long."""

FIXED_JPEG: Final = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD//gAPY2ZhaSBlbXVsYXRvcv/bAEMAEAsMDgwKEA4NDhIREBMYKBoYFhYYMSMlHSg6Mz08OTM4N0BIXE5ARF"
    "dFNzhQbVFXX2JnaGc+TXF5cGR4XGVnY//AAAsIABAAEAEBEQD/xAAUAAEAAAAAAAAAAAAAAAAAAAAA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/a"
    "AAgBAQAAPwAA/9k="
)
"""A grey JPEG of 16 x 16, for machines without Pillow: of its own size, whatever was asked."""


def png(prompt: str, width: int, height: int, colours: bytes) -> bytes:
    """Draw *prompt* as `jpeg` does, and give it as PNG; without Pillow, the ground alone, of the asked size still."""
    try:
        return _packed(_drawn(prompt, width, height, colours), "PNG", compress_level=1)
    except ImportError:  # Pillow is an extra
        return _ground(width, height, colours)


def jpeg(prompt: str, width: int, height: int, colours: bytes) -> bytes:
    """Draw *prompt* on a ground of six bytes of *colours*, and give it as JPEG of *width* x *height* pixels."""
    try:
        image = _drawn(prompt, width, height, colours)
        return _packed(image, "JPEG", quality=80, comment=b"cfai emulator")
    except ImportError:  # Pillow is an extra
        return FIXED_JPEG


def _drawn(prompt: str, width: int, height: int, colours: bytes) -> Image:
    from PIL import Image, ImageDraw, ImageFont

    upper, lower = _grounds(colours)
    image = Image.new("RGB", (width, height), tuple(upper))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, height // 2, width, height), fill=tuple(lower))
    size = max(8, min(width, height) // 20)
    columns, rows = int((width - 2 * size) / (0.6 * size)), int(height / (1.5 * size))
    text = _lines(prompt, columns=max(1, columns), rows=max(1, rows))
    draw.multiline_text((size, size), text, fill="white", font=ImageFont.load_default(size), spacing=size // 3)
    return image


def _lines(prompt: str, *, columns: int, rows: int) -> str:
    # Half a surrogate pair, which JSON may carry, cannot be laid out.
    shown = prompt[:_DRAWN_AT_MOST].encode("utf-8", "replace").decode()
    lines = [*textwrap.wrap("cfai emulator, not a model:", columns), *textwrap.wrap(shown, columns)]
    return "\n".join(lines[:rows])


def _packed(image: Image, form: str, **options: object) -> bytes:
    with io.BytesIO() as file:
        image.save(file, form, **options)
        return file.getvalue()


def _grounds(colours: bytes) -> tuple[bytes, bytes]:
    # Halved, so that white letters can be read on any of them.
    return bytes(value // 2 for value in colours[:3]), bytes(value // 2 for value in colours[3:6])


def _ground(width: int, height: int, colours: bytes) -> bytes:
    rows = [b"\0" + ground * width for ground in _grounds(colours)]
    pixels = zlib.compress(rows[0] * (height // 2) + rows[1] * (height - height // 2), level=1)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
