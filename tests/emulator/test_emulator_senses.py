"""Models that see, hear, draw and speak, beside those with files of their own (docs/wire.md 3.2 to 3.6)."""

import base64
import struct

import pytest

from cfai.emulator import Emulator

PNG = b"\x89PNG\r\n\x1a\n and so on"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
SOUND = b"\xff\xfb\x90\x00" + bytes(15_996)
"""16,000 bytes at 128 kbit/s: one second."""

MOONDREAM = "@cf/moondream/moondream3.1-9B-A2B"
RESNET = "@cf/microsoft/resnet-50"
LLAVA = "@cf/llava-hf/llava-1.5-7b-hf"
TURBO = "@cf/openai/whisper-large-v3-turbo"
NEMOTRON = "@cf/nvidia/nemotron-speech-streaming-en-0.6b"
TURN = "@cf/pipecat-ai/smart-turn-v2"


def b64(data):
    return base64.b64encode(data).decode()


def data_url(data):
    return f"data:image/png;base64,{b64(data)}"


def result(answered):
    assert answered.status == 200, answered.body
    return answered.json["result"]


def refused(answered):
    return answered.status, answered.json["errors"][0]["code"]


@pytest.mark.parametrize("body", [PNG, {"image": list(PNG)}], ids=["raw", "numbers"])
def test_a_picture_gets_five_labels_the_likeliest_first(ask, body):
    rows = result(ask(RESNET, body))

    scores = [row["score"] for row in rows]
    assert [row["label"] for row in rows] == [f"EMULATED LABEL {place}" for place in range(1, 6)]
    assert scores == sorted(scores, reverse=True)
    assert 0 < sum(scores) < 1
    assert rows != result(ask(RESNET, PNG + b"!"))


def test_another_seed_sees_otherwise(ask):
    with Emulator(seed=1) as other:
        assert result(ask(RESNET, PNG, to=other)) != result(ask(RESNET, PNG))


def test_a_picture_is_described(ask):
    text = f"I am the cfai emulator, not a model. I see a picture of {len(PNG)} bytes."
    asked = {"image": list(PNG), "prompt": "What is it?"}

    assert result(ask(LLAVA, PNG)) == {"description": text}
    assert result(ask(LLAVA, asked)) == {"description": f"{text} You asked: What is it?"}
    assert result(ask(LLAVA, {**asked, "max_tokens": 2})) == {"description": "I am"}


@pytest.mark.parametrize("model", [RESNET, LLAVA])
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (SVG, (500, 8005)),
        ({"image": list(SVG)}, (500, 8005)),
        (b"", (400, 3003)),
        ({"image": []}, (400, 3003)),
        ({"picture": [1]}, (400, 5006)),
        ({"image": b64(PNG)}, (400, 5006)),
    ],
    ids=["raw SVG", "SVG", "empty", "no numbers", "another key", "base64"],
)
def test_what_is_no_picture_is_refused(ask, model, body, expected):
    assert refused(ask(model, body)) == expected


@pytest.mark.parametrize(
    ("task", "key"), [("query", "answer"), ("caption", "caption"), ("point", "points"), ("detect", "objects")]
)
def test_each_task_fills_one_field_and_leaves_the_others_null(ask, task, key):
    body = {"task": task, "image": data_url(PNG), "question": "What?", "target": "cat"}

    answer = result(ask(MOONDREAM, body))

    four = {name: answer[name] for name in ("answer", "caption", "points", "objects")}
    assert four == {**dict.fromkeys(four), key: four[key]}
    assert four[key]
    assert answer["finish_reason"] == "stop"
    assert list(answer["metrics"]) == [
        "input_tokens",
        "output_tokens",
        "prefill_time_ms",
        "decode_time_ms",
        "ttft_ms",
    ]


def test_points_and_boxes_lie_in_the_picture(ask):
    points = result(ask(MOONDREAM, {"task": "point", "image": data_url(PNG), "target": "cat"}))["points"]
    boxes = result(ask(MOONDREAM, {"task": "detect", "image": data_url(PNG), "max_objects": 1}))["objects"]

    assert len(points) == 2
    assert all(0 <= value <= 1 for point in points for value in point.values())
    assert len(boxes) == 1
    assert 0 <= boxes[0]["x_min"] <= boxes[0]["x_max"] <= 1
    assert 0 <= boxes[0]["y_min"] <= boxes[0]["y_max"] <= 1


def test_a_question_is_answered_with_reasoning_where_it_is_asked_for(ask):
    body = {"image": data_url(PNG), "question": "What?"}

    answer = result(ask(MOONDREAM, {**body, "reasoning": True}))

    text = f"I am the cfai emulator, not a model. I see a picture of {len(PNG)} bytes. You asked: What?"
    assert answer["answer"] == text
    assert answer["reasoning"] == {"text": "The cfai emulator does not think. It was asked to, and says so here."}
    assert result(ask(MOONDREAM, body))["reasoning"] is None


