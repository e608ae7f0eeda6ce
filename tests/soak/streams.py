"""The streams of the soak: each with what has to come of it, as with the calls."""

import asyncio
import contextlib
from typing import Any, NamedTuple

from asks import HI, Unexpected

import cfai

_SOON = cfai.RequestOptions(timeout=0.05)
_IDLE = cfai.RequestOptions(idle_timeout=0.05)
_STEPS = (0.0, 0.001, 0.01, 0.05)
"""Seconds after which a stream is cancelled."""
_ALL = 10**6


class Ask(NamedTuple):
    """One stream."""

    model: str
    comes: type
    """The class of its result, or of the error that it ends with."""
    options: cfai.RequestOptions | None = None
    most: int = _ALL
    """Events after which it is left."""
    params: Any = HI


STREAMS = [
    Ask("@cf/soak/stream", cfai.GeneratedText),
    Ask("@cf/soak/stream", cfai.StreamError, most=1),  # left: it has no result
    Ask("@cf/soak/stream-hang", cfai.StreamError, most=3),
    Ask("@cf/soak/stream", cfai.GeneratedText),
    Ask("@cf/soak/stream-cut", cfai.TransportError),
    Ask("@cf/soak/stream-truncated", cfai.StreamTruncated),
    Ask("@cf/soak/text", cfai.GeneratedText),
    Ask("@cf/soak/stream-refused", cfai.OutOfCapacity),
    Ask("@cf/soak/stream-hang", cfai.StreamIdle, _IDLE),
    Ask("@cf/soak/stream", cfai.GeneratedText),
    Ask("@cf/soak/stream-begun", cfai.RequestTimeout, _SOON),
    Ask("@cf/soak/bad-input", cfai.InvalidInput),
    Ask("@cf/soak/stream-bytes", cfai.Image, params=cfai.TextToImage("a red cat")),
    Ask("@cf/soak/stream-bytes", cfai.StreamError),
    Ask("@cf/soak/stream-bytes", cfai.StreamError, most=1, params=cfai.TextToImage("a red cat")),
    Ask("@cf/soak/stream-broken", cfai.TransportError),
    Ask("@cf/soak/hang", cfai.RequestTimeout, _SOON),
    Ask("@cf/soak/reset", cfai.TransportError),
]


def _check(ask: Ask, came: object) -> None:
    if isinstance(came, cfai.GeneratedText) and ask.most < _ALL and ask.model == "@cf/soak/stream":
        return  # all of it had come when it was left
    # Where bytes and their break come at once, nothing of the answer may have been seen: it is a broken call then.
    cut = ask.comes is cfai.TransportError and isinstance(came, cfai.StreamError)
    if not cut and not isinstance(came, ask.comes):
        raise Unexpected(f"{ask.model}, streamed: expected {ask.comes.__name__}, got {came!r}")


async def read(ai: cfai.AsyncClient, number: int) -> None:
    """Read a stream, every fifth by a copy of the client."""
    ai = ai if number % 5 else ai.with_options(timeout=60)
    ask = STREAMS[number % len(STREAMS)]
    came: object
    try:
        async with ai.stream(ask.model, ask.params, ask.options) as stream:
            count = 0
            async for _ in stream:
                count += 1
                if count == ask.most:
                    break
            came = stream.result
    except cfai.CfaiError as error:
        came = error
    _check(ask, came)


def read_sync(ai: cfai.Client, number: int) -> None:
    """Do the same with the other client."""
    ai = ai if number % 5 else ai.with_options(timeout=60)
    ask = STREAMS[number % len(STREAMS)]
    came: object
    try:
        with ai.stream(ask.model, ask.params, ask.options) as stream:
            for _ in zip(range(ask.most), stream, strict=False):
                pass
            came = stream.result
    except cfai.CfaiError as error:
        came = error
    _check(ask, came)


async def cancel(ai: cfai.AsyncClient, number: int) -> None:
    """Begin a stream that does not end, and cancel it: before its head, its first event, its second, its end."""
    model = ("hang", "stream-begun", "stream-hang", "stream-no-end")[number // 4 % 4]

    async def read_on() -> None:
        async with ai.stream(f"@cf/soak/{model}", HI) as stream:
            async for _ in stream:
                pass

    task = asyncio.create_task(read_on())
    await asyncio.sleep(_STEPS[number % 4])
    task.cancel()
    [came] = await asyncio.gather(task, return_exceptions=True)
    if not isinstance(came, asyncio.CancelledError):
        raise Unexpected(f"expected a cancelled stream, got {came!r}")


async def close_under_streams(ai: cfai.AsyncClient) -> None:
    """Close the client while two streams are read."""

    async def read_on() -> None:
        async with ai.stream("@cf/soak/stream-hang", HI) as stream:
            async for _ in stream:
                pass

    tasks = [asyncio.create_task(read_on()) for _ in range(2)]
    await asyncio.sleep(0.02)
    await ai.aclose()
    for came in await asyncio.gather(*tasks, return_exceptions=True):
        if not isinstance(came, cfai.ClientClosed):
            raise Unexpected(f"expected a stream to end with its client, got {came!r}")


def leave_to_the_close(ai: cfai.Client) -> None:
    """Begin a stream and close the client under it; what is left of it is dropped."""
    with ai.stream("@cf/soak/stream-hang", HI) as stream:
        next(stream)
        ai.close()
        with contextlib.suppress(cfai.ClientClosed):
            for _ in stream:
                pass
