"""Sounds that come raw (docs/wire.md 2.1, 3.4)."""

import hashlib
import io
import math
import re
import struct
import wave

import pytest

MODEL = "@cf/deepgram/aura-1"

TEXT = "It was a bright cold day in April, and the clocks were striking thirteen."

# Written after ISO/IEC 13818-3, apart from the emulator's own: bits a second of MPEG-2 Layer III by the header's index.
BIT_RATES = [None, *(1000 * kbits for kbits in (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)), None]
SAMPLE_RATES = [22_050, 24_000, 16_000, None]


def frames(data):
    """Take *data* apart into frames of MPEG-2 Layer III; all of it has to be frames."""
    found = []
    position = 0
    while position < len(data):
        head = int.from_bytes(data[position : position + 4])
        assert head >> 21 == 0b11111111111, "sync"
        assert (head >> 19) & 0b11 == 0b10, "MPEG-2"
        assert (head >> 17) & 0b11 == 0b01, "Layer III"
        assert (head >> 16) & 1 == 1, "no checksum"
        bit_rate, sample_rate = BIT_RATES[(head >> 12) & 0b1111], SAMPLE_RATES[(head >> 10) & 0b11]
        padding = (head >> 9) & 1
        length = 72 * bit_rate // sample_rate + padding
        frame = data[position : position + length]
        assert len(frame) == length, "whole"
        found.append((bit_rate, sample_rate, (head >> 6) & 0b11, frame[4:]))
        position += length
    return found


def refusal(answered):
    return answered.status, answered.json["errors"][0]["code"]


def loudness(samples):
    values = struct.unpack(f"<{len(samples) // 2}h", samples)
    return math.sqrt(sum(value * value for value in values) / len(values))


def test_speech_comes_as_it_is_with_the_service_s_headers(ask):
    answered = ask(MODEL, {"text": TEXT})

    assert answered.status == 200
    assert answered.headers.get_all("content-type") == ["audio/mpeg"]
    assert answered.headers.get_all("server") == ["cfai-emulator"]
    assert answered.headers["cf-ai-neurons"] == f"{len(TEXT) / 1000 * 1363.64:.2f}"
    assert re.fullmatch(r"[0-9a-f-]{36}", answered.headers["cf-ai-req-id"])
    assert answered.headers["cf-ray"].endswith("-EMU")
    assert answered.headers["transfer-encoding"] == "chunked"
    assert answered.headers["content-length"] is None


def test_a_sound_is_not_packed_again(emulator, ask):
    headers = {"Authorization": f"Bearer {emulator.api_token}", "Accept-Encoding": "gzip"}

    assert ask(MODEL, {"text": TEXT}, headers=headers).headers["content-encoding"] is None


def test_by_default_it_is_silence_in_frames_of_mp3(ask):
    found = frames(ask(MODEL, {"text": TEXT}).body)

    assert {(bit_rate, sample_rate, channels) for bit_rate, sample_rate, channels, _ in found} == {
        (48_000, 24_000, 0b11)
    }
    # Side information and main data without a bit set: nothing to decode.
    assert not any(any(rest) for *_, rest in found)
    assert len(found) * 576 / 24_000 == pytest.approx(len(TEXT) / 15, abs=0.03)


@pytest.mark.parametrize("bit_rate", [8000, 32_000, 48_000, 160_000])
def test_every_bit_rate_gives_whole_frames_of_that_rate(ask, bit_rate):
    found = frames(ask(MODEL, {"text": TEXT, "encoding": "mp3", "container": "none", "bit_rate": bit_rate}).body)

    assert {frame[0] for frame in found} == {bit_rate}
    assert len(found) * 576 / 24_000 == pytest.approx(len(TEXT) / 15, abs=0.03)


@pytest.mark.parametrize(("text", "seconds"), [("", 1 / 15), ("a", 1 / 15), ("x" * 150, 10), ("x" * 20_000, 600)])
def test_it_is_as_long_as_the_text_within_bounds(ask, text, seconds):
    assert len(frames(ask(MODEL, {"text": text}).body)) == math.ceil(seconds * 24_000 / 576)


@pytest.mark.parametrize(
    ("asked", "rate"), [({}, 24_000), ({"sample_rate": 8000}, 8000), ({"sample_rate": 48_000}, 48_000)]
)
def test_a_wav_is_a_tone(ask, asked, rate):
    answered = ask(MODEL, {"text": TEXT, "encoding": "linear16", "container": "wav", **asked})

    assert answered.headers["content-type"] == "audio/wav"
    with wave.open(io.BytesIO(answered.body)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, rate)
        assert file.getnframes() == round(len(TEXT) / 15 * rate)
        samples = file.readframes(file.getnframes())
    assert len(answered.body) == 44 + len(samples)
    assert loudness(samples) == pytest.approx(8000 / math.sqrt(2), rel=0.02)


def test_without_a_container_the_samples_come_alone(ask):
    in_a_file = ask(MODEL, {"text": TEXT, "encoding": "linear16", "container": "wav"})
    alone = ask(MODEL, {"text": TEXT, "encoding": "linear16"})

    assert alone.headers["content-type"] == "audio/l16;rate=24000;channels=1"
    assert alone.body == in_a_file.body[44:]


