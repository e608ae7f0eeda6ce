"""The log of cfai: nothing that listens to it may cost an answer."""

import contextlib
import logging
from collections.abc import Callable

_log = logging.getLogger("cfai")
_log.addHandler(logging.NullHandler())  # a program that sets no logging up hears nothing, as of other libraries


def is_debugging() -> bool:
    """Return whether lines for debugging are wanted."""
    return _log.isEnabledFor(logging.DEBUG)


def debug(line: str, *values: object) -> None:
    """Log a line for debugging."""
    _safely(_log.debug, line, values)


def warning(line: str, *values: object) -> None:
    """Log a warning."""
    _safely(_log.warning, line, values)


def exception(line: str, *values: object) -> None:
    """Log an error with the exception that is being handled."""
    _safely(_log.exception, line, values)


def _safely(log: Callable[..., None], line: str, values: tuple[object, ...]) -> None:
    with contextlib.suppress(Exception):  # of a handler, a filter or a formatter
        log(line, *values, stacklevel=3)
