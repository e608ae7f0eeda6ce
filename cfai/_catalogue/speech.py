"""Models that speak, and those that listen."""

from typing import Final

from .input_form import AS_ITS_TASK, InputForm, MediaForm
from .row import BATCH, BETA, NO, PARTNER, REALTIME, TERMS, WEBSOCKET_ONLY, Price, Row, Trait
from .task import AUTOMATIC_SPEECH_RECOGNITION, TEXT_TO_SPEECH, VOICE_ACTIVITY_DETECTION, ParamsNames, Task

TASKS: Final = {
    TEXT_TO_SPEECH: Task(("TextToSpeech",), "prompt"),
    AUTOMATIC_SPEECH_RECOGNITION: Task(("AutomaticSpeechRecognition",), file="audio", requests_a_minute=720),
    VOICE_ACTIVITY_DETECTION: Task(("VoiceActivityDetection",), file="audio"),
}

_WHISPER: Final = InputForm({"audio": MediaForm.INTS}, raw="audio")
_SPOKEN: Final = InputForm({"audio": MediaForm.BASE64})
_BY_VOICE: Final = "speaks the language of its voice; melotts takes it"
_AURA: Final = InputForm(renames={"prompt": "text"}, lacks={"lang": _BY_VOICE})
_ONE_VOICE: Final = "has one voice, as WAV; the aura models take it"
_MELO: Final = InputForm(
    lacks=dict.fromkeys(("speaker", "encoding", "container", "sample_rate", "bit_rate"), _ONE_VOICE)
)

_MINUTE: Final = "per audio minute"
_MINUTE_IN: Final = "per audio minute input"


def _aura(version: str, usd: float, neurons: float, terms: Trait = NO) -> Row:
    return Row(
        f"@cf/deepgram/aura-{version}",
        TEXT_TO_SPEECH,
        "aura",
        BATCH | REALTIME | PARTNER | terms,
        prices=(Price("per 1k characters input", usd, neurons),),
        binary=True,
        input=_AURA,
    )


def _listens(
    name: str,
    family: str,
    traits: Trait = NO,
    *prices: Price,
    note: str = "",
    input: InputForm = AS_ITS_TASK,
    params: ParamsNames | None = None,
) -> Row:
    return Row(name, AUTOMATIC_SPEECH_RECOGNITION, family, traits, prices=prices, note=note, input=input, params=params)


ROWS: Final = (
    _aura("1", 0.015, 1363.64),
    _aura("2-en", 0.03, 2727.27, TERMS),
    _aura("2-es", 0.03, 2727.27, TERMS),
    Row(
        "@cf/myshell-ai/melotts",
        TEXT_TO_SPEECH,
        "melotts",
        prices=(Price(_MINUTE, 0.0002, 18.63),),
        note="answers with WAV",
        input=_MELO,
    ),
    _listens(
        "@cf/deepgram/flux",
        "flux",
        REALTIME | PARTNER | TERMS | WEBSOCKET_ONLY,
        Price("per audio minute (WebSocket)", 0.0077, 700),
        params=(),  # no POST reaches it
    ),
    _listens(
        "@cf/deepgram/nova-3",
        "nova",
        BATCH | REALTIME | PARTNER,
        Price(_MINUTE_IN, 0.0052, 472.73),
        Price("per audio minute input (WebSocket)", 0.0092, 836.36),
        note="reads 512 MiB of samples and no more; refuses the language uk",
        input=InputForm(raw="audio", query=True),
    ),
    _listens("@cf/nvidia/nemotron-speech-streaming-en-0.6b", "nemotron-speech", input=_SPOKEN),
    _listens("@cf/openai/whisper", "whisper", NO, Price(_MINUTE, 0.00045, 41.14), input=_WHISPER),
    _listens(
        "@cf/openai/whisper-large-v3-turbo", "whisper-turbo", BATCH, Price(_MINUTE, 0.000513, 46.63), input=_SPOKEN
    ),
    _listens("@cf/openai/whisper-tiny-en", "whisper", BETA, input=_WHISPER),
    Row(
        "@cf/pipecat-ai/smart-turn-v2",
        VOICE_ACTIVITY_DETECTION,
        "smart-turn",
        BATCH | REALTIME,
        prices=(Price(_MINUTE_IN, 0.00033795, 0.51),),
        input=_SPOKEN,
    ),
)
