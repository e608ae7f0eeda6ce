"""By which names an emulator on loopback may be called.

A page in a browser can have its own name resolve to 127.0.0.1, and would then read the answers of whatever listens
there. The browser sends that name as the Host.
"""

import ipaddress
import re
from typing import Final

_HOST: Final = re.compile(r"(?P<name>\[[0-9a-fA-F:.]+\]|[^:\[\]]+)(?::[0-9]*)?")


def is_loopback(address: str) -> bool:
    """Return whether an IP *address* is one of this machine alone."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def is_loopback_host(header: str) -> bool:
    """Return whether a Host *header* is `localhost` or an address of loopback, with a port or without."""
    match = _HOST.fullmatch(header)
    return match is not None and (match["name"].lower() == "localhost" or is_loopback(match["name"].strip("[]")))
