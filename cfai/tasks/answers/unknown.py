"""What fits no other class."""

from attrs import define

from ..._base import Answer


@define(repr=False)
class UnknownAnswer(Answer):
    """An answer of a shape that this release does not know; all of it is in `raw`."""

    def __repr__(self) -> str:
        raw = self.raw
        size = f" of {len(raw)}" if isinstance(raw, (dict, list, str, bytes)) else ""
        return f"UnknownAnswer(raw: {type(raw).__name__}{size})"
