"""From a `Response` to an answer, or the error that it is."""

import contextlib
import math
from typing import Any

from ..errors import CfaiError, DecodeError, StreamError, StreamTruncated
from ..media import Media, MediaLink, sniff
from ..tasks.answers import GeneratedText, RunResponse, UnknownAnswer, Usage, VisionAnswer
from . import jsons
from .asked import Asked
from .converter import Misfit, mismatch
from .facts import one_line, quote
from .messages import Request, Response
from .readers.media import read_binary
from .readers.text import is_responses
from .refusals import ids_of, refusal
from .shapes import by_shape, fulfil, keep, unwrap
from .straight import straight
from .text_stream import read_stream

_TEXTUAL = ("json", "xml", "html", "javascript", "x-www-form-urlencoded")
_OPENINGS = (b"{", b"[", b'"')
_OF_MEDIA = ("audio/", "image/", "video/")
_OF_EVENTS = (b"data:", b"event:", b"id:", b"retry:", b":", b"[DONE]")
_HTML = (b"<!doctype", b"<html")


class Kept:
    """The body of an answer, which gives its `result` on demand: decoded twice only where somebody asks."""

    __slots__ = ("body",)

    def __init__(self, body: bytes) -> None:
        self.body = body

    def __call__(self) -> Any:
        try:
            return result_of(jsons.decode(self.body))
        except jsons.NotJson:  # too deep for where it is asked for, though it was not for where it was answered
            return self.body


def decode(response: Response, request: Request, account_id: str) -> Any:
    """Give the answer that *request* was promised.

    Raises:
        ApiError: The service refused, whatever the status says.
        DecodeError: The answer is not JSON, or not what was promised; it is kept in `raw`.
    """
    if not 200 <= response.status < 300:
        raise refusal(response, request.model, account_id)
    if is_stream(response):
        return _decode_stream(response, request, account_id)
    if is_binary(response):
        return _decode_binary(response, request)
    answer = straight(request.promise, response.body)
    if answer is not None:
        return keep(answer, Kept(response.body))
    body = _decode_json(response, request)
    if is_refused(body):
        raise refusal(response, request.model, account_id, body=body)
    result = result_of(body)
    try:
        answer = fulfil(request.promise, result, request.asked)
    except Misfit as misfit:
        failure = _misfit(misfit, result, response, request)
    else:
        return keep(answer, Kept(response.body))
    raise failure


def is_stream(response: Response) -> bool:
    """Tell server-sent events, which some models send unasked."""
    return response.content_type == "text/event-stream" and response.body.lstrip().startswith(_OF_EVENTS)


def _decode_stream(response: Response, request: Request, account_id: str) -> Any:
    """Put an answer together that came as a stream unasked."""
    if request.promise not in (GeneratedText, RunResponse, VisionAnswer):
        failure = _broken_stream("a stream of text", response, request)
        with contextlib.suppress(CfaiError):  # what broke it is no matter: it is not what was promised
            failure.answer = read_stream(response.body, request.asked)
        raise failure
    try:
        answer = read_stream(
            response.body, request.asked, response=response, model=request.model, account_id=account_id
        )
    except StreamError as broken:
        failure = _broken_stream(str(broken), response, request, cut=isinstance(broken, StreamTruncated))
        failure.partial = broken.partial
    else:
        return seen(answer, request.asked) if request.promise is VisionAnswer else answer
    raise failure


def _broken_stream(what: str, response: Response, request: Request, *, cut: bool = False) -> DecodeError:
    line = f"{response.status}: expected a whole answer, got {what} [{ids_of(response, request.model)}]"
    body = response.body
    return DecodeError(line, raw=body, request_id=response.request_id, cut=cut)


def seen(text: GeneratedText, asked: Asked) -> VisionAnswer:
    """Make what a model that sees said in a stream the answer that it gives whole."""
    answer = VisionAnswer(finish_reason=text.finish_reason, reasoning=text.reasoning)
    if asked.input.get("task") == "caption":
        answer.caption = text.response
    else:
        answer.answer = text.response
    return answer


def is_binary(response: Response) -> bool:
    """Tell bytes from JSON: by the bytes first, for the header is not always true, then by the header."""
    if response.body.startswith(b"{") and response.headers.get("Content-Type") == "application/json":
        return False  # most answers by far, and no medium begins like that
    if sniff(response.body) is not None:
        return True
    if not response.body or _is_textual(response.content_type):
        return False
    head = response.body[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not head.startswith(_OPENINGS):
        return not head[:9].lower().startswith(_HTML)
    try:
        jsons.decode(response.body)
    except jsons.NotJson as failure:
        return not failure.cut or response.content_type.startswith(_OF_MEDIA)  # samples may begin as JSON does
    return False


def _is_textual(content_type: str) -> bool:
    return not content_type or content_type.startswith("text/") or content_type.endswith(_TEXTUAL)


def is_refused(body: Any) -> bool:
    """Tell an error that came with a good status."""
    if type(body) is not dict:
        return False
    result = body.get("result")
    if body.get("success") is False or (result in (None, {}) and bool(body.get("errors"))):
        return True
    return any(map(_is_failed, (body, result, unwrap(result))))


def _is_failed(value: Any) -> bool:
    if type(value) is not dict:
        return False
    failed = value.get("state") == "Failed" or (value.get("status") == "failed" and is_responses(value))
    return failed or value.get("error") is not None


def result_of(body: Any) -> Any:
    """Take the `result` out of the envelope; a body without one is the result itself."""
    if type(body) is not dict or "result" not in body or body.get("state") is not None:
        return body
    result = body["result"]
    return body if result is None and "success" not in body else result


def raw_of(response: Response) -> Any:
    """Give the whole body: decoded where it is JSON, else its bytes.

    A typed decoder reads past what is no JSON in keys that it does not know, so a good answer may have some.
    """
    if is_binary(response):
        return response.body
    try:
        return jsons.decode(response.body)
    except jsons.NotJson:
        return response.body


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
        what, cut = one_line(f"{response.content_type or 'no content type'}; {failure}"), failure.cut
    raise DecodeError(
        f"{response.status}: expected JSON, got {quote(response.body)} ({what}) [{ids_of(response, request.model)}]",
        raw=response.body,
        request_id=response.request_id,
        cut=cut,
    )


def _misfit(misfit: Misfit, raw: Any, response: Response, request: Request) -> DecodeError:
    answer = by_shape(raw, request.asked)
    if isinstance(answer, UnknownAnswer):
        answer = None
    advised = Misfit(misfit.why + _advice(answer), misfit.path)
    return DecodeError(
        f"{mismatch(request.promise, advised)} [{ids_of(response, request.model)}]",
        path=misfit.path,
        raw=raw,
        answer=answer,
        request_id=response.request_id,
    )


def _advice(answer: Any) -> str:
    """Say how to get links, in which some models answer what was promised as a medium."""
    if isinstance(answer, MediaLink):
        links = "cfai.MediaLink"
    elif isinstance(answer, list) and answer and isinstance(answer[0], MediaLink):
        links = "list[cfai.MediaLink]"
    else:
        return ""
    return f"; to get the link, ask with cfai.Input({{...}}, returning={links})"


def neurons_of(usage: Usage | None, response: Response) -> float | None:
    """Say what the call cost: the body's own figure, which is not rounded, else the header's; never computed."""
    if usage is not None and usage.neurons is not None:
        return usage.neurons
    try:
        neurons = float(response.headers.get("cf-ai-neurons", ""))
    except ValueError:
        return None
    return neurons if math.isfinite(neurons) else None


__all__ = ("Kept", "decode", "is_binary", "neurons_of", "raw_of")
