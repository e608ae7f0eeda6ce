"""asyncio's private names: all that cfai uses of them, and why. Where one is gone, cfai does without."""

import asyncio
import contextlib
import logging
import sys
from typing import Any

NAMES = {
    "BaseEventLoop._run_once": (
        "one turn of the loop: SystemExit and KeyboardInterrupt from a callback stop there",
        "such a callback ends the loop of a sync client, and with it all of its calls",
    ),
    "BaseSelectorEventLoop._remove_reader": ("a loop that ended forgets a socket", "as of `_call_connection_lost`"),
    "BaseSelectorEventLoop._remove_writer": ("a loop that ended forgets a socket", "as of `_call_connection_lost`"),
    "SSLProtocol._transport": (
        "the transport below TLS: what it has not written yet, too",
        "an answer before the end of its request does not always close the connection; as of `_call_connection_lost`",
    ),
    "_SSLProtocolTransport._ssl_protocol": ("the way to that transport", "as of `_call_connection_lost`"),
    "_SelectorTransport._call_connection_lost": (
        "closes the socket of a transport whose loop has ended",
        "the socket stays open until it is collected, with a ResourceWarning",
    ),
    "_SelectorTransport._closing": ("set, so that nothing asks the loop", "as of `_call_connection_lost`"),
    "_SelectorTransport._conn_lost": ("raised, so that nothing asks the loop", "as of `_call_connection_lost`"),
    "_SelectorTransport._loop": ("the loop that ended", "as of `_call_connection_lost`"),
    "_SelectorTransport._sock_fd": ("the socket's number in the selector", "as of `_call_connection_lost`"),
}
"""Why each is used, and what breaks without it. uvloop has none of those of transports."""

_log = logging.getLogger("cfai")
_Loop: Any = getattr(asyncio, "ProactorEventLoop" if sys.platform == "win32" else "SelectorEventLoop")


class SturdyLoop(_Loop):  # type: ignore[misc]
    """asyncio's loop, but for SystemExit and KeyboardInterrupt from a callback, which would end it for all calls."""

    def _run_once(self) -> None:
        try:
            super()._run_once()
        except (SystemExit, KeyboardInterrupt) as failure:
            with contextlib.suppress(BaseException):  # a log handler may be where it came from
                _log.error("%s in the thread of the event loop was ignored", type(failure).__name__)


def _below_tls(transport: Any) -> Any:
    """Return the transport below TLS, or the one itself where there is no TLS."""
    return getattr(getattr(transport, "_ssl_protocol", None), "_transport", None) or transport


def unwritten(transport: Any) -> int:
    """Return how many bytes the system has not taken yet; TLS counts those alone that it has not encrypted yet."""
    below = _below_tls(transport)
    size: int = transport.get_write_buffer_size()
    return size if below is transport else size + below.get_write_buffer_size()


def abandon(transport: Any) -> None:
    """Close a transport whose loop does not run: its own `abort()` gets as far as asking the loop for the rest."""
    below = _below_tls(transport)
    try:
        below._closing, below._conn_lost = True, below._conn_lost + 1  # so that nothing asks the loop any more
        below._loop._remove_reader(below._sock_fd)
        below._loop._remove_writer(below._sock_fd)
        below._call_connection_lost(None)
    except Exception:  # of a loop that is not asyncio's own; or the last step asked a closed one, and has closed all
        with contextlib.suppress(Exception):
            transport.abort()
