"""How the text models that differ want what is said to them: one row a model (docs/wire.md 3.1, 3.2)."""

from collections.abc import Mapping


class TextRow:
    """What is special about how a text model is spoken to."""

    __slots__ = ("pictures_in_messages", "prompt_in_messages")

    def __init__(self, *, pictures_in_messages: bool = False, prompt_in_messages: bool = False) -> None:
        self.pictures_in_messages = pictures_in_messages
        """Whether a picture is a part of a message, and not a key beside them."""
        self.prompt_in_messages = prompt_in_messages
        """Whether a prompt is a message of the user's, for it takes no other text."""


ORDINARY = TextRow()
_CHAT = TextRow(pictures_in_messages=True)

TEXT_ROWS: Mapping[str, TextRow] = {
    "@cf/aisingapore/gemma-sea-lion-v4-27b-it": _CHAT,
    "@cf/deepseek-ai/deepseek-v4-flash-0731": _CHAT,
    "@cf/deepseek-ai/deepseek-v4-pro-0813": _CHAT,
    "@cf/google/gemma-3-12b-it": _CHAT,
    "@cf/google/gemma-4-26b-a4b-it": _CHAT,
    "@cf/meta/llama-4-scout-17b-16e-instruct": _CHAT,
    "@cf/meta/llama-guard-3-8b": TextRow(prompt_in_messages=True),
    "@cf/mistralai/mistral-small-3.1-24b-instruct": _CHAT,
    "@cf/moonshotai/kimi-k2.5": _CHAT,
    "@cf/moonshotai/kimi-k2.6": _CHAT,
    "@cf/moonshotai/kimi-k2.7-code": _CHAT,
    "@cf/nvidia/nemotron-3-120b-a12b": _CHAT,
    "@cf/openai/gpt-oss-120b": _CHAT,
    "@cf/openai/gpt-oss-20b": _CHAT,
    "@cf/qwen/qwen3-30b-a3b-fp8": _CHAT,
    "@cf/qwen/qwen3.8-27b": _CHAT,
    "@cf/qwen/qwq-32b": _CHAT,
    "@cf/zai-org/glm-4.7-flash": _CHAT,
    "@cf/zai-org/glm-5.2": _CHAT,
    "@cf/zai-org/glm-5.3": _CHAT,
    "@cf/zai-org/glm-5.3-flash": _CHAT,
}
"""The text models that differ; all others are `ORDINARY`."""


def text_row_of(model: str) -> TextRow:
    """Give the row of *model*."""
    return TEXT_ROWS.get(model, ORDINARY)
