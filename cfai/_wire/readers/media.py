"""Pictures and sounds: as bytes, as base64 in JSON, as data URLs, as links."""

import base64
import binascii
from typing import Any, TypeVar
from urllib.parse import unquote, unquote_to_bytes

from ...media import Audio, Image, Media, MediaLink, sniff
from ..converter import Misfit, expect_object, kind_of, register

M = TypeVar("M", bound=Media)


def read_media(result: dict[str, Any]) -> Image | Audio | MediaLink:
    """Read `{image}` or `{audio}`: base64, a data URL, or an address."""
    key = "image" if result.get("image") is not None else "audio"
    value = result[key]
    if is_link(value):
        return MediaLink(value, f"{key}/*")
    return (_read_image if key == "image" else _read_audio)(result)


def is_link(value: Any) -> bool:
    """Tell an address from base64."""
    return type(value) is str and value.startswith(("https://", "http://"))


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
    return _read(result, Image, "image")


def _read_audio(result: Any) -> Audio:
    return _read(result, Audio, "audio")


def _read(result: Any, kind: type[M], key: str) -> M:
    if type(result) is bytes:
        return _of_bytes(result, kind, key)
    expect_object(result)
    value = result.get(key)
    if value is None:
        raise Misfit("a required key is missing or null", f"$.{key}")
    if type(value) is not str:
        raise Misfit(f"expected base64, got {kind_of(value)}", f"$.{key}")
    if is_link(value):
        raise Misfit("expected base64, got an address: ask with a mapping to get it as a MediaLink", f"$.{key}")
    data, media_type = decode_base64(value, f"$.{key}")
    return _of_bytes(data, kind, key, f"$.{key}", media_type)


def _of_bytes(data: bytes, kind: type[M], key: str, path: str = "$", media_type: str | None = None) -> M:
    if not is_kind(data, key):
        raise Misfit(f"expected {key} bytes, got {sniff(data) or 'none'}", path)
    return kind(data, media_type)


def is_kind(data: bytes, key: str) -> bool:
    """Tell whether *data* can be an "image" or an "audio", as *key* says: there are some, and not of the other kind."""
    return bool(data) and (sniff(data) or key).partition("/")[0] in (key, "video")


def decode_base64(text: str, path: str) -> tuple[bytes, str | None]:
    """Decode base64 with or without line breaks and padding, or a data URL; with the URL's media type if any."""
    media_type = None
    if text[:5].lower() == "data:":
        head, comma, text = text[5:].partition(",")
        if not comma:
            raise Misfit("a data URL without its comma", path)
        media_type = head.partition(";")[0].strip().lower() or None
        if not head.rstrip().lower().endswith(";base64"):
            return _unquoted(text, path), media_type
        text = unquote(text) if "%" in text else text
    try:
        return _unpadded(text), media_type
    except (binascii.Error, ValueError) as failure:
        reason = f"not base64: {failure}"
    raise Misfit(reason, path)


def _unquoted(text: str, path: str) -> bytes:
    try:
        return unquote_to_bytes(text)
    except UnicodeEncodeError as failure:
        reason = f"a data URL that is not valid Unicode: {failure.reason}"
    raise Misfit(reason, path)


def _unpadded(text: str) -> bytes:
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except binascii.Error:
        clean = "".join(text.split()).rstrip("=")
        return base64.b64decode(clean + "=" * (-len(clean) % 4), validate=True)


def _read_any(result: Any) -> Media:
    if type(result) is bytes:
        return read_binary(result, "")
    raise Misfit(f"expected bytes, got {kind_of(result)}")


def _read_link(result: Any) -> MediaLink:
    for key in ("image", "audio"):
        if type(result) is dict and is_link(result.get(key)):
            return MediaLink(result[key], f"{key}/*")
    raise Misfit(f"expected an address under 'image' or 'audio', got {kind_of(result)}")


register(MediaLink, _read_link)
register(Image, _read_image)
register(Audio, _read_audio)
register(Media, _read_any)
