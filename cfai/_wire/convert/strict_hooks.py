"""The strict hooks for types that users bring: where cattrs would turn a value into another type, these refuse."""

import dataclasses
import enum
import types
import typing
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Literal, Union, get_args, get_origin

import attrs
import cattrs
from cattrs.cols import is_namedtuple
from cattrs.gen import make_dict_structure_fn
from cattrs.gen.typeddicts import make_dict_structure_fn as make_typeddict_structure_fn

from .errors import ShapeError, expect_array, expect_object, kind_of, shape_error_of

Hook = Callable[[Any, Any], Any]

_ROWS: Mapping[Any, Callable[[Any], Any]] = {
    tuple: tuple,
    set: set,
    frozenset: frozenset,
    deque: deque,
    Sequence: tuple,
    AbstractSet: frozenset,
}
"""What is a JSON array on the wire, and how it is made of a list."""


def _scalar(kind: type, read: Callable[[Any], Any]) -> Hook:
    def hook(value: Any, wanted: Any) -> Any:
        if wanted is kind:
            return read(value)
        # cattrs looks classes up by their ancestors, so those that extend a scalar come here as well
        return _member(value, wanted) if issubclass(wanted, enum.Enum) else wanted(read(value))

    return hook


def _exactly(kind: type) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if type(value) is not kind:
            raise ShapeError(f"expected {kind_of(kind())}, got {kind_of(value)}")
        return value

    return read


def _number(value: Any) -> float:
    if type(value) is float:
        return value
    if type(value) is int:
        return float(value)
    raise ShapeError(f"expected a number, got {kind_of(value)}")


def _integer(value: Any) -> int:
    if type(value) is int:
        return value
    if type(value) is float and value.is_integer():
        return int(value)
    raise ShapeError(f"expected an integer, got {kind_of(value)}")


SCALARS: Mapping[type, Hook] = {
    str: _scalar(str, _exactly(str)),
    bool: _scalar(bool, _exactly(bool)),
    bytes: _scalar(bytes, _exactly(bytes)),
    float: _scalar(float, _number),
    int: _scalar(int, _integer),
}


def _member(value: Any, kind: type[enum.Enum]) -> enum.Enum:
    return kind(_one_of(value, [member.value for member in kind], kind.__name__))


def _literal(value: Any, kind: Any) -> Any:
    choices = {_value_of(choice): choice for choice in get_args(kind)}
    return choices[_one_of(value, [_value_of(choice) for choice in get_args(kind)], "the literals")]


def _value_of(choice: Any) -> Any:
    return choice.value if isinstance(choice, enum.Enum) else choice


def _one_of(value: Any, choices: list[Any], name: str) -> Any:
    """Give *value* where it is one of *choices*; `True == 1`, so its type has to be theirs as well."""
    if any(type(value) is type(choice) and value == choice for choice in choices):
        return value
    raise ShapeError(
        f"expected one of {name}, got {kind_of(value) if not isinstance(value, str) else repr(value[:60])}"
    )


def _origin(kind: Any) -> Any:
    """Give what a type is of: `list` of `list[int]`, a class of itself."""
    origin: Any = get_origin(kind)
    return kind if origin is None else origin


def is_class(kind: Any) -> bool:
    """Tell an attrs class or a dataclass, generic ones too."""
    origin = _origin(kind)
    return isinstance(origin, type) and (attrs.has(origin) or dataclasses.is_dataclass(origin))


def class_hook(kind: Any, converter: cattrs.Converter) -> Hook:
    """Make the hook of an attrs class or a dataclass: a null is absence, but where a required field takes None."""
    origin = _origin(kind)
    if attrs.has(origin):
        attrs.resolve_types(origin)  # annotations may be strings; cattrs looks at them as they are
    return _without_nulls(make_dict_structure_fn(kind, converter), _nullable(origin))


def _nullable(kind: type) -> set[str]:
    """Name the required fields that take None."""
    if attrs.has(kind):
        required = [field.name for field in attrs.fields(kind) if field.default is attrs.NOTHING]
    else:
        required = [
            field.name
            for field in dataclasses.fields(kind)
            if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        ]
    hints = typing.get_type_hints(kind)
    return {name for name in required if _admits_none(hints.get(name, Any))}


def _admits_none(kind: Any) -> bool:
    return kind is Any or kind is type(None) or type(None) in get_args(kind)


