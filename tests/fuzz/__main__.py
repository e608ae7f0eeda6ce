"""Looks for bytes that make cfai raise what is not a `CfaiError`: answers, streams, inputs, names, led by coverage.

    python tests/fuzz                      60 seconds, divided between the targets and all processors
    python tests/fuzz --seconds 5          in a hurry
    python tests/fuzz --only media         this target alone
    python tests/fuzz --again media 6147   one input, in hex, without a fuzzer

It begins with the answers of tests/samples, and needs atheris, which has wheels for CPython on Linux alone. It exits
with 1 where something broke, and with 2 where there is no atheris; with `--if-available` that is no failure.
"""

import argparse
import importlib.util
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

NAMES = ("answers", "shaped", "structured", "inputs", "names", "media", "sse", "chunks")
_SECONDS = 60
_START = 60
"""Seconds that a target may take beside those that it fuzzes."""


def main() -> int:
    """Print a line for each target, and the input that broke something."""
    arguments = _arguments()
    if arguments.again:
        return _again(*arguments.again)
    if importlib.util.find_spec("atheris") is None:
        return _without_atheris(arguments.if_available)
    names = arguments.only or NAMES
    at_once = min(len(names), os.cpu_count() or 1)
    seconds = max(1, round(arguments.seconds * at_once / len(names)))
    began = time.monotonic()
    print(_row("target", "seconds", "inputs", "a second", "edges", "verdict"))
    with ThreadPoolExecutor(at_once) as pool:
        told = [pool.submit(_fuzz, name, seconds) for name in names]
        good = [_show(name, seconds, each.result()) for name, each in zip(names, told, strict=True)]
    print(f"{'nothing broke' if all(good) else 'BROKEN'}, in {time.monotonic() - began:.0f} s")
    return 0 if all(good) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="fuzz", description="Look for bytes that break cfai.")
    parser.add_argument("--seconds", type=int, default=_SECONDS, help="in all (%(default)s)")
    parser.add_argument("--only", action="append", choices=NAMES, help="this target alone; may be given again")
    parser.add_argument("--again", nargs=2, metavar=("TARGET", "HEX"), help="try one input again")
    parser.add_argument("--if-available", action="store_true", help="succeed where there is no atheris")
    return parser.parse_args()


def _without_atheris(allowed: bool) -> int:
    where = f"{platform.python_implementation()} {platform.python_version()} on {platform.system()}"
    if allowed:
        print(f"fuzz: skipped, there is no atheris for {where}")
        return 0
    print(f"fuzz: atheris is not installed for {where}; --if-available lets that pass", file=sys.stderr)
    return 2


def _again(name: str, data: str) -> int:
    from targets import TARGETS

    TARGETS[name][0](bytes.fromhex(data))
    print(f"{name}: nothing breaks")
    return 0


class _Told(NamedTuple):
    """What a fuzzer said."""

    code: int
    ours: str
    """The report of an input that broke something."""
    its: str
    """The fuzzer's own log."""
    inputs: list[str]
    """Those that it kept because they broke something, hung, or took too much memory."""


def _fuzz(name: str, seconds: int) -> _Told:
    script = Path(__file__).with_name("one.py")
    with tempfile.TemporaryDirectory(prefix="cfai-fuzz-") as directory:
        command = [sys.executable, script, name, directory, str(seconds)]
        try:
            done = subprocess.run(
                command, capture_output=True, encoding="utf-8", errors="replace", timeout=seconds + _START, check=False
            )
        except subprocess.TimeoutExpired:
            return _Told(1, f"{name}: still running after {seconds + _START} s", "", [])
        found = sorted(Path(directory).glob("broken-*"))
        return _Told(
            done.returncode, done.stdout, done.stderr, [f"{path.name}: {path.read_bytes().hex()}" for path in found]
        )


def _show(name: str, seconds: int, told: _Told) -> bool:
    """Print what came of one target, and say whether it is good."""
    runs = int((re.findall(r"^#(\d+)\s", told.its, re.MULTILINE) or ["0"])[-1])
    edges = (re.findall(r"\bcov: (\d+)", told.its) or ["0"])[-1]
    good = told.code == 0 and not told.inputs and runs > 0
    verdict = "good" if good else "BROKEN"
    print(_row(name, str(seconds), f"{runs:,}", f"{runs / seconds:,.0f}", edges, verdict), flush=True)
    if not good:
        print(told.ours or "\n".join([*told.its.splitlines()[-40:], *told.inputs]))
    return good


def _row(*cells: str) -> str:
    name, *figures, verdict = cells
    return f"{name:<12}{''.join(f'{figure:>11}' for figure in figures)}   {verdict}"


if __name__ == "__main__":
    sys.exit(main())
