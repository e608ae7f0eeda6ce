"""Silence as AAC in ADTS, written by hand (ISO/IEC 13818-7)."""

import math
from typing import Final

RATE: Final = 24_000
_SAMPLES: Final = 1024
"""Samples in a frame."""

_SILENT: Final = b"\x00\xc8\x00\x80\x23\x80"
"""One channel with nothing in it."""

_LOW_COMPLEXITY: Final = 1
_24_KHZ: Final = 6
_ONE_CHANNEL: Final = 1
_HEAD: Final = 7


def silence(seconds: float) -> bytes:
    """Write so many *seconds* of silence, rounded up to whole frames."""
    length = _HEAD + len(_SILENT)
    # 12 bits of sync, "MPEG-4, layer 0, unprotected", and then the fields in their widths; the buffer is "variable".
    head = 0xFFF1 << 40 | _LOW_COMPLEXITY << 38 | _24_KHZ << 34 | _ONE_CHANNEL << 30 | length << 13 | 0x7FF << 2
    return (head.to_bytes(_HEAD) + _SILENT) * max(1, math.ceil(seconds * RATE / _SAMPLES))
