"""Draws a picture that nobody takes for a model's."""

from __future__ import annotations

import base64
import io
import textwrap
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


def jpeg(prompt: str, width: int, height: int, colours: bytes) -> bytes:
    """Draw *prompt* on a ground of six bytes of *colours*, and give it as JPEG of *width* x *height* pixels."""
    try:
        return _packed(_drawn(prompt, width, height, colours))
    except ImportError:  # Pillow is an extra
        return FIXED_JPEG


def _drawn(prompt: str, width: int, height: int, colours: bytes) -> Image:
    from PIL import Image, ImageDraw, ImageFont

    # Halved, so that white letters can be read on any of them.
    upper, lower = bytes(value // 2 for value in colours[:3]), bytes(value // 2 for value in colours[3:6])
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


def _packed(image: Image) -> bytes:
    with io.BytesIO() as file:
        image.save(file, "JPEG", quality=80, comment=b"cfai emulator")
        return file.getvalue()
