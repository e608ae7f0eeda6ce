"""Which form an event has, and who reads it (docs/wire.md 4)."""

from typing import Any

from ..convert.converter import expect_object
from ..decode_context import DecodeContext
from .accumulator import TextAccumulator
from .error_events import expect_no_error, expect_no_failure
from .forms.anthropic import KINDS, read_anthropic_event
from .forms.chat import read_chunk, read_native
from .forms.google import read_google_event
from .forms.responses import read_response_event
from .google import is_google
from .whole import is_moondreams, is_responses, read_text


def read_event(event: Any, gathered: TextAccumulator, asked: DecodeContext | None) -> None:
    """Read one *event* into *gathered*. What has none of the forms says nothing.

    Raises:
        Refused: It is an error.
        Misfit: It is no object, or has one of the forms by its keys and not by their types.
    """
    expect_object(event)
    expect_no_error(event)
    kind = event.get("type")
    if event.get("choices") is not None:
        _read_choices(event, gathered, asked)
    elif type(kind) is str and kind.startswith("response."):
        read_response_event(event, gathered)
    elif type(kind) is str and kind in KINDS:
        read_anthropic_event(event, gathered)
    elif is_google(event) or event.get("usageMetadata") is not None:
        read_google_event(event, gathered)
    elif _is_wrapped(event):
        read_whole(event["result"], gathered, asked)
    elif type(event.get("streamed_data")) is list:
        _read_all(event["streamed_data"], gathered, asked)
    elif is_responses(event) or kind == "message" or is_moondreams(event):
        gathered.settle(read_text(event, asked), event)
    else:
        read_native(event, gathered)
        expect_no_failure(event, gathered.reason)


def read_whole(result: Any, gathered: TextAccumulator, asked: DecodeContext | None) -> None:
    """Read a *result* that is the whole answer, though a stream was asked for: in an envelope, or as the whole body."""
    if type(result) is not dict or _is_bare(result):
        gathered.settle(read_text(result, asked), result)
    else:
        read_event(result, gathered, asked)
    gathered.ended = True


def _is_bare(result: dict[str, Any]) -> bool:
    """Tell the native form, which is the same for a piece and for the whole; an error is left to `read_event`."""
    if any(result.get(key) is not None for key in ("choices", "error", "errors", "streamed_data")):
        return False
    return "type" not in result and not _is_wrapped(result)


def _is_wrapped(event: dict[str, Any]) -> bool:
    """Tell the envelope, and a gateway's `{state, result}`."""
    return "result" in event and ("success" in event or event.get("state") is not None)


def _read_choices(event: dict[str, Any], gathered: TextAccumulator, asked: DecodeContext | None) -> None:
    choices = event["choices"]
    first = choices[0] if type(choices) is list and choices else None
    if type(first) is dict and first.get("message") is not None:
        gathered.settle(read_text(event, asked), event)
        return
    read_chunk(event, gathered)
    expect_no_failure(event, gathered.reason)


def _read_all(pieces: list[Any], gathered: TextAccumulator, asked: DecodeContext | None) -> None:
    for piece in pieces:
        read_event(piece, gathered, asked)
