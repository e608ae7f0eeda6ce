"""`cfai run`: one call to any model."""

from typing import Annotated

from cyclopts import Parameter

from .._options import AsJson, File, Input, ModelFields, OnEmulator, Save


def run(
    model: Annotated[str, Parameter(help="Its name, such as @cf/meta/llama-3.2-3b-instruct.")],
    input: Input = None,
    /,
    *,
    file: File = None,
    save: Save = None,
    json: AsJson = False,
    emulator: OnEmulator = False,
    fields: ModelFields,
) -> int:
    """Ask a model and print its answer.

    INPUT goes where MODEL takes its text, and --file where it takes a picture or a sound. Its other fields are given
    by their names, such as --max-tokens 200. A value is read as JSON where it is JSON, and is text elsewhere; dashes
    in a name stand for underscores; a name that is given more than once makes a list.

    The account comes from CLOUDFLARE_ACCOUNT_ID, the token from CLOUDFLARE_API_TOKEN.
    """
    # Not before a call is to be made: a page of help needs none of it.
    from .._one_call import call
    from .._output import Output

    files = () if file is None else (file,)
    return call(model, text=input, files=files, fields=fields, output=Output(save, json), emulator=emulator)
