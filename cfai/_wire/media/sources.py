"""Where the bytes of a medium come from: memory, or an async iterable; files have a module of their own."""

import re
from abc import ABC, abstractmethod
from collections.abc import AsyncIterable, Iterator

from ...errors import InvalidParams
from ...media import is_samples, sniff

HEAD = 16
"""Bytes that tell what kind a medium is."""
_UNKNOWN = "application/octet-stream"
_MEDIA_TYPE = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+(?: *; *[\w-]+=[\w.+-]+)*", re.ASCII)
"""A media type that can stand in a header and in JSON as it is; it may come from a form of a web app."""


class Source(ABC):
    """The bytes of one medium, which can be read again for another attempt."""

    __slots__ = ("_stated", "field")

    def __init__(self, field: str, media_type: str | None = None) -> None:
        self.field = field
        """The field that it was given for, for messages."""
        self._stated = media_type if media_type and _MEDIA_TYPE.fullmatch(media_type) else None

    @abstractmethod
    def size(self) -> int:
        """Return the number of bytes, which is never 0; a file is measured anew.

        Raises:
            InvalidParams: There are no bytes, or a file can't be read.
        """

    @abstractmethod
    def slices(self, most: int) -> Iterator[bytes]:
        """Yield the bytes from the beginning, *most* at a time and the last time what is left.

        They are as many as `size()` returned, which has to be called before.

        Raises:
            InvalidParams: A file can't be read, or changed since it was measured.
        """

    def head(self) -> bytes:
        """Return the first bytes; `size()` has to be called before."""
        return next(self.slices(HEAD))

    def media_type(self) -> str:
        """Say what the bytes are: by the first of them, else as the user says, else by the file's name."""
        if is_samples(self._stated):
            return self.stated_type()
        return sniff(self.head()) or self.stated_type()

    def stated_type(self) -> str:
        """Say what the bytes are without a look at them."""
        return self._stated or _UNKNOWN


class BytesSource(Source):
    """Bytes in memory."""

    __slots__ = ("data",)

    def __init__(self, data: bytes, field: str, media_type: str | None = None) -> None:
        super().__init__(field, media_type)
        if not data:
            raise InvalidParams(f"{field}: the medium is empty: it has no bytes")
        self.data = data

    def size(self) -> int:
        return len(self.data)

    def slices(self, most: int) -> Iterator[bytes]:
        if len(self.data) <= most:
            yield self.data
            return
        view = memoryview(self.data)
        for start in range(0, len(view), most):
            yield bytes(view[start : start + most])

    def stated_type(self) -> str:
        stated = super().stated_type()
        return stated if is_samples(stated) else sniff(self.data) or stated


class FlowSource(Source):
    """An async iterable of bytes: they come as they come, once, and nobody knows how many.

    So it can only be a body of its own, which the transport takes from `flow`.
    """

    __slots__ = ("flow",)

    def __init__(self, flow: AsyncIterable[bytes], field: str) -> None:
        super().__init__(field)
        self.flow = flow

    def size(self) -> int:
        raise InvalidParams(
            f"{self.field}: an async iterable has to be the whole body, and here other things go with it, or the model"
            " takes no raw body: pass bytes, a Path or an open file"
        )

    def slices(self, most: int) -> Iterator[bytes]:
        raise NotImplementedError  # size() has refused it before
