"""An answer that still comes: read whole, or as it comes and left whenever its reader has had enough."""

import asyncio
import contextlib
import time
from collections.abc import Callable

import aiohttp

from .._wire.answer.body_kind import BodyKind, body_kind
from .._wire.http_values import Response
from ..errors import CfaiError, ClientClosed, RequestTimeout, ResponseTooLarge, StreamError, StreamIdle
from .aiohttp_internals import HttpProcessingError, unread
from .connector import AttemptState
from .errors import forget_frames
from .resolved_options import AttemptDeadline, ResolvedOptions
from .upload import Upload

_AT_ONCE = 2**16
"""Bytes that one read gives at most: of a burst the first events are there before the last ones are read."""
_FINISH_WITHIN = 0.5
"""Seconds that an answer which is over may take to say so: then its connection can be used again."""


def comes_in_pieces(response: aiohttp.ClientResponse) -> bool:
    """Return whether *response* is read as it comes: any that is not a refusal, for only its bytes tell what it is."""
    content_type = response.headers.get("Content-Type", "")
    return body_kind(response.status, content_type, b"", ended=False) is not BodyKind.REFUSAL


def read_at_once(response: aiohttp.ClientResponse, body: bytes | Upload, limit: int | None) -> bytes | None:
    """Read an answer whose last byte is there already; None where it is not, or where there is more to see to.

    It takes no turn of the loop: of a small answer all that `read_whole` does costs as much as reading it.
    """
    stream = response.content
    if type(body) is not bytes or not stream.is_eof() or stream.exception() is not None:
        return None
    return None if limit is not None and stream.total_bytes > limit else stream.read_nowait()


async def read_whole(response: aiohttp.ClientResponse, body: bytes | Upload, limit: int | None) -> bytes:
    """Read the answer to *body*, of at most *limit* bytes, and have its connection used again where that is possible.

    Raises:
        ResponseTooLarge: There are more of them.
    """
    try:
        content = await _read_up_to(response.content, limit)
    except BaseException:
        response.close()
        raise
    if isinstance(body, Upload) and not body.sent:
        response.close()  # the answer came early: the rest is not wanted
    return content


async def _read_up_to(stream: aiohttp.StreamReader, limit: int | None) -> bytes:
    """Read the body to its end, in steps: a bomb of 400 MiB in 0.4 MB gzip must not be taken whole."""
    chunks: list[bytes] = []
    size = 0
    while chunk := await stream.readany():
        size += len(chunk)
        if limit is not None and size > limit:
            raise ResponseTooLarge(f"the answer has more than max_response_bytes={limit:,} bytes")
        chunks.append(chunk)
        if stream.at_eof():  # saves small answers a turn
            break
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


class StreamingResponse:
    """The body of a good answer, piece by piece."""

    def __init__(
        self,
        response: aiohttp.ClientResponse,
        call: ResolvedOptions,
        deadline: AttemptDeadline,
        sending: AttemptState,
        translated: Callable[[Exception, AttemptDeadline, AttemptState], CfaiError],
    ) -> None:
        # In no attribute, for it leads to the proxy's password and the request's token, and tools print attributes.
        self._response: Callable[[], aiohttp.ClientResponse] = lambda: response
        self._content = response.content
        self._call = call
        self._deadline = deadline
        self._sending = sending
        self._translated = translated
        self._loop = asyncio.get_running_loop()
        self._size = 0
        self._cancelled = False
        self.begun = False
        """Whether an event has come of it: from then on `idle_timeout` is its limit, and nothing is sent again."""

    def head(self) -> Response:
        """Give what is known before the body."""
        response = self._response()
        return Response(status=response.status, headers=response.headers, body=b"", elapsed=self.elapsed)

    @property
    def elapsed(self) -> float:
        """Seconds since the call began."""
        return time.monotonic() - self._deadline.started

    @property
    def closed(self) -> bool:
        """Whether nothing can come any more."""
        return self._response().closed

    async def read(self) -> bytes:
        """Give what has come; wait where nothing has. Empty at the end.

        Raises:
            CfaiError: Nothing came in time, the connection broke, or too much came; it is closed then.
        """
        failure: CfaiError
        try:
            data = unread(self._content) if self._content.exception() is not None else b""
            data = data or self._content.read_nowait(_AT_ONCE)
            if not data and not self._content.at_eof():
                data = await self._wait()
        except asyncio.CancelledError as cancelled:
            self._cancelled = True
            self.close()  # at once: whoever was cancelled may never leave the block
            raise cancelled.with_traceback(None)  # noqa: B904  # without aiohttp's frames, which hold the token
        except Exception as cause:
            self.close()
            failure = self._failure(cause)
        else:
            return self._counted(data)
        raise failure

    async def _wait(self) -> bytes:
        async with asyncio.timeout(self._call.idle_timeout if self.begun else self._deadline.left):
            return await self._content.read(_AT_ONCE)

    def _counted(self, data: bytes) -> bytes:
        self._size += len(data)
        limit = self._call.max_bytes
        if limit is not None and self._size > limit:
            self.close()
            raise ResponseTooLarge(f"the stream has more than max_response_bytes={limit:,} bytes")
        return data

    def _failure(self, cause: Exception) -> CfaiError:
        failure = self._translated(cause, self._deadline, self._sending)
        if isinstance(failure, ClientClosed):
            return failure
        if self._cancelled:
            return StreamError("a read of the stream was cancelled, which closed its connection: nothing more can come")
        if not self.begun:
            if isinstance(cause, TimeoutError) and cause.errno is None:
                return self._late(failure)
            return failure
        if isinstance(cause, TimeoutError) and cause.errno is None:
            return StreamIdle(f"nothing came within idle_timeout={self._call.idle_timeout or 0:g} s")
        broken = StreamError(f"the stream broke: {failure}")
        broken.__cause__ = failure.__cause__
        return broken

    def _late(self, failure: CfaiError) -> CfaiError:
        late = RequestTimeout(f"no event of the stream within {self._deadline.limit}")
        late.sent = getattr(failure, "sent", True)
        return late

    async def finish(self) -> None:
        """Read on to the end of an answer that is over, for a moment: then its connection can be used again."""
        try:
            async with asyncio.timeout(_FINISH_WITHIN):
                while not self._content.at_eof():
                    await self._content.readany()
        except (aiohttp.ClientError, HttpProcessingError, OSError) as failure:  # a time limit is one
            forget_frames(failure)
        finally:
            self.close()

    def close(self) -> None:
        """Hang up, if anything is still to come."""
        self._response().close()

    def hang_up(self) -> None:
        """End the connection at once, from any thread, although its loop may be busy."""
        self._sending.hang_up()

    def abandon(self) -> None:
        """Hang up from wherever the collector happens to run."""
        with contextlib.suppress(RuntimeError):  # its loop is over, and the connection with it
            self._loop.call_soon_threadsafe(self._response().close)
