"""`cfai chat`: a conversation."""

from typing import Annotated

from cyclopts import Parameter

from .._console import UsageError
from .._options import Model, ModelFields, OnEmulator


def chat(
    name: Annotated[
        str | None,
        Parameter(name="MODEL", help="Its name; without it the default, which `cfai models` marks."),
    ] = None,
    /,
    *,
    model: Model = None,
    system: Annotated[
        str | None, Parameter(metavar="TEXT", help="What the model has to hold to in all its answers.")
    ] = None,
    file: Annotated[
        tuple[str, ...],
        Parameter(metavar="PATH", help="A picture that goes with your first line; may be given several times."),
    ] = (),
    emulator: OnEmulator = False,
    fields: ModelFields,
) -> int:
    """ChatSession with a model.

    Each line of stdin is said to the model, with all that was said before, and answered while the answer comes. On a
    terminal its thoughts are shown too, dimmed, on stderr; through a pipe there is no prompt, and the answers alone
    are on stdout. The model's fields are given by their names, such as --max-tokens 200, and hold for all answers.

    A line that begins with / is a command; with a blank before it, it is said as it is:
    /save PATH writes the conversation as JSON, a list of messages with the pictures in them as data: URLs.
    /quit ends it, as Ctrl-D does.

    Ctrl-C ends an answer, and what came of it stays in the conversation. At the prompt it clears the line, and twice in
    a row it ends with 130. Without a terminal on stdin it ends at once.

    An answer that failed is told on stderr, and the conversation goes on; where the account or the model was refused,
    it ends with 1. It ends with 1 as well where stdin is no terminal and an answer failed. Tokens and neurons of all
    answers are said at the end.
    """
    if name is not None and model is not None:
        raise UsageError("MODEL and --model are the same: give one of them")
    from .._one_call import connected
    from ..chat.conversation import Conversation
    from ..chat.input_lines import InputLines
    from ..chat.session import ChatSession

    conversation = Conversation(name or model, system, file, fields)
    lines = InputLines()
    with connected(emulator) as client:
        return ChatSession(client, conversation, lines).run()
