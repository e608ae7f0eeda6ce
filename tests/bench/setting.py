"""What all rows of one run share, and what their figures are made of."""

import random
import statistics
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, TypeVar

from table import Line

T = TypeVar("T")


class Setting(NamedTuple):
    """One run of the benchmark."""

    base_url: str
    """The server's address."""
    rounds: int
    short: bool
    """Only to show that it runs: a twentieth of the work."""

    def scaled(self, count: int, least: int = 1) -> int:
        """Give *count*, or a twentieth of it."""
        return max(least, count // 20) if self.short else count

    def turns(self, count: int) -> int:
        """Give how often each way takes its turn, where *count* turns make a round."""
        return self.rounds if self.short else self.rounds * count


def in_turns(ways: Mapping[str, T], turns: int, measure: Callable[[T], float]) -> dict[str, list[float]]:
    """Give what each way's turns cost; the ways follow each other in a new order each time."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    order = list(ways)
    for _ in range(turns):
        random.shuffle(order)
        for name in order:
            taken[name].append(measure(ways[name]))
    return taken


def ratio(ours: Iterable[float], theirs: Iterable[float]) -> float:
    """Give the median of the turns' own ratios: a machine that is busy for a while slows both sides of one."""
    return statistics.median(mine / other for mine, other in zip(ours, theirs, strict=True))


def compared(work: str, taken: Mapping[str, list[float]], unit: Callable[[float], str], budget: float) -> Line:
    """Make a line of what the ways' turns cost, with the budget in multiples of the floor."""
    medians = {name: unit(statistics.median(costs)) for name, costs in taken.items()}
    found = ratio(taken["cfai"], taken["floor"])
    to_lean = f"{ratio(taken['cfai'], taken['lean']):.2f} x" if "lean" in taken else ""
    return Line(
        work,
        medians["cfai"],
        medians["floor"],
        medians.get("lean", ""),
        f"{found:.2f} x",
        to_lean,
        f"{budget:.2f} x",
        found <= budget,
    )
