"""The one cattrs converter: strict, with nulls that count as absent.

cattrs as it comes coerces: `null` in a `str` field gives the text "None", and 1.9 in an `int` field gives 1. The hooks
here let pass what JSON itself would call the same value (5 for a float, 5.0 for an int) and nothing else.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import attrs
import cattrs
import msgspec
from cattrs.cols import is_mapping, is_mutable_sequence, list_structure_factory, mapping_structure_factory
from cattrs.gen import make_dict_structure_fn

from .._base import Answer
from ..tasks.answers import Box, Classification, DetectedObject, Point, RankedContext, Region, Segment, Word

A = TypeVar("A", bound=Answer)
Hook = Callable[[Any, Any], Any]

converter = cattrs.Converter(detailed_validation=True)
"""Structures what the service answers: `converter.structure(result, cfai.RunResponse)` by its shape, or into any of
cfai's answers or a class of your own. Strict: no value is turned into another type."""


class Misfit(Exception):
    """A result does not have the shape that was asked of it."""

    def __init__(self, why: str, path: str = "$") -> None:
        super().__init__(why, path)
        self.why = why
        self.path = path

    def under(self, prefix: str) -> "Misfit":
        """Move the path below *prefix*, such as "$.usage"."""
        return Misfit(self.why, prefix + self.path[1:])


def kind_of(value: Any) -> str:
    """Name the JSON type of *value*, for a message."""
    if value is None:
        return "null"
    names = {bool: "bool", str: "str", dict: "object", list: "array"}
    return names.get(type(value), type(value).__name__)


def structure(value: Any, kind: Any) -> Any:
    """Structure *value* into *kind*.

    Raises:
        Misfit: With the path of what does not fit.
    """
    try:
        return converter.structure(value, kind)
    except Exception as failure:
        misfit = misfit_of(failure)
    raise misfit


def structure_at(value: Any, kind: Any, path: str) -> Any:
    """Structure *value*, which stands at *path*, into *kind*; a misfit names the whole path."""
    try:
        return structure(value, kind)
    except Misfit as misfit:
        moved = misfit.under(path)
    raise moved


def register(kind: type[A], read: Callable[[Any], A]) -> None:
    """Make *read* the way to an answer of the class *kind*, which then keeps what it was read from."""

    def hook(value: Any, _: Any) -> A:
        answer = read(value)
        answer._keep(value)
        return answer

    converter.register_structure_hook(kind, hook)


def misfit_of(failure: BaseException, path: str = "$") -> Misfit:
    """Find the first misfit, and its path, in what cattrs raised."""
    while isinstance(failure, BaseExceptionGroup):
        failure = failure.exceptions[0]
        for note in getattr(failure, "__notes__", ()):
            if isinstance(note, cattrs.AttributeValidationNote):
                path += f".{note.name}"
            elif isinstance(note, cattrs.IterableValidationNote):
                path += f"[{note.index}]" if isinstance(note.index, int) else f".{note.index}"
    if isinstance(failure, Misfit):
        return failure.under(path)
    if isinstance(failure, KeyError):
        return Misfit("a required key is missing or null", f"{path}.{failure.args[0]}")
    return Misfit(str(failure) or type(failure).__name__, path)


def _exact(kind: type) -> Hook:
    def hook(value: Any, _: Any) -> Any:
        if type(value) is not kind:
            raise Misfit(f"expected {kind_of(kind())}, got {kind_of(value)}")
        return value

    return hook


def _number(value: Any, _: Any) -> float:
    if type(value) is float:
        return value
    if type(value) is int:
        return float(value)
    raise Misfit(f"expected a number, got {kind_of(value)}")


def _integer(value: Any, _: Any) -> int:
    if type(value) is int:
        return value
    if type(value) is float and value.is_integer():
        return int(value)
    raise Misfit(f"expected an integer, got {kind_of(value)}")


