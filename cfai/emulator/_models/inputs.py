"""How a request becomes a model's input: as JSON, as a file, or as a form (docs/wire.md 3)."""

import json
import math
import re
from typing import Any, Final, NoReturn
from urllib.parse import parse_qsl

from attrs import frozen

from cfai.emulator._multipart import Part, content_type, parts
from cfai.emulator._received import Received
from cfai.emulator._replies import BadInput, Incomplete
from cfai.emulator._schema import OBJECT, STRING, Kind, Shape, check

_OPENS_AN_OBJECT: Final = re.compile(rb"\s*\{\s*[\"}]")
_OBJECT_OF_A_STREAM: Final = Kind(("object",), shape=Shape(("body", "contentType"), {"contentType": STRING}))


@frozen
class Json:
    """A JSON object, whatever the content type says: curl without one is in the service's own samples."""

    variants: tuple[Shape | Kind, ...]
    """The object has to fit one of these; a Kind stands for a body that is no object, and is there for its words."""

    def __call__(self, received: Received) -> dict[str, Any]:
        """Read it, or raise BadInput."""
        return check(decoded(received.body), self.variants)


@frozen
class JsonOrFile:
    """A JSON object, or a file as the body itself."""

    variants: tuple[Shape | Kind, ...]
    key: str
    """What the file is called in the input."""

    def __call__(self, received: Received) -> dict[str, Any]:
        """Read either; the content type is free (docs/wire.md 3.5), so that only the bytes tell them apart."""
        if _OPENS_AN_OBJECT.match(received.body) is not None:
            return check(decoded(received.body), self.variants)
        return {self.key: received.body}


@frozen
class File:
    """A file as the body, its kind in the content type, the options in the query (docs/wire.md 3.5, nova-3)."""

    key: str
    options: Shape

    def __call__(self, received: Received) -> dict[str, Any]:
        """Read them; JSON is refused in the words of the model's schema, which knows the binding's stream alone."""
        kind = content_type(received.headers.get("content-type", ""))
        if kind.endswith("json") or _OPENS_AN_OBJECT.match(received.body) is not None:
            check(decoded(received.body), (Shape((self.key,), {self.key: _OBJECT_OF_A_STREAM}),))
            raise BadInput(f"the {self.key} has to be the body of the request")
        if not kind or not received.body:
            # That this model wants its content type is known; the code is the one for a missing header.
            raise Incomplete
        options = dict(parse_qsl(received.raw_path.partition("?")[2], keep_blank_values=True))
        return {**check(options, (self.options,)), self.key: received.body}


@frozen
class Form:
    """A form with files, `multipart/form-data` (docs/wire.md 3.3, FLUX.2)."""

    fields: Shape

    def __call__(self, received: Received) -> dict[str, Any]:
        """Read the fields, and the files as `files`; JSON is refused in the service's words."""
        kind = received.headers.get("content-type", "")
        if content_type(kind) != "multipart/form-data":
            check(decoded(received.body), (Shape(("multipart",), {"multipart": OBJECT}),))
            raise BadInput("the form has to be the body of the request")
        given = parts(kind, received.body)
        values = {part.name: self._value(part) for part in given if part.file_name is None}
        files = [part.data for part in given if part.file_name is not None]
        return {**check(values, (self.fields,)), "files": files}

    def _value(self, part: Part) -> object:
        text = part.data.decode("utf-8", "replace")
        kind = self.fields.fields.get(part.name, STRING)
        return _number(text) if {"number", "integer"} & set(kind.types) else text


def decoded(body: bytes) -> Any:
    """Read JSON, or raise BadInput."""
    try:
        return json.loads(body.decode(), parse_constant=_not_json, parse_float=_finite)
    except ValueError:
        # The code is as for every input that does not fit; the words are our guess.
        raise BadInput("the body is not JSON") from None


def as_bytes(value: bytes | list[Any]) -> bytes:
    """Give the bytes of a file, or of the numbers that stand for them in JSON; some encoders write them as 4.0."""
    return value if isinstance(value, bytes) else bytes(map(int, value))


def _number(text: str) -> object:
    """Read a form's number; a text that is none stays one, and is refused as such."""
    try:
        return json.loads(text, parse_constant=_not_json, parse_float=_finite)
    except ValueError:
        return text


def _not_json(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    """Read a number with a fraction or an exponent; 1e999 is refused, since no answer could repeat it."""
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} is too large for a number")
    return value
