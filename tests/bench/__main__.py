"""Measures cfai against the least that does the same work, side by side in one run.

The floor is raw aiohttp as its documentation shows it with msgspec doing the decoding (for the picture: orjson and
base64); where there is no call, msgspec alone. `lean` is an aiohttp that was told to leave out what it can.

CPU (user and system) of this process alone; the server has a process of its own. The ways take turns within a round,
in an order that changes from round to round, and a figure is the median of the rounds' own ratios: a machine that is
busy for a while slows both sides of a ratio. Loopback and plain HTTP: no network and no TLS is in it. Memory is the
most that Python has allocated at once during an upload, above what was there before it.

    python tests/bench [--rounds N] [--short] [--strict]
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import measure
import rows

IMPORT_BUDGET = 15.0


def main() -> int:
    """Print the table; with `--strict`, fail where a budget is not kept."""
    arguments = _arguments()
    scale = 0.05 if arguments.short else 1.0
    rounds = arguments.rounds or (2 if arguments.short else 9)
    _print("work", "cfai", "floor", "lean", "ratio", "to lean", "budget")
    with _server() as base_url, tempfile.TemporaryDirectory() as directory:
        sound = rows.write_sound(directory)
        kept = [
            _show_cpu(row, base_url, rounds * (1 if arguments.short else row.turns), _scaled(row, scale))
            for row in rows.rows(sound)
        ]
        kept += [_show_peak(row, base_url, 1 if arguments.short else 10) for row in rows.peaks(sound)]
    kept.append(_show_import(3 if arguments.short else 25))
    if arguments.short:
        print("(short: it runs; its figures mean little)")
    return 1 if arguments.strict and not all(kept) else 0


def _scaled(row: rows.Row, scale: float) -> int:
    return max(row.in_flight, int(row.calls * scale))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description="Measure cfai against raw aiohttp.")
    parser.add_argument("--rounds", type=int, help="rounds for each row (9; with --short 2)")
    parser.add_argument("--short", action="store_true", help="a twentieth of the calls: shows that it runs, no more")
    parser.add_argument("--strict", action="store_true", help="exit with 1 where a budget is not kept")
    return parser.parse_args()


@contextmanager
def _server() -> Iterator[str]:
    script = Path(__file__).with_name("server.py")
    with subprocess.Popen([sys.executable, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield f"http://127.0.0.1:{server.stdout.readline().strip()}/client/v4"
        server.communicate()  # closes its standard input, which ends it


def _show_cpu(row: rows.Row, base_url: str, rounds: int, calls: int) -> bool:
    taken = measure.cpu(row, base_url, rounds, calls)
    us = {way: f"{1e6 * statistics.median(times) / calls:.0f} us" for way, times in taken.items()}
    ratio = measure.ratio(taken["cfai"], taken["floor"])
    to_lean = f"{measure.ratio(taken['cfai'], taken['lean']):.2f} x" if "lean" in taken else ""
    good = ratio <= row.budget
    _print(
        row.name, us["cfai"], us["floor"], us.get("lean", ""), f"{ratio:.2f} x", to_lean, f"{row.budget:.2f} x", good
    )
    return good


def _show_peak(row: rows.Peak, base_url: str, calls: int) -> bool:
    mb = measure.peak(row, base_url, calls)
    good = mb["cfai"] <= row.budget
    _print(row.name, *(f"{mb[way]:.2f} MB" for way in ("cfai", "floor", "lean")), "", "", f"{row.budget:.0f} MB", good)
    return good


def _show_import(rounds: int) -> bool:
    """Compare `import cfai` with an interpreter that does nothing."""
    ours, bare = measure.imports(rounds)
    ms = [f"{1e3 * statistics.median(times):.1f} ms" for times in (ours, bare)]
    above = 1e3 * statistics.median(mine - floor for mine, floor in zip(ours, bare, strict=True))
    good = above <= IMPORT_BUDGET
    _print("import cfai, bare python", *ms, "", f"{above:+.1f} ms", "", f"{IMPORT_BUDGET:.0f} ms", good)
    return good


def _print(work: str, *cells: str | bool) -> None:
    *figures, good = cells if isinstance(cells[-1], bool) else (*cells, True)
    ours, floor, lean, ratio, to_lean, budget = figures
    print(
        f"{work:<26} {ours:>10} {floor:>10} {lean:>10} {ratio:>9} {to_lean:>8} {budget:>7}{'' if good else '  over'}",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
