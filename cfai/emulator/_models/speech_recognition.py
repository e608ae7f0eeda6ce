"""The other models that listen: nova-3, and the one that tells whether a speaker is done (docs/wire.md 3.5, 3.6)."""

from collections.abc import Mapping
from typing import Any, Final

from cfai.emulator._models.inputs import File, Json
from cfai.emulator._models.model import Answer, Model, fraction
from cfai.emulator._models.pictures import from_base64
from cfai.emulator._models.transcription import heard, report, spread
from cfai.emulator._replies import KnownRefusal
from cfai.emulator._schema import STRING, Kind, Shape
from cfai.emulator._sound import seconds

_FLAG: Final = Kind(("string",), choices=("true", "false"))
_STRICTNESS: Final = Kind(("string",), choices=("extended", "strict"))
_FLAGS: Final = [
    "detect_entities",
    "detect_language",
    "diarize",
    "dictation",
    "filler_words",
    "measurements",
    "mip_opt_out",
    "multichannel",
    "numerals",
    "paragraphs",
    "profanity_filter",
    "punctuate",
    "sentiment",
    "smart_format",
    "topics",
    "utterances",
    "interim_results",
    "vad_events",
]
_OPTIONS: Final = Shape(
    (),
    {
        **dict.fromkeys(_FLAGS, _FLAG),
        "custom_intent_mode": _STRICTNESS,
        "custom_topic_mode": _STRICTNESS,
        "encoding": Kind(
            ("string",), choices=("linear16", "flac", "mulaw", "amr-nb", "amr-wb", "opus", "speex", "g729")
        ),
        "language": STRING,
        "mode": Kind(("string",), choices=("general", "medical", "finance")),
    },
)
_TURN_INPUT: Final = (
    Shape(("audio",), {"audio": STRING, "dtype": Kind(("string",), choices=("uint8", "float32", "float64"))}),
)
_NOT_SPOKEN: Final = "uk"
"""The language that nova-3 was seen to refuse (docs/wire.md 3.5)."""

_NOVA_PRICE: Final = 472.73
_TURN_PRICE: Final = 0.51
_SURE: Final = 0.99


def nova(body: dict[str, Any], _seed: int) -> Answer:
    """Tell how much was heard, in the one alternative of one channel; with `sentiment`, how it felt."""
    sound = heard(body["audio"])
    if body.get("language") == _NOT_SPOKEN:
        raise KnownRefusal(8007, "language")
    length = seconds(sound)
    text = report(sound, length)
    words = [{**word, "confidence": _SURE} for word in spread(text, length)]
    channels = [{"alternatives": [{"transcript": text, "confidence": _SURE, "words": words}]}]
    feelings = {"sentiments": _feelings(text)} if body.get("sentiment") == "true" else {}
    neurons = length / 60 * _NOVA_PRICE
    # That `usage` stands here is recorded; what is in it is our guess.
    return Answer({"results": {"channels": channels, **feelings}, "usage": {"neurons": neurons}}, neurons)


def turn(body: dict[str, Any], seed: int) -> Answer:
    """Guess whether the speaker is done, by the bytes of the sound."""
    sound = heard(from_base64(body["audio"], "audio"))
    probability = round(fraction("turn", seed, sound.hex()), 8)
    return Answer({"is_complete": probability > 0.5, "probability": probability}, seconds(sound) / 60 * _TURN_PRICE)


def _feelings(text: str) -> dict[str, Any]:
    neutral = {"sentiment": "neutral", "sentiment_score": 0}
    segment = {"text": text, "start_word": 0, "end_word": len(text.split()) - 1, **neutral}
    return {"segments": [segment], "average": neutral}


MODELS: Final[Mapping[str, Model]] = {
    "@cf/deepgram/nova-3": Model(File("audio", _OPTIONS), nova),
    "@cf/pipecat-ai/smart-turn-v2": Model(Json(_TURN_INPUT), turn),
}
