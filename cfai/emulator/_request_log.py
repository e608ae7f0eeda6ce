"""The requests that the emulator remembers: the last ones, and only so many bytes of them."""

from typing import Any

from attrs import evolve

from cfai.emulator._received import Received


class RequestLog(list[Received]):
    """A list that drops its oldest requests where it becomes longer than *requests*, or holds more than *size* bytes.

    It is a plain list for whoever reads it, and may be cleared or cut.
    """

    def __init__(self, requests: int, size: int) -> None:
        super().__init__()
        self._requests = requests
        self._size = size
        self._held = 0
        self._length = 0

    def keep(self, received: Received) -> None:
        """Append a request, without its body where that alone is too long, and drop the oldest as far as needed."""
        if len(self) != self._length:  # somebody else changed it
            self._held = sum(len(each.body) for each in self)
        if len(received.body) > self._size:
            received = evolve(received, body=b"")
        self.append(received)
        self._held += len(received.body)
        dropped = 0
        while len(self) - dropped > self._requests or self._held > self._size:
            self._held -= len(self[dropped].body)
            dropped += 1
        del self[:dropped]
        self._length = len(self)


def checked_limit(name: str, value: Any) -> int:
    """Return *value*, or raise ValueError where it is no whole number from 0 on."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{name} is a whole number from 0 on, not {value!r}")
    return value
