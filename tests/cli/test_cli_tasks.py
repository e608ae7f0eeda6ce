"""The commands of one task: what they send is written by hand, and so is what they are answered."""

import json
import os
import sys
import time

import pytest
from kit.server import Seen, answer

PNG = b"\x89PNG\r\n\x1a\n a picture"
WAV = b"RIFF\x08\x00\x00\x00WAVE a sound"
BASE64 = "iVBORw0KGgogYSBwaWN0dXJl"
WAV_BASE64 = "UklGRggAAABXQVZFIGEgc291bmQ="


@pytest.fixture(autouse=True)
def _media(tmp_path):
    (tmp_path / "in.png").write_bytes(PNG)
    (tmp_path / "in.wav").write_bytes(WAV)


def _answer(result):
    return answer({"result": result, "success": True, "errors": [], "messages": []})


def _sent(seen: list[Seen]):
    (request,) = seen
    return request.target.decode().partition("/ai/run/")[2], request.json


@pytest.mark.parametrize(
    ("args", "model", "body"),
    [
        (["image", "a cat"], "@cf/black-forest-labs/flux-1-schnell", {"prompt": "a cat"}),
        (
            ["image", "a cat", "--num-steps", "4"],
            "@cf/black-forest-labs/flux-1-schnell",
            {"prompt": "a cat", "steps": 4},
        ),
        (
            ["image", "a cat", "--model", "@cf/runwayml/stable-diffusion-v1-5-inpainting", "--file", "in.png"],
            "@cf/runwayml/stable-diffusion-v1-5-inpainting",
            {"prompt": "a cat", "image_b64": BASE64},
        ),
        (["image", "a cat", "--model", "@cf/some/new-model"], "@cf/some/new-model", {"prompt": "a cat"}),
        (["speak", "hi", "--speaker", "luna"], "@cf/deepgram/aura-1", {"text": "hi", "speaker": "luna"}),
        (
            ["speak", "hi", "--model", "@cf/myshell-ai/melotts", "--lang", "fr"],
            "@cf/myshell-ai/melotts",
            {"prompt": "hi", "lang": "fr"},
        ),
        (
            ["transcribe", "in.wav", "--language", "en"],
            "@cf/openai/whisper-large-v3-turbo",
            {"audio": WAV_BASE64, "language": "en"},
        ),
        (
            ["transcribe", "in.wav", "--model", "@cf/some/new-model"],
            "@cf/some/new-model",
            {"audio": list(WAV)},
        ),
        (["translate", "hi", "--to", "fr"], "@cf/meta/m2m100-1.2b", {"text": "hi", "target_lang": "fr"}),
        (
            ["translate", "hi", "--to", "fr", "--from=en"],
            "@cf/meta/m2m100-1.2b",
            {"text": "hi", "target_lang": "fr", "source_lang": "en"},
        ),
        (
            ["translate", "hi", "--to", "hin_Deva", "--model", "@cf/ai4bharat/indictrans2-en-indic-1B"],
            "@cf/ai4bharat/indictrans2-en-indic-1B",
            {"text": "hi", "target_language": "hin_Deva"},
        ),
        (["embed", "hi"], "@cf/baai/bge-m3", {"text": "hi"}),
        (["embed", "--text", "a", "--text", "b"], "@cf/baai/bge-m3", {"text": ["a", "b"]}),
        (["embed", "hi", "--model", "@cf/some/new-model"], "@cf/some/new-model", {"text": "hi"}),
        (["classify", "I like it"], "@cf/huggingface/distilbert-sst-2-int8", {"text": "I like it"}),
        (
            ["classify", "q", "--model", "@cf/baai/bge-reranker-base", "--contexts", "a", "--contexts", "b"],
            "@cf/baai/bge-reranker-base",
            {"query": "q", "contexts": [{"text": "a"}, {"text": "b"}]},
        ),
    ],
)
def test_the_request_is(cfai, server, args, model, body):
    cfai(*args, "--save", "out")

    assert (model, body) == _sent(server.seen)


@pytest.mark.parametrize("option", ["--width=512", "--height=512", "--seed=7", "--guidance=3.5"])
def test_what_the_default_has_no_place_for_goes_to_a_model_that_has(cfai, server, option):
    cfai("image", "a cat", option, "--save", "out")

    name, _, value = option[2:].partition("=")
    assert server.last.target.endswith(b"/ai/run/@cf/black-forest-labs/flux-2-klein-4b")
    assert f'name="{name}"\r\n\r\n{value}\r\n'.encode() in server.last.body


