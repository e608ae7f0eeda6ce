"""Media as answers: what their bytes are, in which of their forms they come, and what can be done with them."""

import base64
import copy
import json
import pickle
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import attrs
import cattrs
import pytest

import cfai
from cfai._wire.answer.decode import LazyRaw, decode
from cfai._wire.http_values import Headers, Response
from cfai._wire.request.encode import encode
from cfai.media import sniff

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c63f8cfc0f01f00050001ff56c72f0d0000000049454e44ae426082"
)
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")
MP3 = bytes.fromhex("fffb906400000000000000")
WAV = b"RIFF\x24\x00\x00\x00WAVEfmt "
SAMPLES = bytes.fromhex("ffffffff0000feff01000200")
"""Silence as 16-bit samples: -1, -1, 0, -2, 1, 2."""


def answer(body: bytes, content_type: str = "application/json", params: Any = None) -> Any:
    response = Response(status=200, headers=Headers({"Content-Type": content_type}), body=body)
    return decode(response, encode("@cf/some/model", {"prompt": "hi"} if params is None else params), "0" * 32)


def enveloped(**result: Any) -> bytes:
    return json.dumps({"result": result, "success": True, "errors": [], "messages": []}).encode()


# -- sniffing


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (PNG, "image/png"),
        (JPEG, "image/jpeg"),
        (bytes.fromhex("ffd8ffe1"), "image/jpeg"),
        (b"GIF87a", "image/gif"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"II*\x00", "image/tiff"),
        (b"MM\x00*", "image/tiff"),
        (b"BM\x9a\x00\x00\x00\x00\x00\x00\x00", "image/bmp"),
        (b"\x00\x00\x00\x1cftypavif", "image/avif"),
        (b"\x00\x00\x00\x18ftypheic", "image/heic"),
        (WAV, "audio/wav"),
        (b"OggS\x00\x02", "audio/ogg"),
        (b"fLaC\x00", "audio/flac"),
        (b"ID3\x04\x00", "audio/mpeg"),
        (bytes.fromhex("fffb9064"), "audio/mpeg"),  # MPEG 1, layer III, 128 kbit/s, 44.1 kHz
        (bytes.fromhex("fff3e0c4"), "audio/mpeg"),  # MPEG 2, layer III
        (bytes.fromhex("ffe318c4"), "audio/mpeg"),  # MPEG 2.5, layer III
        (bytes.fromhex("fffa9064"), "audio/mpeg"),  # with a checksum
        (bytes.fromhex("fffd9064"), "audio/mpeg"),  # layer II
        (bytes.fromhex("fff15080"), "audio/aac"),
        (bytes.fromhex("fff94c80"), "audio/aac"),
        (b"\x00\x00\x00\x18ftypM4A ", "audio/mp4"),
        (b"\x00\x00\x00\x18ftypisom", "video/mp4"),
        (b"\x1aE\xdf\xa3", "video/webm"),
    ],
)
def test_a_medium_is_known_by_its_first_bytes(head: bytes, media_type: str) -> None:
    assert media_type == sniff(head)
    assert media_type == cfai.Media(head, "application/other").media_type


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"\xff\xfb",
        b"\x00",
        b"{}",
        b"[]",
        b'"hi"',
        b"<html>",
        b"<svg>",
        b"BM a text",
        b"RIFF",
        b"RIFF____AVI ",
        b'["abftyp"]',
        b'"ab ftyp"',
        b'{"a":"ftyp"}',
        b" \n  ftyp",
        SAMPLES,
        bytes.fromhex("ffff00000000"),
        bytes.fromhex("feffffff"),
        bytes.fromhex("ffff0100"),
        bytes.fromhex("fffe7b00"),
        bytes.fromhex("fffdfeff"),
        bytes.fromhex("fffbffff"),
        bytes.fromhex("fffbf000"),
        bytes.fromhex("ffeb9064"),
        bytes.fromhex("fffb0c00"),
        bytes.fromhex("fff17480"),
    ],
)
def test_bytes_that_tell_nothing_are_not_guessed_at(data: bytes) -> None:
    assert None is sniff(data)


