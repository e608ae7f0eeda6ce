"""`cfai speak`: speech from words."""

from .._options import AsJson, Input, Model, ModelFields, OnEmulator, Save


def speak(
    input: Input = None,
    /,
    *,
    model: Model = None,
    save: Save = None,
    json: AsJson = False,
    emulator: OnEmulator = False,
    fields: ModelFields,
) -> int:
    """Say a text aloud.

    INPUT is what to say. The model's other fields are given by their names, such as --speaker luna or --lang fr.
    Without --save the sound's bytes go to stdout, if that is no terminal.
    """
    from ... import _catalogue
    from .._one_call import call_for
    from .._output import Output

    output = Output(save, json)
    return call_for(_catalogue.TEXT_TO_SPEECH, model, text=input, fields=fields, output=output, emulator=emulator)
