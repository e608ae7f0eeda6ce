"""What can go wrong, as one tree under one root.

::

    CfaiError
    ├── ConfigError              also a ValueError: no account, no token, a bad option; before anything is sent
    │   └── JournalError         not a journal, another model's, or held by another process
    ├── InvalidParams            also a ValueError: names the field; before anything is sent, or a file changed then
    │   └── InvalidModelName
    ├── ClientClosed
    ├── TransportError           no usable answer: refused, reset, DNS, a body cut by the connection, broken protocol
    │   ├── CertificateError     never retried
    │   └── RequestTimeout       also a TimeoutError
    ├── ApiError                 the service said no: status, code, message, request_id, ...
    │   ├── BadRequest           400, 422
    │   │   ├── InvalidInput     `fields`; codes 3003, 3010, 3030, 3039, 5004, 5005, 5006, 5012 (below 500), 5024, 5025,
    │   │   │                    8001, 8002, 8006, 8007, and 7003 that says "User Input Error", whatever the status
    │   │   ├── ModelDeprecated  code 5028
    │   │   └── ContentFlagged   codes 2016, 2017, 2029, and 3030, 8001 and 8007 that say so
    │   ├── Unauthorized         401; codes 10000, 2009, and 6003 with 6111 in its `error_chain`
    │   ├── PaymentRequired      402, whatever the code
    │   ├── Forbidden            403
    │   │   ├── PaidPlanRequired code 5035
    │   │   └── TermsNotAccepted code 5016
    │   ├── ModelNotFound        codes 5007, 3042, 3037, 7000, 7003, `not_found_error`; 6002 and 6003 at 404; a bare 404
    │   ├── RequestTooLarge      413
    │   │   └── ContextTooLong   code 5021, and 3030, 8001 and 8007 about the length of the context or the sequence
    │   ├── RateLimited          429
    │   │   ├── OutOfCapacity    code 3040
    │   │   ├── DailyQuotaExceeded codes 3036, 4006: no retry can help before `resets_at`
    │   │   └── SpendLimitExceeded codes 2041, 2045: a spend limit of the AI Gateway
    │   ├── ServerTimeout        408; code 2014
    │   └── ServerError          5xx; codes 2005 and 7009 at any status, 5012 from 500 on
    ├── ResponseTooLarge
    ├── StreamError              broke after it began
    │   ├── StreamTruncated
    │   └── StreamIdle           also a TimeoutError
    ├── AnswerMismatch           an answer that does not fit the asked type
    ├── ToolRoundsExceeded       everything so far
    ├── TooManyFailures          a map's `max_failures`
    ├── BudgetExceeded           before anything is sent
    └── DecodeError              path, raw, answer: not the promised shape, or not JSON

The service's code decides first, its status second.
Every class can be pickled and keeps its facts; `str()` is one line that a person can act on, with the request id in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from .usage import Usage


class CfaiError(Exception):
    """The root of all errors of this package."""

    partial: Any = None
    """What had come before the error: of a stream the text or the bytes so far, else None."""
    attempts: int = 0
    """How many times the request was sent; 0 where nothing was."""
    earlier: Sequence[CfaiError] = ()
    """The errors of the attempts before this one, the first of them first."""

    def __init__(self, line: str = "", /) -> None:
        # A positional line and nothing else required: that is what lets every class be unpickled,
        # since `BaseException.__reduce__` calls the class with `args` and then restores `__dict__`.
        super().__init__(line)


class ConfigError(CfaiError, ValueError):
    """The client can't be built or used as asked: no account, no token, a bad option. Nothing was sent."""


class JournalError(ConfigError):
    """The file is no journal, belongs to another model, or is held by another process."""


class InvalidParams(CfaiError, ValueError):
    """The input can't be sent; the message names the field.

    Nothing was sent, or a file changed while it was: then `attempts` is not 0, and the service never had the whole of
    that request.
    """


class InvalidModelName(InvalidParams):
    """The model's name could leave the `/ai/run/` path or holds what no name holds. Nothing was sent."""


