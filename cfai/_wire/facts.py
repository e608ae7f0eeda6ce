"""What a refusing body says, whichever of its shapes it has (docs/wire.md 2.2)."""

import re
from typing import Any

from . import jsons
from .messages import Response

QUOTED = 200
"""Characters that are quoted of a body which is not the service's JSON."""

_READ = 8192
"""Bytes in which they are looked for."""

_BREAKS = re.compile(r"\s*[\x00-\x1f\x7f-\x9f\u2028\u2029]+\s*")
"""What would end a line, or speak to a terminal, and the blanks around it."""


class Facts:
    """What a refusing body says."""

    __slots__ = ("codes", "errors", "message", "raw")

    def __init__(self, raw: Any, errors: list[dict[str, Any]], message: str) -> None:
        self.raw = raw
        self.errors = errors
        self.message = message
        self.codes = [code for code in map(_code_of, errors) if code is not None]


def facts_of(response: Response, body: Any) -> Facts:
    """Read what *response* says; *body* is its decoded body where it was decoded already."""
    if 300 <= response.status < 400:
        where = response.headers.get("location", "nowhere")
        return Facts(response.body, [], f"redirected to {where}, which is never followed")
    if body is None:
        try:
            body = jsons.decode(response.body)
        except jsons.NotJson:
            return Facts(response.body, [], quote(response.body))
    if type(body) is dict:
        return facts_of_object(body)
    return Facts(body, [], body if type(body) is str and body else quote(response.body))


def facts_of_object(body: dict[str, Any]) -> Facts:
    """Read Cloudflare's `errors`, `error` as an object, an array or a text, and a bare `message`."""
    for source in _wrapped(body):
        found = _listed(source.get("errors")) or _listed(source.get("error"))
        if found:
            message = "; ".join(text for text in map(_message_of, found) if text)
            return Facts(body, found, message or _no_reason(found))
    found = [body] if _code_of(body) is not None else []
    return Facts(body, found, _message_of(body) or _no_reason(body))


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
        return value if type(value) is str else jsons.text_of(value)[:QUOTED]
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


def _message_of(error: dict[str, Any]) -> str:
    for name in ("message", "error", "detail", "description"):
        text = error.get(name)
        if type(text) is str and text:
            return text
    return ""


def _code_of(error: dict[str, Any]) -> int | str | None:
    for name in ("code", "internalCode", "type"):
        code = error.get(name)
        if type(code) is int:
            return code
        if type(code) is str and code:
            return int(code) if code.isascii() and code.isdigit() and len(code) < 10 else code
    return None


def quote(body: bytes) -> str:
    """Quote the beginning of *body* in one line."""
    text = " ".join(one_line(body[:_READ].decode("utf-8", "replace")).split())
    return text[:QUOTED] or ("an empty body" if not body else f"a body of {len(body)} blanks")


def one_line(text: str) -> str:
    """Put *text* on one line, without control characters: it goes into logs and terminals."""
    return _BREAKS.sub(" ", text).strip()
