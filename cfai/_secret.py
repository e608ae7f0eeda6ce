"""Texts that must not show: tokens, keys, passwords, values of headers."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol


class SecretText(Protocol):
    """A text that is kept from being shown, such as pydantic's `SecretStr`."""

    def get_secret_value(self) -> Any:
        """Return the text."""


def revealed(value: object) -> Any:
    """Return the text in a `SecretText`, or of a subclass of str; anything else as it is.

    So is a `SecretText` that gives no text, raises, or asks for an argument: its type is what an error names then. It
    must not be taken for a value that was not given, for that comes from the environment, and may be somebody else's.
    """
    if isinstance(value, str):
        return str.__str__(value)  # what a subclass shows may be something else
    if isinstance(value, type):
        return value
    try:
        reveal = getattr(value, "get_secret_value", None)
        text = reveal() if callable(reveal) else None
    except Exception:  # its words may hold the secret
        text = None
    if text is None:
        return value
    return str.__str__(text) if isinstance(text, str) else text


class Secret:
    """A text that shows in no repr, log, `vars` or pickle."""

    __slots__ = ("_hidden",)

    def __init__(self, value: str | None) -> None:
        self._hidden: Callable[[], str | None] = lambda: value  # a closure, since tools print every attribute

    def reveal(self) -> str | None:
        """Give the text; None after a pickle, which does not carry it."""
        return self._hidden()

    def __repr__(self) -> str:
        return "Secret(...)"

    def __bool__(self) -> bool:
        return bool(self.reveal())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self.reveal() == other.reveal()

    def __hash__(self) -> int:
        return hash((Secret, self.reveal()))

    def __reduce__(self) -> tuple[type["Secret"], tuple[None]]:
        return Secret, (None,)

    def __copy__(self) -> "Secret":
        return self

    def __deepcopy__(self, memo: object) -> "Secret":
        return self


class SecretHeaders(Mapping[str, str]):
    """Headers whose values show nowhere; looked up without case. A pickle carries none of them."""

    __slots__ = ("_hidden",)

    def __init__(self, headers: Mapping[str, str] | None = None) -> None:
        values = {name.lower(): (name, revealed(value)) for name, value in (headers or {}).items()}
        self._hidden: Callable[[], dict[str, tuple[str, str]]] = lambda: values

    def __getitem__(self, name: str) -> str:
        return self._hidden()[name.lower()][1]

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._hidden().values())

    def __len__(self) -> int:
        return len(self._hidden())

    def __repr__(self) -> str:
        return f"SecretHeaders({sorted(self)})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Mapping):
            return NotImplemented
        return dict(self) == dict(other)

    def __hash__(self) -> int:
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[type["SecretHeaders"], tuple[()]]:
        return SecretHeaders, ()

    def __copy__(self) -> "SecretHeaders":
        return self

    def __deepcopy__(self, memo: object) -> "SecretHeaders":
        return self
