"""The one table of models: what each is for, and under which keys its input goes."""

from collections.abc import Mapping
from typing import Final, NamedTuple

TEXT_GENERATION: Final = "Text Generation"
TEXT_TO_IMAGE: Final = "Text-to-Image"
TEXT_TO_SPEECH: Final = "Text-to-Speech"
TEXT_EMBEDDINGS: Final = "Text Embeddings"
TEXT_CLASSIFICATION: Final = "Text Classification"
TRANSLATION: Final = "Translation"
SUMMARIZATION: Final = "Summarization"
AUTOMATIC_SPEECH_RECOGNITION: Final = "Automatic Speech Recognition"
VOICE_ACTIVITY_DETECTION: Final = "Voice Activity Detection"
IMAGE_CLASSIFICATION: Final = "Image Classification"
OBJECT_DETECTION: Final = "Object Detection"
IMAGE_TO_TEXT: Final = "Image-to-Text"

NONE: Final = ""
"""The key of a model that takes no such input."""
MESSAGES: Final = "messages"
"""The key of a text, or a picture, that goes into a message of the user's."""


class Keys(NamedTuple):
    """Under which keys a task takes its text and its medium, by the names of the params classes."""

    text: str
    file: str


KEYS: Final[Mapping[str, Keys]] = {
    TEXT_GENERATION: Keys("prompt", MESSAGES),
    TEXT_TO_IMAGE: Keys("prompt", "image"),
    TEXT_TO_SPEECH: Keys("prompt", NONE),
    TEXT_EMBEDDINGS: Keys("text", NONE),
    TEXT_CLASSIFICATION: Keys("text", NONE),
    TRANSLATION: Keys("text", NONE),
    SUMMARIZATION: Keys("input_text", NONE),
    AUTOMATIC_SPEECH_RECOGNITION: Keys(NONE, "audio"),
    VOICE_ACTIVITY_DETECTION: Keys(NONE, "audio"),
    IMAGE_CLASSIFICATION: Keys(NONE, "image"),
    OBJECT_DETECTION: Keys(NONE, "image"),
    IMAGE_TO_TEXT: Keys("prompt", "image"),
}


class Row(NamedTuple):
    """One model."""

    name: str
    """As Cloudflare writes it."""
    task: str
    """By the API's own name."""
    text_key: str | None = None
    """Where it takes its text, if elsewhere than its task does."""
    file_key: str | None = None
    """Where it takes its medium, if elsewhere than its task does."""
    binary: bool = False
    """Whether it answers with the bytes of a file, and never with JSON (docs/wire.md 3.3, 3.4)."""


