"""Whether a failed attempt is followed by another one, and after which wait. Pure: clock and random come in.

What decides is what the server can have done, for an answer that was lost was paid for all the same.
"""

import contextlib
from collections import deque
from collections.abc import Callable

from .._wire.refusal.codes import Outcome, judge
from ..errors import ApiError, CertificateError, CfaiError, DecodeError, TransportError
from ..options import Retry

__all__ = ("Outcome", "RetryBudget", "outcome_of", "wait_before_next")


def outcome_of(failure: CfaiError) -> Outcome:
    """Return what the server can have done."""
    if isinstance(failure, ApiError):
        return _outcome_of_refusal(failure)
    if isinstance(failure, TransportError) and not (isinstance(failure, CertificateError) or failure._unforeseen):
        return Outcome.PERHAPS_PAID if failure.sent else Outcome.NOT_PROCESSED
    return Outcome.PERHAPS_PAID if isinstance(failure, DecodeError) and failure.cut else Outcome.FINAL


def _outcome_of_refusal(failure: ApiError) -> Outcome:
    """Return the outcome by the table of codes, which `retryable` and `may_be_charged` were derived from."""
    if not failure.retryable:
        return Outcome.FINAL
    if failure.may_be_charged:  # also in the middle of an answer, where the table does not know it
        return Outcome.PERHAPS_PAID
    return judge(failure.code, failure.status, failure.message).outcome


def wait_before_next(
    retry: Retry,
    attempt: int,
    outcome: Outcome,
    *,
    retry_after: float | None,
    now: float,
    deadline: float | None,
    random: Callable[[], float],
) -> float | None:
    """Give the seconds to wait before the next attempt; None where there is none.

    Args:
        retry: The rules.
        attempt: The number of the attempt that failed, from 1.
        outcome: What became of it.
        retry_after: Seconds that the server asks to wait.
        now: The time on the clock of *deadline*.
        deadline: When the call has to be over.
        random: Gives a number from 0 up to 1: the delay is anything up to its limit ("full jitter"), so that those
            who failed together do not come back together.
    """
    if attempt >= retry.attempts or outcome is Outcome.FINAL:
        return None
    if outcome is Outcome.PERHAPS_PAID and not retry.lost_answers:
        return None
    if retry_after is None:
        wait = random() * min(retry.backoff_max, retry.backoff * 2.0 ** min(attempt - 1, 64))
    else:
        wait = retry_after
    return None if deadline is not None and now + wait >= deadline else wait


class RetryBudget:
    """How many retries one client and its copies may owe: each costs one, each success pays one back.

    While all calls fail, a server that is in trouble is asked little more than once for each. It needs no lock: what
    is done to a deque is done at once.
    """

    __slots__ = ("_most", "_owed")

    def __init__(self, most: int) -> None:
        self._most = most
        self._owed: deque[None] = deque()

    def take(self) -> bool:
        """Take one, if any is left."""
        self._owed.append(None)  # first, so that many threads together never take one too many
        if len(self._owed) <= self._most:
            return True
        self._owed.pop()
        return False

    def pay_back(self) -> None:
        """Put one back; a full budget stays as it is."""
        if self._owed:
            with contextlib.suppress(IndexError):  # another thread took the last one just now
                self._owed.popleft()
