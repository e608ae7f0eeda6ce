"""The rules of retries, pure: whole programs of failures in virtual time, and no test that sleeps."""

import itertools
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cfai
from cfai._core.retry import Outcome, RetryBudget, outcome_of, wait_before_next

NOT_PROCESSED, FAILED_THERE, PERHAPS_PAID, FINAL = Outcome
RETRIED = {NOT_PROCESSED, FAILED_THERE}
RETRYABLE = {*RETRIED, PERHAPS_PAID}

# -- what the server can have done


@pytest.mark.parametrize(
    ("outcome", "statuses"),
    [
        (NOT_PROCESSED, [429, 502, 503, 520, 521, 522, 523, 525, 526, 527, 529, 530]),
        (FAILED_THERE, [500, 504]),
        (PERHAPS_PAID, [408, 524]),
        (FINAL, [200, 301, 304, 400, 401, 402, 403, 404, 405, 409, 413, 415, 422, 451, 501, 505, 599]),
    ],
)
def test_the_status_decides_where_there_is_no_code(outcome: Outcome, statuses: list[int]) -> None:
    failures = [refused(status, None) for status in statuses]

    assert {outcome} == {outcome_of(failure) for failure in failures}
    assert {outcome in RETRYABLE} == {failure.retryable for failure in failures}
    assert {outcome is PERHAPS_PAID} == {failure.may_be_charged for failure in failures}


@pytest.mark.parametrize("status", [200, 400, 408, 429, 500, 502, 503, 524])
@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (3036, FINAL),
        (4006, FINAL),
        (2041, FINAL),
        (2045, FINAL),
        (3037, FINAL),
        (5006, FINAL),
        (2001, FINAL),
        (2014, PERHAPS_PAID),
        (3046, PERHAPS_PAID),
        (2005, NOT_PROCESSED),
        (7009, NOT_PROCESSED),
        (3040, NOT_PROCESSED),
        (2003, NOT_PROCESSED),
        (3007, FAILED_THERE),
        (3008, FAILED_THERE),
        (8005, FAILED_THERE),
        (3001, FAILED_THERE),
    ],
)
def test_the_code_decides_before_the_status(code: int, status: int, outcome: Outcome) -> None:
    failure = refused(status, code)

    assert outcome is outcome_of(failure)
    assert failure.retryable == (outcome in RETRYABLE)
    assert failure.may_be_charged == (outcome is PERHAPS_PAID)


@pytest.mark.parametrize(
    ("failure", "outcome"),
    [
        (cfai.ClientClosed("x"), FINAL),
        (cfai.ResponseTooLarge("x"), FINAL),
        (cfai.CertificateError("x"), FINAL),
        (cfai.DecodeError("x"), FINAL),
        (cfai.DecodeError("x", cut=True), PERHAPS_PAID),
    ],
)
def test_the_class_decides_where_no_refusal_came(failure: cfai.CfaiError, outcome: Outcome) -> None:
    assert outcome is outcome_of(failure)


@pytest.mark.parametrize("kind", [cfai.TransportError, cfai.RequestTimeout])
def test_a_broken_connection_is_judged_by_whether_the_request_was_sent(kind: type[cfai.TransportError]) -> None:
    failure = kind("x")
    assert NOT_PROCESSED is outcome_of(failure)
    failure.sent = True
    assert PERHAPS_PAID is outcome_of(failure)


def refused(status: int, code: int | None) -> cfai.ApiError:
    """The error as the wire makes it."""
    from cfai._wire.http_values import Headers, Response
    from cfai._wire.refusal.errors import refusal

    body = b"" if code is None else b'{"errors": [{"code": %d, "message": "x"}], "success": false}' % code
    return refusal(Response(status=status, headers=Headers({}), body=body), "@cf/a/b", "0" * 32)


# -- whether, and after which wait


def wait(attempt: int, outcome: Outcome = NOT_PROCESSED, **changes: Any) -> float | None:
    given = {"retry_after": None, "now": 0.0, "deadline": None, "random": lambda: 1.0}
    retry = changes.pop("retry", cfai.Retry())
    return wait_before_next(retry, attempt, outcome, **{**given, **changes})


outcomes = st.sampled_from(Outcome)
seconds = st.floats(0, 1000)
rules = st.builds(
    cfai.Retry, attempts=st.integers(1, 10), backoff=seconds, backoff_max=seconds, lost_answers=st.booleans()
)


