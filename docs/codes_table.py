"""The tables of codes in docs/errors.md, made from cfai's own when the documentation is built.

`python docs/codes_table.py` prints them.
"""

from collections.abc import Iterator

from cfai._wire.refusal.codes import CODES, STATUSES, Code, Outcome, Verdict
from cfai.errors import ApiError


def tables() -> str:
    """Return both tables: of the codes, and of the statuses."""
    return "\n".join((*_codes(), "", *_statuses()))


def _codes() -> Iterator[str]:
    yield "| code | seen with status | error | what the service did |"
    yield "| --- | --- | --- | --- |"
    for name, code in CODES.items():
        shown = f"`{name}`" if isinstance(name, str) else str(name)
        seen = ", ".join(map(str, code.seen)) or "not known"
        yield f"| {shown} | {seen} | {'; '.join(_kinds(code))} | {'; '.join(_outcomes(code))} |"


def _kinds(code: Code) -> Iterator[str]:
    yield _named(code.kind)
    yield from (f"{_named(case.kind)}: {case.when}" for case in code.cases)


def _outcomes(code: Code) -> Iterator[str]:
    yield code.outcome.value
    for case in code.cases:
        if case.outcome is not code.outcome:
            yield f"{_done(case.outcome)}: {case.when}"


def _statuses() -> Iterator[str]:
    groups: dict[Verdict, list[int]] = {}
    for status, verdict in sorted(STATUSES.items()):
        groups.setdefault(verdict, []).append(status)
    yield "| status, without a code above | error | what the service did |"
    yield "| --- | --- | --- |"
    for (kind, outcome), statuses in groups.items():
        yield f"| {', '.join(map(str, statuses))} | {_named(kind)} | {outcome.value} |"
    yield f"| 404, without any code | `ModelNotFound` | {Outcome.FINAL.value} |"
    yield f"| other 5xx | `ServerError` | {Outcome.FINAL.value} |"
    yield f"| all others | `ApiError` | {Outcome.FINAL.value} |"


def _named(kind: type[ApiError] | None) -> str:
    return "by the status" if kind is None else f"`{kind.__name__}`"


def _done(outcome: Outcome | None) -> str:
    return "by the status" if outcome is None else outcome.value


if __name__ == "__main__":
    print(tables())
