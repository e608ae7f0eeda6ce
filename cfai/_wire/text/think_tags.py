"""Thoughts inside of a text: `<think>...</think>`, or all before a lone `</think>` (docs/wire.md 3.1).

The templates of some models open `<think>` in the prompt, so that their text begins with the thoughts. What is before
the first closing mark is reasoning, an opening mark at its very beginning left out; blanks around the marks belong to
neither side. Without a closing mark nothing is split off: all of it is text.
"""

_OPENING = "<think>"
_CLOSING = "</think>"


def split_thoughts(text: str) -> tuple[str | None, str]:
    """Split a whole *text* into reasoning, if any, and the text itself."""
    thoughts, mark, rest = text.partition(_CLOSING)
    return (_without_opening(thoughts).strip() or None, rest.lstrip()) if mark else (None, text)


def thoughts_so_far(text: str) -> tuple[str | None, str]:
    """Split a *text* that is still to be continued: before the closing mark all of it is reasoning."""
    if _CLOSING in text:
        return split_thoughts(text)
    text = text[: len(text) - _begun(text, _CLOSING)]
    return _without_opening(text).strip() or None, ""


def _without_opening(text: str) -> str:
    return text.lstrip().removeprefix(_OPENING)


def _begun(text: str, mark: str) -> int:
    """Say how many characters at the end of *text* may be the beginning of *mark*."""
    return next((size for size in range(min(len(mark) - 1, len(text)), 0, -1) if text.endswith(mark[:size])), 0)


class ThinkTagSplitter:
    """The same for a text that comes in pieces, which may cut a mark anywhere.

    What comes is given as reasoning until there is a closing mark. Whoever sees the stream end without one has to give
    all of it again, as the text that it was.
    """

    __slots__ = ("_blanks", "_fresh", "_held", "_opened", "closed")

    def __init__(self) -> None:
        self._held = ""
        """What may be the beginning of a mark."""
        self._blanks: list[str] = []
        """Blanks that are reasoning only if more of it follows."""
        self._opened = False
        """Whether the place of the opening mark is behind us."""
        self._fresh = True
        """Whether nothing but blanks has come of the reasoning, or after the closing mark of the text."""
        self.closed = False
        """Whether there was a closing mark."""

    def feed(self, piece: str) -> tuple[str, str]:
        """Give the next pieces of reasoning and of text."""
        if self.closed:
            return "", self._begun_with(piece)
        piece, self._held = self._held + piece, ""
        if not self._opened:
            piece = piece.lstrip()
            if len(piece) < len(_OPENING) and _OPENING.startswith(piece):
                self._held = piece
                return "", ""
            self._opened = True
            piece = piece.removeprefix(_OPENING)
        thoughts, mark, text = piece.partition(_CLOSING)
        if mark:
            thoughts, self.closed, self._fresh = self._thoughts(thoughts), True, True
            return thoughts, self._begun_with(text)
        size = len(piece) - _begun(piece, _CLOSING)
        self._held = piece[size:]
        return self._thoughts(piece[:size]), ""

    def _thoughts(self, piece: str) -> str:
        """Hold back the blanks at the end: they may be the last before the mark."""
        piece = self._begun_with(piece)
        bare = piece.rstrip()
        blanks = piece[len(bare) :]
        if not bare:
            self._blanks.append(blanks)
            return ""
        bare, self._blanks = "".join(self._blanks) + bare, [blanks]
        return bare

    def _begun_with(self, piece: str) -> str:
        """Leave out the blanks that a side begins with."""
        if self._fresh:
            piece = piece.lstrip()
            self._fresh = not piece
        return piece
