"""Errors that come as events of a stream whose status was good (docs/wire.md 4)."""

from typing import Any

from .whole import is_responses


class StreamRefusal(Exception):
    """The service said no in the middle of its answer."""

    def __init__(self, body: dict[str, Any]) -> None:
        super().__init__(body)
        self.body = body
        """What it said, as `refusal` reads it."""


def expect_no_error(event: dict[str, Any]) -> None:
    """Let pass what is no error.

    Raises:
        StreamRefusal: The event is one, in any of the forms that a whole answer's error has, or a typed one.
    """
    failed = event.get("state") == "Failed" or (event.get("status") == "failed" and is_responses(event))
    if event.get("error") is not None or event.get("success") is False or failed:
        raise StreamRefusal(event)
    if event.get("errors") and event.get("result") in (None, {}):
        raise StreamRefusal(event)
    kind = event.get("type")
    if kind == "error":  # of Responses: {type, code, message}; the type is no code
        raise StreamRefusal({key: value for key, value in event.items() if key != "type"})
    if kind == "response.failed":
        response = event.get("response")
        raise StreamRefusal(response if type(response) is dict else {"message": "the response failed"})


def expect_no_failure(event: dict[str, Any], reason: str | None) -> None:
    """Let pass any finish *reason* but "error".

    Raises:
        StreamRefusal: It is that; *event*, which said so, may also say why.
    """
    if reason == "error":
        choices = event.get("choices")
        first = choices[0] if type(choices) is list and choices and type(choices[0]) is dict else {}
        raise StreamRefusal({"error": first.get("error") or "the model stopped with an error", "event": event})
