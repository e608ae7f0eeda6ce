"""The process of one client: makes calls when it is told to, and says what CPU they took. The standard library alone.

A line of JSON on standard input names the work, how many calls and how many at once; a line on standard output answers
with the seconds. The client is made once and keeps its connections from turn to turn.
"""

import asyncio
import base64
import gc
import json
import resource
import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

ACCOUNT = "0123456789abcdef" * 2
TOKEN = "a-token-that-nobody-takes"
TEXT = "I like it"
TEXTS = [f"text {number}" for number in range(100)]
CLASSIFIER = "@cf/huggingface/distilbert-sst-2-int8"
CHAT = "@cf/meta/llama-3.2-3b-instruct"
EMBEDDER = "@cf/baai/bge-m3"
PAINTER = "@cf/black-forest-labs/flux-1-schnell"
LISTENER = "@cf/openai/whisper"
STREAMER = "@cf/zai-org/glm-4.7-flash"
"""Streams in OpenAI's form."""
MESSAGES = [{"role": "user", "content": TEXT}]

Call = Callable[[], Awaitable[object]]
Client = Callable[[str, Path], AbstractAsyncContextManager[Mapping[str, Call]]]
"""From the server's address and the file to upload to the calls, by the names of the works."""


def run(client: Client) -> None:
    """Do what standard input says until it ends."""
    asyncio.run(_serve(client, *sys.argv[1:]))


def decoded(picture: str) -> bytes:
    """Give the bytes of a picture in base64, which no peer decodes itself."""
    return base64.b64decode(picture)


async def _serve(client: Client, base_url: str, sound: str) -> None:
    async with client(base_url, Path(sound)) as calls:
        _say(works=list(calls))
        for line in sys.stdin:
            asked = json.loads(line)
            try:
                _say(cpu=await _cpu_of(calls[asked["work"]], asked["in_flight"], asked["calls"]))
            except Exception as failure:
                _say(failed=type(failure).__name__, why=str(failure)[:300])


async def _cpu_of(call: Call, in_flight: int, calls: int) -> float:
    await _make(call, in_flight, in_flight)  # opens the connections
    gc.collect()
    before = _cpu()
    await _make(call, in_flight, calls)
    return _cpu() - before


async def _make(call: Call, in_flight: int, calls: int) -> None:
    left = iter(range(calls))

    async def work() -> None:
        for _ in left:
            await call()

    await asyncio.gather(*(work() for _ in range(in_flight)))


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _say(**words: Any) -> None:
    print(json.dumps(words), flush=True)
