"""A text that grows by small pieces."""

_MANY = 256


class TextBuffer:
    """Keeps the pieces joined, by the hundred: a token takes four bytes so, and by itself fifty more.

    `io.StringIO` would keep a hundred thousand of them before it joins any.
    """

    __slots__ = ("_blocks", "_length", "_pieces")

    def __init__(self) -> None:
        self._blocks: list[str] = []
        self._pieces: list[str] = []
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def __str__(self) -> str:
        return "".join(self._blocks) + "".join(self._pieces)

    def add(self, piece: str) -> None:
        """Put *piece* to the end."""
        self._pieces.append(piece)
        self._length += len(piece)
        if len(self._pieces) >= _MANY:
            self._blocks.append("".join(self._pieces))
            self._pieces.clear()
