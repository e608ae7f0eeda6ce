"""A session for each event loop, and what becomes of an attempt that goes out over one."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import TypeVar, cast

import aiohttp

from .._settings import Settings
from ..errors import CfaiError, ClientClosed
from .aiohttp_internals import HttpProcessingError
from .connector import AttemptState, Connector
from .errors import translate
from .per_loop import PerLoop
from .resolved_options import AttemptDeadline, ResolvedOptions, Sendable

S = TypeVar("S", bound=Sendable)
T = TypeVar("T")


class Sessions:
    """A session for each event loop, and what becomes of an attempt that goes out over one."""

    def __init__(self, settings: Settings, new_session: Callable[[], aiohttp.ClientSession]) -> None:
        self._settings = settings
        self._sessions = PerLoop(new_session, _close, _close_sync, _disown)

    @property
    def closed(self) -> bool:
        """Whether the client was closed."""
        return self._sessions.closed

    async def _guarded(
        self,
        request: S,
        call: ResolvedOptions,
        deadline: AttemptDeadline,
        attempt: Callable[[S, ResolvedOptions, AttemptDeadline, AttemptState], Awaitable[T]],
    ) -> T:
        failure: BaseException
        sending = AttemptState()
        try:
            return await attempt(request, call, deadline, sending)
        except CfaiError as ours:
            failure = ours
        except asyncio.CancelledError as cancelled:
            failure = cancelled
            if self._was_closed_under_a_waiting_call():
                failure = ClientClosed("the client was closed while the call waited for a connection")
        except Exception as cause:
            failure = self._translated(cause, deadline, sending, model=request.model, call=call)
        # Raised out here so that aiohttp's error, which holds the request and its token, is not even its context; and
        # without the frames below and the connection, which hold the token: tracebacks may be shown with variables.
        del sending
        raise failure.with_traceback(None)

    def _translated(
        self, cause: Exception, deadline: AttemptDeadline, sending: AttemptState, *, model: str, call: ResolvedOptions
    ) -> CfaiError:
        if self.closed:
            return ClientClosed("the client was closed while the call ran")
        failure = cause.__cause__
        if isinstance(failure, CfaiError):  # of a file, in the middle of an upload
            failure.attempts = 1
            return failure.with_traceback(None)
        # What is neither the network's nor aiohttp's is a fault that nobody foresaw: not one to try again.
        error = translate(cause, model=model, call=call, limit=deadline.limit, sent=sending.sent)
        if not isinstance(cause, (aiohttp.ClientError, HttpProcessingError, OSError)):
            error._unforeseen = True
        return error

    def _was_closed_under_a_waiting_call(self) -> bool:
        # A connector that closes cancels the futures of those who wait for a connection, not their tasks.
        return self.closed and not is_cancelled()

    async def pause(self, seconds: float) -> None:
        """Wait between two attempts.

        Raises:
            ClientClosed: The client was closed meanwhile.
        """
        limits = connector_of(await self._sessions.get()).limits
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds) as limit:
                limits.add(limit)
                try:
                    await asyncio.Event().wait()
                finally:
                    limits.discard(limit)
        if self.closed:
            raise ClientClosed("the client was closed while the call waited for its next attempt")

    async def aclose(self) -> None:
        """Close all connections, in whichever loop they are. Calls in flight raise ClientClosed."""
        await self._sessions.aclose()


def connector_of(session: aiohttp.ClientSession) -> Connector:
    return cast("Connector", session.connector)


async def _close(session: aiohttp.ClientSession) -> None:
    if not session.closed:
        connector_of(session).interrupt()
        await session.close()


def _close_sync(session: aiohttp.ClientSession) -> None:
    connector = connector_of(session)
    session.detach()
    connector.close_sync()


def _disown(session: aiohttp.ClientSession) -> None:
    if not session.closed:
        connector = connector_of(session)
        session.detach()
        connector.disown()


def is_cancelled() -> bool:
    """Return whether the running task was cancelled: else a CancelledError is of something that it waits for."""
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0


async def until_fit(post: Callable[[], Awaitable[T]], sending: AttemptState) -> T:
    """Return what *post* returns, called again for each connection that was not fit for its request."""
    while True:
        try:
            return await post()
        except (aiohttp.ClientError, OSError):
            if not sending.again():
                raise
