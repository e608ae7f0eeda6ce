"""Models that write text, and those that extract and decide."""

from typing import Final

from .chat_form import ALWAYS, AS_ALL, SWITCH, ChatForm, Effort
from .input_form import AS_ITS_TASK, InputForm, MediaForm
from .limits import Limits
from .row import (
    AGREE,
    BATCH,
    BETA,
    BY_REQUEST,
    CHAT,
    DECISIONS,
    EXTRACTION,
    HYBRID,
    JSON_MODE,
    LORA,
    NATIVE,
    NO,
    PAID,
    REASONING,
    RESPONSES,
    TERMS,
    TOOLS,
    VISION,
    Price,
    Row,
    Trait,
    tokens,
)
from .task import MESSAGES, TEXT_GENERATION, ParamsNames, Task

TASKS: Final = {
    TEXT_GENERATION: Task(("Prompt", "Messages", "ImagePrompt", "ImageMessages"), "prompt", MESSAGES, 300),
}

_THINKS: Final = REASONING | TOOLS | JSON_MODE
_SEES: Final = VISION | _THINKS

# What models can't whose schema of the input has no place for pictures (docs/wire.md 3.1).
_BLIND: Final = VISION
_RESPONDING: Final = (*TASKS[TEXT_GENERATION].params, "Responses")

PICTURES: Final = ChatForm(pictures_in_messages=True)
_SWITCHED: Final = ChatForm(pictures_in_messages=True, effort=SWITCH)
_DEEPSEEK_4: Final = ChatForm(
    pictures_in_messages=True, effort=Effort("none", "low", "high", "max", mapped=("minimal", "medium", "xhigh"))
)
_GLM_5_2: Final = ChatForm(
    pictures_in_messages=True, effort=Effort("none", "high", "max", mapped=("minimal", "low", "medium", "xhigh"))
)
# The service maps "none" to "max" here. Who asks for no thinking gets the least there is instead.
_GLM_5_3: Final = ChatForm(
    pictures_in_messages=True, effort=Effort("low", "high", "max", mapped=("minimal", "medium", "xhigh"))
)
_GPT_OSS: Final = ChatForm(pictures_in_messages=True, effort=Effort("low", "medium", "high"))
_KIMI_2_6: Final = ChatForm(pictures_in_messages=True, effort=Effort("none", "high"))
_QWEN_3_8: Final = ChatForm(pictures_in_messages=True, effort=Effort("low", "medium", "xhigh", switch=True))
_THINKER: Final = ChatForm(pictures_in_messages=True, effort=ALWAYS)
_TEXTS: Final = ChatForm(texts_alone=True)
_LLAMA: Final = ChatForm(texts_alone=True, calls_in_content=True)
_LLAMA_OF_PARTS: Final = ChatForm(calls_in_content=True)

_DECIDING: Final = {"images": MediaForm.DATA_URL, "audio": MediaForm.DATA_URL, "videos": MediaForm.DATA_URL}
_BY_OMNI: Final = "sees pictures alone; clef-omni takes it"
_BY_CLAIRIC: Final = {"Extraction": "decides and extracts no fields: ask @cf/cloudflare/clairic"}
_BY_CLEF: Final = {"DecisionQuery": "extracts fields and decides nothing: ask @cf/cloudflare/clef"}
_CLEF: Final = InputForm(_DECIDING, lacks={"audio": _BY_OMNI, "videos": _BY_OMNI}, refuses=_BY_CLAIRIC, no_options=True)

_MIB: Final = 2**20
_QUESTIONS: Final = Limits("questions", 64)
_PICTURES: Final = ("image/png", "image/jpeg", "image/webp")


