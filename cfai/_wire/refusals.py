"""From a status and a body to an error: the service's code first, the status second (docs/wire.md 2)."""

import email.utils
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from .. import errors
from ..errors import ApiError
from .facts import Facts, facts_of, facts_of_object, one_line
from .messages import Headers, Response

_SECONDS = re.compile(r"\s*(\d+(?:\.\d*)?|\.\d+)\s*", re.ASCII)
_LONGEST_WAIT = 366 * 86400.0

BY_CODE: dict[int, type[ApiError]] = {
    2003: errors.RateLimited,
    2009: errors.Unauthorized,
    2021: errors.PaymentRequired,
    3003: errors.InvalidInput,
    3006: errors.RequestTooLarge,
    3007: errors.ServerTimeout,
    3008: errors.ServerTimeout,
    3023: errors.Forbidden,
    3030: errors.InvalidInput,
    3036: errors.DailyQuotaExceeded,
    3040: errors.OutOfCapacity,
    3041: errors.Forbidden,
    3042: errors.ModelNotFound,
    3046: errors.ServerTimeout,
    4006: errors.DailyQuotaExceeded,
    5001: errors.ServerError,
    5004: errors.InvalidInput,
    5006: errors.InvalidInput,
    5007: errors.ModelNotFound,
    5012: errors.InvalidInput,
    5016: errors.TermsNotAccepted,
    5018: errors.Forbidden,
    5021: errors.ContextTooLong,
    5028: errors.ModelDeprecated,
    5035: errors.PaidPlanRequired,
    7000: errors.ModelNotFound,
    7003: errors.ModelNotFound,
    8001: errors.InvalidInput,
    8005: errors.ServerError,
    10000: errors.Unauthorized,
}
BY_STATUS: dict[int, type[ApiError]] = {
    400: errors.BadRequest,
    401: errors.Unauthorized,
    402: errors.PaymentRequired,
    403: errors.Forbidden,
    408: errors.ServerTimeout,
    413: errors.RequestTooLarge,
    422: errors.BadRequest,
    429: errors.RateLimited,
}
_FLAGGED = ("flagged", "nsfw", "safety", "moderat")
_TOO_LONG = ("too long", "max context", "context length", "context window", "sequence length", "maximum context")

# What the server can have done decides (the retry rules of the documentation): what it did not process, and what
# failed there, may be asked again; what it may have done and lost may not.
_RETRYABLE_CODES = {3007, 3008, 3040, 2003}
_FINAL_CODES = {3036, 4006, 3046, 8005}
_RETRYABLE_STATUSES = {429, 500, 502, 503, 504, 520, 521, 522, 523, 525, 526, 527, 530}

_ADVICE: dict[type[ApiError], str] = {
    errors.Unauthorized: "check the API token (CLOUDFLARE_API_TOKEN) and that it may run Workers AI",
    errors.PaidPlanRequired: "the account needs the Workers Paid plan for this model",
    errors.TermsNotAccepted: 'accept the licence once by sending the prompt "agree" to this model',
}


def refusal(response: Response, model: str, account_id: str, *, body: Any = None) -> ApiError:
    """Make the error of a *response* that refuses; *body* is its decoded body where it was decoded already."""
    facts = facts_of(response, body)
    code = _code_of(facts)
    kind = _kind_of(code, facts.message, response.status)
    error = kind(
        _line(code, facts.message, _advice(kind, code, model, account_id), response, model),
        message=facts.message,
        status=response.status,
        code=code,
        errors=facts.errors,
        request_id=response.request_id,
        ray_id=response.ray_id,
        model=model,
        headers=Headers(response.headers),
        raw=facts.raw,
        attempts=response.attempts,
        retry_after=retry_after(response.headers),
        retryable=_is_retryable(code, response.status),
    )
    return _dated(error)


