"""Errors that come as events of a stream whose status was good (docs/wire.md 4)."""

from typing import Any


class StreamRefusal(Exception):
    """The service said no in the middle of its answer."""

    def __init__(self, body: dict[str, Any]) -> None:
        super().__init__(body)
        self.body = body
        """What it said, as `refusal` reads it."""


def expect_no_failure(event: dict[str, Any], reason: str | None) -> None:
    """Let pass any finish *reason* but "error".

    Raises:
        StreamRefusal: It is that; *event*, which said so, may also say why.
    """
    if reason == "error":
        choices = event.get("choices")
        first = choices[0] if type(choices) is list and choices and type(choices[0]) is dict else {}
        raise StreamRefusal({"error": first.get("error") or "the model stopped with an error", "event": event})