def test_each_speaker_has_a_tone_and_the_same_call_gives_the_same_bytes(ask):
    body = {"text": "Hi", "encoding": "linear16"}

    spoken = [ask(MODEL, {**body, "speaker": name}).body for name in ("angus", "asteria", "stella")]

    assert len(set(spoken)) == 3
    assert ask(MODEL, body).body == spoken[0]


@pytest.mark.parametrize(("encoding", "silence"), [("mulaw", 0xFF), ("alaw", 0xD5)])
@pytest.mark.parametrize("rate", [8000, 16_000])
def test_telephone_sound_is_silence(ask, encoding, silence, rate):
    answered = ask(MODEL, {"text": "x" * 150, "encoding": encoding, "sample_rate": rate})

    assert answered.headers["content-type"] == f"audio/{encoding};rate={rate};channels=1"
    assert answered.body == bytes([silence]) * 10 * rate


@pytest.mark.parametrize(
    ("encoding", "kind", "start", "digest"),
    [
        ("flac", "audio/flac", b"fLaC", "fca48f91a59ede5910dfb3310a5512d0b30f496fe4721470902e973aaa1ee749"),
        ("opus", "audio/ogg", b"OggS", "cfebb21c1aa9d28b1c2f593c2d4df7392f0721603d7ac4124c3027bf31423ec5"),
        ("aac", "audio/aac", b"\xff\xf1", "f3a6eb5c5faea5acfdc07530cc3d3bcd0e88233d75b7ddd46d4718794639bfd9"),
    ],
)
def test_the_packed_forms_are_the_files_that_a_decoder_took(ask, encoding, kind, start, digest):
    answered = ask(MODEL, {"text": "x" * 150, "encoding": encoding})

    assert answered.headers["content-type"] == kind
    assert answered.body.startswith(start)
    # FFmpeg read ten seconds of silence in each of them.
    assert hashlib.sha256(answered.body).hexdigest() == digest


def test_flac_has_the_asked_rate_and_length(ask):
    sound = ask(MODEL, {"text": "x" * 150, "encoding": "flac", "sample_rate": 16_000}).body
    numbers = int.from_bytes(sound[18:26])

    assert numbers >> 44 == 16_000
    assert numbers & (1 << 36) - 1 == 160_000


def test_an_ogg_s_pages_are_numbered_and_the_last_one_says_so(ask):
    sound = ask(MODEL, {"text": "x" * 150, "encoding": "opus", "container": "ogg"}).body
    pages = [match.start() for match in re.finditer(b"OggS", sound)]
    heads = [struct.unpack_from("<4sBBqIII", sound, page) for page in pages]

    assert [head[5] for head in heads] == [0, 1, 2, 3]
    assert [head[2] for head in heads] == [2, 0, 0, 4]
    assert [head[3] for head in heads] == [0, 0, 255 * 960, 480_000]


def test_aac_is_whole_frames(ask):
    sound = ask(MODEL, {"text": "x" * 150, "encoding": "aac"}).body
    length = int.from_bytes(sound[3:6]) >> 5 & 0x1FFF

    assert len(sound) == length * math.ceil(10 * 24_000 / 1024)
    assert sound == sound[:length] * (len(sound) // length)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"speaker": "nobody"}, "enum nobody not in angus,asteria"),
        ({"speaker": 5}, "Type mismatch of '/speaker', 'string' not in 'number'"),
        ({"encoding": "wma"}, "enum wma not in linear16,flac"),
        ({"container": "zip"}, "enum zip not in none,wav,ogg"),
        ({"encoding": "flac", "container": "ogg"}, "the emulator does not write flac with the container ogg"),
        ({"encoding": "opus", "container": "none"}, "the emulator does not write opus with the container none"),
        ({"encoding": "aac", "container": "wav"}, "the emulator does not write aac with the container wav"),
        ({"container": "wav"}, "the emulator does not write mp3 with the container wav"),
        ({"bit_rate": 48_001}, "bit_rate 48001 not in 8000,16000"),
        ({"sample_rate": 7999}, "Value of '/sample_rate' must be >= 8000"),
        ({"text": ["a"]}, "Type mismatch of '/text', 'string' not in 'array'"),
    ],
)
def test_what_does_not_fit_is_named(ask, change, problem):
    answered = ask(MODEL, {"text": TEXT, **change})

    assert refusal(answered) == (400, 5006)
    assert problem in answered.json["errors"][0]["message"]
    assert answered.headers["content-type"] == "application/json"


@pytest.mark.parametrize("body", [{}, {"prompt": TEXT}, {"voice": "luna"}])
def test_the_text_is_required(ask, body):
    assert "required properties at '/' are 'text'" in ask(MODEL, body).json["errors"][0]["message"]


def test_another_key_for_the_speaker_is_let_through_and_means_nothing(ask):
    body = {"text": "Hi", "encoding": "linear16"}

    assert ask(MODEL, {**body, "voice": "luna"}).body == ask(MODEL, body).body