@pytest.mark.parametrize("text", ['["abftypisom"]', '"ab ftypM4A "', '{"a":"ftypavif"}'])
def test_json_is_never_taken_for_a_medium(text: str) -> None:
    assert json.loads(text) == answer(text.encode()).raw


# -- the class and the type of a raw body


@pytest.mark.parametrize(
    "content_type", ["application/json", "", "image/jpeg", "audio/mpeg", "text/html", "application/octet-stream"]
)
@pytest.mark.parametrize(
    ("data", "kind", "media_type"),
    [
        (PNG, cfai.Image, "image/png"),
        (JPEG, cfai.Image, "image/jpeg"),
        (MP3, cfai.Audio, "audio/mpeg"),
        (WAV, cfai.Audio, "audio/wav"),
    ],
)
def test_bytes_that_tell_what_they_are_win_over_the_header(
    data: bytes, kind: Any, media_type: str, content_type: str
) -> None:
    found = answer(data, content_type)

    assert kind is type(found)
    assert (data, media_type) == (found.data, found.media_type)
    assert data == found.raw


@pytest.mark.parametrize(
    ("content_type", "kind", "media_type"),
    [
        ("audio/l16;rate=24000", cfai.Audio, "audio/l16"),
        ("Audio/L16", cfai.Audio, "audio/l16"),
        ("audio/mulaw", cfai.Audio, "audio/mulaw"),
        ("image/x-raw", cfai.Image, "image/x-raw"),
        ("application/octet-stream", cfai.Media, "application/octet-stream"),
        ("application/pdf", cfai.Media, "application/pdf"),
        ("model/gltf-binary", cfai.Media, "model/gltf-binary"),
        ("video/x-raw", cfai.Media, "video/x-raw"),
    ],
)
def test_bytes_that_tell_nothing_are_what_the_header_says(content_type: str, kind: Any, media_type: str) -> None:
    found = answer(SAMPLES, content_type)

    assert kind is type(found)
    assert (SAMPLES, media_type) == (found.data, found.media_type)


@pytest.mark.parametrize(
    "content_type", ["image/png", "audio/mpeg", "application/octet-stream", "video/mp4", "model/gltf-binary"]
)
@pytest.mark.parametrize("space", [b"", b"\n  ", b"\xef\xbb\xbf"])
def test_json_under_a_mediums_header_is_json(content_type: str, space: bytes) -> None:
    assert "hi" == answer(space + enveloped(response="hi"), content_type).text
    assert isinstance(refused(space + b'{"success": false, "errors": []}', content_type), cfai.ApiError)


def refused(body: bytes, content_type: str, params: Any = None) -> cfai.CfaiError:
    with pytest.raises(cfai.CfaiError) as caught:
        answer(body, content_type, params)
    return caught.value


@pytest.mark.parametrize("data", [b"{\x00\x01", b"[0.5, not JSON", b'"\xff\xff'])
def test_samples_that_begin_as_json_does_are_samples(data: bytes) -> None:
    assert data == answer(data, "audio/l16").data


def test_samples_under_a_json_header_are_an_error_that_keeps_them() -> None:
    error = refused(SAMPLES, "application/json")

    assert cfai.DecodeError is type(error)
    assert SAMPLES == error.raw


@pytest.mark.parametrize(
    ("params", "data", "content_type", "kind", "media_type"),
    [
        (cfai.TextToImage("a"), PNG, "application/json", cfai.Image, "image/png"),
        (cfai.TextToImage("a"), JPEG, "image/png", cfai.Image, "image/jpeg"),
        (cfai.TextToSpeech("a"), MP3, "audio/mpeg", cfai.Audio, "audio/mpeg"),
        (cfai.TextToSpeech("a"), SAMPLES, "audio/l16", cfai.Audio, "audio/l16"),
        (cfai.TextToSpeech("a"), SAMPLES, "application/octet-stream", cfai.Audio, "application/octet-stream"),
        (cfai.TextToSpeech("a"), b"\x1aE\xdf\xa3", "audio/webm", cfai.Audio, "video/webm"),
    ],
)
def test_a_promised_medium_is_of_the_promised_class(
    params: Any, data: bytes, content_type: str, kind: Any, media_type: str
) -> None:
    found = answer(data, content_type, params)

    assert kind is type(found)
    assert (data, media_type, data) == (found.data, found.media_type, found.raw)


