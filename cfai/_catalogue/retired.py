"""Models that are gone. The service refuses them with code 5028, or lets a successor answer (docs/wire.md 9)."""

from typing import Final

from .chat_form import AS_ALL, ChatForm
from .images import DIFFUSION, SEEN
from .row import CHAT, NATIVE, UNSAID, Row
from .task import IMAGE_TO_TEXT, OBJECT_DETECTION, SUMMARIZATION, TEXT_EMBEDDINGS, TEXT_GENERATION, TEXT_TO_IMAGE
from .text_generation import PICTURES

_TEXTS_OF_2025: Final = (
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
)
_TEXTS_OF_2026: Final = (
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
)


def _text(name: str, date: str, *, chat: ChatForm = AS_ALL) -> Row:
    return Row(name, TEXT_GENERATION, NATIVE, deprecated_on=date, chat=chat)


ROWS: Final = (
    *(_text(name, "2025-10-01") for name in _TEXTS_OF_2025),
    _text("@cf/defog/sqlcoder-7b-2", "2026-05-30"),
    _text("@cf/google/gemma-3-12b-it", "2026-05-30", chat=PICTURES),
    *(_text(name, "2026-05-30") for name in _TEXTS_OF_2026),
    Row(
        "@cf/moonshotai/kimi-k2.5",
        TEXT_GENERATION,
        CHAT,
        deprecated_on="2026-05-30",
        successor="@cf/moonshotai/kimi-k2.6",
        chat=PICTURES,
    ),
    Row("@cf/facebook/bart-large-cnn", SUMMARIZATION, deprecated_on="2026-05-30"),
    Row("@cf/unum/uform-gen2-qwen-500m", IMAGE_TO_TEXT, "llava", deprecated_on="2026-05-30", input=SEEN),
    Row("@cf/baai/omni-bge-base-en-v1.5", TEXT_EMBEDDINGS, "bge", width=768, deprecated_on=UNSAID),
    Row("@cf/facebook/detr-resnet-50", OBJECT_DETECTION, deprecated_on=UNSAID, input=SEEN),
    Row(
        "@cf/runwayml/stable-diffusion-v1-5-img2img",
        TEXT_TO_IMAGE,
        "diffusion",
        binary=True,
        requests_a_minute=1500,
        deprecated_on=UNSAID,
        input=DIFFUSION,
    ),
)
