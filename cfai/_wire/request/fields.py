"""From what a user wrote to the fields of a request, under the model's own names, with media as pieces."""

import functools
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any, cast

import attrs

from ..._base import OwnInput, Params
from ..._catalogue import Row
from ..._catalogue.input_form import InputForm, MediaForm
from ...errors import InvalidParams
from .params_rows import OF_USERS, MediaList, ParamsRow, class_of_ours, params_row_of
from .values import is_medium, media_part_of, show, to_wire

_UNCHECKED = "a mapping goes out unchecked"
_NOT_SENT = ("extra_input",)
_OF_INPUT = (*_NOT_SENT, "mapping", "returning")
"""Fields of `Input` that are no fields of the model's; in any other class of the user's own the last two may be."""


class _Field:
    __slots__ = ("form", "free", "listed", "name", "required")

    def __init__(
        self, name: str, form: MediaForm | MediaList | None, listed: str, *, required: bool, free: bool
    ) -> None:
        self.name = name
        self.form = form
        """The default form of a medium; None of any other field."""
        self.listed = listed
        """What it takes a list of; empty where it need be none."""
        self.required = required
        self.free = free
        """Whether media may stand anywhere in it."""


class _Plan:
    """What there is to know of a params class, once and for all."""

    __slots__ = ("fields", "names", "ours", "row", "values")

    def __init__(self, kind: type) -> None:
        self.ours = own = class_of_ours(kind)
        """The class of ours that it is, or is derived from; None where it is all the user's own."""
        self.row = OF_USERS if own is None else params_row_of(own)
        ours = {field.name for field in attrs.fields(cast("Any", own))} if own is not None else ()
        not_sent = _OF_INPUT if issubclass(kind, OwnInput) else _NOT_SENT
        self.fields = tuple(
            _Field(
                field.name,
                self.row.media.get(field.name),
                (self.row if field.name in ours else OF_USERS).lists.get(field.name, ""),
                required=field.default is attrs.NOTHING,
                # A class of the user's own may have media where it likes.
                free=field.name in self.row.free or own is not kind,
            )
            for field in attrs.fields(kind)
            if field.name not in not_sent
        )
        self.names = frozenset(field.name for field in self.fields)
        # All at once, in C; the two in front see to it that there are several, for of one it gives no tuple.
        get: Callable[[Any], Any] = attrgetter("extra_input", "__class__", *(field.name for field in self.fields))
        self.values: Callable[[Any], tuple[Any, ...]] = lambda params: get(params)[2:]


@functools.cache
def _plan_of(kind: Hashable) -> _Plan:
    return _Plan(cast("type", kind))


def fields_of(params: Params[Any], row: Row) -> dict[str, Any]:
    """Give the fields of *params* that are set, as the model of *row* wants them.

    Raises:
        InvalidParams: One of them can't be sent, or not to this model.
    """
    if isinstance(params, OwnInput):
        return fields_of_mapping(_of_input(params), row)
    fields = _typed(params, row)
    if params.extra_input is None:
        return fields
    extra = _extra(params, ())
    for key in extra.keys() & fields.keys():
        kind = type(params).__name__
        raise InvalidParams(f"extra_input: {key!r} is set already: {row.name} has a field of {kind} under that name")
    return {**fields, **fields_of_mapping(extra, row)}


def _of_input(params: OwnInput[Any]) -> dict[str, Any]:
    """Return the whole input; a class that extends `Input` may have fields of the model's too."""
    mapping = params.mapping
    if not isinstance(mapping, Mapping):
        raise InvalidParams(f"mapping: must be a mapping, not {type(mapping).__name__}")
    kind: Any = type(params)
    plan = _plan_of(kind)
    own = zip(plan.fields, plan.values(params), strict=True)
    whole = {**mapping, **{field.name: value for field, value in own if value is not None}}
    return {**whole, **_extra(params, whole)}


def fields_of_mapping(mapping: Mapping[str, Any], row: Row) -> dict[str, Any]:
    """Give a mapping as it is, with media as pieces in the form that the model of *row* takes.

    Raises:
        InvalidParams: Something in it is neither JSON nor a medium.
    """
    fields: dict[str, Any] = to_wire(mapping, functools.partial(_form_at, row.input))
    return fields


def _extra(params: Params[Any], taken: Iterable[str]) -> Mapping[str, Any]:
    """Give `extra_input`, which may not set what has a field."""
    extra: Mapping[str, Any] = {} if params.extra_input is None else params.extra_input
    if not isinstance(extra, Mapping):
        raise InvalidParams(f"extra_input: must be a mapping, not {type(extra).__name__}")
    kind: Any = type(params)
    for name in extra:
        if name in taken or name in _plan_of(kind).names:
            raise InvalidParams(f"extra_input: {name!r} is a field of {kind.__name__}: set it there")
    return extra