@pytest.mark.parametrize(
    ("params", "data", "content_type"),
    [
        (cfai.TextToImage("a"), MP3, "audio/mpeg"),
        (cfai.TextToImage("a"), MP3, "image/png"),
        (cfai.TextToSpeech("a"), PNG, "audio/mpeg"),
        (cfai.Prompt("a"), PNG, "image/png"),
        (cfai.TextEmbeddings("a"), PNG, "application/json"),
        (cfai.TextClassification("a"), MP3, "audio/mpeg"),
        (cfai.Input({"a": 1}, returning=dict), PNG, "image/png"),
    ],
)
def test_bytes_that_were_not_promised_are_an_error_that_keeps_them(params: Any, data: bytes, content_type: str) -> None:
    error = refused(data, content_type, params)

    assert cfai.DecodeError is type(error)
    assert data == error.raw


@pytest.mark.parametrize("kind", [cfai.Media, bytes, Any])
def test_bytes_may_be_promised_by_a_type_of_the_users(kind: Any) -> None:
    found = answer(PNG, "image/png", cfai.Input({"a": 1}, returning=kind))

    assert PNG == bytes(found)


# -- base64 and data URLs

TEXT = base64.b64encode(PNG).decode()
UNPADDED = base64.b64encode(PNG[:67]).decode()


@pytest.mark.parametrize(
    "text",
    [
        UNPADDED,
        UNPADDED.rstrip("="),
        "\n".join(UNPADDED[i : i + 76] for i in range(0, len(UNPADDED), 76)),
        "\r\n".join(UNPADDED[i : i + 20] for i in range(0, len(UNPADDED), 20)) + "\r\n",
        f" {UNPADDED}\n",
        f"data:image/png;base64,{UNPADDED}",
        f"data:image/png;base64,{UNPADDED.rstrip('=')}",
        f"data:;base64,{UNPADDED}",
        f"data:text/plain;charset=utf-8;base64,{UNPADDED}",
        f"DATA:image/png;BASE64,{UNPADDED}",
        "data:image/png;base64," + UNPADDED.replace("=", "%3D").replace("+", "%2B").replace("/", "%2F"),
        "data:image/png," + "".join(f"%{byte:02x}" for byte in PNG[:67]),
        "data:," + "".join(f"%{byte:02X}" for byte in PNG[:67]),
    ],
)
@pytest.mark.parametrize("params", [None, cfai.TextToImage("a")])
def test_a_picture_comes_as_base64_in_all_its_forms(text: str, params: Any) -> None:
    found = answer(enveloped(image=text), params=params)

    assert cfai.Image is type(found)
    assert (PNG[:67], "image/png") == (found.data, found.media_type)
    assert {"image": text} == found.raw


def test_the_unpadded_form_really_has_padding_to_leave_out() -> None:
    assert UNPADDED.endswith("=")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "*",
        "not base64!",
        "aGk",
        "aGk=aGk=",
        "a",
        "aGk\u00e9",
        "data:image/png;base64",
        "data:image/png;base64,*",
        "data:image/png;base64,",
    ],
)
def test_what_is_no_base64_is_unknown_to_a_mapping_and_an_error_to_a_promise(text: str) -> None:
    body = enveloped(image=text)
    if text == "aGk":
        assert b"hi" == answer(body).data
        return

    unknown = answer(body)
    error = refused(body, "application/json", cfai.TextToImage("a"))

    assert cfai.UnknownAnswer is type(unknown)
    assert {"image": text} == unknown.raw == error.raw
    assert "$.image" == error.path


