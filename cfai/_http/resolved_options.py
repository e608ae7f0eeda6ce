"""What of the options the transport needs."""

import math
import time
from collections.abc import Callable, Iterator
from typing import Protocol

from .._wire.request.headers import OutgoingHeaders
from ..options import RequestOptions, Retry
from .masking import Mask, bare, passwords_of

ONE_ATTEMPT = Retry(attempts=1)
_CREDENTIALS = frozenset({"authorization", "x-auth-key", "x-auth-email", "cf-aig-authorization"})


class Sendable(Protocol):
    """What attempts are made at: a request to a model, or a link that is fetched."""

    @property
    def model(self) -> str:
        """The model that is asked, for messages; empty where there is none."""
        ...

    @property
    def name(self) -> str:
        """What the log calls it."""
        ...

    @property
    def once(self) -> bool:
        """Whether it can be sent only once."""
        ...


class ResolvedOptions:
    """The options in force, worked out once a client and not once a call."""

    __slots__ = (
        "attempt_timeout",
        "base",
        "connect_timeout",
        "headers",
        "idle_timeout",
        "json_headers",
        "mask",
        "max_bytes",
        "reject_if_busy",
        "retry",
        "through_gateway",
        "timeout",
    )

    def __init__(
        self,
        base: str,
        headers: OutgoingHeaders,
        options: RequestOptions,
        proxy: Callable[[], str | None] = lambda: None,
    ) -> None:
        self.base = base
        """The address of the account, which a request's path is added to."""
        self.headers = headers
        self.json_headers = OutgoingHeaders({**headers, "Content-Type": "application/json"})
        self.mask = Mask(lambda: _credentials(headers, proxy()), lambda: (options.headers or {}).values())
        """Hides the secrets that the call travels with."""
        self.timeout = options.timeout or None
        self.attempt_timeout = options.attempt_timeout or None
        self.connect_timeout = options.connect_timeout or None
        self.idle_timeout = options.idle_timeout or None
        self.retry = options.retry or ONE_ATTEMPT
        self.reject_if_busy = bool(options.reject_if_busy)
        self.max_bytes = options.max_response_bytes or None
        self.through_gateway = any(name.lower() == "cf-aig-gateway-id" for name in headers)

    def headers_for(self, content_type: str) -> OutgoingHeaders:
        """Give the headers of a body of *content_type*."""
        if content_type == "application/json":
            return self.json_headers
        return OutgoingHeaders({**self.headers, "Content-Type": content_type})


def _credentials(headers: OutgoingHeaders, proxy: str | None) -> Iterator[str]:
    for name, value in headers.items():
        if name.lower() in _CREDENTIALS:
            yield bare(value)
    yield from passwords_of(proxy)


class AttemptDeadline:
    """When an attempt has to be over: by its own limit, or by the call's."""

    __slots__ = ("_at", "_call", "_of_attempt", "started")

    def __init__(self, call: ResolvedOptions, started: float) -> None:
        """Begin an attempt of a call that began at *started*, by `time.monotonic()`."""
        of_call = math.inf if call.timeout is None else started + call.timeout
        of_attempt = math.inf if call.attempt_timeout is None else time.monotonic() + call.attempt_timeout
        self.started = started
        self._call = call
        self._of_attempt = of_attempt < of_call
        self._at = of_attempt if self._of_attempt else of_call

    @property
    def left(self) -> float | None:
        """Seconds until then, which may be negative; None where there is no limit."""
        return None if self._at == math.inf else self._at - time.monotonic()

    @property
    def limit(self) -> str:
        """The limit that it comes from, in words."""
        if self._of_attempt:
            return f"attempt_timeout={self._call.attempt_timeout or 0:g} s"
        return f"timeout={self._call.timeout or 0:g} s"
