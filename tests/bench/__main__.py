"""Measures cfai against the least that does the same work, side by side in one run.

The floor is raw aiohttp as its documentation shows it with msgspec doing the decoding (for the picture: orjson and
base64); where there is no call, msgspec alone. `lean` is an aiohttp that was told to leave out what it can. For a
program without a loop both are in anyio's portal.

CPU (user and system) of this process alone, or of a child for whole scripts; the server has a process of its own. The
ways take turns, in an order that changes each time, and a figure is the median of the turns' own ratios: a machine
that is busy for a while slows both sides of a ratio. Loopback and plain HTTP: no network and no TLS is in it. Memory
is what Python has allocated, above what was there before.

    python tests/bench [--rounds N] [--short] [--strict] [--only WORDS] [--write]
    python tests/bench --against REVISION [--rounds N] [--short] [--strict] [--only WORDS]
    python tests/bench peers [--rounds N] [--short] [--write]

`--against` measures this checkout beside another revision of it, in turns; with `--strict` it fails where a row has
become slower: its median ratio is above 1.02 and its lower quartile above 1.00.

`peers` measures other clients on the same work; the first run makes an environment for each and needs the package
index. `--write` puts the table into docs/benchmark.md and draws its chart; that needs matplotlib.
"""

import argparse
import importlib.util
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import against
import document
import facts
import peers
import rows
import table
from setting import Setting


def main() -> int:
    """Print a table; with `--strict`, fail where a budget is not kept."""
    arguments = _arguments()
    with _server() as base_url, tempfile.TemporaryDirectory() as directory:
        setting = Setting(base_url, arguments.rounds or (2 if arguments.short else 9), arguments.short)
        sound = rows.write_sound(directory)
        if arguments.against:
            kept = _against(setting, sound, arguments)
        else:
            kept = _peers(setting, sound, arguments) if arguments.what == "peers" else _own(setting, sound, arguments)
    if arguments.short:
        print("(short: it runs; its figures mean little)")
    return 1 if arguments.strict and not kept else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description="Measure cfai against raw aiohttp.")
    parser.add_argument("what", nargs="?", choices=["peers"], help="other clients on the same work")
    parser.add_argument("--rounds", type=int, help="rounds for each row (9; with --short 2)")
    parser.add_argument("--short", action="store_true", help="a twentieth of the calls: shows that it runs, no more")
    parser.add_argument("--strict", action="store_true", help="exit with 1 where a budget is not kept")
    parser.add_argument("--only", metavar="WORDS", default="", help="only the rows with WORDS in their names")
    parser.add_argument("--against", metavar="REVISION", help="another revision of this checkout, in turns with it")
    parser.add_argument("--write", action="store_true", help="put the table into docs/benchmark.md")
    arguments = parser.parse_args()
    if arguments.against and (arguments.what or arguments.write):
        parser.error("--against stands alone: neither peers nor --write")
    if arguments.write and (arguments.short or arguments.only):
        parser.error("--write takes a whole run: neither --short nor --only")
    if arguments.write and importlib.util.find_spec("matplotlib") is None:
        parser.error("--write draws the chart too, and needs matplotlib")
    return arguments


@contextmanager
def _server() -> Iterator[str]:
    script = Path(__file__).with_name("server.py")
    with subprocess.Popen([sys.executable, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield f"http://127.0.0.1:{server.stdout.readline().strip()}/client/v4"
        server.communicate()  # closes its standard input, which ends it


def _own(setting: Setting, sound: Path, arguments: argparse.Namespace) -> bool:
    """Measure cfai beside the floor; say whether every budget was kept."""
    print(table.text(table.HEAD))
    lines = []
    for row in rows.rows(sound):
        if arguments.only in row.work:
            lines.append(row.measured(setting))
            print(table.text(lines[-1].cells), flush=True)
    if arguments.write:
        measured = table.markdown(table.HEAD, (line.cells for line in lines))
        document.write(document.FLOOR, f"{_circumstances(setting)}; with {facts.versions()}.\n\n{measured}")
    return all(line.kept is not False for line in lines)


def _against(setting: Setting, sound: Path, arguments: argparse.Namespace) -> bool:
    """Measure this checkout beside another revision; return whether no row has become slower."""
    print(against.text(against.HEAD))
    lines = []
    for line in against.compared(setting, sound, arguments.against, arguments.only):
        lines.append(line)
        print(against.text(line.cells), flush=True)
    return not any(line.slower for line in lines)


def _peers(setting: Setting, sound: Path, arguments: argparse.Namespace) -> bool:
    """Measure the other clients; there is no budget that they could keep."""
    field, lines = peers.Field(setting, sound), []
    for cells in field.rows(arguments.only):
        lines.append(cells)
        print(
            f"{cells[0]}: {'; '.join(f'{name} {cell}' for name, cell in zip(peers.HEAD[1:], cells[1:], strict=True))}",
            flush=True,
        )
    print(*field.problems, sep="\n")
    if arguments.write:
        parts = [
            f"{_circumstances(setting)}; with {peers.pins()}; and with {facts.versions()}.",
            table.markdown(peers.HEAD, lines),
            *([f"What went wrong: {'; '.join(field.problems)}."] if field.problems else []),
        ]
        document.write(document.PEERS, "\n\n".join(parts))
    return True


def _circumstances(setting: Setting) -> str:
    return f"Measured on {facts.today()}, {setting.rounds} rounds, on {facts.machine()}{facts.load()}"


if __name__ == "__main__":
    sys.exit(main())
