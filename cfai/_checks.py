"""Checks of options: numbers, seconds, values of headers. None shows a value that may be a secret."""

import re
from types import NoneType

from .errors import ConfigError

_HEADER_VALUE = re.compile(r"[\t\x20-\x7e]*", re.ASCII)
_MOST = 10**9
MOST_BYTES = 2**53
_LONGEST = 10**9
"""Seconds of the longest limit of time and of the longest wait: thirty years."""
_SHORT = 128
"""Bits of a number that is shown as it is."""


def check_whole(name: str, value: object, *, least: int = 0, most: int = _MOST) -> None:
    """Refuse what is no whole number from *least* to *most*.

    Raises:
        ConfigError: It is something else.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ConfigError(f"{name}: must be a whole number from {least} to {most:,}; got {_shown(value)}")


def check_seconds(name: str, value: object, *, zero: bool = False) -> None:
    """Refuse what is no number of seconds. 0 is one only where *zero* says so.

    Raises:
        ConfigError: It is something else, infinite, or longer than thirty years.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not _is_within(value, zero):
        least = "from 0" if zero else "above 0 and"
        raise ConfigError(f"{name}: must be a number of seconds {least} up to {_LONGEST:,}; got {_shown(value)}")


def _is_within(value: float, zero: bool) -> bool:
    # Compared as it is: to turn 10**400 into a float is an error of its own; a comparison with nan is always false.
    return (0 <= value if zero else 0 < value) and value <= _LONGEST


def _shown(value: object) -> str:
    """Write a wrong value where it is a number that a line has room for, else its type."""
    if isinstance(value, (bool, float, NoneType)) or (isinstance(value, int) and value.bit_length() <= _SHORT):
        return repr(value)
    return f"a value of type {type(value).__name__}"


def check_header(name: str, value: object, *, optional: bool = True) -> None:
    """Refuse a header value with control characters; the value itself is not shown, for it may be a secret.

    Raises:
        ConfigError: It is not a str, or holds a line break, another control character, or non-ASCII text.
    """
    if value is None and optional:
        return
    if not isinstance(value, str):
        raise ConfigError(f"{name}: must be a str, not {type(value).__name__}")
    if not _HEADER_VALUE.fullmatch(value):
        raise ConfigError(f"{name}: must be a str of printable ASCII characters, without line breaks")