def test_a_sound_under_the_key_of_a_picture_is_not_a_picture() -> None:
    sound = base64.b64encode(MP3).decode()

    assert cfai.UnknownAnswer is type(answer(enveloped(image=sound)))
    assert cfai.UnknownAnswer is type(answer(enveloped(audio=TEXT)))
    assert cfai.DecodeError is type(refused(enveloped(image=sound), "", cfai.TextToImage("a")))
    assert cfai.DecodeError is type(refused(enveloped(audio=TEXT), "", cfai.TextToSpeech("a")))


def test_the_type_of_a_data_url_is_used_where_the_bytes_tell_nothing() -> None:
    assert "audio/l16" == answer(enveloped(audio="data:audio/L16;rate=8000;base64,AAEC")).media_type
    assert "application/octet-stream" == answer(enveloped(audio="AAEC")).media_type


@pytest.mark.parametrize(("key", "media_type"), [("image", "image/*"), ("audio", "audio/*")])
@pytest.mark.parametrize("scheme", ["https", "http"])
def test_an_address_is_a_link_and_nothing_is_fetched(key: str, media_type: str, scheme: str) -> None:
    result = {key: f"{scheme}://nowhere.invalid/a", "model": "m"}

    link = answer(enveloped(**result))

    assert cfai.MediaLink(f"{scheme}://nowhere.invalid/a", media_type) == link
    assert result == link.raw


def test_an_address_where_a_picture_was_promised_is_an_error_that_keeps_it() -> None:
    error = refused(enveloped(image="https://a.example/a.png"), "", cfai.TextToImage("a"))

    assert {"image": "https://a.example/a.png"} == error.raw
    assert "MediaLink" in str(error)


# -- what can be done with a medium


@pytest.mark.parametrize(
    ("medium", "name", "saved"),
    [
        (cfai.Image(JPEG), "cat", "cat.jpg"),
        (cfai.Image(JPEG), "cat.jpeg", "cat.jpeg"),
        (cfai.Image(PNG), "cat", "cat.png"),
        (cfai.Image(PNG), "cat.jpg", "cat.jpg"),
        (cfai.Image(PNG), ".cat", ".cat.png"),
        (cfai.Audio(MP3), "hi", "hi.mp3"),
        (cfai.Audio(WAV), "hi", "hi.wav"),
        (cfai.Audio(SAMPLES, "audio/l16"), "hi", "hi"),
        (cfai.Media(b"\x00"), "thing", "thing"),
        (cfai.Media(b"\x00"), "thing.bin", "thing.bin"),
    ],
)
def test_saving_gives_the_true_suffix_where_there_is_none(medium: Any, name: str, saved: str, tmp_path: Path) -> None:
    for target in (tmp_path / name, str(tmp_path / name)):
        path = medium.save(target)

        assert tmp_path / saved == path
        assert medium.data == path.read_bytes()
        path.unlink()


def test_saving_where_nothing_can_be_saved_is_pythons_own_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        cfai.Image(PNG).save(tmp_path / "nowhere" / "cat.png")


@pytest.mark.parametrize("data", [PNG, JPEG, b"GIF89a"])
def test_a_notebook_shows_a_picture(data: bytes) -> None:
    image = cfai.Image(data)
    bundle = image._repr_mimebundle_()

    assert data == base64.b64decode(bundle[image.media_type])
    assert repr(image) == bundle["text/plain"]


def test_a_notebook_shows_other_pictures_as_html() -> None:
    bundle = cfai.Image(b"RIFF\x00\x00\x00\x00WEBP")._repr_mimebundle_()

    assert '<img src="data:image/webp;base64,UklGRgAAAABXRUJQ">' == bundle["text/html"]


def test_a_notebook_shows_a_player() -> None:
    bundle = cfai.Audio(MP3)._repr_mimebundle_(include=None, exclude=None)

    assert (
        f'<audio controls src="data:audio/mpeg;base64,{base64.b64encode(MP3).decode()}"></audio>' == bundle["text/html"]
    )
    assert {"text/plain", "text/html"} == bundle.keys()


