"""Where an answer goes: stdout, a file, or a window."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from .. import _catalogue
from ._console import UsageError, harmless, on_terminal, put, say
from ._fields import Fields
from ._open import open_picture
from ._text import cells, json_of, text_of

if TYPE_CHECKING:
    from ..media import Media

_DRAWN_OR_SAID: Final = {_catalogue.TEXT_TO_IMAGE: "a picture", _catalogue.TEXT_TO_SPEECH: "a sound"}

_WHOLE: Final = frozenset({"guided_json", "response_format", "stream"})
"""Fields with which an answer is waited for: JSON is of no use before its end, and who says how it has to come is
obeyed."""


class Output:
    """What the user wants to have done with the answer."""

    def __init__(self, save: str | None, as_json: bool, *, opened: bool = False) -> None:
        self._file = None if save in (None, "-") else Path(save or "")
        self._as_json = as_json
        self._opened = opened
        self._terminal = on_terminal(sys.stdout)
        self._takes_bytes = sys.stdout is not None and (save == "-" or not self._terminal)

    def check(self, model: str, task: str | None = None) -> None:
        """Refuse before the call what can't be done after it, for the answer will have been paid for.

        *task* is that of a model that is not known here.

        Raises:
            UsageError: The file can't be written, or stdout can't take what *model* is known to answer.
        """
        if self._file is not None:
            _check_target(self._file)
        if self._as_json and _catalogue.is_binary(model):
            raise UsageError(f"{model} answers with the bytes of a file, which are no JSON: give --save PATH instead")
        kind = _DRAWN_OR_SAID.get(_catalogue.task_of(model) or task or "")
        if kind and not (self._file or self._as_json or self._takes_bytes or self._opened):
            raise UsageError(f"{model} answers with {kind}, which can't be shown here: give --save PATH")

    def is_live(self, model: str, fields: Fields) -> bool:
        """Say whether the answer of *model* to *fields* is shown while it comes: a text, on a terminal."""
        whole = self._as_json or self._file is not None or any(key in _WHOLE for key, _ in fields)
        return self._terminal and not whole and _catalogue.task_of(model) == _catalogue.TEXT_GENERATION

    def show(self, result: Any, raw: Any) -> int:
        """Show the answer and return the exit code.

        Raises:
            UsageError: Stdout can't take it.
        """
        from ..media import Media, MediaLink

        if self._as_json and not isinstance(raw, bytes):
            self._print_json(raw)
        if isinstance(result, Media):
            self._put_medium(result, raw)
        elif self._file is None:
            self._put_text(result)
        elif isinstance(result, MediaLink):
            self._put_text(result)
            say("nothing was saved: the answer is an address, which the command does not download")
            return 1
        else:
            _save_text(result, self._file)
        say_if_cut(result)
        return 0

    def salvage(self, raw: Any) -> None:
        """Print an answer that is not what was promised: it came, and was paid for."""
        if isinstance(raw, bytes):
            if raw.lstrip()[:1] in (b"{", b"["):  # meant as JSON, and not the page of some proxy
                self._print(raw.decode(errors="backslashreplace"))
        elif raw is not None:
            self._print_json(raw)

    def _put_medium(self, medium: "Media", raw: Any) -> None:
        if self._opened:
            open_picture(_keep(medium) if self._file is None else _save(medium, self._file))
        elif self._file is not None:
            _save(medium, self._file)
        elif self._as_json:
            if isinstance(raw, bytes):
                raise UsageError(f"{medium!r} is no JSON: give --save PATH; {_kept(medium)}")
        elif self._takes_bytes:
            sys.stdout.flush()
            sys.stdout.buffer.write(medium.data)
        else:
            raise UsageError(f"{medium!r} can't be shown here: give --save PATH; {_kept(medium)}")

    def _put_text(self, result: Any) -> None:
        if self._as_json or result == []:
            return
        if self._terminal and isinstance(result, list):
            _print_table(result)
        else:
            self._print(text_of(result, terminal=self._terminal))

    def _print_json(self, raw: Any) -> None:
        encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
        self._print(json_of(raw, terminal=self._terminal, encoding=encoding))

    def _print(self, text: str) -> None:
        put(harmless(text) if self._terminal else text)


def say_if_cut(result: Any) -> None:
    """Tell the user where a text is not all that the model would have written."""
    if getattr(result, "truncated", False):
        say("the text was cut by its length: --max-tokens N allows more")


def _check_target(path: Path) -> None:
    if path.is_dir():
        raise UsageError(f"--save: {path} is a directory")
    if not path.parent.is_dir():
        raise UsageError(f"--save: there is no directory {path.parent}")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise UsageError(f"--save: {path} may not be written")


def _save(medium: "Media", path: Path) -> Path:
    if path.exists() and not path.is_file():  # a device or a pipe: its name is not ours to lengthen
        path.write_bytes(medium.data)
    else:
        path = medium.save(path)
    say(f"wrote {path} ({medium.media_type}, {len(medium):,} bytes)")
    return path


def _save_text(result: Any, path: Path) -> None:
    text = text_of(result, terminal=False)
    path.write_text(f"{text}\n" if text else "", encoding="utf-8", errors="backslashreplace", newline="")
    say(f"wrote {path}")


def _kept(medium: "Media") -> str:
    """Keep in a file what was paid for and can't be shown."""
    return f"this one is kept in {_keep(medium)}"


def _keep(medium: "Media") -> Path:
    from tempfile import mkstemp

    file, path = mkstemp(prefix="cfai-", suffix=medium.suffix)
    with open(file, "wb") as opened:
        opened.write(medium.data)
    return Path(path)


def _print_table(parts: list[Any]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    for part in parts:
        name, score, *rest = cells(part)
        table.add_row(Text(harmless(name)), f"{float(score):.4f}", *rest)
    Console().print(table)
