"""Speech from text, as raw sound, or as base64 in JSON (docs/wire.md 3.4)."""

import base64
from collections.abc import Mapping
from typing import Any, Final

from attrs import frozen

from cfai.emulator import _adts, _flac, _mpeg, _opus
from cfai.emulator._models.inputs import Json
from cfai.emulator._models.model import Answer, Media, Model
from cfai.emulator._replies import BadInput
from cfai.emulator._schema import INTEGER, STRING, Kind, Shape
from cfai.emulator._sound import law_wav, tone, wav

_AURA_1: Final = "angus asteria arcas orion orpheus athena luna zeus perseus helios hera stella"
_AURA_2_EN: Final = (
    "amalthea andromeda apollo arcas aries asteria athena atlas aurora callista cora cordelia delia draco electra"
    " harmonia helena hera hermes hyperion iris janus juno jupiter luna mars minerva neptune odysseus ophelia orion"
    " orpheus pandora phoebe pluto saturn thalia theia vesta zeus"
)
_AURA_2_ES: Final = "sirio nestor carina celeste alvaro diana aquila selena estrella javier"
_ENCODINGS: Final = ("linear16", "flac", "mulaw", "alaw", "mp3", "opus", "aac")

_CHARACTERS_A_SECOND: Final = 15
_LONGEST: Final = 600.0
"""Seconds; a sound of a longer text ends here, for the memory's sake."""

_BIT_RATE: Final = 48_000
_SILENT_BYTE: Final = {"mulaw": b"\xff", "alaw": b"\xd5"}
_LOWEST_PITCH: Final = 220
_PITCH_STEP: Final = 20
_MELO_INPUT: Final = (Shape(("prompt",), {"prompt": STRING, "lang": STRING}),)
_MELO_RATE: Final = 16_000
"""Samples a second; the recordings do not tell."""

_MELO_PRICE: Final = 18.63
"""Neurons for a minute."""


@frozen
class _Aura:
    speakers: tuple[str, ...]
    price: float
    """Neurons for a character."""

    def __call__(self, body: dict[str, Any], _seed: int) -> Media:
        """Sound for about as long as it takes to say the text: samples are a tone, one a speaker, the rest silence."""
        sound, content_type = self._sound(body, length(body["text"]))
        return Media(sound, content_type, len(body["text"]) * self.price, in_pieces=True)

    def _sound(self, body: dict[str, Any], seconds: float) -> tuple[bytes, str]:
        # What an absent container means, and all content types but that of MP3, are our guess.
        encoding = body.get("encoding", "mp3")
        match encoding, body.get("container", "ogg" if encoding == "opus" else "none"):
            case "mp3", "none":
                return _mpeg.silence(seconds, _mp3_bit_rate(body)), "audio/mpeg"
            case "flac", "none":
                return _flac.silence(seconds, int(body.get("sample_rate", 24_000))), "audio/flac"
            case "opus", "ogg":
                return _opus.silence(seconds), "audio/ogg"
            case "aac", "none":
                return _adts.silence(seconds), "audio/aac"
            case "linear16", "wav":
                rate = int(body.get("sample_rate", 24_000))
                return wav(tone(seconds, rate, self._pitch(body)), rate), "audio/wav"
            case "linear16", "none":
                rate = int(body.get("sample_rate", 24_000))
                return tone(seconds, rate, self._pitch(body)), f"audio/l16;rate={rate};channels=1"
            case "mulaw" | "alaw" as law, "none" | "wav" as container:
                rate = int(body.get("sample_rate", 8000))
                samples = _SILENT_BYTE[law] * round(seconds * rate)
                if container == "wav":
                    return law_wav(samples, rate, law), "audio/wav"
                return samples, f"audio/{law};rate={rate};channels=1"
            case _, container:
                # The service may have more of them; the emulator says so instead of answering in another form.
                raise BadInput(f"the emulator does not write {encoding} with the container {container}")

    def _pitch(self, body: dict[str, Any]) -> int:
        return _LOWEST_PITCH + _PITCH_STEP * self.speakers.index(body.get("speaker", self.speakers[0]))


def melo(body: dict[str, Any], _seed: int) -> Answer:
    """Return a tone as base64 of a WAV, as recordings have it; the schema says MP3, and has raw bytes too."""
    seconds = length(body["prompt"])
    sound = base64.b64encode(wav(tone(seconds, _MELO_RATE, _LOWEST_PITCH), _MELO_RATE)).decode()
    return Answer({"audio": sound}, seconds / 60 * _MELO_PRICE)


def length(text: str) -> float:
    """Say how many seconds it takes to speak *text*."""
    return min(max(len(text), 1) / _CHARACTERS_A_SECOND, _LONGEST)


def _mp3_bit_rate(body: dict[str, Any]) -> int:
    bit_rate = int(body.get("bit_rate", _BIT_RATE))
    if bit_rate not in _mpeg.BIT_RATES:
        raise BadInput(f"bit_rate {bit_rate} not in {','.join(map(str, _mpeg.BIT_RATES))}")
    return bit_rate


def _aura(names: str, price: float, *, terms: bool = False) -> Model:
    speakers = tuple(names.split())
    fields = {
        "text": STRING,
        "speaker": Kind(("string",), choices=speakers),
        "encoding": Kind(("string",), choices=_ENCODINGS),
        "container": Kind(("string",), choices=("none", "wav", "ogg")),
        # The bounds are our guess: those of telephones and of studios.
        "sample_rate": Kind(("integer",), least=8000, most=48_000),
        "bit_rate": INTEGER,
    }
    return Model(Json((Shape(("text",), fields),)), _Aura(speakers, price), terms=terms)


MODELS: Final[Mapping[str, Model]] = {
    "@cf/deepgram/aura-1": _aura(_AURA_1, 1.36364),
    "@cf/deepgram/aura-2-en": _aura(_AURA_2_EN, 2.72727, terms=True),
    "@cf/deepgram/aura-2-es": _aura(_AURA_2_ES, 2.72727, terms=True),
    "@cf/myshell-ai/melotts": Model(Json(_MELO_INPUT), melo),
}
