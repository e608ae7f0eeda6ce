"""aiohttp's private names, and those that its documentation leaves out: all that the HTTP layer uses of them, and why.

No other file of this layer reads or sets one, but for the overrides: they stand where the behaviour is, in
`connector.py` and `protocol.py`, under the names that aiohttp calls them by. A test compares each signature.
"""

import contextlib
import functools
from collections.abc import Generator, Iterable
from operator import attrgetter
from typing import Any

import aiohttp
from yarl import URL

__all__ = ["ContentEncodingError", "HttpProcessingError"]  # for type checkers: imported here for other files

TRIED = ("3.14.4", "3.14.5")
"""The lowest and the newest version that the tests ran on; pyproject.toml ends below the next minor one."""

IMPORTED = {
    "client_proto.ResponseHandler": (
        "the class of a connection's protocol, for one that knows what came before its request",
        "what nobody asked for is taken for the answer to the next request",
    ),
    "connector.Connection": (
        "what `connect` returns: its `protocol` is the connection of the attempt",
        "an error can't say whether the server may have had the request",
    ),
    "http.HttpProcessingError": (
        "what is raised where an answer breaks HTTP, at times bare and no ClientError",
        "it is taken for a fault that nobody foresaw, which is not tried again",
    ),
    "http_exceptions.ContentEncodingError": (
        "the cause of a ClientPayloadError where the compression is broken",
        "the message shows a status 400 that nobody sent",
    ),
}
"""Names below `aiohttp` that are imported: why each is used, and what breaks without it."""

IN_CLASS = {
    "ClientRequest.__init__": (
        "`warm()` makes a request that is never sent, since `connect` takes one",
        "`warm()` fails",
    ),
    "ClientRequest._body": ("whether a request is its head alone", "a request without a body is never sent"),
    "ClientRequest.send": (
        "a connection is inspected right before the head of a request without a body",
        "what came on an idle connection becomes the answer to the next GET",
    ),
    "ClientRequest.write_bytes": (
        "a connection is inspected right before the first byte of a request with a body",
        "what came on an idle connection becomes the answer to the next call",
    ),
    "ClientTimeout.__init__": (
        "a subclass of it brings the attempt to `connect`",
        "every call fails, since `connect` finds no attempt",
    ),
    "Connection.protocol": ("which protocol an attempt got", "every call fails"),
    "ResponseHandler.abort": ("ends a connection at once", "a close waits for a server that takes nothing"),
    "ResponseHandler.connection_lost": (
        "an attempt is told that its connection ended before the request began",
        "a request that nobody had is not sent on another connection",
    ),
    "ResponseHandler.data_received": (
        "looks at bytes before aiohttp parses them",
        "what nobody asked for is taken for the answer to the next request",
    ),
    "ResponseHandler.force_close": (
        "keeps a connection out of the pool where the answer came before the request was whole",
        "the rest of the request is read as the next one",
    ),
    "ResponseHandler.is_connected": ("whether a connection still stands", "a request is written to a closed one"),
    "ResponseHandler.set_exception": (
        "tells the reader of a body too, and not only who waits for a head",
        "where the framing breaks behind the head, its reader waits until the time limit",
    ),
    "ResponseHandler.set_response_params": (
        "makes a new parser, to read what came once more after the framing broke",
        "a whole answer in one packet with broken framing is lost",
    ),
    "StreamReader._read_nowait": (
        "takes what came before a connection broke, without raising that it broke",
        "the last pieces of a stream that breaks are lost",
    ),
    "StreamReader.total_bytes": ("the size of an answer that is there", "`max_response_bytes` can't be checked"),
    "TCPConnector._close": ("closes all although the loop has ended", "sockets leak where a loop was closed first"),
    "TCPConnector._create_connection": (
        "one limit of time for the look-up of a host, TCP, TLS and the proxy",
        "`connect_timeout` leaves the look-up out, and a busy loop counts as a slow network",
    ),
    "TCPConnector._release": (
        "aborts a connection with something unwritten, and marks others as idle",
        "an upload that was given up keeps its socket, and idle connections are not watched",
    ),
    "TCPConnector._wait_for_available_connection": (
        "notes that a cancelled call was waiting for a free connection",
        "a time limit that ran out there does not say so",
    ),
    "TCPConnector.connect": ("tells the attempt which connection it got", "no error knows whether it was sent"),
}
"""Names in classes, looked for when this module is imported: why each is used, and what breaks without it."""

