"""Models that an account may not use: retired, for those who pay, and with terms (docs/wire.md 2.3 and 2.4)."""

import base64
import json

import pytest

from cfai.emulator import Emulator

ASKED = {"messages": [{"role": "user", "content": "Say hello"}]}
PAID = [
    "@cf/deepseek-ai/deepseek-v4-flash-0731",
    "@cf/deepseek-ai/deepseek-v4-pro-0813",
    "@cf/moonshotai/kimi-k2.6",
    "@cf/moonshotai/kimi-k2.7-code",
    "@cf/zai-org/glm-5.2",
    "@cf/zai-org/glm-5.3",
    "@cf/zai-org/glm-5.3-flash",
]
LLAMA = "@cf/meta/llama-3.2-3b-instruct"
FREE = "@cf/qwen/qwen3.8-27b"

OF_2025 = [
    "@cf/deepseek-ai/deepseek-math-7b-instruct",
    "@cf/fblgit/una-cybertron-7b-v2-bf16",
    "@cf/openchat/openchat-3.5-0106",
    "@cf/qwen/qwen1.5-0.5b-chat",
    "@cf/qwen/qwen1.5-1.8b-chat",
    "@cf/qwen/qwen1.5-14b-chat-awq",
    "@cf/qwen/qwen1.5-7b-chat-awq",
    "@cf/thebloke/discolm-german-7b-v1-awq",
    "@cf/tiiuae/falcon-7b-instruct",
    "@cf/tinyllama/tinyllama-1.1b-chat-v1.0",
    "@hf/nexusflow/starling-lm-7b-beta",
    "@hf/thebloke/deepseek-coder-6.7b-base-awq",
    "@hf/thebloke/deepseek-coder-6.7b-instruct-awq",
    "@hf/thebloke/llama-2-13b-chat-awq",
    "@hf/thebloke/llamaguard-7b-awq",
    "@hf/thebloke/mistral-7b-instruct-v0.1-awq",
    "@hf/thebloke/neural-chat-7b-v3-1-awq",
    "@hf/thebloke/openhermes-2.5-mistral-7b-awq",
    "@hf/thebloke/zephyr-7b-beta-awq",
]
TEXT_OF_2026 = [
    "@cf/defog/sqlcoder-7b-2",
    "@cf/google/gemma-3-12b-it",
    "@cf/meta/llama-2-7b-chat-fp16",
    "@cf/meta/llama-2-7b-chat-int8",
    "@cf/meta/llama-3-8b-instruct",
    "@cf/meta/llama-3-8b-instruct-awq",
    "@cf/meta/llama-3.1-70b-instruct",
    "@cf/meta/llama-3.1-8b-instruct",
    "@cf/meta/llama-3.1-8b-instruct-awq",
    "@cf/microsoft/phi-2",
    "@cf/mistral/mistral-7b-instruct-v0.1",
    "@hf/google/gemma-7b-it",
    "@hf/meta-llama/meta-llama-3-8b-instruct",
    "@hf/mistral/mistral-7b-instruct-v0.2",
    "@hf/nousresearch/hermes-2-pro-mistral-7b",
]
OF_2026 = [*TEXT_OF_2026, "@cf/facebook/bart-large-cnn", "@cf/moonshotai/kimi-k2.5", "@cf/unum/uform-gen2-qwen-500m"]
GONE = [
    "@cf/baai/omni-bge-base-en-v1.5",
    "@cf/cfai/multimodal-embeddings",
    "@cf/facebook/detr-resnet-50",
    "@cf/runwayml/stable-diffusion-v1-5-img2img",
]
PNG = b"\x89PNG\r\n\x1a\n and so on"


@pytest.fixture(scope="module")
def free():
    with Emulator(plan="free") as running:
        yield running


@pytest.fixture
def strict():
    with Emulator(licences=False) as running:
        yield running


@pytest.fixture(scope="module")
def old():
    with Emulator(retired=True) as running:
        yield running


def refused(answered):
    return answered.status, answered.json["errors"][0]["code"]


def result(answered):
    assert answered.status == 200, answered.body
    return answered.json["result"]


@pytest.mark.parametrize("model", PAID)
def test_on_the_free_plan_models_for_those_who_pay_are_refused(ask, free, model):
    answered = ask(model, ASKED, to=free)
    request_id = answered.headers["cf-ai-req-id"]

    assert answered.status == 403
    assert answered.body.decode() == (
        f'{{"errors":[{{"message":"AiError: AiError: This model requires a Workers Paid plan ({request_id})",'
        '"code":5035}],"success":false,"result":{},"messages":[]}'
    )
    assert ask(model, ASKED).status == 200


def test_on_the_free_plan_the_others_answer(ask, free):
    assert ask(FREE, ASKED, to=free).status == 200
    assert ask(LLAMA, ASKED, to=free).status == 200


def test_another_plan_is_a_mistake():
    with pytest.raises(ValueError, match='plan is "paid" or "free", not \'pro\''):
        Emulator(plan="pro")


