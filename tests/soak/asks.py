"""The calls of the soak: each with what has to come of it, so that no run can pass because nothing works."""

import asyncio
import io
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, NamedTuple

import cfai

ACCOUNT = "0123456789abcdef" * 2
TOKEN = "a-token-that-nobody-takes"
HI = cfai.Prompt("Say hello")
SLOW, HANG = "@cf/soak/slow", "@cf/soak/hang"
WHISPER, WHISPER_THAT_HANGS = "@cf/openai/whisper", "@cf/openai/whisper-tiny-en"
SLOW_NOVA = "@cf/deepgram/nova-3"

SOUND = b"ID3\x04".ljust(2**20 + 2**18, b"\0")
"""Bytes that look like an MP3: more than are sent in one piece."""
_SOON = cfai.RequestOptions(timeout=0.05)
_STEPS = (0.0, 0.001, 0.01, 0.05)
"""Seconds after which a call is cancelled: as it begins, on its way, in its answer."""


class Unexpected(Exception):
    """Something else came of a call than has to."""


class Ask(NamedTuple):
    """One call."""

    model: str
    params: Callable[[], Any]
    """Makes them: an async iterable can be sent only once."""
    comes: type
    """The class of its answer or of its error."""
    options: cfai.RequestOptions | None = None


class SlowFile(io.BytesIO):
    """An open file whose first read holds a worker thread up."""

    slow = True

    def read(self, size: int | None = -1, /) -> bytes:
        """Read, after a while."""
        if self.slow:
            time.sleep(0.2)
            self.slow = False
        return super().read(size)


async def _flow() -> AsyncIterator[bytes]:
    for start in range(0, 2**18, 2**16):
        yield SOUND[start : start + 2**16]
        await asyncio.sleep(0)


async def _endless() -> AsyncIterator[bytes]:
    while True:
        yield SOUND[: 2**14]
        await asyncio.sleep(0.01)


def _said(of: Callable[[], Any]) -> Callable[[], Any]:
    return lambda: cfai.AutomaticSpeechRecognition(of())


def asks(directory: str) -> list[Ask]:
    """Give the calls: good answers, refusals, answers that are none, lost connections, and time limits."""
    file = Path(directory, "sound.mp3")
    file.write_bytes(SOUND)
    text, vectors = (lambda: HI), (lambda: cfai.TextEmbeddings(["a", "b"]))
    picture = lambda: cfai.TextToImage("a red cat")  # noqa: E731  # as its neighbours
    good = [
        Ask("@cf/soak/text", text, cfai.GeneratedText),
        Ask("@cf/soak/text", lambda: {"prompt": "Say hello"}, cfai.GeneratedText),
        Ask("@cf/soak/vectors", vectors, cfai.Embeddings),
        Ask("@cf/soak/picture", picture, cfai.Image),
        Ask("@cf/soak/bytes", picture, cfai.Image),
        Ask(WHISPER, _said(lambda: SOUND[:4096]), cfai.Transcription),
        Ask(WHISPER, _said(lambda: file), cfai.Transcription),
        Ask(WHISPER, _said(_flow), cfai.Transcription),
    ]
    refused = [
        Ask("@cf/soak/bad-input", text, cfai.InvalidInput),
        Ask("@cf/soak/no-token", text, cfai.Unauthorized),
        Ask("@cf/soak/too-many", text, cfai.OutOfCapacity),
        Ask("@cf/soak/broken", text, cfai.ServerError),
        Ask("@cf/soak/refused", text, cfai.ModelNotFound),
        Ask("no model/at all", text, cfai.InvalidModelName),
        Ask(WHISPER, _said(lambda: Path(directory, "missing")), cfai.InvalidParams),
    ]
    lost = [
        Ask("@cf/soak/garbage", text, cfai.DecodeError),
        Ask("@cf/soak/misfit", vectors, cfai.DecodeError),
        Ask("@cf/soak/cut", text, cfai.TransportError),
        Ask("@cf/soak/reset", text, cfai.TransportError),
        Ask("@cf/soak/picture", picture, cfai.ResponseTooLarge, cfai.RequestOptions(max_response_bytes=2**16)),
        Ask(HANG, text, cfai.RequestTimeout, _SOON),
        Ask("@cf/soak/half", text, cfai.RequestTimeout, _SOON),
        Ask(WHISPER_THAT_HANGS, _said(lambda: file), cfai.RequestTimeout, _SOON),
        Ask(WHISPER_THAT_HANGS, _said(_endless), cfai.RequestTimeout, _SOON),
    ]
    return [ask for three in zip(good * 2, refused * 3, lost * 2, strict=False) for ask in (*three, good[0])]


def settings(base_url: str) -> dict[str, Any]:
    """Give what each client is made with. One attempt: what is soaked is the calls, and not the waits between."""
    options = cfai.RequestOptions(retry=None)
    return {"account_id": ACCOUNT, "api_token": TOKEN, "base_url": base_url, "options": options, "trust_env": False}


def check(ask: Ask, came: object) -> None:
    """Hold what came of *ask* to what has to."""
    if not isinstance(came, ask.comes):
        raise Unexpected(f"{ask.model}: expected {ask.comes.__name__}, got {came!r}")


async def make(ai: cfai.AsyncClient, ask: Ask, number: int) -> None:
    """Make a call, every third time with all that is known about it, every fifth by a copy of the client."""
    ai = ai if number % 5 else ai.with_options(timeout=60)
    came: object
    try:
        if number % 3:
            came = await ai.run(ask.model, ask.params(), ask.options)
        else:
            came = (await ai.request(ask.model, ask.params(), ask.options)).result
    except cfai.CfaiError as error:
        came = error
    check(ask, came)


def make_sync(ai: cfai.Client, ask: Ask, number: int) -> None:
    """Do the same with the other client."""
    ai = ai if number % 5 else ai.with_options(timeout=60)
    came: object
    try:
        if number % 3:
            came = ai.run(ask.model, ask.params(), ask.options)
        else:
            came = ai.request(ask.model, ask.params(), ask.options).result
    except cfai.CfaiError as error:
        came = error
    check(ask, came)


async def cancel(ai: cfai.AsyncClient, number: int) -> None:
    """Begin a call that gives no answer, and cancel it."""
    model, params = ((HANG, HI), (WHISPER_THAT_HANGS, cfai.AutomaticSpeechRecognition(_endless())))[number // 4 % 2]
    task = asyncio.create_task(ai.run(model, params))
    await asyncio.sleep(_STEPS[number % 4])
    task.cancel()
    [came] = await asyncio.gather(task, return_exceptions=True)
    if not isinstance(came, asyncio.CancelledError):
        raise Unexpected(f"expected a cancelled call, got {came!r}")


def directory() -> "tempfile.TemporaryDirectory[str]":
    """Make a place for the files that are sent."""
    return tempfile.TemporaryDirectory(prefix="cfai-soak-")
