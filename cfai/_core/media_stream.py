"""Streams of bytes: sounds, and pictures of those models that make them piece by piece."""

from typing import Generic, TypeVar, cast

from .._wire.answer.media_stream import MediaStreamReader
from .._wire.http_values import Request, Response
from .stream import Stream

R = TypeVar("R")


class AsyncMediaStream(Stream[bytes, MediaStreamReader], Generic[R]):
    """A sound or a picture while it is made: an asynchronous iterator of its bytes.

    Use it with `async with`, which sends the request; leaving the block hangs up.
    """

    @property
    def media_type(self) -> str:
        """What it is: read from the first bytes, else from the header; empty before they have come."""
        return "" if self._reader is None else self._reader.media_type

    @property
    def partial(self) -> bytes:
        """What has come so far, at any moment."""
        return b"" if self._reader is None else self._reader.partial()

    @property
    def result(self) -> R:
        """The whole medium, as `run()` gives it.

        Raises:
            StreamError: The stream is not over, or has failed.
        """
        return cast("R", self._begun().result())

    def _reader_of(self, request: Request, response: Response) -> MediaStreamReader:
        return MediaStreamReader(request, response, self._calls.account_id)