class ClientClosed(CfaiError):
    """The client was closed before the call or while it ran."""


class TransportError(CfaiError):
    """No usable answer came: refused, reset, no such host, a body cut by the connection, a broken protocol."""

    sent: bool = False
    """Whether the service may have had the request, done the work and charged for it: only the answer is lost. False
    where no connection came about, and where one that was used again had been closed at the other end."""
    _unforeseen: bool = False
    """Whether it was neither the network nor the server that failed: then another attempt would be no better."""


class CertificateError(TransportError):
    """The server's TLS certificate was refused. Never retried."""


class RequestTimeout(TransportError, TimeoutError):
    """A time limit of the call ran out; the message says which one, and in what."""


class ApiError(CfaiError):
    """The service refused the call, or answered it with an error."""

    def __init__(
        self,
        line: str = "",
        /,
        *,
        message: str | None = None,
        status: int = 0,
        code: int | str | None = None,
        errors: Sequence[Mapping[str, Any]] = (),
        request_id: str | None = None,
        ray_id: str | None = None,
        model: str | None = None,
        headers: Mapping[str, str] | None = None,
        raw: Any = None,
        attempts: int = 1,
        retry_after: float | None = None,
        retryable: bool = False,
        may_be_charged: bool = False,
    ) -> None:
        super().__init__(line)
        self.message: str = line if message is None else message
        """The service's words, without its prefixes and without the request id; where its body is not JSON, its first
        200 characters. It is one line, without control characters: a line break is one blank. The words as they were
        sent are in `errors` and in `raw`."""
        self.status = status
        """The HTTP status. It may be 200: a body that says `success: false` is an error whatever the status."""
        self.code = code
        """The service's code, an int where it is a number; None where it sent none."""
        self.errors: list[Mapping[str, Any]] = list(errors)
        """All errors that the body listed, as sent."""
        self.request_id = request_id
        """`cf-ai-req-id`, else the id at the end of the service's message; None on 401 and on code 7000."""
        self.ray_id = ray_id
        """`cf-ray`."""
        self.model = model
        """The model that was asked."""
        self.headers: Mapping[str, str] = headers if headers is not None else {}
        """The answer's headers; names are compared without case."""
        self.raw = raw
        """The decoded body, or its bytes where it is not JSON."""
        self.attempts = attempts
        """How many times the request was sent."""
        self.retry_after = retry_after
        """Seconds to wait, where the service said so."""
        self.retryable = retryable
        """Whether the same call may succeed later without a change. Where `may_be_charged` is true too, cfai itself
        repeats it only with `Retry(lost_answers=True)`."""
        self.may_be_charged = may_be_charged
        """Whether the service may have done the work and charged for it, while its answer was lost."""


class BadRequest(ApiError):
    """400 or 422: the request is wrong as it stands."""


class InvalidInput(BadRequest):
    """The model's input was refused: a missing field, a wrong type, a value out of range."""

    def __init__(self, line: str = "", /, *, fields: Sequence[str] = (), **facts: Any) -> None:
        super().__init__(line, **facts)
        self.fields: list[str] = list(fields)
        """The fields that the service's words name: those that the model does not take, misses, or finds of a wrong
        type, as paths without a leading slash, such as "seed" or "messages/0/content". They have no control characters.
        Empty where it names none."""


class ModelDeprecated(BadRequest):
    """The model was retired; the message names the date."""


class ContentFlagged(BadRequest):
    """The model refused the content, of the input or of its own output."""


class Unauthorized(ApiError):
    """401: the token was refused.

    A wrong account id is answered the same (code 10000). With code 2009 the credentials of the third-party provider
    were refused, or the token.
    """


class PaymentRequired(ApiError):
    """402: no balance, or the provider needs a key of your own."""


class Forbidden(ApiError):
    """403: the account may not use this model."""


class PaidPlanRequired(Forbidden):
    """The model needs the Workers Paid plan."""


class TermsNotAccepted(Forbidden):
    """The model's licence was not accepted by this account."""


