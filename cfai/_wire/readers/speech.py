"""Transcriptions: whisper's forms, nemotron's, and Deepgram's channels (docs/wire.md 3.5)."""

from typing import Any

from cattrs.gen import make_dict_structure_fn

from ...tasks.answers import RatedWord, Transcription, Word
from ..converter import Misfit, converter, expect_object, kind_of, register, structure_at
from .makers_words import in_our_words, is_makers

_fill = make_dict_structure_fn(Transcription, converter)


def read_transcription(result: Any) -> Transcription:
    """Read a *result* with `text`, or with `results.channels`."""
    expect_object(result)
    if has_channels(result):
        return _read_channels(result["results"]["channels"])
    given = {key: item for key, item in result.items() if item is not None}
    makers = given.pop("words") if is_makers(given.get("words")) else None
    answer: Transcription = _fill(given, Transcription)
    if makers is not None:
        answer.words = structure_at(in_our_words(makers), list[RatedWord], "$.words")
    if not answer.words:
        # turbo has its words in the segments alone; who asks for words should not have to know
        answer.words = [word for segment in answer.segments for word in segment.words]
    return answer


def has_channels(result: dict[str, Any]) -> bool:
    """Tell Deepgram's form."""
    results = result.get("results")
    return type(results) is dict and results.get("channels") is not None


def _read_channels(channels: Any) -> Transcription:
    if type(channels) is not list:
        raise Misfit(f"expected an array, got {kind_of(channels)}", "$.results.channels")
    texts: list[str] = []
    words: list[Word] = []
    for index, channel in enumerate(channels):
        best = _best(channel, f"$.results.channels[{index}]")
        texts.append(best.transcript)
        words += best.words
    return Transcription(text="\n".join(texts), words=words)


class _Alternative:
    __slots__ = ("transcript", "words")

    def __init__(self, transcript: str, words: list[RatedWord]) -> None:
        self.transcript = transcript
        self.words = words


def _best(channel: Any, path: str) -> _Alternative:
    """Take the first alternative of a channel: Deepgram sorts them by confidence. None at all is silence."""
    if type(channel) is not dict:
        raise Misfit(f"expected an object, got {kind_of(channel)}", path)
    alternatives = channel.get("alternatives")
    if alternatives is None or alternatives == []:
        return _Alternative("", [])
    if type(alternatives) is not list:
        raise Misfit(f"expected an array, got {kind_of(alternatives)}", f"{path}.alternatives")
    first, where = alternatives[0], f"{path}.alternatives[0]"
    if type(first) is not dict:
        raise Misfit(f"expected an object, got {kind_of(first)}", where)
    transcript, words = first.get("transcript"), first.get("words")
    return _Alternative(
        "" if transcript is None else structure_at(transcript, str, f"{where}.transcript"),
        [] if words is None else structure_at(words, list[RatedWord], f"{where}.words"),
    )


register(Transcription, read_transcription)
