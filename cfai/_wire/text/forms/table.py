"""The one table of API forms: the first that fits wins, of whole answers as of events."""

from collections.abc import Callable
from typing import Any, NamedTuple

from ..accumulator import TextAccumulator
from ..common import ReadWhole
from . import anthropic, chat, google, moondream, native, responses


class TextForm(NamedTuple):
    """How a form is told, and who reads it."""

    is_whole: Callable[[dict[str, Any]], bool]
    read_whole: ReadWhole
    is_event: Callable[[dict[str, Any]], bool] | None = None
    """None where a form has no events of its own; and in the native form's rows, for its events have no mark."""
    read_event: Callable[[dict[str, Any], TextAccumulator], None] | None = None
    comes_whole: bool = False
    """Whether an event may be a whole answer, which `is_event` does not tell, and which an envelope goes before."""
    has_mark: bool = False
    """Whether `is_whole` is a mark of texts alone, whatever other keys there are."""
    may_hold_thoughts: bool = False
    """Whether the text itself may begin with thoughts: all other forms tell the two apart."""


FORMS = (
    TextForm(chat.has_choices, chat.read_whole, chat.has_choices, chat.read_event, has_mark=True),
    TextForm(
        responses.is_whole,
        responses.read_whole,
        responses.is_event,
        responses.read_event,
        comes_whole=True,
        has_mark=True,
    ),
    TextForm(
        anthropic.is_whole,
        anthropic.read_whole,
        anthropic.is_event,
        anthropic.read_event,
        comes_whole=True,
        has_mark=True,
    ),
    # It has no `has_mark`: among answers of all kinds, in `OBJECTS` of `answer.union`, it stands behind most others.
    # The last of its events has the usage alone, which is no whole answer.
    TextForm(google.is_whole, google.read_whole, google.is_event, google.read_event),
    # Native answers have two rows, and pictures' descriptions stand between them: models send `response: null` beside
    # the key that has the text.
    TextForm(native.is_whole, native.read_whole, may_hold_thoughts=True),
    TextForm(native.is_description, native.read_description, may_hold_thoughts=True),
    # Behind native answers, but an event is native only where no row tells it: one with `metrics`, `answer` and
    # `response` is settled as a whole native answer, and not as a piece.
    TextForm(moondream.is_whole, moondream.read_whole, comes_whole=True, may_hold_thoughts=True),
    TextForm(native.is_empty, native.read_whole, may_hold_thoughts=True),
)
"""In this order, of whole answers as of events.

Where both differ: an event that tells no form may be a whole answer (`comes_whole`), and is native otherwise.
"""

_OF_EVENTS = tuple((form.is_event, form.read_event) for form in FORMS if form.is_event and form.read_event)
_COME_WHOLE = tuple(form.is_whole for form in FORMS if form.comes_whole)


def form_of(result: dict[str, Any]) -> TextForm | None:
    """Find the form of a whole *result*."""
    for form in FORMS:
        if form.is_whole(result):
            return form
    return None


def reader_of(event: dict[str, Any]) -> Callable[[dict[str, Any], TextAccumulator], None] | None:
    """Find who reads an *event* that bears the mark of a form."""
    for is_event, read_event in _OF_EVENTS:
        if is_event(event):
            return read_event
    return None


def comes_whole(event: dict[str, Any]) -> bool:
    """Return whether an *event* without such a mark is a whole answer."""
    return any(is_whole(event) for is_whole in _COME_WHOLE)
