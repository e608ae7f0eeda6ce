"""`cfai embed`: a text as a vector."""

from .._options import AsJson, Input, Model, ModelFields, OnEmulator, Save


def embed(
    input: Input = None,
    /,
    *,
    model: Model = None,
    save: Save = None,
    json: AsJson = False,
    emulator: OnEmulator = False,
    fields: ModelFields,
) -> int:
    """Turn a text into a vector.

    It is printed as a list of numbers on a line. Several texts, each given by --text, make a line each.
    """
    from ... import _catalogue
    from .._one_call import call_for
    from .._output import Output

    output = Output(save, json)
    return call_for(_catalogue.TEXT_EMBEDDINGS, model, text=input, fields=fields, output=output, emulator=emulator)
