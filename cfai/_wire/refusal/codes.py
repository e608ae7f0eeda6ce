"""The table of codes and statuses: which error each one is, and what the service can have done (docs/wire.md 2).

`ApiError.retryable`, `ApiError.may_be_charged`, the retry policy and the table in docs/errors.md derive from it. A code
decides before the status, except that status 402 is always `PaymentRequired`.
"""

import re
from collections.abc import Callable, Mapping
from enum import Enum
from typing import NamedTuple

from ... import errors
from ...errors import ApiError


class Outcome(Enum):
    """What the service can have done with an attempt that failed."""

    NOT_PROCESSED = "not processed"
    """Nothing: the request did not reach the model, or the model had no room for it."""
    FAILED_THERE = "failed there"
    """It began to work on the request, and failed."""
    PERHAPS_PAID = "perhaps paid"
    """Possibly all of it: only the answer was lost, and a repetition may be charged again."""
    FINAL = "final"
    """It refused the request and would refuse it again; or the cause is on this side."""


class Verdict(NamedTuple):
    """What a refusal is."""

    kind: type[ApiError]
    outcome: Outcome


class Case(NamedTuple):
    """Another meaning of a code, under a condition."""

    when: str
    """The condition, as the documentation writes it."""
    holds: Callable[[int, str], bool]
    """The condition, of the status and of the service's words in lower case."""
    kind: type[ApiError]
    outcome: Outcome | None = Outcome.FINAL
    """None: the status decides."""


class Code(NamedTuple):
    """What one code means."""

    seen: tuple[int, ...]
    """The statuses that it is documented or recorded with."""
    kind: type[ApiError] | None
    """None: the status decides."""
    outcome: Outcome = Outcome.FINAL
    cases: tuple[Case, ...] = ()
    """Other meanings; the first whose condition holds applies."""


_READ = 20_000
"""Characters of a message that are looked at: a message may be as long as the answer."""
_POINTER = re.compile(r"'/[^']*'")
"""The name of a field in the service's words, which says nothing about what the error is."""
_FLAGGED = re.compile(
    r"\b(?:flagged|nsfw|moderat(?:ion|ed)|inappropriate|unsafe|safety(?! tolerance)|content[ _-]filter\w*)\b"
    r"|\bcontent polic|\bviolat\w*\b[^.;]{0,60}\bpolic"
)
_TOO_LONG = re.compile(
    r"\b(?:context|sequence|prompt|inputs?|texts?|messages?|conversation|tokens?)\b[^.;]{0,40}?\btoo long\b"
    r"|\bmax(?:imum)?(?: model)? (?:context|sequence|input length|prompt length|number of (?:input )?tokens)\b"
    r"|\bcontext[ _-](?:length|window|size|limit)|\bsequence length\b|\btoo many (?:input |prompt )?tokens\b"
    r"|\bexceed\w*\b[^.;]{0,60}\b(?:context|tokens)\b|\btokens?\b[^.;]{0,60}\bexceed"
)


def _says(pattern: re.Pattern[str]) -> Callable[[int, str], bool]:
    return lambda _, words: pattern.search(_POINTER.sub("", words)) is not None


_PLAINLY_FLAGGED = Case("the words say that content was flagged", _says(_FLAGGED), errors.ContentFlagged)
_PLAINLY_TOO_LONG = Case(
    "the words are about the length of the context or the sequence", _says(_TOO_LONG), errors.ContextTooLong
)
_BY_WORDS = (_PLAINLY_FLAGGED, _PLAINLY_TOO_LONG)
_NOT_FOUND = Case("with status 404", lambda status, _: status == 404, errors.ModelNotFound)
_BAD_HEADER = Case(
    "6111 in its `error_chain`", lambda _, words: re.search(r"\b6111\b", words) is not None, errors.Unauthorized
)
_USER_INPUT = Case(
    'the words are "User Input Error"', lambda _, words: "user input error" in words, errors.InvalidInput
)
_INFERENCE = (
    Case("from status 500 on", lambda status, _: status >= 500, errors.ServerError, None),
    Case(
        'without an error status, the words hold "inference_error"',
        lambda status, words: status < 300 and "inference_error" in words,
        errors.ServerError,
        Outcome.NOT_PROCESSED,
    ),
)

