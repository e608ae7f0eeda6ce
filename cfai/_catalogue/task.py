"""The tasks, and what the models of each have in common."""

from typing import Final, NamedTuple, TypeAlias

ParamsNames: TypeAlias = tuple[str, ...]
"""Params classes by name: `params_of` gives the classes, which load with the first use of each family."""

TEXT_GENERATION: Final = "Text Generation"
TEXT_TO_IMAGE: Final = "Text-to-Image"
TEXT_TO_SPEECH: Final = "Text-to-Speech"
TEXT_EMBEDDINGS: Final = "Text Embeddings"
TEXT_CLASSIFICATION: Final = "Text Classification"
TRANSLATION: Final = "Translation"
SUMMARIZATION: Final = "Summarization"
AUTOMATIC_SPEECH_RECOGNITION: Final = "Automatic Speech Recognition"
VOICE_ACTIVITY_DETECTION: Final = "Voice Activity Detection"
IMAGE_CLASSIFICATION: Final = "Image Classification"
OBJECT_DETECTION: Final = "Object Detection"
IMAGE_TO_TEXT: Final = "Image-to-Text"

NONE: Final = ""
"""The key of a model that takes no such input."""
MESSAGES: Final = "messages"
"""The key of a text, or a picture, that goes into a message of the user's."""


class Task(NamedTuple):
    """What the models of one task have in common."""

    params: ParamsNames
    """The params classes that they take, where their rows do not say otherwise."""
    text: str = NONE
    """The key of a text, by the name of the params classes."""
    file: str = NONE
    """The key of a medium, likewise."""
    requests_a_minute: int | None = None
    """How many requests of one account they take together; None where that is not documented (docs/wire.md 9)."""
