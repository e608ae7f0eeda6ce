"""From a model and its input to a `Request`."""

import functools
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, TypeVar, cast, get_args

import attrs

from .._base import Params
from ..errors import ConfigError, InvalidParams
from ..tasks.answers import RunResponse
from .asked import Asked
from .body import Body, Form, Piece, multipart
from .converter import converter
from .dialects import DEFAULT_FORMS, Dialect, dialect_of
from .messages import Request
from .names import path_of
from .plain import check_text, encode_json, is_medium, piece_of, plain, show

_JSON = "application/json"
_ABSENT: Any = object()
_WITH_MEDIA = frozenset({"messages", "tools"})
"""Fields in which media may stand, as parts of a message."""
_MOST_REFERENCES = 4  # flux-2: a fifth is refused with code 3030


def encode(model: str, params: Params[Any] | Mapping[str, Any], *, reject_if_busy: bool = False) -> Request:
    """Write the request that asks *model* with *params*.

    Raises:
        InvalidParams: The model's name or the input can't be sent as it is.
        ConfigError: `reject_if_busy` with a body that is not JSON.
    """
    path = path_of(model)
    dialect = dialect_of(model)
    if isinstance(params, Params):
        promise = promise_of(params)
        mapping = getattr(params, "mapping", _ABSENT)  # of `Input`, whose family need not be loaded for a look
        if mapping is not _ABSENT:
            fields = _untyped(_with_extra(mapping, params), dialect)
        else:
            fields = _typed(params, dialect, model)
    elif isinstance(params, Mapping):
        promise, fields = RunResponse, _untyped(params, dialect)
    else:
        raise InvalidParams(_not_params(params))
    content_type, body, query = _write(model, path, fields, dialect, reject_if_busy)
    return Request(
        model=model, path=path, query=query, content_type=content_type, body=body, asked=Asked(fields), promise=promise
    )


def promise_of(params: Params[Any]) -> Any:
    """Give the type that *params* promises as its answer.

    Raises:
        InvalidParams: It is the user's own, and nothing can be structured into it: better said before the call is
            paid for.
    """
    kind: Any = type(params)
    promise = _declared(kind)
    if not isinstance(promise, TypeVar):
        return promise
    promise = getattr(params, "returning", RunResponse)
    try:
        converter.get_structure_hook(promise)
    except Exception as failure:  # whatever a class of the user's makes of it
        raise InvalidParams(f"returning: no answer can be structured into {promise!r:.100}") from failure
    return promise


@functools.cache
def _declared(kind: Hashable) -> Any:
    for parent in cast("type", kind).__mro__:
        for base in vars(parent).get("__orig_bases__", ()):
            if getattr(base, "__origin__", None) is Params:
                return get_args(base)[0]
    return RunResponse


def _not_params(params: object) -> str:
    if isinstance(params, str):
        return "params is a plain str: write cfai.Prompt(...) around it, or the params class of the model's task"
    return f"params must be a params class such as cfai.Prompt, or a mapping, not {type(params).__name__}"


def _with_extra(fields: Mapping[str, Any], params: Params[Any]) -> dict[str, Any]:
    if not isinstance(fields, Mapping):
        raise InvalidParams(f"mapping: must be a mapping, not {type(fields).__name__}")
    merged = dict(fields)
    kind: Any = type(params)
    if not isinstance(params.extra_input or {}, Mapping):
        raise InvalidParams(f"extra_input: must be a mapping, not {type(params.extra_input).__name__}")
    for name, value in (params.extra_input or {}).items():
        if name in merged or name in _names_of(kind):
            raise InvalidParams(f"extra_input: {name!r} is a field of {kind.__name__}: set it there")
        merged[name] = value
    return merged


@functools.cache
def _required_of(kind: Hashable) -> frozenset[str]:
    return frozenset(field.name for field in attrs.fields(cast("type", kind)) if field.default is attrs.NOTHING)


@functools.cache
def _names_of(kind: Hashable) -> tuple[str, ...]:
    return tuple(
        field.name
        for field in attrs.fields(cast("type", kind))
        if field.name not in ("extra_input", "mapping", "returning")
    )


def _typed(params: Params[Any], dialect: Dialect, model: str) -> dict[str, Any]:
    """Give the fields of *params* that are set, under the model's own names, with media as pieces."""
    kind: Any = type(params)
    forms = DEFAULT_FORMS.get(kind.__name__, {})
    fields: dict[str, Any] = {}
    for name in _names_of(kind):
        value = getattr(params, name)
        if value is None:
            if name in _required_of(kind):
                raise InvalidParams(f"{name}: {kind.__name__} needs it, and it is None")
            continue
        wire = dialect.renames.get(name, name)
        if name in forms:
            form = dialect.media.get(wire, forms[name])
            fields.update(_media(name, wire, value, form, dialect))
        else:
            # A class of the user's own may have media where it likes.
            free = name in _WITH_MEDIA or not kind.__module__.startswith("cfai.")
            form_at = functools.partial(_form_at, dialect) if free else _no_medium
            fields[wire] = plain(_checked(name, value), form_at, (name,))
    if "input_type" in fields:
        _apply_input_type(fields, dialect, model)
    if params.extra_input is None:
        return fields
    extra = {key: value for key, value in _with_extra({}, params).items() if _refuse_stream(key, value)}
    for key in extra.keys() & fields.keys():
        raise InvalidParams(
            f"extra_input: {key!r} is set already: {model} has a field of {kind.__name__} under that name"
        )
    return {**fields, **plain(extra, functools.partial(_form_at, dialect))}