@pytest.mark.parametrize("kind", [cfai.Image, cfai.Audio])
def test_what_the_service_calls_a_type_cannot_break_out_of_the_html(kind: Any) -> None:
    html = kind(b"\x00", 'image/x"><script>alert(1)</script>')._repr_mimebundle_()["text/html"]

    assert "<script" not in html
    assert 2 == html.count('"')


def test_media_are_equal_by_their_bytes_and_type() -> None:
    assert cfai.Image(PNG) == cfai.Image(PNG)
    assert cfai.Image(PNG) != cfai.Image(JPEG)
    assert cfai.Image(SAMPLES, "image/x") != cfai.Image(SAMPLES, "image/y")
    assert cfai.Image(PNG) != cfai.Media(PNG)
    assert 1 == len({cfai.Image(PNG), cfai.Image(PNG)})
    assert (len(PNG), PNG) == (len(cfai.Image(PNG)), bytes(cfai.Image(PNG)))


MEDIA = [cfai.Media(SAMPLES, "audio/l16"), cfai.Image(PNG), cfai.Audio(MP3)]


@pytest.mark.parametrize("medium", MEDIA, ids=repr)
def test_a_medium_is_an_attrs_class(medium: Any) -> None:
    fields = {"data": medium.data, "media_type": medium.media_type}

    assert attrs.has(type(medium))
    assert fields == attrs.asdict(medium)
    assert fields == cattrs.unstructure(medium) == cfai.converter.unstructure(medium)
    assert medium == attrs.evolve(medium) == type(medium)(**fields)


def test_a_link_is_an_attrs_class() -> None:
    link = cfai.MediaLink("https://a.example/cat.png", "image/*")

    assert (
        {"url": "https://a.example/cat.png", "media_type": "image/*"} == attrs.asdict(link) == cattrs.unstructure(link)
    )
    assert cfai.MediaLink("https://b.example", "image/*") == attrs.evolve(link, url="https://b.example")
    assert 1 == len({link, attrs.evolve(link)})
    assert cfai.MediaLink("https://a.example").media_type is None


@pytest.mark.parametrize("medium", [*MEDIA, cfai.MediaLink("https://a.example", "image/*")], ids=repr)
def test_a_medium_never_changes(medium: Any) -> None:
    before = attrs.asdict(medium)

    for name in before:
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            setattr(medium, name, "other")
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            delattr(medium, name)
    with pytest.raises(AttributeError):
        medium.newer = 1
    assert before == attrs.asdict(medium)


def test_the_type_is_settled_when_a_medium_is_made() -> None:
    samples = cfai.Audio(SAMPLES, "audio/x-samples")

    assert "image/png" == cfai.Image(PNG, "image/jpeg").media_type
    assert ["application/octet-stream"] * 2 == [cfai.Media(SAMPLES).media_type, cfai.Media(SAMPLES, None).media_type]
    assert cfai.Audio(MP3) == attrs.evolve(samples, data=MP3)
    assert "audio/x-other" == attrs.evolve(samples, media_type="audio/x-other").media_type
    assert "audio/mpeg" == attrs.evolve(cfai.Audio(MP3), media_type="audio/x-samples").media_type
    assert (
        "audio/l16" == attrs.evolve(cfai.Audio(MP3), media_type="audio/l16").media_type
    )  # raw samples are not sniffed


class Titled(cfai.Image):
    """A picture of a user's own, that sets what it likes on itself."""

    def __init__(self, data: bytes, title: str) -> None:
        super().__init__(data)
        self.title = title


@attrs.define
class Rated(cfai.Audio):
    """A sound of a user's own, by attrs."""

    stars: int = 0


@attrs.frozen
class Fixed(cfai.Media):
    """A frozen one."""

    note: str = ""


