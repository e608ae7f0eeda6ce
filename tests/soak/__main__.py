"""Proves that nothing leaks: does the same work for a long time, and looks at what the process holds meanwhile.

    python tests/soak            24,000 calls, 9,000 streams, 2,000 clients and 50 loops, in about a minute
    python tests/soak --short    a twentieth of it

Hostile moments follow, in which nothing may go wrong: forks without hooks, Ctrl-C, files that grow (see `hostile.py`).

Each piece of work runs in a process of its own, against a server in another one, in ten equal parts; the first is the
warm-up. Flat is:

- descriptors, tasks and threads: behind each part exactly what there was behind the warm-up, and at the end exactly
  what there was at the start;
- memory: the least of the last third is no more than the second third's and a tolerance, and so with the objects that
  the garbage collector knows (both are explained at `TOLERANCES`);
- said: no warning, no exception that was lost, no complaint of a loop. Clients that are dropped say nothing either.

It exits with 1 where something is not flat, and with 2 where there is no /proc to look into.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gauge import EXACT
from hostile import TRIALS
from works import END, PARTS, START, WARM, WORKS

TOLERANCES = {
    # The allocator takes memory in arenas of 1 MiB and the kernel counts in pages: what lives then lies elsewhere from
    # part to part, and a reading goes up and down by about 1 MB. A leak of 350 bytes a call is 2 MB in a third of
    # 20,000 calls, and one answer of 256 KB that is kept is a quarter of it.
    "rss": 2.0,
    # It is exact but for a few caches, such as the interpreter's own. One object that is kept of every 30th call, or
    # of every third client, is above it.
    "objects": 100.0,
}
SHORT_TOLERANCES = TOLERANCES | {
    # After a few hundred uploads the allocator has not settled yet.
    "rss": 6.0,
}
_MEASURES = {"rss": "RSS MB", "objects": "objects", "fds": "fds", "tasks": "tasks", "threads": "threads"}
_AT_ONCE = len(WORKS)
"""Pieces of work at once: all, for they wait more than they work, and none of what they measure is a time."""
_LIMIT = 240.0
"""Seconds that one piece of work may take: what hangs is a leak too."""


def main() -> int:
    """Print the table."""
    arguments = _arguments()
    if not Path("/proc/self/statm").exists():
        print("soak: there is no /proc/self here, which is where it looks", file=sys.stderr)
        return 2
    tolerances = SHORT_TOLERANCES if arguments.short else TOLERANCES
    began = time.monotonic()
    print(_row("work", [START, *PARTS, END], "verdict"))
    with _server() as base_url, ThreadPoolExecutor(_AT_ONCE) as pool:
        works = arguments.only or ([] if arguments.trial else WORKS)
        done = [pool.submit(_soak, name, base_url, arguments.short) for name in works]
        flat = [_show(*each.result(), tolerances) for each in done]
    if not arguments.only:
        flat += [_try(name, arguments.short) for name in arguments.trial or TRIALS]
    print(f"{'all is flat' if all(flat) else 'NOT FLAT'}, in {time.monotonic() - began:.0f} s")
    return 0 if all(flat) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="soak", description="Prove that nothing leaks.")
    parser.add_argument("--short", action="store_true", help="a twentieth of the work: finds what leaks with each call")
    parser.add_argument("--only", action="append", choices=WORKS, help="this work alone; may be given again")
    parser.add_argument("--trial", action="append", choices=TRIALS, help="this trial alone; may be given again")
    return parser.parse_args()


@contextmanager
def _server() -> Iterator[str]:
    script = Path(__file__).with_name("server.py")
    with subprocess.Popen([sys.executable, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield f"http://127.0.0.1:{server.stdout.readline().strip()}/client/v4"
        server.communicate()  # closes its standard input, which ends it


def _soak(name: str, base_url: str, short: bool) -> tuple[str, Any]:
    """Do one piece of work; give what it was, and its readings, or why there are none."""
    what, _, count = WORKS[name]
    count = max(len(PARTS), count // 20) if short else count
    title = f"{count:,} {what}"
    command = [sys.executable, "-W", "error", Path(__file__).with_name("one.py"), name, base_url, str(count)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_LIMIT, check=False)
    except subprocess.TimeoutExpired:
        return title, f"still running after {_LIMIT:g} s"
    if done.returncode:
        return title, f"exit {done.returncode}\n{done.stderr}"
    told = json.loads(done.stdout)
    return title, {"taken": told["taken"], "said": [*told["heard"], *done.stderr.splitlines()]}


def _try(name: str, short: bool) -> bool:
    """Do one trial, and print what went wrong in it."""
    trial, count = TRIALS[name]
    title, wrong = trial(max(10, count // 20) if short else count)
    print(f"{title}: {f'{len(wrong)} WENT WRONG' if wrong else 'all went well'}", flush=True)
    for line in wrong[:10]:
        print(f"    {line}")
    return not wrong


def _show(title: str, told: Any, tolerances: dict[str, float]) -> bool:
    """Print what became of a piece of work, and say whether it was flat."""
    print(title, flush=True)
    if isinstance(told, str):
        print(f"  {told}")
        return False
    flat = [_show_measure(measure, told["taken"], tolerances) for measure in _MEASURES]
    said = told["said"]
    print(_row("  said", [""] * len(PARTS) + ["", str(len(said))], _verdict(not said)))
    for line in said[:20]:
        print(f"    {line}")
    return all(flat) and not said


def _show_measure(measure: str, taken: dict[str, dict[str, float]], tolerances: dict[str, float]) -> bool:
    values = {name: reading[measure] for name, reading in taken.items()}
    flat, why = _judge(measure, values, tolerances)
    cells = [f"{values[name]:.1f}" if measure == "rss" else f"{values[name]:.0f}" for name in (START, *PARTS, END)]
    print(_row(f"  {_MEASURES[measure]}", cells, f"{_verdict(flat)}{why}"), flush=True)
    return flat


def _verdict(flat: bool) -> str:
    return "flat" if flat else "NOT FLAT"


def _judge(measure: str, values: dict[str, Any], tolerances: dict[str, float]) -> tuple[bool, str]:
    """Say whether a measure is flat, and by how much it grew where that may be a little."""
    if measure in EXACT:
        return {values[part] for part in PARTS} == {values[WARM]} and values[END] == values[START], ""
    # The least of a third, for what leaks is never let go of; what eight threads hold at the moment goes up and down.
    second, last = (min(values[part] for part in PARTS[start : start + 3]) for start in (4, 7))
    grown = last - second
    return grown <= tolerances[measure], f" ({grown:+.1f}, of {tolerances[measure]:g})"


def _row(work: str, cells: list[str], verdict: str) -> str:
    return f"{work:<11}{''.join(f'{cell:>7}' for cell in cells)}     {verdict}"


if __name__ == "__main__":
    sys.exit(main())
