"""The emulator's own table of models: a row a model, a file a family."""

from collections.abc import Mapping
from typing import Final

from cfai.emulator._models import (
    chats,
    clairic,
    classification,
    clef,
    diffusion,
    embeddings,
    guard,
    hybrid,
    images,
    moondream,
    native,
    ranking,
    responses,
    retired,
    speech,
    speech_recognition,
    transcription,
    translation,
    vision,
)
from cfai.emulator._models.model import Answer, Media, Model, Streamed

__all__ = ["CLOSED", "EXAMPLE", "MODELS", "REMOVED", "Answer", "Media", "Model", "Streamed"]

_FAMILIES: Final = (
    chats,
    clairic,
    classification,
    clef,
    diffusion,
    embeddings,
    guard,
    hybrid,
    images,
    speech_recognition,
    moondream,
    native,
    ranking,
    responses,
    retired,
    vision,
    speech,
    transcription,
    translation,
)

MODELS: Final[Mapping[str, Model]] = {name: row for family in _FAMILIES for name, row in family.MODELS.items()}
"""All that have a route, retired ones included."""

REMOVED: Final[Mapping[str, Model]] = {**diffusion.REMOVED, **embeddings.REMOVED, **vision.REMOVED}
"""Those that went without notice: there is no route to them."""

EXAMPLE: Final[Mapping[str, Model]] = classification.EXAMPLE
"""The model of the API reference's own example, which is in no catalogue."""

CLOSED: Final = frozenset({"@cf/swiss-ai/apertus-v1.5-8b", "@cf/utter-project/eurollm-9b-it"})
"""Those that are for accounts which asked for them; how they answer is not documented."""
