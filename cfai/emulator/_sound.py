"""Sounds that nobody takes for a voice, and how long a sound lasts."""

import math
import struct
from typing import Final

from cfai.emulator import _mpeg

_LOUDNESS: Final = 8000
"""Of at most 32767."""

_HEAD: Final = struct.Struct("<4sI4s4sIHHIIHH4sI")
_PCM: Final = 1
_LAWS: Final = {"alaw": 6, "mulaw": 7}
_BYTES_A_SECOND: Final = 16_000
"""What a sound of unknown form is taken for: MP3 and the like at 128 kbit/s."""


def tone(seconds: float, rate: int, pitch: int) -> bytes:
    """Write a tone of *pitch* hertz, as samples of 16 bits of one channel, the low byte first."""
    # A second holds a whole number of waves, so that its copies join without a click.
    wave = [round(_LOUDNESS * math.sin(2 * math.pi * pitch * index / rate)) for index in range(rate)]
    second = struct.pack(f"<{rate}h", *wave)
    length = 2 * round(seconds * rate)
    return (second * math.ceil(seconds))[:length]


def wav(samples: bytes, rate: int) -> bytes:
    """Put *samples* of 16 bits of one channel into a WAV file."""
    format_of_samples = (16, _PCM, 1, rate, 2 * rate, 2, 16)
    head = _HEAD.pack(b"RIFF", 36 + len(samples), b"WAVE", b"fmt ", *format_of_samples, b"data", len(samples))
    return head + samples


def law_wav(samples: bytes, rate: int, law: str) -> bytes:
    """Put *samples* of 8 bits of one channel, in one of telephony's two laws, into a WAV file."""
    format_of_samples = (16, _LAWS[law], 1, rate, rate, 1, 8)
    head = _HEAD.pack(b"RIFF", 36 + len(samples), b"WAVE", b"fmt ", *format_of_samples, b"data", len(samples))
    return head + samples


def seconds(data: bytes) -> float:
    """Tell how long *data* lasts: by its head where it is WAV or MP3, else a guess."""
    if data.startswith(b"RIFF") and len(data) >= _HEAD.size:
        bytes_a_second: int = _HEAD.unpack_from(data)[8]
        return (len(data) - _HEAD.size) / (bytes_a_second or _BYTES_A_SECOND)
    bit_rate = _mpeg.bit_rate(data)
    return len(data) / (bit_rate / 8 if bit_rate else _BYTES_A_SECOND)