def _text(
    name: str,
    family: str,
    traits: Trait,
    window: int | None = None,
    prices: tuple[Price, ...] = (),
    *,
    text_key: str | None = None,
    file_key: str | None = None,
    note: str = "",
    input: InputForm = AS_ITS_TASK,
    chat: ChatForm = AS_ALL,
    limits: Limits | None = None,
    params: ParamsNames | None = None,
    cannot: Trait = NO,
) -> Row:
    return Row(
        name,
        TEXT_GENERATION,
        family,
        traits,
        window,
        prices,
        text_key=text_key,
        file_key=file_key,
        note=note,
        input=input,
        chat=chat,
        limits=limits,
        params=params,
        cannot=cannot,
    )


ROWS: Final = (
    _text(
        "@cf/aisingapore/gemma-sea-lion-v4-27b-it",
        CHAT,
        JSON_MODE | BATCH,
        128_000,
        tokens(0.351, 31_876, 0.555, 50_488),
        chat=PICTURES,
        cannot=_BLIND,
    ),
    # No page of Cloudflare's describes it: what is here comes from other clients (docs/wire.md 3.6).
    _text(
        "@cf/cloudflare/clairic",
        EXTRACTION,
        VISION | BETA,
        65_536,
        tokens(0.1, None),
        text_key="state",
        file_key="images",
        input=InputForm({"images": MediaForm.DATA_URL}, refuses=_BY_CLEF),
        limits=Limits("fields", 100, each={"images": 4 * _MIB}, together=8 * _MIB, media_types=_PICTURES),
        params=("Extraction",),
    ),
    _text(
        "@cf/cloudflare/clef",
        DECISIONS,
        VISION | TERMS,
        65_536,
        tokens(0.24, 21_818),
        text_key="state",
        file_key="images",
        input=_CLEF,
        limits=_QUESTIONS,
        params=("DecisionQuery",),
    ),
    _text(
        "@cf/cloudflare/clef-flash",
        DECISIONS,
        VISION,
        24_000,
        tokens(0.038, None),
        text_key="state",
        file_key="images",
        input=_CLEF,
        limits=_QUESTIONS,
        params=("DecisionQuery",),
    ),
    _text(
        "@cf/cloudflare/clef-omni",
        DECISIONS,
        VISION | TERMS,
        64_000,
        tokens(0.15, None),
        text_key="state",
        file_key="images",
        input=InputForm(_DECIDING, refuses=_BY_CLAIRIC, no_options=True),
        limits=Limits(
            "questions",
            64,
            each={"audio": 8 * _MIB, "videos": 16 * _MIB},
            together=16 * _MIB,
            as_base64=("images",),
        ),
        params=("DecisionQuery",),
    ),
    _text(
        "@cf/deepseek-ai/deepseek-r1-distill-qwen-32b",
        NATIVE,
        REASONING | JSON_MODE | TERMS,
        80_000,
        tokens(0.497, 45_170, 4.881, 443_756),
        chat=ChatForm(texts_alone=True, effort=ALWAYS, thinks_aloud=True),
        cannot=_BLIND,
    ),
    _text(
        "@cf/deepseek-ai/deepseek-v4-flash-0731",
        CHAT,
        _THINKS | BATCH | PAID,
        1_048_576,
        tokens(0.44, 40_000, 1.32, 120_000, cached=(0.014, 1273)),
        chat=_DEEPSEEK_4,
    ),
    _text(
        "@cf/deepseek-ai/deepseek-v4-pro-0813",
        CHAT,
        _THINKS | PAID,
        1_048_576,
        tokens(1.32, 120_000, 3.96, 360_000, cached=(0.044, 4000)),
        chat=_DEEPSEEK_4,
    ),
    _text("@cf/google/gemma-2b-it-lora", NATIVE, JSON_MODE | LORA | BETA, 8192, chat=_TEXTS, cannot=_BLIND),
    _text(
        "@cf/google/gemma-4-26b-a4b-it",
        CHAT,
        _SEES | BATCH | TERMS,
        256_000,
        tokens(0.1, 9091, 0.3, 27_273),
        note="131,072 tokens were stated in April 2026",
        chat=_SWITCHED,
    ),
    _text("@cf/google/gemma-7b-it-lora", NATIVE, JSON_MODE | LORA | BETA, 3500, chat=_TEXTS, cannot=_BLIND),
    _text(
        "@cf/ibm-granite/granite-4.0-h-micro",
        NATIVE,
        TOOLS | JSON_MODE,
        131_000,
        tokens(0.017, 1542, 0.112, 10_158),
        chat=_TEXTS,
        cannot=_BLIND,
    ),
    _text("@cf/meta-llama/llama-2-7b-chat-hf-lora", NATIVE, JSON_MODE | LORA | BETA, 8192, chat=_TEXTS, cannot=_BLIND),
    _text(
        "@cf/meta/llama-3.1-70b-instruct-fp8-fast", NATIVE, NO, None, tokens(0.293, 26_668, 2.253, 204_805), chat=_LLAMA
    ),
    _text("@cf/meta/llama-3.1-8b-instruct-fast", NATIVE, TERMS | BETA, chat=_LLAMA),
    _text(
        "@cf/meta/llama-3.1-8b-instruct-fp8",
        NATIVE,
        JSON_MODE | TERMS,
        32_000,
        tokens(0.152, 13_778, 0.287, 26_128),
        chat=_LLAMA,
        cannot=_BLIND,
    ),
    _text("@cf/meta/llama-3.1-8b-instruct-fp8-fast", NATIVE, NO, None, tokens(0.045, 4119, 0.384, 34_868), chat=_LLAMA),
    _text(
        "@cf/meta/llama-3.2-11b-vision-instruct",
        NATIVE,
        VISION | LORA | TERMS | AGREE,
        128_000,
        tokens(0.049, 4410, 0.676, 61_493),
        file_key="image",
        input=InputForm({"image": MediaForm.INTS}),
        chat=_LLAMA_OF_PARTS,
    ),
    _text(
        "@cf/meta/llama-3.2-1b-instruct",
        NATIVE,
        JSON_MODE | TERMS,
        60_000,
        tokens(0.027, 2457, 0.201, 18_252),
        chat=_LLAMA,
        cannot=_BLIND,
    ),
    _text(
        "@cf/meta/llama-3.2-3b-instruct",
        NATIVE,
        JSON_MODE | TERMS,
        80_000,
        tokens(0.051, 4625, 0.335, 30_475),
        chat=_LLAMA,
        cannot=_BLIND,
    ),
    _text(
        "@cf/meta/llama-3.3-70b-instruct-fp8-fast",
        HYBRID,
        TOOLS | JSON_MODE | BATCH | TERMS,
        24_000,
        tokens(0.293, 26_668, 2.253, 204_805),
        chat=_LLAMA_OF_PARTS,
        cannot=_BLIND,
    ),
    _text(
        "@cf/meta/llama-4-scout-17b-16e-instruct",
        NATIVE,
        VISION | TOOLS | JSON_MODE | BATCH | TERMS,
        131_000,
        tokens(0.27, 24_545, 0.85, 77_273),
        chat=ChatForm(pictures_in_messages=True, calls_in_content=True),
    ),
    _text(
        "@cf/meta/llama-guard-3-8b",
        NATIVE,
        JSON_MODE,
        131_072,
        tokens(0.484, 44_003, 0.03, 2730),
        text_key=MESSAGES,
        chat=ChatForm(prompt_in_messages=True, texts_alone=True),
        cannot=_BLIND | TOOLS,
    ),
    _text("@cf/mistral/mistral-7b-instruct-v0.2-lora", NATIVE, JSON_MODE | LORA, 15_000, chat=_TEXTS, cannot=_BLIND),
    _text(
        "@cf/mistralai/mistral-small-3.1-24b-instruct",
        NATIVE,
        TOOLS | JSON_MODE | LORA,
        128_000,
        tokens(0.351, 31_876, 0.555, 50_488),
        chat=PICTURES,
    ),
    _text(
        "@cf/moonshotai/kimi-k2.6",
        CHAT,
        _SEES | BATCH | PAID | TERMS,
        262_144,
        tokens(0.95, 86_364, 4, 363_636, cached=(0.16, 14_545)),
        chat=_KIMI_2_6,
    ),
    _text(
        "@cf/moonshotai/kimi-k2.7-code",
        CHAT,
        _SEES | PAID | TERMS,
        262_144,
        tokens(0.95, 86_364, 4, 363_636, cached=(0.19, 17_273)),
        chat=_THINKER,
    ),
    _text(
        "@cf/nvidia/nemotron-3-120b-a12b",
        CHAT,
        _THINKS | TERMS,
        256_000,
        tokens(0.5, 45_455, 1.5, 136_364),
        chat=_SWITCHED,
    ),
    _text(
        "@cf/openai/gpt-oss-120b",
        RESPONSES,
        _THINKS | BATCH,
        128_000,
        tokens(0.35, 31_818, 0.75, 68_182),
        chat=_GPT_OSS,
        params=_RESPONDING,
    ),
    _text(
        "@cf/openai/gpt-oss-20b",
        RESPONSES,
        _THINKS,
        128_000,
        tokens(0.2, 18_182, 0.3, 27_273),
        chat=_GPT_OSS,
        params=_RESPONDING,
    ),
    _text(
        "@cf/qwen/qwen2.5-coder-32b-instruct",
        NATIVE,
        JSON_MODE | LORA,
        32_768,
        tokens(0.66, 60_000, 1, 90_909),
        chat=_TEXTS,
        cannot=_BLIND,
    ),
    _text(
        "@cf/qwen/qwen3-30b-a3b-fp8",
        CHAT,
        _THINKS | BATCH,
        32_768,
        tokens(0.051, 4625, 0.335, 30_475),
        chat=PICTURES,
        cannot=_BLIND,
    ),
    _text(
        "@cf/qwen/qwen3.8-27b",
        CHAT,
        _SEES | BATCH,
        262_144,
        tokens(0.45, 40_909, 3.2, 290_909, cached=(0.05, None)),
        chat=_QWEN_3_8,
    ),
    _text(
        "@cf/qwen/qwq-32b",
        NATIVE,
        REASONING | JSON_MODE | LORA,
        24_000,
        tokens(0.66, 60_000, 1, 90_909),
        chat=ChatForm(pictures_in_messages=True, effort=ALWAYS, thinks_aloud=True),
    ),
    _text("@cf/swiss-ai/apertus-v1.5-8b", "", VISION | TOOLS | BY_REQUEST, 262_144),
    _text("@cf/utter-project/eurollm-9b-it", "", TOOLS | BY_REQUEST, 32_000),
    _text("@cf/zai-org/glm-4.7-flash", CHAT, _THINKS, 131_072, tokens(0.0605, 5500, 0.4, 36_400), chat=_SWITCHED),
    _text(
        "@cf/zai-org/glm-5.2",
        CHAT,
        _THINKS | PAID,
        256_000,
        tokens(1.4, 127_273, 4.4, 400_000, cached=(0.26, 23_636)),
        chat=_GLM_5_2,
    ),
    _text(
        "@cf/zai-org/glm-5.3",
        CHAT,
        _THINKS | PAID,
        1_048_576,
        tokens(1.4, 127_273, 4.4, 400_000, cached=(0.26, 23_636)),
        chat=_GLM_5_3,
    ),
    _text(
        "@cf/zai-org/glm-5.3-flash",
        CHAT,
        _SEES | PAID | TERMS,
        1_048_576,
        tokens(0.15, 13_636, 0.5, 45_455, cached=(0.03, 2727)),
        chat=_GLM_5_3,
    ),
)
