"""How connections are made and given up: sockets with keep-alive probes, the proxy that stands between."""

import importlib
import socket
import sys
from typing import Any
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies_environment, proxy_bypass

from .._addresses import is_loopback, is_proxy
from .._settings import Settings
from ..errors import ConfigError

_PROBES = {"TCP_KEEPIDLE": 60, "TCP_KEEPINTVL": 15, "TCP_KEEPCNT": 4}
"""Probes of an idle connection: seconds until the first, seconds between, how many. Without them a call through a NAT
that forgets idle connections (often after 300 s) waits for ever."""

_PORTS = {"http": 80, "https": 443}

for _needed in ("concurrent.futures.thread", "encodings.idna"):
    importlib.import_module(_needed)  # by the look-up of a host: no import runs inside a call


def open_socket(address: Any) -> socket.socket:
    """Make the socket for an entry of `getaddrinfo`."""
    family, kind, protocol = address[:3]
    made = socket.socket(family, kind, protocol)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if sys.platform == "linux":
        for name, value in _PROBES.items():
            made.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
    return made


def proxy_of(settings: Settings) -> str | None:
    """Find the proxy: the one that was given, else the environment's for this host, but for none on loopback.

    Raises:
        ConfigError: It would read the token, for the address is `http://`; or the environment names one that can't be
            used. It is not shown, for it may hold a password.
    """
    url = urlsplit(settings.base_url)
    given = settings.proxy is not None
    if not given and not _is_in_environment(url, settings):
        return None
    if url.scheme == "http" and not settings.allow_insecure:
        name = "proxy" if given else "http_proxy of the environment"
        raise ConfigError(f"http:// would send the token to the {name} in the clear: use https, or allow_insecure=True")
    if settings.proxy is not None:
        return settings.proxy.reveal()
    return _proxy_from_environment(url.scheme) or _refuse(url.scheme)


def _is_in_environment(url: SplitResult, settings: Settings) -> bool:
    """Return whether the environment has a proxy for an address."""
    if not settings.trust_env or is_loopback(url.hostname or "") or not getproxies_environment().get(url.scheme):
        return False
    return not proxy_bypass(f"{url.hostname}:{url.port or _PORTS[url.scheme]}")


def _proxy_from_environment(scheme: str) -> str | None:
    proxy = getproxies_environment()[scheme]
    if "://" not in proxy:
        proxy = f"http://{proxy}"
    return proxy if is_proxy(proxy) else None


def _refuse(scheme: str) -> str:
    # Raised where no local variable holds the address: tracebacks may be shown with their locals.
    raise ConfigError(f"{scheme}_proxy of the environment is not an http:// or https:// address")
