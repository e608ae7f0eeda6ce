"""The bodies that the server sends and that the rows without a call decode: JSON as the service writes it."""

import base64
import json
import random
from collections.abc import Iterable

VECTORS, WIDTH = 100, 1024
WORDS = 5_000
PICTURE, LARGE_PICTURE = 4 * 2**20, 6 * 2**20
"""Bytes of the pictures before base64, which makes 8 MB of the large one."""
BURST, LONG = 2_000, 100_000
"""Events with text of the streams, beside the last ones."""


def labels() -> bytes:
    """Write the answer of a classifier: a small call's."""
    return _written(_labels())


def hub_labels() -> bytes:
    """Write the same as Hugging Face's service does."""
    return _plain([_labels()])


def chat() -> bytes:
    """Write a small answer of a chat in OpenAI's form, which has no envelope."""
    message = {"role": "assistant", "content": "You like it."}
    usage = {"prompt_tokens": 12, "completion_tokens": 5, "total_tokens": 17}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return _plain(
        {"id": "chat-1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": usage}
    )


def native_chat() -> bytes:
    """Write a small answer of a chat in the service's own form."""
    return _written({"response": "You like it.", "tool_calls": [], "usage": {"prompt_tokens": 12, "total_tokens": 17}})


def vectors() -> bytes:
    """Write 100 embeddings."""
    return _written({"shape": [VECTORS, WIDTH], "data": _numbers(), "pooling": "cls"})


def hub_vectors() -> bytes:
    """Write the same as Hugging Face's service does."""
    return _plain(_numbers())


def openai_vectors() -> bytes:
    """Write the same in OpenAI's form."""
    data = [{"object": "embedding", "index": number, "embedding": row} for number, row in enumerate(_numbers())]
    return _plain({"object": "list", "data": data, "model": "m", "usage": {"prompt_tokens": 300, "total_tokens": 300}})


def hub_speech() -> bytes:
    """Write what Hugging Face's service heard: a text."""
    return _plain({"text": "word0 word1"})


def speech(count: int = WORDS) -> bytes:
    """Write what whisper heard: *count* words."""
    words = [
        {"word": f"word{number}", "start": round(number * 0.37, 2), "end": round(number * 0.37 + 0.29, 2)}
        for number in range(count)
    ]
    text = " ".join(f"word{number}" for number in range(count))
    lines = [f"{word['start']:06.3f} --> {word['end']:06.3f}\n{word['word']}\n" for word in words]
    vtt = "\n".join(["WEBVTT\n", *lines])
    return _written({"text": text, "word_count": count, "words": words, "vtt": vtt})


def picture(size: int = PICTURE) -> bytes:
    """Write a picture as base64. Noise behind a JPEG's first bytes: nobody looks further."""
    data = b"\xff\xd8\xff\xe0" + random.Random(0).randbytes(size - 4)
    return _written({"image": base64.b64encode(data).decode()})


def native_stream(count: int = BURST) -> bytes:
    """Write a text in *count* native chunks, each with padding of another length, as the service does."""
    chunks: list[object] = [{"response": _word(place), "p": "abdefghijklmnop"[: place % 15]} for place in range(count)]
    chunks.append({"response": "", "usage": {"prompt_tokens": 12, "completion_tokens": count, "total_tokens": count}})
    return _events(chunks)


def chat_stream(count: int = BURST) -> bytes:
    """Write it in chunks of OpenAI's form, each with its part of the usage."""
    usage = {"prompt_tokens": 0, "completion_tokens": 1, "total_tokens": 1, "neurons": 0.25}
    chunks = [_chunk({"content": _word(place)}, None) | {"usage": usage} for place in range(count)]
    return _events([_chunk({"role": "assistant", "content": ""}, None), *chunks, _chunk({}, "stop")])


def _word(place: int) -> str:
    return f" word{place % 100}"


def _chunk(delta: dict[str, str], reason: str | None) -> dict[str, object]:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
    return {"id": "chat-1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}


def _events(chunks: Iterable[object]) -> bytes:
    return b"".join(b"data: %b\n\n" % data for data in (*map(_plain, chunks), b"[DONE]"))


def _labels() -> list[dict[str, object]]:
    return [{"label": "NEGATIVE", "score": 0.00012}, {"label": "POSITIVE", "score": 0.99988}]


def _numbers() -> list[list[float]]:
    numbers = random.Random(0)
    return [[round(numbers.uniform(-1, 1), 8) for _ in range(WIDTH)] for _ in range(VECTORS)]


def _written(result: object) -> bytes:
    return _plain({"result": result, "success": True, "errors": [], "messages": []})


def _plain(body: object) -> bytes:
    return json.dumps(body, separators=(",", ":")).encode()
