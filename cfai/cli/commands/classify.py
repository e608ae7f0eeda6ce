"""`cfai classify`: the class of a text or a picture."""

from .._options import AsJson, File, Input, Model, ModelFields, OnEmulator, Save


def classify(
    input: Input = None,
    /,
    *,
    file: File = None,
    model: Model = None,
    save: Save = None,
    json: AsJson = False,
    emulator: OnEmulator = False,
    fields: ModelFields,
) -> int:
    """Say which classes a text or a picture belongs to.

    A line for each: the class, and how sure the model is of it, from 0 to 1. A text is INPUT, a picture goes by --file.
    """
    from ... import _catalogue
    from .._one_call import call_for
    from .._output import Output

    task = _catalogue.TEXT_CLASSIFICATION if file is None else _catalogue.IMAGE_CLASSIFICATION
    files, output = () if file is None else (file,), Output(save, json)
    return call_for(task, model, text=input, files=files, fields=fields, output=output, emulator=emulator)
