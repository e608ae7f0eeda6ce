"""Params whose fields stand elsewhere on the line than in their class: one small function for each such class."""

from collections.abc import Mapping
from typing import Any

from ..._catalogue import Row
from ...errors import InvalidParams
from .history import items_of, spelled
from .limits import check_limits
from .reasoning_effort import set_effort, set_effort_of_responses

Fields = dict[str, Any]


def lay_out_prompt(fields: Fields, row: Row) -> Fields:
    """Set the effort; put the prompt into a message, where the model takes no other text."""
    fields = set_effort(fields, row.name, row.chat.effort)
    return _said(fields, []) if row.chat.prompt_in_messages else fields


def lay_out_messages(fields: Fields, row: Row) -> Fields:
    """Spell the history as the model wants it, and set the effort."""
    fields["messages"] = spelled(fields["messages"], row.chat)
    return set_effort(fields, row.name, row.chat.effort)


def lay_out_responses(fields: Fields, row: Row) -> Fields:
    """Write the history as items of the Responses API, and set the effort."""
    fields["input"] = items_of(fields["input"])
    return set_effort_of_responses(fields, row.name, row.chat.effort)


def lay_out_image_prompt(fields: Fields, row: Row) -> Fields:
    """Set the effort; put prompt and picture into a message, where the model wants them there."""
    fields = set_effort(fields, row.name, row.chat.effort)
    if not row.chat.pictures_in_messages:
        return fields
    return _said(fields, [_part(fields.pop("image"))])


def _said(fields: Fields, pictures: list[Any]) -> Fields:
    """Put the prompt into a message of the user's, in its place among the fields."""
    text = fields["prompt"]
    content = [{"type": "text", "text": text}, *pictures] if pictures else text
    message = {"role": "user", "content": content}
    return {
        "messages" if name == "prompt" else name: [message] if name == "prompt" else value
        for name, value in fields.items()
    }


def lay_out_image_messages(fields: Fields, row: Row) -> Fields:
    """Lay out the messages; put the picture into the last one of the user's, where the model wants it there."""
    fields = lay_out_messages(fields, row)
    if not row.chat.pictures_in_messages:
        return fields
    messages = fields["messages"]
    last = next((place for place in reversed(range(len(messages))) if _is_users(messages[place])), None)
    if last is None:
        raise InvalidParams(f"messages: {row.name} takes the picture in a message of the user's, and there is none")
    content = messages[last].get("content")
    parts = content if isinstance(content, (list, tuple)) else [] if content is None else [_text_part(content)]
    messages[last] = {**messages[last], "content": [*parts, _part(fields.pop("image"))]}
    return {**fields, "messages": messages}


def _is_users(message: Any) -> bool:
    return isinstance(message, Mapping) and message.get("role") == "user"


def _text_part(text: Any) -> Any:
    return {"type": "text", "text": text}


def _part(picture: Any) -> Any:
    return {"type": "image_url", "image_url": {"url": picture}}


def lay_out_text_embeddings(fields: Fields, row: Row) -> Fields:
    """Put the texts under the key that the model has for the `input_type`."""
    kind = fields.pop("input_type", None)
    if kind is None:
        return fields
    key = row.input.input_types.get(kind)
    if key is None:
        known = ", ".join(map(repr, row.input.input_types)) or "none"
        raise InvalidParams(f"input_type: {kind!r} is not for {row.name}, which takes {known}")
    text = fields.pop("text")
    if key == "contexts":
        text = _contexts([text] if isinstance(text, str) else text)
    return {**fields, key: text}


def lay_out_reranking(fields: Fields, row: Row) -> Fields:
    """Write the contexts as the objects that the models take."""
    return {**fields, "contexts": _contexts(fields["contexts"])}


def _contexts(texts: Any) -> Any:
    """Write texts as the objects that the models take."""
    return [{"text": text} if isinstance(text, str) else text for text in texts]


def lay_out_multimodal_embeddings(fields: Fields, row: Row) -> Fields:
    """Check that there is something to embed; write one text as a list."""
    if not fields:
        raise InvalidParams("image: MultimodalEmbeddings needs an image, a text or both, and both are None")
    text = fields.get("text")
    return {**fields, "text": [text]} if isinstance(text, str) else fields  # a str is a sequence of texts to a checker


def lay_out_decision_query(fields: Fields, row: Row) -> Fields:
    """Check that there are questions and not too much of anything, and add the model's name."""
    _check_entries(fields, "questions", "DecisionQuery")
    return _named(fields, row)


def lay_out_extraction(fields: Fields, row: Row) -> Fields:
    """Check the fields and the options, and add the model's name."""
    _check_entries(fields, "fields", "Extraction")
    options, day = fields.get("options", {}), fields.get("reference_date", "")
    if not isinstance(options, dict):
        raise InvalidParams(f"options: must be a mapping, not {type(options).__name__}")
    if not isinstance(day, str):
        raise InvalidParams(f"reference_date: must be a datetime.date or a str, not {type(day).__name__}")
    return _named(fields, row)


def _check_entries(fields: Fields, name: str, kind: str) -> None:
    """Refuse a mapping that these models would have nothing to answer to."""
    entries = fields.get(name)
    if entries is not None and not isinstance(entries, dict):
        raise InvalidParams(f"{name}: must be a mapping by names of your own, not {type(entries).__name__}")
    if not entries:
        raise InvalidParams(f"{name}: {kind} needs at least one, as a mapping by names of your own")


def _named(fields: Fields, row: Row) -> Fields:
    """Check the limits of a clef or clairic model, and add its name, which these models want in the input too."""
    check_limits(fields, row)
    return {"model": row.name.rpartition("/")[2], **fields}
