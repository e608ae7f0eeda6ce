"""Files as media: what is looked at before, while and after they are read."""

import gzip
import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import cfai
from cfai._wire.media.body import Body
from cfai._wire.request.encode import encode

WHISPER = "@cf/openai/whisper"
TURBO = "@cf/openai/whisper-large-v3-turbo"
FLUX = "@cf/black-forest-labs/flux-2-klein-4b"
MOONDREAM = "@cf/moondream/moondream3.1-9B-A2B"
SCOUT = "@cf/meta/llama-4-scout-17b-16e-instruct"
FORMS: dict[str, Callable[[Any], Body]] = {
    "raw": lambda file: encode(WHISPER, {"audio": file}).body,
    "base64": lambda file: encode(TURBO, cfai.AutomaticSpeechRecognition(file)).body,
    "ints": lambda file: encode(WHISPER, {"audio": file, "source_lang": "en"}).body,
    "multipart": lambda file: encode(FLUX, cfai.TextToImage("x", images=[file])).body,
    "data URL": lambda file: encode(MOONDREAM, cfai.VisionQuery(file)).body,
}


def append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"!")


def truncate(path: Path) -> None:
    os.truncate(path, 3)


def rewrite(path: Path) -> None:
    path.write_bytes(b"other")
    os.utime(path, ns=(0, 0))


