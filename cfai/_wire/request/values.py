"""What a user wrote, as plain JSON values with media taken out: checked with paths before anything is sent."""

import inspect
import math
import os
import re
from collections.abc import AsyncIterable, Callable, Mapping, Sequence
from typing import Any

import msgspec

from ..._catalogue.input_form import MediaForm
from ...errors import InvalidParams
from ...media import Media, picture_object
from ..convert.converter import ShapeError
from ..media.base64_decoding import decode_base64
from ..media.body import Body, MediaPart
from ..media.files import FileSource, PathSource
from ..media.image_objects import source_of_array, source_of_image
from ..media.sources import BytesSource, FlowSource, Source

FormOf = Callable[[tuple[str | int, ...]], MediaForm]
"""Which form a medium at this path takes."""

_SCALARS = {str, int, bool, type(None)}
_LARGEST_INT = 2**64
_NOT_PICTURES = frozenset({"audio", "input_audio", "video", "videos"})
"""Steps of a path below which a medium is no picture."""
_URL_KEYS = frozenset(
    {"audio", "audio_url", "data", "file_data", "image", "image_b64", "image_url", "images", "mask", "url"}
    | {"video", "video_url", "videos"}
)
"""Keys under which a text that looks like a data URL is one, and no words of somebody's."""
_EMPTY_URL = re.compile(r"data:[^,]*,\s*", re.IGNORECASE)
_EMPTY_IN_JSON = re.compile(rb'"data:[^",]*,\s*"', re.IGNORECASE)
"""Such a text in encoded JSON; within a text the quotation mark would be escaped."""
_MARK = b"\0"
"""Stands for a medium in encoded JSON: JSON text holds no such byte, for control characters are always escaped."""


def to_wire(value: Any, form_of: FormOf, path: tuple[str | int, ...] = ()) -> Any:
    """Give *value* as JSON values, in which each medium is a `MediaPart`.

    Raises:
        InvalidParams: Something in it is neither JSON nor a medium; the message names its path.
    """
    try:
        return _plain(value, form_of, path)
    except RecursionError:
        raise InvalidParams(f"{show(path)}: nested too deeply, or it contains itself") from None


def _plain(value: Any, form_of: FormOf, path: tuple[str | int, ...]) -> Any:
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return value
    if kind is dict or isinstance(value, Mapping):
        return {_key(key, path): _plain(item, form_of, (*path, key)) for key, item in value.items()}
    if kind is list or kind is tuple:
        return _items(value, form_of, path)
    if isinstance(value, (int, float)):
        return _number(value, path)
    if isinstance(value, str):
        return str.__str__(value)
    if is_medium(value):
        return media_part_of(value, form_of(path), show(path))
    if isinstance(value, Sequence):
        return _items(list(value), form_of, path)
    raise InvalidParams(f"{show(path)}: {_article(kind.__name__)} can't be sent: JSON values and media only")


def _items(values: Sequence[Any], form_of: FormOf, path: tuple[str | int, ...]) -> Sequence[Any]:
    kinds = set(map(type, values))
    if kinds <= _SCALARS and int not in kinds:
        return values
    if kinds == {int} and -_LARGEST_INT // 2 <= min(values) and max(values) < _LARGEST_INT:
        return values  # a picture as numbers has millions: looking at each one by one would take a second
    if kinds == {float} and all(map(math.isfinite, values)):
        return values
    return [_plain(item, form_of, (*path, index)) for index, item in enumerate(values)]


def _number(value: float, path: tuple[str | int, ...]) -> float:
    if isinstance(value, float):
        if not math.isfinite(value):
            raise InvalidParams(f"{show(path)}: {value} is no JSON number")
        return float(value)
    if not -_LARGEST_INT // 2 <= value < _LARGEST_INT:
        raise InvalidParams(f"{show(path)}: the number has more than 64 bits")
    return int(value)


def _key(key: Any, path: tuple[str | int, ...]) -> str:
    if not isinstance(key, str):
        raise InvalidParams(f"{show(path)}: a key must be a str, not {_article(type(key).__name__)}")
    return key


def is_medium(value: Any) -> bool:
    """Tell a medium that is not a string."""
    if isinstance(value, (bytes, bytearray, memoryview, Media, os.PathLike)):
        return True
    return hasattr(value, "read") or isinstance(value, AsyncIterable) or picture_object(value) != ""


def media_part_of(value: Any, form: MediaForm, field: str) -> MediaPart:
    """Make a piece of a medium; its bytes are read later.

    Raises:
        InvalidParams: It is no medium. A string is one only as a `data:` URL.
    """
    return MediaPart(_source_of(value, field), form)


