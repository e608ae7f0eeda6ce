"""Forms and files as the body: FLUX.2 and nova-3 (docs/wire.md 3.3 and 3.5)."""

import base64
import io
import json

import aiohttp
import pytest
from PIL import Image

DEV = "@cf/black-forest-labs/flux-2-dev"
KLEIN = "@cf/black-forest-labs/flux-2-klein-4b"
KLEIN_9B = "@cf/black-forest-labs/flux-2-klein-9b"
NOVA = "@cf/deepgram/nova-3"
FORM = "multipart/form-data; boundary=b"
PNG = b"\x89PNG\r\n\x1a\n\r\n--c\r\n and so on\r\n"
"""With all that may confuse a reader of forms, but the boundary."""

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
SOUND = b"\xff\xfb\x90\x00" + bytes(15_996)
"""16,000 bytes at 128 kbit/s: one second."""

ALL = [DEV, KLEIN, KLEIN_9B]


def form(*files, **fields):
    parts = [b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % item for item in pairs(fields)]
    head = b'--b\r\nContent-Disposition: form-data; name="input_image_%d"; filename="a.png"\r\n%s\r\n%s\r\n'
    parts += [head % (index, b"Content-Type: image/png\r\n", data) for index, data in enumerate(files)]
    return b"".join([*parts, b"--b--\r\n"])


def pairs(fields):
    return [(name.encode(), str(value).encode()) for name, value in fields.items()]


def refused(answered):
    return answered.status, answered.json["errors"][0]["code"]


def problem(answered):
    return answered.json["errors"][0]["message"]


def size(answered):
    assert answered.status == 200, answered.body
    with Image.open(io.BytesIO(base64.b64decode(answered.json["result"]["image"]))) as image:
        assert image.format == "JPEG"
        return image.size


@pytest.mark.parametrize("model", ALL)
def test_json_is_refused_in_the_words_of_the_service(ask, model):
    answered = ask(model, {"prompt": "x"}, kind="application/json")
    request_id = answered.headers["cf-ai-req-id"]

    assert refused(answered) == (400, 5006)
    assert problem(answered) == (
        f"AiError: AiError: Bad input: Error: required properties at '/' are 'multipart' ({request_id})"
    )


@pytest.mark.parametrize("body", [{"multipart": {}}, {"multipart": "x"}, b"prompt=x", b""])
def test_so_is_every_other_body(ask, body):
    assert refused(ask(DEV, body)) == (400, 5006)


@pytest.mark.parametrize("model", ALL)
def test_a_form_is_answered_with_a_picture_in_base64(ask, model):
    answered = ask(model, form(prompt="x", width=512, height=256), kind=FORM)

    assert list(answered.json["result"]) == ["image"]
    assert size(answered) == (512, 256)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, (1024, 768)),
        ({"width": 1080, "height": 1080}, (1072, 1072)),
        ({"width": 2048, "height": 64}, (2048, 64)),
        ({"width": 5, "height": 31}, (16, 16)),
    ],
)
def test_sides_are_rounded_down_to_a_multiple_of_16(ask, asked, expected):
    assert size(ask(KLEIN, form(prompt="x", **asked), kind=FORM)) == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"prompt": "x", "width": 2049}, (400, 3030)),
        ({"prompt": "x", "height": 4000}, (400, 3030)),
        ({"width": 64}, (400, 5006)),
        ({"prompt": "x", "width": "wide"}, (400, 5006)),
        ({"prompt": "x", "width": 64.5}, (400, 5006)),
        ({"prompt": "x", "width": "NaN"}, (400, 5006)),
        ({"prompt": "x", "steps": "[1]"}, (400, 5006)),
    ],
)
def test_a_form_that_does_not_fit_is_refused(ask, fields, expected):
    assert refused(ask(DEV, form(**fields), kind=FORM)) == expected


def test_a_prompt_may_be_empty_or_look_like_a_number(ask):
    assert size(ask(KLEIN, form(prompt="", width=64, height=64), kind=FORM)) == (64, 64)
    assert size(ask(KLEIN, form(prompt="42", width=64, height=64), kind=FORM)) == (64, 64)


def test_four_pictures_are_taken_and_a_fifth_is_refused(ask):
    fields = {"prompt": "x", "width": 64, "height": 64}

    assert size(ask(KLEIN, form(*[PNG] * 4, **fields), kind=FORM)) == (64, 64)
    fifth = ask(KLEIN, form(*[PNG] * 5, **fields), kind=FORM)
    assert refused(fifth) == (400, 3030)
    assert "too many input images. max=4" in problem(fifth)


def test_the_picture_depends_on_the_pictures(ask):
    fields = {"prompt": "x", "width": 64, "height": 64}
    files = [(), (PNG,), (PNG + b"!",), (PNG, PNG)]

    bodies = [ask(KLEIN, form(*each, **fields), kind=FORM).body for each in files]

    assert len(set(bodies)) == 4


