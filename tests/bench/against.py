"""Two revisions of cfai beside each other: processes of each, which measure the same rows in turns.

Both run this benchmark's code; what differs is the cfai that is installed where they run. The other revision is taken
out of git and installed into an environment of its own, once.
"""

import io
import random
import statistics
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import NamedTuple

import rows
from environments import python_with
from processes import environment
from setting import Setting
from workers import Failed, Worker, started

MEDIAN, QUARTILE = 1.02, 1.0
"""A row is slower where the median of its ratios and their lower quartile are both above these."""

_PROCESSES = 6
"""Processes of each revision that share the turns of a row: by luck with its memory alone, a process is up to a tenth
faster or slower than the next one of the same code."""

HEAD = ("work", "now", "before", "ratio", "quartiles", "")
_ROOT = Path(__file__).parents[2]
_NEEDED = ("orjson>=3.11", "multidict")
_WIDTHS = (30, 12, 12, 8, 14, 8)


class Line(NamedTuple):
    """One row: what it costs now and what it cost before."""

    work: str
    now: float = 0.0
    before: float = 0.0
    ratios: tuple[float, ...] = ()
    problem: str = ""

    @property
    def slower(self) -> bool:
        """Whether it has become slower."""
        return bool(self.ratios) and self._median > MEDIAN and self._quartiles[0] > QUARTILE

    @property
    def cells(self) -> tuple[str, ...]:
        """Return it as words."""
        if self.problem:
            return (self.work, self.problem, "", "", "", "")
        low, high = self._quartiles
        costs = (_written(self.work, cost) for cost in (self.now, self.before))
        return (self.work, *costs, f"{self._median:.3f} x", f"{low:.2f} to {high:.2f}", "slower" if self.slower else "")

    @property
    def _median(self) -> float:
        return statistics.median(self.ratios)

    @property
    def _quartiles(self) -> tuple[float, float]:
        if len(self.ratios) < 2:
            return self.ratios[0], self.ratios[0]
        low, _, high = statistics.quantiles(self.ratios, n=4, method="inclusive")
        return low, high


def text(cells: tuple[str, ...]) -> str:
    """Return one line for a terminal."""
    first, *others = (f"{cell:>{width}}" for cell, width in zip(cells, _WIDTHS, strict=True))
    return " ".join((first.strip().ljust(_WIDTHS[0]), *others)).rstrip()


def compared(setting: Setting, sound: Path, revision: str, words: str) -> Iterator[Line]:
    """Measure each row whose name has *words* in it, in turns."""
    pythons = {"now": sys.executable, "before": _python_of(revision)}
    for place, row in enumerate(rows.rows(sound)):
        if words in row.work:
            yield _line(setting, row, place, pythons, sound)


def _line(setting: Setting, row: rows.Row, place: int, pythons: Mapping[str, str], sound: Path) -> Line:
    taken: dict[str, list[float]] = {name: [] for name in pythons}
    turns = max(1, setting.turns(row.turns))
    processes = min(_PROCESSES, turns)
    try:
        for number in range(processes):
            with ExitStack() as stack:
                sides = {name: stack.enter_context(_side(each, setting, sound)) for name, each in pythons.items()}
                _take_turns(sides, place, turns // processes + (number < turns % processes), taken)
    except Failed as failure:
        return Line(row.work, problem=str(failure)[:60])
    medians = (statistics.median(taken[name]) for name in ("now", "before"))
    ratios = (now / before for now, before in zip(taken["now"], taken["before"], strict=True))
    return Line(row.work, *medians, tuple(ratios))


def _take_turns(sides: Mapping[str, Worker], place: int, turns: int, taken: dict[str, list[float]]) -> None:
    order = list(sides)
    for name in order:  # the first turn of each fills what is filled once
        sides[name].cost_of(place)
    for _ in range(turns):
        random.shuffle(order)
        for name in order:
            taken[name].append(sides[name].cost_of(place))


def _side(python: str, setting: Setting, sound: Path) -> AbstractContextManager[Worker]:
    # Not PYTHONPATH: it could put a checkout in the place of what is installed.
    given = {name: value for name, value in environment().items() if name != "PYTHONPATH"}
    script = str(Path(__file__).with_name("side.py"))
    return started(python, script, given, setting.base_url, str(sound), str(int(setting.short)))


def _python_of(revision: str) -> str:
    """Return the interpreter of an environment in which *revision* is installed."""
    commit = _git("rev-parse", "--verify", f"{revision}^{{commit}}").decode().strip()
    source = Path(sys.prefix, "revisions", commit)
    if not source.exists():
        with tarfile.open(fileobj=io.BytesIO(_git("archive", commit))) as archive:
            archive.extractall(source, filter="data")
    return python_with(f"revision-{commit[:12]}", [f"{source}[cli,images,numpy]", *_NEEDED])


def _git(*arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=_ROOT, capture_output=True, check=True).stdout


def _written(work: str, cost: float) -> str:
    if "memory" in work or "waiting" in work:
        return f"{cost / 2**10:.1f} KB"
    return f"{1e6 * cost:.2f} us" if cost < 1e-3 else f"{1e3 * cost:.2f} ms"
