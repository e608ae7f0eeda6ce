"""Media that go in: every kind of source in every form, measured first and written in slices."""

import base64
import io
import json
import os
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import cfai
from cfai._wire.media.body import Body
from cfai._wire.request.encode import encode

RAW = "@cf/openai/whisper"
BASE64 = "@cf/openai/whisper-large-v3-turbo"
INTS = "@cf/some/recogniser-without-a-row"
MULTIPART = "@cf/black-forest-labs/flux-2-klein-4b"
WAV = b"RIFF\x24\x00\x00\x00WAVEfmt "


def body_of(model: str, audio: Any) -> Body:
    return encode(model, cfai.AutomaticSpeechRecognition(audio)).body


def whole(body: Body) -> bytes:
    """All slices together, after a look at whether they are as long as was announced."""
    length, _ = body.measure()
    content = b"".join(body.slices())
    assert length == len(content)
    return content


def medium_in(model: str, content: bytes) -> bytes:
    if model == RAW:
        return content
    audio = json.loads(content)["audio"]
    return base64.b64decode(audio, validate=True) if model == BASE64 else bytes(audio)


@pytest.fixture(params=["bytes", "bytearray", "memoryview", "path", "file", "BytesIO", "pipe", "Media"])
def source_of(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """Turn bytes into each kind of medium that a user may pass."""
    opened: list[Any] = []

    def make(data: bytes) -> Any:
        path = tmp_path / "medium.bin"
        path.write_bytes(data)
        kinds: dict[str, Callable[[], Any]] = {
            "bytes": lambda: data,
            "bytearray": lambda: bytearray(data),
            "memoryview": lambda: memoryview(data),
            "path": lambda: path,
            "file": lambda: path.open("rb"),
            "BytesIO": lambda: io.BytesIO(data),
            "pipe": lambda: Unseekable(data),
            "Media": lambda: cfai.Media(data),
        }
        opened.append(kinds[request.param]())
        return opened[-1]

    yield make
    for medium in opened:
        if hasattr(medium, "close"):
            medium.close()


class Unseekable(io.RawIOBase):
    """A file that only goes forward, and gives a few bytes at a time."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        part = self._data.read(min(len(buffer), 1000))
        buffer[: len(part)] = part
        return len(part)


@pytest.mark.parametrize("model", [RAW, BASE64, INTS])
@pytest.mark.parametrize("size", [1, 2, 3, 196_607, 196_608, 196_609, 500_000])
def test_a_medium_arrives_whole_in_every_form(source_of: Any, model: str, size: int) -> None:
    data = os.urandom(size)

    assert data == medium_in(model, whole(body_of(model, source_of(data))))


@pytest.mark.parametrize("model", [RAW, BASE64, INTS])
def test_a_body_can_be_written_again_for_another_attempt(source_of: Any, model: str) -> None:
    body = body_of(model, source_of(os.urandom(300_000)))

    assert whole(body) == whole(body)


def test_an_array_of_numbers_is_measured_right_for_every_byte() -> None:
    for number in range(256):
        data = bytes([number]) * 3
        assert json.dumps({"audio": list(data)}, separators=(",", ":")).encode() == whole(body_of(INTS, data))


def test_a_users_file_is_read_from_where_it_stands_and_left_open_at_its_end(tmp_path: Path) -> None:
    path = tmp_path / "talk.wav"
    path.write_bytes(b"header" + WAV)

    with path.open("rb") as file:
        file.seek(6)
        body = body_of(RAW, file)

        assert (len(WAV), "audio/wav") == body.measure()
        assert WAV == b"".join(body.slices())
        assert not file.closed
        assert len(b"header" + WAV) == file.tell()


def test_a_path_is_opened_late_and_closed_even_where_the_slices_are_left_early(tmp_path: Path) -> None:
    path = tmp_path / "talk.mp3"
    body = body_of(RAW, path)  # it does not exist yet

    path.write_bytes(bytes(1_000_000))
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    slices = body.slices()
    next(slices)
    slices.close()  # type: ignore[attr-defined]
    after = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0

    assert before == after


@pytest.mark.parametrize("model", [RAW, BASE64, INTS])
def test_a_large_file_is_never_held_as_a_whole(tmp_path: Path, model: str) -> None:
    path = tmp_path / "long.bin"
    path.write_bytes(os.urandom(1_000_000) * 12)
    body = body_of(model, path)

    tracemalloc.start()
    try:
        length, _ = body.measure()
        assert length == sum(map(len, body.slices()))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 4_000_000


def test_a_data_url_is_decoded_and_its_type_is_kept() -> None:
    url = "data:audio/x-own;base64," + base64.b64encode(b"some sound").decode()

    assert (10, "audio/x-own") == body_of(RAW, url).measure()
    assert b"some sound" == whole(body_of(RAW, url))


@pytest.mark.parametrize("text", ["talk.mp3", "/etc/passwd", "file:///etc/passwd", "https://example.com/a.mp3", ""])
def test_any_other_string_is_refused_with_a_word_about_path(text: str) -> None:
    with pytest.raises(cfai.InvalidParams, match=r"audio: .*Path\(\)"):
        body_of(RAW, text)


def test_a_data_url_that_is_not_base64_is_refused() -> None:
    with pytest.raises(cfai.InvalidParams, match="audio: not base64"):
        body_of(RAW, "data:audio/mpeg;base64,???")


def test_a_file_that_is_not_there_is_refused_with_the_fields_name(tmp_path: Path) -> None:
    body = body_of(RAW, tmp_path / "missing.mp3")

    with pytest.raises(cfai.InvalidParams, match=r"audio: No such file.*missing\.mp3"):
        body.measure()


def test_a_file_that_was_opened_as_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a sound")

    with path.open() as file, pytest.raises(cfai.InvalidParams, match="audio: the file gives str"):
        whole(body_of(RAW, file))


def test_what_is_no_medium_is_refused() -> None:
    with pytest.raises(cfai.InvalidParams, match="audio: an int is no medium"):
        body_of(RAW, 5)


def test_another_field_that_is_set_turns_a_raw_body_into_json() -> None:
    request = encode(RAW, cfai.AutomaticSpeechRecognition(b"\x01\xff", language="en"))

    assert "application/json" == request.content_type
    assert b'{"audio":[1,255],"language":"en"}' == whole(request.body)


def test_a_medium_that_stands_alone_in_a_mapping_is_a_raw_body_too() -> None:
    assert WAV == whole(encode(RAW, {"audio": WAV}).body)


def test_multipart_is_as_long_as_it_says_and_holds_each_picture() -> None:
    picture = b"\x89PNG\r\n\x1a\n" + os.urandom(300_000)
    request = encode(MULTIPART, cfai.TextToImage("a cat", images=[picture, picture], num_steps=4, seed=0))
    content = whole(request.body)
    boundary = request.content_type.partition("boundary=")[2].encode()
    parts = content.split(b"--" + boundary)

    assert 2 == content.count(picture)
    assert (b"", b"--\r\n") == (parts[0], parts[-1])
    assert b'\r\nContent-Disposition: form-data; name="prompt"\r\n\r\na cat\r\n' in parts
    assert b'\r\nContent-Disposition: form-data; name="steps"\r\n\r\n4\r\n' in parts
    assert b'\r\nContent-Disposition: form-data; name="seed"\r\n\r\n0\r\n' in parts
    assert 1 == content.count(b'name="input_image_0"; filename="input_image_0"\r\nContent-Type: image/png\r\n\r\n')


def test_more_references_than_the_model_takes_are_refused() -> None:
    with pytest.raises(cfai.InvalidParams, match="images: 5 pictures"):
        encode(MULTIPART, cfai.TextToImage("a cat", images=[b"x"] * 5))


def test_references_for_a_model_that_takes_none_are_refused() -> None:
    with pytest.raises(cfai.InvalidParams, match="images: only the flux-2 models"):
        encode("@cf/black-forest-labs/flux-1-schnell", cfai.TextToImage("a cat", images=[b"x"]))


def test_a_picture_in_a_message_becomes_a_data_url_with_its_type(tmp_path: Path) -> None:
    path = tmp_path / "cat"
    path.write_bytes(b"\x89PNG\r\n\x1a\n")
    part = {"type": "image_url", "image_url": {"url": path}}
    content = whole(encode("@cf/meta/llama-4-scout-17b-16e-instruct", {"messages": [{"content": [part]}]}).body)

    assert (
        b'{"messages":[{"content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}}]}]}'
        == content
    )


def test_encoding_much_is_heavy_and_sending_bytes_as_they_are_is_not() -> None:
    assert body_of(BASE64, bytes(2_000_000)).is_heavy
    assert not body_of(RAW, bytes(2_000_000)).is_heavy
    assert not body_of(BASE64, bytes(1_000)).is_heavy
    assert body_of(RAW, Path("anywhere")).is_heavy
