"""What a figure means nothing without: the day, the machine and the versions. No name of a host, a user or a place."""

import os
import platform
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

OURS = ("aiohttp", "anyio", "attrs", "cattrs", "msgspec", "orjson", "yarl")


def today() -> str:
    """Write the day, in UTC."""
    return datetime.now(UTC).date().isoformat()


def machine() -> str:
    """Write what it was measured on."""
    return (
        f"{_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}, "
        f"{platform.python_implementation()} {platform.python_version()}"
    )


def load() -> str:
    """Write how busy the machine was, or nothing where it does not say."""
    if not hasattr(os, "getloadavg"):
        return ""
    return f", under a load of {os.getloadavg()[2]:.1f}, of which the benchmark itself makes 1 to 2"


def versions(names: Iterable[str] = OURS) -> str:
    """Write what was measured."""
    return ", ".join(f"{name} {version(name)}" for name in ("cfai-sdk", *names))


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.machine()
