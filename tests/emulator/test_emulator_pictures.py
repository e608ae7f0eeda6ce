"""Pictures that come raw, and pictures that go in (docs/wire.md 2.1, 3.3)."""

import base64
import io
import re
import struct
import sys

import pytest
from PIL import Image

from cfai.emulator import Emulator

MODEL = "@cf/stabilityai/stable-diffusion-xl-base-1.0"

SMALL = {"prompt": "a red cat", "width": 256, "height": 256}
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'
PNG = b"\x89PNG\r\n\x1a\n and so on"


def picture(answered):
    assert answered.status == 200, answered.body
    with Image.open(io.BytesIO(answered.body)) as image:
        image.load()
        return image


def refusal(answered):
    return answered.status, answered.json["errors"][0]["code"]


def test_a_picture_comes_as_it_is_with_the_service_s_headers(ask):
    answered = ask(MODEL, SMALL)

    assert answered.status == 200
    assert answered.body.startswith(b"\x89PNG\r\n\x1a\n")
    assert answered.headers.get_all("content-type") == ["image/png"]
    assert answered.headers.get_all("server") == ["cfai-emulator"]
    assert answered.headers["cf-ai-neurons"] == "0.00"
    assert re.fullmatch(r"[0-9a-f-]{36}", answered.headers["cf-ai-req-id"])
    assert answered.headers["cf-ray"].endswith("-EMU")
    assert answered.headers["api-version"].endswith(".epoch")
    assert answered.headers["cf-auditlog-id"]


def test_a_picture_is_not_packed_again(emulator, ask):
    answered = ask(MODEL, SMALL, headers={"Authorization": f"Bearer {emulator.api_token}", "Accept-Encoding": "gzip"})

    assert answered.headers["content-encoding"] is None
    assert picture(answered).size == (256, 256)


@pytest.mark.parametrize(
    ("asked", "size"),
    [
        ({}, (1024, 1024)),
        ({"width": 512, "height": 256}, (512, 256)),
        ({"width": 257.0}, (257, 1024)),
        ({"width": 2048, "height": 2048}, (2048, 2048)),
    ],
)
def test_it_has_the_asked_size(ask, asked, size):
    image = picture(ask(MODEL, {"prompt": "a red cat", **asked}))

    assert (image.format, image.size) == ("PNG", size)


def test_the_prompt_is_drawn_in(ask):
    def white(prompt):
        return sum(picture(ask(MODEL, {**SMALL, "prompt": prompt})).convert("L").histogram()[200:])

    assert white("a red cat and another") > white("") + 20 > 20


def test_all_that_is_asked_counts_and_nothing_else(ask):
    changes = [
        {"prompt": "a cat"},
        {"negative_prompt": "a dog"},
        {"seed": 5},
        {"num_steps": 8},
        {"guidance": 3.5},
        {"strength": 0.5},
        {"image": list(PNG)},
        {"image": [1, 2]},
        {"image_b64": base64.b64encode(b"a picture").decode()},
        {"image": list(PNG), "mask": [1, 2]},
    ]
    with Emulator(seed=1) as other:
        bodies = [ask(MODEL, SMALL, to=other).body, ask(MODEL, SMALL).body]
    bodies += [ask(MODEL, {**SMALL, **change}).body for change in changes]

    assert ask(MODEL, SMALL).body == ask(MODEL, SMALL).body
    assert len(set(bodies)) == 12


def test_one_picture_is_the_same_in_both_forms(ask):
    as_numbers = ask(MODEL, {**SMALL, "image": list(PNG)})
    as_base64 = ask(MODEL, {**SMALL, "image_b64": base64.b64encode(PNG).decode()})

    assert as_numbers.body == as_base64.body


@pytest.mark.parametrize("side", ["width", "height"])
@pytest.mark.parametrize(("length", "code"), [(255, 5006), (2049, 3030), ("512", 5006), (512.5, 5006)])
def test_a_size_out_of_bounds_is_refused(ask, side, length, code):
    assert refusal(ask(MODEL, {"prompt": "x", side: length})) == (400, code)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"num_steps": 21}, "Value of '/num_steps' must be <= 20"),
        ({"image": "abc"}, "Type mismatch of '/image', 'array' not in 'string'"),
        ({"image": [1, 256]}, "Value of '/image/1' must be <= 255"),
        ({"image": [-1]}, "Value of '/image/0' must be >= 0"),
        ({"mask": [1, "a"]}, "Type mismatch of '/mask/1', 'integer' not in 'string'"),
        ({"image_b64": [1]}, "Type mismatch of '/image_b64', 'string' not in 'array'"),
        ({"prompt": None}, "Type mismatch of '/prompt', 'string' not in 'null'"),
    ],
)
def test_what_does_not_fit_is_named(ask, change, problem):
    answered = ask(MODEL, {**SMALL, **change})

    assert refusal(answered) == (400, 5006)
    assert problem in answered.json["errors"][0]["message"]
    assert answered.headers["content-type"] == "application/json"


def test_of_many_wrong_numbers_some_are_told(ask):
    answered = ask(MODEL, {**SMALL, "image": [300] * 10_000})

    assert refusal(answered) == (400, 5006)
    assert len(answered.body) < 2000


def test_whole_numbers_may_be_written_with_a_point(ask):
    body = b'{"prompt":"x","width":256,"height":256,"image":[%s]}'

    assert ask(MODEL, body % b"1.0,2.0").body == ask(MODEL, body % b"1,2").body


@pytest.mark.parametrize("text", ["***", "abc", "data:image/png;base64,YWJj", "é"])
def test_broken_base64_is_refused(ask, text):
    assert refusal(ask(MODEL, {**SMALL, "image_b64": text})) == (400, 5004)


@pytest.mark.parametrize(
    "start",
    [b"", b"\n ", b"\xef\xbb\xbf", b'<?xml version="1.0"?>\n', b"<!-- drawn --><!-- by hand -->", b"<!DOCTYPE svg>"],
)
def test_svg_is_an_internal_error(ask, start):
    svg = start + SVG
    changes = [{"image": list(svg)}, {"mask": list(svg)}, {"image_b64": base64.b64encode(svg).decode()}]

    assert [refusal(ask(MODEL, {**SMALL, **change})) for change in changes] == [(500, 8005)] * 3


def test_other_xml_is_no_svg(ask):
    assert ask(MODEL, {**SMALL, "image": list(b"<?xml version='1.0'?><html/>")}).status == 200


def test_a_file_of_a_megabyte_in_numbers_is_taken(ask):
    body = b'{"prompt":"x","width":256,"height":256,"image":[%s]}' % b",".join([b"137"] * 1_000_000)

    assert ask(MODEL, body).status == 200


def test_without_pillow_the_ground_has_the_asked_size(ask, monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL", None)

    answered = [ask(MODEL, {**SMALL, "height": 300, "seed": seed}) for seed in (1, 2)]

    assert struct.unpack(">II", answered[0].body[16:24]) == (256, 300)
    assert picture(answered[0]).size == (256, 300)
    assert len(picture(answered[0]).getcolors()) == 2
    assert answered[0].body != answered[1].body
