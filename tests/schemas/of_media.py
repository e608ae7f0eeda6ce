"""The questions to all models that are not text models (docs/wire.md 3.2 to 3.6)."""

from collections.abc import Mapping, Sequence
from typing import Any

import cfai

Question = cfai.Params[Any]

PNG = b"\x89PNG\r\n\x1a\n"
MP3 = b"ID3\x04"

# -- pictures

_SIZE: dict[str, Any] = {"height": 256, "width": 320}
_DRAWN: dict[str, Any] = {**_SIZE, "num_steps": 4, "guidance": 3.5, "seed": 7}
_FLUX_2 = (cfai.TextToImage("a cat"), cfai.TextToImage("a cat", **_DRAWN, images=[PNG] * 4))
_OF_WORDS = (
    cfai.TextToImage("a cat"),
    cfai.TextToImage("a cat", negative_prompt="dogs", **_DRAWN, strength=0.5),
)
_DIFFUSION = (
    cfai.TextToImage("a cat"),
    cfai.TextToImage("a cat", negative_prompt="dogs", **_DRAWN, image=PNG, mask=PNG, strength=0.5),
)
_DRAWING = {
    "@cf/black-forest-labs/flux-1-schnell": (
        cfai.TextToImage("a cat"),
        cfai.TextToImage("a cat", num_steps=4),
    ),
    "@cf/black-forest-labs/flux-2-dev": _FLUX_2,
    "@cf/black-forest-labs/flux-2-klein-4b": _FLUX_2,
    "@cf/black-forest-labs/flux-2-klein-9b": _FLUX_2,
    "@cf/bytedance/stable-diffusion-xl-lightning": _OF_WORDS,
    "@cf/leonardo/lucid-origin": (cfai.TextToImage("a cat", **_DRAWN),),
    "@cf/leonardo/phoenix-1.0": (cfai.TextToImage("a cat", negative_prompt="dogs", **_DRAWN),),
    "@cf/lykon/dreamshaper-8-lcm": _OF_WORDS,
    "@cf/runwayml/stable-diffusion-v1-5-inpainting": _DIFFUSION,
    "@cf/stabilityai/stable-diffusion-xl-base-1.0": _OF_WORDS,
}

# -- sounds


def _aura(speaker: str) -> tuple[Question, ...]:
    mp3 = {"encoding": "mp3", "container": "none", "bit_rate": 48000}
    samples = {"encoding": "linear16", "container": "wav", "sample_rate": 16000}
    return (
        cfai.TextToSpeech("Hi"),
        cfai.TextToSpeech("Hi", speaker=speaker, **mp3),
        cfai.TextToSpeech("Hi", speaker=speaker, **samples),
    )


_TURBO: dict[str, Any] = {
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
}
_FLAGS = (
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
)
_NOVA: dict[str, Any] = {
    **dict.fromkeys(_FLAGS, True),
    "language": "en",
    "encoding": "linear16",
    "channels": 1,
    "mode": "general",
    "utt_split": 0.5,
    "redact": "pci",
    "replace": "a:b",
    "search": "cat",
    "keyterm": "Ada",
    "keywords": "Ada:2",
    "custom_topic": "cats",
    "custom_topic_mode": "strict",
    "custom_intent": "to buy",
    "custom_intent_mode": "extended",
    "extra": "a:b",
}
_RAW = (cfai.AutomaticSpeechRecognition(MP3),)
_SOUNDING = {
    "@cf/deepgram/aura-1": _aura("luna"),
    "@cf/deepgram/aura-2-en": _aura("amalthea"),
    "@cf/deepgram/aura-2-es": _aura("sirio"),
    "@cf/myshell-ai/melotts": (cfai.TextToSpeech("Hi", lang="en"),),
    "@cf/openai/whisper": _RAW,
    "@cf/openai/whisper-tiny-en": _RAW,
    "@cf/openai/whisper-large-v3-turbo": (*_RAW, cfai.AutomaticSpeechRecognition(MP3, **_TURBO)),
    "@cf/deepgram/nova-3": (cfai.AutomaticSpeechRecognition(MP3, **_NOVA),),
    "@cf/nvidia/nemotron-speech-streaming-en-0.6b": (
        cfai.AutomaticSpeechRecognition(MP3, encoding="wav", sample_rate=16000, channels=1),
    ),
    "@cf/pipecat-ai/smart-turn-v2": (cfai.VoiceActivityDetection(MP3, dtype="uint8"),),
}

# -- what is in a picture

