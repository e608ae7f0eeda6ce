"""Addresses that clients are made with: checked, and never shown, for they may hold a password."""

import contextlib
import re
from ipaddress import ip_address
from typing import Protocol
from urllib.parse import SplitResult, urlsplit

from ._secret import revealed
from .errors import ConfigError

_FORBIDDEN_IN_URL = frozenset("@?#%\\")
_NO_ADDRESSES = (bytes, bytearray, memoryview, int, float, complex, list, tuple, set, frozenset, dict)
"""Types whose `str()` is an address by accident at most."""
VISIBLE = re.compile(r"[\x21-\x7e]+", re.ASCII)
UNEXPANDED = re.compile(r"\$\{[^}]*\}|\$[A-Za-z_]\w*|\{\{.*\}\}", re.ASCII)


class Address(Protocol):
    """An address as an object, whose `str()` is the text: `yarl.URL`, `httpx.URL`, pydantic's `AnyUrl`."""

    @property
    def scheme(self) -> str:
        """What stands before the colon, such as "https"."""
        ...


def text_of(name: str, address: object) -> str:
    """Return an address as a text, which an object such as `yarl.URL` has as its `str()`.

    Raises:
        ConfigError: It is of another type. The value is not shown, for it may hold a password.
    """
    address = revealed(address)
    if isinstance(address, str):
        return address
    if not isinstance(address, _NO_ADDRESSES):
        with contextlib.suppress(Exception):  # whatever somebody's class makes of it
            text = str(address)
            if text.lower().startswith(("http://", "https://")):
                return text
    raise ConfigError(f"{name}: must be an http or https address as a str or a URL object, not {type_name(address)}")


def type_name(value: object) -> str:
    return type(value).__name__


def check_url(url: str | Address, allow_insecure: bool) -> str:
    """Check the address that all paths stand below, and give it without a slash at its end.

    Raises:
        ConfigError: It is no http(s) address, or would send the token in the clear.
    """
    url = text_of("base_url (CLOUDFLARE_BASE_URL)", url)
    parts = _split(url)
    if parts is None:
        raise ConfigError("base_url (CLOUDFLARE_BASE_URL) must be an http or https address")
    if UNEXPANDED.search(url):
        raise ConfigError("base_url (CLOUDFLARE_BASE_URL) holds a variable that was never expanded")
    if not _FORBIDDEN_IN_URL.isdisjoint(url) or ".." in parts.path:
        raise ConfigError("base_url (CLOUDFLARE_BASE_URL) must be an address without user, query, fragment or dots")
    host = parts.hostname or ""
    if parts.scheme == "http" and not allow_insecure and not is_loopback(host):
        raise ConfigError(f"http:// would send the token to {host} in the clear: use https, or allow_insecure=True")
    return url.rstrip("/")


def _split(url: object) -> SplitResult | None:
    """Take an http(s) address apart; None where it is none. Nothing is raised, for it may hold a password."""
    if not isinstance(url, str) or not VISIBLE.fullmatch(url):
        return None
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  # it raises where the port is nonsense
    except ValueError:
        return None
    return parts if parts.scheme in ("http", "https") and _is_host(parts.hostname) else None


def _is_host(host: str | None) -> bool:
    # What the codec of host names refuses would otherwise come up as an error of the first call.
    return bool(host) and (":" in str(host) or all(0 < len(label) < 64 for label in str(host).rstrip(".").split(".")))


def is_loopback(host: str) -> bool:
    """Return whether a host is this very machine, whatever a name server says."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_proxy(address: object) -> bool:
    """Tell an address that a proxy can be reached at."""
    return _split(address) is not None
