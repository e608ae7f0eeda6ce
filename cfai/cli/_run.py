"""`cfai run`: one call to any model."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from ..errors import ConfigError, DecodeError
from ._console import say
from ._fields import Fields

if TYPE_CHECKING:
    from .._sync import Client


def run(
    model: Annotated[str, Parameter(help="Its name, such as @cf/meta/llama-3.2-3b-instruct.")],
    input: Annotated[str | None, Parameter(help="The text; - reads it from stdin.")] = None,
    /,
    *,
    file: Annotated[str | None, Parameter(metavar="PATH", help="A picture or a sound; - reads it from stdin.")] = None,
    save: Annotated[
        str | None,
        Parameter(
            metavar="PATH",
            help="Write the answer to this file. A picture or a sound gets its true suffix where PATH has none; "
            "- writes its bytes to stdout.",
        ),
    ] = None,
    json: Annotated[bool, Parameter(help="Print the whole answer as the service sent it.")] = False,
    emulator: Annotated[bool, Parameter(help="Ask a local emulator, which needs no account and is no model.")] = False,
    fields: Annotated[Fields, Parameter(parse=False)],
) -> int:
    """Ask a model and print its answer.

    INPUT goes where MODEL takes its text, and --file where it takes a picture or a sound. Its other fields are given
    by their names, such as --max-tokens 200. A value is read as JSON where it is JSON, and is text elsewhere; dashes
    in a name stand for underscores; a name that is given more than once makes a list.

    The account comes from CLOUDFLARE_ACCOUNT_ID, the token from CLOUDFLARE_API_TOKEN.
    """
    # Not before a call is to be made: a page of help needs none of it.
    from ._ask import ask
    from ._output import Output

    output = Output(save, json)
    output.check(model)
    params = ask(model, input, file, fields)
    with _client(emulator) as client:
        try:
            reply = client.request(model, params)
        except DecodeError as failure:
            output.salvage(failure.raw)
            raise
    return output.show(reply.result, reply.raw)


@contextmanager
def _client(emulated: bool) -> Generator["Client"]:
    if emulated:
        from ..emulator import Emulator

        with Emulator() as emulator, emulator.client() as client:
            say("the local emulator answers, not a model")
            yield client
        return
    _check_credentials()
    from .._sync import Client

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