def _without_nulls(fill: Callable[..., Any], nullable: set[str]) -> Hook:
    def hook(value: Any, kind: Any) -> Any:
        expect_object(value)
        if None in value.values():
            value = {key: item for key, item in value.items() if item is not None or key in nullable}
        return fill(value, kind)

    return hook


def _typed_dict_hook(kind: Any, converter: cattrs.Converter) -> Hook:
    hints = typing.get_type_hints(_origin(kind))
    nullable = {name for name, hint in hints.items() if _admits_none(hint)}
    return _without_nulls(make_typeddict_structure_fn(kind, converter), nullable)


def _row_hook(kind: Any, converter: cattrs.Converter) -> Hook:
    """Make the hook of a tuple, a set or another kind of row."""
    make, items = _ROWS[_origin(kind)], get_args(kind)
    if get_origin(kind) is tuple and items[-1] is not ...:
        return lambda value, _: _read_each(value, items, converter)
    whole = list[items[0]] if items else list[Any]  # type: ignore[valid-type]
    read = converter.get_structure_hook(whole)
    return lambda value, _: make(read(value, whole))


def _named_tuple_hook(kind: Any, converter: cattrs.Converter) -> Hook:
    items = tuple(typing.get_type_hints(kind).values())
    return lambda value, _: kind(*_read_each(value, items, converter))


def _read_each(value: Any, kinds: tuple[Any, ...], converter: cattrs.Converter) -> tuple[Any, ...]:
    """Read an array whose items have a type each."""
    expect_array(value)
    if len(value) != len(kinds):
        raise ShapeError(f"expected an array of {len(kinds)}, got one of {len(value)}")
    read = []
    for index, (item, kind) in enumerate(zip(value, kinds, strict=True)):
        try:
            read.append(converter.get_structure_hook(kind)(item, kind))
        except Exception as failure:
            raise shape_error_of(failure, f"$[{index}]") from None
    return tuple(read)


_UNIONS = (Union, types.UnionType)
_NATIVE = {str, bool, int, float, type(None)}


def _is_union(kind: Any) -> bool:
    """Tell a union of more than an optional type, which cattrs sees to."""
    arms = get_args(kind)
    return _origin(kind) in _UNIONS and not (len(arms) == 2 and type(None) in arms)


def _union_hook(kind: Any, converter: cattrs.Converter) -> Hook:
    """Make the hook of a union: the arm that fits; of classes the one that knows most of the keys is asked first.

    cattrs' own way looks for a required field that no other class has; what it finds depends on the order of a set.
    """
    arms = get_args(kind)
    native = _NATIVE.intersection(arms)
    others = [(arm, _keys_of(arm)) for arm in arms if arm not in native]

    def hook(value: Any, _: Any) -> Any:
        if type(value) in native:
            return value
        if type(value) is int and float in native:
            return float(value)
        keys = value.keys() if type(value) is dict else ()
        failures = []
        for arm, _ in sorted(others, key=lambda other: -len(other[1].intersection(keys))):
            try:
                return converter.get_structure_hook(arm)(value, arm)
            except Exception as failure:
                failures.append(failure)
        if len(failures) == 1:
            raise failures[0]
        raise ShapeError(f"expected one of {len(arms)} types, got {kind_of(value)}")

    return hook


def _keys_of(kind: Any) -> frozenset[str]:
    """Name the fields of a class."""
    origin = _origin(kind)
    if not is_class(kind):
        return frozenset(typing.get_type_hints(origin)) if typing.is_typeddict(origin) else frozenset()
    fields = attrs.fields(origin) if attrs.has(origin) else dataclasses.fields(origin)
    return frozenset(field.name for field in fields)


def register_all(converter: cattrs.Converter) -> None:
    """Register the hooks for what is not a scalar; the later ones are asked first."""
    converter.register_structure_hook_factory(_is_union, lambda kind: _union_hook(kind, converter))
    converter.register_structure_hook_factory(
        lambda kind: _origin(kind) in _ROWS, lambda kind: _row_hook(kind, converter)
    )
    converter.register_structure_hook_factory(is_namedtuple, lambda kind: _named_tuple_hook(kind, converter))
    converter.register_structure_hook_factory(
        lambda kind: typing.is_typeddict(_origin(kind)), lambda kind: _typed_dict_hook(kind, converter)
    )
    converter.register_structure_hook_func(lambda kind: _origin(kind) is Literal, _literal)
    converter.register_structure_hook_func(lambda kind: isinstance(kind, type) and issubclass(kind, enum.Enum), _member)
