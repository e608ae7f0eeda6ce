"""anyio's private names: all that cfai uses of them, and why. Where one is gone, anyio imports it by itself, later."""

import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

import anyio

NAMES = {
    "_backends._asyncio": (
        "the backend, which `anyio.run` imports by its name: imported here, no call has to, and freezers find it",
        "the first call of a sync client takes longer, and a frozen program may fail in it",
    ),
}
"""Names below `anyio`: why each is used, and what breaks without it."""

backend: Any = None
"""The module; None where this version of anyio has it elsewhere."""
with contextlib.suppress(ImportError):
    import anyio._backends._asyncio as _found  # a statement, and not a call: programs that freeze others read those

    backend = _found


def run(main: Callable[[], Awaitable[None]], loop_factory: Callable[[], Any]) -> None:
    """Run *main* in a new loop of asyncio's that *loop_factory* makes."""
    anyio.run(main, backend_options={"loop_factory": loop_factory})
