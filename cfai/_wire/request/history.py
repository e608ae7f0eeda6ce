"""A history as each family wants it: from the messages of `GeneratedText.message` and OpenAI's chat (docs/wire.md 5).

What is in no such form goes out as it is: the service is its judge.
"""

from typing import Any

from ..._catalogue.chat_form import ChatForm
from .. import strict_json


def spelled(messages: Any, row: ChatForm) -> Any:
    """Give *messages* as the family of *row* wants them."""
    return [_message(message, row) if type(message) is dict else message for message in messages]


def _message(message: dict[str, Any], row: ChatForm) -> dict[str, Any]:
    content = message.get("content")
    if row.texts_alone and type(content) is list:
        content = _joined(content)
    if message.get("role") == "assistant" and message.get("tool_calls"):
        content = "" if content is None else content
        if row.calls_in_content and type(content) is str:
            content = _with_calls(content, message["tool_calls"])
    return message if content is message.get("content") else {**message, "content": content}


def _joined(parts: list[Any]) -> Any:
    """Join parts that are all texts, a line each; others stay as they are."""
    texts = [part.get("text") for part in parts if type(part) is dict and part.get("type") == "text"]
    if len(texts) < len(parts) or not all(type(text) is str for text in texts):
        return parts
    return "\n".join(map(str, texts))


def _with_calls(content: str, calls: Any) -> str:
    """Write calls behind the text, as the llama models write them themselves."""
    lines = [
        f'{{"name": {strict_json.text_of(name)}, "parameters": {arguments}}}'
        for _, name, arguments in _calls(calls) or ()
    ]
    return "\n".join([content, *lines] if content else lines)


def _calls(calls: Any) -> list[tuple[str, str, str]] | None:
    """Give id, name and arguments of each call; None where one is not as `GeneratedText.message` writes them."""
    found: list[tuple[str, str, str]] = []
    for call in calls if type(calls) is list else [calls]:
        match call:
            case {"id": str(id_), "function": {"name": str(name), "arguments": str(arguments)}}:
                found.append((id_, name, arguments))
            case _:
                return None
    return found


def items_of(history: Any) -> Any:
    """Give *history* as the items of the Responses API; those that are such already stay as they are."""
    if type(history) is not list:
        return history
    items: list[Any] = []
    for message in history:
        items += _items(message, len(items)) if type(message) is dict and "type" not in message else [message]
    return items


def _items(message: dict[str, Any], place: int) -> list[Any]:
    role, content = message.get("role"), message.get("content")
    if role == "tool" and type(message.get("tool_call_id")) is str:
        output = _parts(content) if type(content) is list else content
        return [{"type": "function_call_output", "call_id": message["tool_call_id"], "output": output}]
    if role == "assistant":
        return _items_of_answer(message, place)
    if type(content) is list:
        return [{**message, "content": _parts(content)}]
    return [message]


def _items_of_answer(message: dict[str, Any], place: int) -> list[Any]:
    content, thought = message.get("content"), message.get("reasoning")
    calls = _calls(message.get("tool_calls") or [])
    if calls is None:
        return [message]
    items: list[Any] = []
    if thought and type(thought) is str:
        # The API wants an id of every thought, and an answer keeps none: its place is as good as any.
        thoughts = [{"type": "reasoning_text", "text": thought}]
        items.append({"type": "reasoning", "id": f"rs_{place}", "summary": [], "content": thoughts})
    if content or not calls:
        kept = {name: value for name, value in message.items() if name not in ("reasoning", "tool_calls")}
        items.append({**kept, "content": _joined(content)} if type(content) is list else kept)
    for id_, name, arguments in calls:
        items.append({"type": "function_call", "call_id": id_, "name": name, "arguments": arguments})
    return items


def _parts(parts: list[Any]) -> list[Any]:
    return [_part(part) if type(part) is dict else part for part in parts]


def _part(part: dict[str, Any]) -> dict[str, Any]:
    if part.get("type") == "text":
        return {**part, "type": "input_text"}
    picture = part.get("image_url")
    if part.get("type") == "image_url" and type(picture) is dict and "url" in picture:
        return {"type": "input_image", "detail": picture.get("detail", "auto"), "image_url": picture["url"]}
    return part
