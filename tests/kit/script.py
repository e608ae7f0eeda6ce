"""Scripts in an interpreter of their own: for what happens at its exit, in its threads, to its signals."""

import os
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

import cfai

from .secrets import ACCOUNT, TOKEN
from .server import Server

LIMIT = 10.0
"""Seconds that a script may take: what hangs is killed, and its test fails."""


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str

    def assert_quiet(self) -> None:
        assert (self.code, self.err) == (0, ""), f"exit {self.code}\n{self.out}\n{self.err}"


def start(source: str, server: Server | None, *flags: str, **environment: str) -> "subprocess.Popen[str]":
    """Start a script in a fresh interpreter, in which the clients find *server*. `finish` closes its input."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("CLOUDFLARE_")}
    env["PYTHONPATH"] = str(Path(cfai.__file__).parents[1])
    if server is not None:
        env |= {"CLOUDFLARE_ACCOUNT_ID": ACCOUNT, "CLOUDFLARE_API_TOKEN": TOKEN, "CLOUDFLARE_BASE_URL": server.base_url}
    return subprocess.Popen(
        [sys.executable, *flags, "-c", textwrap.dedent(source)],
        env={**env, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: "subprocess.Popen[str]", within: float = LIMIT) -> Ended:
    """Wait for a script."""
    try:
        out, err = process.communicate(timeout=within)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        raise AssertionError(f"still running after {within} s\n{out}\n{err}") from None
    return Ended(process.returncode, out, err)


def run(source: str, server: Server | None = None, *flags: str, **environment: str) -> Ended:
    """Run a script to its end."""
    return finish(start(source, server, *flags, **environment))
