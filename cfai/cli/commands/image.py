"""`cfai image`: a picture from words."""

from typing import Annotated

from cyclopts import Parameter

from .._options import AsJson, Input, Model, ModelFields, OnEmulator, Save

_NOT_OF_THE_DEFAULT = frozenset({"guidance", "height", "seed", "width"})


def image(
    input: Input = None,
    /,
    *,
    model: Model = None,
    file: Annotated[
        tuple[str, ...],
        Parameter(
            metavar="PATH",
            help="A picture to start from; of the flux-2 models one to refer to, up to four times; - reads it from "
            "stdin.",
        ),
    ] = (),
    save: Save = None,
    open: Annotated[bool, Parameter(help="Show the picture in a window, where there are windows.")] = False,
    json: AsJson = False,
    emulator: OnEmulator = False,
    fields: ModelFields,
) -> int:
    """Draw a picture.

    INPUT says what to draw. The model's other fields are given by their names, such as --width 512 or --seed 7. The
    default model takes --steps alone: with --width, --height, --seed or --guidance, flux-2-klein-4b is asked instead.
    Without --save and --open the picture's bytes go to stdout, if that is no terminal.
    """
    from ... import _catalogue
    from .._one_call import call_for
    from .._output import Output

    output = Output(save, json, opened=open)
    if model is None and any(key in _NOT_OF_THE_DEFAULT for key, _ in fields):
        model = _catalogue.SIZED
    return call_for(
        _catalogue.TEXT_TO_IMAGE, model, text=input, files=file, fields=fields, output=output, emulator=emulator
    )
