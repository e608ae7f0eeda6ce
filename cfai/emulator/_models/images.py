"""Pictures from text, as base64 in JSON or as the bytes of a JPEG (docs/wire.md 3.3)."""

import base64
import math
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from attrs import frozen

from cfai.emulator._models.inputs import Form, Json
from cfai.emulator._models.model import Answer, Media, Model, noise
from cfai.emulator._models.pictures import looked_at
from cfai.emulator._picture import jpeg
from cfai.emulator._replies import KnownRefusal, Refusal
from cfai.emulator._schema import INTEGER, NUMBER, OBJECT, STRING, Kind, Shape

_TILE: Final = 512
_MEGAPIXEL: Final = 1024 * 1024
_LONGEST: Final = 2048
_GRAIN: Final = 16
_PICTURES: Final = 4
_MARK: Final = re.compile(r"\bnsfw\b", re.IGNORECASE)

_SIZE: Final = Kind(("integer",), least=1)
_SIZES: Final = {"width": _SIZE, "height": _SIZE, "seed": INTEGER}
# Closed since August 2026: sizes and seeds, which its own documentation has, are refused. `options`, where
# `rejectIfBusy` travels, is no input of the model but the service's own (docs/wire.md 1).
_FLUX_1: Final = (
    Shape(
        ("prompt",),
        {
            "prompt": Kind(("string",), longest=2048),
            "steps": Kind(("integer",), least=1, most=8),
            "options": OBJECT,
        },
        closed=True,
    ),
)
_FLUX_2: Final = Shape(("prompt",), {"prompt": STRING, "steps": INTEGER, "guidance": NUMBER, **_SIZES})
_LUCID: Final = (
    Shape(("prompt",), {"prompt": STRING, "guidance": NUMBER, "num_steps": INTEGER, "steps": INTEGER, **_SIZES}),
)
_PHOENIX: Final = (
    Shape(
        ("prompt",),
        {"prompt": STRING, "negative_prompt": STRING, "guidance": NUMBER, "num_steps": INTEGER, **_SIZES},
    ),
)
# Counts tiles and steps, and gives neurons.
_Price = Callable[[int, int, int], float]


@frozen
class _Painter:
    """A model that draws from words alone."""

    steps: int
    """How many, where nothing is asked for."""

    price: _Price
    default: tuple[int, int] = (1024, 1024)
    reads: bool = False
    """Whether it refuses some prompts."""

    def __call__(self, body: dict[str, Any], seed: int) -> Answer:
        """Draw the prompt into a picture of the asked size; the same request gives the same bytes."""
        if self.reads:
            _refuse_if_marked(body["prompt"])
        width, height, steps = self.measure(body)
        picture = jpeg(body["prompt"], width, height, self.colours(body, steps, seed))
        return Answer({"image": base64.b64encode(picture).decode()}, self.price(width, height, steps))

    def measure(self, body: dict[str, Any]) -> tuple[int, int, int]:
        """Read width, height and steps."""
        width, height = int(body.get("width", self.default[0])), int(body.get("height", self.default[1]))
        refuse_if_too_long(width=width, height=height)
        return width, height, int(body.get("num_steps", body.get("steps", self.steps)))

    def colours(self, body: dict[str, Any], steps: int, seed: int) -> bytes:
        """Choose the ground by all that a model would heed."""
        rest = [body[name] for name in ("negative_prompt", "guidance") if name in body]
        return noise(6, "picture", seed, body.get("seed", 0), steps, body["prompt"], *rest)


@frozen
class _Raw:
    """A model that draws and sends the bytes themselves, without telling its neurons (docs/wire.md 2.6)."""

    painter: _Painter

    def __call__(self, body: dict[str, Any], seed: int) -> Media:
        width, height, steps = self.painter.measure(body)
        colours = self.painter.colours(body, steps, seed)
        return Media(jpeg(body["prompt"], width, height, colours), "image/jpeg", neurons=None)


