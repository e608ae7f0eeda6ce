"""Pictures and sounds: as bytes, as base64 in JSON, as data URLs."""

from typing import Any, TypeVar

from ...media import Audio, Image, Media, is_samples, sniff
from ..convert.converter import ShapeError, expect_object, kind_of, register
from ..media.base64_decoding import decode_base64

M = TypeVar("M", bound=Media)


def is_link(value: Any) -> bool:
    """Tell an address from base64."""
    return type(value) is str and value[:8].lower().startswith(("https://", "http://"))


def read_binary(body: bytes, content_type: str) -> Media:
    """Give *body* the class that its bytes, else the header's *content_type*, say it is."""
    media_type = sniff(body) or content_type
    kind: type[Media] = Media
    if media_type.startswith("image/"):
        kind = Image
    elif media_type.startswith("audio/"):
        kind = Audio
    return kind(body, media_type or None)


def _read_image(result: Any) -> Image:
    return read_key(result, Image, "image")


def _read_audio(result: Any) -> Audio:
    return read_key(result, Audio, "audio")


def read_key(result: Any, kind: type[M], key: str) -> M:
    """Read the medium under *key* of *result*: base64 or a data URL; or *result* itself, where it is bytes."""
    if type(result) is bytes:
        return _of_bytes(result, kind, key)
    expect_object(result)
    value = result.get(key)
    if value is None:
        raise ShapeError("a required key is missing or null", f"$.{key}")
    return read_text(value, kind, key, f"$.{key}")


def read_text(value: Any, kind: type[M], key: str, path: str) -> M:
    """Read base64 or a data URL, which stands at *path*, as a medium of the kind that *key* names."""
    if type(value) is not str:
        raise ShapeError(f"expected base64, got {kind_of(value)}", path)
    if is_link(value):
        raise ShapeError("expected base64, got an address", path)
    data, media_type = decode_base64(value, path)
    return _of_bytes(data, kind, key, path, media_type)


def _of_bytes(data: bytes, kind: type[M], key: str, path: str = "$", media_type: str | None = None) -> M:
    if data and is_samples(media_type) and key == "audio":
        return kind(data, media_type)
    if not is_kind(data, key):
        raise ShapeError(f"expected {key} bytes, got {sniff(data) or 'none'}", path)
    return kind(data, media_type)


def is_kind(data: bytes, key: str) -> bool:
    """Tell whether *data* can be an "image" or an "audio", as *key* says: there are some, and not of the other kind."""
    return bool(data) and (sniff(data) or key).partition("/")[0] in (key, "video")


register(Image, _read_image)
register(Audio, _read_audio)
