"""Help pages, made of what cyclopts knows of a command.

Its own pages need rich, which takes longer to load than a page may take to show.
"""

import inspect
import os
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

from cyclopts import App

from ._fields import takes_fields

_Entry: TypeAlias = tuple[str, str]
_WIDEST = 100


def page(program: str, names: Sequence[str], command: App) -> str:
    """Write the help of *command*, which is called by *program* and *names*."""
    arguments = list(command.assemble_argument_collection()) if command.default_command else []
    positional = [argument for argument in arguments if argument.index is not None]
    keyword = [argument for argument in arguments if argument.index is None and argument.parameter.parse is not False]
    commands = [name for name in command if not name.startswith("-")]
    usage = " ".join(("Usage:", program, *names, *_usage(command, commands, positional)))
    blocks = (
        usage,
        _about(command),
        _block("Commands", ((name, _first_line(_about(command[name]))) for name in commands)),
        _block("Arguments", ((_label(argument), argument.parameter.help or "") for argument in positional)),
        _block("Options", (*(map(_option, keyword)), *_flags(command))),
    )
    return "\n\n".join(filter(None, blocks))


def _usage(command: App, commands: Sequence[str], positional: Sequence[Any]) -> Iterator[str]:
    if commands:
        yield "COMMAND"
    yield from map(_label, positional)
    if takes_fields(command):
        yield "[--KEY VALUE ...]"
    if command.default_command:
        yield "[OPTIONS]"


def _label(argument: Any) -> str:
    name = argument.name.lstrip("-").upper()
    return name if argument.required else f"[{name}]"


def _option(argument: Any) -> _Entry:
    takes_value = argument.token_count()[0] > 0
    name = f"{argument.name} {argument.parameter.metavar or 'VALUE'}" if takes_value else argument.name
    default = argument.field_info.default
    shown = f" [default: {default}]" if takes_value and default not in (None, (), argument.field_info.empty) else ""
    return name, f"{argument.parameter.help or ''}{shown}"


def _flags(command: App) -> Iterator[_Entry]:
    yield ", ".join(command.help_flags), "Show this and exit."
    yield ", ".join(command.version_flags), "Show the version and exit."


def _about(command: App) -> str:
    function = command.default_command
    return (inspect.getdoc(function) if function else command.help) or ""


def _first_line(text: str) -> str:
    return text.partition("\n")[0]


def _block(title: str, entries: Iterable[_Entry]) -> str:
    rows = list(entries)
    if not rows:
        return ""
    width = max(len(name) for name, _ in rows) + 4
    lines = (_wrapped(name, text, width, _columns()) for name, text in rows)
    return "\n".join((f"{title}:", *lines))


def _columns() -> int:
    try:
        return min(os.get_terminal_size(sys.stdout.fileno()).columns, _WIDEST)
    except (AttributeError, OSError, ValueError):  # stdout is a file, or a test's own
        return _WIDEST


def _wrapped(name: str, text: str, width: int, columns: int) -> str:
    first = f"  {name}".ljust(width)
    return textwrap.fill(text, max(columns, width + 20), initial_indent=first, subsequent_indent=" " * width)