def test_an_svg_among_the_pictures_is_an_internal_error(ask):
    assert refused(ask(DEV, form(PNG, SVG, prompt="x"), kind=FORM)) == (500, 8005)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", form(prompt="x")),
        ("multipart/form-data; boundary=other", form(prompt="x")),
        (FORM, form(prompt="x")[:-6]),
        (FORM, b""),
    ],
    ids=["no boundary", "another boundary", "cut", "empty"],
)
def test_a_form_that_breaks_off_is_incomplete(ask, kind, body):
    assert refused(ask(DEV, body, kind=kind)) == (400, 3003)


@pytest.mark.parametrize(
    ("model", "fields", "files", "neurons"),
    [
        (DEV, {"width": 512, "height": 1024, "steps": 10}, [PNG], "937.50"),
        (KLEIN, {"width": 512, "height": 1024, "steps": 10}, [PNG, PNG], "62.84"),
        (KLEIN_9B, {"width": 1024, "height": 1024}, [], "1363.64"),
        (KLEIN_9B, {"width": 1024, "height": 1040}, [PNG], "1727.28"),
    ],
)
def test_the_price_is_that_of_the_page(ask, model, fields, files, neurons):
    assert ask(model, form(*files, prompt="x", **fields), kind=FORM).headers["cf-ai-neurons"] == neurons


@pytest.mark.anyio
async def test_the_form_of_another_client_is_read(emulator):
    data = aiohttp.FormData(quote_fields=False)
    data.add_field("prompt", "ein rotes Kätzchen")
    data.add_field("width", "64")
    data.add_field("height", "48")
    data.add_field("input_image_0", PNG, filename="größe.png", content_type="image/png")
    url = f"{emulator.base_url}/accounts/{emulator.account_id}/ai/run/{KLEIN}"
    headers = {"Authorization": f"Bearer {emulator.api_token}"}

    async with aiohttp.ClientSession(headers=headers) as session, session.post(url, data=data) as answered:
        picture = (await answered.json())["result"]["image"]

    with Image.open(io.BytesIO(base64.b64decode(picture))) as image:
        assert image.size == (64, 48)


@pytest.mark.parametrize("kind", ["audio/mpeg", "audio/wav; x=y", "application/octet-stream"])
def test_a_sound_is_heard_from_the_body(ask, kind):
    answered = ask(NOVA, SOUND, kind=kind)

    text = "I am the cfai emulator, not a model. I heard 16000 bytes, about 1.0 seconds."
    (channel,) = answered.json["result"]["results"]["channels"]
    (alternative,) = channel["alternatives"]
    assert list(answered.json["result"]["results"]) == ["channels"]
    assert (alternative["transcript"], alternative["confidence"]) == (text, 0.99)
    assert [word["word"] for word in alternative["words"]] == text.split()
    assert alternative["words"][0] == {"word": "I", "start": 0, "end": 0.07, "confidence": 0.99}
    assert answered.headers["cf-ai-neurons"] == "7.88"


def test_options_come_in_the_query(ask):
    results = ask(f"{NOVA}?sentiment=true&language=en&keyterm=", SOUND, kind="audio/mpeg").json["result"]["results"]

    assert results["sentiments"]["average"] == {"sentiment": "neutral", "sentiment_score": 0}
    assert results["sentiments"]["segments"][0]["end_word"] == 14


@pytest.mark.parametrize("query", ["sentiment=yes", "encoding=mp3", "mode=legal"])
def test_options_that_do_not_fit_are_refused(ask, query):
    assert refused(ask(f"{NOVA}?{query}", SOUND, kind="audio/mpeg")) == (400, 5006)


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        ("application/json", {}, "required properties at '/' are 'audio'"),
        ("audio/mpeg", {"audio": "abc"}, "Type mismatch of '/audio', 'object' not in 'string'"),
        (None, {"audio": {"body": {}, "contentType": "audio/mpeg"}}, "the audio has to be the body of the request"),
        ("application/json", SOUND, "the body is not JSON"),
    ],
)
def test_json_for_nova_is_refused(ask, kind, body, words):
    answered = ask(NOVA, body, kind=kind)

    assert refused(answered) == (400, 5006)
    assert words in problem(answered)


@pytest.mark.parametrize(("kind", "body"), [(None, SOUND), ("audio/mpeg", b"")], ids=["no kind", "no sound"])
def test_a_sound_without_its_kind_or_a_kind_without_a_sound_is_incomplete(ask, kind, body):
    assert refused(ask(NOVA, body, kind=kind)) == (400, 3003)


def test_forms_do_not_confuse_models_that_take_json(ask):
    answered = ask("@cf/black-forest-labs/flux-1-schnell", form(prompt="x"), kind=FORM)

    assert refused(answered) == (400, 5006)
    assert json.loads(answered.body)["result"] == {}
