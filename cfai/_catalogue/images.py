"""Models that draw, and those that look at pictures without writing texts of their own."""

from typing import Final

from .input_form import InputForm, MediaForm
from .row import BETA, PARTNER, TERMS, VISION, Price, Row, Trait, tokens
from .task import IMAGE_CLASSIFICATION, IMAGE_TO_TEXT, NONE, OBJECT_DETECTION, TEXT_TO_IMAGE, Task

TASKS: Final = {
    TEXT_TO_IMAGE: Task(("TextToImage",), "prompt", "image", 720),
    IMAGE_CLASSIFICATION: Task(("ImageClassification",), file="image", requests_a_minute=3000),
    IMAGE_TO_TEXT: Task(("ImageToText", "ImagePrompt", "ImageMessages"), "prompt", "image", 720),
    OBJECT_DETECTION: Task(("ObjectDetection",), file="image", requests_a_minute=3000),
}

SEEN: Final = InputForm({"image": MediaForm.INTS}, raw="image")
_STEPS: Final = {"num_steps": "steps"}
_BY_IMAGES: Final = "takes pictures to refer to, as `images`"
_BY_WORDS: Final = "draws from words alone: stable-diffusion-v1-5-inpainting and stable-diffusion-v1-5-img2img take it"
_WORDS_ALONE: Final = {"image": _BY_WORDS, "mask": _BY_WORDS}
_AS_IMAGES: Final = {"image": _BY_IMAGES, "mask": _BY_IMAGES}
# Its own documentation has more fields; since August 2026 the service refuses each of them (docs/wire.md 3.3).
_BY_STEPS: Final = "takes `prompt` and `num_steps` alone: {} take it"
_SIZED: Final = _BY_STEPS.format("the flux-2 models, lucid-origin, phoenix-1.0 and the Stable Diffusion models")
_STEPS_ALONE: Final = {
    **_WORDS_ALONE,
    **dict.fromkeys(("height", "width", "guidance", "seed"), _SIZED),
    "negative_prompt": _BY_STEPS.format("phoenix-1.0 and the Stable Diffusion models"),
    "strength": _BY_STEPS.format("stable-diffusion-v1-5-inpainting and stable-diffusion-v1-5-img2img"),
}
_FLUX_1: Final = InputForm(renames=_STEPS, lacks=_STEPS_ALONE, longest={"prompt": 2048})
_FLUX_2: Final = InputForm(multipart=True, numbered={"images": "input_image_"}, renames=_STEPS, lacks=_AS_IMAGES)
_LEONARDO: Final = InputForm(lacks=_WORDS_ALONE)
# `image` and `mask` are arrays of numbers. `image_b64` is the same picture in a third of the bytes; `mask` has no twin.
_NUMBERS: Final = {"image": MediaForm.INTS, "image_b64": MediaForm.BASE64, "mask": MediaForm.INTS}
DIFFUSION: Final = InputForm(_NUMBERS, renames={"image": "image_b64"})
# Their schemas have a picture, and all live reports say that none is taken. The forms are those of a mapping.
_DIFFUSION_OF_WORDS: Final = InputForm(_NUMBERS, renames={"image": "image_b64"}, lacks=_WORDS_ALONE)

_TILE: Final = "per 512x512 tile"
_STEP: Final = "per step"
_FREE: Final = (Price(_STEP, 0, None),)


def _flux_2(size: str, *prices: Price) -> Row:
    name = f"@cf/black-forest-labs/flux-2-{size}"
    return Row(name, TEXT_TO_IMAGE, "flux-2", PARTNER | TERMS, prices=prices, file_key="images", input=_FLUX_2)


def _diffusion(
    name: str,
    traits: Trait,
    prices: tuple[Price, ...] = (),
    *,
    file_key: str | None = NONE,
    input: InputForm = _DIFFUSION_OF_WORDS,
) -> Row:
    return Row(name, TEXT_TO_IMAGE, "diffusion", traits, prices=prices, file_key=file_key, binary=True, input=input)


ROWS: Final = (
    Row(
        "@cf/black-forest-labs/flux-1-schnell",
        TEXT_TO_IMAGE,
        "flux-1",
        TERMS,
        prices=(Price(_TILE, 0.0000528, 4.8), Price(_STEP, 0.0001056, 9.6)),
        file_key=NONE,
        input=_FLUX_1,
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
        input=_LEONARDO,
    ),
    Row(
        "@cf/leonardo/phoenix-1.0",
        TEXT_TO_IMAGE,
        "leonardo",
        PARTNER,
        prices=(Price(_TILE, 0.00583, 530), Price(_STEP, 0.00011, 10)),
        file_key=NONE,
        binary=True,
        input=_LEONARDO,
    ),
    _diffusion("@cf/lykon/dreamshaper-8-lcm", BETA),
    _diffusion("@cf/runwayml/stable-diffusion-v1-5-inpainting", TERMS | BETA, _FREE, file_key=None, input=DIFFUSION),
    _diffusion("@cf/stabilityai/stable-diffusion-xl-base-1.0", TERMS | BETA),
    Row("@cf/microsoft/resnet-50", IMAGE_CLASSIFICATION, prices=(Price("per M images", 2.51, 228_055),), input=SEEN),
    Row("@cf/llava-hf/llava-1.5-7b-hf", IMAGE_TO_TEXT, "llava", VISION | BETA, input=SEEN),
    Row(
        "@cf/moondream/moondream3.1-9B-A2B",
        IMAGE_TO_TEXT,
        "moondream",
        VISION,
        32_000,
        tokens(0.3, 27_273, 1, 90_909),
        text_key="question",
        input=InputForm(
            {"image": MediaForm.DATA_URL},
            urls=True,
            renames={"prompt": "question"},
            lacks={
                "messages": "answers one question at a time: ask it with cfai.VisionQuery or cfai.ImagePrompt",
                "reasoning_effort": "thinks or does not, by the `reasoning` of cfai.VisionQuery",
            },
            refuses={"ImageToText": 'gives no description: ask it with cfai.VisionQuery(image, task="caption")'},
            streams=True,
        ),
        params=("VisionQuery", "ImagePrompt"),
    ),
)
