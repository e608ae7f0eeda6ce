"""Breaks a line of cfai in a copy, and looks whether the test that proves the promise fails: docs/promises.md.

python tests/mutants             all rows of the page's table
python tests/mutants --short     the first three: shows that it works
python tests/mutants WORD ...    those whose row has one of the words

First all tests run on the code as it is, for a test that fails anyway proves nothing. And each time one more test runs,
of a plain call, which has to pass: a line that breaks everything proves nothing either.
"""

import argparse
import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import NamedTuple

import cfai

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "promises.md"
PLAIN_CALL = "tests/client/test_requests_raw.py::test_the_user_agent_names_cfai_and_python"
_AT_ONCE = 3
"""How many run at a time, on two cores: those that hang only wait. More would make each other late."""
_LIMIT = 300.0
_SEEN = 0, 1
"""pytest's exit codes where tests ran; all others say that there was nothing to see."""


class Mutant(NamedTuple):
    """One line that is broken, and the test that has to notice."""

    file: str
    line: str
    becomes: str
    test: str

    def __str__(self) -> str:
        return f"{self.file}: {self.line}  ->  {self.becomes}"


def mutants() -> Iterator[Mutant]:
    """Read the table of the page."""
    section = PAGE.read_text(encoding="utf-8").split("(mutants)=", 1)[1].split("\n## ", 2)[1]
    for row in section.splitlines():
        if row.startswith("| `"):
            yield Mutant(*re.findall(r"`([^`]+)`", row))


def main() -> int:
    """Run all; give 0 where each was caught."""
    parser = argparse.ArgumentParser(prog="mutants", description="Look whether the tests notice broken promises.")
    parser.add_argument("words", nargs="*", metavar="WORD", help="those alone whose row has one of the words")
    parser.add_argument("--short", action="store_true", help="the first three alone")
    given = parser.parse_args()
    chosen = [each for each in mutants() if not given.words or any(word in "".join(each) for word in given.words)]
    chosen = chosen[: 3 if given.short else None]
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as directory:
        good = all_are_good(Workshop(Path(directory)), chosen)
    print(f"{good} of {len(chosen)} caught in {time.monotonic() - started:.0f} s")
    return 0 if good == len(chosen) > 0 else 1


def all_are_good(workshop: "Workshop", chosen: list[Mutant]) -> int:
    """Say how many were caught; none where the tests fail anyway."""
    good = 0
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        unbroken = pool.submit(workshop.passes_unbroken, dict.fromkeys(mutant.test for mutant in chosen))
        try:
            for done in as_completed([pool.submit(workshop.is_caught, mutant) for mutant in chosen]):
                good += done.result()
        finally:
            pool.shutdown(cancel_futures=True)
    return good if unbroken.result() else 0


class Workshop:
    """One copy of the tests, and a copy of the code for each mutant."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(Path(cfai.__file__).parent, directory / "whole" / "cfai", ignore=ignored)
        shutil.copytree(ROOT / "tests", directory / "tests", ignore=ignored)
        shutil.copy(ROOT / "pyproject.toml", directory)
        subprocess.run([sys.executable, "-m", "compileall", "-q", str(directory)], check=False)

    def passes_unbroken(self, tests: Iterable[str]) -> bool:
        """Run all tests on the code as it is."""
        code, out = self._run(self._directory / "whole", tests)
        if code != 0:
            print(f"WITHOUT ANY CHANGE there are failures (pytest ended with {code}):\n{out}", flush=True)
        return code == 0

    def is_caught(self, mutant: Mutant) -> bool:
        """Break the line in a copy and run the test there."""
        started = time.monotonic()
        with tempfile.TemporaryDirectory(dir=self._directory) as directory:
            shutil.copytree(self._directory / "whole", directory, dirs_exist_ok=True)
            broken = Path(directory) / mutant.file
            text = broken.read_text(encoding="utf-8")
            if text.count(mutant.line) != 1:
                verdict = "GONE"
            else:
                broken.unlink()  # so that its time is a new one, and what Python compiled is not taken for it
                broken.write_text(text.replace(mutant.line, mutant.becomes), encoding="utf-8")
                verdict = _verdict(mutant.test, *self._run(Path(directory), [PLAIN_CALL, mutant.test]))
        print(f"{verdict:<8} {time.monotonic() - started:5.1f} s  {mutant}", flush=True)
        return verdict == "caught"

    def _run(self, code: Path, tests: Iterable[str]) -> tuple[int, str]:
        """Give pytest's exit code, and what it prints."""
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "pytest", "-q", "--tb=no", "-x", "-rfE", "-p", "no:cacheprovider"),
                *(str(self._directory / test) for test in tests),
            ],
            cwd=code,
            env={**os.environ, "PYTHONPATH": str(code), "COLUMNS": "400"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            out, _ = process.communicate(timeout=_LIMIT)
        except subprocess.TimeoutExpired:
            return -1, f"not over after {_LIMIT:g} s"
        finally:
            with contextlib.suppress(ProcessLookupError):  # a child that a broken fork left hanging, too
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        return process.returncode, out


def _verdict(test: str, code: int, out: str) -> str:
    if code not in _SEEN:
        return "NOT RUN"
    if _failed(PLAIN_CALL, out):
        return "BREAKS"  # all
    return "caught" if _failed(test, out) else "MISSED"


def _failed(test: str, out: str) -> bool:
    """Look for *test*, or a case of it, in pytest's list of what failed; it writes the way to the file before it."""
    return re.search(rf"^(FAILED|ERROR) (\.\./)*{re.escape(test)}(\[| |$)", out, re.MULTILINE) is not None


if __name__ == "__main__":
    sys.exit(main())
