"""Text about pictures: in conversations, and by the models that take nothing else (docs/wire.md 3.2, 3.6)."""

from typing import Any

from models.case import PNG, PNG_INTS, PNG_URL, Case

import cfai

SEEING_CHAT = (
    "@cf/google/gemma-4-26b-a4b-it",
    "@cf/meta/llama-4-scout-17b-16e-instruct",
    "@cf/mistralai/mistral-small-3.1-24b-instruct",
    "@cf/moonshotai/kimi-k2.6",
    "@cf/moonshotai/kimi-k2.7-code",
    "@cf/qwen/qwen3.8-27b",
    "@cf/zai-org/glm-5.3-flash",
)
"""Models whose pictures live in messages, and nowhere else."""
LLAMA = "@cf/meta/llama-3.2-11b-vision-instruct"
LLAVA = "@cf/llava-hf/llava-1.5-7b-hf"
MOONDREAM = "@cf/moondream/moondream3.1-9B-A2B"
RESNET = "@cf/microsoft/resnet-50"

WHAT = "What is this?"
BRIEF = {"role": "system", "content": "Be brief"}
EARLIER = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]
PICTURE = {"type": "image_url", "image_url": {"url": PNG}}
PARTS = [{"type": "text", "text": WHAT}, PICTURE]

_PARTS = b'[{"type":"text","text":"What is this?"},{"type":"image_url","image_url":{"url":' + PNG_URL + b"}}]"
_ONE = b'{"messages":[{"role":"user","content":' + _PARTS + b"}]}"
_TALK = b'[{"role":"system","content":"Be brief"},{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"}'
_MANY = b'{"messages":' + _TALK + b',{"role":"user","content":' + _PARTS + b"}]}"


def echo(answer: Any) -> bool:
    return answer.text.endswith(f"You asked: {WHAT}")


def description(answer: Any) -> bool:
    return "emulator" in answer.text


def _in_messages(model: str) -> tuple[Case, ...]:
    spoken = {"role": "user", "content": WHAT}
    return (
        Case(
            model,
            cfai.ImagePrompt(PNG, WHAT),
            _ONE,
            cfai.GeneratedText,
            echo,
            True,
            mapping={"messages": [{"role": "user", "content": PARTS}]},
        ),
        Case(
            model,
            cfai.ImageMessages(PNG, [BRIEF, *EARLIER, spoken]),
            _MANY,
            cfai.GeneratedText,
            echo,
            True,
            mapping={"messages": [BRIEF, *EARLIER, {"role": "user", "content": PARTS}]},
        ),
        Case(
            model,
            cfai.Messages([{"role": "user", "content": PARTS}]),
            _ONE,
            cfai.GeneratedText,
            echo,
            True,
            mapping={"messages": ({"role": "user", "content": tuple(PARTS)},)},
        ),
    )


_AT_THE_TOP = (
    Case(
        LLAMA,
        cfai.ImagePrompt(PNG, WHAT, max_tokens=30),
        b'{"image":' + PNG_INTS + b',"prompt":"What is this?","max_tokens":30}',
        cfai.GeneratedText,
        echo,
        True,
        mapping={"image": PNG, "prompt": WHAT, "max_tokens": 30},
    ),
    Case(
        LLAMA,
        cfai.ImageMessages(PNG, [{"role": "user", "content": WHAT}]),
        b'{"image":' + PNG_INTS + b',"messages":[{"role":"user","content":"What is this?"}]}',
        cfai.GeneratedText,
        echo,
        True,
        mapping={"image": PNG, "messages": [{"role": "user", "content": WHAT}]},
    ),
)

_LLAVA = (
    Case(
        LLAVA,
        cfai.ImageToText(PNG),
        PNG,
        cfai.Description,
        description,
        True,
        mapping={"image": PNG},
        content_type="image/png",
    ),
    Case(
        LLAVA,
        cfai.ImageToText(PNG, prompt=WHAT, max_tokens=30),
        b'{"image":' + PNG_INTS + b',"prompt":"What is this?","max_tokens":30}',
        cfai.Description,
        description,
        True,
        mapping={"image": PNG, "prompt": WHAT, "max_tokens": 30},
    ),
    Case(
        LLAVA,
        cfai.ImagePrompt(PNG, WHAT),
        b'{"image":' + PNG_INTS + b',"prompt":"What is this?"}',
        cfai.GeneratedText,
        description,
        True,
        mapping={"image": PNG, "prompt": WHAT},
        mapping_answer=cfai.Description,
    ),
    Case(
        LLAVA,
        cfai.ImageMessages(PNG, [{"role": "user", "content": WHAT}]),
        b'{"image":' + PNG_INTS + b',"messages":[{"role":"user","content":"What is this?"}]}',
        cfai.GeneratedText,
        description,
        True,
        mapping={"image": PNG, "messages": [{"role": "user", "content": WHAT}]},
        mapping_answer=cfai.Description,
    ),
)

_CLASSIFIED = (
    Case(
        RESNET,
        cfai.ImageClassification(PNG),
        PNG,
        list[cfai.Classification],
        len,
        5,
        mapping={"image": PNG},
        content_type="image/png",
    ),
)

_MOONDREAM = (
    Case(
        MOONDREAM,
        cfai.VisionQuery(PNG, task="query", question=WHAT, reasoning=True),
        b'{"image":' + PNG_URL + b',"task":"query","question":"What is this?","reasoning":true,"stream":false}',
        cfai.VisionAnswer,
        lambda answer: (echo(answer), answer.caption, bool(answer.reasoning)),
        (True, None, True),
        mapping={"image": PNG, "task": "query", "question": WHAT, "reasoning": True, "stream": False},
    ),
    Case(
        MOONDREAM,
        cfai.VisionQuery("https://example.com/cat.png", task="caption", caption_length="short", max_tokens=30),
        b'{"image":"https://example.com/cat.png","task":"caption","caption_length":"short","max_tokens":30,'
        b'"stream":false}',
        cfai.VisionAnswer,
        lambda answer: ("emulator" in answer.caption, answer.answer),
        (True, None),
    ),
    *(
        Case(
            MOONDREAM,
            cfai.VisionQuery(PNG, task=task, target="cat", max_objects=2),
            b'{"image":' + PNG_URL + b',"task":"' + task.encode() + b'","target":"cat","max_objects":2,"stream":false}',
            cfai.VisionAnswer,
            lambda answer: (bool(answer.points), bool(answer.objects), answer.text),
            (task == "point", task == "detect", ""),
            mapping={"image": PNG, "task": task, "target": "cat", "max_objects": 2, "stream": False},
        )
        for task in ("point", "detect")
    ),
)

CASES = (
    *(case for model in SEEING_CHAT for case in _in_messages(model)),
    *_AT_THE_TOP,
    *_LLAVA,
    *_CLASSIFIED,
    *_MOONDREAM,
)
