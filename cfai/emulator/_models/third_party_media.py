"""Pictures, sounds and videos of other companies' models: mostly links, which lead to the emulator itself.

That there are links, lists of links, data URLs and a wrapper is known (docs/wire.md 1); which model has which is our
guess.
"""

import base64
import json
import re
import struct
from typing import Any, Final

from attrs import frozen

from cfai.emulator import _mpeg, _picture
from cfai.emulator._models.model import Answer, Media, noise
from cfai.emulator._models.speech import length
from cfai.emulator._schema import INTEGER, STRING, Kind, Shape, check
from cfai.emulator._sound import tone

_PLACE: Final = re.compile(r"/media/(?P<name>[0-9a-f]{24})\.(?P<suffix>png|mp3|mp4)")
_SIDE: Final = 256
_SECONDS: Final = 1.0
_BIT_RATE: Final = 128_000
_RATE: Final = 24_000
_PITCH: Final = 220
_MOST: Final = 4

_ANY: Final = Kind(("string", "array"))
_INPUT: Final = (
    Shape(
        (),
        {
            "prompt": STRING,
            "text": STRING,
            "image": _ANY,
            "images": Kind(("array",), items=STRING),
            "audio": STRING,
            "video": STRING,
            "n": Kind(("integer",), least=1, most=_MOST),
            "seed": INTEGER,
        },
    ),
)


@frozen
class _Form:
    """How a model answers."""

    key: str
    suffix: str

    several: bool = False
    """Whether there is a list of links, as many as `n` asks for."""

    inline: bool = False
    """Whether it is a data URL with raw samples, in the place of a link."""

    wrapped: bool = False
    """Whether it stands in `{state, result, gatewayMetadata}`."""


_FORMS: Final = {
    "google/gemini-2.5-flash-tts": _Form("audio", "l16", inline=True, wrapped=True),
    "google/nano-banana-pro": _Form("image", "png"),
    "google/veo-3.1": _Form("video", "mp4", wrapped=True),
    "minimax/speech-2.8-hd": _Form("audio", "mp3"),
    "openai/gpt-image-2": _Form("image", "png", wrapped=True),
    "xai/grok-imagine-image": _Form("images", "png", several=True),
}


def has_media(slug: str) -> bool:
    """Tell whether the model answers with a medium."""
    return slug in _FORMS


def ask_for_media(slug: str, given: object, seed: int, origin: str) -> Answer:
    """Answer, with links to *origin*, which is where the emulator was reached."""
    form = _FORMS[slug]
    body = check(given, _INPUT)
    if form.inline:
        samples = tone(length(body.get("prompt", body.get("text", ""))), _RATE, _PITCH)
        value: Any = f"data:audio/l16;base64,{base64.b64encode(samples).decode()}"
    else:
        links = [_link(origin, form.suffix, slug, body, seed, place) for place in range(body.get("n", 1))]
        value = links if form.several else links[0]
    result = {form.key: value, "model": slug}
    if form.wrapped:
        result = {"state": "Completed", "result": result, "gatewayMetadata": {"keySource": "Unified"}}
    return Answer(result, None)


def _link(origin: str, suffix: str, *parts: Any) -> str:
    name = noise(12, "link", json.dumps(parts, sort_keys=True)).hex()
    return f"{origin}/media/{name}.{suffix}"


def served(path: str) -> Media | None:
    """Make what a link leads to, for anyone who asks: the path alone says what it is. None where it is no link."""
    place = _PLACE.fullmatch(path)
    if place is None:
        return None
    name, suffix = place["name"], place["suffix"]
    if suffix == "png":
        picture = _picture.png(f"/media/{name}.png", _SIDE, _SIDE, noise(6, "colours", name))
        return Media(picture, "image/png", None)
    if suffix == "mp3":
        return Media(_mpeg.silence(_SECONDS, _BIT_RATE), "audio/mpeg", None)
    return Media(_empty_video(), "video/mp4", None)


def _empty_video() -> bytes:
    """Write an MP4 without a track: a file that is valid, and shows nothing."""
    identity = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    head = struct.pack(">IIIIIIH10x", 0, 0, 0, 1000, 1000, 0x10000, 0x100) + identity + bytes(24) + struct.pack(">I", 1)
    return _box(b"ftyp", b"mp42\0\0\0\0mp42isom") + _box(b"moov", _box(b"mvhd", head))


def _box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", 8 + len(content)) + name + content