class ModelNotFound(ApiError):
    """No such model, or no such account: the service can't tell which of the two was wrong."""


class RequestTooLarge(ApiError):
    """413: the request is larger than the service takes."""


class ContextTooLong(RequestTooLarge):
    """The input does not fit into the model's context window."""


class RateLimited(ApiError):
    """429: too many requests for now."""


class OutOfCapacity(RateLimited):
    """The model has no capacity at the moment."""


class DailyQuotaExceeded(RateLimited):
    """The free allocation of the day is used up."""

    resets_at: datetime | None = None
    """The earliest time of a new allocation, an aware datetime: the next 00:00 UTC. It is no promise: refusals were
    measured some minutes after it."""


class SpendLimitExceeded(RateLimited):
    """A spend limit of the AI Gateway is reached.

    It lasts as long as the window of its rule, such as an hour or a week, and the service does not say until when. The
    call is not tried again.
    """


class ServerTimeout(ApiError):
    """408: the service gave up on the model, after about four minutes; or the gateway did, code 2014."""


class ServerError(ApiError):
    """5xx: the service or the model failed."""


class ResponseTooLarge(CfaiError):
    """The answer is larger than `max_response_bytes`, counted after decompression."""


class StreamError(CfaiError):
    """The stream broke after it began; `partial` holds what came."""


class StreamTruncated(StreamError):
    """The stream ended without its end mark."""


class StreamIdle(StreamError, TimeoutError):
    """Nothing came for `idle_timeout` seconds."""


class AnswerMismatch(CfaiError):
    """The answer does not fit the type that was asked for."""

    def __init__(
        self,
        line: str = "",
        /,
        *,
        text: str = "",
        raw: Any = None,
        errors: Sequence[str] = (),
        usage: Usage | None = None,
    ) -> None:
        super().__init__(line)
        self.text = text
        """The model's last text."""
        self.raw = raw
        """The last `result`, as sent."""
        self.errors: list[str] = list(errors)
        """What did not fit, one "path: what" each."""
        self.usage = usage
        """The tokens of all tries."""


class ToolRoundsExceeded(CfaiError):
    """The model still asked for tools after `max_rounds` calls."""

    def __init__(
        self,
        line: str = "",
        /,
        *,
        rounds: Sequence[Any] = (),
        messages: Sequence[Any] = (),
        usage: Usage | None = None,
    ) -> None:
        super().__init__(line)
        self.rounds: list[Any] = list(rounds)
        self.messages: list[Any] = list(messages)
        self.usage = usage


class TooManyFailures(CfaiError):
    """More inputs of a map failed than `max_failures` allows."""

    summary: Any = None
    """What was done, failed and used until then."""


class BudgetExceeded(CfaiError):
    """The budget of neurons is spent. Nothing was sent."""

    def __init__(
        self,
        line: str = "",
        /,
        *,
        spent: float = 0.0,
        limit: float = 0.0,
        resets_at: datetime | None = None,
    ) -> None:
        super().__init__(line)
        self.spent = spent
        self.limit = limit
        self.resets_at = resets_at


class DecodeError(CfaiError):
    """The answer came, and is not what was promised: another shape, or not JSON at all. It is kept in `raw`."""

    def __init__(
        self,
        line: str = "",
        /,
        *,
        path: str = "$",
        raw: Any = None,
        answer: Any = None,
        request_id: str | None = None,
        cut: bool = False,
    ) -> None:
        super().__init__(line)
        self.answer = answer
        """What the result is by its shape, as a mapping's answer would be, such as a `MediaLink` in the place of an
        `Image`; None where that is not known, and where it is not JSON."""
        self.cut = cut
        """Whether it is JSON whose end is missing."""
        self.path = path
        """Where `raw` does not fit, `$` being the whole of it."""
        self.raw = raw
        """The `result` as the service sent it; the bytes of the whole body where it is not JSON."""
        self.request_id = request_id
        """`cf-ai-req-id`, for a question to the service's support."""
