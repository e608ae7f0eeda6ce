"""From a status and a body to an error: the service's code first, the status second (docs/wire.md 2)."""

import email.utils
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from .. import errors
from ..errors import ApiError
from . import jsons
from .messages import Headers, Response

QUOTED = 200
"""Characters that are quoted of a body which is not the service's JSON."""

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


class _Facts:
    """What a refusing body says, whichever of its shapes it has."""

    __slots__ = ("code", "errors", "message", "raw")

    def __init__(self, raw: Any, errors: list[dict[str, Any]], message: str) -> None:
        self.raw = raw
        self.errors = errors
        self.message = message
        codes = [code for code in map(_code_of, errors) if code is not None]
        self.code = next((code for code in codes if code in BY_CODE), codes[0] if codes else None)


def refusal(response: Response, model: str, account_id: str, *, body: Any = None) -> ApiError:
    """Make the error of a *response* that refuses; *body* is its decoded body where it was decoded already."""
    facts = _facts_of(response, body)
    kind = _kind_of(facts, response.status)
    error = kind(
        _line(kind, facts, response, model, account_id),
        message=facts.message,
        status=response.status,
        code=facts.code,
        errors=facts.errors,
        request_id=response.request_id,
        ray_id=response.ray_id,
        model=model,
        headers=Headers(response.headers),
        raw=facts.raw,
        attempts=response.attempts,
        retry_after=retry_after(response.headers),
        retryable=_is_retryable(facts.code, response.status),
    )
    if isinstance(error, errors.DailyQuotaExceeded):
        error.resets_at = next_reset(datetime.now(timezone.utc))
    return error


def refusal_of_item(item: dict[str, Any]) -> ApiError:
    """Make the error of one failed request of a batch, which has no status and no headers of its own."""
    facts = _facts_of_object(item)
    kind = _kind_of(facts, 200)
    code = "" if facts.code is None else f"{facts.code}: "
    return kind(f"{code}{facts.message}", message=facts.message, code=facts.code, errors=facts.errors, raw=item)


def next_reset(now: datetime) -> datetime:
    """Say when the free allocation begins anew: at 00:00 UTC."""
    return (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Read `retry-after-ms`, and `Retry-After` as seconds or a date: seconds to wait, None where it is nonsense."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        value = headers.get(name)
        if value is None:
            continue
        seconds = _number_of(value, unit)
        if seconds is None:
            seconds = _seconds_until(value)
        if seconds is not None:
            return seconds
    return None


def _number_of(value: str, unit: float) -> float | None:
    try:
        seconds = float(value) * unit
    except ValueError:
        return None
    return seconds if 0 <= seconds < float("inf") else None


def _seconds_until(value: str) -> float | None:
    try:
        when = email.utils.parsedate_to_datetime(value)
        if when.tzinfo is None:
            when = when.replace(tzinfo=timezone.utc)
        return max(0.0, (when - datetime.now(timezone.utc)).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None


def quote(body: bytes) -> str:
    """Quote the beginning of *body* in one line."""
    text = " ".join(body[: QUOTED * 4].decode("utf-8", "replace").split())
    return text[:QUOTED] or "an empty body"


def _facts_of(response: Response, body: Any) -> _Facts:
    if 300 <= response.status < 400:
        where = response.headers.get("location", "nowhere")
        return _Facts(response.body, [], f"redirected to {where}, which is never followed")
    if body is None:
        try:
            body = jsons.decode(response.body)
        except jsons.NotJson:
            return _Facts(response.body, [], quote(response.body))
    if type(body) is dict:
        return _facts_of_object(body)
    return _Facts(body, [], body[:QUOTED] if type(body) is str else quote(response.body))


def _facts_of_object(body: dict[str, Any]) -> _Facts:
    """Read Cloudflare's `errors`, `error` as an object, an array or a text, and a bare `message`."""
    inner = body.get("result")
    for source in (body, inner if type(inner) is dict else {}):
        found = _listed(source.get("errors")) or _listed(source.get("error"))
        if found:
            message = "; ".join(text for text in map(_message_of, found) if text)
            return _Facts(body, found, message or "no reason given")
    message = _message_of(body)
    found = [body] if _code_of(body) is not None else []
    return _Facts(body, found, message or "no reason given")


def _listed(errors: Any) -> list[dict[str, Any]]:
    if type(errors) is dict:
        return [errors]
    if type(errors) is str:
        return [{"message": errors}] if errors else []
    if type(errors) is list:
        return [item if type(item) is dict else {"message": str(item)} for item in errors if item is not None]
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


def _kind_of(facts: _Facts, status: int) -> type[ApiError]:
    kind = BY_CODE.get(facts.code) if type(facts.code) is int else None
    if facts.code == 3030:
        return _kind_of_3030(facts.message.lower())
    if kind is not None:
        return kind
    if status == 404 and facts.code is None:
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


def _line(kind: type[ApiError], facts: _Facts, response: Response, model: str, account_id: str) -> str:
    code = "" if facts.code is None else f" {facts.code}"
    line = f"{response.status}{code}: {' '.join(facts.message.split())}"
    advice = _advice(kind, facts, model, account_id)
    if advice:
        line += f" ({advice})"
    return f"{line} [{_ids(response, model)}]"


def _advice(kind: type[ApiError], facts: _Facts, model: str, account_id: str) -> str:
    if kind is errors.ModelNotFound:
        return f"either the model {model} or the account {account_id} is not known; the service can't tell which"
    if kind is errors.DailyQuotaExceeded:
        return f"new allocation at {next_reset(datetime.now(timezone.utc)):%Y-%m-%d %H:%M} UTC"
    if facts.code == 2009:
        return "the credentials of the third-party provider were refused, not the Cloudflare token"
    return _ADVICE.get(kind, "")


def _ids(response: Response, model: str) -> str:
    if response.request_id:
        return f"model {model}, request id {response.request_id}"
    return f"model {model}, ray id {response.ray_id}" if response.ray_id else f"model {model}"
