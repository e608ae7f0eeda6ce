"""The log of cfai: nothing that listens to it may cost an answer."""

import contextlib
import logging

_log = logging.getLogger("cfai")
_log.addHandler(logging.NullHandler())  # a program that sets no logging up hears nothing, as of other libraries


def is_debugging() -> bool:
    """Return whether lines for debugging are wanted."""
    return _log.isEnabledFor(logging.DEBUG)


def debug(line: str, *values: object) -> None:
    """Log a line for debugging. What a handler, a filter or a formatter raises goes no further."""
    with contextlib.suppress(Exception):
        _log.debug(line, *values, stacklevel=2)


def warning(line: str, *values: object) -> None:
    """Log a warning. What a handler, a filter or a formatter raises goes no further."""
    with contextlib.suppress(Exception):
        _log.warning(line, *values, stacklevel=2)


def exception(line: str, *values: object) -> None:
    """Log an error with the exception that is being handled. What listens may raise, which goes no further."""
    with contextlib.suppress(Exception):
        _log.exception(line, *values, stacklevel=2)
