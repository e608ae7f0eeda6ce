"""`docs/benchmark.md`: each run writes its own part, between two marks, and the chart anew from what then stands there.

The document is the only place where figures are kept: the chart reads both tables out of it.
"""

from pathlib import Path

import chart
import table

DOCUMENT = Path(__file__).parents[2] / "docs" / "benchmark.md"
FLOOR, PEERS = "floor", "peers"


def write(part: str, text: str) -> None:
    """Put *text* between the marks of *part*, and draw the chart."""
    written = DOCUMENT.read_text(encoding="utf-8")
    before, begin, rest = written.partition(_begin(part))
    _, end, after = rest.partition(_end(part))
    if not end:
        raise ValueError(f"{DOCUMENT.name} has no part for {part}: {_begin(part)} and {_end(part)}")
    written = f"{before}{begin}\n{text.strip()}\n{end}{after}"
    DOCUMENT.write_text(written, encoding="utf-8")
    chart.draw(read(written, FLOOR), read(written, PEERS), DOCUMENT.with_suffix(".svg"))


def read(written: str, part: str) -> list[list[str]]:
    """Read the cells of a part's table, its head first; none where nothing was measured yet."""
    return table.read_markdown(written.partition(_begin(part))[2].partition(_end(part))[0])


def _begin(part: str) -> str:
    return f"<!-- measured: {part} -->"


def _end(part: str) -> str:
    return f"<!-- end of {part} -->"
