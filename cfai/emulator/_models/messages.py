"""What a conversation looks like in each family, and what was said in it (docs/wire.md 3.1, 3.2 and 5)."""

from typing import Any, Final

from cfai.emulator._schema import OBJECT, STRING, Kind, Shape

_PART: Final = Kind(
    ("object",),
    shape=Shape(
        ("type",),
        {"type": STRING, "text": STRING, "image_url": Kind(("object",), shape=Shape(("url",), {"url": STRING}))},
    ),
)
_LOOSE_PART: Final = Kind(
    ("object",),
    shape=Shape((), {"type": STRING, "text": STRING, "image_url": Kind(("object",), shape=Shape((), {"url": STRING}))}),
)


ROLES: Final = ("user", "assistant", "system", "tool")
"""The roles that the native models' types name; that another one is refused is our guess."""

_CHAT_ROLES: Final = (*ROLES, "developer", "function")


def messages_of(required: tuple[str, ...], content: Kind, roles: tuple[str, ...] = ROLES) -> Kind:
    """Describe a conversation of one message or more; that an empty one is refused is our guess."""
    fields = {"role": Kind(("string",), choices=roles), "content": content}
    return Kind(("array",), fewest=1, items=Kind(("object",), shape=Shape(required, fields)))


TEXTS: Final = messages_of(("role", "content"), STRING)
"""Content in parts and a null content are refused by most of the native family."""

TEXTS_OR_PARTS: Final = messages_of(("role", "content"), Kind(("string", "array"), items=OBJECT))
"""The content may be a list of texts."""

SEEN: Final = messages_of((), Kind(("string", "array", "object"), items=_LOOSE_PART, shape=_LOOSE_PART.shape))
"""The native models that take pictures, where nothing is required of a message."""

CHAT: Final = messages_of(("role",), Kind(("string", "array", "null"), items=_PART), _CHAT_ROLES)
"""The chat completions."""


def said(body: dict[str, Any]) -> list[str]:
    """List what was said, the question last."""
    if "messages" not in body:
        return [body["prompt"]]
    messages = sorted(body["messages"], key=lambda message: message.get("role", "user") == "user")
    return [words(message.get("content")) for message in messages]


def words(content: object) -> str:
    """Give the words of a content: a text, a part, a list of parts, or nothing."""
    match content:
        case str():
            return content
        case {"text": str(text)}:
            return text
        case list():
            return " ".join(filter(None, map(words, content)))
        case _:
            return ""


def contents(body: dict[str, Any]) -> list[object]:
    """List the contents of all messages, as they came."""
    return [message.get("content") for message in body.get("messages", ())]
