"""`cfai emulator`: a local Workers AI, until it is stopped."""

import shlex
import signal
import sys
import time
from types import FrameType
from typing import TYPE_CHECKING, Annotated, NoReturn

from cyclopts import Parameter

from .._console import UsageError, put, say

if TYPE_CHECKING:
    from ...emulator import Emulator

_LAST_PORT = 65535


def emulator(
    *,
    host: Annotated[
        str, Parameter(metavar="HOST", help="The address to listen on; others than loopback let anyone call it.")
    ] = "127.0.0.1",
    port: Annotated[int, Parameter(metavar="PORT", help="The port to listen on; 0 takes a free one.")] = 0,
) -> NoReturn:
    """Run a local Workers AI that answers without an account.

    Its answers are made up. What a client needs to call it is printed as lines for a shell: with
    `cfai emulator > emulator.env` in one, `. ./emulator.env` in another.

    It runs until Ctrl-C, which ends it with 130, or SIGTERM, which ends it with 0.
    """
    signal.signal(signal.SIGTERM, _end)
    running = _start(host, port)
    try:
        _export("CLOUDFLARE_BASE_URL", running.base_url)
        _export("CLOUDFLARE_ACCOUNT_ID", running.account_id)
        _export("CLOUDFLARE_API_TOKEN", running.api_token)
        if sys.stdout is not None:
            sys.stdout.flush()
        say("the emulator runs until Ctrl-C")
        while True:
            time.sleep(3600)  # Ctrl-C ends a sleep everywhere, and other waits not on Windows
    finally:
        running.close()


def _start(host: str, port: int) -> "Emulator":
    if not host or not 0 <= port <= _LAST_PORT:
        raise UsageError(f"--host needs an address, and --port a number from 0 to {_LAST_PORT}")
    from ...emulator import Emulator

    running = Emulator(host=host, port=port)
    try:
        running.start()
    except OSError as failure:
        raise UsageError(f"can't listen on {host}, port {port}: {failure.strerror or failure}") from None
    return running


def _end(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


def _export(name: str, value: str) -> None:
    put(f"export {name}={shlex.quote(value)}")
