"""From a status and a body to an error (docs/wire.md 2); what each code means stands in `codes`."""

import email.utils
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from ... import errors
from ...errors import ApiError
from ..http_values import Headers, Response
from ..quoting import one_line
from .body import ErrorBody, error_body_of, error_body_of_object
from .codes import CODES, Outcome, judge

_SECONDS = re.compile(r"\s*(\d+(?:\.\d*)?|\.\d+)\s*", re.ASCII)
_LONGEST_WAIT = 366 * 86400.0

_ADVICE: dict[type[ApiError], str] = {
    errors.Unauthorized: "check the API token (CLOUDFLARE_API_TOKEN) and that it may run Workers AI",
    errors.PaidPlanRequired: "the account needs the Workers Paid plan for this model",
    errors.TermsNotAccepted: 'accept the licence once by sending the prompt "agree" to this model',
    errors.SpendLimitExceeded: "a spend limit of the AI Gateway, which holds until the window of its rule is over",
}
_ADVICE_BY_CODE: dict[int | str | None, str] = {
    2009: "the provider's credentials were refused, or the token: check the provider's key and CLOUDFLARE_API_TOKEN",
    5024: "the model did not produce JSON that fits the schema: simplify the schema",
    5025: "this model takes no JSON schema: describe the JSON in the prompt, or use another model",
}


def refusal(response: Response, model: str, account_id: str, *, body: Any = None, begun: bool = False) -> ApiError:
    """Make the error of a *response* that refuses.

    Args:
        response: Its status and headers, and its body where *body* is None.
        model: The model that was asked.
        account_id: The account that was named.
        body: The decoded body, or the event of a stream that refuses.
        begun: Whether a part of the answer had come before the refusal.
    """
    facts = error_body_of(response, body)
    error = _error_of(facts, response.status, begun=begun)
    advice = _advice(error, model, account_id)
    number = "" if error.code is None else f" {error.code}"
    advice = f" ({advice})" if advice else ""
    line = one_line(f"{response.status}{number}: {facts.message}{advice} [{ids_of(response, model, facts.request_id)}]")
    error.args = (line,)
    error.ray_id = response.ray_id
    error.model = model
    error.headers = Headers(response.headers)
    error.attempts = response.attempts
    error.retry_after = retry_after(response.headers)
    return error


def refusal_of_item(item: dict[str, Any]) -> ApiError:
    """Make the error of one failed request of a batch, which has no status and no headers of its own."""
    facts = error_body_of_object(item)
    error = _error_of(facts, 0)
    number = "" if error.code is None else f"{error.code}: "
    request_id = f" [request id {facts.request_id}]" if facts.request_id else ""
    error.args = (one_line(f"{number}{facts.message}{request_id}"),)
    return error


def _error_of(facts: ErrorBody, status: int, *, begun: bool = False) -> ApiError:
    """Make the error that *facts* are, still without the line that it shows."""
    kind, outcome = judge(facts.code, status, facts.words)
    if begun and facts.code not in CODES:
        outcome = Outcome.PERHAPS_PAID  # the part that came was paid for, and nothing says that it would fail again
    error = kind(
        message=one_line(facts.message),
        status=status,
        code=facts.code,
        errors=facts.errors,
        request_id=facts.request_id,
        raw=facts.raw,
        retryable=outcome is not Outcome.FINAL,
        may_be_charged=begun or outcome is Outcome.PERHAPS_PAID,
    )
    if isinstance(error, errors.DailyQuotaExceeded):
        error.resets_at = next_reset(datetime.now(UTC))
    if isinstance(error, errors.InvalidInput):
        error.fields = list(filter(None, map(one_line, facts.fields)))
    return error


def next_reset(now: datetime) -> datetime:
    """Return the earliest time of a new free allocation: the next 00:00 UTC."""
    return (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Read `retry-after-ms`, and `Retry-After` as seconds or a date: seconds to wait, None where it is nonsense.

    Nonsense is what is no number and no date, what is negative, and what is more than a year away.
    """
    milliseconds, value = headers.get("retry-after-ms", ""), headers.get("retry-after", "")
    found = [_number_of(milliseconds, 0.001), _number_of(value, 1.0), _seconds_until(value, headers)]
    return next((seconds for seconds in found if seconds is not None and seconds <= _LONGEST_WAIT), None)


def _number_of(value: str, unit: float) -> float | None:
    number = _SECONDS.fullmatch(value)
    return float(number[1]) * unit if number else None


def _seconds_until(value: str, headers: Mapping[str, str]) -> float | None:
    """Return the seconds until a date, by the server's own clock where the answer shows it: ours may be wrong."""
    when = _date_of(value)
    if when is None:
        return None
    return max(0.0, (when - (_date_of(headers.get("date", "")) or datetime.now(UTC))).total_seconds())


def _date_of(value: str) -> datetime | None:
    if not value.strip()[:1].isalpha():  # an HTTP date begins with its weekday; the parser would take "-5" for one
        return None
    try:
        when = email.utils.parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError):
        return None
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when


def ids_of(response: Response, model: str, request_id: str | None = None) -> str:
    """Name the call, for a question to the service's support."""
    request_id = request_id or response.request_id
    if request_id:
        return one_line(f"model {model}, request id {request_id}")
    return one_line(f"model {model}, ray id {response.ray_id}") if response.ray_id else f"model {model}"


def _advice(error: ApiError, model: str, account_id: str) -> str:
    if isinstance(error, errors.ModelNotFound):
        return f"either the model {model} or the account {account_id} is not known; the service can't tell which"
    if isinstance(error, errors.DailyQuotaExceeded):
        return f"a new allocation at {error.resets_at:%Y-%m-%d %H:%M} UTC at the earliest"
    advice = _ADVICE_BY_CODE.get(error.code) or _ADVICE.get(type(error), "")
    if error.code == 10000 and advice:
        return f"{advice}, and the account id {account_id}: the service answers the same for both"
    return advice
