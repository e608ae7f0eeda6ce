"""Generated text as a whole answer: of any form, in one class (docs/wire.md 3.1)."""

from typing import Any

from ...tasks.answers import GeneratedText
from ..convert.converter import ShapeError, kind_of, register
from ..decode_context import DecodeContext
from .common import apply, read_as
from .forms.table import form_of


def read_text(result: Any, asked: DecodeContext | None = None) -> GeneratedText:
    """Read a text-generation *result*, whichever shape it has.

    Raises:
        ShapeError: It has no usable text, and no call of a tool. All else that is unusable is listed in `skipped`.
    """
    answer = _read(result)
    if asked is not None:
        apply_request(answer, result, asked)
    return answer


def _read(result: Any) -> GeneratedText:
    if type(result) is str:
        return GeneratedText(response=result)
    if type(result) is not dict:
        raise ShapeError(f"expected text, got {kind_of(result)}")
    form = form_of(result)
    if form is None:
        raise ShapeError("expected text, got an object with none of the keys that bear it")
    return read_as(form.read_whole, result)


def apply_request(answer: GeneratedText, result: Any, asked: DecodeContext) -> None:
    """Bring into *answer*, which *result* was read as, what only the request tells."""
    # The form is looked for once more, and only where it matters: the converter's hooks return nothing but the answer.
    apply(answer, asked, native=asked.thinks_aloud and _may_hold_thoughts(result))


def _may_hold_thoughts(result: Any) -> bool:
    form = form_of(result) if type(result) is dict else None
    return form is None or form.may_hold_thoughts


register(GeneratedText, _read)
