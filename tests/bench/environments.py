"""An environment of its own for each peer, made once and kept beside the one that the benchmark runs in."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

_HOME = Path(sys.prefix, "peers")
_LIMIT = 900
"""Seconds that an installation may take."""


class NotInstalled(Exception):
    """A peer can't be installed here."""


def python_with(name: str, requirements: Sequence[str]) -> str:
    """Give the interpreter of an environment with *requirements*.

    Raises:
        NotInstalled: There is none, and pip's own words are why.
    """
    home = _HOME / name
    python, stamp = str(home / "bin" / "python"), home / "requirements.txt"
    wanted = "\n".join(requirements)
    if not stamp.exists() or stamp.read_text() != wanted:
        _run(sys.executable, "-m", "venv", "--clear", str(home))
        _run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements)
        stamp.write_text(wanted)
    return python


def _run(*command: str) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_LIMIT, check=False)
    except subprocess.TimeoutExpired:
        raise NotInstalled(f"not ready after {_LIMIT} s") from None
    if done.returncode:
        said = [line for line in (done.stderr or done.stdout).splitlines() if line.startswith("ERROR")]
        raise NotInstalled(said[0].removeprefix("ERROR: ") if said else f"pip ended with {done.returncode}")