IN_OBJECT = {
    "ClientSession._retry_connection": ("set to False", "a download that was lost is asked for twice"),
    "ResponseHandler._buffer": ("whether the head of an answer has been parsed", "no answer is read any more"),
    "ResponseHandler._payload": ("the body that is being read", "a close does not end the wait for a body"),
    "TCPConnector._acquired": ("the connections in use", "a close does not end the calls that use them"),
    "TCPConnector._closed": ("set in a forked child", "a child takes its parent's sockets out of their selector"),
    "TCPConnector._conns": ("the pool, as lists of (protocol, time)", "sockets leak where a loop was closed first"),
    "TCPConnector._factory": ("makes a connection's protocol", "connections are aiohttp's own, and none is inspected"),
    "TCPConnector._loop": ("the loop of that protocol", "no connection can be made"),
}
"""Attributes of objects, looked for when the first one is made: why each is used, and what breaks without it."""


def _gone(name: str) -> ImportError:
    lowest, newest = TRIED
    return ImportError(
        f"aiohttp {aiohttp.__version__} has no {name} as cfai uses it; cfai was tried with aiohttp {lowest} to {newest}"
    )


@contextlib.contextmanager
def explained() -> Generator[None, None, None]:
    """Say which versions were tried, where a name can't be imported."""
    try:
        yield
    except ImportError as failure:
        raise _gone(f"{failure.name or 'module'} ({failure})") from failure


def require(owner: object, names: Iterable[str]) -> None:
    """Look for each of *names*, given as `Class.name`, in *owner*.

    Raises:
        ImportError: One is not there; it says which versions of aiohttp were tried.
    """
    for name in names:
        if not hasattr(owner, name.rpartition(".")[2]):
            raise _gone(name)


with explained():
    from aiohttp.client_proto import ResponseHandler
    from aiohttp.connector import Connection
    from aiohttp.http import HttpProcessingError
    from aiohttp.http_exceptions import ContentEncodingError


def names_of(owner: type, table: Iterable[str]) -> list[str]:
    """Return those of a table's names that belong to a class."""
    return [name for name in table if name.startswith(f"{owner.__name__}.")]


OWNERS: tuple[type, ...] = (
    aiohttp.ClientRequest,
    aiohttp.ClientTimeout,
    Connection,
    ResponseHandler,
    aiohttp.StreamReader,
    aiohttp.TCPConnector,
)
for _owner in OWNERS:
    require(_owner, names_of(_owner, IN_CLASS))

body_of = attrgetter("_body")
"""Return the body of a ClientRequest, None where it has none. No function of Python's: the hot path."""


class ProtocolBase(ResponseHandler):
    """aiohttp's protocol, with names of ours for what it has read."""

    __slots__ = ()

    def is_answered(self) -> bool:
        """Return whether the last head that came is of an answer, and not of an interim one."""
        return bool(self._buffer) and self._buffer[-1][0][0].code >= 200

    @property
    def body(self) -> Any:
        """The body that is being read; None where there is none."""
        return self._payload


class ConnectorBase(aiohttp.TCPConnector):
    """aiohttp's connector, with names of ours for its connections."""

    def make_protocols_of(self, kind: type[ProtocolBase]) -> None:
        """Use a protocol of ours for each new connection.

        Raises:
            ImportError: This version of aiohttp lacks an attribute that is used here.
        """
        require(self, names_of(aiohttp.TCPConnector, IN_OBJECT))
        require(kind(self._loop), names_of(ResponseHandler, IN_OBJECT))
        self._factory: Any = functools.partial(kind, loop=self._loop)

    def in_use(self) -> tuple[Any, ...]:
        """Return the protocols of the connections in use, and the placeholders of those that are being made."""
        return tuple(self._acquired)

    def pooled(self) -> list[Any]:
        """Return the protocols of the connections that wait in the pool."""
        return [protocol for connections in self._conns.values() for protocol, _ in connections]

    def close_without_waiting(self) -> None:
        """Close it; the tasks that would wait for the ends of its connections are not made."""
        self._close()

    def disown(self) -> None:
        """Leave all connections to the parent process: a collection would take them out of the selector they share."""
        self._closed = True


def unread(stream: aiohttp.StreamReader) -> bytes:
    """Return what has come on a stream that broke, of which aiohttp would say no more than that it broke."""
    return stream._read_nowait(-1)


def request_for_connect(url: URL, proxy: URL | None, loop: Any) -> aiohttp.ClientRequest:
    """Make a request that is there for `connect` alone, and never sent."""
    return aiohttp.ClientRequest("POST", url, loop=loop, proxy=proxy)


def send_only_once(session: aiohttp.ClientSession) -> None:
    """Have aiohttp send no GET once more by itself, where its connection was lost.

    Raises:
        ImportError: This version of aiohttp has no such switch.
    """
    require(session, names_of(aiohttp.ClientSession, IN_OBJECT))
    session._retry_connection = False
