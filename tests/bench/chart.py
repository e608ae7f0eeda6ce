"""The chart: above what cfai costs in multiples of the floor, with its budgets; below the other clients."""

import re
from pathlib import Path
from typing import Any

Rows = list[list[str]]

_WIDTH, _BAR, _GAP = 8.4, 0.3, 1.1
"""Inches: of the chart, of a bar with the room around it, and of what is around a panel."""
_OURS, _THEIRS, _INK = "#f38020", "#9aa5b1", "#243b53"
_SHOWN = ("small call, 32 in flight", "embeddings 100 x 1024", "an async script, whole")
"""The works of the other clients that the chart shows; the document has them all."""
_SETTINGS = {
    "svg.fonttype": "none",  # words stay words: smaller, and found by a search
    "svg.hashsalt": "cfai",  # else the names of its parts differ from run to run
    "font.family": "sans-serif",
    "font.size": 9,
    "text.color": _INK,
    "axes.edgecolor": _INK,
    "axes.labelcolor": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
}


def draw(ours: Rows, peers: Rows, path: Path) -> None:
    """Draw what the document's tables say into an SVG; the same tables give the same bytes."""
    import matplotlib as mpl  # only a run that writes needs it

    mpl.use("svg")
    from matplotlib.figure import Figure

    own, panels = _own(ours), _panels(peers)
    heights = [_GAP + _BAR * len(own), *([_GAP + _BAR * len(panels[0][1])] if panels else [])]
    with mpl.rc_context(_SETTINGS):
        figure = Figure(figsize=(_WIDTH, sum(heights)), facecolor="white", layout="constrained")
        parts = figure.subfigures(len(heights), 1, height_ratios=heights, squeeze=False)[:, 0]
        _draw_own(parts[0].subplots(), own)
        if panels:
            _draw_panels(parts[1].subplots(1, len(panels), sharey=True, squeeze=False)[0], panels)
        figure.savefig(path, format="svg", metadata={"Date": None})
    path.write_text(re.sub(r" +$", "", path.read_text(), flags=re.MULTILINE))


def _times(cell: str) -> float | None:
    """Read `1.08 x`; None where a cell is no multiple."""
    found = re.match(r"([\d.]+) x", cell)
    return float(found[1]) if found else None


def _own(rows: Rows) -> list[tuple[str, float, float | None]]:
    """Give the work, the ratio and the budget of what has a ratio."""
    lines = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    found = [(line["work"], _times(line["ratio"]), _times(line["budget"])) for line in lines]
    return [(work, ratio, budget) for work, ratio, budget in found if ratio is not None]


def _panels(rows: Rows) -> list[tuple[str, list[tuple[str, float | None]]]]:
    """Give each shown work with the clients' ratios."""
    if not rows:
        return []
    names = [name for name in rows[0][1:] if name != "floor"]
    lines = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    return [(line["work"], [(name, _times(line[name])) for name in names]) for line in lines if line["work"] in _SHOWN]


def _draw_own(axes: Any, rows: list[tuple[str, float, float | None]]) -> None:
    places = range(len(rows))
    axes.barh(places, [ratio for _, ratio, _ in rows], height=0.6, color=_OURS, label="cfai")
    for place, (_, ratio, budget) in enumerate(rows):
        axes.annotate(f"{ratio:.2f}", (0, place), (4, 0), textcoords="offset points", va="center")
        if budget is not None:
            label = "its budget" if place == 0 else None
            axes.plot([budget, budget], [place - 0.42, place + 0.42], color=_INK, linewidth=2, label=label)
    axes.axvline(1, color=_INK, linestyle=":", linewidth=1, label="the floor: raw aiohttp and msgspec")
    axes.set_yticks(places, [work for work, _, _ in rows])
    axes.set_xlim(left=0)
    axes.set_title("cfai, in multiples of the floor: less is better", loc="left", fontsize=10)
    axes.legend(loc="lower right", frameon=False)
    axes.invert_yaxis()
    _tidy(axes)


def _draw_panels(all_axes: Any, panels: list[tuple[str, list[tuple[str, float | None]]]]) -> None:
    for axes, (work, clients) in zip(all_axes, panels, strict=True):
        places = range(len(clients))
        colours = [_OURS if name == "cfai" else _THEIRS for name, _ in clients]
        axes.barh(places, [ratio or 0 for _, ratio in clients], height=0.6, color=colours)
        for place, (_, ratio) in enumerate(clients):
            word = "cannot" if ratio is None else f"{ratio:.3g}"
            axes.annotate(word, (ratio or 0.4, place), (3, 0), textcoords="offset points", va="center")
        axes.set_yticks(places, [name for name, _ in clients])
        axes.set_xscale("log")
        axes.set_xlim(0.4, 4 * max(ratio or 1 for _, ratio in clients))
        axes.set_title(work, loc="left", fontsize=9)
        axes.axvline(1, color=_INK, linestyle=":", linewidth=1)
        axes.set_xticks([1, 10, 100] if axes.get_xlim()[1] > 100 else [1, 10], minor=False)
        axes.minorticks_off()
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g} x")
        _tidy(axes)
    all_axes[0].invert_yaxis()  # they share it: once for all


def _tidy(axes: Any) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
