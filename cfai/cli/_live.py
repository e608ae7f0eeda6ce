"""Showing a text while it comes."""

import sys
from typing import TYPE_CHECKING, Any

from ..tasks.answers import ReasoningDelta, TextDelta
from ._console import harmless, on_terminal
from ._output import say_if_cut

if TYPE_CHECKING:
    from .._sync.client import Client
    from .._sync.streams import TextStream
    from ._output import Output


def run_live(client: "Client", model: str, params: Any, output: "Output") -> int:
    """Ask *model*, show its text while it comes, and return the exit code."""
    with client.stream(model, params) as stream:
        spoke = show(stream)
    if not spoke:  # it asks for tools, or has another answer than a text
        return output.show(stream.result, None)
    say_if_cut(stream.result)
    return 0


def show(stream: "TextStream[Any]") -> bool:
    """Print the text of *stream* piece by piece, and say whether there was any.

    What is printed ends with a line break, also where the stream breaks off: what is said next has its own line.
    """
    page = _Page()
    try:
        for event in stream:
            if isinstance(event, TextDelta):
                page.put(event.text)
            elif isinstance(event, ReasoningDelta):
                page.think(event.text)
    finally:
        page.end()
    return page.spoke


class _Page:
    """Stdout, on which a text grows, and the thoughts before it on stderr."""

    def __init__(self) -> None:
        self._terminal = on_terminal(sys.stdout)
        self._thoughts = _Thoughts() if self._terminal and on_terminal(sys.stderr) else None
        self._line_is_open = False
        self.spoke = False

    def think(self, text: str) -> None:
        """Show a thought, to a human alone: who reads a pipe wants the answer."""
        if self._thoughts is not None:
            self._break_line()
            self._thoughts.put(text)

    def put(self, text: str) -> None:
        if self._thoughts is not None:
            self._thoughts.end()
        self.spoke = True
        if sys.stdout is not None:
            sys.stdout.write(harmless(text) if self._terminal else text)
            sys.stdout.flush()
            self._line_is_open = not text.endswith("\n")

    def end(self) -> None:
        if self._thoughts is not None:
            self._thoughts.end()
        self._break_line()

    def _break_line(self) -> None:
        if self._line_is_open:
            self._line_is_open = False
            sys.stdout.write("\n")
            sys.stdout.flush()


class _Thoughts:
    """What a model thinks, dimmed on stderr, where the terminal can do that."""

    def __init__(self) -> None:
        self._console: Any = None
        self._line_is_open = False

    def put(self, text: str) -> None:
        from rich.text import Text

        if self._console is None:
            from rich.console import Console

            self._console = Console(stderr=True)  # not before it is needed: it takes 0.1 s to load
        self._console.print(Text(harmless(text), style="dim"), end="", soft_wrap=True)
        self._line_is_open = not text.endswith("\n")

    def end(self) -> None:
        if self._line_is_open:
            self._line_is_open = False
            self._console.print()
