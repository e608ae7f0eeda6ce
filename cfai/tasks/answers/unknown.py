"""What fits no other class."""

from attrs import define

from ..._base import Answer


@define(repr=False)
class UnknownAnswer(Answer):
    """An answer of a shape that this release does not know; all of it is in `raw`."""

    def __repr__(self) -> str:
        shown = repr(self.raw) if not isinstance(self.raw, bytes) else f"<{len(self.raw)} bytes>"
        return f"UnknownAnswer({shown[:160]}{'...' if len(shown) > 160 else ''})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, UnknownAnswer):
            return NotImplemented
        return bool(self.raw == other.raw)  # it has nothing else to be told apart by

    __hash__ = None  # type: ignore[assignment]  # compared by a value that may change
