"""Whole processes: an import, a script that makes one call, and the command's help."""

import importlib.util
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from setting import Setting, compared, in_turns
from table import Line

SCRIPTS = Path(__file__).with_name("scripts")
_KEPT = ("HOME", "LANG", "LD_LIBRARY_PATH", "PATH", "PYTHONPATH", "SYSTEMROOT", "TMPDIR")
"""What a child gets of the environment: no credentials, no proxy, and nothing that keeps it from writing bytecode."""


class Ended(Exception):
    """A process failed. Its command is not in the message, which may come into a document: that has paths in it."""


class Script:
    """The same short program several ways: import, one call, exit."""

    turns = 5

    def __init__(self, work: str, ways: Mapping[str, str], *, budget: float) -> None:
        self.work = work
        self.ways = ways
        """The scripts' names."""
        self.budget = budget

    def measured(self, setting: Setting) -> Line:
        """Measure it."""
        ways = {name: self._command(setting, name) for name in self.ways}
        warm(ways)
        return compared(self.work, in_turns(ways, setting.turns(self.turns), cpu_of), ms, self.budget)

    def ours(self, setting: Setting) -> float:
        """Return what one run of the script with cfai costs."""
        return cpu_of(self._command(setting, "cfai"))

    def _command(self, setting: Setting, name: str) -> list[str]:
        return [sys.executable, str(SCRIPTS / self.ways[name]), setting.base_url]


class Import:
    """An import beside an interpreter that does nothing, and how many milliseconds of CPU it may take above that."""

    turns = 2

    def __init__(self, work: str, arguments: Sequence[str], *, budget: float) -> None:
        self.work = work
        self.ways = beside_bare(arguments)
        self.budget = budget

    def measured(self, setting: Setting) -> Line:
        """Measure it."""
        warm(self.ways)
        taken = in_turns(self.ways, setting.turns(self.turns), cpu_of)
        cells = [ms(statistics.median(times)) for times in taken.values()]
        above = statistics.median(ours - bare for ours, bare in zip(*taken.values(), strict=True))
        good = 1e3 * above <= self.budget
        return Line(self.work, *cells, ratio=f"{1e3 * above:+.1f} ms", budget=f"{self.budget:.0f} ms", kept=good)

    def ours(self, setting: Setting) -> float:
        """Return what a process that imports cfai costs, the interpreter's own start included."""
        return cpu_of(self.ways["cfai"])


class Help:
    """The command's help by the clock, and how many milliseconds it may take in all; it needs the extra `cli`."""

    turns = 2

    def __init__(self, work: str, arguments: Sequence[str], *, budget: float) -> None:
        self.work = work
        self.ways = beside_bare(arguments)
        self.budget = budget

    def measured(self, setting: Setting) -> Line:
        """Measure it, where it can run."""
        budget = f"{self.budget:.0f} ms"
        if importlib.util.find_spec("cyclopts") is None:
            return Line(self.work, "no cyclopts", "", budget=budget)
        warm(self.ways)
        taken = in_turns(self.ways, setting.turns(self.turns), wall_of)
        # The least: what else the machine does can only add to it, and there is no floor whose ratio would cancel it.
        least = {name: min(times) for name, times in taken.items()}
        good = 1e3 * least["cfai"] <= self.budget
        return Line(self.work, *map(ms, least.values()), budget=budget, kept=good)

    def ours(self, setting: Setting) -> float:
        """Return what one start of the command costs."""
        return wall_of(self.ways["cfai"])


def beside_bare(arguments: Sequence[str]) -> dict[str, list[str]]:
    """Give Python with *arguments*, and Python that does nothing."""
    # -P: what is installed, and not what lies in the directory from where this is started.
    return {"cfai": [sys.executable, "-P", *arguments], "floor": [sys.executable, "-P", "-c", "pass"]}


def ms(seconds: float) -> str:
    """Write milliseconds."""
    return f"{1e3 * seconds:.1f} ms"


def warm(ways: Mapping[str, Sequence[str]]) -> None:
    """Run each once: that writes the bytecode."""
    for command in ways.values():
        cpu_of(command)


def environment(**more: str) -> dict[str, str]:
    """Give what a child gets of the environment."""
    return {name: os.environ[name] for name in _KEPT if name in os.environ} | more


def cpu_of(command: Sequence[str], env: Mapping[str, str] | None = None) -> float:
    """Give the seconds of CPU that *command* takes, start and end of the interpreter among them.

    Raises:
        Ended: It failed.
    """
    child = subprocess.Popen(command, env=env or environment(), stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise Ended(f"ended with {child.returncode}")
    return used.ru_utime + used.ru_stime


def wall_of(command: Sequence[str]) -> float:
    """Give the seconds that *command* takes by the clock."""
    began = time.perf_counter()
    subprocess.run(command, env=environment(), stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began
