"""What the command sends for what the user wrote: the bodies are written by hand."""

import base64
import json

import pytest
from kit.server import Seen, answer

LLAMA = "@cf/meta/llama-3.2-3b-instruct"
JPEG = b"\xff\xd8\xff\xe0 a picture"
WAV = b"RIFF\x08\x00\x00\x00WAVE a sound"


def _sent(seen: list[Seen]):
    (request,) = seen
    return request.json


@pytest.mark.parametrize(
    ("args", "body"),
    [
        ([LLAMA, "hi"], {"prompt": "hi"}),
        ([LLAMA, "2026"], {"prompt": "2026"}),
        ([LLAMA, "none"], {"prompt": "none"}),
        ([LLAMA, "-5 degrees"], {"prompt": "-5 degrees"}),
        ([LLAMA, "-- a dash"], {"prompt": "-- a dash"}),
        ([LLAMA, "--", "--help"], {"prompt": "--help"}),
        ([LLAMA, "--max-tokens", "4", "hi"], {"prompt": "hi", "max_tokens": 4}),
        ([LLAMA, "hi", "--max_tokens=4"], {"prompt": "hi", "max_tokens": 4}),
        (["--temperature", "-0.5", LLAMA, "hi"], {"prompt": "hi", "temperature": -0.5}),
        ([LLAMA, "hi", "--lora", "my-lora", "--raw", "true"], {"prompt": "hi", "lora": "my-lora", "raw": True}),
        ([LLAMA, "hi", "--stop", "a", "--stop", "b"], {"prompt": "hi", "stop": ["a", "b"]}),
        ([LLAMA, "hi", "--stop=--"], {"prompt": "hi", "stop": "--"}),
        ([LLAMA, "hi", "--stop", "-"], {"prompt": "hi", "stop": "-"}),
        ([LLAMA, "hi", "--lora", '"7"', "--stop", "NaN"], {"prompt": "hi", "lora": "7", "stop": "NaN"}),
        ([LLAMA, "--prompt", "7"], {"prompt": "7"}),
        ([LLAMA, "hi", "--newer-than-us", "{}"], {"prompt": "hi", "newer_than_us": {}}),
        (
            [LLAMA, "--messages", '[{"role": "user", "content": "hi"}]'],
            {"messages": [{"role": "user", "content": "hi"}]},
        ),
        (["@cf/meta/llama-guard-3-8b", "hi"], {"messages": [{"role": "user", "content": "hi"}]}),
        (["@cf/deepgram/aura-1", "hi", "--speaker", "luna"], {"text": "hi", "speaker": "luna"}),
        (["@cf/deepgram/aura-1", "--text", "hi"], {"text": "hi"}),
        (["@cf/myshell-ai/melotts", "hi", "--lang", "fr"], {"prompt": "hi", "lang": "fr"}),
        (["@cf/black-forest-labs/flux-1-schnell", "hi", "--num-steps", "4"], {"prompt": "hi", "steps": 4}),
        (["@cf/black-forest-labs/flux-1-schnell", "hi", "--steps", "4"], {"prompt": "hi", "steps": 4}),
        (["@cf/baai/bge-m3", "hi"], {"text": "hi"}),
        (["@cf/baai/bge-m3", "--text", "a", "--text", "b"], {"text": ["a", "b"]}),
        (["@cf/qwen/qwen3-embedding-0.6b", "hi", "--input-type", "query"], {"queries": "hi"}),
        (["@cf/huggingface/distilbert-sst-2-int8", "hi"], {"text": "hi"}),
        (
            ["@cf/baai/bge-reranker-base", "hi", "--contexts", '[{"text": "a"}]'],
            {"query": "hi", "contexts": [{"text": "a"}]},
        ),
        (["@cf/meta/m2m100-1.2b", "hi", "--target-lang", "fr"], {"text": "hi", "target_lang": "fr"}),
        (
            ["@cf/cloudflare/clef", "hi", "--questions", '{"q": {"type": "noul"}}'],
            {"model": "clef", "state": "hi", "questions": {"q": {"type": "noul"}}},
        ),
        (
            ["@cf/cloudflare/clairic", "hi", "--fields", '{"a": {"type": "text"}}', "--reference-date", "2026-11-05"],
            {"model": "clairic", "state": "hi", "fields": {"a": {"type": "text"}}, "reference_date": "2026-11-05"},
        ),
        (["@cf/cloudflare/clef", "hi"], {"state": "hi"}),
        (["@cf/openai/gpt-oss-20b", "--input", "hi"], {"input": "hi"}),
        (["@cf/facebook/bart-large-cnn", "hi", "--max-length", "3"], {"input_text": "hi", "max_length": 3}),
        (
            ["@cf/ai4bharat/indictrans2-en-indic-1B", "hi", "--target-lang", "hin_Deva"],
            {"text": "hi", "target_language": "hin_Deva"},
        ),
        (["@cf/baai/bge-m3", "--query", "q", "--contexts", "a"], {"query": "q", "contexts": [{"text": "a"}]}),
        (["@cf/some/new-model", "hi", "--other", "[1]"], {"prompt": "hi", "other": [1]}),
        (["openai/gpt-5", "hi"], {"model": "openai/gpt-5", "input": {"prompt": "hi"}}),
    ],
)
def test_the_body_is(cfai, server, args, body):
    cfai("run", "--save", "answer", *args)

    assert body == _sent(server.seen)


