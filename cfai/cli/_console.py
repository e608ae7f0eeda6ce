"""What the command says besides its answers, and how it reads stdin."""

import sys
from typing import Final, TextIO

_HARMLESS: Final = "\t\n"
_CONTROLS: Final = {code: None for code in (*range(32), *range(127, 160)) if chr(code) not in _HARMLESS}


class UsageError(Exception):
    """The command was called in a way that can't work."""


def put(text: str) -> None:
    """Write *text*, which is what was asked for, to stdout."""
    if sys.stdout is not None:  # closed
        sys.stdout.write(f"{text}\n")


def say(line: str) -> None:
    """Tell the user *line* on stderr, where it can't be taken for the answer."""
    if sys.stderr is not None:
        sys.stderr.write(f"cfai: {harmless(' '.join(line.splitlines()))}\n")


def hint(text: str) -> None:
    """Write *text* to stderr as it is: a prompt, or the end of the line where the terminal has shown ^C."""
    if sys.stderr is not None:
        sys.stderr.write(text)
        sys.stderr.flush()


def on_terminal(stream: TextIO | None) -> bool:
    """Say whether *stream* is a terminal; one that was closed from the start is None."""
    return stream is not None and stream.isatty()


def harmless(text: str) -> str:
    """Leave out what would steer a terminal: a model or a server may write anything."""
    return text.translate(_CONTROLS)


def read_stdin() -> bytes:
    """Read all of stdin.

    Raises:
        UsageError: It is closed, or a directory.
    """
    if sys.stdin is None:
        raise UsageError("- stands for stdin, which is closed")
    try:
        return sys.stdin.buffer.read()
    except OSError as failure:
        raise UsageError(f"- stands for stdin, which can't be read: {failure.strerror}") from None


def read_text() -> str:
    """Read stdin as text, without the line break at its end.

    Raises:
        UsageError: It is closed, or no UTF-8.
    """
    try:
        text = read_stdin().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError("- stands for stdin, which is not UTF-8 text; a medium goes by --file -") from None
    return text.removesuffix("\n").removesuffix("\r")
