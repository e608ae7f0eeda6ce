"""The other end of `peers/worker.py`: one process for each client, which makes calls when it is told to."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PEERS = Path(__file__).with_name("peers")


class Failed(Exception):
    """A client raised, or its process ended."""


class Worker:
    """The process of one client."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.works: list[str] = self._heard()["works"]

    def cpu_of(self, work: str, in_flight: int, calls: int) -> float:
        """Give the seconds of CPU that *calls* calls took.

        Raises:
            Failed: They did not succeed.
        """
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"work": work, "in_flight": in_flight, "calls": calls}) + "\n")
        self._process.stdin.flush()
        return float(self._heard()["cpu"])

    def _heard(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise Failed("its process ended")
        said: dict[str, Any] = json.loads(line)
        if "failed" in said:
            raise Failed(f"{said['failed']}: {said['why']}")
        return said


@contextmanager
def started(python: str, script: str, environment: Mapping[str, str], *arguments: str) -> Iterator[Worker]:
    """Start a client's process; it ends with its standard input.

    Raises:
        Failed: It did not start.
    """
    command = [python, str(PEERS / script), *arguments]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            yield Worker(process)
        finally:
            process.communicate()
