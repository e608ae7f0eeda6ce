"""Where a link may lead: checked before anything is sent, for a link is text that a model, or its maker, wrote."""

import re
from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from ..errors import InvalidParams
from ..media import MediaLink

Allows = Callable[[str], bool]
"""Tells whether an address, such as "93.184.215.14", is a public one."""

_VISIBLE = re.compile(r"[\x21-\x7e]+", re.ASCII)
_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?", re.ASCII)
_NUMBER = re.compile(r"[0-9]+|0[xX][0-9a-fA-F]*", re.ASCII)
_PORTS = {"http": 80, "https": 443}
_SHOWN = 100
"""Characters of a link that an error shows."""

_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
# What Python's own tables lack, or have in some releases only.
_SPECIAL_4 = (
    IPv4Network("168.63.129.16/32"),  # answers inside of Azure alone, with a machine's secrets
    IPv4Network("192.0.0.0/24"),  # protocols; Oracle's clouds have one there of the same kind
    IPv4Network("192.88.99.0/24"),  # relays of 6to4
)
_SPECIAL_6 = (
    IPv6Network("2001::/23"),  # protocols, Teredo among them
    IPv6Network("3fff::/20"),  # documentation
)


class Target:
    """A link that may be fetched, taken apart."""

    __slots__ = ("address", "host", "media_type", "name")

    model = ""
    once = False  # a GET without a body can be repeated

    def __init__(self, link: MediaLink, parts: SplitResult, host: str) -> None:
        self.address = link.url.partition("#")[0]
        """The URL as it was given: a signature may cover each of its characters. A fragment is never sent."""
        self.host = host
        self.media_type = link.media_type
        # Without the query, which is what gives access where a link is signed.
        shown = f"{parts.scheme}://{parts.netloc}{parts.path}"
        self.name = shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "..."
        """What messages and the log call it."""


class Rules:
    """Where the links of one client may lead: to public hosts by https, and to its own server where that is local."""

    __slots__ = ("_is_public", "_own")

    def __init__(self, base_url: str, is_public: Allows) -> None:
        """Begin with the client's *base_url*, and with what tells whether an address is public."""
        base = urlsplit(base_url)
        host = base.hostname or ""
        local = host == "localhost" or host.endswith(".localhost") or is_loopback(host)
        self._own = (base.scheme, host, _port(base)) if local else None
        self._is_public = is_public

    def target_of(self, link: object) -> Target:
        """Check *link*, and take it apart.

        Raises:
            InvalidParams: It is not a `MediaLink`, not an https address, or leads to a host that is not public.
        """
        if not isinstance(link, MediaLink):
            raise InvalidParams(f"link: must be a cfai.MediaLink, which an answer gave, not {type(link).__name__}")
        parts = _split(link.url)
        host = (parts.hostname or "").lower()
        if not self._is_own(parts, host):
            if parts.scheme != "https":
                raise InvalidParams("link: must be an https:// address")
            if not _is_literal(host):
                _check_name(host)
            elif not self._is_public(host):
                raise InvalidParams("link: its host is not a public address")
        return Target(link, parts, host)

    def check(self, host: str, port: int, addresses: Iterable[str]) -> None:
        """Check all *addresses* that *host* has.

        Raises:
            InvalidParams: One of them is not public.
        """
        is_own = self._own is not None and (host.lower(), port) == self._own[1:]
        allows = is_loopback if is_own else self._is_public
        if not all(map(allows, addresses)):
            # Which address it is would tell whoever wrote the link about the network that this runs in.
            raise InvalidParams(f"link: {host} leads to an address that is not {'local' if is_own else 'public'}")

    def _is_own(self, parts: SplitResult, host: str) -> bool:
        """Whether the link leads to the client's own server on loopback: the emulator's links do."""
        if self._own is None or parts.scheme not in ("http", self._own[0]):
            return False
        return (host, _port(parts)) == self._own[1:]


def _split(url: object) -> SplitResult:
    """Take *url* apart; what it says is not shown, for it may hold a password or a signature."""
    if not isinstance(url, str) or not _VISIBLE.fullmatch(url) or "\\" in url:
        raise InvalidParams("link: its url must be an address of printable ASCII characters, without blanks")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), 0
    if not parts.hostname or port == 0 or "%" in parts.netloc:
        raise InvalidParams("link: its host or port is not valid")
    if "@" in parts.netloc:
        raise InvalidParams("link: must not hold a user name or a password")
    return parts


def _port(parts: SplitResult) -> int | None:
    return parts.port or _PORTS.get(parts.scheme)


def _is_literal(host: str) -> bool:
    """Whether *host* is an address and not a name."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _check_name(host: str) -> None:
    labels = host.removesuffix(".").split(".")
    if not all(map(_LABEL.fullmatch, labels)) or len(host) > 253:
        raise InvalidParams("link: its host is not a valid name")
    if _NUMBER.fullmatch(labels[-1]):  # other spellings of an address, such as 2130706433, 0x7f.1 and 127.0.0.1.
        raise InvalidParams("link: its host is an address in an unusual spelling")


def is_loopback(address: str) -> bool:
    """Whether *address* leads to this machine."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def is_public(address: str) -> bool:
    """Whether *address* is one of the public internet's, and so are those that it holds inside."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, IPv6Address):
        inner = _inner(parsed)
        if inner is not None:
            return _is_public_4(inner)
        special = any(parsed in network for network in _SPECIAL_6)
        return parsed in _GLOBAL_UNICAST and parsed.is_global and not special
    return _is_public_4(parsed)


def _inner(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address to which packets for *address* go in the end: of IPv4-mapped, NAT64 and 6to4 ones."""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def _is_public_4(address: IPv4Address) -> bool:
    # `is_global` alone is true of multicast.
    special = address.is_multicast or address.is_reserved or any(address in network for network in _SPECIAL_4)
    return address.is_global and not special
