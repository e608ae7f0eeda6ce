"""Text from speech (docs/wire.md 3.5)."""

from collections.abc import Mapping
from typing import Any, Final

from attrs import frozen

from cfai.emulator._models.inputs import Json, JsonOrFile, as_bytes
from cfai.emulator._models.model import Answer, Model
from cfai.emulator._models.pictures import from_base64, is_picture
from cfai.emulator._replies import BadInput, Incomplete
from cfai.emulator._schema import BOOLEAN, BYTES, NUMBER, STRING, Kind, Shape
from cfai.emulator._sound import seconds

# The first stands for the raw body, which the service's schema calls a string.
_INPUT: Final = (STRING, Shape(("audio",), {"audio": BYTES}))
_TURBO_INPUT: Final = (
    Shape(
        ("audio",),
        {
            "audio": STRING,
            "task": STRING,
            "language": STRING,
            "vad_filter": BOOLEAN,
            "initial_prompt": STRING,
            "prefix": STRING,
            "beam_size": NUMBER,
            "condition_on_previous_text": BOOLEAN,
            "no_speech_threshold": NUMBER,
            "compression_ratio_threshold": NUMBER,
            "log_prob_threshold": NUMBER,
            "hallucination_silence_threshold": NUMBER,
        },
    ),
)
_NEMOTRON_INPUT: Final = (
    Shape(
        ("audio",),
        {
            "audio": STRING,
            "encoding": Kind(("string",), choices=("wav", "flac", "ogg", "linear16")),
            "sample_rate": NUMBER,
            "channels": NUMBER,
        },
    ),
)
_TURBO_PRICE: Final = 46.63


@frozen
class _Whisper:
    price: float = 0
    """Neurons for a minute."""

    def __call__(self, body: dict[str, Any], _seed: int) -> Answer:
        """Tell how much was heard, with the words spread over its length."""
        sound = heard(as_bytes(body["audio"]))
        length = seconds(sound)
        text = report(sound, length)
        words = spread(text, length)
        result = {"text": text, "word_count": len(words), "words": words, "vtt": subtitles(text, length)}
        return Answer(result, length / 60 * self.price)


def turbo(body: dict[str, Any], _seed: int) -> Answer:
    """Tell the same in one segment, with what is known of the language."""
    sound = heard(from_base64(body["audio"], "audio"))
    length = seconds(sound)
    text = report(sound, length)
    words = spread(text, length)
    segment = {
        "start": 0,
        "end": round(length, 2),
        "text": text,
        "temperature": 0,
        "avg_logprob": -0.25,
        "compression_ratio": 1.25,
        "no_speech_prob": 0.01,
        "words": words,
    }
    language = body.get("language", "en")
    info = {"language": language, "language_probability": 1, "duration": length, "duration_after_vad": length}
    result = {
        "transcription_info": info,
        "text": text,
        "word_count": len(words),
        "segments": [segment],
        "vtt": subtitles(text, length),
    }
    return Answer(result, length / 60 * _TURBO_PRICE)


def nemotron(body: dict[str, Any], _seed: int) -> Answer:
    """Tell it without times; samples without a head are as long as the request says."""
    sound = heard(from_base64(body["audio"], "audio"))
    length = seconds(sound)
    if body.get("encoding") == "linear16":
        length = len(sound) / (2 * (body.get("sample_rate") or 16_000) * (body.get("channels") or 1))
    return Answer({"text": report(sound, length), "duration": round(length, 3)}, 0)


def heard(sound: bytes) -> bytes:
    """Return *sound*; raise a Refusal where there is none, or where it is a picture.

    How the service refuses a picture is not recorded: 400/5006 is our guess.
    """
    if not sound:
        raise Incomplete
    if is_picture(sound):
        raise BadInput("the audio is a picture")
    return sound


def report(sound: bytes, length: float) -> str:
    """Say who listens, and how much there was."""
    return f"I am the cfai emulator, not a model. I heard {len(sound)} bytes, about {length:.1f} seconds."


def spread(text: str, length: float) -> list[dict[str, Any]]:
    """Spread the words of *text* over *length* seconds."""
    words = text.split()
    step = length / len(words)
    return [
        {"word": word, "start": round(index * step, 2), "end": round((index + 1) * step, 2)}
        for index, word in enumerate(words)
    ]


def subtitles(text: str, length: float) -> str:
    """Write *text* as WebVTT."""
    return f"WEBVTT\n\n{_stamp(0)} --> {_stamp(length)}\n{text}\n\n"


def _stamp(moment: float) -> str:
    milliseconds = round(1000 * moment)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000:03}"


MODELS: Final[Mapping[str, Model]] = {
    "@cf/nvidia/nemotron-speech-streaming-en-0.6b": Model(Json(_NEMOTRON_INPUT), nemotron),
    "@cf/openai/whisper": Model(JsonOrFile(_INPUT, "audio"), _Whisper(41.14)),
    "@cf/openai/whisper-large-v3-turbo": Model(Json(_TURBO_INPUT), turbo),
    "@cf/openai/whisper-tiny-en": Model(JsonOrFile(_INPUT, "audio"), _Whisper()),
}
