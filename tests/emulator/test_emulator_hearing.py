"""Bodies that are a file and not JSON, and the words that are made of them (docs/wire.md 3.5)."""

import itertools
import json
import struct

import aiohttp
import pytest

MODEL = "@cf/openai/whisper"
SPEECH = "@cf/deepgram/aura-1"

SOUND = b"\xff\xfb\x90\x00" + bytes(15_996)
"""16,000 bytes at 128 kbit/s: one second."""


def heard(answered):
    assert answered.status == 200, answered.body
    return answered.json["result"]


def refusal(answered):
    return answered.status, answered.json["errors"][0]["code"]


def test_a_raw_body_is_answered_with_all_keys(ask):
    answered = ask(MODEL, SOUND)
    result = heard(answered)

    text = "I am the cfai emulator, not a model. I heard 16000 bytes, about 1.0 seconds."
    assert list(result) == ["text", "word_count", "words", "vtt"]
    assert result["text"] == text
    assert result["word_count"] == len(result["words"]) == 15
    assert [word["word"] for word in result["words"]] == text.split()
    assert result["vtt"] == f"WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n{text}\n\n"
    assert answered.headers["cf-ai-neurons"] == "0.69"
    assert answered.headers["content-type"] == "application/json"


def test_the_words_follow_one_another_over_the_whole_length(ask):
    words = heard(ask(MODEL, SOUND * 10))["words"]

    assert words[0]["start"] == 0
    assert words[-1]["end"] == 10
    assert all(one["end"] == other["start"] < other["end"] for one, other in itertools.pairwise(words))


@pytest.mark.parametrize(
    "kind", [None, "application/octet-stream", "audio/mpeg", "application/json", "text/plain; x=y"]
)
def test_the_content_type_is_free(emulator, ask, kind):
    headers = {"Authorization": f"Bearer {emulator.api_token}"} | ({} if kind is None else {"Content-Type": kind})

    as_bytes = ask(MODEL, SOUND, headers=headers)
    as_json = ask(MODEL, {"audio": list(SOUND)}, headers=headers)

    assert heard(as_bytes) == heard(as_json)


@pytest.mark.parametrize("body", [b'\n{ "audio": [1, 2.0] }', b'{"audio":[1,2],"other":"x"}'])
def test_json_is_told_by_its_first_bytes(ask, body):
    assert "heard 2 bytes" in heard(ask(MODEL, body))["text"]


@pytest.mark.parametrize("body", [b"[1,2]", b'"audio"', b"null", b"{\xff\xff", b'{{"', b"\x00{}", b"RIFF"])
def test_all_else_is_a_sound(ask, body):
    assert f"heard {len(body)} bytes" in heard(ask(MODEL, body))["text"]


def test_a_wav_tells_its_length(ask):
    body = {"text": "x" * 150, "encoding": "linear16", "container": "wav", "sample_rate": 16_000}

    assert "about 10.0 seconds" in heard(ask(MODEL, ask(SPEECH, body).body))["text"]


def test_a_wav_of_no_speed_has_a_length_too(ask):
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 0, b"WAVE", b"fmt ", 16, 1, 1, 0, 0, 2, 16, b"data", 0)

    assert "about 1.0 seconds" in heard(ask(MODEL, head + bytes(16_000)))["text"]


@pytest.mark.parametrize("bit_rate", [32_000, 48_000])
def test_an_mp3_tells_its_length(ask, bit_rate):
    body = {"text": "x" * 150, "bit_rate": bit_rate}

    assert "about 10.0 seconds" in heard(ask(MODEL, ask(SPEECH, body).body))["text"]


@pytest.mark.parametrize("head", [b"\xff\xfb\x00\x00", b"\xff\xfb\xf0\x00", b"\xff\xfd\x90\x00", b"OggS", b"\xff"])
def test_any_other_sound_is_taken_for_one_of_128_kbits(ask, head):
    assert "about 2.0 seconds" in heard(ask(MODEL, head.ljust(32_000, b"\1")))["text"]


def test_long_sounds_have_hours_in_their_subtitles(ask):
    # The slowest MP3 there is: 8 kbit/s, 1000 bytes a second.
    result = heard(ask(MODEL, b"\xff\xf3\x14\xc0".ljust(3_723_500, b"\0")))

    assert "00:00:00.000 --> 01:02:03.500\n" in result["vtt"]


def test_an_empty_body_is_incomplete(ask):
    assert refusal(ask(MODEL, b"")) == (400, 3003)
    assert refusal(ask(MODEL, {"audio": []})) == (400, 3003)


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"audio": "YWJj"}, "Type mismatch of '/audio', 'array' not in 'string'"),
        ({"audio": [256]}, "Value of '/audio/0' must be <= 255"),
        ({"audio": [0.5]}, "Type mismatch of '/audio/0', 'integer' not in 'number'"),
        ({"file": [1]}, "required properties at '/' are 'audio'"),
        ({}, "required properties at '/' are 'audio'"),
    ],
)
def test_json_that_does_not_fit_is_refused_in_the_words_of_both_forms(ask, body, problem):
    answered = ask(MODEL, body)

    assert refusal(answered) == (400, 5006)
    message = answered.json["errors"][0]["message"]
    assert f"oneOf at '/' not met, 0 matches: Type mismatch of '/', 'string' not in 'object', {problem}" in message


def test_json_that_is_cut_is_refused(ask):
    assert refusal(ask(MODEL, b'{"audio":[1,2')) == (400, 5006)


def test_other_models_take_no_raw_body(ask):
    assert refusal(ask(SPEECH, SOUND)) == (400, 5006)


def test_a_raw_body_cannot_be_queued(ask):
    assert refusal(ask(f"{MODEL}?queueRequest=true", SOUND)) == (400, 8007)


def test_the_request_is_kept_as_it_came(emulator, ask):
    ask(MODEL, SOUND)

    assert emulator.requests[-1].body == SOUND
    assert "16000 bytes" in repr(emulator.requests[-1])


@pytest.mark.anyio
async def test_a_sound_in_chunks_is_heard_whole(emulator):
    async def pieces():
        for start in range(0, len(SOUND), 1000):
            yield SOUND[start : start + 1000]

    headers = {"Authorization": f"Bearer {emulator.api_token}"}
    url = f"{emulator.base_url}/accounts/{emulator.account_id}/ai/run/{MODEL}"
    async with (
        aiohttp.ClientSession(headers=headers, trust_env=False) as session,
        session.post(url, data=pieces()) as response,
    ):
        result = json.loads(await response.read())["result"]

    assert "heard 16000 bytes" in result["text"]
    assert emulator.requests[-1].body == SOUND
