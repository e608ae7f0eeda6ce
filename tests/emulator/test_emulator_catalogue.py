"""Every living model answers in its own form (docs/wire.md 3)."""

import base64
import hashlib

import pytest

from cfai.emulator import Emulator

ECHO = "I am the cfai emulator, not a model. You asked: "
ASKED = {"messages": [{"role": "user", "content": "Say hello"}]}
SOUND = b"\xff\xfb\x90\x00" + bytes(15_996)
"""16,000 bytes at 128 kbit/s: one second."""

PNG = b"\x89PNG\r\n\x1a\n and so on"
SPOKEN = {"audio": base64.b64encode(SOUND).decode()}
SEEN = {"image": f"data:image/png;base64,{base64.b64encode(PNG).decode()}"}
SMALL = {"prompt": "a red cat", "width": 256, "height": 256}
FORM = "multipart/form-data; boundary=b"

NATIVE = [
    "@cf/google/gemma-2b-it-lora",
    "@cf/google/gemma-7b-it-lora",
    "@cf/ibm-granite/granite-4.0-h-micro",
    "@cf/meta-llama/llama-2-7b-chat-hf-lora",
    "@cf/meta/llama-3.1-70b-instruct-fp8-fast",
    "@cf/meta/llama-3.1-8b-instruct-fast",
    "@cf/meta/llama-3.1-8b-instruct-fp8",
    "@cf/meta/llama-3.1-8b-instruct-fp8-fast",
    "@cf/meta/llama-3.2-1b-instruct",
    "@cf/meta/llama-3.2-3b-instruct",
    "@cf/meta/llama-4-scout-17b-16e-instruct",
    "@cf/mistral/mistral-7b-instruct-v0.2-lora",
    "@cf/mistralai/mistral-small-3.1-24b-instruct",
    "@cf/qwen/qwen2.5-coder-32b-instruct",
]

THINKING = ("@cf/deepseek-ai/deepseek-r1-distill-qwen-32b", "@cf/qwen/qwq-32b")

# What each calls itself, what it adds to a choice, and the keys of its reasoning where nothing is said about thinking.
CHATS = {
    "@cf/aisingapore/gemma-sea-lion-v4-27b-it": ("", {"stop_reason": None}, ()),
    "@cf/deepseek-ai/deepseek-v4-flash-0731": ("", {"stop_reason": None}, ("reasoning_content",)),
    "@cf/deepseek-ai/deepseek-v4-pro-0813": ("", {"stop_reason": None}, ("reasoning_content",)),
    "@cf/google/gemma-4-26b-a4b-it": ("-external", {"stop_reason": None}, ()),
    "@cf/moonshotai/kimi-k2.6": ("", {"stop_reason": None}, ("reasoning",)),
    "@cf/moonshotai/kimi-k2.7-code": ("", {"stop_reason": None}, ("reasoning",)),
    "@cf/nvidia/nemotron-3-120b-a12b": ("", {"stop_reason": None}, ("reasoning_content",)),
    "@cf/openai/gpt-oss-120b": ("", {"stop_reason": None}, ("reasoning", "reasoning_content")),
    "@cf/openai/gpt-oss-20b": ("", {"stop_reason": None}, ("reasoning", "reasoning_content")),
    "@cf/qwen/qwen3-30b-a3b-fp8": ("", {"stop_reason": None}, ("reasoning_content",)),
    "@cf/qwen/qwen3.8-27b": ("", {"stop_reason": None}, ("reasoning_content",)),
    "@cf/zai-org/glm-4.7-flash": ("", {"matched_stop": None}, ()),
    "@cf/zai-org/glm-5.2": ("", {"matched_stop": None}, ("reasoning_content",)),
    "@cf/zai-org/glm-5.3": ("", {"matched_stop": None}, ("reasoning_content",)),
    "@cf/zai-org/glm-5.3-flash": ("", {"matched_stop": None}, ("reasoning_content",)),
}

WIDTHS = {
    "@cf/baai/bge-small-en-v1.5": (384, ["shape", "data", "pooling"]),
    "@cf/baai/bge-base-en-v1.5": (768, ["shape", "data", "pooling"]),
    "@cf/baai/bge-large-en-v1.5": (1024, ["shape", "data", "pooling"]),
    "@cf/baai/bge-m3": (1024, ["shape", "data"]),
    "@cf/google/embeddinggemma-300m": (768, ["shape", "data"]),
    "@cf/pfnet/plamo-embedding-1b": (2048, ["data", "shape"]),
    "@cf/qwen/qwen3-embedding-0.6b": (1024, ["data", "shape"]),
}

DECISIONS = {"state": "x", "questions": {"q": {"type": "noul", "instructions": "?"}}}


