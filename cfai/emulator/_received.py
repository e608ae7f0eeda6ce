"""What came over the line, kept as it came."""

import re
from collections.abc import Mapping

from attrs import field, frozen

_SECRET = re.compile("auth|token|secret|cookie|api-?key", re.IGNORECASE)


def _without_secrets(headers: Mapping[str, str]) -> str:
    return repr({name: "..." if _SECRET.search(name) else value for name, value in headers.items()})


def _length(body: bytes) -> str:
    return f"<{len(body)} bytes>"


@frozen
class Received:
    """One request, as the emulator received it."""

    method: str

    raw_path: str
    """The target of the request line, query included, with nothing decoded in it."""

    headers: Mapping[str, str] = field(repr=_without_secrets)
    """Names are compared without case; values that authorize are left out of the repr only."""

    body: bytes = field(repr=_length)
    """The whole body, without its transfer and content encoding; empty where it was refused unread."""
