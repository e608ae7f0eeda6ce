"""The JSON values that stand where a text is expected (docs/wire.md 3.1 and 4).

The service decides for each piece of a text by itself which JSON type it has: a token `6` comes as the number 6, `true`
as a boolean, `[]` and `{}` as an empty list and an empty object, and a whole text that is JSON may come parsed too. So
no value but null is unusable as a text.
"""

import json
from collections.abc import Iterable
from typing import Any

from ...tasks.answers import GeneratedText
from .. import strict_json
from ..convert.errors import ShapeError, kind_of

TEXT_PARTS = frozenset({"text", "input_text", "output_text"})
"""Kinds of content parts whose `text` is the text itself."""
THOUGHT_PARTS = frozenset({"reasoning", "reasoning_text", "summary_text", "thinking", "redacted_thinking"})
"""Kinds of content parts that hold what the model thought."""
PARTS = (
    TEXT_PARTS
    | THOUGHT_PARTS
    # OpenAI's chat completions: text, refusal, image_url, input_audio. Its `file` is no part here, nor are `image`,
    # `document` and `audio` of others: no model answers with them, and a list of JSON objects may well have such types.
    | {"refusal", "image_url", "input_audio"}
    # Responses: input_text, output_text, reasoning_text, summary_text, refusal, and these of its inputs.
    | {"input_image", "input_file"}
    # Anthropic: text, thinking, redacted_thinking, and what stands for tools.
    | {"tool_use", "tool_result", "server_tool_use", "web_search_tool_result"}
)
"""Kinds of content parts that are known. A list with an item of any other kind is no list of parts but JSON that the
model wrote, and that came parsed."""


def written(value: Any) -> str:
    """Return the text that came as *value*; null is no text.

    What a text may have been cut into (numbers, booleans, an empty list or object) is written as `json.dumps` does,
    for that restores the original text; whole objects and lists are compact JSON.
    """
    if type(value) is str:
        return value
    if value is None:
        return ""
    return strict_json.text_of(value) if type(value) in (dict, list) else json.dumps(value)


def side_text(value: Any, path: str, skipped: list[str]) -> str | None:
    """Return the side field *value*, a word such as the name of a model; of anything else the *path* is skipped."""
    if value is None or type(value) is str:
        return value
    skipped.append(path)
    return None


def are_parts(value: Any) -> bool:
    """Return whether *value* is a list of content parts: it has items, and the kind of each is known."""
    return type(value) is list and bool(value) and all(map(is_part, value))


def is_part(item: Any) -> bool:
    """Return whether *item* is a content part of a known kind."""
    kind = item.get("type") if type(item) is dict else None
    return type(kind) is str and kind in PARTS


def contents(value: Any) -> tuple[list[Any], list[Any]]:
    """Split a whole `content`, or a piece of one, into the values of its texts and of its thoughts."""
    if not are_parts(value):
        return [value], []
    texts = [part.get("text") for part in value if part["type"] in TEXT_PARTS]
    return texts, [_thought(part) for part in value if part["type"] in THOUGHT_PARTS]


def _thought(part: dict[str, Any]) -> Any:
    kept = (part.get(key) for key in ("text", "thinking", "reasoning"))
    value = next((each for each in kept if each is not None), None)
    return joined(value) if are_parts(value) else value


def joined(value: Any) -> str:
    """Return the text of a *value* that may be a list of content parts, whichever they hold."""
    texts, thoughts = contents(value)
    return "".join(map(written, texts + thoughts))


def generated(response: Any) -> tuple[list[Any], list[Any]]:
    """Split a native `response` as `contents` does; llama-4-scout's may be `[{"generated_text": "..."}]`."""
    if (
        type(response) is list
        and response
        and all(type(item) is dict and "generated_text" in item for item in response)
    ):
        return [item["generated_text"] for item in response], []
    return contents(response)


def fill(answer: GeneratedText, values: Iterable[Any]) -> GeneratedText:
    """Make the text of *answer* of *values*, and `parsed` where the only one of them is an object or a list."""
    texts = [value for value in values if value is not None]
    answer.response = "".join(map(written, texts))
    if len(texts) == 1 and type(texts[0]) in (dict, list):
        answer.parsed = texts[0]
    return answer


def objects_in(items: Any, path: str, skipped: list[str]) -> tuple[list[tuple[int, dict[str, Any]]], ShapeError | None]:
    """List the objects in *items* with their places, and what is wrong with the first item that is none, or with all.

    Others are skipped, for the text may be in those that are usable.
    """
    if items is None:
        return [], None
    if type(items) is not list:
        skipped.append(path)
        return [], ShapeError(f"expected an array, got {kind_of(items)}", path)
    misfit = None
    for index, item in enumerate(items):
        if type(item) is not dict:
            skipped.append(f"{path}[{index}]")
            misfit = misfit or ShapeError(f"expected an object, got {kind_of(item)}", skipped[-1])
    return [(index, item) for index, item in enumerate(items) if type(item) is dict], misfit
