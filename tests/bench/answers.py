"""The bodies that the server sends and that the rows without a call decode: JSON as the service writes it."""

import base64
import json
import random

VECTORS, WIDTH = 100, 1024
WORDS = 5_000
PICTURE = 4 * 2**20
"""Bytes of the picture before base64."""


def labels() -> bytes:
    """Write the answer of a classifier: a small call's."""
    return _written([{"label": "NEGATIVE", "score": 0.00012}, {"label": "POSITIVE", "score": 0.99988}])


def vectors() -> bytes:
    """Write 100 embeddings."""
    numbers = random.Random(0)
    data = [[round(numbers.uniform(-1, 1), 8) for _ in range(WIDTH)] for _ in range(VECTORS)]
    return _written({"shape": [VECTORS, WIDTH], "data": data, "pooling": "cls"})


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


def picture() -> bytes:
    """Write a picture of 4 MB as base64. Noise behind a JPEG's first bytes: nobody looks further."""
    data = b"\xff\xd8\xff\xe0" + random.Random(0).randbytes(PICTURE - 4)
    return _written({"image": base64.b64encode(data).decode()})


def _written(result: object) -> bytes:
    envelope = {"result": result, "success": True, "errors": [], "messages": []}
    return json.dumps(envelope, separators=(",", ":")).encode()
