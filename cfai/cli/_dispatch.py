"""From a command line to an exit code."""

import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from itertools import takewhile
from typing import Any

from cyclopts import App, CycloptsError, Parameter

from .._version import __version__
from ..errors import CfaiError, ConfigError, InvalidParams
from ._console import UsageError, put, say
from ._fields import Fields, split, takes_fields
from ._help import page
from .commands.chat import chat
from .commands.classify import classify
from .commands.embed import embed
from .commands.emulator import emulator
from .commands.image import image
from .commands.models import models
from .commands.run import run
from .commands.speak import speak
from .commands.transcribe import transcribe
from .commands.translate import translate

app = App(
    name="cfai",
    help="Ask the models of Cloudflare Workers AI. Not affiliated with Cloudflare.",
    version=f"cfai {__version__}",
    default_parameter=Parameter(negative=(), allow_leading_hyphen=True),
    # Nothing is printed or ended by cyclopts itself: what is said goes the same way whoever says it.
    print_error=False,
    exit_on_error=False,
    result_action="return_value",
    suppress_keyboard_interrupt=False,
)
for _function in (run, chat, image, speak, transcribe, translate, embed, classify, models, emulator):
    app.command(_function)


def dispatch(tokens: Sequence[str]) -> int:
    """Obey *tokens* and return the exit code; what a user can do something about is a line on stderr."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # What was paid for is shown, whatever the stream's encoding lacks.
            stream.reconfigure(errors="backslashreplace")
    try:
        code = _obey(tokens)
        if sys.stdout is not None:
            sys.stdout.flush()
    except (UsageError, CycloptsError, ConfigError, InvalidParams) as failure:
        say(str(failure))
        return 2
    except CfaiError as failure:
        say(str(failure))
        return 1
    except BrokenPipeError:  # the reader of stdout has gone: it has what it wanted
        _abandon_stdout()
        return 0
    except OSError as failure:
        _abandon_stdout()
        say(_complaint(failure))
        return 1
    return code


def _obey(tokens: Sequence[str]) -> int:
    names, command = _command(tokens)
    own = list(tokens)[len(names) :]
    fields: Fields = ()
    if (command is app and not own) or any(token in command.help_flags for token in takewhile("--".__ne__, own)):
        put(page(app.name[0], names, command))
        return 0
    if takes_fields(command):
        own, fields = split(own, command)
    function, bound, ignored = app.parse_args([*names, *own])
    # What cyclopts leaves to us is the fields of the model, which it can't know.
    code: Any = function(*bound.args, **bound.kwargs, **dict.fromkeys(ignored, fields))
    return code if isinstance(code, int) else 0


def _command(tokens: Sequence[str]) -> tuple[list[str], App]:
    names: list[str] = []
    command = app
    for token in tokens:
        if token.startswith("-") or token not in command:
            break
        names.append(token)
        command = command[token]
    return names, command


def _abandon_stdout() -> None:
    """Where stdout takes no more, let go of the rest: Python would try again at its end, and complain itself."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except AttributeError:  # it was closed from the start
        pass


def _complaint(failure: OSError) -> str:
    name = f": {failure.filename}" if failure.filename else ""
    return f"{failure.strerror or failure}{name}"
