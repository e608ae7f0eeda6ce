"""Text from speech, of a raw body or of numbers (docs/wire.md 3.5, whisper)."""

from typing import Any, Final

from cfai.emulator._models.model import Answer
from cfai.emulator._replies import Incomplete
from cfai.emulator._schema import BYTES, STRING, Shape
from cfai.emulator._sound import seconds

# The first stands for the raw body, which the service's schema calls a string.
INPUT: Final = (STRING, Shape(("audio",), {"audio": BYTES}))

_NEURONS_PER_MINUTE: Final = 41.14


def answer(body: dict[str, Any], _seed: int) -> Answer:
    """Hear the bytes that JSON gives as numbers; some encoders write them as 4.0."""
    return answer_bytes(bytes(map(int, body["audio"])))


def answer_bytes(sound: bytes) -> Answer:
    """Tell how much was heard, with the words spread over its length."""
    if not sound:
        raise Incomplete
    length = seconds(sound)
    text = f"I am the cfai emulator, not a model. I heard {len(sound)} bytes, about {length:.1f} seconds."
    words = text.split()
    step = length / len(words)
    result = {
        "text": text,
        "word_count": len(words),
        "words": [
            {"word": word, "start": round(index * step, 2), "end": round((index + 1) * step, 2)}
            for index, word in enumerate(words)
        ],
        "vtt": f"WEBVTT\n\n{_stamp(0)} --> {_stamp(length)}\n{text}\n\n",
    }
    return Answer(result, length / 60 * _NEURONS_PER_MINUTE)


def _stamp(moment: float) -> str:
    milliseconds = round(1000 * moment)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000:03}"
