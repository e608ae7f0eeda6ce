"""Models that draw, and those that look at pictures without writing texts of their own."""

from typing import Final

from .row import (
    BETA,
    IMAGE_CLASSIFICATION,
    IMAGE_TO_TEXT,
    NONE,
    PARTNER,
    TERMS,
    TEXT_TO_IMAGE,
    VISION,
    Price,
    Row,
    Trait,
    tokens,
)

_TILE: Final = "per 512x512 tile"
_STEP: Final = "per step"
_FREE: Final = (Price(_STEP, 0, None),)


def _flux_2(size: str, *prices: Price) -> Row:
    name = f"@cf/black-forest-labs/flux-2-{size}"
    return Row(name, TEXT_TO_IMAGE, "flux-2", PARTNER | TERMS, prices=prices, file_key="images")


def _diffusion(name: str, traits: Trait, prices: tuple[Price, ...] = (), *, file_key: str | None = NONE) -> Row:
    return Row(name, TEXT_TO_IMAGE, "diffusion", traits, prices=prices, file_key=file_key, binary=True)


ROWS: Final = (
    Row(
        "@cf/black-forest-labs/flux-1-schnell",
        TEXT_TO_IMAGE,
        "flux-1",
        TERMS,
        prices=(Price(_TILE, 0.0000528, 4.8), Price(_STEP, 0.0001056, 9.6)),
        file_key=NONE,
    ),
    _flux_2(
        "dev",
        Price("per input 512x512 tile, per step", 0.00021, 18.75),
        Price("per output 512x512 tile, per step", 0.00041, 37.5),
    ),
    _flux_2(
        "klein-4b", Price("per input 512x512 tile", 0.000059, 5.37), Price("per output 512x512 tile", 0.000287, 26.05)
    ),
    _flux_2(
        "klein-9b",
        Price("per first MP (1024x1024)", 0.015, 1363.64),
        Price("per subsequent MP", 0.002, 181.82),
        Price("per input image MP", 0.002, 181.82),
    ),
    _diffusion("@cf/bytedance/stable-diffusion-xl-lightning", BETA, _FREE),
    Row(
        "@cf/leonardo/lucid-origin",
        TEXT_TO_IMAGE,
        "leonardo",
        PARTNER | TERMS,
        prices=(Price(_TILE, 0.006996, 636), Price(_STEP, 0.000132, 12)),
        file_key=NONE,
    ),
    Row(
        "@cf/leonardo/phoenix-1.0",
        TEXT_TO_IMAGE,
        "leonardo",
        PARTNER,
        prices=(Price(_TILE, 0.00583, 530), Price(_STEP, 0.00011, 10)),
        file_key=NONE,
        binary=True,
    ),
    _diffusion("@cf/lykon/dreamshaper-8-lcm", BETA),
    _diffusion("@cf/runwayml/stable-diffusion-v1-5-inpainting", TERMS | BETA, _FREE, file_key=None),
    _diffusion("@cf/stabilityai/stable-diffusion-xl-base-1.0", TERMS | BETA),
    Row("@cf/microsoft/resnet-50", IMAGE_CLASSIFICATION, prices=(Price("per M images", 2.51, 228_055),)),
    Row("@cf/llava-hf/llava-1.5-7b-hf", IMAGE_TO_TEXT, "llava", VISION | BETA),
    Row(
        "@cf/moondream/moondream3.1-9B-A2B",
        IMAGE_TO_TEXT,
        "moondream",
        VISION,
        32_000,
        tokens(0.3, 27_273, 1, 90_909),
        text_key="question",
    ),
)
