"""The pieces that nearly all events of a burst are: some text, or of a call's arguments, from one typed decoder.

Each key that means more than that stands here with a type that refuses it: such an event is decoded again and read by
the files of its form. A test holds both ways to the same events.
"""

from collections.abc import Callable
from typing import Literal, TypeVar

import msgspec

T = TypeVar("T")


class _NativeText(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    response: str
    p: str | None = None
    """Padding."""


class Details(msgspec.Struct, gc=False):
    """What a `Record` says of the prompt."""

    cached_tokens: int | None = None


class Record(msgspec.Struct, gc=False):
    """The usage of one event."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    total_tokens: int | None = None
    prompt_tokens_details: Details | None = None
    neurons: float | None = None
    input_tokens: None = None
    output_tokens: None = None
    input_tokens_details: None = None
    cached_tokens: None = None
    cache_read_input_tokens: None = None


class _Function(msgspec.Struct, gc=False):
    arguments: str
    name: None = None


class Fragment(msgspec.Struct, gc=False):
    """A piece of a call that was named before."""

    index: int
    function: _Function
    id: None = None


class _Delta(msgspec.Struct, gc=False):
    content: str | None = None
    reasoning: str | None = None
    reasoning_content: str | None = None
    tool_calls: list[Fragment] | None = None


class _Choice(msgspec.Struct, gc=False):
    delta: _Delta
    index: Literal[0] = 0
    finish_reason: None = None
    message: None = None
    error: None = None


class _TextDelta(msgspec.Struct, gc=False):
    type: Literal["text_delta"]
    text: str


class PlainChunk(msgspec.Struct, gc=False):
    """Text of the native form under `response`, of OpenAI's in `choices`, of typed events under `delta`."""

    response: str | None = None
    choices: tuple[_Choice] | None = None
    usage: Record | None = None
    model: str | None = None
    tool_calls: tuple[()] | None = None
    finish_reason: None = None
    reasoning: None = None
    reasoning_content: None = None
    type: Literal["response.output_text.delta", "content_block_delta"] | None = None
    delta: str | _TextDelta | None = None
    error: None = None
    errors: tuple[()] | None = None
    success: None = None
    state: None = None
    status: None = None
    result: None = None
    output: None = None
    streamed_data: None = None
    candidates: None = None
    usage_metadata: None = msgspec.field(default=None, name="usageMetadata")


_TYPES_OF_DELTA = {"response.output_text.delta": str, "content_block_delta": _TextDelta}
_decoder = msgspec.json.Decoder(PlainChunk)
_decode, _decode_lines = _decoder.decode, _decoder.decode_lines
_decode_native_lines = msgspec.json.Decoder(_NativeText).decode_lines


def native_texts(datas: list[bytes]) -> list[str] | None:
    """Read the *datas* of a few events, which all are a native text and its padding; None where they are not."""
    chunks = _by_lines(_decode_native_lines, datas)
    return None if chunks is None else [chunk.response for chunk in chunks]


def plain_chunks(datas: list[bytes]) -> list[PlainChunk | None]:
    """Read the *datas* of a few events, each as `plain_chunk` does; all by one call where each is plain."""
    chunks = _by_lines(_decode_lines, datas)
    if chunks is None:
        return list(map(plain_chunk, datas))
    # What nearly all are is told without a call.
    return [
        chunk if (chunk.choices is not None and chunk.response is None) or _is_plain(chunk) else None
        for chunk in chunks
    ]


def _by_lines(decode: Callable[[bytes], list[T]], datas: list[bytes]) -> list[T] | None:
    lines = b"\n".join(datas)
    try:
        chunks = decode(lines)
    except Exception:  # one by one it shows which
        return None
    return chunks if len(chunks) == len(datas) == lines.count(b"\n") + 1 else None  # then each line is one


def plain_chunk(data: bytes) -> PlainChunk | None:
    """Read the *data* of an event; None where it says more than a plain piece of text, or is no JSON."""
    try:
        chunk = _decode(data)
    except Exception:  # whatever it is, the ordinary way says
        return None
    return chunk if _is_plain(chunk) else None


def _is_plain(chunk: PlainChunk) -> bool:
    if chunk.choices is not None:
        return not chunk.response  # with both it is a hybrid
    if chunk.usage is not None:
        return False  # in the native form it may be the total
    # Typed events name their model elsewhere.
    return chunk.type is None or (chunk.model is None and _TYPES_OF_DELTA.get(chunk.type) is type(chunk.delta))


def text_of(chunk: PlainChunk) -> str | None:
    """Give the text of a *chunk* that names its type."""
    return chunk.delta.text if isinstance(chunk.delta, _TextDelta) else chunk.delta