def _attrs_hook(kind: type) -> Hook:
    """Make the hook of an attrs class: a null counts as absent, but where a required field takes None."""
    fill: Hook = make_dict_structure_fn(kind, converter)
    keeps = issubclass(kind, Answer)
    takes_none = {
        field.name
        for field in attrs.fields(attrs.resolve_types(kind))
        if field.default is attrs.NOTHING and _admits_none(field.type)
    }

    def hook(value: Any, _: Any) -> Any:
        if type(value) is not dict:
            raise Misfit(f"expected an object, got {kind_of(value)}")
        whole = value
        if None in value.values():
            value = {key: item for key, item in value.items() if item is not None or key in takes_none}
        answer = fill(value, kind)
        if keeps:
            answer._keep(whole)
        return answer

    return hook


def _admits_none(kind: Any) -> bool:
    return kind is Any or kind is None or type(None) in getattr(kind, "__args__", ())


def list_hook(kind: type) -> Hook:
    """Make the hook of a long list of equal objects: msgspec fills them in C, the slow way names a misfit.

    5,000 words take 0.7 ms so and 5 ms without. What msgspec refuses may still be right, such as a null that counts
    as absent: then the slow way gives the answer.
    """
    whole = list[kind]  # type: ignore[valid-type]

    def hook(value: Any, _: Any) -> Any:
        if type(value) is not list:
            raise Misfit(f"expected an array, got {kind_of(value)}")
        try:
            return msgspec.convert(value, whole)
        except msgspec.ValidationError:
            pass
        filled = []
        for index, item in enumerate(value):
            try:
                filled.append(structure(item, kind))
            except Misfit as misfit:
                raise misfit.under(f"$[{index}]") from None
        return filled

    return hook


def _array_hook(kind: Any) -> Hook:
    fill = list_structure_factory(kind, converter)

    def hook(value: Any, _: Any) -> Any:
        if type(value) is not list:  # cattrs would take a string for a list of its characters
            raise Misfit(f"expected an array, got {kind_of(value)}")
        return fill(value, kind)

    return hook


def _object_hook(kind: Any) -> Hook:
    fill = mapping_structure_factory(kind, converter)

    def hook(value: Any, _: Any) -> Any:
        if type(value) is not dict:
            raise Misfit(f"expected an object, got {kind_of(value)}")
        return fill(value, kind)

    return hook


def _is_matrix(kind: Any) -> bool:
    return bool(kind == list[list[float]])


def _matrix(value: Any, _: Any) -> list[list[float]]:
    """Let rows of numbers pass through as they are: copying 100 x 1024 of them would cost as much as reading them."""
    if type(value) is not list:
        raise Misfit(f"expected an array of number arrays, got {kind_of(value)}")
    for index, row in enumerate(value):
        if type(row) is not list:
            raise Misfit(f"expected an array of numbers, got {kind_of(row)}", f"$[{index}]")
        _check_numbers(row, index)
    return value


def _check_numbers(row: list[Any], index: int) -> None:
    try:
        sum(row)  # in C: 4 us for 1024 numbers, where looking at their types one by one takes 30
    except TypeError:
        pass
    else:
        if not row or type(row[0]) is not bool:
            return
    for place, number in enumerate(row):
        if type(number) not in (float, int):
            raise Misfit(f"expected a number, got {kind_of(number)}", f"$[{index}][{place}]")


for _kind in (str, bool):
    converter.register_structure_hook(_kind, _exact(_kind))
converter.register_structure_hook(float, _number)
converter.register_structure_hook(int, _integer)
converter.register_structure_hook_factory(attrs.has, _attrs_hook)
converter.register_structure_hook_factory(is_mutable_sequence, _array_hook)
converter.register_structure_hook_factory(is_mapping, _object_hook)
converter.register_structure_hook_func(_is_matrix, _matrix)
for _leaf in (Box, Classification, DetectedObject, Point, RankedContext, Region, Segment, Word):
    converter.register_structure_hook_func(
        lambda kind, whole=list[_leaf]: kind == whole,  # type: ignore[valid-type,misc]
        list_hook(_leaf),
    )
