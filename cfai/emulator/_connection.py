"""One connection of the server: how much of a body is read, and what is sent to a client that sends too much.

Three names that aiohttp's documentation leaves out are used here and nowhere else in the emulator: `__call__` of
`web.Server`, which makes the handler of a connection; `handle_error` of `web.RequestHandler`, without which what is not
HTTP has an answer of aiohttp's own and a traceback in the log; and `output_size` of a request's writer, without which a
handler that fails after "100 Continue" would send no answer.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any, Final

from aiohttp import web

from cfai.emulator._replies import Incomplete, TooLarge

_DROPPED_AT_MOST: Final = 256 * 2**20
"""Bytes of a refused body that are read and thrown away."""

_PATIENCE: Final = 1.0
"""Seconds that the next piece of a refused body may take."""


class Connections(web.Server):
    """An HTTP server of which every answer has *marks*, those to what is not HTTP too."""

    def __init__(
        self,
        handler: Callable[[web.BaseRequest], Any],
        marks: Callable[[], Mapping[str, str]],
    ) -> None:
        # A client that leaves takes its answer with it, also one that waits between two pieces.
        super().__init__(handler, handler_cancellation=True)
        self._marks = marks

    def __call__(self) -> web.RequestHandler:
        # No lingering of aiohttp's: `send_and_drop` does it, within bounds of its own.
        return _Connection(self, marks=self._marks, loop=asyncio.get_running_loop(), access_log=None, lingering_time=0)


class _Connection(web.RequestHandler):
    def __init__(self, server: web.Server, *, marks: Callable[[], Mapping[str, str]], **options: Any) -> None:
        super().__init__(server, **options)
        self._marks = marks

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        if status < 500:
            # Not aiohttp's way, which logs a traceback for each client that does not speak HTTP.
            response: web.StreamResponse = web.Response(status=status, text=message)
            response.force_close()
        else:
            response = super().handle_error(request, status, exc, message)
        for name, value in self._marks().items():
            response.headers.setdefault(name, value)
        return response


async def read_body(request: web.BaseRequest, limit: int) -> bytes:
    """Read the body, of at most *limit* bytes; raise TooLarge where it is longer, having kept no more than that."""
    if (request.content_length or 0) > limit:
        raise TooLarge
    if request.headers.get("expect", "").lower() == "100-continue":
        # The low-level server leaves this to its handler; curl waits a second for it before a long body.
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0
    pieces: list[bytes] = []
    length = 0
    try:
        while piece := await request.content.readany():
            pieces.append(piece)
            length += len(piece)
            if length > limit:
                pieces.clear()  # the error holds on to this frame until the client is done sending
                raise TooLarge
    except web.RequestPayloadError:
        # It is not what its Content-Encoding or its chunks say; what the service makes of it is not recorded.
        raise Incomplete from None
    return b"".join(pieces)


async def send_in_pieces(
    request: web.BaseRequest, response: web.StreamResponse, pieces: Iterable[bytes], pause: float
) -> None:
    """Send *response* with *pieces* for its body, a write each, with a *pause* of so many seconds between two."""
    with suppress(ConnectionError):  # the client left, as it may
        await response.prepare(request)
        for place, piece in enumerate(pieces):
            if place:
                # Without a pause too the loop gets its turn: it has to see that a client left, or that all is to end.
                await asyncio.sleep(pause)
            await response.write(piece)
        await response.write_eof()


async def send_and_drop(request: web.BaseRequest, response: web.StreamResponse) -> None:
    """Send *response*, and throw away what the client still sends.

    Closing with something unread would reset the connection, and the answer with it before it is read: some clients
    read nothing before they have sent everything.
    """
    response.force_close()
    await response.prepare(request)
    await response.write_eof()
    dropped = 0
    with suppress(ConnectionError, TimeoutError, web.RequestPayloadError):
        while dropped < _DROPPED_AT_MOST:
            async with asyncio.timeout(_PATIENCE):
                piece = await request.content.readany()
            if not piece:
                return
            dropped += len(piece)
