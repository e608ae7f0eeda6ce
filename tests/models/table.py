"""The cases of all models, those without one, and those that are gone."""

from models import pictures, responses, sights, small, sounds, texts, vectors

CASES = (
    *texts.CASES,
    *responses.CASES,
    *sights.CASES,
    *sounds.CASES,
    *vectors.CASES,
    *pictures.CASES,
    *small.CASES,
)

LEFT_OUT = {
    "@cf/deepgram/flux": "WebSocket only: it answers no POST, and cfai refuses it before anything is sent",
    "@cf/meta/llama-3.1-70b-instruct-fp8-fast": "only its price is published",
    "@cf/meta/llama-3.1-8b-instruct-fp8-fast": "only its price is published",
    "@cf/swiss-ai/apertus-v1.5-8b": "access by request, and no schema is published",
    "@cf/utter-project/eurollm-9b-it": "access by request, and no schema is published",
}

"""Models of the catalogue without a case, and why."""

DEPRECATED = {
    "2025-10-01": (
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
    ),
    "2026-05-30": (
        "@cf/defog/sqlcoder-7b-2",
        "@cf/facebook/bart-large-cnn",
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
        "@cf/moonshotai/kimi-k2.5",
        "@cf/unum/uform-gen2-qwen-500m",
        "@hf/google/gemma-7b-it",
        "@hf/meta-llama/meta-llama-3-8b-instruct",
        "@hf/mistral/mistral-7b-instruct-v0.2",
        "@hf/nousresearch/hermes-2-pro-mistral-7b",
    ),
}
"""The 37 models that are refused, by the day from which on they are."""
