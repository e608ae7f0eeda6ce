"""`docs/benchmark.md`: each run writes its own part, between two marks, and the chart anew from what then stands there.

The document is the only place where figures are kept: the chart reads both tables out of it, and README.md's table is a
part of that of the peers, so that all columns of it come from one run.
"""

from pathlib import Path

import chart
import table

DOCUMENT = Path(__file__).parents[2] / "docs" / "benchmark.md"
README = Path(__file__).parents[2] / "README.md"
FLOOR, PEERS = "floor", "peers"
SHOWN = ("small call, 32 in flight", "embeddings 100 x 1024", "import, and name its client")
"""The rows of the peers' table that README.md shows."""


def write(part: str, text: str) -> None:
    """Put *text* between the marks of *part*, draw the chart, and renew README.md's table."""
    written = _put(DOCUMENT, part, text)
    chart.draw(read(written, FLOOR), read(written, PEERS), DOCUMENT.with_suffix(".svg"))
    _put(README, PEERS, readme_table(written))


def readme_table(document: str) -> str:
    """Return README.md's table, made of the peers' table in the text of *document*."""
    head, *lines = read(document, PEERS)
    return table.markdown(head, [line for line in lines if line[0] in SHOWN])


def _put(path: Path, part: str, text: str) -> str:
    written = path.read_text(encoding="utf-8")
    before, begin, rest = written.partition(_begin(part))
    _, end, after = rest.partition(_end(part))
    if not end:
        raise ValueError(f"{path.name} has no part for {part}: {_begin(part)} and {_end(part)}")
    written = f"{before}{begin}\n{text.strip()}\n{end}{after}"
    path.write_text(written, encoding="utf-8")
    return written


def read(written: str, part: str) -> list[list[str]]:
    """Read the cells of a part's table, its head first; none where nothing was measured yet."""
    return table.read_markdown(written.partition(_begin(part))[2].partition(_end(part))[0])


def _begin(part: str) -> str:
    return f"<!-- measured: {part} -->"


def _end(part: str) -> str:
    return f"<!-- end of {part} -->"
