"""All params classes together."""

from typing import TypeAlias

from .automatic_speech_recognition import AutomaticSpeechRecognition
from .decision_query import DecisionQuery
from .extraction import Extraction
from .image_classification import ImageClassification
from .image_text_generation import ImageMessages, ImagePrompt
from .image_to_text import ImageToText
from .multimodal_embeddings import MultimodalEmbeddings
from .object_detection import ObjectDetection
from .reranking import Reranking
from .responses import Responses
from .summarization import Summarization
from .text_classification import TextClassification
from .text_embeddings import TextEmbeddings
from .text_generation import Messages, Prompt
from .text_to_image import TextToImage
from .text_to_speech import TextToSpeech
from .translation import Translation
from .vision_query import VisionQuery
from .voice_activity_detection import VoiceActivityDetection

RunParams: TypeAlias = (
    TextClassification
    | TextToImage
    | TextToSpeech
    | TextEmbeddings
    | AutomaticSpeechRecognition
    | ImageClassification
    | ObjectDetection
    | Prompt
    | Messages
    | ImagePrompt
    | ImageMessages
    | Translation
    | Summarization
    | ImageToText
    | MultimodalEmbeddings
    | Reranking
    | VoiceActivityDetection
    | VisionQuery
    | DecisionQuery
    | Extraction
    | Responses
)
"""Every params class of this release, for annotations of your own."""
