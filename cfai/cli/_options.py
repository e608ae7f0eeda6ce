"""What several commands take, written once."""

from typing import Annotated, TypeAlias

from cyclopts import Parameter

from ._fields import Fields

Input: TypeAlias = Annotated[str | None, Parameter(help="The text; - reads it from stdin.")]
File: TypeAlias = Annotated[str | None, Parameter(metavar="PATH", help="A picture or a sound; - reads it from stdin.")]
Save: TypeAlias = Annotated[
    str | None,
    Parameter(
        metavar="PATH",
        help="Write the answer to this file. A picture or a sound gets its true suffix where PATH has none; "
        "- writes its bytes to stdout.",
    ),
]
AsJson: TypeAlias = Annotated[bool, Parameter(help="Print the whole answer as the service sent it.")]
OnEmulator: TypeAlias = Annotated[bool, Parameter(help="Ask a local emulator, which needs no account and is no model.")]
ModelFields: TypeAlias = Annotated[Fields, Parameter(parse=False)]

Model: TypeAlias = Annotated[
    str | None, Parameter(metavar="NAME", help="Ask this model instead of the default, which `cfai models` marks.")
]
