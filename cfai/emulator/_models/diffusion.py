"""Pictures from text and pictures, as raw bytes (docs/wire.md 3.3, the Stable Diffusion models)."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any, Final

from attrs import frozen

from cfai.emulator._models.images import refuse_if_too_long
from cfai.emulator._models.inputs import Json
from cfai.emulator._models.model import Media, Model, noise
from cfai.emulator._models.pictures import from_base64, looked_at
from cfai.emulator._picture import jpeg, png
from cfai.emulator._schema import BYTES, INTEGER, NUMBER, STRING, Kind, Shape

_SIZE: Final = Kind(("integer",), least=256)

_INPUT: Final = (
    Shape(
        ("prompt",),
        {
            "prompt": STRING,
            "negative_prompt": STRING,
            "height": _SIZE,
            "width": _SIZE,
            "image": BYTES,
            "image_b64": STRING,
            "mask": BYTES,
            "num_steps": Kind(("integer",), most=20),
            "strength": NUMBER,
            "guidance": NUMBER,
            "seed": INTEGER,
        },
    ),
)

_COUNTED: Final = ("prompt", "negative_prompt", "num_steps", "strength", "guidance", "seed")


@frozen
class _Diffusion:
    draw: Callable[[str, int, int, bytes], bytes] = png

    def __call__(self, body: dict[str, Any], seed: int) -> Media:
        """Draw the prompt into a picture of the asked size, in colours that all of the request has a part in."""
        width, height = int(body.get("width", 1024)), int(body.get("height", 1024))
        refuse_if_too_long(width=width, height=height)
        given = hashlib.blake2b()
        for picture in _pictures(body):
            given.update(looked_at(picture))
        colours = noise(6, "diffusion", seed, *(body.get(name) for name in _COUNTED), given.hexdigest())
        # The catalogue has no price for these models, which are in beta.
        return Media(self.draw(body["prompt"], width, height, colours), "image/png", neurons=0)


def _pictures(body: dict[str, Any]) -> list[bytes]:
    numbers = [bytes(map(int, body[name])) for name in ("image", "mask") if name in body]
    return [*numbers, from_base64(body["image_b64"])] if "image_b64" in body else numbers


MODELS: Final[Mapping[str, Model]] = {
    "@cf/bytedance/stable-diffusion-xl-lightning": Model(Json(_INPUT), _Diffusion()),
    # The content type of some is not true (docs/wire.md 3.3); that this is one of them is our guess.
    "@cf/lykon/dreamshaper-8-lcm": Model(Json(_INPUT), _Diffusion(jpeg)),
    "@cf/runwayml/stable-diffusion-v1-5-inpainting": Model(Json(_INPUT), _Diffusion(), terms=True),
    "@cf/stabilityai/stable-diffusion-xl-base-1.0": Model(Json(_INPUT), _Diffusion(), terms=True),
}
REMOVED: Final[Mapping[str, Model]] = {
    "@cf/runwayml/stable-diffusion-v1-5-img2img": Model(Json(_INPUT), _Diffusion(), terms=True),
}
"""Models that went without notice."""