_DESCRIBED: dict[str, Any] = {
    "raw": False,
    "max_tokens": 100,
    "temperature": 0.5,
    "top_p": 0.9,
    "top_k": 5,
    "seed": 1,
    "repetition_penalty": 1.1,
    "frequency_penalty": 0.5,
    "presence_penalty": 0.5,
}
_TALK = [{"role": "user", "content": "What is this?"}]
_DESCRIPTIONS = (
    cfai.ImageToText(PNG),
    cfai.ImageToText(PNG, prompt="What is this?", messages=_TALK, **_DESCRIBED),
    cfai.ImagePrompt(PNG, "What is this?", **_DESCRIBED),
    cfai.ImageMessages(PNG, _TALK, **_DESCRIBED),
)
_MEASURED: dict[str, Any] = {"temperature": 0.5, "top_p": 0.9, "max_tokens": 100}
_SEEING = {
    "@cf/microsoft/resnet-50": (cfai.ImageClassification(PNG),),
    "@cf/facebook/detr-resnet-50": (cfai.ObjectDetection(PNG),),
    "@cf/llava-hf/llava-1.5-7b-hf": _DESCRIPTIONS,
    "@cf/unum/uform-gen2-qwen-500m": (cfai.ImageToText(PNG), cfai.ImageToText(PNG, prompt="What?", max_tokens=20)),
    "@cf/moondream/moondream3.1-9B-A2B": (
        cfai.VisionQuery(PNG, task="query", question="What?", reasoning=True, **_MEASURED),
        cfai.VisionQuery("https://example.com/a.png", task="caption", caption_length="short", **_MEASURED),
        cfai.VisionQuery(PNG, task="point", target="cat", max_objects=2),
        cfai.VisionQuery(PNG, task="detect", target="cat", max_objects=2),
        cfai.ImagePrompt(PNG, "What?", **_MEASURED),
    ),
}

# -- texts that become something else

_BGE = (cfai.TextEmbeddings("a"), cfai.TextEmbeddings(["a", "b"], pooling="cls"))
_VECTORS = (cfai.TextEmbeddings("a"), cfai.TextEmbeddings(["a", "b"]))
_DECIDED = {
    "spam": {"type": "noul", "instructions": "Is it?", "criteria": {"true": "spam", "false": "ham"}},
    "tone": {"type": "choice", "instructions": "Which?", "criteria": {"warm": "kind", "cold": "rude"}},
    "rank": {"type": "score", "instructions": "How good?", "criteria": ["bad", "good"]},
}
_CLEF = (
    cfai.DecisionQuery({"a": ["b"]}, _DECIDED, images=[PNG, {"content_type": "image/png", "base64": "iVBORw0KGgo="}]),
)
_READING = {
    "@cf/baai/bge-small-en-v1.5": _BGE,
    "@cf/baai/bge-base-en-v1.5": _BGE,
    "@cf/baai/bge-large-en-v1.5": _BGE,
    "@cf/baai/bge-m3": (
        cfai.TextEmbeddings(["a", "b"], truncate_inputs=True),
        cfai.TextEmbeddings(["a", "b"], input_type="document", truncate_inputs=True),
        cfai.Reranking("a", ["a", "b"], truncate_inputs=True),
    ),
    "@cf/google/embeddinggemma-300m": _VECTORS,
    "@cf/pfnet/plamo-embedding-1b": _VECTORS,
    "@cf/qwen/qwen3-embedding-0.6b": (
        *_VECTORS,
        cfai.TextEmbeddings(["a"], input_type="query", instruction="Find cats"),
        cfai.TextEmbeddings(["a"], input_type="document"),
    ),
    "@cf/baai/bge-reranker-base": (cfai.Reranking("a", ["a", "b"], top_k=1),),
    "@cf/huggingface/distilbert-sst-2-int8": (cfai.TextClassification("a"),),
    "@cf/meta/m2m100-1.2b": (cfai.Translation("a", "fr", source_lang="en"),),
    "@cf/ai4bharat/indictrans2-en-indic-1B": (
        cfai.Translation("a", "hin_Deva"),
        cfai.Translation(["a", "b"], "tam_Taml"),
    ),
    "@cf/facebook/bart-large-cnn": (cfai.Summarization("a", max_length=10),),
    "@cf/cloudflare/clef": _CLEF,
    "@cf/cloudflare/clef-flash": _CLEF,
    "@cf/cloudflare/clef-omni": (cfai.DecisionQuery("a", _DECIDED, images=[PNG], audio=[MP3], videos=[MP3]),),
    "@cf/cfai/multimodal-embeddings": (cfai.MultimodalEmbeddings(PNG, ["a"]),),
}

QUESTIONS: Mapping[str, Sequence[Question]] = {**_DRAWING, **_SOUNDING, **_SEEING, **_READING}
