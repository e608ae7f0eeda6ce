"""What of the options the transport needs."""

from ._wire.headers import OutgoingHeaders
from .options import RequestOptions, Retry

ONE_ATTEMPT = Retry(attempts=1)


class Call:
    """The options in force, worked out once a client and not once a call."""

    __slots__ = (
        "attempt_timeout",
        "base",
        "connect_timeout",
        "headers",
        "json_headers",
        "max_bytes",
        "reject_if_busy",
        "retry",
        "timeout",
    )

    def __init__(self, base: str, headers: OutgoingHeaders, options: RequestOptions) -> None:
        self.base = base
        """The address of the account, which a request's path is added to."""
        self.headers = headers
        self.json_headers = OutgoingHeaders({**headers, "Content-Type": "application/json"})
        self.timeout = options.timeout or None
        self.attempt_timeout = options.attempt_timeout or None
        self.connect_timeout = options.connect_timeout or None
        self.retry = options.retry or ONE_ATTEMPT
        self.reject_if_busy = bool(options.reject_if_busy)
        self.max_bytes = options.max_response_bytes or None

    def headers_for(self, content_type: str) -> OutgoingHeaders:
        """Give the headers of a body of *content_type*."""
        if content_type == "application/json":
            return self.json_headers
        return OutgoingHeaders({**self.headers, "Content-Type": content_type})
