"""Usage in streams, whose records add up in three ways that do not go together (docs/wire.md 4)."""

from typing import Any

from attrs import evolve

from ...usage import Usage
from .fast_path import Details, Record
from .usage import read_usage


class _Counts:
    """Four counts and the neurons, of which None was said where no record has any."""

    __slots__ = ("counts", "neurons")

    def __init__(self) -> None:
        self.counts = [0, 0, 0, 0]
        self.neurons: float | None = None

    def usage(self) -> Usage:
        prompt, completion, total, cached = self.counts
        return Usage(prompt, completion, total, cached, self.neurons)


def _said_by(record: Record) -> tuple[int, int, int, int, float | None]:
    """Give what a `Usage` has, in its order."""
    prompt, completion, total = record.prompt_tokens or 0, record.completion_tokens or 0, record.total_tokens
    details = record.prompt_tokens_details
    cached = 0 if details is None else details.cached_tokens or 0
    return prompt, completion, prompt + completion if total is None else total, cached, record.neurons


class UsageSums:
    """Adds up the records of a stream.

    The service's last native record is the total and wins. Else the records are increments if the first of them alone
    has tokens of the prompt, for a prompt is counted once; else each is the total so far, and the largest counts. A
    record of nothing but zeros, with which some streams end, erases nothing.
    """

    __slots__ = ("_begun", "_first_has_prompt", "_largest", "_latest", "_prompts", "_said", "_sum", "_total")

    def __init__(self) -> None:
        self._sum = _Counts()
        self._largest = _Counts()
        self._total: Usage | None = None
        self._latest: dict[str, Any] = {}
        self._said = False
        self._begun = False
        self._prompts = 0
        self._first_has_prompt = False

    def add(self, records: list[Record]) -> None:
        """Take in the *records* of events, of which recent streams have one each."""
        self._said = True
        rows = [row for row in map(_said_by, records) if any(row)]
        if not rows:
            return
        *columns, neurons = zip(*rows, strict=True)  # column by column: that is C's work
        prompts = columns[0]
        if not self._begun:
            self._begun, self._first_has_prompt = True, bool(prompts[0])
        self._prompts += len(prompts) - prompts.count(0)
        sums, largest = self._sum, self._largest
        sums.counts = list(map(sum, columns, sums.counts))
        largest.counts = [max(had, *column) for had, column in zip(largest.counts, columns, strict=True)]
        for each in neurons:
            if each is not None:
                sums.neurons = each + (sums.neurons or 0.0)
                largest.neurons = max(each, largest.neurons or 0.0)

    def add_record(self, record: Any, path: str, skipped: list[str]) -> None:
        """Take in a *record* as it was decoded."""
        self.add_usage(read_usage(record, path, skipped))

    def add_usage(self, usage: Usage | None) -> None:
        """Take in a record that was read already."""
        if usage is not None:
            cached = Details(usage.cached_tokens)
            self.add([Record(usage.prompt_tokens, usage.completion_tokens, usage.total_tokens, cached, usage.neurons)])

    def add_total(self, record: Any, path: str, skipped: list[str]) -> None:
        """Take in a *record* that is the total of the call."""
        usage = read_usage(record, path, skipped)
        if usage is None:
            return
        self._said = True
        if usage != Usage(neurons=usage.neurons) or usage.neurons:
            self._total = usage

    def add_latest(self, record: Any, path: str, skipped: list[str]) -> None:
        """Take in a *record* of Anthropic's: each count that is usable takes the place of an earlier one."""
        unusable: list[str] = []
        if read_usage(record, path, unusable) is not None:
            for key, count in record.items():
                # of the details the whole object, for it takes the place of the earlier one
                if count is not None and not any(f"{bad}.".startswith(f"{path}.{key}.") for bad in unusable):
                    self._latest[key] = count
        skipped.extend(unusable)

    def usage(self) -> Usage | None:
        """Say what all records come to; None where there was none."""
        if self._latest:
            return read_usage(self._latest, "$.usage", [])
        sums = self._prompts == 1 and self._first_has_prompt
        counted = (self._sum if sums else self._largest).usage() if self._said else None
        if self._total is None or counted is None:
            return counted
        if self._total.neurons is not None:
            return self._total
        return evolve(self._total, neurons=counted.neurons)
