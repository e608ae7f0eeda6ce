"""The models that were retired, and how they answered (docs/wire.md 2.4, code 5028)."""

from collections.abc import Mapping
from typing import Final

from cfai.emulator._models import translation, vision
from cfai.emulator._models.completions import INPUT, Completions, chat
from cfai.emulator._models.inputs import Json
from cfai.emulator._models.model import Model
from cfai.emulator._models.native import guided, plain
from cfai.emulator._models.thinking import unless_none

_OF_2025: Final = [
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
_OF_2026: Final = [
    "@cf/defog/sqlcoder-7b-2",
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

MODELS: Final[Mapping[str, Model]] = {
    **{name: plain(retired="2025-10-01") for name in _OF_2025},
    **{name: plain(retired="2026-05-30") for name in _OF_2026},
    "@cf/google/gemma-3-12b-it": guided(31371, 50560, retired="2026-05-30"),
    # Its successor may answer for it; sources disagree, and the documented refusal is what happens here.
    "@cf/moonshotai/kimi-k2.5": chat(
        Json(INPUT),
        Completions(
            "@cf/moonshotai/kimi-k2.5",
            0,
            0,
            thinks=unless_none,
            reasoning=("reasoning_content",),
            call_id="functions.{name}:0",
        ),
        retired="2026-05-30",
    ),
    **vision.RETIRED,
    **translation.RETIRED,
}
