"""What models answer: one file a family. All of them load when a client is built."""

from typing import TypeAlias

from ...media import Audio, Image, Media, MediaLink
from ...usage import Usage
from .batch import BatchOutcome, BatchResult, QueuedBatch
from .decisions import Decision, Decisions
from .events import Finish, ReasoningDelta, StreamEvent, TextDelta, ToolCallDelta
from .extraction import Extracted, ExtractedValue
from .gateway import GatewayFacts
from .labels import Box, Classification, DetectedObject, RankedContext
from .speech import RatedWord, Segment, Transcription, TranscriptionInfo, TurnDetection, Word
from .text import Description, GeneratedText, Summary, ToolCall, TranslatedText
from .unknown import UnknownAnswer
from .vectors import Embeddings
from .vision import Point, Region, VisionAnswer

__all__ = (
    "Audio",
    "BatchOutcome",
    "BatchResult",
    "Box",
    "Classification",
    "Decision",
    "Decisions",
    "Description",
    "DetectedObject",
    "Embeddings",
    "Extracted",
    "ExtractedValue",
    "Finish",
    "GatewayFacts",
    "GeneratedText",
    "Image",
    "Media",
    "MediaLink",
    "Point",
    "QueuedBatch",
    "RankedContext",
    "RatedWord",
    "ReasoningDelta",
    "Region",
    "RunResponse",
    "Segment",
    "StreamEvent",
    "Summary",
    "TextDelta",
    "ToolCall",
    "ToolCallDelta",
    "Transcription",
    "TranscriptionInfo",
    "TranslatedText",
    "TurnDetection",
    "UnknownAnswer",
    "Usage",
    "VisionAnswer",
    "Word",
)

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
