"""The command as a user runs it: in a process of its own, or by `main()` where a test needs many of them."""

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from kit.secrets import ACCOUNT, TOKEN
from kit.server import Server

from cfai.cli import main
from cfai.emulator import Emulator


def _environment(env: Mapping[str, str]) -> dict[str, str]:
    """What Python needs to start, and *env*."""
    kept = ("HOME", "PATH", "PYTHONPATH", "SYSTEMROOT", "TEMP")
    measured = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}
    return {name: os.environ[name] for name in kept if name in os.environ} | measured | dict(env)


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str

    @property
    def said(self) -> list[str]:
        """The lines on stderr."""
        return self.err.splitlines()


@pytest.fixture
def command(tmp_path: Path) -> Callable[..., "subprocess.CompletedProcess[bytes]"]:
    """Run `python -m cfai` to its end, in an empty directory, with stdin closed unless `input` is given."""

    def run(*args: str, env: Mapping[str, str] | None = None, **kw: Any) -> "subprocess.CompletedProcess[bytes]":
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **kw}
        if "input" not in kw:
            streams["stdin"] = subprocess.DEVNULL
        line = [sys.executable, "-W", "error", "-m", "cfai", *args]
        return subprocess.run(line, env=_environment(env or {}), cwd=tmp_path, timeout=25, check=False, **streams)

    return run


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., "subprocess.Popen[bytes]"]]:
    """Start `python -m cfai` and go on; what still runs behind the test is killed."""
    started: list[subprocess.Popen[bytes]] = []

    def run(
        *args: str, env: Mapping[str, str] | None = None, stdin: int = subprocess.DEVNULL
    ) -> "subprocess.Popen[bytes]":
        with _interruptible():
            process = subprocess.Popen(
                [sys.executable, "-m", "cfai", *args],
                env=_environment(env or {}),
                cwd=tmp_path,
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


@contextmanager
def _interruptible() -> Iterator[None]:
    """See to it that Ctrl-C reaches what is started: a job in the background inherits that it is ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.fixture
def code(tmp_path: Path) -> Callable[[str], "subprocess.CompletedProcess[bytes]"]:
    """Run Python code in a process of its own."""

    def run(source: str) -> "subprocess.CompletedProcess[bytes]":
        line = [sys.executable, "-c", source]
        return subprocess.run(line, env=_environment({}), cwd=tmp_path, timeout=25, check=False, capture_output=True)

    return run


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


@pytest.fixture
def emulated(emulator: Emulator) -> dict[str, str]:
    """The environment that leads to the emulator."""
    return {
        "CLOUDFLARE_BASE_URL": emulator.base_url,
        "CLOUDFLARE_ACCOUNT_ID": emulator.account_id,
        "CLOUDFLARE_API_TOKEN": emulator.api_token,
    }


@pytest.fixture
def served(server: Server) -> dict[str, str]:
    """The environment that leads to the server of the test."""
    return {
        "CLOUDFLARE_BASE_URL": server.base_url,
        "CLOUDFLARE_ACCOUNT_ID": ACCOUNT,
        "CLOUDFLARE_API_TOKEN": TOKEN,
    }


@pytest.fixture
def cfai(
    served: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Done]:
    """Call `main()` in an empty directory, with the server of the test as its service."""
    for name, value in served.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)

    def run(*args: str) -> Done:
        done = main(args)
        out, err = capsys.readouterr()
        return Done(done, out, err)

    return run


_ON_TERMINAL = """
import fcntl, runpy, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # from now on Ctrl-C on it is a signal
runpy.run_module("cfai", run_name="__main__", alter_sys=True)
"""


class Terminal:
    """The command on a terminal of its own, and what a human does there."""

    LIMIT = 20.0

    def __init__(self, args: tuple[str, ...], env: Mapping[str, str], cwd: Path, **streams: Any) -> None:
        self._ours, theirs = os.openpty()
        with _interruptible():
            self.process = subprocess.Popen(
                [sys.executable, "-c", _ON_TERMINAL, *args],
                env=_environment({"TERM": "xterm", **env}),
                cwd=cwd,
                start_new_session=True,
                **{"stdin": theirs, "stdout": theirs, "stderr": theirs, **streams},
            )
        os.close(theirs)
        self._new = b""
        """What is to be seen since `until()` last found what it waited for."""

    def type(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    def interrupt(self, words: str) -> str:
        """Press Ctrl-C at the prompt until *words* are to be seen.

        What comes in the microseconds before Python begins to wait for a key is only heard with the next one.
        """
        for _ in range(4):
            time.sleep(0.3)
            self.type("\x03")
            with contextlib.suppress(AssertionError):
                return self.until(words, within=self.LIMIT / 4)
        raise AssertionError(f"no {words!r} in {self._new!r}")

    def until(self, words: str, within: float = LIMIT) -> str:
        """Wait until *words* are to be seen, and give all that is new up to them."""
        deadline = time.monotonic() + within
        while words.encode() not in self._new:
            assert self._look(deadline), f"no {words!r} in {self._new!r}"
        seen, found, self._new = self._new.partition(words.encode())
        return (seen + found).decode()

    def end(self) -> tuple[int, str]:
        """Wait for the end of the command; give its exit code, and all that is new."""
        deadline = time.monotonic() + self.LIMIT
        while self._look(deadline):
            pass
        return self.process.wait(max(1, deadline - time.monotonic())), self._new.decode()

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()
        os.close(self._ours)

    def _look(self, deadline: float) -> bytes:
        ready, _, _ = select.select([self._ours], [], [], max(0, deadline - time.monotonic()))
        assert ready, f"nothing more came than {self._new!r}"
        try:
            data = os.read(self._ours, 4096)
        except OSError:  # nobody is at the other end any more
            data = b""
        self._new += data
        return data


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    """Start `python -m cfai` on a terminal."""
    started: list[Terminal] = []

    def run(*args: str, env: Mapping[str, str], **streams: Any) -> Terminal:
        started.append(Terminal(args, env, tmp_path, **streams))
        return started[-1]

    yield run
    for each in started:
        each.close()