def _typed(params: Params[Any], row: Row) -> dict[str, Any]:
    kind: Any = type(params)
    plan, input_form = _plan_of(kind), row.input
    if input_form.refuses and plan.ours is not None and plan.ours.__name__ in input_form.refuses:
        raise InvalidParams(f"{kind.__name__}: {row.name} {input_form.refuses[plan.ours.__name__]} ({_UNCHECKED})")
    fields: dict[str, Any] = {}
    for field, value in zip(plan.fields, plan.values(params), strict=True):
        if value is None:
            if field.required:
                raise InvalidParams(f"{field.name}: {kind.__name__} needs it, and it is None")
        elif field.name in input_form.lacks:
            raise InvalidParams(f"{field.name}: {row.name} {input_form.lacks[field.name]} ({_UNCHECKED})")
        elif field.form is None and field.name != "tools":
            fields[field.name] = _checked(field, value, row)
        else:
            fields.update(_sent(field, value, plan, row))
    if plan.row.layout is not None:
        fields = plan.row.layout(fields, row)
    if input_form.streams:
        fields["stream"] = False
    return (
        {input_form.renames.get(name, name): value for name, value in fields.items()} if input_form.renames else fields
    )


def _sent(field: _Field, value: Any, plan: _Plan, row: Row) -> dict[str, Any]:
    """Return what goes out for a field: of a list of media a key for each, and of no tools nothing."""
    if isinstance(field.form, MediaList):
        return _media(field.name, value, field.form, row.input)
    if field.form is not None:
        return {field.name: _medium(field.name, value, field.form, plan.row, row)}
    if plan.ours is not None and field.name == "tools" and _is_empty_list(value):
        return {}  # the service refuses an empty list (400, code 8007)
    return {field.name: _checked(field, value, row)}


def _is_empty_list(value: Any) -> bool:
    """Return whether *value* is a list or another sequence without items."""
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes)) and not value


def _checked(field: _Field, value: Any, row: Row) -> Any:
    name, input_form = field.name, row.input
    most = input_form.longest.get(name)
    if most is not None and isinstance(value, str) and len(value) > most:
        raise InvalidParams(f"{name}: {len(value):,} characters, and {row.name} takes up to {most:,} ({_UNCHECKED})")
    if field.listed and (isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Sequence)):
        raise InvalidParams(f"{name}: must be a list of {field.listed}, not {type(value).__name__}")
    return to_wire(value, functools.partial(_form_at, input_form) if field.free else _no_medium, (name,))


def _no_medium(path: tuple[str | int, ...]) -> MediaForm:
    raise InvalidParams(f"{show(path)}: this is no field for a picture, a sound or a file")


def _medium(name: str, value: Any, default: MediaForm, params_row: ParamsRow, row: Row) -> Any:
    input_form = row.input
    if (input_form.urls or params_row.by_address) and isinstance(value, str) and value.startswith("https://"):
        return value
    if row.chat.pictures_in_messages and params_row.in_message:
        return media_part_of(value, MediaForm.DATA_URL, name)
    return media_part_of(
        value, input_form.media.get(input_form.renames.get(name, name), input_form.form or default), name
    )


def _media(name: str, value: Any, several: MediaList, input_form: InputForm) -> dict[str, Any]:
    """Give a list of media, under one key or under one each."""
    start = input_form.numbered.get(name)
    form = MediaForm.RAW if start else input_form.media.get(name, input_form.form or several.form)
    if form is None:
        raise InvalidParams(f"{name}: only the flux-2 models take pictures to refer to ({_UNCHECKED})")
    if isinstance(value, (str, Mapping)) or is_medium(value) or not isinstance(value, Iterable):
        raise InvalidParams(f"{name}: must be a list of {several.what}, not {type(value).__name__}")
    pieces = [_piece(item, form, (name, index), input_form) for index, item in enumerate(value)]
    if len(pieces) > several.most and input_form.form is None:  # of another company's model the limit is not known
        raise InvalidParams(f"{name}: {len(pieces)} {several.what}, and the model takes up to {several.most}")
    return {f"{start}{index}": piece for index, piece in enumerate(pieces)} if start else {name: pieces}


def _piece(item: Any, form: MediaForm, path: tuple[str | int, ...], input_form: InputForm) -> Any:
    if isinstance(item, Mapping) and form is not MediaForm.RAW:
        return to_wire(
            item, functools.partial(_form_at, input_form), path
        )  # the clef models take its type and base64 too
    return media_part_of(item, form, show(path))


def _form_at(input_form: InputForm, path: tuple[str | int, ...]) -> MediaForm:
    if input_form.multipart:
        return MediaForm.RAW
    if path[-1:] == ("image_url",) or path[-2:] == ("image_url", "url"):
        return MediaForm.DATA_URL  # the two spellings of a picture in a message: Responses and chat
    names = [step for step in path if isinstance(step, str)]
    if len(names) == 1:
        return input_form.media.get(names[0]) or input_form.form or MediaForm.BASE64
    return MediaForm.BASE64