_ROWS: Final = (
    Row("@cf/aisingapore/gemma-sea-lion-v4-27b-it", TEXT_GENERATION),
    Row("@cf/cloudflare/clef", TEXT_GENERATION, "state", "images"),
    Row("@cf/cloudflare/clef-flash", TEXT_GENERATION, "state", "images"),
    Row("@cf/cloudflare/clef-omni", TEXT_GENERATION, "state", "images"),
    Row("@cf/deepseek-ai/deepseek-r1-distill-qwen-32b", TEXT_GENERATION),
    Row("@cf/deepseek-ai/deepseek-v4-flash-0731", TEXT_GENERATION),
    Row("@cf/deepseek-ai/deepseek-v4-pro-0813", TEXT_GENERATION),
    Row("@cf/google/gemma-2b-it-lora", TEXT_GENERATION),
    Row("@cf/google/gemma-4-26b-a4b-it", TEXT_GENERATION),
    Row("@cf/google/gemma-7b-it-lora", TEXT_GENERATION),
    Row("@cf/ibm-granite/granite-4.0-h-micro", TEXT_GENERATION),
    Row("@cf/meta-llama/llama-2-7b-chat-hf-lora", TEXT_GENERATION),
    Row("@cf/meta/llama-3.1-70b-instruct-fp8-fast", TEXT_GENERATION),
    Row("@cf/meta/llama-3.1-8b-instruct-fast", TEXT_GENERATION),
    Row("@cf/meta/llama-3.1-8b-instruct-fp8", TEXT_GENERATION),
    Row("@cf/meta/llama-3.1-8b-instruct-fp8-fast", TEXT_GENERATION),
    Row("@cf/meta/llama-3.2-11b-vision-instruct", TEXT_GENERATION, file_key="image"),
    Row("@cf/meta/llama-3.2-1b-instruct", TEXT_GENERATION),
    Row("@cf/meta/llama-3.2-3b-instruct", TEXT_GENERATION),
    Row("@cf/meta/llama-3.3-70b-instruct-fp8-fast", TEXT_GENERATION),
    Row("@cf/meta/llama-4-scout-17b-16e-instruct", TEXT_GENERATION),
    Row("@cf/meta/llama-guard-3-8b", TEXT_GENERATION, MESSAGES),
    Row("@cf/mistral/mistral-7b-instruct-v0.2-lora", TEXT_GENERATION),
    Row("@cf/mistralai/mistral-small-3.1-24b-instruct", TEXT_GENERATION),
    Row("@cf/moonshotai/kimi-k2.6", TEXT_GENERATION),
    Row("@cf/moonshotai/kimi-k2.7-code", TEXT_GENERATION),
    Row("@cf/nvidia/nemotron-3-120b-a12b", TEXT_GENERATION),
    Row("@cf/openai/gpt-oss-120b", TEXT_GENERATION),
    Row("@cf/openai/gpt-oss-20b", TEXT_GENERATION),
    Row("@cf/qwen/qwen2.5-coder-32b-instruct", TEXT_GENERATION),
    Row("@cf/qwen/qwen3-30b-a3b-fp8", TEXT_GENERATION),
    Row("@cf/qwen/qwen3.8-27b", TEXT_GENERATION),
    Row("@cf/qwen/qwq-32b", TEXT_GENERATION),
    Row("@cf/swiss-ai/apertus-v1.5-8b", TEXT_GENERATION),
    Row("@cf/utter-project/eurollm-9b-it", TEXT_GENERATION),
    Row("@cf/zai-org/glm-4.7-flash", TEXT_GENERATION),
    Row("@cf/zai-org/glm-5.2", TEXT_GENERATION),
    Row("@cf/zai-org/glm-5.3", TEXT_GENERATION),
    Row("@cf/zai-org/glm-5.3-flash", TEXT_GENERATION),
    Row("@cf/black-forest-labs/flux-1-schnell", TEXT_TO_IMAGE, file_key=NONE),
    Row("@cf/black-forest-labs/flux-2-dev", TEXT_TO_IMAGE, file_key="images"),
    Row("@cf/black-forest-labs/flux-2-klein-4b", TEXT_TO_IMAGE, file_key="images"),
    Row("@cf/black-forest-labs/flux-2-klein-9b", TEXT_TO_IMAGE, file_key="images"),
    Row("@cf/bytedance/stable-diffusion-xl-lightning", TEXT_TO_IMAGE, binary=True),
    Row("@cf/leonardo/lucid-origin", TEXT_TO_IMAGE, file_key=NONE),
    Row("@cf/leonardo/phoenix-1.0", TEXT_TO_IMAGE, file_key=NONE, binary=True),
    Row("@cf/lykon/dreamshaper-8-lcm", TEXT_TO_IMAGE, binary=True),
    Row("@cf/runwayml/stable-diffusion-v1-5-inpainting", TEXT_TO_IMAGE, binary=True),
    Row("@cf/stabilityai/stable-diffusion-xl-base-1.0", TEXT_TO_IMAGE, binary=True),
    Row("@cf/deepgram/aura-1", TEXT_TO_SPEECH, binary=True),
    Row("@cf/deepgram/aura-2-en", TEXT_TO_SPEECH, binary=True),
    Row("@cf/deepgram/aura-2-es", TEXT_TO_SPEECH, binary=True),
    Row("@cf/myshell-ai/melotts", TEXT_TO_SPEECH),
    Row("@cf/baai/bge-base-en-v1.5", TEXT_EMBEDDINGS),
    Row("@cf/baai/bge-large-en-v1.5", TEXT_EMBEDDINGS),
    Row("@cf/baai/bge-m3", TEXT_EMBEDDINGS),
    Row("@cf/baai/bge-small-en-v1.5", TEXT_EMBEDDINGS),
    Row("@cf/google/embeddinggemma-300m", TEXT_EMBEDDINGS),
    Row("@cf/pfnet/plamo-embedding-1b", TEXT_EMBEDDINGS),
    Row("@cf/qwen/qwen3-embedding-0.6b", TEXT_EMBEDDINGS),
    Row("@cf/baai/bge-reranker-base", TEXT_CLASSIFICATION, "query"),
    Row("@cf/huggingface/distilbert-sst-2-int8", TEXT_CLASSIFICATION),
    Row("@cf/ai4bharat/indictrans2-en-indic-1B", TRANSLATION),
    Row("@cf/meta/m2m100-1.2b", TRANSLATION),
    Row("@cf/deepgram/flux", AUTOMATIC_SPEECH_RECOGNITION),
    Row("@cf/deepgram/nova-3", AUTOMATIC_SPEECH_RECOGNITION),
    Row("@cf/nvidia/nemotron-speech-streaming-en-0.6b", AUTOMATIC_SPEECH_RECOGNITION),
    Row("@cf/openai/whisper", AUTOMATIC_SPEECH_RECOGNITION),
    Row("@cf/openai/whisper-large-v3-turbo", AUTOMATIC_SPEECH_RECOGNITION),
    Row("@cf/openai/whisper-tiny-en", AUTOMATIC_SPEECH_RECOGNITION),
    Row("@cf/microsoft/resnet-50", IMAGE_CLASSIFICATION),
    Row("@cf/llava-hf/llava-1.5-7b-hf", IMAGE_TO_TEXT),
    Row("@cf/moondream/moondream3.1-9B-A2B", IMAGE_TO_TEXT, "question"),
    Row("@cf/pipecat-ai/smart-turn-v2", VOICE_ACTIVITY_DETECTION),
)

ROWS: Final[Mapping[str, Row]] = {row.name: row for row in _ROWS}
"""The models that a call may reach, by name. Retired ones are left out: they answer with a refusal that says so."""


def task_of(model: str) -> str | None:
    """Give the task of *model*; None where this release does not know it."""
    row = ROWS.get(model)
    return None if row is None else row.task


def text_key(model: str) -> str:
    """Give the key that a text for *model* goes under; `NONE` where it takes none, "prompt" where it is not known."""
    row = ROWS.get(model)
    if row is None:
        return "prompt"
    return KEYS[row.task].text if row.text_key is None else row.text_key


def file_key(model: str) -> str | None:
    """Give the key that a medium for *model* goes under; `NONE` where it takes none, None where it is not known."""
    row = ROWS.get(model)
    if row is None:
        return None
    return KEYS[row.task].file if row.file_key is None else row.file_key


def is_binary(model: str) -> bool:
    """Say whether *model* is known to answer with bytes that are no JSON."""
    row = ROWS.get(model)
    return row is not None and row.binary
