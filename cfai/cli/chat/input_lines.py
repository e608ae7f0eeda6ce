"""Reading what is said in a conversation, line by line."""

import contextlib
import sys
from importlib import import_module
from io import TextIOWrapper

from .._console import UsageError, hint, on_terminal

_PROMPT = "> "


class InputLines:
    """The lines of stdin; before each a terminal gets a prompt."""

    def __init__(self) -> None:
        if sys.stdin is None:
            raise UsageError("a conversation is read from stdin, which is closed")
        self.by_hand: bool = on_terminal(sys.stdin)
        if self.by_hand and isinstance(sys.stdin, TextIOWrapper):
            sys.stdin.reconfigure(errors="replace")  # a key that sends no UTF-8 must not end a conversation
        self._number = 0

    def next(self) -> str | None:
        """Read a line; None at the end.

        Raises:
            UsageError: It is no UTF-8 text.
        """
        self._number += 1
        try:
            return _ask() if self.by_hand else self._read()
        except UnicodeDecodeError:
            raise UsageError(f"line {self._number} of stdin is not UTF-8 text") from None

    def _read(self) -> str | None:
        line = sys.stdin.buffer.readline()
        # The mark at the beginning is what some editors write there.
        return line.decode("utf-8-sig" if self._number == 1 else "utf-8") if line else None


def _ask() -> str | None:
    """Ask for a line where a human sees it: on stderr, if stdout is for the answers alone."""
    try:
        if on_terminal(sys.stdout):
            with contextlib.suppress(ImportError):  # not on Windows, whose terminal edits lines itself
                import_module("readline")  # lets input() edit the line, and find earlier ones
            return input(_PROMPT)
        hint(_PROMPT)
        line = sys.stdin.readline()
    except EOFError:
        line = ""
    if not line:
        hint("\n")  # the prompt of the shell gets a line of its own
    return line or None