def test_a_medium_may_be_extended() -> None:
    titled, rated, fixed = Titled(PNG, "cat"), Rated(MP3, stars=3), Fixed(JPEG, note="x")
    rated.stars = 4

    assert ["image/png", "audio/mpeg", "image/jpeg"] == [medium.media_type for medium in (titled, rated, fixed)]
    assert "Titled('image/png', 70 bytes)" == repr(titled)
    for twin in (pickle.loads(pickle.dumps(titled)), copy.copy(titled)):
        assert ("cat", PNG, titled) == (twin.title, twin.data, twin)
    assert Rated(MP3, stars=4) == pickle.loads(pickle.dumps(rated))
    assert "x" == attrs.evolve(fixed, data=PNG).note
    assert titled != cfai.Image(PNG)
    with pytest.raises(AttributeError):
        titled.data = b""
    del titled.title
    assert not hasattr(titled, "title")


@pytest.mark.parametrize("medium", MEDIA, ids=repr)
def test_a_medium_keeps_its_raw_through_pickle_and_copies(medium: Any) -> None:
    medium = attrs.evolve(medium)
    medium._keep(LazyRaw(b'{"image": "..."}'))  # as of an answer: decoded on first use

    for twin in (copy.copy(medium), medium, pickle.loads(pickle.dumps(medium)), copy.deepcopy(medium)):
        assert medium == twin
        assert {"image": "..."} == twin.raw == twin.raw


def test_the_repr_tells_type_and_size() -> None:
    assert "Image('image/png', 70 bytes)" == repr(cfai.Image(PNG))
    assert "MediaLink('https://a.example', 'image/*')" == repr(cfai.MediaLink("https://a.example", "image/*"))


def test_the_repr_is_short_whatever_the_service_says() -> None:
    assert 210 > len(repr(cfai.MediaLink("https://a.example/" + "\x00" * 200, None)))
    assert 130 > len(repr(cfai.Media(b"?", "\x00" * 200)))


@pytest.mark.parametrize("text", ["data:,\ud800", "data:text/plain,a\udfffb", "data:image/png;base64,\ud800"])
def test_a_data_url_that_is_no_unicode_is_a_misfit(text: str) -> None:
    with pytest.raises(cfai.DecodeError):
        cfai.converter.structure({"image": text}, cfai.Image)


def test_a_picture_opens_with_pillow() -> None:
    pytest.importorskip("PIL")

    assert (1, 1) == cfai.Image(PNG).to_pil().size


def test_a_picture_of_pillows_own_comes_through() -> None:
    pil = pytest.importorskip("PIL.Image")
    file = BytesIO()
    pil.new("RGB", (3, 2), "red").save(file, "PNG")

    found = answer(enveloped(image=base64.b64encode(file.getvalue()).decode()))

    assert (3, 2) == found.to_pil().size


def test_without_pillow_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)

    with pytest.raises(ModuleNotFoundError, match=r"cfai-sdk\[images\]"):
        cfai.Image(PNG).to_pil()


def test_vectors_become_an_array() -> None:
    numpy = pytest.importorskip("numpy")

    vectors = answer(enveloped(data=[[0.5, 1], [2, 0.25]], shape=[2, 2]))

    for array in (vectors.to_numpy(), numpy.asarray(vectors, dtype=numpy.float32)):
        assert numpy.float32 == array.dtype
        assert (2, 2) == array.shape
        assert [[0.5, 1.0], [2.0, 0.25]] == array.tolist()
    assert 2 == len(vectors)


def test_without_numpy_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numpy", None)

    with pytest.raises(ModuleNotFoundError, match=r"cfai-sdk\[numpy\]"):
        cfai.Embeddings(data=[[0.5]]).to_numpy()


def test_media_are_equal_to_nothing_else() -> None:
    link = cfai.MediaLink("https://example.com/a.png", "image/*")

    assert cfai.Image(PNG) != PNG
    assert link != "https://example.com/a.png"
    assert link == cfai.MediaLink("https://example.com/a.png", "image/*")
    assert 1 == len({link, cfai.MediaLink("https://example.com/a.png", "image/*")})