def refusal_of_item(item: dict[str, Any]) -> ApiError:
    """Make the error of one failed request of a batch, which has no status and no headers of its own."""
    facts = facts_of_object(item)
    code = _code_of(facts)
    kind = _kind_of(code, facts.message, 200)
    error = kind(
        one_line(f"{'' if code is None else f'{code}: '}{facts.message}"),
        message=facts.message,
        code=code,
        errors=facts.errors,
        raw=item,
        retryable=_is_retryable(code, 200),
    )
    return _dated(error)


def _dated(error: ApiError) -> ApiError:
    if isinstance(error, errors.DailyQuotaExceeded):
        error.resets_at = next_reset(datetime.now(UTC))
    return error


def next_reset(now: datetime) -> datetime:
    """Say when the free allocation begins anew: at 00:00 UTC."""
    return (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Read `retry-after-ms`, and `Retry-After` as seconds or a date: seconds to wait, None where it is nonsense.

    Nonsense is what is no number and no date, what is negative, and what is more than a year away.
    """
    milliseconds, value = headers.get("retry-after-ms", ""), headers.get("retry-after", "")
    found = [_number_of(milliseconds, 0.001), _number_of(value, 1.0), _seconds_until(value)]
    return next((seconds for seconds in found if seconds is not None and seconds <= _LONGEST_WAIT), None)


def _number_of(value: str, unit: float) -> float | None:
    number = _SECONDS.fullmatch(value)
    return float(number[1]) * unit if number else None


def _seconds_until(value: str) -> float | None:
    if not value.strip()[:1].isalpha():  # an HTTP date begins with its weekday; the parser would take "-5" for one
        return None
    try:
        when = email.utils.parsedate_to_datetime(value)
        if when.tzinfo is None:
            when = when.replace(tzinfo=UTC)
        return max(0.0, (when - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None


def ids_of(response: Response, model: str) -> str:
    """Name the call, for a question to the service's support."""
    if response.request_id:
        return one_line(f"model {model}, request id {response.request_id}")
    return one_line(f"model {model}, ray id {response.ray_id}") if response.ray_id else f"model {model}"


def _code_of(facts: Facts) -> int | str | None:
    """Of several codes, take the first that says something."""
    known = [code for code in facts.codes if code in BY_CODE]
    return next(iter(known or facts.codes), None)


def _kind_of(code: int | str | None, message: str, status: int) -> type[ApiError]:
    if code == 3030:
        return _kind_of_3030(message.lower())
    if type(code) is int and code in BY_CODE:
        return BY_CODE[code]
    if status == 404 and code is None:
        return errors.ModelNotFound
    return errors.ServerError if 500 <= status < 600 else BY_STATUS.get(status, ApiError)


def _kind_of_3030(message: str) -> type[ApiError]:
    """Tell apart the model's own refusals, which share one code: only the words differ (docs/wire.md 2.4)."""
    if any(word in message for word in _FLAGGED):
        return errors.ContentFlagged
    if any(word in message for word in _TOO_LONG):
        return errors.ContextTooLong
    return errors.InvalidInput


def _is_retryable(code: int | str | None, status: int) -> bool:
    if code in _FINAL_CODES:
        return False
    return code in _RETRYABLE_CODES or status in _RETRYABLE_STATUSES


def _line(code: int | str | None, message: str, advice: str, response: Response, model: str) -> str:
    number = "" if code is None else f" {code}"
    advice = f" ({advice})" if advice else ""
    return one_line(f"{response.status}{number}: {message}{advice} [{ids_of(response, model)}]")


def _advice(kind: type[ApiError], code: int | str | None, model: str, account_id: str) -> str:
    if kind is errors.ModelNotFound:
        return f"either the model {model} or the account {account_id} is not known; the service can't tell which"
    if kind is errors.DailyQuotaExceeded:
        return f"new allocation at {next_reset(datetime.now(UTC)):%Y-%m-%d %H:%M} UTC"
    if code == 2009:
        return "the credentials of the third-party provider were refused, not the Cloudflare token"
    return _ADVICE.get(kind, "")
