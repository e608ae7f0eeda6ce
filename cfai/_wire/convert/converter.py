"""The one cattrs converter: strict, with nulls that count as absent.

cattrs as it comes coerces: `null` in a `str` field gives the text "None", and 1.9 in an `int` field gives 1. The hooks
here and in `strict` let pass what JSON itself would call the same value (5 for a float, 5.0 for an int) and nothing
else.
"""

import re
from collections.abc import Callable
from typing import Any, TypeVar, get_args, get_origin, overload

import cattrs
import msgspec
from cattrs.cols import is_mapping, is_mutable_sequence, list_structure_factory, mapping_structure_factory

from ..._base import Answer, Part
from ...errors import DecodeError
from ...tasks.answers import Box, Point, RatedWord, Region, RunResponse, Segment, Word
from ..quoting import one_line
from . import strict_hooks
from .errors import ShapeError, expect_answers, expect_array, expect_object, kind_of, shape_error_of

__all__ = (
    "ShapeError",
    "check_numbers",
    "converter",
    "expect_answers",
    "expect_array",
    "expect_object",
    "kind_of",
    "list_hook",
    "mismatch",
    "register",
    "register_noting",
    "shape_error_of",
    "structure",
    "structure_at",
    "structure_noting",
)

A = TypeVar("A", bound=Answer)
T = TypeVar("T")
Hook = Callable[[Any, Any], Any]

_MODULES = re.compile(r"\b(?:\w+\.)+(?=\w)")


class StrictConverter(cattrs.Converter):
    """A cattrs converter that raises `DecodeError`, with the path, for what does not fit."""

    @overload
    def structure(self, obj: Any, cl: type[T]) -> T: ...
    @overload
    def structure(self, obj: Any, cl: Any) -> Any: ...
    def structure(self, obj: Any, cl: Any) -> Any:
        """Structure *obj* into *cl*.

        Raises:
            DecodeError: It does not fit; `path` says where, and `raw` holds it.
        """
        try:
            return structure_noting(obj, cl, [])
        except ShapeError as misfit:
            raise DecodeError(mismatch(cl, misfit), path=misfit.path, raw=obj) from misfit


converter: StrictConverter = StrictConverter(detailed_validation=True)
"""Structures what the service answers: `converter.structure(result, cfai.RunResponse)` by its shape, or into any of
cfai's answers or a class of your own. Strict: no value is turned into another type."""


def structure(value: Any, kind: Any) -> Any:
    """Structure *value* into *kind*.

    Raises:
        ShapeError: With the path of what does not fit.
    """
    try:
        return cattrs.Converter.structure(converter, value, kind)
    except Exception as failure:
        misfit = shape_error_of(failure)
    raise misfit


_noting: list[tuple[Any, Callable[[Any, list[str]], Any]]] = []


def register_noting(kind: Any, read: Callable[[Any, list[str]], Any]) -> None:
    """Make *read* the way to a *kind* that has no `skipped` of its own, wherever it is asked for by itself.

    As a part of a user's class it is read strictly: nothing there could tell what was skipped.
    """
    _noting.append((kind, read))


def structure_noting(value: Any, kind: Any, skipped: list[str]) -> Any:
    """Structure *value* into *kind*, and add to *skipped* the paths of what was not usable.

    Raises:
        ShapeError: With the path of what does not fit.
    """
    for known, read in _noting:
        if known == kind:
            return read(value, skipped)
    answer = structure(value, kind)
    if isinstance(answer, Answer):
        skipped += answer.skipped
    return answer


def structure_at(value: Any, kind: Any, path: str) -> Any:
    """Structure *value*, which stands at *path*, into *kind*; a misfit names the whole path."""
    try:
        return structure(value, kind)
    except ShapeError as misfit:
        moved = misfit.under(path)
    raise moved


