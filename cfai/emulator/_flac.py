"""Silence as FLAC, written by hand: frames of one channel, each of one constant (RFC 9639)."""

import struct
from typing import Final

_SAMPLES: Final = 4096
"""Samples in a frame."""

_BITS: Final = 16
_FIXED_BLOCKS: Final = b"\xff\xf8"
_LONG: Final = b"\xc0"
"""The code of 4096 samples, and that of the rate in the head of the file."""

_SHORT: Final = b"\x70"
"""The code for another number, which follows."""

_ONE_CHANNEL_OF_16_BITS: Final = b"\x08"
_CONSTANT_ZERO: Final = b"\0\0\0"


def silence(seconds: float, rate: int) -> bytes:
    """Write so many *seconds* of silence, of *rate* samples each."""
    length = max(1, round(seconds * rate))
    whole, rest = divmod(length, _SAMPLES)
    frames = [_frame(number, _SAMPLES) for number in range(whole)] + ([_frame(whole, rest)] if rest else [])
    # 20 bits of the rate, 3 of the channels, 5 of the sample's size and 36 of the length; then an unknown checksum.
    numbers = rate << 44 | (_BITS - 1) << 36 | length
    info = struct.pack(">HH3s3s", _SAMPLES, _SAMPLES, b"\0" * 3, b"\0" * 3) + numbers.to_bytes(8) + b"\0" * 16
    return b"fLaC" + b"\x80" + len(info).to_bytes(3) + info + b"".join(frames)


def _frame(number: int, samples: int) -> bytes:
    size, after = (_LONG, b"") if samples == _SAMPLES else (_SHORT, (samples - 1).to_bytes(2))
    head = _FIXED_BLOCKS + size + _ONE_CHANNEL_OF_16_BITS + chr(number).encode() + after
    whole = head + _checksum(head, 8, 0x07).to_bytes() + _CONSTANT_ZERO
    return whole + _checksum(whole, 16, 0x8005).to_bytes(2)


def _checksum(data: bytes, bits: int, polynomial: int) -> int:
    value = 0
    for byte in data:
        value ^= byte << (bits - 8)
        for _ in range(8):
            value = value << 1 ^ (polynomial if value >> (bits - 1) else 0)
            value &= (1 << bits) - 1
    return value
