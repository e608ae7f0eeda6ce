"""What is special about how a text model is spoken to, and about how hard it thinks (docs/wire.md 3.1, 3.2, 5)."""

from typing import Final


class Effort:
    """What a family has to say how hard it thinks."""

    __slots__ = ("levels", "mapped", "switch")

    def __init__(self, *levels: str, mapped: tuple[str, ...] = (), switch: bool = False) -> None:
        self.levels = levels
        """The levels of its `reasoning_effort`, lowest first; none where it has no such key."""
        self.mapped = mapped
        """Levels that it lacks and the service maps to one that it has."""
        self.switch = switch
        """Whether `enable_thinking` of the chat template is what turns it off."""


ALWAYS: Final = Effort()
"""Of a model that thinks whatever it is told."""
SWITCH: Final = Effort(switch=True)
"""Of a model that thinks or does not."""


class ChatForm:
    """What is special about how a text model is spoken to."""

    __slots__ = (
        "calls_in_content",
        "effort",
        "pictures_in_messages",
        "prompt_in_messages",
        "texts_alone",
        "thinks_aloud",
    )

    def __init__(
        self,
        *,
        pictures_in_messages: bool = False,
        prompt_in_messages: bool = False,
        texts_alone: bool = False,
        calls_in_content: bool = False,
        effort: Effort | None = None,
        thinks_aloud: bool = False,
    ) -> None:
        self.pictures_in_messages = pictures_in_messages
        """Whether a picture is a part of a message, and not a key beside them."""
        self.prompt_in_messages = prompt_in_messages
        """Whether a prompt is a message of the user's, for it takes no other text."""
        self.texts_alone = texts_alone
        """Whether the content of a message is one text, and never a list of parts."""
        self.calls_in_content = calls_in_content
        """Whether it wants to see the calls of tools that it made in the content of its message too."""
        self.effort = effort
        """What it has for `reasoning_effort`; None where that goes out as it is given."""
        self.thinks_aloud = thinks_aloud
        """Whether its text begins with what it thinks, up to `</think>`."""


AS_ALL: Final = ChatForm()
"""Of a model that differs in nothing."""
