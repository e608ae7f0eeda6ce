"""Pictures as objects of other packages: PIL images and numpy arrays.

A copy is taken at once, for theirs may change or be closed while the call goes on. It is encoded as PNG, which is what
takes long, in the thread that reads the body.
"""

import importlib.util
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from ...errors import InvalidParams
from .sources import Source

_SUPPORTED = frozenset({"1", "L", "LA", "I;16", "P", "RGB", "RGBA"})
"""The modes of PIL that a PNG can hold."""
_CONVERTED = {
    "CMYK": "RGB",
    "HSV": "RGB",
    "La": "LA",
    "PA": "RGBA",
    "RGBX": "RGB",
    "RGBa": "RGBA",
    "YCbCr": "RGB",
}
"""The modes that become one of those without a decision about what their numbers mean."""
_CHANNELS = (1, 3, 4)


class PictureSource(Source):
    """A PIL image or a numpy array. It is encoded when its bytes are first needed, and once for all attempts."""

    __slots__ = ("_options", "_picture", "_png")

    def __init__(self, picture: Any, field: str, **options: Any) -> None:
        super().__init__(field, "image/png")
        self._picture = picture
        self._options = options
        """What PIL is told when it saves the picture."""
        self._png: bytes | None = None

    def size(self) -> int:
        return len(self._data())

    def slices(self, most: int) -> Iterator[bytes]:
        view = memoryview(self._data())
        for start in range(0, len(view), most):
            yield bytes(view[start : start + most])

    def media_type(self) -> str:
        return self.stated_type()

    def _data(self) -> bytes:
        if self._png is None:
            try:
                self._png = _encode(self._picture, self._options)
            except Exception as failure:  # such as a transparency in `info` that is none
                raise InvalidParams(f"{self.field}: {type(failure).__name__}: {failure}") from failure
            self._picture = None
        return self._png


def source_of_image(image: Any, field: str) -> PictureSource:
    """Return the source of a PIL image; one that was only opened is loaded for it.

    Raises:
        InvalidParams: It can't be loaded or has no pixels, or PNG lacks its mode and a conversion would be ambiguous.
    """
    if 0 in image.size:
        raise InvalidParams(f"{field}: the PIL image has no pixels: its size is {image.size}")
    try:
        if image.mode in _SUPPORTED:
            return PictureSource(image.copy(), field)
        if image.mode in _CONVERTED:
            # Its colour profile, if any, belongs to the colours that it had before.
            return PictureSource(image.convert(_CONVERTED[image.mode]), field, icc_profile=None)
    except Exception as failure:  # whatever PIL makes of a file that is cut, closed or broken
        raise InvalidParams(f"{field}: {type(failure).__name__}: {failure}") from failure
    raise InvalidParams(
        f"{field}: PNG can't hold a PIL image of mode {image.mode!r}: convert it first, such as by"
        " image.convert('L') or image.convert('RGB')"
    )


def source_of_array(array: Any, field: str) -> PictureSource:
    """Return the source of a numpy array.

    Raises:
        InvalidParams: Its type or shape is not that of a picture, or Pillow, which encodes it, is not installed.
    """
    shape = array.shape
    fits = len(shape) == 2 or (len(shape) == 3 and shape[2] in _CHANNELS)
    if array.dtype.name != "uint8" or not fits or 0 in shape:
        raise InvalidParams(
            f"{field}: a numpy array is a picture where it is uint8 and its shape (height, width), or (height, width,"
            f" channels) with 1, 3 (RGB) or 4 (RGBA) channels; this one is {array.dtype.name} of shape {shape}"
        )
    if importlib.util.find_spec("PIL") is None:
        raise InvalidParams(f"{field}: a numpy array is encoded with Pillow: pip install 'cfai-sdk[images]'")
    return PictureSource(array.reshape(shape[:2] if shape[2:] == (1,) else shape).copy(), field)


def _encode(picture: Any, options: dict[str, Any]) -> bytes:
    import PIL.Image

    if not isinstance(picture, PIL.Image.Image):
        picture = PIL.Image.fromarray(picture)
    file = BytesIO()
    picture.save(file, "PNG", **options)
    return file.getvalue()