def test_captions_have_lengths(ask):
    lengths = [
        len(result(ask(MOONDREAM, {"task": "caption", "image": data_url(PNG), **more}))["caption"].split())
        for more in ({"caption_length": "short"}, {}, {"caption_length": "long"}, {"max_tokens": 3})
    ]

    assert lengths == [12, 24, 48, 3]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"image": "https://example.com/cat.png"}, None),
        ({"question": "What?"}, None),
        ({"image": "http://example.com/cat.png"}, (400, 5006)),
        ({"image": data_url(SVG)}, (500, 8005)),
        ({"image": "data:image/png;base64,***"}, (400, 5004)),
        ({"image": [1]}, (400, 5006)),
        ({"task": "dance"}, (400, 5006)),
        ({"stream": False}, None),
    ],
)
def test_a_picture_may_be_an_address_which_is_not_fetched(ask, body, expected):
    answered = ask(MOONDREAM, body)

    assert (None if answered.status == 200 else refused(answered)) == expected


def test_a_sound_in_base64_gets_segments_and_a_language(ask):
    answer = result(ask(TURBO, {"audio": b64(SOUND), "language": "de"}))

    text = "I am the cfai emulator, not a model. I heard 16000 bytes, about 1.0 seconds."
    (segment,) = answer["segments"]
    assert (answer["text"], answer["word_count"], segment["text"]) == (text, 15, text)
    assert answer["transcription_info"] == {
        "language": "de",
        "language_probability": 1,
        "duration": 1,
        "duration_after_vad": 1,
    }
    assert [word["word"] for word in segment["words"]] == text.split()
    assert answer["vtt"].startswith("WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n")


def test_samples_are_as_long_as_the_request_says(ask):
    body = {"audio": b64(SOUND), "encoding": "linear16", "sample_rate": 8000, "channels": 2}

    assert result(ask(NEMOTRON, body))["duration"] == 0.5
    assert result(ask(NEMOTRON, {"audio": b64(SOUND)}))["duration"] == 1


def test_whether_a_turn_is_over_depends_on_the_sound(ask):
    answers = [result(ask(TURN, {"audio": b64(SOUND + bytes([end])), "dtype": "uint8"})) for end in range(20)]

    assert {answer["is_complete"] for answer in answers} == {True, False}
    assert all(answer["is_complete"] is (answer["probability"] > 0.5) for answer in answers)


@pytest.mark.parametrize("model", [TURBO, NEMOTRON, TURN])
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"audio": "***"}, (400, 5004)),
        ({"audio": ""}, (400, 3003)),
        ({"audio": [1, 2]}, (400, 5006)),
        ({}, (400, 5006)),
        (SOUND, (400, 5006)),
    ],
    ids=["no base64", "empty", "numbers", "nothing", "raw"],
)
def test_they_take_nothing_but_base64(ask, model, body, expected):
    assert refused(ask(model, body)) == expected


def test_speech_of_the_model_that_wraps_it_is_wav_in_base64(ask):
    answered = ask("@cf/myshell-ai/melotts", {"prompt": "x" * 150, "lang": "en"})

    sound = base64.b64decode(result(answered)["audio"])
    # Ten seconds of samples of 16 bits, 16,000 a second.
    assert sound[:4] + sound[8:16] == b"RIFFWAVEfmt "
    assert struct.unpack_from("<HHIIHH", sound, 20) == (1, 1, 16_000, 32_000, 2, 16)
    assert len(sound) == 44 + 320_000
    assert answered.headers["cf-ai-neurons"] == f"{18.63 / 6:.2f}"


@pytest.mark.parametrize(("law", "tag"), [("mulaw", 7), ("alaw", 6)])
def test_telephony_comes_in_a_wav_too(ask, law, tag):
    answered = ask("@cf/deepgram/aura-2-en", {"text": "x" * 15, "encoding": law, "container": "wav"})

    assert answered.headers["content-type"] == "audio/wav"
    assert struct.unpack_from("<HHIIHH", answered.body, 20) == (tag, 1, 8000, 8000, 1, 8)
    assert len(answered.body) == 44 + 8000


@pytest.mark.parametrize(
    ("model", "speaker", "status"),
    [
        ("@cf/deepgram/aura-2-en", "thalia", 200),
        ("@cf/deepgram/aura-2-es", "sirio", 200),
        ("@cf/deepgram/aura-2-es", "thalia", 400),
        ("@cf/deepgram/aura-1", "sirio", 400),
    ],
)
def test_each_model_has_its_speakers(ask, model, speaker, status):
    assert ask(model, {"text": "x", "speaker": speaker}).status == status


@pytest.mark.parametrize(
    "model", ["@cf/leonardo/lucid-origin", "@cf/leonardo/phoenix-1.0", "@cf/lykon/dreamshaper-8-lcm"]
)
def test_a_side_of_more_than_2048_is_refused(ask, model):
    assert refused(ask(model, {"prompt": "x", "width": 2049})) == (400, 3030)
