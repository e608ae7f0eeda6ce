"""Transcriptions: whisper's forms, nemotron's, and Deepgram's channels (docs/wire.md 3.5)."""

from typing import Any

from ...tasks.answers import RatedWord, Transcription, TranscriptionInfo, TurnDetection, Word
from ..convert.converter import ShapeError, expect_object, kind_of, register, structure_at
from ..convert.side_fields import read_fields, read_side, register_fields
from .third_party_words import are_third_party_words, normalized_words


def read_transcription(result: Any) -> Transcription:
    """Read a *result* with `text`, or with `results.channels`."""
    expect_object(result)
    skipped: list[str] = []
    if has_channels(result):
        answer = _with_metadata(_read_channels(result["results"]["channels"], skipped), result, skipped)
    elif are_third_party_words(result.get("words")):
        words = result["words"]
        answer = read_fields({**result, "words": None}, Transcription, "$", skipped)
        answer.words = read_side(normalized_words(words), list[RatedWord], "$.words", skipped, [])
    else:
        answer = read_fields(result, Transcription, "$", skipped)
    if not answer.words:
        # turbo has its words in the segments alone; who asks for words should not have to know
        answer.words = [word for segment in answer.segments for word in segment.words]
    answer._skip(skipped)
    return answer


def has_channels(result: dict[str, Any]) -> bool:
    """Tell Deepgram's form."""
    results = result.get("results")
    return type(results) is dict and results.get("channels") is not None


def _read_channels(channels: Any, skipped: list[str]) -> Transcription:
    if type(channels) is not list:
        raise ShapeError(f"expected an array, got {kind_of(channels)}", "$.results.channels")
    texts: list[str] = []
    words: list[Word] = []
    for index, channel in enumerate(channels):
        best = _best(channel, f"$.results.channels[{index}]", skipped)
        texts.append(best.transcript)
        words += best.words
    return Transcription(text="\n".join(texts), words=words)


def _with_metadata(answer: Transcription, result: dict[str, Any], skipped: list[str]) -> Transcription:
    """Fill the length and the language, which Deepgram's form has beside the channels and in each of them."""
    metadata = read_side(result.get("metadata"), dict[str, Any], "$.metadata", skipped, {})
    answer.duration = read_side(metadata.get("duration"), float, "$.metadata.duration", skipped)
    places = [(channel, f"$.results.channels[{index}]") for index, channel in enumerate(result["results"]["channels"])]
    for place, path in (*places, (metadata, "$.metadata")):
        for key in ("detected_language", "language"):
            language = read_side(place.get(key), str, f"{path}.{key}", skipped)
            if language is not None:
                sure = read_side(place.get("language_confidence"), float, f"{path}.language_confidence", skipped)
                answer.transcription_info = TranscriptionInfo(language, sure, answer.duration)
                return answer
    return answer


class _Alternative:
    __slots__ = ("transcript", "words")

    def __init__(self, transcript: str, words: list[RatedWord]) -> None:
        self.transcript = transcript
        self.words = words


def _best(channel: Any, path: str, skipped: list[str]) -> _Alternative:
    """Take the first alternative of a channel: Deepgram sorts them by confidence. None at all is silence."""
    if type(channel) is not dict:
        raise ShapeError(f"expected an object, got {kind_of(channel)}", path)
    alternatives = channel.get("alternatives")
    if alternatives is None or alternatives == []:
        return _Alternative("", [])
    if type(alternatives) is not list:
        raise ShapeError(f"expected an array, got {kind_of(alternatives)}", f"{path}.alternatives")
    first, where = alternatives[0], f"{path}.alternatives[0]"
    if type(first) is not dict:
        raise ShapeError(f"expected an object, got {kind_of(first)}", where)
    transcript, words = first.get("transcript"), first.get("words")
    return _Alternative(
        "" if transcript is None else structure_at(transcript, str, f"{where}.transcript"),
        read_side(words, list[RatedWord], f"{where}.words", skipped, []),
    )


register(Transcription, read_transcription)
register_fields(TurnDetection)
