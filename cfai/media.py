"""Pictures and sounds: as answers, and as what a user may pass in."""

import base64
import functools
import os
import sys
from collections.abc import AsyncIterable
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal, TypeAlias
from urllib.parse import quote

from attrs import define, field
from attrs.exceptions import FrozenInstanceError

from ._base import Answer

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image as PilImage

    Picture: TypeAlias = PilImage | NDArray[np.uint8]
else:
    PilImage = Any
    Picture = Any  # neither package needs to be installed

__all__ = ("Audio", "Image", "Media", "MediaLink", "MediaSource", "sniff")

_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"\x1aE\xdf\xa3", "video/webm"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}
_FTYP = {b"avif": "image/avif", b"heic": "image/heic", b"M4A ": "audio/mp4", b"M4B ": "audio/mp4"}
_SAMPLES = frozenset({"audio/l16", "audio/pcm"})
_SUFFIXES = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "image/tiff": ".tiff",
    "image/bmp": ".bmp",
    "image/avif": ".avif",
    "image/heic": ".heic",
    "image/svg+xml": ".svg",
    "audio/mpeg": ".mp3",
    "audio/mp3": ".mp3",
    "audio/wav": ".wav",
    "audio/x-wav": ".wav",
    "audio/ogg": ".ogg",
    "audio/opus": ".opus",
    "audio/flac": ".flac",
    "audio/aac": ".aac",
    "audio/mp4": ".m4a",
    "video/mp4": ".mp4",
    "video/webm": ".webm",
}


def sniff(data: bytes) -> str | None:
    """Say from its first bytes what kind of medium *data* is: a media type, or None where they tell nothing.

    No text that is JSON begins like any of these, so an answer can be told apart by its bytes alone; nor do raw
    samples of silence, which have no mark at all.
    """
    head = bytes(data[:16])
    for magic, media_type in _MAGIC:
        if head.startswith(magic):
            return media_type
    if head.startswith(b"RIFF"):
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp" and head[:1] == b"\0":  # the length of a box; a JSON string may have "ftyp" there
        return _FTYP.get(head[8:12], "video/mp4")
    if head.startswith(b"BM") and head[6:10] == b"\0\0\0\0":
        return "image/bmp"
    return _sniff_frames(head)


def is_samples(media_type: str | None) -> bool:
    """Whether *media_type* is that of raw samples: they have no mark, and may look like any other kind by chance."""
    return media_type is not None and media_type.partition(";")[0].strip().lower() in _SAMPLES


def _sniff_frames(head: bytes) -> str | None:
    """Tell MPEG audio without an ID3 tag by its first frame header.

    The twelve bits of its mark alone would also fit raw samples such as -1, and a byte order mark of UTF-16: so the
    fields behind them must hold what they may. Layer I, which nobody writes, is left to those samples.
    """
    if len(head) < 3 or head[0] != 0xFF:
        return None
    if head[1] & 0xF6 == 0xF0 and head[2] >> 2 & 0x0F < 13:
        return "audio/aac"  # ADTS: a layer of zero, and one of thirteen sampling rates
    version, layer = head[1] >> 3 & 0b11, head[1] >> 1 & 0b11
    bit_rate, sampling_rate = head[2] >> 4, head[2] >> 2 & 0b11
    known = version != 0b01 and bit_rate < 15 and sampling_rate < 3
    is_frame = layer == 0b01 or (layer == 0b10 and bit_rate > 0)  # layer III, which is MP3, or II
    return "audio/mpeg" if head[1] & 0xE0 == 0xE0 and known and is_frame else None


def _refuse(medium: Any, attribute: Any, value: Any) -> None:
    raise FrozenInstanceError


if TYPE_CHECKING:
    from attrs import frozen as _frozen
else:
    # Only the fields are frozen, and not what a class that extends one of these may set on itself.
    _frozen = functools.partial(define, on_setattr=_refuse, unsafe_hash=True, weakref_slot=False)


def _refuse_to_delete(self: Any, name: str) -> None:
    if name in ("data", "media_type", "url"):
        raise FrozenInstanceError
    object.__delattr__(self, name)


def _text(media_type: str | None) -> str:
    return media_type or ""


