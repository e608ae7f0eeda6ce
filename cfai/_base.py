"""What every params class and every answer class have in common."""

import reprlib
from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from attrs import field, fields, frozen

R = TypeVar("R", covariant=True)
A = TypeVar("A", bound="Answer")

_LONGEST = 200
"""No repr of ours is longer than about this, in characters: they end in logs, and params hold whole files."""


class _Shortener(reprlib.Repr):
    """`reprlib`, which never writes out bytes: its own way makes the whole repr first and cuts it then."""

    def repr_bytes(self, value: bytes, level: int) -> str:
        return f"<{len(value)} bytes>"

    repr_bytearray = repr_bytes


_shortener = _Shortener()
_shortener.maxstring = _shortener.maxother = 60
_shortener.maxlist = _shortener.maxtuple = _shortener.maxdict = 3


def short_repr(thing: Any) -> str:
    """Give a repr of an attrs object that leaves out what is not set and cuts what is long."""
    name = type(thing).__name__
    parts = [
        f"{field.name}={_shortener.repr(value)}"
        for field in fields(type(thing))
        if field.repr and (value := getattr(thing, field.name)) is not None
    ]
    return cut_repr(name, parts)


def cut_repr(name: str, parts: list[str]) -> str:
    """Write a repr of its parts, cut where it is long."""
    text = ", ".join(parts)
    if len(text) > _LONGEST - len(name):
        text = text[: _LONGEST - len(name)] + "..."
    return f"{name}({text})"


@frozen(repr=False)
class Params(Generic[R]):
    """What a model is asked, as a value whose type names the answer.

    A field that is None is not set and is not sent.
    """

    extra_input: Mapping[str, Any] | None = field(default=None, kw_only=True)
    """Fields of the model's input that are newer than this release, by the wire's names. A name that is also a
    field of this class is refused with InvalidParams."""

    def __repr__(self) -> str:
        return short_repr(self)


class StreamsText(Params[R]):
    """Params whose answer can come as a stream of text."""

    # No attrs class: it has no field of its own, and attrs takes half a millisecond of an import for one.
    __slots__ = ()


class StreamsMedia(Params[R]):
    """Params whose answer can come as a stream of bytes."""

    __slots__ = ()


class OwnInput(Params[R]):
    """Params that bring a mapping as the whole input: `Input`, and what is derived from it.

    It stands here so that a request can be told to be one although `Input` itself was not loaded.
    """

    __slots__ = ()

    mapping: Mapping[str, Any]
    returning: Any


class Part:
    """A piece of an answer, such as one word of a transcription."""

    __slots__ = ()

    def __repr__(self) -> str:
        return short_repr(self)


class Answer(Part):
    """What a model answered."""

    __slots__ = ("_raw", "_skipped")
    _raw: Any
    _skipped: list[str]

    @property
    def raw(self) -> Any:
        """The `result` as the service sent it, with the keys that have no field here.

        Bytes where the service answered with bytes; None where the answer was made by hand, or of a stream's pieces.
        """
        # Not an attrs field: no part of eq or repr, and no key of the service can set it. The transport's bytes are
        # kept in a callable that decodes them on first use; no JSON value is callable.
        kept = getattr(self, "_raw", None)
        if callable(kept):
            kept = kept()
            self._keep(kept)
        return kept

    @property
    def skipped(self) -> list[str]:
        """The paths of values that could not be used, such as "$.usage.prompt_tokens"; usually empty.

        Each such field has its default, and its value is still in `raw`. Not part of `==` and `repr()`.
        """
        return getattr(self, "_skipped", [])

    def _keep(self, raw: Any) -> None:
        object.__setattr__(self, "_raw", raw)

    def _skip(self, paths: list[str]) -> None:
        """Note the *paths* of values that were not usable, if there are any."""
        if paths:
            object.__setattr__(self, "_skipped", paths)

    def __reduce__(self) -> tuple[Any, ...]:
        # attrs writes a __getstate__ of the fields alone into every class with slots: `raw` would be lost on the way.
        return _restore, (type(self), object.__getstate__(self))


def _restore(kind: type[A], state: Any) -> A:
    """Make an answer again of what a pickle or a copy carries."""
    answer = object.__new__(kind)
    for values in state if isinstance(state, tuple) else (state,):  # of the slots, and of a subclass's own __dict__
        for name, value in (values or {}).items():
            object.__setattr__(answer, name, value)
    return answer
