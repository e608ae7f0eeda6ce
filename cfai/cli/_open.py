"""Showing a file in the program that the system has for it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from ._console import say

_OPENERS = {"darwin": "open"}


def open_picture(path: Path) -> None:
    """Open *path*, and say where it is, for nobody can tell whether a window really came up."""
    say(f"the picture is {path}" if _open(path) else f"can't open a window here; the picture is {path}")


def _open(path: Path) -> bool:
    if sys.platform == "win32":
        os.startfile(path)  # noqa: S606  # a picture that was written just now
        return True
    opener = shutil.which(_OPENERS.get(sys.platform, "xdg-open"))
    if opener is None or not (sys.platform == "darwin" or _has_screen()):
        return False
    line, null = [opener, os.fspath(path.absolute())], subprocess.DEVNULL
    try:
        # In a session of its own, so that Ctrl-C here does not close the window there.
        process = subprocess.Popen(line, stdin=null, stdout=null, stderr=null, start_new_session=True)  # noqa: S603
    except OSError:
        return False
    process.returncode = 0  # nobody waits for it, and Python would warn of that
    return True


def _has_screen() -> bool:
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