def mismatch(kind: Any, misfit: ShapeError) -> str:
    """Say in one line that something is not a *kind*, and where."""
    # as its users write it: `list[Classification]`
    name = kind.__name__ if isinstance(kind, type) and not hasattr(kind, "__args__") else _MODULES.sub("", str(kind))
    return f"not {'an' if name[:1].upper() in 'AEIOU' else 'a'} {name}: {misfit.why} @ {one_line(misfit.path)}"


def register(kind: type[A], read: Callable[[Any], A]) -> None:
    """Make *read* the way to an answer of the class *kind*, which then keeps what it was read from."""

    def hook(value: Any, _: Any) -> A:
        answer = read(value)
        answer._keep(value)
        return answer

    converter.register_structure_hook(kind, hook)


def list_hook(kind: type) -> Hook:
    """Make the hook of a long list of equal objects: msgspec fills them in C, the slow way names a misfit.

    5,000 words take 0.7 ms so and 5 ms without. What msgspec refuses may still be right, such as a null that counts
    as absent: then the slow way gives the answer.
    """
    whole = list[kind]  # type: ignore[valid-type]

    def hook(value: Any, _: Any) -> Any:
        expect_array(value)
        try:
            return msgspec.convert(value, whole)
        except (msgspec.ValidationError, ArithmeticError):
            return [structure_at(item, kind, f"$[{index}]") for index, item in enumerate(value)]

    return hook


def _attrs_hook(kind: type) -> Hook:
    """Make the hook of an attrs class or a dataclass; one of our answers keeps what it was read from."""
    fill = strict_hooks.class_hook(kind, converter)
    if not (isinstance(kind, type) and issubclass(kind, Answer)):
        return fill

    def hook(value: Any, _: Any) -> Any:
        answer = fill(value, kind)
        answer._keep(value)
        return answer

    return hook


def _array_hook(kind: Any) -> Hook:
    fill = list_structure_factory(kind, converter)

    def hook(value: Any, _: Any) -> Any:
        expect_array(value)
        return fill(value, kind)

    return hook


def _object_hook(kind: Any) -> Hook:
    fill = mapping_structure_factory(kind, converter)

    def hook(value: Any, _: Any) -> Any:
        expect_object(value)
        return fill(value, kind)

    return hook


def _is_matrix(kind: Any) -> bool:
    return bool(kind == list[list[float]])


def _matrix(value: Any, _: Any) -> list[list[float]]:
    """Let rows of numbers pass through as they are: copying 100 x 1024 of them would cost as much as reading them."""
    expect_array(value)
    for index, row in enumerate(value):
        try:
            check_numbers(row)
        except ShapeError as misfit:
            raise misfit.under(f"$[{index}]") from None
    return value  # type: ignore[no-any-return]


def check_numbers(row: Any) -> None:
    """Refuse what is not an array of numbers.

    Raises:
        ShapeError: With the place of what is no number.
    """
    expect_array(row)
    try:
        msgspec.convert(row, list[float])  # for its eyes alone: 10 us for 1024 numbers, where Python's own take 30
    except (msgspec.ValidationError, ArithmeticError):
        for place, number in enumerate(row):
            if type(number) not in (float, int):
                raise ShapeError(f"expected a number, got {kind_of(number)}", f"$[{place}]") from None


for _kind, _hook in strict_hooks.SCALARS.items():
    converter.register_structure_hook(_kind, _hook)
converter.register_structure_hook_factory(is_mutable_sequence, _array_hook)
converter.register_structure_hook_factory(is_mapping, _object_hook)
strict_hooks.register_all(converter)
converter.register_structure_hook_factory(strict_hooks.is_class, _attrs_hook)
converter.register_structure_hook_func(_is_matrix, _matrix)
_listed = (get_args(answer)[0] for answer in get_args(RunResponse) if get_origin(answer) is list)
for _leaf in (Box, Point, RatedWord, Region, Segment, Word, *(kind for kind in _listed if issubclass(kind, Part))):
    converter.register_structure_hook_func(
        lambda kind, whole=list[_leaf]: kind == whole,  # type: ignore[valid-type,misc]
        list_hook(_leaf),
    )
