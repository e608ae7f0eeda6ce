"""The messages of a conversation, written by small functions: each gives a plain mapping."""

import json
import os
from collections.abc import Mapping
from pathlib import PurePath
from typing import IO, Any

from ..errors import InvalidParams
from ..media import Media, Picture, picture_object
from .answers import GeneratedText, ToolCall

_SOUNDS = frozenset({".aac", ".flac", ".m4a", ".mp3", ".ogg", ".opus", ".wav"})
"""The suffixes of sounds; without its dot such a suffix is the sound's format."""
_HEAD = 16
"""Bytes that tell what kind a medium is."""


def system(text: str) -> dict[str, Any]:
    """Write what the model has to hold to in all that follows, as the first message of a conversation."""
    return {"role": "system", "content": text}


def user(
    *parts: str | bytes | bytearray | memoryview | os.PathLike[str] | IO[bytes] | Media | Mapping[str, Any] | Picture,
) -> dict[str, Any]:
    """Write a message of the user's: a text, or texts, pictures and sounds in the order in which they are given.

    A str is a text, and never the name of a file. A medium is bytes, a `pathlib.Path`, an open binary file or a
    `Media`: a sound where its first bytes, its `media_type` or the suffix of its file say so, else a picture. A PIL
    image and a numpy array of uint8 are pictures, as `cfai.MediaSource` describes them. A
    mapping is a part as the API takes it, and stays as it is.

    Raises:
        InvalidParams: There is no part, or one is none of these.
    """
    if not parts:
        raise InvalidParams("user() needs something that is said: a text, a picture or a sound")
    if len(parts) == 1 and isinstance(parts[0], str):
        return {"role": "user", "content": parts[0]}
    return {"role": "user", "content": [_part(part, f"parts[{index}]") for index, part in enumerate(parts)]}


def assistant(said: str | GeneratedText) -> dict[str, Any]:
    """Write what the model said: a text, or an answer with its reasoning and its calls of tools.

    Of an answer it is the same as its `message`.
    """
    return said.message if isinstance(said, GeneratedText) else {"role": "assistant", "content": said}


def tool(call: ToolCall | str, result: Any) -> dict[str, Any]:
    """Write what a tool gave back: a str as it is, anything else as JSON.

    *call* is what the model asked for, out of the `tool_calls` of its answer, or the id of it alone.

    Raises:
        InvalidParams: The result can't be written as JSON.
    """
    content = result if isinstance(result, str) else _json(result)
    if isinstance(call, ToolCall):
        return {"role": "tool", "tool_call_id": call.id, "name": call.name, "content": content}
    return {"role": "tool", "tool_call_id": call, "content": content}


def _json(result: Any) -> str:
    try:
        return json.dumps(result, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as failure:
        raise InvalidParams(f"result: {failure}: give a str or what JSON can say") from failure


def _part(part: Any, where: str) -> Mapping[str, Any]:
    if isinstance(part, str):
        return {"type": "text", "text": part}
    if isinstance(part, Mapping):
        return part
    suffix = _suffix(part, where)
    if suffix in _SOUNDS:
        return {"type": "input_audio", "input_audio": {"data": part, "format": suffix[1:]}}
    return {"type": "image_url", "image_url": {"url": part}}


def _suffix(medium: Any, where: str) -> str:
    """Tell the kind of a medium without reading a file, as the suffix that a file of it has."""
    if isinstance(medium, Media):
        return medium.suffix
    if isinstance(medium, (bytes, bytearray, memoryview)):
        return Media(bytes(medium[:_HEAD])).suffix
    if isinstance(medium, os.PathLike) or hasattr(medium, "read"):
        name = os.fspath(medium) if isinstance(medium, os.PathLike) else getattr(medium, "name", "")
        return PurePath(name).suffix.lower() if isinstance(name, str) else ""
    if picture_object(medium):
        return ".png"
    kind = type(medium).__name__
    raise InvalidParams(f"{where}: {kind} is no part of a message: pass a text, bytes, a Path, an open file or a Media")
