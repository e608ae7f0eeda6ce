"""The other side of the soak: a process that answers well, badly or not at all, by the model's name.

Plain HTTP/1.1 on loopback, as cheaply as asyncio can. Prints its port, and ends when its standard input is closed.
"""

import asyncio
import base64
import enum
import json
import sys
from typing import NamedTuple

PICTURE = b"\xff\xd8\xff\xe0".ljust(256 * 1024, b"\x5a")
"""A JPEG for whoever looks at its first bytes."""


class Then(enum.Enum):
    """What becomes of the connection behind what was sent."""

    KEEP = "it takes the next request"
    CLOSE = "it is closed"
    ABORT = "it is reset"
    HANG = "nothing more comes"


class Reply(NamedTuple):
    """What is done about a request."""

    data: bytes = b""
    then: Then = Then.KEEP
    wait: float = 0.0
    """Seconds until the first byte."""


def _answer(body: bytes, status: int = 200, kind: str = "application/json", length: int | None = None) -> bytes:
    head = (
        f"HTTP/1.1 {status} Soaked\r\nContent-Type: {kind}\r\n"
        "cf-ai-req-id: 6a3f7c1e-52a1-4c53-9d4b-1f0a7f5d2b11\r\ncf-ai-neurons: 0.01\r\n"
        f"Content-Length: {len(body) if length is None else length}\r\n\r\n"
    )
    return head.encode() + body


def _good(result: object) -> bytes:
    return _answer(json.dumps({"result": result, "success": True, "errors": [], "messages": []}).encode())


def _bad(status: int, code: int, message: str) -> bytes:
    body = {"result": None, "success": False, "errors": [{"code": code, "message": message}], "messages": []}
    return _answer(json.dumps(body).encode(), status)


_STREAM = _answer(b"", kind="text/event-stream").replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


_SAID = _chunk(b'data: {"choices":[{"index":0,"delta":{"content":"Hello "},"finish_reason":null}]}\n\n' * 40)
_SAID_ALL = _chunk(b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n')
_REFUSED = _chunk(b'data: {"error":{"code":3040,"message":"Capacity temporarily exceeded"}}\n\n')
_END = _chunk(b"")
_TEXT = _good({"response": "Hello", "usage": {"prompt_tokens": 3, "completion_tokens": 1}})
_SPEECH = _good({"text": "hi", "word_count": 1, "words": [{"word": "hi", "start": 0.0, "end": 0.5}]})

REPLIES = {
    b"soak/text ": Reply(_TEXT),
    b"soak/slow ": Reply(_TEXT, wait=0.15),
    b"soak/vectors ": Reply(_good({"shape": [2, 64], "data": [[0.25] * 64] * 2})),
    b"soak/picture ": Reply(_good({"image": base64.b64encode(PICTURE).decode()})),
    b"soak/bytes ": Reply(_answer(PICTURE, kind="image/jpeg")),
    b"openai/whisper ": Reply(_SPEECH),
    b"deepgram/nova-3": Reply(_SPEECH, wait=0.15),
    b"soak/bad-input ": Reply(_bad(400, 5006, "required properties are missing")),
    b"soak/no-token ": Reply(_bad(401, 10000, "Authentication error")),
    b"soak/too-many ": Reply(_bad(429, 3040, "Capacity temporarily exceeded")),
    b"soak/broken ": Reply(_answer(b"<html>502 Bad Gateway</html>" * 200, 502, "text/html")),
    b"soak/refused ": Reply(_bad(200, 5007, "No such model")),
    b"soak/garbage ": Reply(_answer(b'{"result": {"response": tru')),
    b"soak/misfit ": Reply(_good({"shape": "none", "data": [["a"]]})),
    b"soak/cut ": Reply(_answer(b'{"result": ', length=5000), Then.CLOSE),
    b"soak/reset ": Reply(then=Then.ABORT),
    b"soak/hang ": Reply(then=Then.HANG),
    b"soak/half ": Reply(_answer(b'{"result": ', length=5000), Then.HANG),
    b"soak/stream ": Reply(_STREAM + _SAID + _SAID + _SAID_ALL + _END),
    b"soak/stream-no-end ": Reply(_STREAM + _SAID + _SAID_ALL, Then.HANG),
    b"soak/stream-hang ": Reply(_STREAM + _SAID, Then.HANG),
    b"soak/stream-begun ": Reply(_STREAM, Then.HANG),
    b"soak/stream-cut ": Reply(_STREAM + _SAID + b"ff\r\ndata: ", Then.CLOSE),
    b"soak/stream-truncated ": Reply(_STREAM + _SAID + _END),
    b"soak/stream-broken ": Reply(_STREAM + _SAID + b"no size\r\n", Then.CLOSE),
    b"soak/stream-refused ": Reply(_STREAM + _SAID + _REFUSED + _END),
    b"soak/stream-bytes ": Reply(_answer(PICTURE, kind="image/jpeg")),
    b"openai/whisper-tiny-en ": Reply(then=Then.HANG),
}


class Connection(asyncio.Protocol):
    """One connection. Requests on it come one after another; their bodies are thrown away."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.head = b""
        self.left = 0
        """Bytes of a body that are still to come."""
        self.tail: bytes | None = None
        """The last bytes of a body in chunks, which tells its end itself; the client sends nothing behind it."""
        self.reply = Reply()

    def data_received(self, data: bytes) -> None:
        if self.tail is not None:
            self._chunk(data)
        elif self.left:
            self._body(data)
        else:
            self._begin(data)

    def _begin(self, data: bytes) -> None:
        head, end, rest = (self.head + data).partition(b"\r\n\r\n")
        if not end:
            self.head = head
            return
        self.head = b""
        line, _, fields = head.partition(b"\r\n")
        fields = fields.lower()
        self.reply = next(reply for word, reply in REPLIES.items() if word in line)
        if b"transfer-encoding: chunked" in fields:
            self.tail = b""
            self._chunk(rest)
        else:
            self.left = int(fields.partition(b"content-length:")[2].partition(b"\r\n")[0])
            self._body(rest)

    def _chunk(self, data: bytes) -> None:
        self.tail = ((self.tail or b"") + data)[-5:]
        if self.tail == b"0\r\n\r\n":
            self.tail = None
            self._answer()

    def _body(self, data: bytes) -> None:
        self.left -= len(data)
        if not self.left:
            self._answer()

    def _answer(self) -> None:
        if self.reply.wait:
            asyncio.get_running_loop().call_later(self.reply.wait, self._send, self.reply)
        else:
            self._send(self.reply)

    def _send(self, reply: Reply) -> None:
        if reply.data:
            self.transport.write(reply.data)
        if reply.then is Then.CLOSE:
            self.transport.close()
        elif reply.then is Then.ABORT:
            self.transport.abort()


async def serve() -> None:
    """Serve until standard input is closed: the soak's end, however it comes, is ours too."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Connection, "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve())
