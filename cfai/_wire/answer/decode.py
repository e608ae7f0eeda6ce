"""From a `Response` to an answer, or the error that it is."""

import contextlib
import math
from typing import Any

import attrs

from ...errors import CfaiError, DecodeError, StreamError, StreamTruncated
from ...media import Media, MediaLink
from ...tasks.answers import GeneratedText, RunResponse, UnknownAnswer, VisionAnswer
from ...usage import Usage
from .. import strict_json
from ..convert.converter import ShapeError, mismatch
from ..decode_context import DecodeContext
from ..http_values import Request, Response
from ..quoting import one_line, quote
from ..refusal.errors import ids_of, refusal
from ..text.forms import responses
from ..text.stream import read_stream
from .body_kind import BodyKind, body_kind
from .media import read_binary
from .typed_decoders import decode_typed
from .union import by_shape, keep, read_promised, unwrap


class LazyRaw:
    """The body of an answer, which gives its `result` on demand: decoded twice only where somebody asks."""

    __slots__ = ("body",)

    def __init__(self, body: bytes) -> None:
        self.body = body

    def __call__(self) -> Any:
        try:
            return result_of(strict_json.decode(self.body))
        except strict_json.NotJson:  # too deep for where it is asked for, though it was not for where it was answered
            return self.body


def decode(response: Response, request: Request, account_id: str) -> Any:
    """Give the answer that *request* was promised.

    Raises:
        ApiError: The service refused, whatever the status says.
        DecodeError: The answer is not JSON, or not what was promised; it is kept in `raw`.
    """
    kind = body_kind(response.status, response.headers.get("Content-Type", ""), response.body)
    if kind is BodyKind.REFUSAL:
        raise refusal(response, request.model, account_id)
    if kind is BodyKind.EVENTS:
        return _decode_stream(response, request, account_id)
    if kind is BodyKind.MEDIA:
        return _decode_binary(response, request)
    answer = decode_typed(request.promise, response.body, request.asked)
    if answer is not None:
        return keep(answer, LazyRaw(response.body))
    body = _decode_json(response, request)
    if is_refused(body):
        raise refusal(response, request.model, account_id, body=body)
    result = result_of(body)
    try:
        answer = read_promised(request.promise, result, request.asked, response.skipped)
    except ShapeError as misfit:
        failure = _misfit(misfit, result, response, request)
    else:
        return keep(answer, LazyRaw(response.body))
    raise failure


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
        what = str(broken).removesuffix(f" [{ids_of(response, request.model)}]")  # the line names the call once
        failure = _broken_stream(what, response, request, cut=isinstance(broken, StreamTruncated))
        failure.partial = broken.partial
    else:
        response.skipped += answer.skipped
        return seen(answer, request.asked) if request.promise is VisionAnswer else answer
    raise failure


def _broken_stream(what: str, response: Response, request: Request, *, cut: bool = False) -> DecodeError:
    line = f"{response.status}: expected a whole answer, got {what} [{ids_of(response, request.model)}]"
    body = response.body
    return DecodeError(line, raw=body, request_id=response.request_id, cut=cut)


def seen(text: GeneratedText, asked: DecodeContext) -> VisionAnswer:
    """Make what a model that sees said in a stream the answer that it gives whole."""
    answer = VisionAnswer(finish_reason=text.finish_reason, reasoning=text.reasoning, usage=text.usage)
    if asked.input.get("task") == "caption":
        answer.caption = text.response
    else:
        answer.answer = text.response
    answer._skip(text.skipped)
    return answer


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
    failed = value.get("state") == "Failed" or (value.get("status") == "failed" and responses.is_whole(value))
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
    content_type = response.headers.get("Content-Type", "")
    if body_kind(response.status, content_type, response.body) is BodyKind.MEDIA:
        return response.body
    try:
        return strict_json.decode(response.body)
    except strict_json.NotJson:
        return response.body


def _decode_binary(response: Response, request: Request) -> Any:
    media = read_binary(response.body, response.content_type)
    if request.promise is RunResponse:
        return keep(media, response.body)
    try:
        answer = read_promised(request.promise, response.body)
    except ShapeError as misfit:
        failure = _misfit(misfit, response.body, response, request)
    else:
        if isinstance(answer, Media):
            answer = attrs.evolve(answer, media_type=media.media_type)
        return keep(answer, response.body)
    raise failure


def _decode_json(response: Response, request: Request) -> Any:
    try:
        return strict_json.decode(response.body)
    except strict_json.NotJson as failure:
        what, cut = one_line(f"{response.content_type or 'no content type'}; {failure}"), failure.cut
    raise DecodeError(
        f"{response.status}: expected JSON, got {quote(response.body)} ({what}) [{ids_of(response, request.model)}]",
        raw=response.body,
        request_id=response.request_id,
        cut=cut,
    )


def _misfit(misfit: ShapeError, raw: Any, response: Response, request: Request) -> DecodeError:
    answer = by_shape(raw, request.asked, [])
    if isinstance(answer, UnknownAnswer):
        answer = None
    advised = ShapeError(misfit.why + _advice(answer), misfit.path)
    return DecodeError(
        one_line(f"{mismatch(request.promise, advised)} [{ids_of(response, request.model)}]"),
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


__all__ = ("LazyRaw", "decode", "neurons_of", "raw_of", "seen")
