"""Pictures from text (docs/wire.md 3.3)."""

from models.case import FORM, PNG, PNG_BASE64, PNG_INTS, Case, media_type

import cfai

SCHNELL = "@cf/black-forest-labs/flux-1-schnell"
FLUX_2 = (
    "@cf/black-forest-labs/flux-2-dev",
    "@cf/black-forest-labs/flux-2-klein-4b",
    "@cf/black-forest-labs/flux-2-klein-9b",
)
LUCID = "@cf/leonardo/lucid-origin"
PHOENIX = "@cf/leonardo/phoenix-1.0"
INPAINTING = "@cf/runwayml/stable-diffusion-v1-5-inpainting"
DIFFUSION = {
    "@cf/bytedance/stable-diffusion-xl-lightning": "image/png",
    "@cf/lykon/dreamshaper-8-lcm": "image/jpeg",
    INPAINTING: "image/png",
    "@cf/stabilityai/stable-diffusion-xl-base-1.0": "image/png",
}
"""With what the emulator draws; the service draws either, and what its content type says is not always true."""


def _field(name: bytes, value: bytes) -> bytes:
    return b'--BOUNDARY\r\nContent-Disposition: form-data; name="' + name + b'"\r\n\r\n' + value + b"\r\n"


def _file(name: bytes) -> bytes:
    head = b'--BOUNDARY\r\nContent-Disposition: form-data; name="' + name + b'"; filename="' + name + b'"\r\n'
    return head + b"Content-Type: image/png\r\n\r\n" + PNG + b"\r\n"


_END = b"--BOUNDARY--\r\n"
_SETTINGS = (
    _field(b"height", b"320"),
    _field(b"width", b"256"),
    _field(b"steps", b"4"),
    _field(b"guidance", b"3.5"),
    _field(b"seed", b"7"),
)
_REFERENCES = tuple(_file(b"input_image_%d" % number) for number in range(4))


def _flux_2(model: str) -> tuple[Case, ...]:
    return (
        Case(
            model,
            cfai.TextToImage("a red cat"),
            _field(b"prompt", b"a red cat") + _END,
            cfai.Image,
            media_type,
            "image/jpeg",
            mapping={"prompt": "a red cat"},
            content_type=FORM,
        ),
        Case(
            model,
            cfai.TextToImage("a cat", height=320, width=256, num_steps=4, guidance=3.5, seed=7, images=[PNG] * 4),
            b"".join(
                (_field(b"prompt", b"a cat"), *_SETTINGS, *(_file(b"input_image_%d" % n) for n in range(4)), _END)
            ),
            cfai.Image,
            lambda answer: answer.to_pil().size,
            (256, 320),
            mapping={
                "prompt": "a cat",
                "height": 320,
                "width": 256,
                "steps": 4,
                "guidance": 3.5,
                "seed": 7,
                **{f"input_image_{n}": PNG for n in range(4)},
            },
            content_type=FORM,
        ),
    )


def _diffusion(model: str, drawn: str) -> tuple[Case, ...]:
    return (
        Case(
            model,
            cfai.TextToImage(
                "a cat",
                negative_prompt="dogs",
                height=256,
                width=320,
                num_steps=4,
                strength=0.5,
                guidance=7.5,
                seed=7,
            ),
            b'{"prompt":"a cat","negative_prompt":"dogs","height":256,"width":320,"num_steps":4,"strength":0.5,'
            b'"guidance":7.5,"seed":7}',
            cfai.Image,
            lambda answer: answer.to_pil().size,
            (320, 256),
        ),
        # The same picture: as a base64 text by its one name, as numbers by the other. By params it goes to one alone.
        Case(
            model,
            cfai.TextToImage("a cat", height=256, width=256, image=PNG, mask=PNG) if model == INPAINTING else None,
            b'{"prompt":"a cat","height":256,"width":256,"image_b64":' + PNG_BASE64 + b',"mask":' + PNG_INTS + b"}",
            cfai.Image,
            media_type,
            drawn,
            mapping={"prompt": "a cat", "height": 256, "width": 256, "image_b64": PNG, "mask": PNG},
        ),
        Case(
            model,
            None,  # where `TextToImage` takes it, it writes the shorter form
            b'{"prompt":"a cat","height":256,"width":256,"image":' + PNG_INTS + b"}",
            cfai.Image,
            media_type,
            drawn,
            mapping={"prompt": "a cat", "height": 256, "width": 256, "image": PNG},
        ),
    )


CASES = (
    Case(
        SCHNELL,
        cfai.TextToImage("a red cat", num_steps=8),
        b'{"prompt":"a red cat","steps":8}',
        cfai.Image,
        media_type,
        "image/jpeg",
    ),
    *(case for model in FLUX_2 for case in _flux_2(model)),
    Case(
        LUCID,
        cfai.TextToImage("a cat", height=256, width=320, num_steps=4, guidance=2.5, seed=7),
        b'{"prompt":"a cat","height":256,"width":320,"num_steps":4,"guidance":2.5,"seed":7}',
        cfai.Image,
        lambda answer: answer.to_pil().size,
        (320, 256),
    ),
    Case(
        PHOENIX,
        cfai.TextToImage("a cat", negative_prompt="dogs", height=256, width=320, num_steps=4, guidance=2.5, seed=7),
        b'{"prompt":"a cat","negative_prompt":"dogs","height":256,"width":320,"num_steps":4,"guidance":2.5,"seed":7}',
        cfai.Image,
        lambda answer: (answer.media_type, answer.to_pil().size),
        ("image/jpeg", (320, 256)),
    ),
    *(case for model, drawn in DIFFUSION.items() for case in _diffusion(model, drawn)),
)
