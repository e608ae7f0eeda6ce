"""How much a model takes whose limits are known: numbers of entries, and sizes of media (docs/wire.md 3.6)."""

from collections.abc import Mapping


class Limits:
    """The limits of a model."""

    __slots__ = ("as_base64", "each", "entries", "media_types", "most", "together")

    def __init__(
        self,
        entries: str,
        most: int,
        *,
        each: Mapping[str, int] | None = None,
        together: int | None = None,
        as_base64: tuple[str, ...] = (),
        media_types: tuple[str, ...] = (),
    ) -> None:
        self.entries = entries
        """The field whose entries are counted."""
        self.most = most
        """How many there may be."""
        self.each = each or {}
        """The most bytes of one medium, by the field."""
        self.together = together
        """The most bytes of all media; None where that is not known."""
        self.as_base64 = as_base64
        """Fields whose media count for `together` by the length of their base64."""
        self.media_types = media_types
        """The kinds of pictures that it takes; empty where that is not known."""