@frozen
class _Editor:
    """A model that draws from words and up to four pictures, which come in a form."""

    steps: int
    price: Callable[[int, int, int, int], float]
    """As above, with the number of pictures at the end."""

    reads: bool = False
    """Whether it refuses some prompts."""

    def __call__(self, body: dict[str, Any], seed: int) -> Answer:
        """Draw the prompt; both sides are rounded down to a multiple of 16, as the service does."""
        if self.reads:
            _refuse_if_marked(body["prompt"])
        width, height = int(body.get("width", 1024)), int(body.get("height", 768))
        refuse_if_too_long(width=width, height=height)
        pictures: list[bytes] = body["files"]
        if len(pictures) > _PICTURES:
            raise Refusal(400, 3030, f"too many input images. max={_PICTURES}")
        width, height = (max(_GRAIN, side // _GRAIN * _GRAIN) for side in (width, height))
        steps = int(body.get("steps", self.steps))
        seen = [looked_at(picture).hex() for picture in pictures]
        colours = noise(6, "edited", seed, body.get("seed", 0), body.get("guidance"), body["prompt"], *seen)
        picture = jpeg(body["prompt"], width, height, colours)
        neurons = self.price(width, height, steps, len(pictures))
        return Answer({"image": base64.b64encode(picture).decode()}, neurons)


def refuse_if_too_long(**sides: int) -> None:
    """Refuse a side that no model draws."""
    for name, side in sides.items():
        if side > _LONGEST:
            # The code is the service's (docs/wire.md 2.4), seen with FLUX.2; the words are our guess.
            raise Refusal(400, 3030, f"{name} must be at most {_LONGEST}, got {side}")


def _refuse_if_marked(prompt: str) -> None:
    """Refuse a prompt with the word NSFW in it, which stands for all that the service takes for that."""
    if _MARK.search(prompt) is not None:
        raise KnownRefusal(8007, "NSFW")


def _tiles(width: int, height: int) -> int:
    return math.ceil(width / _TILE) * math.ceil(height / _TILE)


def _by_tile(of_tile: float, of_step: float) -> _Price:
    return lambda width, height, steps: _tiles(width, height) * of_tile + steps * of_step


def _dev(width: int, height: int, steps: int, pictures: int) -> float:
    return steps * (37.5 * _tiles(width, height) + 18.75 * pictures)


def _klein_4b(width: int, height: int, _steps: int, pictures: int) -> float:
    return 26.05 * _tiles(width, height) + 5.37 * pictures


def _klein_9b(width: int, height: int, _steps: int, pictures: int) -> float:
    further = max(0, math.ceil(width * height / _MEGAPIXEL) - 1)
    return 1363.64 + 181.82 * (further + pictures)


_SCHNELL: Final = _Painter(4, _by_tile(4.8, 9.6), reads=True)

# The pictures that go in are counted as one tile, or one megapixel, each: the emulator does not measure them.
MODELS: Final[Mapping[str, Model]] = {
    "@cf/black-forest-labs/flux-1-schnell": Model(Json(_FLUX_1), _SCHNELL, terms=True),
    "@cf/black-forest-labs/flux-2-dev": Model(Form(_FLUX_2), _Editor(50, _dev), terms=True),
    "@cf/black-forest-labs/flux-2-klein-4b": Model(Form(_FLUX_2), _Editor(4, _klein_4b, reads=True), terms=True),
    "@cf/black-forest-labs/flux-2-klein-9b": Model(Form(_FLUX_2), _Editor(4, _klein_9b, reads=True), terms=True),
    "@cf/leonardo/lucid-origin": Model(Json(_LUCID), _Painter(25, _by_tile(636, 12), (1120, 1120)), terms=True),
    "@cf/leonardo/phoenix-1.0": Model(Json(_PHOENIX), _Raw(_Painter(25, _by_tile(530, 10)))),
}