def _source_of(value: Any, field: str) -> Source:
    if isinstance(value, Media):
        return BytesSource(value.data, field, value.media_type)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return BytesSource(bytes(value), field)  # of the last two a copy, for theirs may change while it is sent
    if isinstance(value, os.PathLike):
        return PathSource(value, field)
    if isinstance(value, str):
        return _source_of_url(value, field)
    if picture_object(value):
        return _source_of_picture(value, field)
    if isinstance(value, AsyncIterable):  # before files: those of anyio and aiohttp have a `read` too
        return FlowSource(value, field)
    if inspect.iscoroutinefunction(getattr(value, "read", None)):
        raise InvalidParams(f"{field}: a file with an async read is no open file: pass `await file.read()`")
    if hasattr(value, "read"):
        return FileSource(value, field)
    raise InvalidParams(f"{field}: {_no_medium(value)}")


def _no_medium(value: Any) -> str:
    kind = type(value).__name__
    if isinstance(value, (list, tuple)) and value and all(type(item) is int for item in value):
        return f"{_article(kind)} of ints is no medium: pass bytes({kind})"
    return f"{_article(kind)} is no medium: pass bytes, a Path or an open file"


def _source_of_picture(picture: Any, field: str) -> Source:
    kind = picture_object(picture)
    if not _NOT_PICTURES.isdisjoint(re.split(r"[.\[]", field)):
        raise InvalidParams(f"{field}: a {kind} is a picture, and this is no field for one: pass the bytes of a file")
    return source_of_image(picture, field) if kind == "PIL image" else source_of_array(picture, field)


_A_STR = "a str must be a data: URL; wrap a file name in pathlib.Path(), and decode base64 with base64.b64decode()"


def _source_of_url(value: str, field: str) -> Source:
    if value.lower().startswith(("https://", "http://")):
        raise InvalidParams(f"{field}: this model fetches no addresses, so {_A_STR}")
    if value[:5].lower() != "data:":
        raise InvalidParams(f"{field}: {_A_STR}")
    try:
        data, media_type = decode_base64(value, "$")
    except ShapeError as misfit:
        reason = misfit.why
    else:
        return BytesSource(data, field, media_type)
    raise InvalidParams(f"{field}: {reason}")


def _hide(value: Any) -> Any:
    """Leave a mark for a medium; the encoder asks here for what it does not know."""
    return msgspec.Raw(_MARK)


_encoder = msgspec.json.Encoder(enc_hook=_hide)


def encode_json(value: Any) -> Body:
    """Write *value*, which `to_wire` has made, as JSON in which the media stand in their places.

    Raises:
        InvalidParams: A text in it is not Unicode (it holds a lone surrogate), or a data URL in it has no bytes.
    """
    try:
        encoded = _encoder.encode(value)
    except UnicodeEncodeError as failure:
        reason = str(failure.reason)
    else:
        if _EMPTY_IN_JSON.search(encoded):
            _refuse_empty_urls(value, ())
        if _MARK not in encoded:
            return Body((encoded,))
        return Body(_interleaved(encoded.split(_MARK), list(pieces_in(value))))
    raise InvalidParams(f"{_find_surrogate(value, ())}: a text that is not valid Unicode: {reason}")


def _refuse_empty_urls(value: Any, path: tuple[str | int, ...]) -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            _refuse_empty_urls(item, (*path, key))
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            _refuse_empty_urls(item, (*path, index))
    elif isinstance(value, str) and _EMPTY_URL.fullmatch(value):
        key = next((step for step in reversed(path) if isinstance(step, str)), "")
        if key in _URL_KEYS:
            raise InvalidParams(f"{show(path)}: the medium is empty: it has no bytes")


def _interleaved(texts: list[bytes], pieces: list[MediaPart]) -> list[bytes | MediaPart]:
    parts: list[bytes | MediaPart] = [texts[0]]
    for piece, text in zip(pieces, texts[1:], strict=True):
        parts += [piece, text]
    return parts


def pieces_in(value: Any) -> list[MediaPart]:
    """List the media in *value*, in the order in which they are written."""
    if isinstance(value, MediaPart):
        return [value]
    if isinstance(value, dict):
        return [piece for item in value.values() for piece in pieces_in(item)]
    if isinstance(value, list):
        return [piece for item in value for piece in pieces_in(item)]
    return []


def check_text(text: str, path: tuple[str | int, ...]) -> str:
    """Give *text*, which has to be Unicode.

    Raises:
        InvalidParams: It holds a lone surrogate.
    """
    if _find_surrogate(text, path):
        raise InvalidParams(f"{show(path)}: a text that is not valid Unicode: surrogates not allowed")
    return text


def _find_surrogate(value: Any, path: tuple[str | int, ...]) -> str:
    if isinstance(value, dict):
        if any(_find_surrogate(key, path) for key in value):
            return f"{show(path)}: a key of it"
        items: Any = value.items()
    elif isinstance(value, (list, tuple)):
        items = enumerate(value)
    else:
        items = ()
        try:
            str(value).encode()
        except UnicodeEncodeError:
            return show(path)
    return next((found for key, item in items if (found := _find_surrogate(item, (*path, key)))), "")


def show(path: tuple[str | int, ...]) -> str:
    """Write a path as `messages[0].content`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text or "params"


def _article(name: str) -> str:
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"