def test_a_model_that_is_named_is_the_one_that_is_asked(cfai, server):
    done = cfai("image", "a cat", "--width", "512", "--model", "@cf/black-forest-labs/flux-1-schnell")

    assert (2, [], 1) == (done.code, server.seen, len(done.said))
    assert "width: @cf/black-forest-labs/flux-1-schnell takes" in done.err


def test_a_picture_to_classify_is_the_whole_body(cfai, server):
    server.script(_answer([{"label": "CAT", "score": 0.75}]))
    done = cfai("classify", "--file", "in.png")

    assert (0, "CAT\t0.75\n", "") == (done.code, done.out, done.err)
    assert server.last.target.endswith(b"/ai/run/@cf/microsoft/resnet-50")
    assert PNG == server.last.body


def test_several_pictures_to_refer_to_go_to_flux_2(cfai, server, tmp_path):
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(PNG + name.encode())
    cfai("image", "both", "--model", "@cf/black-forest-labs/flux-2-dev", "--file", "a.png", "--file", "b.png")

    for index, name in enumerate((b"a.png", b"b.png")):
        assert f'name="input_image_{index}"'.encode() in server.last.body
        assert PNG + name in server.last.body


@pytest.mark.parametrize(
    ("args", "result", "out"),
    [
        (["translate", "hi", "--to", "fr"], {"translated_text": "salut"}, "salut\n"),
        (["transcribe", "in.wav"], {"text": "I said", "segments": []}, "I said\n"),
        (["embed", "hi"], {"data": [[0.5, 1]], "shape": [1, 2]}, "[0.5, 1.0]\n"),
        (["classify", "hi"], [{"label": "GOOD", "score": 0.75}], "GOOD\t0.75\n"),
    ],
)
def test_the_answer_is_printed(cfai, server, args, result, out):
    server.script(_answer(result))

    done = cfai(*args)

    assert (0, out, "") == (done.code, done.out, done.err)


def test_a_picture_is_saved_under_its_true_suffix(cfai, server, tmp_path):
    server.script(_answer({"image": BASE64}))

    done = cfai("image", "a cat", "--save", "cat")

    assert (0, "") == (done.code, done.out)
    assert PNG == (tmp_path / "cat.png").read_bytes()
    assert "wrote cat.png (image/png" in done.err


def test_json_prints_the_whole_answer(cfai, server):
    server.script(_answer({"translated_text": "salut"}))

    assert {"translated_text": "salut"} == json.loads(cfai("translate", "hi", "--to", "fr", "--json").out)["result"]


def test_a_sound_and_a_text_come_from_stdin(command, server, served):
    command("transcribe", "-", "--model", "@cf/openai/whisper", env=served, input=WAV)
    command("translate", "-", "--to", "fr", env=served, input=b"hi\n")

    assert WAV == server.seen[0].body
    assert {"text": "hi", "target_lang": "fr"} == server.seen[1].json


@pytest.mark.parametrize(
    ("args", "word"),
    [
        (["image"], "nothing to ask"),
        (["translate", "--to", "fr"], "needs text and target_lang"),
        (["image", "a", "--model", "@cf/openai/whisper"], "Automatic Speech Recognition, not Text-to-Image"),
        (["classify", "hi", "--model", "@cf/microsoft/resnet-50"], "not Text Classification"),
        (["classify", "q", "--model", "@cf/baai/bge-reranker-base"], "query and contexts"),
        (["transcribe", "nowhere.wav"], "nowhere.wav"),
        (["image", "a", "--file", "in.png"], "takes no --file"),
        (
            [
                "image",
                "a",
                "--file",
                "in.png",
                "--file",
                "in.png",
                "--model",
                "@cf/runwayml/stable-diffusion-v1-5-inpainting",
            ],
            "takes one --file",
        ),
        (["classify", "-", "--file", "-"], "both be stdin"),
    ],
)
def test_what_can_not_work_is_a_line_and_exit_2(cfai, server, args, word):
    done = cfai(*args)

    assert (2, "", 1) == (done.code, done.out, len(done.said))
    assert word in done.err
    assert [] == server.seen


@pytest.mark.parametrize("args", [["image", "a cat"], ["speak", "hi"], ["embed", "hi"]])
def test_without_credentials_it_ends_with_2_and_asks_nobody(command, args):
    done = command(*args, env={})

    assert (2, b"") == (done.returncode, done.stdout)
    assert b"CLOUDFLARE_API_TOKEN" in done.stderr


