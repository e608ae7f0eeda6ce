"""What a stream is made of."""

from collections.abc import Mapping
from typing import Any

from attrs import frozen


@frozen
class Event:
    """One event of a stream, before it is written as bytes."""

    data: Mapping[str, Any] | None
    """None for the mark at the end, `[DONE]`."""

    name: str | None = None
    """The `event:` line, where the form of the stream has one."""
