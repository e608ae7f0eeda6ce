"""Text from speech, speech from text, and turns (docs/wire.md 3.4 to 3.6)."""

from typing import Any

from models.case import MP3, MP3_BASE64, MP3_INTS, Case, media_type

import cfai

WHISPERS = ("@cf/openai/whisper", "@cf/openai/whisper-tiny-en")
TURBO = "@cf/openai/whisper-large-v3-turbo"
NOVA = "@cf/deepgram/nova-3"
NEMOTRON = "@cf/nvidia/nemotron-speech-streaming-en-0.6b"
TURN = "@cf/pipecat-ai/smart-turn-v2"
MELOTTS = "@cf/myshell-ai/melotts"


def heard(answer: Any) -> bool:
    return "I heard 4 bytes" in answer.text


def _whisper(model: str) -> tuple[Case, ...]:
    return (
        Case(
            model,
            cfai.AutomaticSpeechRecognition(MP3),
            MP3,
            cfai.Transcription,
            heard,
            True,
            mapping={"audio": MP3},
            content_type="audio/mpeg",
        ),
        Case(
            model,
            cfai.AutomaticSpeechRecognition(MP3, language="en"),
            b'{"audio":' + MP3_INTS + b',"language":"en"}',
            cfai.Transcription,
            heard,
            True,
            mapping={"audio": MP3, "language": "en"},
        ),
    )


_HEARING = (
    *(case for model in WHISPERS for case in _whisper(model)),
    Case(
        TURBO,
        cfai.AutomaticSpeechRecognition(
            MP3,
            task="translate",
            language="en",
            vad_filter=True,
            initial_prompt="Ada",
            prefix="So",
            beam_size=5,
            condition_on_previous_text=False,
            no_speech_threshold=0.6,
            compression_ratio_threshold=2.4,
            log_prob_threshold=-1.0,
            hallucination_silence_threshold=2.0,
        ),
        b'{"audio":' + MP3_BASE64 + b',"task":"translate","language":"en","vad_filter":true,"initial_prompt":"Ada",'
        b'"prefix":"So","beam_size":5,"condition_on_previous_text":false,"no_speech_threshold":0.6,'
        b'"compression_ratio_threshold":2.4,"log_prob_threshold":-1.0,"hallucination_silence_threshold":2.0}',
        cfai.Transcription,
        lambda answer: (heard(answer), bool(answer.segments), answer.transcription_info.language),
        (True, True, "en"),
        mapping={
            "audio": MP3,
            "task": "translate",
            "language": "en",
            "vad_filter": True,
            "initial_prompt": "Ada",
            "prefix": "So",
            "beam_size": 5,
            "condition_on_previous_text": False,
            "no_speech_threshold": 0.6,
            "compression_ratio_threshold": 2.4,
            "log_prob_threshold": -1.0,
            "hallucination_silence_threshold": 2.0,
        },
    ),
    Case(
        NOVA,
        cfai.AutomaticSpeechRecognition(MP3),
        MP3,
        cfai.Transcription,
        heard,
        True,
        mapping={"audio": MP3},
        content_type="audio/mpeg",
    ),
    Case(
        NOVA,
        cfai.AutomaticSpeechRecognition(MP3, language="en", smart_format=True, utt_split=0.5, keyterm=["Ada", "a b"]),
        MP3,
        cfai.Transcription,
        lambda answer: (heard(answer), bool(answer.words), "results" in answer.raw),
        (True, True, True),
        mapping={"language": "en", "audio": MP3, "smart_format": True, "utt_split": 0.5, "keyterm": ["Ada", "a b"]},
        content_type="audio/mpeg",
        query="language=en&smart_format=true&utt_split=0.5&keyterm=Ada&keyterm=a+b",
    ),
    Case(
        NEMOTRON,
        cfai.AutomaticSpeechRecognition(MP3, encoding="wav", sample_rate=16000, channels=1),
        b'{"audio":' + MP3_BASE64 + b',"encoding":"wav","sample_rate":16000,"channels":1}',
        cfai.Transcription,
        lambda answer: (heard(answer), answer.duration is not None),
        (True, True),
        mapping={"audio": MP3, "encoding": "wav", "sample_rate": 16000, "channels": 1},
    ),
    Case(
        TURN,
        cfai.VoiceActivityDetection(MP3, dtype="uint8"),
        b'{"audio":' + MP3_BASE64 + b',"dtype":"uint8"}',
        cfai.TurnDetection,
        lambda answer: answer.is_complete == (answer.probability > 0.5),
        True,
        mapping={"audio": MP3, "dtype": "uint8"},
    ),
)


def _aura(model: str, speaker: str) -> tuple[Case, ...]:
    return (
        Case(model, cfai.TextToSpeech("Hello there"), b'{"text":"Hello there"}', cfai.Audio, media_type, "audio/mpeg"),
        Case(
            model,
            cfai.TextToSpeech("Hi", speaker=speaker, encoding="linear16", container="wav", sample_rate=16000),
            b'{"text":"Hi","speaker":"' + speaker.encode() + b'","encoding":"linear16","container":"wav",'
            b'"sample_rate":16000}',
            cfai.Audio,
            media_type,
            "audio/wav",
        ),
        Case(
            model,
            cfai.TextToSpeech("Hi", encoding="mp3", bit_rate=32000),
            b'{"text":"Hi","encoding":"mp3","bit_rate":32000}',
            cfai.Audio,
            media_type,
            "audio/mpeg",
        ),
    )


_SPEAKING = (
    *_aura("@cf/deepgram/aura-1", "luna"),
    *_aura("@cf/deepgram/aura-2-en", "amalthea"),
    *_aura("@cf/deepgram/aura-2-es", "sirio"),
    Case(
        MELOTTS,
        cfai.TextToSpeech("Bonjour", lang="fr"),
        b'{"prompt":"Bonjour","lang":"fr"}',
        cfai.Audio,
        media_type,
        "audio/wav",
    ),
)

CASES = (*_HEARING, *_SPEAKING)