CODES: Mapping[int | str | None, Code] = {
    # the AI Gateway
    2001: Code((400,), None),
    2003: Code((429,), errors.RateLimited, Outcome.NOT_PROCESSED),
    2005: Code((400,), errors.ServerError, Outcome.NOT_PROCESSED),
    2008: Code((400,), None),
    2009: Code((401,), errors.Unauthorized),
    2014: Code((408,), errors.ServerTimeout, Outcome.PERHAPS_PAID),
    2016: Code((424,), errors.ContentFlagged),
    2017: Code((422, 424), errors.ContentFlagged),
    2021: Code((402,), errors.PaymentRequired),
    2029: Code((), errors.ContentFlagged),
    2041: Code((429,), errors.SpendLimitExceeded),
    2045: Code((429,), errors.SpendLimitExceeded),
    # Workers AI
    3001: Code((500,), errors.ServerError, Outcome.FAILED_THERE),
    3003: Code((400,), errors.InvalidInput),
    3006: Code((413,), errors.RequestTooLarge),
    3007: Code((408,), errors.ServerTimeout, Outcome.FAILED_THERE),
    3008: Code((408,), errors.ServerTimeout, Outcome.FAILED_THERE),
    3010: Code((400,), errors.InvalidInput),
    3023: Code((403,), errors.Forbidden),
    3030: Code((400,), errors.InvalidInput, cases=_BY_WORDS),
    3036: Code((429,), errors.DailyQuotaExceeded),
    3037: Code((400, 404, 500), errors.ModelNotFound),
    3039: Code((400,), errors.InvalidInput),
    3040: Code((429,), errors.OutOfCapacity, Outcome.NOT_PROCESSED),
    3041: Code((403,), errors.Forbidden),
    3042: Code((404,), errors.ModelNotFound),
    3043: Code((500,), errors.ServerError, Outcome.FAILED_THERE),
    3046: Code((408,), errors.ServerTimeout, Outcome.PERHAPS_PAID),
    4006: Code((429,), errors.DailyQuotaExceeded),
    5001: Code((500,), errors.ServerError, Outcome.FAILED_THERE),
    5004: Code((400,), errors.InvalidInput),
    5005: Code((405,), errors.InvalidInput),
    5006: Code((400,), errors.InvalidInput),
    5007: Code((400,), errors.ModelNotFound),
    5012: Code((422, 529), errors.InvalidInput, cases=_INFERENCE),
    5016: Code((403,), errors.TermsNotAccepted),
    5018: Code((403,), errors.Forbidden),
    5019: Code((405,), None),
    5021: Code((413,), errors.ContextTooLong),
    5024: Code((403,), errors.InvalidInput),
    5025: Code((403,), errors.InvalidInput),
    5028: Code((400, 410), errors.ModelDeprecated),
    5035: Code((403,), errors.PaidPlanRequired),
    # Cloudflare's API, and what stands behind it
    6002: Code((404,), None, cases=(_NOT_FOUND,)),
    6003: Code((400, 404), None, cases=(_BAD_HEADER, _NOT_FOUND)),
    7000: Code((400,), errors.ModelNotFound),
    7003: Code((400, 404), errors.ModelNotFound, cases=(_USER_INPUT,)),
    7009: Code((400, 502, 503), errors.ServerError, Outcome.NOT_PROCESSED),
    7013: Code((503,), errors.ServerError, Outcome.NOT_PROCESSED),
    8001: Code((400,), errors.InvalidInput, cases=_BY_WORDS),
    8002: Code((400,), errors.InvalidInput),
    8005: Code((500,), errors.ServerError, Outcome.FAILED_THERE),
    8006: Code((400,), errors.InvalidInput),
    8007: Code((400,), errors.InvalidInput, cases=_BY_WORDS),
    10000: Code((401,), errors.Unauthorized),
    "not_found_error": Code((404,), errors.ModelNotFound),
}

STATUSES: Mapping[int, Verdict] = {
    400: Verdict(errors.BadRequest, Outcome.FINAL),
    401: Verdict(errors.Unauthorized, Outcome.FINAL),
    402: Verdict(errors.PaymentRequired, Outcome.FINAL),
    403: Verdict(errors.Forbidden, Outcome.FINAL),
    408: Verdict(errors.ServerTimeout, Outcome.PERHAPS_PAID),
    413: Verdict(errors.RequestTooLarge, Outcome.FINAL),
    422: Verdict(errors.BadRequest, Outcome.FINAL),
    429: Verdict(errors.RateLimited, Outcome.NOT_PROCESSED),
    **dict.fromkeys((500, 504), Verdict(errors.ServerError, Outcome.FAILED_THERE)),
    524: Verdict(errors.ServerError, Outcome.PERHAPS_PAID),
    **dict.fromkeys(
        (502, 503, 520, 521, 522, 523, 525, 526, 527, 529, 530), Verdict(errors.ServerError, Outcome.NOT_PROCESSED)
    ),
}
"""All others are final: 5xx are `ServerError`, 404 without a code is `ModelNotFound`, and the rest are `ApiError`."""


def judge(code: int | str | None, status: int, words: str = "") -> Verdict:
    """Return what a refusal with *code* and *status* is; *words* are the service's own, of the error with that code."""
    by_status = _of_status(status, bare=code is None)
    known = CODES.get(code)
    if known is None or status == 402:  # 402 outweighs the gateway's codes
        return by_status
    words = words[:_READ].lower()
    case = next((case for case in known.cases if case.holds(status, words)), None)
    kind, outcome = (known.kind, known.outcome) if case is None else (case.kind, case.outcome)
    return Verdict(kind or by_status.kind, outcome or by_status.outcome)


def _of_status(status: int, *, bare: bool) -> Verdict:
    if status == 404 and bare:
        return Verdict(errors.ModelNotFound, Outcome.FINAL)
    kind = errors.ServerError if 500 <= status < 600 else ApiError
    return STATUSES.get(status, Verdict(kind, Outcome.FINAL))
