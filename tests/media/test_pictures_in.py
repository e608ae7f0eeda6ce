"""PIL images and numpy arrays as input: what goes out for them, what is refused, and when they are encoded."""

import base64
import contextlib
import io
import json
import threading
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
from kit.script import run
from kit.server import Server, answer

import cfai
from cfai._wire.request.encode import encode

RESNET = "@cf/microsoft/resnet-50"
UNKNOWN = "@cf/some/new-model"
PIXELS = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
"""Two rows of three pixels, in colours."""
LABELS = answer({"result": [{"label": "cat", "score": 0.5}], "success": True, "errors": [], "messages": []})
BUSY = answer({"result": None, "success": False, "errors": [{"code": 3040, "message": "busy"}]}, status=429)


def sent(picture: Any) -> PIL.Image.Image:
    """The picture that goes out as a raw body, opened by another reader of PNG than the one that is tested."""
    body = encode(RESNET, cfai.ImageClassification(picture)).body
    length, media_type = body.measure()
    content = b"".join(body.slices())
    assert (len(content), "image/png") == (length, media_type)
    opened = PIL.Image.open(io.BytesIO(content))
    assert "PNG" == opened.format
    return opened


@pytest.mark.parametrize(
    ("array", "mode"),
    [
        (PIXELS, "RGB"),
        (PIXELS[:, :, 0], "L"),
        (PIXELS[:, :, :1], "L"),
        (np.dstack([PIXELS, PIXELS[:, :, 0]]), "RGBA"),
        (PIXELS[::-1, ::-1], "RGB"),  # a view, whose rows lie backwards in memory
    ],
)
def test_an_array_is_sent_with_its_very_pixels(array: Any, mode: str) -> None:
    opened = sent(array)

    assert (mode, (3, 2)) == (opened.mode, opened.size)
    assert np.array_equal(array.reshape(2, 3, -1), np.asarray(opened).reshape(2, 3, -1))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_an_image_of_a_mode_that_png_has_keeps_its_pixels(mode: str) -> None:
    image = PIL.Image.new(mode, (3, 2), 1)
    opened = sent(image)

    assert (3, 2) == opened.size
    assert image.convert("RGBA").tobytes() == opened.convert("RGBA").tobytes()


@pytest.mark.parametrize(
    ("mode", "becomes"),
    [
        ("CMYK", "RGB"),
        ("HSV", "RGB"),
        ("YCbCr", "RGB"),
        ("RGBX", "RGB"),
        ("RGBa", "RGBA"),
        ("La", "LA"),
        ("PA", "RGBA"),
    ],
)
def test_an_image_of_another_mode_is_converted(mode: str, becomes: str) -> None:
    image = PIL.Image.new(mode, (3, 2))
    image.info["icc_profile"] = b"of the colours before"
    opened = sent(image)

    assert (becomes, (3, 2)) == (opened.mode, opened.size)
    assert image.convert(becomes).tobytes() == opened.tobytes()
    assert "icc_profile" not in opened.info


def test_a_colour_profile_goes_along_with_the_colours_that_it_is_for() -> None:
    image = PIL.Image.new("RGB", (3, 2))
    image.info["icc_profile"] = b"a profile"

    assert b"a profile" == sent(image).info["icc_profile"]


def test_an_image_that_was_only_opened_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "cat.bmp"
    PIL.Image.fromarray(PIXELS).save(path)
    with PIL.Image.open(path) as opened:
        body = encode(RESNET, cfai.ImageClassification(opened)).body  # and closed before the body is read

    assert np.array_equal(PIXELS, np.asarray(PIL.Image.open(io.BytesIO(b"".join(body.slices())))))


@pytest.mark.parametrize("make", [lambda: PIXELS.copy(), lambda: PIL.Image.fromarray(PIXELS)])
def test_a_picture_that_changes_meanwhile_is_sent_as_it_was(make: Any) -> None:
    picture = make()
    body = encode(RESNET, cfai.ImageClassification(picture)).body
    if isinstance(picture, np.ndarray):
        picture[:] = 255
    else:
        picture.paste((255, 255, 255), (0, 0, 3, 2))

    assert np.array_equal(PIXELS, np.asarray(PIL.Image.open(io.BytesIO(b"".join(body.slices())))))