@pytest.mark.parametrize(
    ("args", "body"),
    [
        (["@cf/openai/whisper-large-v3-turbo", "--language", "en"], {"audio": "BASE64", "language": "en"}),
        (["@cf/pipecat-ai/smart-turn-v2"], {"audio": "BASE64"}),
        (["@cf/llava-hf/llava-1.5-7b-hf", "what?"], {"image": list(JPEG), "prompt": "what?"}),
        (["@cf/moondream/moondream3.1-9B-A2B", "what?"], {"image": "DATA", "question": "what?", "stream": False}),
        (["@cf/meta/llama-3.2-11b-vision-instruct", "what?"], {"image": list(JPEG), "prompt": "what?"}),
        (["@cf/runwayml/stable-diffusion-v1-5-inpainting", "a cat"], {"image_b64": "BASE64", "prompt": "a cat"}),
        (["@cf/cloudflare/clef", "hi"], {"state": "hi", "images": ["DATA"]}),
        (
            ["@cf/meta/llama-4-scout-17b-16e-instruct", "what?"],
            {
                "messages": [
                    {
                        "role": "user",
                        "content": [
                            {"type": "text", "text": "what?"},
                            {"type": "image_url", "image_url": {"url": "DATA"}},
                        ],
                    }
                ]
            },
        ),
        (["@cf/some/new-model", "what?"], {"image": "BASE64", "prompt": "what?"}),
    ],
)
def test_a_file_goes_where_the_model_takes_it(cfai, server, tmp_path, args, body):
    (tmp_path / "medium").write_bytes(JPEG)
    cfai("run", *args, "--file", "medium", "--save", "answer")

    encoded = base64.b64encode(JPEG).decode()
    written = json.dumps(body).replace("BASE64", encoded).replace("DATA", f"data:image/jpeg;base64,{encoded}")
    assert json.loads(written) == _sent(server.seen)


def test_a_sound_alone_is_the_whole_body_of_whisper(cfai, server, tmp_path):
    (tmp_path / "hi.wav").write_bytes(WAV)
    cfai("run", "@cf/openai/whisper", "--file", "hi.wav")

    assert WAV == server.last.body


def test_a_sound_for_an_unknown_model_goes_under_audio(cfai, server, tmp_path):
    (tmp_path / "hi").write_bytes(WAV)
    cfai("run", "@cf/some/new-model", "--file", "hi")

    assert ["audio"] == list(_sent(server.seen))


def test_pictures_to_refer_to_go_to_flux_2_as_files(cfai, server, tmp_path):
    (tmp_path / "cat.jpg").write_bytes(JPEG)
    cfai("run", "@cf/black-forest-labs/flux-2-dev", "a cat", "--file", "cat.jpg", "--save", "new")

    assert b'name="input_image_0"' in server.last.body
    assert JPEG in server.last.body


def test_a_medium_may_come_from_stdin(command, server, served):
    command("run", "@cf/openai/whisper", "--file", "-", env=served, input=WAV)

    assert WAV == server.last.body


@pytest.mark.parametrize(
    ("args", "word"),
    [
        ([], "MODEL"),
        ([LLAMA], "nothing to ask"),
        ([LLAMA, "a", "b"], "b"),
        ([LLAMA, "hi", "--steps"], "--steps"),
        ([LLAMA, "hi", "--steps", "--json"], "--steps"),
        ([LLAMA, "hi", "--", "more"], "more"),
        ([LLAMA, "--=1"], "--key value"),
        ([LLAMA, "hi", "--json=maybe"], "--json"),
        ([LLAMA, "hi", "--prompt", "hi"], "--prompt"),
        ([LLAMA, "hi", "--stream", "true"], "stream"),
        ([LLAMA, "-", "--file", "-"], "stdin"),
        ([LLAMA, "hi", "--file", "missing.jpg"], "missing.jpg"),
        ([LLAMA, "hi", "--file", "."], "directory"),
        (["@cf/huggingface/distilbert-sst-2-int8", "hi", "--file", "text"], "--file"),
        (["@cf/openai/whisper", "hi"], "--file"),
        (["@cf/openai/whisper", "--audio", "a.wav"], "Path"),
        (["@cf/some/new-model", "--file", "text"], "@cf/some/new-model"),
        (["../../accounts", "hi"], "../../accounts"),
        (["@cf/deepgram/flux", "--encoding", "linear16"], "WebSocket"),
        ([LLAMA, "hi", "--save", "missing/cat"], "missing"),
        ([LLAMA, "hi", "--save", "."], "directory"),
        (["@cf/leonardo/phoenix-1.0", "hi", "--json"], "--save"),
    ],
)
def test_what_can_not_be_asked_is_refused_in_a_line_before_anything_is_sent(cfai, server, tmp_path, args, word):
    (tmp_path / "text").write_bytes(b"neither a picture nor a sound")
    done = cfai("run", *args)

    assert (2, "", 1) == (done.code, done.out, len(done.said))
    assert word in done.err
    assert [] == server.seen


def test_an_answer_without_a_fault_needs_no_word_on_stderr(cfai, server):
    server.script(answer({"result": {"response": "Hello"}, "success": True}))

    done = cfai("run", LLAMA, "hi")

    assert (0, "Hello\n", "") == (done.code, done.out, done.err)


@pytest.mark.parametrize("name", ["--api-token", "--api_token", "--account-id", "--email", "--api-key"])
def test_no_secret_is_taken_from_the_command_line(cfai, server, name):
    done = cfai("run", "@cf/meta/llama-3.2-3b-instruct", "hi", name, "canary")

    assert (2, "", []) == (done.code, done.out, server.seen)
    assert "credentials come from the environment" in done.err
    assert "canary" not in done.err
