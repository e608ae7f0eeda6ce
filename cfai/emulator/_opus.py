"""Silence as Opus in Ogg, written by hand (RFC 7845 and 3533)."""

import math
import struct
from collections.abc import Sequence
from typing import Final

_RATE: Final = 48_000
_SAMPLES: Final = 960
"""Samples in a packet: 20 ms."""

_SILENT: Final = b"\xf8\xff\xfe"
_PACKETS: Final = 255
"""What a page holds of them."""

_PAGE: Final = struct.Struct("<4sBBqIIIB")
_SERIAL: Final = 0x63666169
_FIRST, _MIDDLE, _LAST = 2, 0, 4
_NAME: Final = b"cfai emulator"


def _row(value: int) -> int:
    value <<= 24
    for _ in range(8):
        value = (value << 1) ^ (0x04C11DB7 if value & 0x80000000 else 0)
    return value & 0xFFFFFFFF


_ROWS: Final = [_row(value) for value in range(256)]


def silence(seconds: float) -> bytes:
    """Write so many *seconds* of silence, rounded up to whole packets."""
    count = max(1, math.ceil(seconds * _RATE / _SAMPLES))
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 0, _RATE, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", len(_NAME)) + _NAME + struct.pack("<I", 0)
    pages = [_page([head], 0, 0, _FIRST), _page([tags], 0, 1, _MIDDLE)]
    for number, start in enumerate(range(0, count, _PACKETS), 2):
        end = min(start + _PACKETS, count)
        pages.append(_page([_SILENT] * (end - start), end * _SAMPLES, number, _LAST if end == count else _MIDDLE))
    return b"".join(pages)


def _page(packets: Sequence[bytes], position: int, number: int, kind: int) -> bytes:
    lengths = bytes(len(packet) for packet in packets)
    start = _PAGE.pack(b"OggS", 0, kind, position, _SERIAL, number, 0, len(packets))
    page = start + lengths + b"".join(packets)
    return page[:22] + struct.pack("<I", _checksum(page)) + page[26:]


def _checksum(data: bytes) -> int:
    value = 0
    for byte in data:
        value = (value << 8 & 0xFFFFFFFF) ^ _ROWS[value >> 24 ^ byte]
    return value
