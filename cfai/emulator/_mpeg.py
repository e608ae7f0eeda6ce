"""Silence as MP3, written by hand: frames of MPEG-2 Layer III, one channel, without a bit of sound in them."""

import math
from typing import Final

RATE: Final = 24_000
"""Samples a second; at this rate a frame of every bit rate is a whole number of bytes long, and none needs padding."""

_SAMPLES: Final = 576
"""Samples in a frame."""

# In kbit/s, by the header's index from 1 on (ISO/IEC 13818-3 for the first, 11172-3 for the second).
_KBITS_OF_MPEG_2: Final = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_KBITS_OF_MPEG_1: Final = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)

BIT_RATES: Final = tuple(1000 * rate for rate in _KBITS_OF_MPEG_2)
"""Bits a second that `silence` can be written with."""

_SYNC: Final = 0b11111111_11100000
_MPEG_1: Final = 0b11 << 3
_MPEG_2: Final = 0b10 << 3
_LAYER_3: Final = 0b01 << 1
_UNPROTECTED: Final = 1
_24_KHZ: Final = 0b01 << 2
_ONE_CHANNEL: Final = 0b11 << 6


def silence(seconds: float, bit_rate: int) -> bytes:
    """Write so many *seconds* of silence, rounded up to whole frames, with at least one."""
    return _frame(bit_rate) * max(1, math.ceil(seconds * RATE / _SAMPLES))


def bit_rate(data: bytes) -> int | None:
    """Read the bits a second off the first frame of a Layer III stream; None where *data* is none."""
    if len(data) < 4 or int.from_bytes(data[:2]) & _SYNC != _SYNC or data[1] & 0b110 != _LAYER_3:
        return None
    table = _KBITS_OF_MPEG_1 if data[1] & _MPEG_1 == _MPEG_1 else _KBITS_OF_MPEG_2
    index = data[2] >> 4
    return 1000 * table[index - 1] if 0 < index <= len(table) else None


def _frame(bit_rate: int) -> bytes:
    # The side information and the main data are all zero: no bits of sound, no reservoir.
    index = BIT_RATES.index(bit_rate) + 1
    head = (_SYNC | _MPEG_2 | _LAYER_3 | _UNPROTECTED, index << 4 | _24_KHZ, _ONE_CHANNEL)
    return (head[0].to_bytes(2) + bytes(head[1:])).ljust(bit_rate // 8 * _SAMPLES // RATE, b"\0")
