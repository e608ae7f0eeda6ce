"""`cfai transcribe`: words from speech."""

from typing import Annotated

from cyclopts import Parameter

from .._options import AsJson, Model, ModelFields, OnEmulator, Save


def transcribe(
    file: Annotated[str, Parameter(help="The sound's path; - reads it from stdin.")],
    /,
    *,
    model: Model = None,
    save: Save = None,
    json: AsJson = False,
    emulator: OnEmulator = False,
    fields: ModelFields,
) -> int:
    """Write down what is said in a sound.

    The model's other fields are given by their names, such as --language en.
    """
    from ... import _catalogue
    from .._one_call import call_for
    from .._output import Output

    task, output = _catalogue.AUTOMATIC_SPEECH_RECOGNITION, Output(save, json)
    return call_for(task, model, files=(file,), fields=fields, output=output, emulator=emulator)