def picture_object(value: object) -> Literal["", "PIL image", "numpy array"]:
    """Return what *value* is, where it is a picture as an object of another package; else an empty string.

    Nothing is imported for it: whoever has such an object has imported its package.
    """
    if isinstance(value, getattr(sys.modules.get("PIL.Image"), "Image", ())):
        return "PIL image"
    if isinstance(value, getattr(sys.modules.get("numpy"), "ndarray", ())):
        return "numpy array"
    return ""


@_frozen(repr=False)
class Media(Answer):
    """A medium: its bytes and what kind they are.

    As an answer it is what a model drew or said; as a value of your own it may be passed wherever a model takes a
    medium. It does not change: `attrs.evolve` makes another one.
    """

    data: bytes
    """The bytes of the file."""
    media_type: str = field(default=None, converter=_text)
    """What the bytes are, such as "image/jpeg": read from the bytes themselves, else what was given, else from the
    answer's header; the service's own word for it is not always true."""

    def __delattr__(self, name: str) -> None:
        _refuse_to_delete(self, name)

    def __attrs_post_init__(self) -> None:
        named = self.media_type or "application/octet-stream"
        settled = named if is_samples(self.media_type) else sniff(self.data) or named
        object.__setattr__(self, "media_type", settled)

    @property
    def suffix(self) -> str:
        """The file suffix that belongs to `media_type`, with its dot; empty where there is none."""
        return _SUFFIXES.get(self.media_type, "")

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the bytes to *path* and return it; a path without a suffix gets the true one.

        Raises:
            OSError: The file can't be written.
        """
        target = Path(path)
        if not target.suffix:
            target = target.with_name(target.name + self.suffix)
        target.write_bytes(self.data)
        return target

    def _data_url(self) -> str:
        # the service's own word for the type may hold anything, and this goes into a notebook's HTML
        return f"data:{quote(self.media_type, safe='/+.-;=')};base64,{base64.b64encode(self.data).decode('ascii')}"

    def __len__(self) -> int:
        return len(self.data)

    def __bytes__(self) -> bytes:
        return self.data

    def __repr__(self) -> str:
        return f"{type(self).__name__}({repr(self.media_type)[:82]}, {len(self.data):,} bytes)"


class Image(Media):
    """A picture."""

    __slots__ = ()

    def to_pil(self) -> "PilImage":
        """Open the picture with Pillow.

        Raises:
            ModuleNotFoundError: Pillow is not installed; it comes with `cfai-sdk[images]`.
        """
        from io import BytesIO

        try:
            import PIL.Image
        except ModuleNotFoundError:
            raise ModuleNotFoundError("to_pil() needs Pillow: pip install 'cfai-sdk[images]'") from None
        return PIL.Image.open(BytesIO(self.data))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Show the picture in a notebook."""
        if self.media_type in ("image/png", "image/jpeg", "image/gif"):
            shown = {self.media_type: base64.b64encode(self.data).decode("ascii")}
        else:
            shown = {"text/html": f'<img src="{self._data_url()}">'}
        return {"text/plain": repr(self), **shown}


class Audio(Media):
    """A sound."""

    __slots__ = ()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Show a player in a notebook."""
        return {"text/plain": repr(self), "text/html": f'<audio controls src="{self._data_url()}"></audio>'}


@_frozen(repr=False)
class MediaLink(Answer):
    """A medium that the service gave as an address. `fetch()` of a client downloads it; nothing else does."""

    url: str
    """The https address."""
    media_type: str | None = None
    """What the answer's key says it is: "image/*", "audio/*" or "video/*"."""

    def __delattr__(self, name: str) -> None:
        _refuse_to_delete(self, name)

    def __repr__(self) -> str:
        url = repr(self.url)
        return f"MediaLink({url if len(url) <= 122 else url[:122] + '...'}, {self.media_type!r})"


MediaSource: TypeAlias = (
    bytes | bytearray | memoryview | os.PathLike[str] | IO[bytes] | Media | AsyncIterable[bytes] | str | Picture
)
"""What a field for a picture or a sound takes.

Bytes, a path, an open binary file (read from where it stands, left open), or a `Media`. An async iterable of bytes
where the medium is the whole body (whisper, nova-3): each piece is sent as it comes, and only once. For a picture also
a PIL image, or a numpy array of uint8 and of shape (height, width) or (height, width, channels) with 1, 3 (RGB) or 4
(RGBA) channels, which needs Pillow: both are encoded as PNG. A plain `str` is a
`data:` URL and nothing else: a file name must be wrapped in `pathlib.Path`, so that a form field of a web app can
never name a file of the server.
"""
