"""From an input that breaks something to a shorter one that breaks the same."""

import traceback
from collections.abc import Callable

Failure = tuple[str, str, int | None]


def failure_of(target: Callable[[bytes], None], data: bytes) -> Failure | None:
    """Say what *data* fails with, and where; None where it does not."""
    try:
        target(data)
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        return type(error).__name__, place.filename, place.lineno
    return None


def shrink(target: Callable[[bytes], None], data: bytes) -> bytes:
    """Leave out blocks, large ones first, as long as what is left fails in the same place."""
    failure = failure_of(target, data)
    size = len(data)
    while failure is not None and size:
        place = 0
        while place < len(data):
            shorter = data[:place] + data[place + size :]
            if failure_of(target, shorter) == failure:
                data = shorter
            else:
                place += size
        size //= 2
    return data
