"""The union of all answers, told apart by shape: one table of (predicate, class), and the first that fits wins.

A key whose value is null does not count.
"""

from collections.abc import Callable
from typing import Any

from ..._base import Answer
from ...media import MediaLink
from ...tasks.answers import (
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
    RunResponse,
    Summary,
    Transcription,
    TranslatedText,
    TurnDetection,
    UnknownAnswer,
    VisionAnswer,
)
from ..convert.converter import ShapeError, check_numbers, converter, register_noting, structure_noting
from ..decode_context import DecodeContext
from ..text.forms import google
from ..text.forms.table import FORMS
from ..text.whole import apply_request
from . import batch, decisions, extraction, ranking, translation, vision
from .embeddings import is_openai_list
from .media import read_binary
from .speech import has_channels
from .third_party_media import has_several, read_one, read_several

Shape = dict[str, Any]
Predicate = Callable[[Any], bool]


def _has(*keys: str) -> Predicate:
    return lambda result: any(result.get(key) is not None for key in keys)


def _are_boxed(result: list[Any]) -> bool:
    """Tell an array of objects of which any has a box: as mere labels they would lose it, for a list has no `raw`."""
    return all(type(item) is dict for item in result) and any(item.get("box") is not None for item in result)


def _are_labelled(result: list[Any]) -> bool:
    return all(type(item) is dict and _has("label", "score")(item) for item in result)


def _is_ranking(result: Shape) -> bool:
    items = result.get("response")
    return type(items) is list and bool(items) and all(map(_is_ranked, items))


def _is_ranked(item: Any) -> bool:
    return type(item) is dict and item.get("id") is not None and item.get("score") is not None


def _is_response_matrix(result: Shape) -> bool:
    rows = result.get("response")
    return type(rows) is list and bool(rows) and all(map(_is_vector, rows))


def _is_vector(row: Any) -> bool:
    try:
        check_numbers(row)
    except ShapeError:
        return False
    return bool(row)


def _is_batch(result: Shape) -> bool:
    """Tell a finished batch; its other key, `results`, is a common word, so there the items have to tell."""
    items = result.get("results")
    of_items = type(items) is list and bool(items) and all(map(batch.is_batch_item, items))
    return result.get("responses") is not None or of_items


def _is_queued(result: Shape) -> bool:
    return _has("request_id")(result) and _has("status")(result)


def _is_vision(result: Shape) -> bool:
    return _has("metrics")(result) and _has("caption", "points", "objects", "answer")(result)


REGISTERED = (batch, decisions, extraction, ranking, translation, vision)
"""Imported for the hooks that they bring into the converter."""

__all__ = ("LISTS", "OBJECTS", "by_shape", "converter", "keep", "read_promised", "unwrap")

LISTS: tuple[tuple[Predicate, Any], ...] = (
    (_are_boxed, list[DetectedObject]),
    (_are_labelled, list[Classification]),
)
"""The rows for a `result` that is an array."""

OBJECTS: tuple[tuple[Predicate, Any], ...] = (
    *((form.is_whole, GeneratedText) for form in FORMS if form.has_mark),
    (is_openai_list, Embeddings),
    (_is_ranking, list[RankedContext]),
    (_is_response_matrix, Embeddings),
    (_has("response", "tool_calls"), GeneratedText),
    (_has("data"), Embeddings),
    (_has("translated_text", "translations"), TranslatedText),
    (_has("summary"), Summary),
    (_has("description"), Description),
    (lambda result: _has("text")(result) or has_channels(result), Transcription),
    (google.is_whole, GeneratedText),
    (has_several, list[MediaLink]),
    (_has("image", "audio", "video"), MediaLink),  # or the medium itself
    (_has("is_complete"), TurnDetection),
    (lambda result: extraction.are_extracted(result.get("answers")), Extracted),
    (_has("answers"), Decisions),
    (_is_vision, VisionAnswer),
    (_is_batch, BatchResult),
    (_is_queued, QueuedBatch),
    (lambda result: "response" in result or "tool_calls" in result, GeneratedText),  # with nothing but nulls
)
"""The rows for a `result` that is an object."""


def unwrap(result: Any) -> Any:
    """Take the inner result out of `{state, result}`, as answers through a gateway have it."""
    if type(result) is dict and result.get("state") is not None and result.get("result") is not None:
        return result["result"]
    return result


def by_shape(result: Any, asked: DecodeContext | None, skipped: list[str]) -> Any:
    """Structure *result* into the class that its shape tells; what fits no row by key and type is UnknownAnswer.

    The paths of side fields that are not usable are added to *skipped*.
    """
    inner = unwrap(result)
    noted: list[str] = []
    try:
        answer = _read(inner, _row(inner), asked, noted)
    except Exception:  # a misfit, or a value that no JSON holds: whatever it is, an answer that was paid for is kept
        answer, noted = UnknownAnswer(), []
    skipped += noted
    return keep(answer, result)


def keep(answer: Any, raw: Any) -> Any:
    """Give *answer* its raw result; lists have none."""
    if isinstance(answer, Answer):
        answer._keep(raw)
    return answer


def _row(result: Any) -> Any:
    if type(result) is str:
        return GeneratedText
    if result == []:
        return list
    rows = LISTS if type(result) is list else OBJECTS if type(result) is dict else ()
    return next((kind for fits, kind in rows if fits(result)), UnknownAnswer)


def _read(result: Any, kind: Any, asked: DecodeContext | None, skipped: list[str]) -> Any:
    if kind is MediaLink:
        return read_one(result)
    if kind == list[MediaLink]:
        return read_several(result)
    if kind is list:
        return []
    if type(result) is bytes:
        return read_binary(result, "")
    if kind is UnknownAnswer:
        return UnknownAnswer()
    return _structure(result, kind, asked, skipped)


def _structure(result: Any, kind: Any, asked: DecodeContext | None, skipped: list[str]) -> Any:
    """Structure *result* by the converter, whose hooks know nothing of the request, and bring in what that tells."""
    answer = structure_noting(result, kind, skipped)
    if kind is GeneratedText and asked is not None:
        apply_request(answer, result, asked)
    return answer


def read_promised(
    promise: Any, result: Any, asked: DecodeContext | None = None, skipped: list[str] | None = None
) -> Any:
    """Structure *result* into what the params promised.

    Args:
        promise: The type of the answer.
        result: What the service sent.
        asked: What of the request the answer depends on.
        skipped: Takes the paths of side fields that are not usable; the answer's own `skipped` where it has one.

    Raises:
        ShapeError: It has another shape.
    """
    noted: list[str] = [] if skipped is None else skipped
    if promise is RunResponse:
        return by_shape(result, asked, noted)
    return keep(_structure(unwrap(result), promise, asked, noted), result)


converter.register_structure_hook_func(lambda kind: kind == RunResponse, lambda value, _: by_shape(value, None, []))
register_noting(RunResponse, lambda value, skipped: by_shape(value, None, skipped))
