"""Breaks a line of cfai in a copy, and looks whether the test that proves the promise fails: docs/promises.md.

python tests/mutants             all rows of the page's table
python tests/mutants --short     the first three: shows that it works
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import cfai

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "promises.md"
_LIMIT = 300.0
_FAILED = 1
"""pytest's exit code where tests ran and one of them failed; all others say that there was nothing to see."""


class Mutant(NamedTuple):
    """One line that is broken, and the test that has to notice."""

    file: str
    line: str
    becomes: str
    test: str


def mutants() -> Iterator[Mutant]:
    """Read the table of the page."""
    section = PAGE.read_text(encoding="utf-8").split("(mutants)=", 1)[1].split("\n## ", 2)[1]
    for row in section.splitlines():
        if row.startswith("| `"):
            yield Mutant(*re.findall(r"`([^`]+)`", row))


def main() -> int:
    """Run all; give 0 where each was caught."""
    parser = argparse.ArgumentParser(prog="mutants", description="Look whether the tests notice broken promises.")
    parser.add_argument("--short", action="store_true", help="the first three alone")
    chosen = list(mutants())[: 3 if parser.parse_args().short else None]
    missed = [mutant for mutant in chosen if not caught(mutant)]
    print(f"{len(chosen) - len(missed)} of {len(chosen)} caught")
    return 1 if missed else 0


def caught(mutant: Mutant) -> bool:
    """Break the line in a copy and run the test there."""
    with tempfile.TemporaryDirectory() as directory:
        copy = Path(directory)
        shutil.copytree(Path(cfai.__file__).parent, copy / "cfai", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(ROOT / "tests", copy / "tests", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", copy)
        broken = copy / mutant.file
        text = broken.read_text(encoding="utf-8")
        if text.count(mutant.line) != 1:
            print(f"GONE    {mutant.file}: {mutant.line}")
            return False
        broken.write_text(text.replace(mutant.line, mutant.becomes), encoding="utf-8")
        noticed = run(copy, mutant.test) == _FAILED
    print(f"{'caught' if noticed else 'MISSED':<7} {mutant.file}: {mutant.becomes}", flush=True)
    return noticed


def run(copy: Path, test: str) -> int:
    """Give pytest's exit code."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", str(copy / test)],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=_LIMIT,
        check=False,
    )
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