@pytest.mark.parametrize(
    ("model", "body"),
    [
        (LLAMA, {"prompt": "Say hello"}),
        ("@cf/meta/llama-3.2-11b-vision-instruct", ASKED),
        ("@cf/google/gemma-4-26b-a4b-it", ASKED),
        ("@cf/moonshotai/kimi-k2.6", ASKED),
        ("@cf/meta/m2m100-1.2b", {"text": "a", "target_lang": "fr"}),
        ("@cf/deepgram/aura-2-en", {"text": "a"}),
        ("@cf/black-forest-labs/flux-1-schnell", {"prompt": "a", "steps": 1}),
    ],
)
def test_terms_have_to_be_agreed_to_once_and_for_each_model(ask, strict, model, body):
    before = ask(model, body, to=strict)
    ask(model, {"prompt": "agree"}, to=strict)
    after = ask(model, body, to=strict)

    assert refused(before) == (403, 5016)
    assert "you must submit the prompt 'agree'" in before.json["errors"][0]["message"]
    assert after.status == 200
    assert refused(ask("@cf/meta/llama-4-scout-17b-16e-instruct", ASKED, to=strict)) == (403, 5016)


def test_to_agree_is_a_prompt_like_any_other(ask, strict):
    assert result(ask(LLAMA, {"prompt": "agree"}, to=strict))["response"].endswith("You asked: agree")


@pytest.mark.parametrize("body", [{"prompt": "Agree."}, {"prompt": ["agree"]}, ["agree"], b"agree", b"[" * 100_000])
def test_nothing_else_agrees(ask, strict, body):
    assert refused(ask(LLAMA, body, to=strict)) == (403, 5016)


def test_models_without_terms_need_no_agreement(ask, strict):
    assert ask("@cf/openai/gpt-oss-20b", ASKED, to=strict).status == 200
    assert ask("@cf/baai/bge-m3", {"text": "a"}, to=strict).status == 200


@pytest.mark.parametrize(
    ("model", "day"), [*((model, "2025-10-01") for model in OF_2025), *((model, "2026-05-30") for model in OF_2026)]
)
def test_a_retired_model_is_refused_in_the_words_of_the_service(ask, model, day):
    answered = ask(model, ASKED)
    request_id = answered.headers["cf-ai-req-id"]

    assert answered.status == 400
    assert answered.json["errors"] == [
        {
            "message": f"AiError: AiError: This model was deprecated on {day}."
            f" Please use an alternative model ({request_id})",
            "code": 5028,
        }
    ]


@pytest.mark.parametrize("model", [*OF_2025, *TEXT_OF_2026])
def test_retired_text_models_can_be_brought_back(ask, old, model):
    answer = result(ask(model, ASKED, to=old))

    assert list(answer) == ["response", "tool_calls", "usage"]
    assert answer["response"].endswith("You asked: Say hello")


def test_the_retired_kimi_thinks_under_its_older_key(ask, old):
    message = result(ask("@cf/moonshotai/kimi-k2.5", ASKED, to=old))["choices"][0]["message"]

    assert list(message) == ["role", "content", "refusal", "reasoning_content"]


@pytest.mark.parametrize("model", GONE)
def test_what_went_without_notice_has_no_route(ask, model):
    assert refused(ask(model, b"")) == (400, 7000)


def test_a_text_is_summarized_again(ask, old):
    body = {"input_text": "one two three"}

    whole = result(ask("@cf/facebook/bart-large-cnn", body, to=old))
    short = result(ask("@cf/facebook/bart-large-cnn", {**body, "max_length": 4}, to=old))

    text = "I am the cfai emulator, not a model. The text has 3 words and begins: one two three"
    assert whole == {"summary": text}
    assert short == {"summary": "I am the cfai"}


@pytest.mark.parametrize("body", [PNG, {"image": list(PNG)}], ids=["raw", "numbers"])
def test_objects_are_detected_again(ask, old, body):
    rows = result(ask("@cf/facebook/detr-resnet-50", body, to=old))

    assert [list(row) for row in rows] == [["score", "label", "box"]] * 2
    for row in rows:
        box = row["box"]
        assert 0 <= box["xmin"] < box["xmax"] <= 640
        assert 0 <= box["ymin"] < box["ymax"] <= 480
        assert 0.5 <= row["score"] <= 1


def test_pictures_are_described_again(ask, old):
    model = "@cf/unum/uform-gen2-qwen-500m"

    assert result(ask(model, PNG, to=old)) == {
        "description": f"I am the cfai emulator, not a model. I see a picture of {len(PNG)} bytes."
    }


def test_pictures_and_texts_have_vectors_of_one_width(ask, old):
    body = {"image": base64.b64encode(PNG).decode(), "text": ["a", "b"]}

    answer = result(ask("@cf/cfai/multimodal-embeddings", body, to=old))

    assert answer["shape"] == [3, 512]
    assert [len(vector) for vector in answer["data"]] == [512] * 3


def test_pictures_from_pictures_and_the_older_embedder_are_back(ask, old):
    body = {"prompt": "a", "width": 256, "height": 256, "image_b64": base64.b64encode(PNG).decode()}

    assert ask("@cf/runwayml/stable-diffusion-v1-5-img2img", body, to=old).body.startswith(b"\x89PNG")
    assert result(ask("@cf/baai/omni-bge-base-en-v1.5", {"text": "a"}, to=old))["shape"] == [1, 768]


def test_a_refusal_for_the_account_comes_before_one_for_the_body(ask, free):
    assert refused(ask(PAID[0], {}, to=free)) == (403, 5035)
    assert json.loads(ask(OF_2025[0], b"{").body)["errors"][0]["code"] == 5028
