"""One call to a model, and what becomes of its answer."""

import os
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ..errors import ConfigError, DecodeError
from ._console import say
from ._fields import Fields

if TYPE_CHECKING:
    from .._sync.client import Client
    from ._output import Output


def call(
    model: str,
    *,
    output: "Output",
    emulator: bool,
    text: str | None = None,
    files: Sequence[str] = (),
    fields: Fields = (),
    task: str | None = None,
) -> int:
    """Ask *model*, show the answer and return the exit code; *task* is that of a model that is not known here."""
    from .._base import StreamsText
    from ._ask import ask
    from ._live import run_live

    output.check(model, task)
    params = ask(model, text, files, fields, task)
    with connected(emulator) as client:
        try:
            if output.is_live(model, fields) and isinstance(params, StreamsText):
                return run_live(client, model, params, output)
            reply = client.request(model, params)
        except DecodeError as failure:
            output.salvage(failure.raw)
            raise
    return output.show(reply.result, reply.raw)


def call_for(
    task: str,
    model: str | None,
    *,
    output: "Output",
    emulator: bool,
    text: str | None = None,
    files: Sequence[str] = (),
    fields: Fields = (),
) -> int:
    """Ask *model*, or the default of *task*, as `call()` does."""
    from .._catalogue import DEFAULTS

    name = DEFAULTS[task] if model is None else model
    return call(name, output=output, emulator=emulator, text=text, files=files, fields=fields, task=task)


@contextmanager
def connected(emulated: bool) -> Generator["Client"]:
    """Give a client of the service, or of an emulator of its own."""
    if emulated:
        from ..emulator import Emulator

        with Emulator() as emulator, emulator.client() as client:
            say("the local emulator answers, not a model")
            yield client
        return
    _check_credentials()
    from .._sync.client import Client

    with Client() as client:
        yield client


def _check_credentials() -> None:
    """Say at once all that is missing, in the command's own words."""
    has_token = os.environ.get("CLOUDFLARE_API_TOKEN") or os.environ.get("CLOUDFLARE_API_KEY")
    if not os.environ.get("CLOUDFLARE_ACCOUNT_ID") or not has_token:
        raise ConfigError(
            "no credentials: set CLOUDFLARE_ACCOUNT_ID and CLOUDFLARE_API_TOKEN in the environment, "
            "or give --emulator to try it without an account"
        )
