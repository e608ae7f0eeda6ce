"""The emulator's own table of models: a row a model, a file a family."""

from collections.abc import Mapping
from typing import Final

from cfai.emulator._models import (
    classification,
    completions,
    diffusion,
    embeddings,
    images,
    speech,
    text,
    transcription,
)
from cfai.emulator._models.completions import Completions
from cfai.emulator._models.model import Answer, Media, Model

__all__ = ["MODELS", "Answer", "Media", "Model"]

MODELS: Final[Mapping[str, Model]] = {
    "@cf/huggingface/distilbert-sst-2-int8": Model(classification.INPUT, classification.answer),
    "@cf/baai/bge-base-en-v1.5": Model(embeddings.INPUT, embeddings.answer),
    "@cf/meta/llama-3.2-3b-instruct": Model(text.INPUT, text.answer),
    "@cf/google/gemma-4-26b-a4b-it": Model(
        completions.INPUT,
        # Recorded answers of 2026 have this suffix more often than not.
        Completions("@cf/google/gemma-4-26b-a4b-it-external", price_in=9091e-6, price_out=27273e-6),
    ),
    "@cf/black-forest-labs/flux-1-schnell": Model(images.INPUT, images.answer),
    "@cf/stabilityai/stable-diffusion-xl-base-1.0": Model(diffusion.INPUT, diffusion.answer),
    "@cf/deepgram/aura-1": Model(speech.INPUT, speech.answer),
    "@cf/openai/whisper": Model(transcription.INPUT, transcription.answer, transcription.answer_bytes),
}
