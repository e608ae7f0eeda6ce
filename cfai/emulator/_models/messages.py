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


def _messages(required: tuple[str, ...], content: Kind) -> Kind:
    return Kind(("array",), items=Kind(("object",), shape=Shape(required, {"role": STRING, "content": content})))


TEXTS: Final = _messages(("role", "content"), STRING)
"""Content in parts and a null content are refused by most of the native family."""

TEXTS_OR_PARTS: Final = _messages(("role", "content"), Kind(("string", "array"), items=OBJECT))
"""The content may be a list of texts."""

SEEN: Final = _messages((), Kind(("string", "array", "object"), items=_LOOSE_PART, shape=_LOOSE_PART.shape))
"""The native models that take pictures, where nothing is required of a message."""

CHAT: Final = _messages(("role",), Kind(("string", "array", "null"), items=_PART))
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
