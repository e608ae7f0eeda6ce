"""From a model and its input to a `Request`."""

import functools
from collections.abc import Hashable, Mapping
from typing import Any, TypeVar, cast, get_args

from ..._base import OwnInput, Params, StreamsMedia, StreamsText
from ..._catalogue import Row, is_third_party, model_row
from ..._catalogue.input_form import MediaForm
from ...errors import ConfigError, InvalidParams
from ...tasks.answers import GeneratedText, RunResponse
from ..convert.converter import converter
from ..decode_context import DecodeContext
from ..http_values import Request
from ..media.body import Body, MediaPart, multipart
from .fields import fields_of, fields_of_mapping
from .model_name import path_of
from .values import check_text, encode_json

_JSON = "application/json"
_PROMISING = (Params, OwnInput, StreamsText, StreamsMedia)
"""The classes whose one type argument is the answer; that of a user's own generic class may be anything."""


def encode(
    model: str, params: Params[Any] | Mapping[str, Any], *, reject_if_busy: bool = False, stream: bool = False
) -> Request:
    """Write the request that asks *model* with *params*, for a *stream* or for a whole answer.

    Raises:
        InvalidParams: The model's name or the input can't be sent as it is.
        ConfigError: `reject_if_busy` for a model that has no place for it.
    """
    path, row = path_of(model), model_row(model)
    if isinstance(params, Params):
        promise, fields = promise_of(params), fields_of(params, row)
    elif isinstance(params, Mapping):
        promise, fields = GeneratedText if stream else RunResponse, fields_of_mapping(params, row)
    else:
        raise InvalidParams(not_params(params))
    if stream:
        fields = _streamed(fields, params)
    elif fields.get("stream"):
        raise InvalidParams("stream: run() gives whole answers: leave it out, or call stream()")
    content_type, body, query = _write(row, fields, reject_if_busy)
    asked = DecodeContext(fields, thinks_aloud=row.chat.thinks_aloud)
    return Request(
        model=model, path=path, query=query, content_type=content_type, body=body, asked=asked, promise=promise
    )


def _streamed(fields: dict[str, Any], params: Any) -> dict[str, Any]:
    if isinstance(params, Mapping) and fields.get("stream", True) is not True:
        raise InvalidParams("stream: leave it out, for stream() sets it; or call run() for a whole answer")
    # Sounds come in pieces unasked, and pictures whole.
    return fields if isinstance(params, StreamsMedia) else {**fields, "stream": True}


def promise_of(params: Params[Any]) -> Any:
    """Give the type that *params* promises as its answer.

    Raises:
        InvalidParams: It is the user's own, and nothing can be structured into it: better said before the call is
            paid for.
    """
    kind: Any = type(params)
    declared = _declared(kind)
    if not isinstance(declared, TypeVar):
        return declared
    if not isinstance(params, OwnInput):
        return RunResponse
    promise: Any = params.returning
    try:
        converter.get_structure_hook(promise)
    except Exception as failure:  # whatever a class of the user's makes of it
        raise InvalidParams(f"returning: no answer can be structured into {promise!r:.100}") from failure
    return promise


@functools.cache
def _declared(kind: Hashable) -> Any:
    for parent in cast("type", kind).__mro__:
        for base in vars(parent).get("__orig_bases__", ()):
            if getattr(base, "__origin__", None) in _PROMISING:
                return get_args(base)[0]
    return RunResponse


def not_params(params: object) -> str:
    """Say what *params* should be."""
    if isinstance(params, str):
        return "params is a plain str: write cfai.Prompt(...) around it, or the params class of the model's task"
    return f"params must be a params class such as cfai.Prompt, or a mapping, not {type(params).__name__}"


def _write(row: Row, fields: dict[str, Any], reject_if_busy: bool) -> tuple[str, Body, tuple[tuple[str, str], ...]]:
    """Choose the form of the body: the cheapest that carries everything."""
    input_form = row.input
    if input_form.raw and isinstance(fields.get(input_form.raw), MediaPart) and (input_form.query or len(fields) == 1):
        _refuse_busy(reject_if_busy)
        return "", _raw(fields[input_form.raw]), _query(fields, input_form.raw)
    if input_form.query:
        raise InvalidParams(
            f"{input_form.raw}: {row.name} takes the medium itself as its body: pass bytes, a Path or a file"
        )
    if input_form.multipart:
        _refuse_busy(reject_if_busy)
        body, content_type = multipart([(name, _form_value(name, value)) for name, value in fields.items()])
        return content_type, body, ()
    if reject_if_busy:
        if input_form.no_options:
            raise ConfigError(f"reject_if_busy travels in the `options` of the body, which {row.name} refuses")
        fields = {**fields, "options": {**_options(fields), "rejectIfBusy": True}}
    if is_third_party(row.name):
        fields = {"model": row.name, "input": fields}
    return _JSON, encode_json(fields), ()


def _raw(piece: MediaPart) -> Body:
    return Body((MediaPart(piece.source, MediaForm.RAW),))


def _refuse_busy(reject_if_busy: bool) -> None:
    if reject_if_busy:
        raise ConfigError("reject_if_busy travels in a JSON body, and this model's body is not JSON")


def _options(fields: dict[str, Any]) -> dict[str, Any]:
    options = fields.get("options")
    if options is not None and not isinstance(options, dict):
        raise InvalidParams(
            f"options: must be a mapping, for reject_if_busy goes into it, not {type(options).__name__}"
        )
    return options or {}


def _query(fields: dict[str, Any], medium: str) -> tuple[tuple[str, str], ...]:
    pairs: list[tuple[str, str]] = []
    for name, value in fields.items():
        if name != medium:
            values = value if isinstance(value, (list, tuple)) else (value,)
            pairs += [(name, _form_text(name, item)) for item in values]
    return tuple(pairs)


def _form_value(name: str, value: Any) -> str | MediaPart:
    check_text(name, (name,))
    return value if isinstance(value, MediaPart) else _form_text(name, value)


def _form_text(name: str, value: Any) -> str:
    """Write a value where there is no JSON: in a query string or a form."""
    if value is None or isinstance(value, (dict, list, tuple, MediaPart)):
        raise InvalidParams(f"{name}: this model's form carries texts, numbers and media, not {type(value).__name__}")
    check_text(name, (name,))
    if isinstance(value, bool):
        return "true" if value else "false"
    return check_text(str(value), (name,))
