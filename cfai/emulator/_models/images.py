"""Pictures from text, as base64 in JSON (docs/wire.md 3.3)."""

import base64
import math
from typing import Any, Final

from cfai.emulator._models.model import Answer, noise
from cfai.emulator._picture import jpeg
from cfai.emulator._replies import Refusal
from cfai.emulator._schema import INTEGER, STRING, Kind, Shape

_SIZE: Final = Kind(("integer",), least=1)

INPUT: Final = (
    Shape(
        ("prompt",),
        {
            "prompt": STRING,
            "steps": Kind(("integer",), least=1, most=8),
            "seed": INTEGER,
            "width": _SIZE,
            "height": _SIZE,
        },
    ),
)

_NEURONS_PER_TILE: Final = 4.8
_NEURONS_PER_STEP: Final = 9.6
_TILE: Final = 512
_LONGEST: Final = 2048
_STEPS: Final = 4


def answer(body: dict[str, Any], seed: int) -> Answer:
    """Draw the prompt into a picture of the asked size; the same request gives the same bytes."""
    width, height = int(body.get("width", 1024)), int(body.get("height", 1024))
    refuse_if_too_long(width=width, height=height)
    steps = int(body.get("steps", _STEPS))
    colours = noise(6, "picture", seed, body.get("seed", 0), steps, body["prompt"])
    picture = base64.b64encode(jpeg(body["prompt"], width, height, colours)).decode()
    return Answer({"image": picture}, _price(width, height, steps))


def refuse_if_too_long(**sides: int) -> None:
    """Refuse a side that no model draws."""
    for name, side in sides.items():
        if side > _LONGEST:
            # The code is the service's (docs/wire.md 2.4), seen with FLUX.2; the words are our guess.
            raise Refusal(400, 3030, f"{name} must be at most {_LONGEST}, got {side}")


def _price(width: int, height: int, steps: int) -> float:
    tiles = math.ceil(width / _TILE) * math.ceil(height / _TILE)
    return tiles * _NEURONS_PER_TILE + steps * _NEURONS_PER_STEP
