"""The emulator's own table of models: a row a model, a file a family."""

from collections.abc import Mapping
from typing import Final

from cfai.emulator._models import classification, embeddings, images, text
from cfai.emulator._models.model import Model

__all__ = ["MODELS", "Model"]

MODELS: Final[Mapping[str, Model]] = {
    "@cf/huggingface/distilbert-sst-2-int8": Model(classification.INPUT, classification.answer),
    "@cf/baai/bge-base-en-v1.5": Model(embeddings.INPUT, embeddings.answer),
    "@cf/meta/llama-3.2-3b-instruct": Model(text.INPUT, text.answer),
    "@cf/black-forest-labs/flux-1-schnell": Model(images.INPUT, images.answer),
}
