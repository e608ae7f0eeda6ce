"""The Python SDK for Cloudflare Workers AI: one client for every model. Not affiliated with Cloudflare."""

import atexit as _atexit
import sys as _sys

# Every name is looked up where it lives when it is first used, and `import cfai` loads nothing else: a command that
# prints its help, or a program that may never ask a model, should not pay 0.3 s for aiohttp. What type checkers and
# editors see is in __init__.pyi; a test holds the two to the same names.

_HOMES = {
    "_base": ("Params", "StreamsMedia", "StreamsText"),
    "_core.client": ("AsyncClient", "Reply"),
    "_core.media_stream": ("AsyncMediaStream",),
    "_core.text_stream": ("AsyncTextStream",),
    "_sync.client": ("Client",),
    "_sync.streams": ("MediaStream", "TextStream"),
    "_version": ("__version__",),
    "errors": (
        "AnswerMismatch",
        "ApiError",
        "BadRequest",
        "BudgetExceeded",
        "CertificateError",
        "CfaiError",
        "ClientClosed",
        "ConfigError",
        "ContentFlagged",
        "ContextTooLong",
        "DailyQuotaExceeded",
        "DecodeError",
        "Forbidden",
        "InvalidInput",
        "InvalidModelName",
        "InvalidParams",
        "JournalError",
        "ModelDeprecated",
        "ModelNotFound",
        "OutOfCapacity",
        "PaidPlanRequired",
        "PaymentRequired",
        "RateLimited",
        "RequestTimeout",
        "RequestTooLarge",
        "ResponseTooLarge",
        "ServerError",
        "ServerTimeout",
        "SpendLimitExceeded",
        "StreamError",
        "StreamIdle",
        "StreamTruncated",
        "TermsNotAccepted",
        "TooManyFailures",
        "ToolRoundsExceeded",
        "TransportError",
        "Unauthorized",
    ),
    "media": ("Audio", "Image", "Media", "MediaLink", "MediaSource"),
    "observers": ("Attempt", "CallInfo", "CallOutcome", "Observer"),
    "options": ("NOT_GIVEN", "Gateway", "NotGiven", "RequestOptions", "Retry"),
    "tasks.answers": (
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
        "Point",
        "QueuedBatch",
        "RankedContext",
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
        "VisionAnswer",
        "Word",
    ),
    "tasks.automatic_speech_recognition": ("AutomaticSpeechRecognition",),
    "tasks.custom": ("Input",),
    "tasks.decision_query": ("DecisionQuery",),
    "tasks.extraction": ("Extraction",),
    "tasks.image_classification": ("ImageClassification",),
    "tasks.image_text_generation": ("ImageMessages", "ImagePrompt"),
    "tasks.image_to_text": ("ImageToText",),
    "tasks.messages": ("assistant", "system", "tool", "user"),
    "tasks.multimodal_embeddings": ("MultimodalEmbeddings",),
    "tasks.object_detection": ("ObjectDetection",),
    "tasks.reranking": ("Reranking",),
    "tasks.responses": ("Responses",),
    "tasks.summarization": ("Summarization",),
    "tasks.text_classification": ("TextClassification",),
    "tasks.text_embeddings": ("TextEmbeddings",),
    "tasks.text_generation": ("Messages", "Prompt"),
    "tasks.text_to_image": ("TextToImage",),
    "tasks.text_to_speech": ("TextToSpeech",),
    "tasks.translation": ("Translation",),
    "tasks.type_aliases": ("RunParams",),
    "tasks.vision_query": ("VisionQuery",),
    "tasks.voice_activity_detection": ("VoiceActivityDetection",),
    "usage": ("Usage",),
    "_wire.answer.union": ("converter",),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}
_PACKAGES = ("emulator", "errors", "media", "observers", "options", "tasks", "usage")

__all__ = tuple(sorted(_HOME))


def __getattr__(name):  # type: ignore[no-untyped-def]  # its types are those of __init__.pyi
    from importlib import import_module

    if name in _HOME:
        found = getattr(import_module(f"cfai.{_HOME[name]}"), name)
    elif name in _PACKAGES:
        found = import_module(f"cfai.{name}")
    else:
        raise AttributeError(f"module 'cfai' has no attribute {name!r}")
    globals()[name] = found
    return found


@_atexit.register
def _stop_all():  # type: ignore[no-untyped-def]
    """End the synchronous clients: after what a program registers from here on, which may still make calls."""
    loops = _sys.modules.get("cfai._sync.loop_thread")
    if loops is not None:
        loops.stop_all()


def _name_modules_for_freezers():  # type: ignore[no-untyped-def]  # nobody calls it
    """Import, for programs that look for imports and run none, what else is imported by its name alone.

    PyInstaller and the like leave out of a frozen program what no import statement names.
    """
    import concurrent.futures.thread
    import encodings.idna

    from . import _base, _version, emulator, errors, media, observers, options, tasks, usage
    from ._core import client, media_stream, text_stream
    from ._sync import client as sync_client
    from ._sync import streams
    from ._wire.answer import union
    from .tasks import (
        answers,
        automatic_speech_recognition,
        custom,
        decision_query,
        extraction,
        image_classification,
        image_text_generation,
        image_to_text,
        messages,
        multimodal_embeddings,
        object_detection,
        reranking,
        responses,
        summarization,
        text_classification,
        text_embeddings,
        text_generation,
        text_to_image,
        text_to_speech,
        translation,
        type_aliases,
        vision_query,
        voice_activity_detection,
    )


def __dir__():  # type: ignore[no-untyped-def]
    return sorted({*globals(), *__all__, *_PACKAGES})