def test_the_emulator_answers_where_it_is_asked_for(command, tmp_path):
    done = command("speak", "hi", "--emulator", "--save", "hi")

    assert 0 == done.returncode, done.stderr
    assert b"emulator" in done.stderr
    assert (tmp_path / "hi.mp3").exists()


# -- a window


@pytest.mark.skipif(sys.platform != "linux", reason="other systems open windows by other programs")
def test_a_picture_is_opened_by_the_systems_program(cfai, server, tmp_path, monkeypatch):
    opener = tmp_path / "xdg-open"
    opener.write_text(f'#!/bin/sh\nprintf %s "$1" > "{tmp_path}/part"\nmv "{tmp_path}/part" "{tmp_path}/opened"\n')
    opener.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("DISPLAY", ":0")
    server.script(_answer({"image": BASE64}))

    done = cfai("image", "a cat", "--open", "--save", "cat")

    assert (0, "") == (done.code, done.out)
    assert "the picture is cat.png" in done.err
    for _ in range(500):  # the program runs beside us
        if (tmp_path / "opened").exists():
            break
        time.sleep(0.01)
    assert str(tmp_path / "cat.png") == (tmp_path / "opened").read_text()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have windows")
@pytest.mark.parametrize("broken", [False, True])
def test_where_there_are_no_windows_the_picture_is_kept(cfai, server, tmp_path, monkeypatch, broken):
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    if broken:
        (tmp_path / "xdg-open").write_bytes(b"\x7fELF, or so it says")
        (tmp_path / "xdg-open").chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.setenv("DISPLAY", ":0")
    else:
        monkeypatch.delenv("DISPLAY", raising=False)
    server.script(_answer({"image": BASE64}))

    done = cfai("image", "a cat", "--open")

    [kept] = tmp_path.glob("cfai-*.png")
    assert (0, "") == (done.code, done.out)
    assert f"can't open a window here; the picture is {kept}" in done.err
    assert PNG == kept.read_bytes()


# -- the list of models


def test_the_models_are_a_line_each(cfai):
    done = cfai("models")

    lines = [line.split("\t") for line in done.out.splitlines()]
    assert (0, "") == (done.code, done.err)
    assert 75 == len(lines)
    assert ["@cf/meta/llama-3.2-3b-instruct", "Text Generation", "80000", "json mode, terms"] in lines
    assert ["@cf/baai/bge-m3", "Text Embeddings", "60000", "default, batch"] in lines


@pytest.mark.parametrize("task", ["text-to-speech", "Text to Speech", "to_speech"])
def test_they_can_be_chosen_by_task(cfai, task):
    done = cfai("models", "--task", task)

    assert {"Text-to-Speech"} == {line.split("\t")[1] for line in done.out.splitlines()}
    assert 4 == len(done.out.splitlines())


def test_all_that_is_known_is_json(cfai):
    [schnell] = [each for each in json.loads(cfai("models", "--json").out) if each["name"].endswith("flux-1-schnell")]

    assert {
        "name": "@cf/black-forest-labs/flux-1-schnell",
        "task": "Text-to-Image",
        "family": "flux-1",
        "params": ["TextToImage"],
        "traits": ["default", "terms"],
        "cannot": [],
        "window": None,
        "width": None,
        "prices": [
            {"unit": "per 512x512 tile", "usd": 0.0000528, "neurons": 4.8},
            {"unit": "per step", "usd": 0.0001056, "neurons": 9.6},
        ],
        "requests_a_minute": 720,
        "deprecated_on": None,
        "successor": None,
    } == schnell


def test_a_note_is_json_too(cfai):
    [nova] = [each for each in json.loads(cfai("models", "--json").out) if each["name"].endswith("nova-3")]

    assert "reads 512 MiB of samples and no more; refuses the language uk" == nova["note"]


def test_those_that_are_gone_are_a_list_of_their_own(cfai):
    done = cfai("models", "--retired", "--task", "summarization")

    assert "@cf/facebook/bart-large-cnn\tSummarization\t\tgone: 2026-05-30\n" == done.out


def test_a_terminal_has_them_as_a_table(cfai, monkeypatch):
    monkeypatch.setattr("cfai.cli.commands.models._terminal", lambda: True)

    assert "@cf/meta/m2m100-1.2b" in cfai("models", "--task", "translation").out
