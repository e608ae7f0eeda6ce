"""`cfai models`: the models that this release knows."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from .._console import UsageError, put

if TYPE_CHECKING:
    from ..._catalogue import Row, Trait


def models(
    *,
    task: Annotated[
        str | None,
        Parameter(metavar="TASK", help="Only those of the tasks whose names hold this, such as text-to-image."),
    ] = None,
    retired: Annotated[bool, Parameter(help="Those that are gone, instead.")] = False,
    json: Annotated[bool, Parameter(help="Print all that is known of each, as JSON.")] = False,
) -> int:
    """List the models, with their tasks.

    A line for each: name, task, the most tokens of a call, and what it can and asks for. "default" marks the model
    that a command asks where none is named. No account is needed, for nothing is asked: the list is that of this
    release of cfai, and clients take any other name too.
    """
    from ... import _catalogue

    rows = [row for row in (_catalogue.RETIRED if retired else _catalogue.ROWS).values() if _fits(row.task, task)]
    if not rows:
        raise UsageError(f"--task: no task of a model holds {task!r}")
    if json:
        from .._text import json_of

        put(json_of([_whole(row) for row in rows], terminal=_terminal()))
    elif _terminal():
        _print_table(rows)
    else:
        put("\n".join("\t".join(_cells(row)) for row in rows))
    return 0


def _terminal() -> bool:
    return sys.stdout is not None and sys.stdout.isatty()


def _fits(task: str, asked: str | None) -> bool:
    return asked is None or _plain(asked) in _plain(task)


def _plain(name: str) -> str:
    return name.lower().replace("-", " ").replace("_", " ")


def _cells(row: "Row") -> tuple[str, ...]:
    date = () if row.deprecated_on is None else (f"gone: {row.deprecated_on}",)
    return row.name, row.task, "" if row.window is None else f"{row.window}", ", ".join((*date, *_traits(row)))


def _traits(row: "Row") -> list[str]:
    from ..._catalogue import DEFAULTS

    return (["default"] if row.name in DEFAULTS.values() else []) + _words(row.traits)


def _words(traits: "Trait") -> list[str]:
    return [(trait.name or "").lower().replace("_", " ") for trait in traits]


def _whole(row: "Row") -> dict[str, Any]:
    from ..._catalogue import params_of, requests_a_minute

    return {
        "name": row.name,
        "task": row.task,
        "family": row.family or None,
        "params": [kind.__name__ for kind in params_of(row)],
        "traits": _traits(row),
        "cannot": _words(row.cannot),
        "window": row.window,
        "width": row.width,
        "prices": [price._asdict() for price in row.prices],
        "requests_a_minute": None if row.deprecated_on else requests_a_minute(row.name),
        "deprecated_on": row.deprecated_on,
        "successor": row.successor,
        **({"note": row.note} if row.note else {}),
    }


def _print_table(rows: "list[Row]") -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    for row in rows:
        table.add_row(*map(Text, _cells(row)))
    Console().print(table)
