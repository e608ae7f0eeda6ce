"""A local Workers AI: a real HTTP server on loopback that answers and refuses as the service does.

It shares no table and no code with the part of cfai that talks to the service, so that a mistake in one shows in the
other.
"""

from cfai.emulator._emulator import Emulator
from cfai.emulator._received import Received

__all__ = ["Emulator", "Received"]
