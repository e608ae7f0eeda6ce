"""Answers that are read straight from the bytes: a promised class, its envelope and all, by one typed decoder.

A row stands here only where the benchmark shows that a budget needs it. Whatever such a decoder refuses goes the
ordinary way, through the converter, which then gives the answer or says what is wrong; a test holds both ways to the
same answers.
"""

from collections.abc import Callable
from typing import Annotated, Any, Generic, TypeVar

import msgspec

from ..._base import Answer
from ...media import Audio, Image
from ...tasks.answers import Classification, Embeddings, GeneratedText, Segment, Transcription, TranscriptionInfo, Word
from ...usage import Usage
from ..decode_context import DecodeContext
from ..text.common import apply
from .embeddings import shape_of
from .media import is_kind


class _Good(msgspec.Struct):
    """What says nothing that makes a good answer a bad one or a wrapped one: the ordinary way knows about those."""

    error: None = None
    state: None = None


class _Vectors(_Good, kw_only=True):
    data: list[list[float]]
    shape: list[int] | None = None
    pooling: str | None = None


class _Speech(_Good, kw_only=True):
    results: None = None  # with channels in it, it is another form
    text: str
    vtt: str | None = None
    word_count: int | None = None
    words: list[Word] = []
    segments: list[Segment] = []
    transcription_info: TranscriptionInfo | None = None
    duration: float | None = None


class _Picture(_Good, kw_only=True):
    image: bytes  # from base64, in C and without a text in between: four times as fast as text first


class _Sound(_Good, kw_only=True):
    audio: bytes


class _Cached(msgspec.Struct, forbid_unknown_fields=True):
    cached_tokens: int = 0


class _Tokens(msgspec.Struct, forbid_unknown_fields=True):
    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int | None = None
    prompt_tokens_details: _Cached | None = None


class _Text(msgspec.Struct, forbid_unknown_fields=True):
    """The native form with nothing in it but a text; a key that is not here may change what the answer is."""

    response: str
    tool_calls: Annotated[list[None], msgspec.Meta(max_length=0)] | None = None
    usage: _Tokens | None = None


R = TypeVar("R", bound=_Good | _Text | list[Any])


class _Envelope(_Good, Generic[R]):
    result: R | None = None
    success: bool = True


def _text(result: _Text, asked: DecodeContext) -> GeneratedText:
    answer = GeneratedText(response=result.response)
    tokens = result.usage
    if tokens is not None:
        prompt, completion, total = tokens.prompt_tokens, tokens.completion_tokens, tokens.total_tokens
        details = tokens.prompt_tokens_details
        answer.usage = Usage(
            prompt,
            completion,
            prompt + completion if total is None else total,
            0 if details is None else details.cached_tokens,
        )
    apply(answer, asked, native=True)
    return answer


def _labels(result: list[Classification], _: DecodeContext) -> list[Classification]:
    return result


def _embeddings(result: _Vectors, _: DecodeContext) -> Embeddings:
    shape = shape_of(result.data) if result.shape is None else result.shape
    return Embeddings(result.data, shape, result.pooling)


def _picture(result: _Picture, _: DecodeContext) -> Image | None:
    return Image(result.image) if is_kind(result.image, "image") else None


def _sound(result: _Sound, _: DecodeContext) -> Audio | None:
    return Audio(result.audio) if is_kind(result.audio, "audio") else None


def _transcription(result: _Speech, _: DecodeContext) -> Transcription:
    return Transcription(
        text=result.text,
        vtt=result.vtt,
        word_count=result.word_count,
        words=result.words or [word for segment in result.segments for word in segment.words],
        segments=result.segments,
        transcription_info=result.transcription_info,
        duration=result.duration,
    )


LABELS: Any = list[Classification]
TYPED_DECODERS: dict[
    Any, tuple[msgspec.json.Decoder[Any], Callable[[Any, DecodeContext], Answer | list[Any] | None]]
] = {
    # a sentence: a fifth of what cfai adds to a call
    GeneratedText: (msgspec.json.Decoder(_Envelope[_Text]), _text),
    # two labels: of a call so small the ordinary way is a twentieth
    LABELS: (msgspec.json.Decoder(_Envelope[list[Classification]]), _labels),
    # 100 x 1024 numbers: checked one by one in C while they are parsed, where checking them later costs a tenth more
    Embeddings: (msgspec.json.Decoder(_Envelope[_Vectors]), _embeddings),
    # 5,000 words: half the time of parsing them into mappings first
    Transcription: (msgspec.json.Decoder(_Envelope[_Speech]), _transcription),
    # 4 MB of base64: half the time of text first
    Image: (msgspec.json.Decoder(_Envelope[_Picture]), _picture),
    Audio: (msgspec.json.Decoder(_Envelope[_Sound]), _sound),
}


def decode_typed(promise: Any, body: bytes, asked: DecodeContext) -> Any:
    """Read *body* as *promise* in one go; None where it has no row, or is anything but a plain good answer."""
    # A type of the user's own may have no hash, but a class has one.
    row = TYPED_DECODERS.get(promise) if isinstance(promise, type) or promise == LABELS else None
    if row is None:
        return None
    decoder, make = row
    try:
        envelope = decoder.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    return make(envelope.result, asked) if envelope.success and envelope.result is not None else None
