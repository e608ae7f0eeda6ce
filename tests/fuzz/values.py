"""JSON values as bytes of which every string is one: so each mutation of an input is another value, and none is lost.

Of text that is JSON nearly all mutations are not, and the fuzzer would learn little more than commas.
"""

import enum
import struct
from collections.abc import Callable
from typing import Any

from samples import words

_DEEPEST = 60
"""Of what is built item by item; `Tag.DEEP` goes much further."""


class Tag(enum.IntEnum):
    """What a value begins with, as one byte modulo their number."""

    NULL = 0
    TRUE = 1
    FALSE = 2
    SMALL = 3
    INT = 4
    FLOAT = 5
    HUGE = 6
    WORD = 7
    TEXT = 8
    LIST = 9
    OBJECT = 10
    DEEP = 11


class Reader:
    """Reads values; behind the end all bytes are zero."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0
        self._makers: dict[Tag, Callable[[int], Any]] = {
            Tag.SMALL: lambda _: self.byte() - 128,
            Tag.INT: lambda _: int.from_bytes(self._take(9), signed=True),
            Tag.FLOAT: lambda _: struct.unpack(">d", self._take(8))[0],
            Tag.HUGE: lambda _: 10 ** (300 + self.byte()),
            Tag.WORD: lambda _: self._word(),
            Tag.TEXT: lambda _: self._text(),
            Tag.LIST: lambda depth: [self.value(depth + 1) for _ in range(self._count())],
            Tag.OBJECT: lambda depth: {self._key(): self.value(depth + 1) for _ in range(self._count())},
            Tag.DEEP: self._deep,
        }

    def value(self, depth: int = 0) -> Any:
        """Read one value."""
        tag = Tag(self.byte() % len(Tag))
        if tag <= Tag.FALSE or depth > _DEEPEST:
            return (None, True, False)[tag % 3]
        return self._makers[tag](depth)

    def byte(self) -> int:
        """Read a byte."""
        return self._take(1)[0]

    def rest(self) -> bytes:
        """Give what was not read yet."""
        return self._data[self._place :]

    def _take(self, count: int) -> bytes:
        taken = self._data[self._place : self._place + count]
        self._place += count
        return taken.ljust(count, b"\0")

    def _count(self) -> int:
        return min(self.byte(), len(self.rest()))

    def _word(self) -> str:
        return words()[int.from_bytes(self._take(2)) % len(words())]

    def _key(self) -> str:
        return self._word() if self.byte() % 8 else self._text()

    def _text(self) -> str:
        return self._take(self.byte()).decode("utf-8", "surrogateescape")

    def _deep(self, depth: int) -> Any:
        """Wrap a value in hundreds of lists or objects."""
        levels, key = int.from_bytes(self._take(2)) % 3000, self._word()
        value = self.value(depth + 1)
        for _ in range(levels):
            value = {key: value} if levels % 2 else [value]
        return value


def write(value: Any) -> bytes:
    """Write a value so that `Reader` reads it; what is too long for that is cut."""
    if value is None or isinstance(value, bool):
        return bytes([Tag.NULL if value is None else Tag.TRUE if value else Tag.FALSE])
    if isinstance(value, int):
        small = -128 <= value < 128
        return bytes([Tag.SMALL, value + 128]) if small else bytes([Tag.INT]) + value.to_bytes(9, signed=True)
    if isinstance(value, float):
        return bytes([Tag.FLOAT]) + struct.pack(">d", value)
    if isinstance(value, str):
        return _write_text(value)
    if isinstance(value, list):
        return bytes([Tag.LIST, min(len(value), 255)]) + b"".join(map(write, value[:255]))
    pairs = [b"\x01" + _index(key) + write(item) for key, item in value.items() if key in words()][:255]
    return bytes([Tag.OBJECT, len(pairs)]) + b"".join(pairs)


def _write_text(text: str) -> bytes:
    if text in words():
        return bytes([Tag.WORD]) + _index(text)
    data = text.encode("utf-8", "surrogateescape")[:255]
    return bytes([Tag.TEXT, len(data)]) + data


def _index(word: str) -> bytes:
    return words().index(word).to_bytes(2)
