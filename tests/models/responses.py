"""Text in the form of the Responses API (docs/wire.md 3.1)."""

from typing import Any

from models.case import Case
from models.texts import ECHO

import cfai

MODELS = ("@cf/openai/gpt-oss-120b", "@cf/openai/gpt-oss-20b")
THOUGHT = "The cfai emulator does not think. It was asked to, and says so here."


def thought(answer: Any) -> tuple[str, str, str]:
    return answer.text, answer.reasoning, answer.raw["object"]


CASES = (
    *(
        Case(
            model,
            cfai.Responses("Say hello"),
            b'{"input":"Say hello"}',
            cfai.GeneratedText,
            thought,
            (ECHO, THOUGHT, "response"),
        )
        for model in MODELS
    ),
    *(
        Case(
            model,
            cfai.Responses(
                [{"role": "user", "content": "Say hello"}],
                instructions="Be brief",
                max_output_tokens=100,
                temperature=0.5,
                top_p=0.9,
                reasoning={"effort": "low"},
            ),
            b'{"input":[{"role":"user","content":"Say hello"}],"instructions":"Be brief","max_output_tokens":100,'
            b'"temperature":0.5,"top_p":0.9,"reasoning":{"effort":"low"}}',
            cfai.GeneratedText,
            thought,
            (ECHO, THOUGHT, "response"),
        )
        for model in MODELS
    ),
    Case(
        "@cf/openai/gpt-oss-20b",
        cfai.Responses("Hi", text={"format": {"type": "json_schema", "name": "a", "schema": {"const": {"a": 1}}}}),
        b'{"input":"Hi","text":{"format":{"type":"json_schema","name":"a","schema":{"const":{"a":1}}}}}',
        cfai.GeneratedText,
        lambda answer: answer.parsed,
        {"a": 1},
    ),
)
