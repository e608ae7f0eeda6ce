"""From a `Response` to an answer, or the error that it is."""

import re
from typing import Any

from ..errors import DecodeError
from ..media import Media, sniff
from ..tasks.answers import RunResponse, Usage
from . import jsons
from .converter import Misfit
from .messages import Request, Response
from .readers.media import read_binary
from .refusals import quote, refusal
from .shapes import fulfil, keep
from .straight import straight

_MODULES = re.compile(r"\b(?:\w+\.)+(?=\w)")
_MEDIA_TYPES = ("image/", "audio/", "video/", "application/octet-stream")


class Kept:
    """The body of an answer, which gives its `result` on demand: decoded twice only where somebody asks."""

    __slots__ = ("body",)

    def __init__(self, body: bytes) -> None:
        self.body = body

    def __call__(self) -> Any:
        return result_of(jsons.decode(self.body))


def decode(response: Response, request: Request, account_id: str) -> Any:
    """Give the answer that *request* was promised.

    Raises:
        ApiError: The service refused, whatever the status says.
        DecodeError: The answer is not JSON, or not what was promised; it is kept in `raw`.
    """
    if not 200 <= response.status < 300:
        raise refusal(response, request.model, account_id)
    if is_binary(response):
        return _decode_binary(response, request)
    answer = straight(request.promise, response.body)
    if answer is not None:
        return keep(answer, Kept(response.body))
    body = _decode_json(response, request)
    if is_refused(body):
        raise refusal(response, request.model, account_id, body=body)
    try:
        answer = fulfil(request.promise, result_of(body), request.asked)
    except Misfit as misfit:
        failure = _misfit(misfit, body, response, request)
    else:
        return keep(answer, Kept(response.body))
    raise failure


def is_binary(response: Response) -> bool:
    """Tell bytes from JSON: by the bytes first, for the header is not always true, then by the header."""
    if sniff(response.body) is not None:
        return True
    if not response.content_type.startswith(_MEDIA_TYPES) or not response.body:
        return False
    if response.body[:1] in (b"{", b"[", b'"'):
        try:
            jsons.decode(response.body)
        except jsons.NotJson:
            return True
        return False
    return True


def is_refused(body: Any) -> bool:
    """Tell an error that came with a good status."""
    if type(body) is not dict:
        return False
    if body.get("success") is False or (not _has_result(body) and bool(body.get("errors"))):
        return True
    return any(map(_is_failed, (body, body.get("result"))))


def _is_failed(value: Any) -> bool:
    if type(value) is not dict:
        return False
    failed = value.get("state") == "Failed" or (value.get("object") == "response" and value.get("status") == "failed")
    return failed or bool(value.get("error"))


def result_of(body: Any) -> Any:
    """Take the `result` out of the envelope; a body without one is the result itself."""
    if type(body) is dict and "result" in body and "state" not in body:
        return body["result"]
    return body


def raw_of(response: Response) -> Any:
    """Give the whole body: decoded where it is JSON, else its bytes."""
    if is_binary(response):
        return response.body
    try:
        return jsons.decode(response.body)
    except jsons.NotJson:
        return response.body


def _has_result(body: dict[str, Any]) -> bool:
    return body.get("result") not in (None, {})


def _decode_binary(response: Response, request: Request) -> Any:
    media = read_binary(response.body, response.content_type)
    if request.promise is RunResponse:
        return keep(media, response.body)
    try:
        answer = fulfil(request.promise, response.body)
    except Misfit as misfit:
        failure = _misfit(misfit, response.body, response, request)
    else:
        if isinstance(answer, Media):
            answer.media_type = media.media_type
        return keep(answer, response.body)
    raise failure


def _decode_json(response: Response, request: Request) -> Any:
    try:
        return jsons.decode(response.body)
    except jsons.NotJson as failure:
        what = f"{response.content_type or 'no content type'}; {failure}"
    raise DecodeError(
        f"{response.status}: expected JSON, got {quote(response.body)!r} ({what}) [{_ids(response, request)}]",
        raw=response.body,
        request_id=response.request_id,
    )


def _misfit(misfit: Misfit, raw: Any, response: Response, request: Request) -> DecodeError:
    return DecodeError(
        f"not {_article(_name_of(request.promise))}: {misfit.why} @ {misfit.path} [{_ids(response, request)}]",
        path=misfit.path,
        raw=raw,
        request_id=response.request_id,
    )


def _name_of(promise: Any) -> str:
    """Write a type as its users do: `list[Classification]`."""
    return promise.__name__ if isinstance(promise, type) else _MODULES.sub("", str(promise))


def _article(name: str) -> str:
    return f"{'an' if name[:1].upper() in 'AEIOU' else 'a'} {name}"


def _ids(response: Response, request: Request) -> str:
    ids = f", request id {response.request_id}" if response.request_id else ""
    return f"model {request.model}{ids}"


def neurons_of(usage: Usage | None, response: Response) -> float | None:
    """Say what the call cost: the body's own figure, which is not rounded, else the header's; never computed."""
    if usage is not None and usage.neurons is not None:
        return usage.neurons
    header = response.headers.get("cf-ai-neurons")
    try:
        return None if header is None else float(header)
    except ValueError:
        return None


__all__ = ("Kept", "decode", "is_binary", "neurons_of", "raw_of")
