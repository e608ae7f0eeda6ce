"""Answers as text: for a terminal to read, or for the next command of a pipe."""

import json
from collections.abc import Sequence
from typing import Any, Final

_SHOWN: Final = 6
"""How many numbers of a vector a terminal shows."""


def text_of(result: Any, *, terminal: bool) -> str:
    """Write *result* as text; its lines are the same on every run, and those of a pipe lose nothing."""
    from ..media import MediaLink
    from ..tasks.answers import Embeddings, GeneratedText

    if isinstance(result, list):
        return "\n".join("\t".join(cells(part)) for part in result)
    if isinstance(result, MediaLink):
        return result.url
    if isinstance(result, Embeddings):
        return "\n".join(_vector(vector, terminal=terminal) for vector in result.data)
    if isinstance(result, GeneratedText) and not result.text and result.tool_calls:
        return "\n".join(_json({"name": call.name, "arguments": call.arguments}) for call in result.tool_calls)
    text = getattr(result, "text", None)
    if text or isinstance(result, GeneratedText):
        return str(text)
    return json_of(result.raw, terminal=terminal)


def json_of(raw: Any, *, terminal: bool, encoding: str = "utf-8") -> str:
    """Write *raw* as JSON: on one line for a pipe, indented for a terminal, escaped where *encoding* needs it."""
    written = json.dumps(raw, ensure_ascii=False, indent=2) if terminal else _json(raw)
    try:
        written.encode(encoding)
    except UnicodeEncodeError:
        return json.dumps(raw)
    return written


def cells(part: Any) -> tuple[str, ...]:
    """Give a part of a list as the cells of its line: what it is, how sure the model is, and where."""
    from ..media import MediaLink
    from ..tasks.answers import DetectedObject, RankedContext

    if isinstance(part, MediaLink):
        return (part.url,)
    if isinstance(part, RankedContext):
        return str(part.id), str(part.score)
    if isinstance(part, DetectedObject):
        box = part.box
        return part.label, str(part.score), f"{box.xmin:g},{box.ymin:g},{box.xmax:g},{box.ymax:g}"
    return part.label, str(part.score)


def _vector(vector: Sequence[float], *, terminal: bool) -> str:
    if not terminal or len(vector) <= _SHOWN:
        return _json(vector)
    first = ", ".join(f"{number:.4f}" for number in vector[:_SHOWN])
    return f"[{first}, ... {len(vector):,} numbers in all]"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