def _checked(name: str, value: Any) -> Any:
    if name == "messages" and (isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Sequence)):
        raise InvalidParams(f"messages: must be a list of messages, not {type(value).__name__}")
    return value


def _no_medium(path: tuple[str | int, ...]) -> Form:
    raise InvalidParams(f"{show(path)}: this is no field for a picture, a sound or a file")


def _media(name: str, wire: str, value: Any, form: Form, dialect: Dialect) -> dict[str, Any]:
    if name == "images":
        if not dialect.multipart:
            raise InvalidParams("images: only the flux-2 models take pictures to refer to")
        if isinstance(value, str) or is_medium(value) or not isinstance(value, Iterable):
            raise InvalidParams(f"images: must be a list of pictures, not {type(value).__name__}")
        pictures = list(value)
        if len(pictures) > _MOST_REFERENCES:
            raise InvalidParams(f"images: {len(pictures)} pictures, and the model takes up to {_MOST_REFERENCES}")
        return {
            f"input_image_{index}": piece_of(picture, Form.RAW, f"images[{index}]")
            for index, picture in enumerate(pictures)
        }
    if dialect.multipart:
        raise InvalidParams(f"{name}: this model takes pictures to refer to, as `images`")
    if dialect.takes_urls and isinstance(value, str) and value.startswith("https://"):
        return {wire: value}
    return {wire: piece_of(value, form, name)}


def _apply_input_type(fields: dict[str, Any], dialect: Dialect, model: str) -> None:
    kind = fields.pop("input_type")
    key = dialect.input_types.get(kind)
    if key is None:
        known = ", ".join(map(repr, dialect.input_types)) or "none"
        raise InvalidParams(f"input_type: {kind!r} is not for {model}, which takes {known}")
    fields[key] = fields.pop("text")


def _untyped(mapping: Mapping[str, Any], dialect: Dialect) -> dict[str, Any]:
    """Give a mapping as it is, with media as pieces."""
    fields: dict[str, Any] = plain(mapping, functools.partial(_form_at, dialect))
    for key, value in fields.items():
        _refuse_stream(key, value)
    return fields


def _refuse_stream(key: str, value: Any) -> bool:
    if key == "stream" and value:
        raise InvalidParams(
            "stream: run() gives whole answers, so leave it out; stream() will be for streams, in a later release"
        )
    return True


def _form_at(dialect: Dialect, path: tuple[str | int, ...]) -> Form:
    if dialect.multipart:
        return Form.RAW
    if path[-1:] == ("image_url",) or path[-2:] == ("image_url", "url"):
        return Form.DATA_URL  # the two spellings of a picture in a message: Responses and chat
    names = [step for step in path if isinstance(step, str)]
    if len(names) == 1 and names[0] in dialect.media:
        return dialect.media[names[0]]
    return Form.BASE64


def _write(
    model: str, path: str, fields: dict[str, Any], dialect: Dialect, reject_if_busy: bool
) -> tuple[str, Body, tuple[tuple[str, str], ...]]:
    """Choose the form of the body: the cheapest that carries everything."""
    if dialect.raw and isinstance(fields.get(dialect.raw), Piece) and (dialect.query or len(fields) == 1):
        _refuse_busy(reject_if_busy)
        return "", _raw(fields[dialect.raw]), _query(fields, dialect.raw)
    if dialect.query:
        raise InvalidParams(f"{dialect.raw}: {model} takes the medium itself as its body: pass bytes, a Path or a file")
    if dialect.multipart:
        _refuse_busy(reject_if_busy)
        body, content_type = multipart([(name, _form_value(name, value)) for name, value in fields.items()])
        return content_type, body, ()
    if reject_if_busy:
        fields = {**fields, "options": {**_options(fields), "rejectIfBusy": True}}
    if path == "/ai/run":
        fields = {"model": model, "input": fields}
    return _JSON, encode_json(fields), ()


def _raw(piece: Piece) -> Body:
    return Body((Piece(piece.source, Form.RAW),))


def _refuse_busy(reject_if_busy: bool) -> None:
    if reject_if_busy:
        raise ConfigError("reject_if_busy travels in a JSON body, and this model's body is not JSON")


def _options(fields: dict[str, Any]) -> dict[str, Any]:
    options = fields.get("options")
    return options if isinstance(options, dict) else {}


def _query(fields: dict[str, Any], medium: str) -> tuple[tuple[str, str], ...]:
    pairs: list[tuple[str, str]] = []
    for name, value in fields.items():
        if name != medium:
            values = value if isinstance(value, (list, tuple)) else (value,)
            pairs += [(name, _form_text(name, item)) for item in values]
    return tuple(pairs)


def _form_value(name: str, value: Any) -> str | Piece:
    check_text(name, (name,))
    return value if isinstance(value, Piece) else _form_text(name, value)


def _form_text(name: str, value: Any) -> str:
    """Write a value where there is no JSON: in a query string or a form."""
    if value is None or isinstance(value, (dict, list, tuple, Piece)):
        raise InvalidParams(f"{name}: this model's form carries texts, numbers and media, not {type(value).__name__}")
    check_text(name, (name,))
    if isinstance(value, bool):
        return "true" if value else "false"
    return check_text(str(value), (name,))
