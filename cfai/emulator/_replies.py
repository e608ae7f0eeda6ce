"""What goes back over the line: replies, their envelopes and the words of refusals."""

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from attrs import Factory, evolve, frozen

from cfai.emulator._event import Event
from cfai.emulator._fragments import parsed_fragments
from cfai.emulator._refusals import Known, body_of, from_model, known

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
    """The service's own "no", with the HTTP status and the service's code; a model's unless it is *known* otherwise."""

    def __init__(self, status: int, code: int, message: str) -> None:
        self.known = Known(code, status, message)
        super().__init__(message)


class KnownRefusal(Refusal):
    """A refusal as the table has it: the first with this *code* whose words contain *about*."""

    def __init__(self, code: int, about: str = "") -> None:
        found = known(code, about)
        super().__init__(found.status, code, found.words)
        self.known = found


class BadInput(Refusal):
    """The body does not fit the model's schema: 400/5006 (docs/wire.md 2.4)."""

    def __init__(self, problem: str) -> None:
        super().__init__(400, 5006, f"Bad input: Error: {problem}")
        self.problem = problem


class Incomplete(KnownRefusal):
    """The body is missing, or breaks off (docs/wire.md 2.3)."""

    def __init__(self) -> None:
        super().__init__(3003)


class TooLarge(KnownRefusal):
    """The body is over the limit (docs/wire.md 2.3)."""

    def __init__(self) -> None:
        super().__init__(3006)


class Retired(Refusal):
    """The model was retired: 400/5028; the words are the service's (docs/wire.md 2.4)."""

    def __init__(self, day: str) -> None:
        super().__init__(400, 5028, f"This model was deprecated on {day}. Please use an alternative model")


class NoQueue(KnownRefusal):
    """A model without a queue was asked to use it (docs/wire.md 2.4).

    Every model says it here: the queue (docs/wire.md 6) is not emulated.
    """

    def __init__(self) -> None:
        super().__init__(8007, "queuing")


class BadThirdPartyInput(Refusal):
    """The run endpoint checked the input of another company's model itself: 400/7003 (docs/wire.md 2.4).

    Its first words are the service's; what follows them, and that its body is the router's, is our guess.
    """

    def __init__(self, problem: str) -> None:
        words = f"{known(7003, 'User Input Error').words}: {problem}"
        super().__init__(400, 7003, words)
        self.known = evolve(known(7003, "User Input Error"), words=words)


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


def stream(events: Iterable[Event], headers: Mapping[str, str], *, parsed: bool) -> Reply:
    """Send events one by one; a stream has no envelope (docs/wire.md 2.1).

    With *parsed*, fragments of text go out as the JSON values that they parse as.
    """
    return Reply(200, b"", {**headers, "content-type": "text/event-stream"}, _written(events, parsed=parsed))


def refused(refusal: Known, request_id: str) -> Reply:
    """Say no, in the form that the refusal has; routers and gateways send no `cf-ai-req-id` (docs/wire.md 2.2, 2.6)."""
    headers = {"cf-ai-req-id": request_id} if from_model(refusal) else {}
    return Reply(refusal.status, _json(body_of(refusal, request_id)), headers)


def _written(events: Iterable[Event], *, parsed: bool) -> Iterator[bytes]:
    for event in events:
        if event.data is None:
            yield b"data: [DONE]\n\n"
        else:
            head = "" if event.name is None else f"event: {event.name}\n"
            data = parsed_fragments(event.data) if parsed else event.data
            yield head.encode() + b"data: " + _json(data) + b"\n\n"


def _json(value: Mapping[str, Any]) -> bytes:
    try:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except ValueError:  # Infinity and NaN are no JSON: null stands for them, as in JavaScript
        text = json.dumps(_without_infinities(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    # An echoed text may hold half a surrogate pair, which JSON can carry in \u form and UTF-8 cannot.
    return text.encode("utf-8", "replace")


def _without_infinities(value: Any) -> Any:
    match value:
        case float():
            return value if math.isfinite(value) else None
        case dict():
            return {name: _without_infinities(each) for name, each in value.items()}
        case list() | tuple():
            return [_without_infinities(each) for each in value]
        case _:
            return value
