"""What is in a picture: labels, boxes, descriptions (docs/wire.md 3.6)."""

from collections.abc import Mapping
from typing import Any, Final

from cfai.emulator._models.inputs import Json, JsonOrFile, as_bytes
from cfai.emulator._models.messages import TEXTS, said
from cfai.emulator._models.model import Answer, Model, fraction, noise
from cfai.emulator._models.pictures import from_base64, looked_at
from cfai.emulator._models.text_common import MAX_TOKENS, cut
from cfai.emulator._models.vectors import vector
from cfai.emulator._replies import Incomplete
from cfai.emulator._schema import BOOLEAN, BYTES, INTEGER, NUMBER, STRING, Kind, Shape

# The first stands for the raw body, which the service's schema calls a string.
_IMAGE_INPUT: Final = (STRING, Shape(("image",), {"image": BYTES}))
_DESCRIBED_INPUT: Final = (
    STRING,
    Shape(
        ("image",),
        {
            "image": BYTES,
            "prompt": STRING,
            "messages": TEXTS,
            "max_tokens": INTEGER,
            "temperature": NUMBER,
            "top_p": NUMBER,
            "top_k": NUMBER,
            "seed": NUMBER,
            "raw": BOOLEAN,
        },
    ),
)
_BOTH_INPUT: Final = (Shape((), {"image": STRING, "text": Kind(("string", "array"), most=100, items=STRING)}),)

_NEURONS_PER_PICTURE: Final = 0.228055
_LABELS: Final = 5
_OBJECTS: Final = 2
_WIDTH: Final = 512
_FRAME: Final = (640, 480)
"""The pixels that boxes lie in: the emulator does not look how large a picture is."""


def labels(body: dict[str, Any], seed: int) -> Answer:
    """Give five invented labels, the likeliest first; the scores depend on the picture."""
    weights = _weights(_picture(body), _LABELS, seed)
    result = [
        {"label": f"EMULATED LABEL {place}", "score": round(weight / (sum(weights) * 1.1), 8)}
        for place, weight in enumerate(weights, 1)
    ]
    return Answer(result, _NEURONS_PER_PICTURE)


def objects(body: dict[str, Any], seed: int) -> Answer:
    """Give two invented objects, each in a box of whole pixels."""
    picture = _picture(body)
    result = [
        {"score": round(0.5 + weight / 2, 8), "label": f"emulated object {place}", "box": _box(picture, place, seed)}
        for place, weight in enumerate(_weights(picture, _OBJECTS, seed), 1)
    ]
    return Answer(result, 0)


def description(body: dict[str, Any], _seed: int) -> Answer:
    """Tell how much was seen, and what was asked."""
    picture = _picture(body)
    asked = said(body)[-1:] if "prompt" in body or "messages" in body else []
    text = f"I am the cfai emulator, not a model. I see a picture of {len(picture)} bytes."
    whole = " ".join([text, *(f"You asked: {question}" for question in asked)])
    return Answer({"description": cut(whole, body.get("max_tokens", MAX_TOKENS))}, 0)


def both(body: dict[str, Any], seed: int) -> Answer:
    """Give a vector for each text, and then one for the picture; pictures are near nothing."""
    texts = body.get("text", [])
    data = [vector(text, _WIDTH, "both", seed) for text in ([texts] if isinstance(texts, str) else texts)]
    if "image" in body:
        picture = looked_at(from_base64(body["image"]))
        data.append(vector(picture.hex(), _WIDTH, "both", seed))
    return Answer({"data": data, "shape": [len(data), _WIDTH]}, 0)


def _picture(body: dict[str, Any]) -> bytes:
    picture = as_bytes(body["image"])
    if not picture:
        raise Incomplete
    return looked_at(picture)


def _weights(picture: bytes, count: int, seed: int) -> list[float]:
    key = noise(16, picture.hex())
    return sorted((fraction("seen", seed, place, key) for place in range(count)), reverse=True)


def _box(picture: bytes, place: int, seed: int) -> dict[str, int]:
    key = noise(16, picture.hex())
    corners = [fraction("box", seed, place, side, key) / 2 for side in range(4)]
    width, height = _FRAME
    return {
        "xmin": int(corners[0] * width),
        "ymin": int(corners[1] * height),
        "xmax": int((corners[2] + 0.5) * width),
        "ymax": int((corners[3] + 0.5) * height),
    }


MODELS: Final[Mapping[str, Model]] = {
    "@cf/llava-hf/llava-1.5-7b-hf": Model(JsonOrFile(_DESCRIBED_INPUT, "image"), description),
    "@cf/microsoft/resnet-50": Model(JsonOrFile(_IMAGE_INPUT, "image"), labels),
}
RETIRED: Final[Mapping[str, Model]] = {
    "@cf/unum/uform-gen2-qwen-500m": Model(JsonOrFile(_DESCRIBED_INPUT, "image"), description, retired="2026-05-30"),
}
REMOVED: Final[Mapping[str, Model]] = {
    "@cf/facebook/detr-resnet-50": Model(JsonOrFile(_IMAGE_INPUT, "image"), objects),
    # No such model is left, and what the last one was called is not known: the name is ours.
    "@cf/cfai/multimodal-embeddings": Model(Json(_BOTH_INPUT), both),
}
"""Models that went without notice."""
