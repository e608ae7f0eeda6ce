"""What goes back over the line: replies, their envelopes and the words of refusals."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from attrs import Factory, frozen

_PIECES: Final = 8
"""How many a sound comes in: few enough that `latency` does not make minutes of a long one."""


@frozen
class Reply:
    """One HTTP answer."""

    status: int
    body: bytes
    headers: Mapping[str, str] = Factory(dict)

    pieces: Iterable[bytes] | None = None
    """Stands for the body of one that goes out bit by bit, a write a piece."""


class Refusal(Exception):
    """A model's own "no", with the HTTP status and the service's code."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


class BadInput(Refusal):
    """The body does not fit the model's schema: 400/5006 (docs/wire.md 2.4)."""

    def __init__(self, problem: str) -> None:
        super().__init__(400, 5006, f"Bad input: Error: {problem}")


class Incomplete(Refusal):
    """The body is missing, or breaks off: 400/3003 (docs/wire.md 2.3)."""

    def __init__(self) -> None:
        super().__init__(400, 3003, "Request is incomplete")


class TooLarge(Refusal):
    """The body is over the limit: 413/3006 (docs/wire.md 2.3)."""

    def __init__(self) -> None:
        super().__init__(413, 3006, "Request is too large")


class Retired(Refusal):
    """The model was retired: 400/5028; the words are the service's (docs/wire.md 2.4)."""

    def __init__(self, day: str) -> None:
        super().__init__(400, 5028, f"This model was deprecated on {day}. Please use an alternative model")


class NotPaid(Refusal):
    """The model needs Workers Paid: 403/5035 (docs/wire.md 2.3); the words are ours."""

    def __init__(self) -> None:
        super().__init__(403, 5035, "This model requires a Workers Paid plan")


class NotAgreed(Refusal):
    """The terms of the model's maker were not accepted: 403/5016 (docs/wire.md 2.3)."""

    def __init__(self) -> None:
        super().__init__(403, 5016, "Model Agreement: Prior to using this model, you must submit the prompt 'agree'.")


class NotAllowed(Refusal):
    """The account may not use the model: 403/5018 (docs/wire.md 2.3); the words are ours."""

    def __init__(self) -> None:
        super().__init__(403, 5018, "This account is not allowed to access this model")


class NoGateway(Refusal):
    """One of the service's own models was named in a body without a gateway (docs/wire.md 1).

    That the header has to be there is documented; that its absence gives this code, 400/2001, is our guess.
    """

    def __init__(self) -> None:
        super().__init__(400, 2001, "Please configure AI Gateway in the Cloudflare dashboard")


class NoQueue(Refusal):
    """A model without a queue was asked to use it (docs/wire.md 2.4).

    Every model says it here: the queue (docs/wire.md 6) is not emulated.
    """

    def __init__(self) -> None:
        super().__init__(400, 8007, "This model does not support request queuing")


def success(result: object, headers: Mapping[str, str]) -> Reply:
    """Wrap *result* in the envelope of docs/wire.md 2.1, keys in the service's order."""
    return Reply(200, _json({"result": result, "success": True, "errors": [], "messages": []}), headers)


def media(body: bytes, headers: Mapping[str, str]) -> Reply:
    """Send *body* as it is: pictures and sounds have no envelope where docs/wire.md 2.1 says so."""
    return Reply(200, body, headers)


def media_in_pieces(body: bytes, headers: Mapping[str, str]) -> Reply:
    """Send *body* as it is, bit by bit."""
    size = max(1, len(body) // _PIECES)
    return Reply(200, b"", headers, (body[start : start + size] for start in range(0, len(body), size)))


def stream(events: Iterable[bytes], headers: Mapping[str, str]) -> Reply:
    """Send events one by one; a stream has no envelope (docs/wire.md 2.1)."""
    return Reply(200, b"", {**headers, "content-type": "text/event-stream"}, events)


def refused_by_model(refusal: Refusal, request_id: str) -> Reply:
    """Say no as a model does: `result` is `{}`, and the message ends with the request's id (docs/wire.md 2.2)."""
    error = {"message": f"AiError: AiError: {refusal.message} ({request_id})", "code": refusal.code}
    body = {"errors": [error], "success": False, "result": {}, "messages": []}
    return Reply(refusal.status, _json(body), {"cf-ai-req-id": request_id})


def refused_by_router(status: int, code: int, message: str) -> Reply:
    """Say no as the router does: `result` is `null`, and there is no `cf-ai-req-id` (docs/wire.md 2.2, 2.6)."""
    error = {"code": code, "message": message}
    return Reply(status, _json({"result": None, "success": False, "errors": [error], "messages": []}))


def _json(value: Mapping[str, Any]) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    # An echoed text may hold half a surrogate pair, which JSON can carry in \u form and UTF-8 cannot.
    return text.encode("utf-8", "replace")