@given(retry=rules, attempt=st.integers(1, 12), outcome=outcomes, share=st.floats(0, 1, exclude_max=True))
def test_a_wait_is_anything_from_0_to_its_limit(
    retry: cfai.Retry, attempt: int, outcome: Outcome, share: float
) -> None:
    found = wait(attempt, outcome, retry=retry, random=lambda: share)
    allowed = outcome in RETRIED or (outcome is PERHAPS_PAID and retry.lost_answers)

    assert (found is not None) == (allowed and attempt < retry.attempts)
    if found is not None:
        assert 0 <= found <= min(retry.backoff_max, retry.backoff * 2 ** (attempt - 1))
        assert found == share * min(retry.backoff_max, retry.backoff * 2 ** (attempt - 1))


def test_the_limits_double_up_to_the_longest() -> None:
    waits = [wait(attempt, retry=cfai.Retry(attempts=8)) for attempt in range(1, 9)]

    assert [0.5, 1, 2, 4, 8, 8, 8, None] == waits
    assert 8 == wait(5000, retry=cfai.Retry(attempts=10**4))


@given(outcome=st.sampled_from(sorted(RETRIED, key=str)), asked=seconds, now=seconds, left=seconds)
def test_what_the_server_asks_is_obeyed_where_it_fits_and_else_nothing_is_tried(
    outcome: Outcome, asked: float, now: float, left: float
) -> None:
    found = wait(1, outcome, retry_after=asked, now=now, deadline=now + left)

    assert found == (asked if now + asked < now + left else None)


@given(now=seconds, left=st.floats(-10, 10), attempt=st.integers(1, 2))
def test_no_wait_goes_beyond_the_deadline(now: float, left: float, attempt: int) -> None:
    found = wait(attempt, now=now, deadline=now + left)

    assert found is None or now + found < now + left


def test_a_thousand_clients_do_not_come_back_together() -> None:
    numbers = random.Random(7)
    waits = sorted(wait(3, random=numbers.random, retry=cfai.Retry(attempts=4)) or 0 for _ in range(1000))

    # Kolmogorov-Smirnov against the uniform distribution up to 2 s, at the level of one in ten thousand
    distance = max(abs((place + 1) / 1000 - found / 2) for place, found in enumerate(waits))
    assert distance < 2.2 / 1000**0.5


# -- the budget, with whole services in virtual time


class Service:
    """Calls against a service that fails or not, one after another, without a second passing."""

    def __init__(self, retry: cfai.Retry) -> None:
        self.retry, self.budget = retry, RetryBudget(retry.budget)
        self.requests = 0

    def call(self, *, fails: bool) -> int:
        """Make one call; give the number of its requests."""
        for attempt in itertools.count(1):
            self.requests += 1
            if not fails:
                self.budget.pay_back()
                return attempt
            if wait(attempt, retry=self.retry) is None or not self.budget.take():
                return attempt
        raise AssertionError


@pytest.mark.parametrize("attempts", [2, 3, 10])
def test_a_thousand_calls_that_all_fail_make_at_most_eleven_hundred_requests(attempts: int) -> None:
    service = Service(cfai.Retry(attempts=attempts))
    for _ in range(1000):
        service.call(fails=True)

    assert 1100 == service.requests


def test_successes_bring_the_retries_back() -> None:
    service = Service(cfai.Retry())
    for _ in range(100):
        service.call(fails=True)
    assert 1 == service.call(fails=True)
    for _ in range(2):
        service.call(fails=False)
    assert 3 == service.call(fails=True)
    assert 1 == service.call(fails=True)
    for _ in range(1000):
        service.call(fails=False)
    before = service.requests
    for _ in range(1000):
        service.call(fails=True)
    assert 1100 == service.requests - before


@given(budget=st.integers(0, 20), calls=st.lists(st.booleans(), max_size=200))
def test_retries_never_outnumber_the_budget_and_the_successes(budget: int, calls: list[bool]) -> None:
    service = Service(cfai.Retry(budget=budget))
    for fails in calls:
        service.call(fails=fails)

    assert service.requests <= len(calls) + budget + calls.count(False)


# -- the rules as a value


@pytest.mark.parametrize(
    "changes",
    [
        *[{"attempts": value} for value in (0, -1, True, 1.5, "3", None)],
        *[{"budget": value} for value in (-1, True, 1.5, None)],
        *[
            {name: value}
            for name in ("backoff", "backoff_max")
            for value in (-0.1, True, "1", None, 1e400, float("nan"))
        ],
        {"lost_answers": 1},
    ],
)
def test_what_is_no_rule_is_refused_by_name(changes: dict[str, Any]) -> None:
    with pytest.raises(cfai.ConfigError, match=f"retry {next(iter(changes))}: ") as caught:
        cfai.Retry(**changes)

    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("retry", [3, True, "twice", {"attempts": 2}])
def test_an_option_that_is_no_rule_is_refused(retry: Any) -> None:
    with pytest.raises(cfai.ConfigError, match=r"retry: must be a cfai\.Retry"):
        cfai.RequestOptions(retry=retry)
