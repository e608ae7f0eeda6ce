"""The other end of `peers/worker.py`: one process for each client, which makes calls when it is told to."""

import json
import select
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PEERS = Path(__file__).with_name("peers")
LIMIT = 120.0
"""Seconds that one turn may take: a client that hangs must not hold up the others."""
_GRACE = 10.0
"""Seconds that a process has to end by itself."""


class Failed(Exception):
    """A client raised, or its process ended."""


class Worker:
    """The process of one client."""

    def __init__(self, process: "subprocess.Popen[str]", limit: float) -> None:
        self._process = process
        self._limit = limit
        self.works: list[str] = self._heard()["works"]

    def cpu_of(self, work: str, in_flight: int, calls: int) -> float:
        """Give the seconds of CPU that *calls* calls took.

        Raises:
            Failed: They did not succeed.
        """
        return float(self._told(work=work, in_flight=in_flight, calls=calls)["cpu"])

    def cost_of(self, row: int) -> float:
        """Return what one turn of the row at that place costs; for the processes of `side.py`.

        Raises:
            Failed: It did not succeed.
        """
        return float(self._told(row=row)["cost"])

    def _told(self, **words: object) -> dict[str, Any]:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(words) + "\n")
            self._process.stdin.flush()
        except OSError:
            raise Failed("its process ended") from None
        return self._heard()

    def _heard(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        if not select.select([self._process.stdout], [], [], self._limit)[0]:
            self._process.kill()
            raise Failed(f"no answer within {self._limit:g} s")
        line = self._process.stdout.readline()
        if not line:
            raise Failed("its process ended")
        said: dict[str, Any] = json.loads(line)
        if "failed" in said:
            raise Failed(f"{said['failed']}: {said['why']}")
        return said


@contextmanager
def started(
    python: str, script: str, environment: Mapping[str, str], *arguments: str, limit: float = LIMIT
) -> Iterator[Worker]:
    """Start a client's process; it ends with its standard input, and no turn of it takes more than *limit* seconds.

    Raises:
        Failed: It did not start.
    """
    command = [python, str(PEERS / script), *arguments]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            yield Worker(process, limit)
        finally:
            _end(process)


def _end(process: "subprocess.Popen[str]") -> None:
    """Close its standard input, which ends it; kill it where that does not help."""
    try:
        process.communicate(timeout=_GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
