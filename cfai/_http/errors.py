"""aiohttp's errors, and the operating system's, as ours.

None of theirs becomes a part of ours: their reprs hold the request's headers, and so the token. What they say is put
into the message; the cause that is kept is the operating system's own error below them.
"""

from typing import TYPE_CHECKING, Any

import aiohttp

from .._wire.quoting import one_line
from ..errors import CertificateError, RequestTimeout, TransportError
from .aiohttp_internals import ContentEncodingError, HttpProcessingError

if TYPE_CHECKING:
    from .resolved_options import ResolvedOptions

_LONGEST = 200
"""Characters of somebody else's words that a message has at most."""

WAITED = "_cfai_waited_for_a_connection"
"""Set on the CancelledError of a call that ran into a limit while it waited for a free connection."""


class StaleConnection(aiohttp.ServerDisconnectedError):
    """A connection on which something came, or which ended, before a request was written to it."""

    def __init__(self) -> None:
        super().__init__("the server sent something, or closed the connection, before the request was written")


def translate(
    cause: BaseException, *, model: str, call: "ResolvedOptions", limit: str, sent: bool = False
) -> TransportError:
    """Turn *cause* into our error, with the operating system's error as its cause; *limit* may have run out."""
    kind, text = _kind_and_text(cause, call, limit)
    text = call.mask(text)  # a server or a library may repeat what it was sent
    failure = kind(f"{text} [model {model}]" if model else text)
    failure.sent = sent
    failure.__cause__ = _system_error(cause)
    forget_frames(cause)
    return failure


def forget_frames(cause: BaseException) -> None:
    """Let go of the traceback of *cause*, and of all that its frames hold.

    aiohttp raises one error object again and again, for each read of a connection that is closed: whatever its
    traceback leads to would live as long as the process.
    """
    cause.__traceback__ = None


def _kind_and_text(cause: BaseException, call: "ResolvedOptions", limit: str) -> tuple[type[TransportError], str]:
    if isinstance(cause, (aiohttp.ClientConnectorCertificateError, aiohttp.ServerFingerprintMismatch)):
        return CertificateError, f"the certificate of {_host(cause)} was refused: {_reason(cause)}"
    if isinstance(cause, aiohttp.ConnectionTimeoutError):
        return RequestTimeout, f"no connection within connect_timeout={call.connect_timeout or 0:g} s"
    if isinstance(cause, TimeoutError) and cause.errno is None:  # ETIMEDOUT is one too, and no limit of ours
        return RequestTimeout, _timeout_text(cause, limit)
    return TransportError, _text(cause)


def _timeout_text(cause: BaseException, limit: str) -> str:
    if _waited(cause):
        return f"{limit} ran out in the wait for a free connection: all of max_connections are in use"
    return f"no whole answer within {limit}"


def _waited(cause: BaseException | None) -> bool:
    while cause is not None:
        if hasattr(cause, WAITED):
            return True
        cause = cause.__cause__ or cause.__context__
    return False


def _text(cause: BaseException) -> str:
    if isinstance(cause, aiohttp.ClientHttpProxyError):
        return f"the proxy refused to connect: {cause.status} {_first_line(cause.message)}"
    if isinstance(cause, aiohttp.ClientConnectorDNSError):
        return f"no such host as {cause.host}: {_reason(cause)}"
    if isinstance(cause, aiohttp.ClientProxyConnectionError):
        return f"cannot reach the proxy: {_reason(cause)}"
    if isinstance(cause, aiohttp.ClientConnectorError):
        return f"cannot reach {_host(cause)}: {_reason(cause)}"
    if isinstance(cause, aiohttp.ServerDisconnectedError):
        return (
            str(cause) if isinstance(cause, StaleConnection) else "the server closed the connection without an answer"
        )
    if isinstance(cause, aiohttp.ClientPayloadError):
        below = cause.__cause__
        if isinstance(below, ContentEncodingError):  # whose text begins with a status 400 that nobody sent
            return f"the answer's compression is broken: {_first_line(below.message)}"
        # The text of the outer one quotes aiohttp's own status of it, such as 400.
        below = below if isinstance(below, HttpProcessingError) else None
        return f"the answer was cut: {_first_line(below.message if below else str(cause))}"
    if isinstance(cause, (aiohttp.ClientResponseError, HttpProcessingError)):
        return f"the answer breaks HTTP: {_first_line(cause.message)}"
    if isinstance(cause, OSError):
        return f"the connection broke: {_reason(cause)}"
    said = "" if isinstance(cause, aiohttp.InvalidURL) else _first_line(str(cause))  # it may hold a proxy's password
    return f"the request failed: {type(cause).__name__}: {said}".rstrip(": ")


def _host(cause: BaseException) -> str:
    host, port = getattr(cause, "host", "the server"), getattr(cause, "port", None)
    return f"{host}:{port}" if port else str(host)


def _reason(cause: BaseException) -> str:
    below = _system_error(cause) or cause
    verdict = getattr(below, "verify_message", "") or getattr(below, "strerror", None)  # of TLS, of the system
    return _first_line(str(verdict or below)) or type(cause).__name__


def _system_error(cause: BaseException) -> BaseException | None:
    """Find the error of the operating system or of TLS below aiohttp's, and strip it of all that hangs on it."""
    below: Any = cause
    while isinstance(below, aiohttp.ClientError):
        below = getattr(below, "os_error", None) or getattr(below, "certificate_error", None) or below.__cause__
    if not isinstance(below, OSError) or (isinstance(below, TimeoutError) and below.errno is None):
        return None
    below.__cause__ = below.__context__ = None
    return below.with_traceback(None)


def _first_line(text: str) -> str:
    return one_line(text.strip().splitlines()[0][:_LONGEST]) if text.strip() else ""
