"""How the text models that differ want what is said to them: a row a family (docs/wire.md 3.1, 3.2, 5)."""

from collections.abc import Mapping

from .reasoning_effort import ALWAYS, SWITCH, Effort


class ChatForm:
    """What is special about how a text model is spoken to."""

    __slots__ = (
        "calls_in_content",
        "effort",
        "pictures_in_messages",
        "prompt_in_messages",
        "texts_alone",
        "thinks_aloud",
    )

    def __init__(
        self,
        *,
        pictures_in_messages: bool = False,
        prompt_in_messages: bool = False,
        texts_alone: bool = False,
        calls_in_content: bool = False,
        effort: Effort | None = None,
        thinks_aloud: bool = False,
    ) -> None:
        self.pictures_in_messages = pictures_in_messages
        """Whether a picture is a part of a message, and not a key beside them."""
        self.prompt_in_messages = prompt_in_messages
        """Whether a prompt is a message of the user's, for it takes no other text."""
        self.texts_alone = texts_alone
        """Whether the content of a message is one text, and never a list of parts."""
        self.calls_in_content = calls_in_content
        """Whether it wants to see the calls of tools that it made in the content of its message too."""
        self.effort = effort
        """What it has for `reasoning_effort`; None where that goes out as it is given."""
        self.thinks_aloud = thinks_aloud
        """Whether its text begins with what it thinks, up to `</think>`."""


ORDINARY = ChatForm()
_CHAT = ChatForm(pictures_in_messages=True)
_SWITCHED = ChatForm(pictures_in_messages=True, effort=SWITCH)
_DEEPSEEK_4 = ChatForm(
    pictures_in_messages=True, effort=Effort("none", "low", "high", "max", mapped=("minimal", "medium", "xhigh"))
)
_GLM_5_2 = ChatForm(
    pictures_in_messages=True, effort=Effort("none", "high", "max", mapped=("minimal", "low", "medium", "xhigh"))
)
# The service maps "none" to "max" here. Who asks for no thinking gets the least there is instead.
_GLM_5_3 = ChatForm(
    pictures_in_messages=True, effort=Effort("low", "high", "max", mapped=("minimal", "medium", "xhigh"))
)
_GPT_OSS = ChatForm(pictures_in_messages=True, effort=Effort("low", "medium", "high"))
_KIMI_2_6 = ChatForm(pictures_in_messages=True, effort=Effort("none", "high"))
_QWEN_3_8 = ChatForm(pictures_in_messages=True, effort=Effort("low", "medium", "xhigh", switch=True))
_THINKER = ChatForm(pictures_in_messages=True, effort=ALWAYS)
_TEXTS = ChatForm(texts_alone=True)
_LLAMA = ChatForm(texts_alone=True, calls_in_content=True)
_LLAMA_OF_PARTS = ChatForm(calls_in_content=True)

CHAT_FORMS: Mapping[str, ChatForm] = {
    "@cf/aisingapore/gemma-sea-lion-v4-27b-it": _CHAT,
    "@cf/deepseek-ai/deepseek-r1-distill-qwen-32b": ChatForm(texts_alone=True, effort=ALWAYS, thinks_aloud=True),
    "@cf/deepseek-ai/deepseek-v4-flash-0731": _DEEPSEEK_4,
    "@cf/deepseek-ai/deepseek-v4-pro-0813": _DEEPSEEK_4,
    "@cf/google/gemma-2b-it-lora": _TEXTS,
    "@cf/google/gemma-3-12b-it": _CHAT,
    "@cf/google/gemma-4-26b-a4b-it": _SWITCHED,
    "@cf/google/gemma-7b-it-lora": _TEXTS,
    "@cf/ibm-granite/granite-4.0-h-micro": _TEXTS,
    "@cf/meta-llama/llama-2-7b-chat-hf-lora": _TEXTS,
    "@cf/meta/llama-3.1-70b-instruct-fp8-fast": _LLAMA,
    "@cf/meta/llama-3.1-8b-instruct-fast": _LLAMA,
    "@cf/meta/llama-3.1-8b-instruct-fp8": _LLAMA,
    "@cf/meta/llama-3.1-8b-instruct-fp8-fast": _LLAMA,
    "@cf/meta/llama-3.2-11b-vision-instruct": _LLAMA_OF_PARTS,
    "@cf/meta/llama-3.2-1b-instruct": _LLAMA,
    "@cf/meta/llama-3.2-3b-instruct": _LLAMA,
    "@cf/meta/llama-3.3-70b-instruct-fp8-fast": _LLAMA_OF_PARTS,
    "@cf/meta/llama-4-scout-17b-16e-instruct": ChatForm(pictures_in_messages=True, calls_in_content=True),
    "@cf/meta/llama-guard-3-8b": ChatForm(prompt_in_messages=True, texts_alone=True),
    "@cf/mistral/mistral-7b-instruct-v0.2-lora": _TEXTS,
    "@cf/mistralai/mistral-small-3.1-24b-instruct": _CHAT,
    "@cf/moonshotai/kimi-k2.5": _CHAT,
    "@cf/moonshotai/kimi-k2.6": _KIMI_2_6,
    "@cf/moonshotai/kimi-k2.7-code": _THINKER,
    "@cf/nvidia/nemotron-3-120b-a12b": _SWITCHED,
    "@cf/openai/gpt-oss-120b": _GPT_OSS,
    "@cf/openai/gpt-oss-20b": _GPT_OSS,
    "@cf/qwen/qwen2.5-coder-32b-instruct": _TEXTS,
    "@cf/qwen/qwen3-30b-a3b-fp8": _CHAT,
    "@cf/qwen/qwen3.8-27b": _QWEN_3_8,
    "@cf/qwen/qwq-32b": ChatForm(pictures_in_messages=True, effort=ALWAYS, thinks_aloud=True),
    "@cf/zai-org/glm-4.7-flash": _SWITCHED,
    "@cf/zai-org/glm-5.2": _GLM_5_2,
    "@cf/zai-org/glm-5.3": _GLM_5_3,
    "@cf/zai-org/glm-5.3-flash": _GLM_5_3,
}
"""The text models that differ; all others are `ORDINARY`."""


def chat_form_of(model: str) -> ChatForm:
    """Give the row of *model*."""
    return CHAT_FORMS.get(model, ORDINARY)
