"""An HTTP server in a thread of its own, with an event loop of its own."""

from __future__ import annotations

import asyncio
import gzip
import re
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import Final

from aiohttp import web

from cfai.emulator._connection import Connections, read_body, send_and_drop, send_in_pieces
from cfai.emulator._hosts import is_loopback, is_loopback_host
from cfai.emulator._received import Received
from cfai.emulator._replies import Refusal, Reply
from cfai.emulator._service import Service

_GZIP: Final = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))", re.IGNORECASE)
_WORTH_PACKING: Final = 1024
"""JSON longer than this, in bytes, goes out as gzip where the client takes it; media are packed already."""

_GRACE: Final = 0.05
"""Seconds that calls in flight get when the server stops; aiohttp takes 0 for "for ever"."""


class ServerThread:
    """Serves from `start` to `stop`; each gives a future, so that a thread may wait for it and a loop may await it."""

    def __init__(
        self,
        answer: Callable[[Received, Refusal | None], Awaitable[Reply]],
        service: Service,
        *,
        host: str,
        port: int,
        body_limit: int,
        pause: float,
    ) -> None:
        self._answer = answer
        self._service = service
        self._body_limit = body_limit
        self._pause = pause
        self._host = host
        self._port = port
        self._started: Future[str] = Future()
        self._ended: Future[None] = Future()
        self._stopping = threading.Event()
        self._wake: Callable[[], object] = _nothing
        self._guarded = True
        self._thread = threading.Thread(target=self._run, name="cfai-emulator", daemon=True)

    def start(self) -> Future[str]:
        """Begin; the future gives `host:port` when the socket listens, or the error that prevented it."""
        self._thread.start()
        return self._started

    def stop(self) -> Future[None]:
        """End, dropping calls in flight; the future is done when the loop and its sockets are closed."""
        if self._thread.is_alive():
            self._stopping.set()
            self._wake()
        elif not self._ended.done():
            # It could not be started, or this is a forked child and the thread stayed with the parent.
            self._ended.set_result(None)
        return self._ended

    def join(self) -> None:
        """Wait for the thread, of which only its last instruction is left when `stop`'s future is done."""
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # whatever it is, it belongs to the one who waits for the start
            if self._started.done():
                raise
            self._started.set_exception(error)
        finally:
            self._ended.set_result(None)

    async def _serve(self) -> None:
        loop = asyncio.get_running_loop()
        stop = asyncio.Event()
        runner = web.ServerRunner(Connections(self._handle, self._service.marks), shutdown_timeout=_GRACE)
        await runner.setup()
        try:
            await web.TCPSite(runner, self._host, self._port).start()
            self._guarded = all(is_loopback(address[0]) for address in runner.addresses)
            self._wake = lambda: loop.call_soon_threadsafe(stop.set)
            self._started.set_result(_reachable(runner.addresses[0]))
            if not self._stopping.is_set():
                await stop.wait()
        finally:
            self._wake = _nothing
            await runner.cleanup()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if self._guarded and not all(map(is_loopback_host, request.headers.getall("host", []))):
            return await _send_unread(request, _response(self._service.misdirected(), ""))
        head = Received(request.method, request.raw_path, request.headers, b"")
        length = request.content_length if request.can_read_body else 0
        if self._service.turns_away(head, length):
            return await _send_unread(request, _response(await self._answer(head, None), ""))
        return await self._read_and_answer(request)

    async def _read_and_answer(self, request: web.BaseRequest) -> web.StreamResponse:
        body, refusal = b"", None
        try:
            body = await read_body(request, self._body_limit)
        except ConnectionError:
            # The client left in the middle of its body; there is nobody to answer, and nothing to log.
            return web.Response(status=400)
        except Refusal as error:
            refusal = error.with_traceback(None)
        received = Received(request.method, request.raw_path, request.headers, body)
        reply = await self._answer(received, refusal)
        if reply.pieces is not None:
            stream = web.StreamResponse(status=reply.status, headers=reply.headers)
            await send_in_pieces(request, stream, reply.pieces, self._pause)
            return stream
        response = _response(reply, request.headers.get("accept-encoding", ""))
        if refusal is not None:
            await send_and_drop(request, response)
        return response


async def _send_unread(request: web.BaseRequest, response: web.StreamResponse) -> web.StreamResponse:
    """Answer a request of which the head was enough; the connection is used again where nothing more has to come."""
    if not request.content.is_eof():
        await send_and_drop(request, response)
    return response


def _response(reply: Reply, accepted: str) -> web.Response:
    headers = dict(reply.headers)
    body = reply.body
    if headers["content-type"] == "application/json" and len(body) > _WORTH_PACKING and _GZIP.search(accepted):
        headers["content-encoding"] = "gzip"
        body = gzip.compress(body, compresslevel=1, mtime=0)
    return web.Response(status=reply.status, headers=headers, body=body)


def _reachable(address: tuple[str, int]) -> str:
    """Write a bound socket's *address* as a client can dial it: loopback for a socket that listens everywhere."""
    host, port = address[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # nothing is bound to it
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _nothing() -> None:
    """Wake nobody: the loop does not run yet, or no more."""
