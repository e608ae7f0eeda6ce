"""Streams as a service sends them: server-sent events in HTTP's chunks, each cut wherever a test likes."""

import asyncio
import json
from collections.abc import Iterable
from typing import Any

from kit.server import Exchange, Gate, Step

HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
DONE = b"data: [DONE]\n\n"
END = b"0\r\n\r\n"
"""What ends a body in chunks."""


def sse(*events: Any) -> bytes:
    return b"".join(b"data: " + json.dumps(event).encode() + b"\n\n" for event in events)


def said(*texts: str) -> bytes:
    """Events of text in OpenAI's form."""
    return sse(*({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]} for text in texts))


def ended(reason: str = "stop", **usage: int) -> bytes:
    more = {"usage": usage} if usage else {}
    return sse({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}], **more}) + DONE


def framed(data: bytes) -> bytes:
    """One chunk of a body."""
    return b"%x\r\n%b\r\n" % (len(data), data)


def head(kind: str = "text/event-stream") -> bytes:
    return HEAD + f"Content-Type: {kind}\r\n\r\n".encode()


def stream(
    *pieces: bytes, kind: str = "text/event-stream", every: float = 0.0, then: Step | None = None, late: float = 0.0
) -> Step:
    """Send *pieces*, a chunk each, and what ends the body, *late*; or what *then* does instead of that end."""

    async def play(exchange: Exchange) -> bool | None:
        await exchange.send(head(kind))
        for piece in pieces:
            await exchange.send(framed(piece))
            await asyncio.sleep(every)
        if then is not None:
            return await then.play(exchange)
        await asyncio.sleep(late)
        await exchange.send(END)
        return True

    return Step(play)


def gated(gate: Gate, *pieces: bytes) -> Step:
    """Send *pieces* when *gate* opens, and the end of the body."""

    async def play(exchange: Exchange) -> bool:
        await exchange.send(b"".join(map(framed, pieces)) + END)
        return True

    return gate.before(Step(play))


def cut_at(data: bytes, places: Iterable[int]) -> list[bytes]:
    ends = [*sorted(places), len(data)]
    return [data[start:end] for start, end in zip([0, *ends], ends, strict=False) if start < end]
