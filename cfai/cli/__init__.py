"""The command `cfai`: a file a command.

Text goes to stdout, everything else to stderr. Exit 0: good. 1: the service refused, or no usable answer came.
2: wrong usage. 130: interrupted.
"""

import sys
from collections.abc import Sequence

__all__ = ("main",)


def main(tokens: Sequence[str] | None = None) -> int:
    """Do as the command line says and return the exit code; *tokens* stand in for the arguments of the process."""
    try:
        from ._dispatch import dispatch

        return dispatch(sys.argv[1:] if tokens is None else tokens)
    except KeyboardInterrupt:
        return 130
    except ModuleNotFoundError as missing:
        if missing.name != "cyclopts":  # what it needs itself comes with it
            raise
        sys.stderr.write("cfai: the command needs more than the package: pip install 'cfai-sdk[cli]'\n")
        return 2
