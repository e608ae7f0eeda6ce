"""Questions about a picture: moondream (docs/wire.md 3.2)."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from cfai.emulator._event import Event
from cfai.emulator._models.inputs import Json
from cfai.emulator._models.model import Answer, Model, count_tokens, fraction
from cfai.emulator._models.pictures import from_base64, looked_at
from cfai.emulator._models.streams.events import DONE, paddings, pieces
from cfai.emulator._models.streams.native import text_chunks
from cfai.emulator._models.text_common import MAX_TOKENS, THOUGHT, cut
from cfai.emulator._replies import BadInput
from cfai.emulator._schema import BOOLEAN, INTEGER, NUMBER, STRING, Kind, Shape

_INPUT: Final = (
    Shape(
        (),
        {
            "task": Kind(("string",), choices=("query", "caption", "point", "detect")),
            "image": STRING,
            "question": STRING,
            "caption_length": Kind(("string",), choices=("short", "normal", "long")),
            "target": STRING,
            "reasoning": BOOLEAN,
            "temperature": NUMBER,
            "top_p": NUMBER,
            "max_tokens": INTEGER,
            "max_objects": INTEGER,
            "stream": BOOLEAN,
        },
    ),
)
_PRICE_IN: Final = 27273e-6
_PRICE_OUT: Final = 90909e-6
_TOKENS_OF_A_PICTURE: Final = 729
_FOUND: Final = 2
_LENGTHS: Final = {"short": 12, "normal": 24, "long": 48}
"""Words of a caption."""


def answer(body: dict[str, Any], seed: int) -> Answer:
    """Do one of the four tasks; what belongs to the other three is null."""
    task, picture = body.get("task", "query"), _picture(body.get("image"))
    text = _text(task, body, picture)
    found = min(_FOUND, int(body.get("max_objects", _FOUND)))
    reasoning = {"text": THOUGHT} if body.get("reasoning") and task == "query" else None
    written = count_tokens(text or "") + count_tokens(THOUGHT if reasoning else "")
    read = count_tokens(body.get("question", "")) + (_TOKENS_OF_A_PICTURE if picture else 0)
    result = {
        "finish_reason": "stop",
        "metrics": _metrics(read, written),
        "answer": text if task == "query" else None,
        "caption": text if task == "caption" else None,
        "points": [_point(body, place, seed) for place in range(found)] if task == "point" else None,
        "objects": [_box(body, place, seed) for place in range(found)] if task == "detect" else None,
        "reasoning": reasoning,
    }
    return Answer(result, read * _PRICE_IN + written * _PRICE_OUT)


def events(body: dict[str, Any], whole: Answer, seed: int) -> Iterator[Event] | None:
    """Stream what has words; points and boxes come whole.

    The form is our guess, after the native one: that it streams these two is documented, and nothing else.
    """
    task = body.get("task", "query")
    if task not in {"query", "caption"}:
        return None
    text = whole.result["answer" if task == "query" else "caption"]
    return _events(text, whole.result, paddings(seed, body))


def _events(text: str, result: dict[str, Any], padding: Iterator[str]) -> Iterator[Event]:
    for piece in pieces(result["reasoning"]["text"] if result["reasoning"] else ""):
        yield Event({"reasoning": piece, "p": next(padding)})
    for chunk in text_chunks(text, padding):
        yield Event(chunk)
    read, written = result["metrics"]["input_tokens"], result["metrics"]["output_tokens"]
    counts = {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}
    yield Event({"response": "", "finish_reason": result["finish_reason"], "usage": counts})
    yield DONE


def _picture(image: str | None) -> bytes:
    """Look at a data URL; an https address is taken too, but the emulator fetches nothing."""
    if image is None:
        return b""
    if image.startswith("https://"):
        return image.encode("utf-8", "replace")
    head, _, data = image.partition(",")
    if not head.startswith("data:"):
        raise BadInput("image must be an https address or a data URL")
    return looked_at(from_base64(data))


def _text(task: str, body: dict[str, Any], picture: bytes) -> str | None:
    seen = f"I am the cfai emulator, not a model. I see a picture of {len(picture)} bytes."
    if task == "query":
        return cut(f"{seen} You asked: {body.get('question', '')}", body.get("max_tokens", MAX_TOKENS))
    if task == "caption":
        words = " ".join([seen] * 4)
        return cut(words, min(_LENGTHS[body.get("caption_length", "normal")], body.get("max_tokens", MAX_TOKENS)))
    return None


def _metrics(read: int, written: int) -> dict[str, Any]:
    times = {"prefill_time_ms": read / 10, "decode_time_ms": written * 10.0, "ttft_ms": read / 10 + 10}
    return {"input_tokens": read, "output_tokens": written, **times}


def _point(body: dict[str, Any], place: int, seed: int) -> dict[str, float]:
    return {side: _share(body, place, side, seed) for side in ("x", "y")}


def _box(body: dict[str, Any], place: int, seed: int) -> dict[str, float]:
    """Give a box in shares of the picture, its second corner in the half that the first is not in."""
    low = {f"{side}_min": _share(body, place, f"{side}_min", seed) / 2 for side in ("x", "y")}
    high = {f"{side}_max": _share(body, place, f"{side}_max", seed) / 2 + 0.5 for side in ("x", "y")}
    return low | high


def _share(body: dict[str, Any], place: int, side: str, seed: int) -> float:
    return round(fraction("point", seed, place, side, body.get("target"), body.get("image")), 6)


MODELS: Final[Mapping[str, Model]] = {"@cf/moondream/moondream3.1-9B-A2B": Model(Json(_INPUT), answer, events)}
