"""Names of hosts, looked up in a thread of our own (see `worker_threads`)."""

import functools
import socket
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult

from .worker_threads import run_in_thread

_FLAGS = socket.AI_ADDRCONFIG
_NUMERIC = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV


class Resolver(AbstractResolver):
    """What aiohttp's own resolver does, without the thread pool of `concurrent.futures`."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of *host*.

        Raises:
            OSError: It has none.
        """
        look_up = functools.partial(socket.getaddrinfo, host, port, family, socket.SOCK_STREAM, 0, _FLAGS)
        return [_result(host, port, entry) for entry in await run_in_thread(look_up) if len(entry[4]) > 1]

    async def close(self) -> None:
        """Do nothing: there is nothing to close."""


def _result(host: str, port: int, entry: tuple[Any, ...]) -> ResolveResult:
    family, _, protocol, _, address = entry
    found = address[0]
    if family == socket.AF_INET6 and address[3]:  # a link-local address is none without its interface
        found = f"{found.partition('%')[0]}%{address[3]}"
    return ResolveResult(hostname=host, host=found, port=port, family=family, proto=protocol, flags=_NUMERIC)
