"""Bodies as aiohttp takes them: small ones as bytes, large ones slice by slice, and those that come as they come."""

import contextlib
import itertools
from collections.abc import AsyncIterator, Iterator
from typing import Any

import aiohttp

from .._wire.media.body import SMALL, Body
from .._wire.media.sources import FlowSource
from ..errors import InvalidParams
from ..media import sniff
from .worker_threads import run_in_thread

_SLICE = 2**18
_BATCH = 4
"""Slices that are made in one go, in a worker thread where making them is slow."""


class Upload(aiohttp.Payload):
    """A body that is written while the call goes on."""

    sent = False
    """Whether it was written to its end: a connection that is left in the middle can't be used again."""

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """Refuse: aiohttp wants this method and never calls it."""
        raise NotImplementedError

    async def write(self, writer: Any) -> None:
        """Write it all."""
        async for piece in self._pieces():
            view = memoryview(piece)
            for start in range(0, len(view), _SLICE):
                await writer.write(view[start : start + _SLICE])
        self.sent = True

    async def leave(self) -> None:
        """Let go of what it comes from, sent or not."""

    def _pieces(self) -> AsyncIterator[bytes]:
        raise NotImplementedError


class SizedUpload(Upload):
    """A large body: made and written slice by slice, so that it is never there as a whole and no other task waits.

    The last slice is held back until the end is known. If a file changed by then, the service has never had the whole
    of a request, and so nothing that it would answer and charge for.
    """

    def __init__(self, body: Body, size: int) -> None:
        super().__init__(body)
        self._body = body
        self._length = size

    @property
    def size(self) -> int:
        """Bytes that are announced."""
        return self._length

    async def _pieces(self) -> AsyncIterator[bytes]:
        slices = self._body.slices()
        held = b""
        while batch := await self._batch(slices):
            yield held
            held = batch.pop()
            while batch:  # none is kept while the next ones are made
                yield batch.pop(0)
        yield held

    async def _batch(self, slices: Iterator[bytes]) -> list[bytes]:
        some = itertools.islice(slices, _BATCH)
        return await run_in_thread(lambda: list(some)) if self._body.is_heavy else list(some)


class ChunkedUpload(Upload):
    """A body from an async iterable, whose length nobody knows: it travels in chunks, each sent as it comes."""

    def __init__(self, source: FlowSource) -> None:
        super().__init__(source)
        self._source = source
        self._flow: AsyncIterator[Any] = aiter(source.flow)
        self._first: bytes | None = b""

    async def open(self) -> str:
        """Wait for the first bytes, and say what kind they are.

        Raises:
            InvalidParams: There are none.
        """
        while self._first == b"":
            self._first = await self._next()
        if self._first is None:
            raise InvalidParams(f"{self._source.field}: the async iterable gives nothing; it can be sent only once")
        return sniff(self._first) or self._source.stated_type()

    async def leave(self) -> None:
        close = getattr(self._flow, "aclose", None)
        if close is not None:
            with contextlib.suppress(Exception):  # of a generator that runs: it is told by the end of its task
                await close()

    async def _pieces(self) -> AsyncIterator[bytes]:
        piece = self._first
        try:
            while piece is not None:
                yield piece
                piece = await self._next()
        finally:
            await self.leave()

    async def _next(self) -> bytes | None:
        try:
            piece = await anext(self._flow, None)
        except Exception as failure:
            raise InvalidParams(f"{self._source.field}: {type(failure).__name__}: {failure}") from failure
        if piece is not None and not isinstance(piece, (bytes, bytearray, memoryview)):
            raise InvalidParams(f"{self._source.field}: the async iterable gives {type(piece).__name__}, not bytes")
        return None if piece is None else bytes(piece)


def prepare(body: Body) -> tuple[bytes | Upload, str]:
    """Give *body* as aiohttp takes it, and the media type of a body that is one medium.

    Raises:
        InvalidParams: A file can't be read, or a medium is empty.
    """
    size, media_type = body.measure()
    return (body.read()[0] if size <= SMALL else SizedUpload(body, size)), media_type


async def prepare_elsewhere(body: Body) -> tuple[bytes | Upload, str]:
    """Do the same in a worker thread: files are slow, and a small one is read there at once.

    Raises:
        InvalidParams: A file can't be read, or a medium gives no bytes.
    """
    flow = body.flow
    if flow is None:
        return await run_in_thread(lambda: prepare(body))
    upload = ChunkedUpload(flow)
    try:
        return upload, await upload.open()
    except BaseException:
        await upload.leave()
        raise