def form(**fields):
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()
    ]
    return "".join([*parts, "--b--\r\n"]).encode()


# A request, and the keys of the result in their order.
OTHERS = {
    "@cf/ai4bharat/indictrans2-en-indic-1B": ({"text": "a", "target_language": "hin_Deva"}, None, ["translations"]),
    "@cf/baai/bge-reranker-base": ({"query": "a", "contexts": [{"text": "b"}]}, None, ["response"]),
    "@cf/black-forest-labs/flux-1-schnell": ({"prompt": "a red cat"}, None, ["image"]),
    "@cf/black-forest-labs/flux-2-dev": (form(**SMALL), FORM, ["image"]),
    "@cf/black-forest-labs/flux-2-klein-4b": (form(**SMALL), FORM, ["image"]),
    "@cf/black-forest-labs/flux-2-klein-9b": (form(**SMALL), FORM, ["image"]),
    "@cf/cloudflare/clairic": (
        {"model": "clairic", "state": "x", "fields": {"a": {"type": "text"}}},
        None,
        ["model", "answers", "truncated", "usage"],
    ),
    "@cf/cloudflare/clef": ({"model": "clef", **DECISIONS}, None, ["model", "answers", "usage"]),
    "@cf/cloudflare/clef-flash": ({"model": "clef-flash", **DECISIONS}, None, ["model", "answers", "usage"]),
    "@cf/cloudflare/clef-omni": ({"model": "clef-omni", **DECISIONS}, None, ["model", "answers", "usage"]),
    "@cf/deepgram/nova-3": (SOUND, "audio/mpeg", ["results", "usage"]),
    "@cf/leonardo/lucid-origin": (SMALL, None, ["image"]),
    "@cf/llava-hf/llava-1.5-7b-hf": (PNG, None, ["description"]),
    "@cf/meta/llama-3.2-11b-vision-instruct": (ASKED, None, ["response", "tool_calls"]),
    "@cf/meta/llama-guard-3-8b": (ASKED, None, ["response", "usage"]),
    "@cf/meta/m2m100-1.2b": ({"text": "a", "target_lang": "fr"}, None, ["translated_text"]),
    "@cf/moondream/moondream3.1-9B-A2B": (
        SEEN,
        None,
        ["finish_reason", "metrics", "answer", "caption", "points", "objects", "reasoning"],
    ),
    "@cf/myshell-ai/melotts": ({"prompt": "Hi"}, None, ["audio"]),
    "@cf/nvidia/nemotron-speech-streaming-en-0.6b": (SPOKEN, None, ["text", "duration"]),
    "@cf/openai/whisper": (SOUND, None, ["text", "word_count", "words", "vtt"]),
    "@cf/openai/whisper-large-v3-turbo": (
        SPOKEN,
        None,
        ["transcription_info", "text", "word_count", "segments", "vtt"],
    ),
    "@cf/openai/whisper-tiny-en": (SOUND, None, ["text", "word_count", "words", "vtt"]),
    "@cf/pipecat-ai/smart-turn-v2": (SPOKEN, None, ["is_complete", "probability"]),
}

LISTS = {
    "@cf/huggingface/distilbert-sst-2-int8": {"text": "I like it"},
    "@cf/microsoft/resnet-50": PNG,
}

# A request, the content type of the answer, how its bytes begin, and its neurons.
RAW = {
    "@cf/bytedance/stable-diffusion-xl-lightning": (SMALL, "image/png", b"\x89PNG", "0.00"),
    "@cf/deepgram/aura-1": ({"text": "Hi"}, "audio/mpeg", b"\xff\xf3", "2.73"),
    "@cf/deepgram/aura-2-en": ({"text": "Hi"}, "audio/mpeg", b"\xff\xf3", "5.45"),
    "@cf/deepgram/aura-2-es": ({"text": "Hi"}, "audio/mpeg", b"\xff\xf3", "5.45"),
    "@cf/leonardo/phoenix-1.0": (SMALL, "image/jpeg", b"\xff\xd8\xff", None),
    "@cf/lykon/dreamshaper-8-lcm": (SMALL, "image/png", b"\xff\xd8\xff", "0.00"),
    "@cf/runwayml/stable-diffusion-v1-5-inpainting": (SMALL, "image/png", b"\x89PNG", "0.00"),
    "@cf/stabilityai/stable-diffusion-xl-base-1.0": (SMALL, "image/png", b"\x89PNG", "0.00"),
}


def result(answered):
    assert answered.status == 200, answered.body
    return answered.json["result"]


