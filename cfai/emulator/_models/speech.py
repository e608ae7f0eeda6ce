"""Speech from text, as raw sound (docs/wire.md 3.4)."""

from typing import Any, Final

from cfai.emulator import _mpeg
from cfai.emulator._models.model import Media
from cfai.emulator._replies import BadInput
from cfai.emulator._schema import INTEGER, STRING, Kind, Shape
from cfai.emulator._sound import tone, wav

_SPEAKERS: Final = (
    "angus",
    "asteria",
    "arcas",
    "orion",
    "orpheus",
    "athena",
    "luna",
    "zeus",
    "perseus",
    "helios",
    "hera",
    "stella",
)
_ENCODINGS: Final = ("linear16", "flac", "mulaw", "alaw", "mp3", "opus", "aac")

INPUT: Final = (
    Shape(
        ("text",),
        {
            "text": STRING,
            "speaker": Kind(("string",), choices=_SPEAKERS),
            "encoding": Kind(("string",), choices=_ENCODINGS),
            "container": Kind(("string",), choices=("none", "wav", "ogg")),
            # The bounds are our guess: those of telephones and of studios.
            "sample_rate": Kind(("integer",), least=8000, most=48_000),
            "bit_rate": INTEGER,
        },
    ),
)

_NEURONS_PER_CHARACTER: Final = 1.36364
_CHARACTERS_A_SECOND: Final = 15
_LONGEST: Final = 600.0
"""Seconds; a sound of a longer text ends here, for the memory's sake."""

_BIT_RATE: Final = 48_000
_SILENT_BYTE: Final = {"mulaw": b"\xff", "alaw": b"\xd5"}
_LOWEST_PITCH: Final = 220
_PITCH_STEP: Final = 20


def answer(body: dict[str, Any], _seed: int) -> Media:
    """Sound for about as long as it takes to say the text: MP3 is silence, and samples are a tone, one a speaker."""
    text: str = body["text"]
    seconds = min(max(len(text), 1) / _CHARACTERS_A_SECOND, _LONGEST)
    sound, content_type = _sound(body, seconds)
    return Media(sound, content_type, len(text) * _NEURONS_PER_CHARACTER)


def _sound(body: dict[str, Any], seconds: float) -> tuple[bytes, str]:
    # That a container is "none" where it is absent, and all content types but those of MP3, are our guess.
    match body.get("encoding", "mp3"), body.get("container", "none"):
        case "mp3", "none":
            return _mpeg.silence(seconds, _mp3_bit_rate(body)), "audio/mpeg"
        case "linear16", "wav":
            rate = int(body.get("sample_rate", 24_000))
            return wav(tone(seconds, rate, _pitch(body)), rate), "audio/wav"
        case "linear16", "none":
            rate = int(body.get("sample_rate", 24_000))
            return tone(seconds, rate, _pitch(body)), f"audio/l16;rate={rate};channels=1"
        case "mulaw" | "alaw" as law, "none":
            rate = int(body.get("sample_rate", 8000))
            return _SILENT_BYTE[law] * round(seconds * rate), f"audio/{law};rate={rate};channels=1"
        case encoding, container:
            # The service has more of them; the emulator says so instead of answering in another form.
            raise BadInput(f"the emulator does not write {encoding} with the container {container}")


def _mp3_bit_rate(body: dict[str, Any]) -> int:
    bit_rate = int(body.get("bit_rate", _BIT_RATE))
    if bit_rate not in _mpeg.BIT_RATES:
        raise BadInput(f"bit_rate {bit_rate} not in {','.join(map(str, _mpeg.BIT_RATES))}")
    return bit_rate


def _pitch(body: dict[str, Any]) -> int:
    return _LOWEST_PITCH + _PITCH_STEP * _SPEAKERS.index(body.get("speaker", _SPEAKERS[0]))