def replace(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(path.read_bytes())
    os.utime(other, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    os.replace(other, path)


CHANGES = {
    append: "it became longer",
    truncate: "it became shorter",
    rewrite: "it was written to",
    replace: "another one has its name",
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("form", FORMS)
def test_a_file_that_changed_since_it_was_measured_gives_no_byte(
    tmp_path: Path, form: str, change: Callable[[Path], None]
) -> None:
    path = tmp_path / "medium"
    path.write_bytes(b"12345")
    body = FORMS[form](path)
    body.measure()
    change(path)

    with pytest.raises(cfai.InvalidParams, match=f": the file changed while it was sent: {CHANGES[change]}$"):
        body.read()


@pytest.mark.parametrize("change", [append, truncate, rewrite])
@pytest.mark.parametrize("buffering", [0, -1])
def test_nor_does_an_open_one(tmp_path: Path, change: Callable[[Path], None], buffering: int) -> None:
    path = tmp_path / "medium"
    path.write_bytes(b"12345")
    with open(path, "rb", buffering=buffering) as file:
        body = FORMS["raw"](file)
        body.measure()
        change(path)

        with pytest.raises(cfai.InvalidParams, match=f"^audio: the file changed while it was sent: {CHANGES[change]}$"):
            body.read()
        assert path.stat().st_size == file.tell()


@pytest.mark.parametrize("numbers", [b"\xff\xff\xff\xff\xff", b"\0\0\0\0\0"])
def test_numbers_never_become_more_or_fewer_characters_than_announced(tmp_path: Path, numbers: bytes) -> None:
    path = tmp_path / "medium"
    path.write_bytes(b"12345")
    times = path.stat()
    body = encode("@cf/some/recogniser-without-a-row", cfai.AutomaticSpeechRecognition(path)).body
    length, _ = body.measure()
    path.write_bytes(numbers)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))  # as if it had not been written to

    given: list[bytes] = []
    with pytest.raises(cfai.InvalidParams, match="^audio: the file changed while it was sent$"):
        given.extend(body.slices())
    assert sum(map(len, given)) < length


def test_a_change_between_two_slices_is_seen_before_the_next(tmp_path: Path) -> None:
    path = tmp_path / "medium"
    path.write_bytes(bytes(1_000_000))
    body = FORMS["raw"](path)
    body.measure()
    slices = body.slices()
    next(slices)
    append(path)

    with pytest.raises(cfai.InvalidParams, match="it became longer"):
        next(slices)


def test_the_next_attempt_measures_a_file_anew(tmp_path: Path) -> None:
    path = tmp_path / "medium"
    path.write_bytes(b"12345")
    body = FORMS["ints"](path)
    body.measure()
    append(path)

    assert (len(b'{"audio":[49,50,51,52,53,33],"source_lang":"en"}'), "") == body.measure()
    assert b'{"audio":[49,50,51,52,53,33],"source_lang":"en"}' == b"".join(body.slices())


def test_what_is_written_to_memory_meanwhile_is_not_sent() -> None:
    file = io.BytesIO(b"12345")
    body = FORMS["raw"](file)
    assert (5, "application/octet-stream") == body.measure()
    file.write(b"67890")

    assert b"12345" == b"".join(body.slices())
    assert 10 == file.tell()


def test_what_the_user_opens_since_is_never_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(bytes(500_000))
    path = tmp_path / "medium"
    path.write_bytes(b"x" * 500_000)
    file = path.open("rb")
    body = FORMS["raw"](file)
    body.measure()
    slices = body.slices()
    first = next(slices)
    file.close()
    with (tmp_path / "secret").open("rb"):  # under the number that the file had
        assert b"x" * 500_000 == first + b"".join(slices)


def test_a_closed_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "medium"
    path.write_bytes(b"12345")
    file = path.open("rb")
    body = FORMS["raw"](file)
    file.close()

    with pytest.raises(cfai.InvalidParams, match="audio: .*closed file"):
        body.measure()
    with pytest.raises(cfai.InvalidParams, match="audio: .*closed file"):
        FORMS["raw"](file)


def test_a_file_that_was_opened_for_writing_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "medium"
    path.write_bytes(b"12345")
    with path.open("ab") as file, pytest.raises(cfai.InvalidParams, match="audio: "):
        FORMS["raw"](file).measure()


def test_a_file_that_was_written_and_not_flushed_is_sent_whole(tmp_path: Path) -> None:
    path = tmp_path / "medium"
    path.write_bytes(b"12345")
    with path.open("r+b") as file:
        file.seek(0, io.SEEK_END)
        file.write(b"67890")
        file.seek(2)
        body = FORMS["raw"](file)

        assert 8 == body.measure()[0]
        assert b"34567890" == b"".join(body.slices())


def test_whatever_a_file_raises_names_the_field() -> None:
    cut = gzip.compress(os.urandom(1000))[:500]
    with gzip.open(io.BytesIO(cut)) as file, pytest.raises(cfai.InvalidParams, match="^audio: EOFError: ") as caught:
        FORMS["raw"](file).measure()

    assert isinstance(caught.value.__cause__, EOFError)


@pytest.mark.slow
def test_what_never_ends_is_not_taken_into_memory() -> None:
    with pytest.raises(cfai.InvalidParams, match="^audio: what is no regular file .* more than 268,435,456 bytes$"):
        FORMS["raw"](Path("/dev/zero")).measure()


def test_a_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(cfai.InvalidParams, match="audio: Is a directory: "):
        FORMS["raw"](tmp_path).measure()


@pytest.mark.parametrize("url", ["data:image/png;base64,", "DATA:image/png;base64,", "data:,", "data:image/png, "])
@pytest.mark.parametrize(
    ("model", "mapping", "path"),
    [
        (SCOUT, lambda url: {"messages": [{"content": [{"image_url": {"url": url}}]}]}, "messages[0].content[0]"),
        (
            SCOUT,
            lambda url: {"input": [{"content": ({"type": "input_image", "image_url": url},)}]},
            "input[0].content[0]",
        ),
        (WHISPER, lambda url: {"audio": url, "n": 1}, "audio"),
        ("google/veo", lambda url: {"images": ["data:image/png;base64,AAAA", url]}, "images[1]"),
    ],
)
def test_an_empty_data_url_in_a_mapping_is_refused(
    model: str, mapping: Callable[[str], Any], path: str, url: str
) -> None:
    with pytest.raises(cfai.InvalidParams) as caught:
        encode(model, mapping(url))

    assert str(caught.value).endswith(": the medium is empty: it has no bytes")
    assert path in str(caught.value)


@pytest.mark.parametrize(
    "params",
    [
        {"prompt": "data:image/png;base64,"},
        {"messages": [{"role": "user", "content": "data:,"}]},
        {"messages": [{"role": "user", "content": [{"type": "text", "text": "data:,"}]}]},
        {"image": "data:image/png;base64,AAAA", "text": ["data:,"]},
        {"prompt": "x", "more": ["data:,", {"url": "data:image/png;base64,AAAA"}]},
    ],
)
def test_words_that_look_like_one_are_not(params: Any) -> None:
    assert params == json.loads(encode("@cf/some/model", params).body.read()[0])
