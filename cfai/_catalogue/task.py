"""The tasks, and what the models of each have in common."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple, TypeAlias

from .._base import Params
from ..tasks.automatic_speech_recognition import AutomaticSpeechRecognition
from ..tasks.image_classification import ImageClassification
from ..tasks.image_text_generation import ImageMessages, ImagePrompt
from ..tasks.image_to_text import ImageToText
from ..tasks.object_detection import ObjectDetection
from ..tasks.summarization import Summarization
from ..tasks.text_classification import TextClassification
from ..tasks.text_embeddings import TextEmbeddings
from ..tasks.text_generation import Messages, Prompt
from ..tasks.text_to_image import TextToImage
from ..tasks.text_to_speech import TextToSpeech
from ..tasks.translation import Translation
from ..tasks.voice_activity_detection import VoiceActivityDetection

ParamsClasses: TypeAlias = tuple[type[Params[Any]], ...]

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

    params: ParamsClasses
    """The params classes that they take, where their rows do not say otherwise."""
    text: str = NONE
    """The key of a text, by the name of the params classes."""
    file: str = NONE
    """The key of a medium, likewise."""
    requests_a_minute: int | None = None
    """How many requests of one account they take together; None where that is not documented (docs/wire.md 9)."""


TASKS: Final[Mapping[str, Task]] = {
    TEXT_GENERATION: Task((Prompt, Messages, ImagePrompt, ImageMessages), "prompt", MESSAGES, 300),
    TEXT_TO_IMAGE: Task((TextToImage,), "prompt", "image", 720),
    TEXT_TO_SPEECH: Task((TextToSpeech,), "prompt"),
    TEXT_EMBEDDINGS: Task((TextEmbeddings,), "text", requests_a_minute=3000),
    TEXT_CLASSIFICATION: Task((TextClassification,), "text", requests_a_minute=2000),
    TRANSLATION: Task((Translation,), "text", requests_a_minute=720),
    SUMMARIZATION: Task((Summarization,), "input_text", requests_a_minute=1500),
    AUTOMATIC_SPEECH_RECOGNITION: Task((AutomaticSpeechRecognition,), file="audio", requests_a_minute=720),
    VOICE_ACTIVITY_DETECTION: Task((VoiceActivityDetection,), file="audio"),
    IMAGE_CLASSIFICATION: Task((ImageClassification,), file="image", requests_a_minute=3000),
    OBJECT_DETECTION: Task((ObjectDetection,), file="image", requests_a_minute=3000),
    IMAGE_TO_TEXT: Task((ImageToText, ImagePrompt, ImageMessages), "prompt", "image", 720),
}
