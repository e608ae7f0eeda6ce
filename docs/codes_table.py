"""Writes the table of codes in docs/errors.md anew, from cfai's own table.

`python docs/codes_table.py` puts it into the page, between its two marks; a test holds the page to it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cfai._wire.refusal.codes import CODES, STATUSES, Code, Outcome, Verdict
from cfai.errors import ApiError

PAGE: Final = Path(__file__).parent / "errors.md"
BEGIN: Final = "<!-- made by docs/codes_table.py: begin -->\n"
END: Final = "<!-- made by docs/codes_table.py: end -->\n"


def tables() -> str:
    """Return both tables: of the codes, and of the statuses."""
    return "\n".join((*_codes(), "", *_statuses()))


def page_with(made: str, text: str) -> str:
    """Return the page with *made* between its marks."""
    above, _, rest = text.partition(BEGIN)
    return f"{above}{BEGIN}\n{made}\n\n{END}{rest.partition(END)[2]}"


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


def main() -> None:
    """Write the page anew."""
    PAGE.write_text(page_with(tables(), PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