REFUSED = {
    "floats": (PIXELS.astype(np.float32), r"^image: .*uint8 .*\(height, width\).*float32 of shape \(2, 3, 3\)"),
    "bools": (PIXELS > 3, "^image: .*uint8.*bool"),
    "two channels": (PIXELS[:, :, :2], r"^image: .*this one is uint8 of shape \(2, 3, 2\)"),
    "one row of numbers": (PIXELS.ravel(), r"shape \(18,\)"),
    "a batch": (PIXELS[np.newaxis], r"shape \(1, 2, 3, 3\)"),
    "no pixels": (PIXELS[:0], r"shape \(0, 3, 3\)"),
    "an image of floats": (PIL.Image.new("F", (3, 2)), r"^image: .*mode 'F': .*image\.convert\('L'\)"),
    "an image of long numbers": (PIL.Image.new("I", (3, 2)), "^image: .*mode 'I'"),
    "an image without pixels": (PIL.Image.new("RGB", (0, 2)), r"^image: .*no pixels: its size is \(0, 2\)"),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_what_is_no_picture_is_refused_and_nothing_is_sent(client: Any, server: Server, case: str) -> None:
    picture, message = REFUSED[case]
    with pytest.raises(cfai.InvalidParams, match=message):
        await client.run(RESNET, cfai.ImageClassification(picture))
    with pytest.raises(cfai.InvalidParams, match=message):
        await client.run(RESNET, {"image": picture})

    assert [] == server.seen


def test_a_file_that_is_cut_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cat.png"
    PIL.Image.effect_noise((99, 99), 50).save(path)
    path.write_bytes(path.read_bytes()[:-500])

    with PIL.Image.open(path) as opened, pytest.raises(cfai.InvalidParams, match="^image: OSError: .*truncated"):
        encode(RESNET, cfai.ImageClassification(opened))


def test_what_png_can_not_say_of_an_image_is_refused() -> None:
    image = PIL.Image.new("L", (3, 2))
    image.info["transparency"] = "none"
    body = encode(RESNET, cfai.ImageClassification(image)).body

    with pytest.raises(cfai.InvalidParams, match="^image: "):
        body.measure()


@pytest.mark.parametrize("picture", [PIXELS, PIL.Image.fromarray(PIXELS)])
@pytest.mark.parametrize(
    ("params", "field"),
    [
        (cfai.AutomaticSpeechRecognition, "audio"),
        (cfai.VoiceActivityDetection, "audio"),
        (lambda medium: {"audio": medium}, "audio"),
        (lambda medium: {"messages": [{"input_audio": {"data": medium}}]}, r"messages\[0\]\.input_audio\.data"),
        (lambda medium: cfai.DecisionQuery("a", {}, audio=[medium]), r"audio\[0\]"),
        (lambda medium: cfai.DecisionQuery("a", {}, videos=[medium]), r"videos\[0\]"),
    ],
)
async def test_no_field_for_a_sound_takes_a_picture(
    client: Any, server: Server, picture: Any, params: Any, field: str
) -> None:
    with pytest.raises(cfai.InvalidParams, match=f"^{field}: a (PIL image|numpy array) is a picture"):
        await client.run("@cf/cloudflare/clef-omni", params(picture))

    assert [] == server.seen


async def test_no_other_field_takes_a_picture(client: Any, server: Server) -> None:
    with pytest.raises(cfai.InvalidParams, match="^text: this is no field for a picture"):
        await client.run(UNKNOWN, cfai.TextEmbeddings(PIXELS))  # type: ignore[arg-type]
    with pytest.raises(cfai.InvalidParams, match="^images: must be a list of pictures, not ndarray"):
        await client.run("@cf/cloudflare/clef", cfai.DecisionQuery("a", {}, images=PIXELS))  # type: ignore[arg-type]

    assert [] == server.seen


# -- every place where a picture is due


def _numbers(sent: bytes) -> bytes:
    return bytes(json.loads(sent)["image"])


def _base64(*path: Any) -> Any:
    def look(sent: bytes) -> bytes:
        found = json.loads(sent)
        for step in path:
            found = found[step]
        return base64.b64decode(found.removeprefix("data:image/png;base64,"), validate=True)

    return look


def _part_of_form(sent: bytes) -> bytes:
    head = b'name="input_image_0"; filename="input_image_0"\r\nContent-Type: image/png\r\n\r\n'
    return sent.partition(head)[2].rpartition(b"\r\n--cfai-")[0]


_URL = _base64("messages", 0, "content", 0, "image_url", "url")
PLACES: dict[str, tuple[str, Any, Any]] = {
    "a raw body": (RESNET, cfai.ImageClassification, bytes),
    "a raw body of a mapping": (RESNET, lambda picture: {"image": picture}, bytes),
    "numbers": (UNKNOWN, cfai.ObjectDetection, _numbers),
    "base64": (UNKNOWN, lambda picture: cfai.ImagePrompt(picture, "what?"), _base64("image")),
    "base64 of a mapping": (UNKNOWN, lambda picture: {"image": picture}, _base64("image")),
    "a data URL": ("@cf/moondream/moondream3.1-9B-A2B", cfai.VisionQuery, _base64("image")),
    "a list": (
        "@cf/cloudflare/clef",
        lambda picture: cfai.DecisionQuery("a", {"q": {"type": "noul"}}, images=[picture]),
        _base64("images", 0),
    ),
    "a form": (
        "@cf/black-forest-labs/flux-2-dev",
        lambda picture: cfai.TextToImage("a", images=[picture]),
        _part_of_form,
    ),
    "a message": (UNKNOWN, lambda picture: cfai.Messages([cfai.user(picture, "what?")]), _URL),
    "a message of a mapping": (UNKNOWN, lambda picture: {"messages": [cfai.user(picture, "what?")]}, _URL),
}


@pytest.mark.parametrize("picture", [PIXELS, PIL.Image.fromarray(PIXELS)])
@pytest.mark.parametrize("place", PLACES)
async def test_a_picture_goes_wherever_one_is_due(client: Any, server: Server, picture: Any, place: str) -> None:
    model, params, medium_in = PLACES[place]
    await _ask(client, model, params(picture))

    content = medium_in(server.last.body)
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    assert np.array_equal(PIXELS, np.asarray(PIL.Image.open(io.BytesIO(content))))


async def _ask(client: Any, model: str, params: Any) -> None:
    with contextlib.suppress(cfai.DecodeError):  # the server says hello to everything
        await client.run(model, params)


# -- when


async def test_it_is_encoded_once_for_all_attempts_and_beside_the_loop(make: Any, server: Server) -> None:
    saved: list[str] = []

    class Seen(PIL.Image.Image):
        def copy(self) -> "Seen":
            other = Seen()
            other.__dict__ |= super().copy().__dict__
            return other

        def save(self, *args: Any, **options: Any) -> None:
            saved.append(threading.current_thread().name)
            super().save(*args, **options)

    image = Seen()
    image.__dict__ |= PIL.Image.fromarray(PIXELS).__dict__
    server.script(BUSY, LABELS)
    client = make(options=cfai.RequestOptions(retry=cfai.Retry(attempts=2, backoff=0.01)))
    await client.run(RESNET, cfai.ImageClassification(image))

    assert [server.seen[0].body] == [server.seen[1].body]
    assert ["cfai-worker"] == saved


def test_types_are_known_without_the_packages() -> None:
    found = run(
        """
        import sys
        sys.modules["numpy"] = sys.modules["PIL"] = None
        import typing
        import cfai
        print(typing.Any in typing.get_args(typing.get_type_hints(cfai.ImageToText)["image"]))
        print(cfai.ImageToText(b"x"))
        """
    )

    found.assert_quiet()
    assert ["True", "ImageToText(image=<1 bytes>)"] == found.out.splitlines()


def test_an_array_without_pillow_is_refused_with_what_to_install() -> None:
    found = run(
        """
        import sys
        sys.modules["PIL"] = None
        import numpy
        import cfai
        from cfai._wire.request.encode import encode
        try:
            encode("@cf/some/model", cfai.ImageClassification(numpy.zeros((2, 2), numpy.uint8)))
        except cfai.InvalidParams as error:
            print(error)
        """
    )

    found.assert_quiet()
    assert "image: a numpy array is encoded with Pillow: pip install 'cfai-sdk[images]'" == found.out.strip()


def test_no_package_is_loaded_for_a_look() -> None:
    found = run(
        """
        import sys
        import cfai
        from cfai._wire.request.encode import encode
        encode("@cf/some/model", {"image": b"x", "text": ["a"]})
        print([name for name in ("numpy", "PIL") if name in sys.modules])
        """
    )

    assert "[]" == found.out.strip()
