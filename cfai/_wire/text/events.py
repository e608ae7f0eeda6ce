"""Events of a stream, by their forms; errors among them, and envelopes around them (docs/wire.md 4)."""

from typing import Any

from ..convert.converter import expect_object
from .accumulator import TextAccumulator
from .error_events import StreamRefusal
from .forms import native, responses
from .forms.table import comes_whole, reader_of
from .whole import read_text


def read_event(event: Any, accumulator: TextAccumulator) -> None:
    """Read one *event* into *accumulator*. What has none of the forms says nothing.

    Raises:
        StreamRefusal: It is an error.
        ShapeError: It is no object, or has one of the forms by its keys and not by their types.
    """
    expect_object(event)
    _expect_no_error(event)
    read = reader_of(event)
    # Envelopes stand behind the marks of pieces, and before those of whole answers: of an envelope that has some keys
    # of a whole answer, too, the answer is what is in `result`.
    if read is not None:
        read(event, accumulator)
    elif _is_wrapped(event):
        read_whole(event["result"], accumulator)
    elif type(event.get("streamed_data")) is list:
        for piece in event["streamed_data"]:
            read_event(piece, accumulator)
    elif comes_whole(event):
        accumulator.settle(read_text(event, accumulator.asked), event)
    else:
        native.read_event(event, accumulator)


def read_whole(result: Any, accumulator: TextAccumulator) -> None:
    """Read a *result* that is the whole answer, though a stream was asked for: in an envelope, or as the whole body."""
    if type(result) is not dict or _is_bare(result):
        accumulator.settle(read_text(result, accumulator.asked), result)
    else:
        read_event(result, accumulator)
    accumulator.ended = True


def _is_bare(result: dict[str, Any]) -> bool:
    """Tell the native form, which is the same for a piece and for the whole; an error is left to `read_event`."""
    if any(result.get(key) is not None for key in ("choices", "error", "errors", "streamed_data")):
        return False
    return "type" not in result and not _is_wrapped(result)


def _is_wrapped(event: dict[str, Any]) -> bool:
    """Tell the envelope, and a gateway's `{state, result}`."""
    return "result" in event and ("success" in event or event.get("state") is not None)


def _expect_no_error(event: dict[str, Any]) -> None:
    """Let pass what is no error.

    Raises:
        StreamRefusal: The event is one, in any of the forms that a whole answer's error has, or a typed one.
    """
    failed = event.get("state") == "Failed" or (event.get("status") == "failed" and responses.is_whole(event))
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
