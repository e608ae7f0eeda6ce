"""All params classes together, and all answers."""

from typing import TypeAlias

from ..media import Audio, Image, Media, MediaLink
from .answers import (
    BatchResult,
    Classification,
    Decisions,
    Description,
    DetectedObject,
    Embeddings,
    Extracted,
    GeneratedText,
    QueuedBatch,
    RankedContext,
    Summary,
    Transcription,
    TranslatedText,
    TurnDetection,
    UnknownAnswer,
    VisionAnswer,
)
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

RunResponse: TypeAlias = (
    GeneratedText
    | Embeddings
    | Transcription
    | list[Classification]
    | list[DetectedObject]
    | list[RankedContext]
    | Image
    | Audio
    | Media
    | MediaLink
    | list[MediaLink]
    | TranslatedText
    | Summary
    | Description
    | TurnDetection
    | VisionAnswer
    | Decisions
    | Extracted
    | QueuedBatch
    | BatchResult
    | UnknownAnswer
)
"""Every answer that a model may give: what a mapping's answer is structured into, by its shape."""