@pytest.mark.parametrize("model", NATIVE)
@pytest.mark.parametrize("body", [ASKED, {"prompt": "Say hello"}], ids=["messages", "prompt"])
def test_native_models_give_a_response_tool_calls_and_usage(ask, model, body):
    answer = result(ask(model, body))

    assert list(answer) == ["response", "tool_calls", "usage"]
    assert (answer["response"], answer["tool_calls"]) == (ECHO + "Say hello", [])


@pytest.mark.parametrize("model", THINKING)
def test_distilled_thinkers_begin_with_their_thinking_and_one_lone_tag(ask, model):
    answer = result(ask(model, ASKED))

    assert answer["response"] == (
        "The cfai emulator does not think. It was asked to, and says so here.\n</think>\n\n" + ECHO + "Say hello"
    )


@pytest.mark.parametrize(("model", "expected"), CHATS.items())
def test_chat_models_give_a_chat_completion_with_what_is_their_own(ask, model, expected):
    suffix, engine, reasoning = expected

    answer = result(ask(model, ASKED))

    more = ["prompt_logprobs"] if "sea-lion" in model or "qwen3-30b" in model else []
    assert list(answer) == ["id", "object", "created", "model", "choices", "usage", *more]
    assert (answer["object"], answer["model"]) == ("chat.completion", model + suffix)
    (choice,) = answer["choices"]
    assert choice == {
        "index": 0,
        "message": {
            "role": "assistant",
            "content": ECHO + "Say hello",
            "refusal": None,
            **dict.fromkeys(reasoning, "The cfai emulator does not think. It was asked to, and says so here."),
        },
        "finish_reason": "stop",
        "logprobs": None,
        **engine,
    }


@pytest.mark.parametrize(("model", "expected"), WIDTHS.items())
def test_vectors_have_the_width_of_the_model(ask, model, expected):
    width, keys = expected

    answer = result(ask(model, {"text": ["a red cat", "a blue dog"]}))

    assert list(answer) == keys
    assert answer["shape"] == [2, width]
    assert [len(vector) for vector in answer["data"]] == [width, width]


@pytest.mark.parametrize(("model", "expected"), OTHERS.items())
def test_the_other_models_have_the_keys_of_their_form(ask, model, expected):
    body, kind, keys = expected

    answered = ask(model, body, kind=kind)

    assert list(result(answered)) == keys
    assert list(answered.json) == ["result", "success", "errors", "messages"]
    assert answered.headers["cf-ai-neurons"] is not None


@pytest.mark.parametrize(("model", "body"), LISTS.items())
def test_classifiers_give_a_bare_list_of_labels_and_scores(ask, model, body):
    for row in result(ask(model, body)):
        assert list(row) == ["label", "score"]
        assert 0 <= row["score"] <= 1


@pytest.mark.parametrize(("model", "expected"), RAW.items())
def test_media_come_without_an_envelope(ask, model, expected):
    body, kind, beginning, neurons = expected

    answered = ask(model, body)

    assert answered.status == 200
    assert answered.headers["content-type"] == kind
    assert answered.body.startswith(beginning)
    assert answered.headers["cf-ai-neurons"] == neurons
    assert answered.headers["cf-ai-req-id"] is not None


ALL = {
    **dict.fromkeys([*NATIVE, *THINKING, *CHATS], (ASKED, None)),
    **dict.fromkeys(WIDTHS, ({"text": "a"}, None)),
    **{model: row[:2] for model, row in OTHERS.items()},
    **{model: (body, None) for model, body in LISTS.items()},
    **{model: (row[0], None) for model, row in RAW.items()},
    "@cf/meta/llama-3.3-70b-instruct-fp8-fast": (ASKED, None),
}


def test_these_are_all_of_them():
    assert len(ALL) == 72


@pytest.mark.parametrize(("model", "request_"), ALL.items())
def test_the_same_request_gets_the_same_bytes_from_another_emulator_of_the_seed(ask, another, model, request_):
    body, kind = request_

    first, second = ask(model, body, kind=kind), ask(model, body, kind=kind, to=another)

    assert first.status == 200
    assert hashlib.sha256(first.body).digest() == hashlib.sha256(second.body).digest()


@pytest.fixture(scope="module")
def another():
    with Emulator() as running:
        yield running


def test_deepgrams_flux_has_no_route_but_its_websocket(ask):
    assert ask("@cf/deepgram/flux", SOUND, kind="audio/mpeg").json["errors"][0]["code"] == 7000


@pytest.mark.parametrize("model", ["@cf/swiss-ai/apertus-v1.5-8b", "@cf/utter-project/eurollm-9b-it"])
def test_models_for_a_few_accounts_are_refused(ask, model):
    answered = ask(model, ASKED)

    assert (answered.status, answered.json["errors"][0]["code"]) == (403, 5018)
