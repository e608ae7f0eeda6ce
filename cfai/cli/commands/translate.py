"""`cfai translate`: a text in another language."""

from typing import Annotated

from cyclopts import Parameter

from .._options import AsJson, Input, Model, ModelFields, OnEmulator, Save


def translate(
    input: Input = None,
    /,
    *,
    to: Annotated[str, Parameter(metavar="LANGUAGE", help="The language to translate into, such as fr.")],
    source: Annotated[
        str | None,
        Parameter(name="--from", metavar="LANGUAGE", help="The language of the text; English where it is not given."),
    ] = None,
    model: Model = None,
    save: Save = None,
    json: AsJson = False,
    emulator: OnEmulator = False,
    fields: ModelFields,
) -> int:
    """Translate a text."""
    from ... import _catalogue
    from .._one_call import call_for
    from .._output import Output

    given = [("target_lang", to), *([] if source is None else [("source_lang", source)]), *fields]
    output = Output(save, json)
    return call_for(_catalogue.TRANSLATION, model, text=input, fields=given, output=output, emulator=emulator)
