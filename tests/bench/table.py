"""The table: its lines, as text for a terminal and as Markdown for the documentation."""

from collections.abc import Iterable
from typing import NamedTuple


class Line(NamedTuple):
    """One piece of work and what it cost; a cell that means nothing there is empty."""

    work: str
    ours: str
    floor: str
    lean: str = ""
    ratio: str = ""
    to_lean: str = ""
    budget: str = ""
    kept: bool | None = None
    """Whether the budget was kept; None where there is none."""

    @property
    def cells(self) -> tuple[str, ...]:
        """All of it as words."""
        return (*self[:7], {None: "", True: "yes", False: "no"}[self.kept])


HEAD = ("work", "cfai", "floor", "lean", "ratio", "to lean", "budget", "kept")
_WIDTHS = (28, 10, 10, 10, 8, 8, 8, 4)


def text(cells: Iterable[str]) -> str:
    """Write one line for a terminal."""
    first, *others = (f"{cell:>{width}}" for cell, width in zip(cells, _WIDTHS, strict=True))
    return " ".join((first.strip().ljust(_WIDTHS[0]), *others)).rstrip()


def markdown(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Write a table in Markdown: the first column to the left, figures to the right."""
    names = list(head)
    lines = [names, ["---", *("---:" for _ in names[1:])], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def read_markdown(written: str) -> list[list[str]]:
    """Read the cells of the first table in *written*, its head first; none where there is no table."""
    lines = [line for line in written.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in (*lines[:1], *lines[2:])]
