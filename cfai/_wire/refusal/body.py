"""What a refusing body says, whichever of its shapes it has (docs/wire.md 2.2)."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from .. import strict_json
from ..http_values import Response
from ..quoting import QUOTED, quote
from .codes import CODES
from .wording import cleaned, fields_in, id_in

_DEEPEST = 5
"""Causes of causes that are read."""

_SHOWN = 5
"""Names of fields that are put before a message at most."""

_CODE = re.compile(r"[A-Za-z0-9_.\-]{1,100}")
"""What a textual code looks like; the `type` of an RFC 9457 body is an address, and no code."""

_BESIDE = ("code", "internalCode")
_NAMES = (*_BESIDE, "type")
"""Keys under which codes are found."""


class Said(NamedTuple):
    """One code of a refusal, and what was said with it."""

    code: int | str
    words: str


class ErrorBody:
    """What a refusing body says."""

    __slots__ = ("code", "errors", "fields", "message", "raw", "request_id", "words")

    def __init__(
        self,
        raw: Any,
        errors: list[dict[str, Any]],
        message: str,
        *,
        said: list[Said] | None = None,
        fields: list[str] | None = None,
        request_id: str | None = None,
    ) -> None:
        self.raw = raw
        self.errors = errors
        self.message = message
        """The words, cleaned, with the fields that they name before them."""
        said = said or []
        decisive = next((each for each in said if each.code in CODES), said[0] if said else None)
        self.code: int | str | None = decisive.code if decisive else None
        """Of several codes the first that is known, else the first."""
        self.words = decisive.words if decisive else ""
        """What was said with that code, as it was sent."""
        self.fields = fields or []
        self.request_id = request_id
        """The header's, else the one at the end of a message."""


def error_body_of(response: Response, body: Any) -> ErrorBody:
    """Read what *response* says; *body* is its decoded body where it was decoded already."""
    if 300 <= response.status < 400:
        where = response.headers.get("location", "nowhere")
        return ErrorBody(response.body, [], f"redirected to {where}, which is never followed")
    if body is None:
        try:
            body = strict_json.decode(response.body)
        except strict_json.NotJson:
            return ErrorBody(response.body, [], quote(response.body))
    if type(body) is dict:
        return error_body_of_object(body, response.request_id)
    return ErrorBody(body, [], cleaned(body) if type(body) is str and body else quote(response.body))


def error_body_of_object(body: dict[str, Any], request_id: str | None = None) -> ErrorBody:
    """Read Cloudflare's `errors`, `error` as an object, an array or a text, and a bare `message`."""
    for source in _wrapped(body):
        found = _listed(source.get("errors")) or _listed_under_error(source)
        if found:
            return _facts_of_errors(body, found, source, request_id)
    return _facts_of_errors(body, [body] if next(_codes_of(body), None) is not None else [], body, request_id)


def _facts_of_errors(
    body: dict[str, Any], found: list[dict[str, Any]], source: dict[str, Any], request_id: str | None
) -> ErrorBody:
    words = [_words_of(error) for error in found]
    said = [Said(code, text) for error, text in zip(found, words, strict=True) for code in _codes_of(error)]
    # A gateway's code may stand beside its error instead of in it.
    said += [Said(code, " ".join(words)) for code in _codes_of(source, _BESIDE)]
    if not found:
        words = [_words_of(source)]
    request_id = request_id or next(filter(None, map(id_in, words)), None)
    message = "; ".join(cleaned(text, request_id) for text in words if text)
    fields = fields_in("; ".join(words))
    before = f"{', '.join(fields[:_SHOWN])}: " if fields else ""
    message = before + message if message else _no_reason(found or body)
    return ErrorBody(body, found, message, said=said, fields=fields, request_id=request_id)


def _wrapped(body: Any) -> list[dict[str, Any]]:
    """List *body* and what it wraps: the envelope, the gateway's `{state, result}` and the answer itself."""
    found: list[dict[str, Any]] = []
    while type(body) is dict and len(found) < 3:
        found.append(body)
        body = body.get("result")
    return found


def _no_reason(body: Any) -> str:
    return f"no reason given: {_in_words(body)}"


def _in_words(value: Any) -> str:
    try:
        return value if type(value) is str else strict_json.text_of(value)[:QUOTED]
    except RecursionError:
        return "a value that is nested too deeply to be shown"


def _listed(errors: Any) -> list[dict[str, Any]]:
    if type(errors) is dict:
        return [errors]
    if type(errors) is str:
        return [{"message": errors}] if errors else []
    if type(errors) is list:
        return [item if type(item) is dict else {"message": _in_words(item)} for item in errors if item is not None]
    return []


def _listed_under_error(source: dict[str, Any]) -> list[dict[str, Any]]:
    error = source.get("error")
    if type(error) is str and error and next(_codes_of(source, _BESIDE), None) is not None:
        return [source]  # `{"name": "AiGatewayError", "internalCode": 2016, "error": "..."}` is the error itself
    return _listed(error)


def _words_of(error: dict[str, Any]) -> str:
    """Return the words of one error, and those of its chain of causes, where 6003 has all it says."""
    text = _message_of(error)
    chain = "; ".join(_links_of(error.get("error_chain")))
    return f"{text} ({chain})" if text and chain else text or chain


def _links_of(chain: Any, depth: int = 0) -> Iterator[str]:
    if type(chain) is not list or depth > _DEEPEST:
        return
    for link in chain:
        if type(link) is dict:
            code, text = next(_codes_of(link), None), _message_of(link)
            if code is not None or text:
                yield ": ".join(str(part) for part in (code, text) if part not in (None, ""))
            yield from _links_of(link.get("error_chain"), depth + 1)


def _message_of(error: dict[str, Any]) -> str:
    for name in ("message", "error", "detail", "description", "title"):
        text = error.get(name)
        if type(text) is dict:
            text = text.get("message")
        if type(text) is str and text:
            return text
    return ""


def _codes_of(error: dict[str, Any], names: tuple[str, ...] = _NAMES, depth: int = 0) -> Iterator[int | str]:
    """Return all codes of one error, and of an error inside it."""
    for name in names:
        code = error.get(name)
        if type(code) is int:
            yield code
        if type(code) is str and code != "error" and _CODE.fullmatch(code):
            yield int(code) if code.isdigit() and len(code) < 10 else code
    inside = error.get("error")
    if type(inside) is dict and depth < _DEEPEST:
        yield from _codes_of(inside, names, depth + 1)
