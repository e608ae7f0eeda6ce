"""Google's own form, in which its models answer `contents` (docs/wire.md 1)."""

from collections.abc import Iterator
from typing import Any, Final

from cfai.emulator._event import Event
from cfai.emulator._models.model import Answer, Media, Streamed, count_tokens, maybe_streamed
from cfai.emulator._models.streams.events import counted
from cfai.emulator._models.text_common import cut, echo
from cfai.emulator._schema import BOOLEAN, OBJECT, Kind, Shape, check

_LISTED: Final = Kind(("array",), items=OBJECT)
_INPUT: Final = (
    Shape(
        ("contents",),
        {
            "contents": _LISTED,
            "generationConfig": OBJECT,
            "systemInstruction": OBJECT,
            "tools": _LISTED,
            "stream": BOOLEAN,
        },
    ),
)


def ask_google(name: str, given: object, seed: int) -> Answer | Media | Streamed:
    """Answer as the model *name*; that it streams by `stream` as all others do is our guess."""
    return maybe_streamed(check(given, _INPUT), lambda body, _: _answer(name, body), _events, seed)


def _answer(name: str, body: dict[str, Any]) -> Answer:
    question = _texts(body["contents"][-1]) if body["contents"] else ""
    whole = echo(question)
    limit = body.get("generationConfig", {}).get("maxOutputTokens")
    text = cut(whole, limit) if isinstance(limit, int | float) else whole
    prompt, written = sum(count_tokens(_texts(content)) for content in body["contents"]), count_tokens(text)
    return Answer(_result(name, text, "STOP" if text == whole else "MAX_TOKENS", prompt, written), None)


def _texts(content: dict[str, Any]) -> str:
    parts = content.get("parts")
    found = [part.get("text") for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []
    return "".join(text for text in found if isinstance(text, str))


def _result(name: str, text: str, reason: str | None, prompt: int, written: int) -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"parts": [{"text": text}], "role": "model"}, "index": 0}
    if reason is not None:
        candidate["finishReason"] = reason
    usage = {"promptTokenCount": prompt, "candidatesTokenCount": written, "totalTokenCount": prompt + written}
    return {"candidates": [candidate], "usageMetadata": usage, "modelVersion": name}


def _events(_body: dict[str, Any], answer: Answer, _seed: int) -> Iterator[Event]:
    """Stream a whole answer: each chunk is a small one, with the usage so far."""
    result = answer.result
    candidate, usage = result["candidates"][0], result["usageMetadata"]
    texts = list(counted(candidate["content"]["parts"][0]["text"])) or [("", 0)]
    written = 0
    for place, (text, tokens) in enumerate(texts, 1):
        written += tokens
        reason = candidate["finishReason"] if place == len(texts) else None
        yield Event(_result(result["modelVersion"], text, reason, usage["promptTokenCount"], written))
