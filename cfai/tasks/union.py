"""All params classes together."""

from typing import TypeAlias

from .automatic_speech_recognition import AutomaticSpeechRecognition
from .text_classification import TextClassification
from .text_embeddings import TextEmbeddings
from .text_generation import Messages, Prompt
from .text_to_image import TextToImage
from .text_to_speech import TextToSpeech

RunParams: TypeAlias = (
    Prompt | Messages | TextClassification | TextEmbeddings | TextToImage | TextToSpeech | AutomaticSpeechRecognition
)
"""Every params class of this release, for annotations of your own."""
