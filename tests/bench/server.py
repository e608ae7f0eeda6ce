"""The other side of the benchmark: a process that answers with ready-made bytes, as cheaply as asyncio can.

Plain HTTP/1.1 on loopback, one answer for each model, or for a peer's own address, chosen by a word in the request
line; so it does not matter that a peer writes `%2F` for a slash. Prints its port.
"""

import asyncio
import sys

import answers


def _answer(body: bytes) -> bytes:
    head = (
        "HTTP/1.1 200 OK\r\n"
        "Content-Type: application/json\r\n"
        "cf-ai-req-id: 6a3f7c1e-52a1-4c53-9d4b-1f0a7f5d2b11\r\n"
        "cf-ai-neurons: 0.01\r\n"
        "cf-ray: 8f0a1b2c3d4e5f60-AMS\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


_CHUNK, _PAUSE = 4_096, 0.002
"""Bytes of a chunk of HTTP, which does not end where an event does; seconds from an early event to the rest."""


def _stream(body: bytes) -> bytes:
    head = (
        "HTTP/1.1 200 OK\r\n"
        "Content-Type: text/event-stream\r\n"
        "cf-ai-req-id: 6a3f7c1e-52a1-4c53-9d4b-1f0a7f5d2b11\r\n"
        "cf-ray: 8f0a1b2c3d4e5f60-AMS\r\n"
        "Transfer-Encoding: chunked\r\n\r\n"
    )
    return head.encode() + _chunked(body)


def _chunked(body: bytes) -> bytes:
    pieces = [body[begin : begin + _CHUNK] for begin in range(0, len(body), _CHUNK)]
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces)


_END = b"0\r\n\r\n"
_FIRST, _REST = answers.native_stream(20).split(b"\n\n", 1)

ANSWERS = {
    b"ai/run/@cf/meta/llama-3.1": _stream(answers.native_stream()) + _END,
    b"ai/run/@cf/zai-org": _stream(answers.chat_stream()) + _END,
    b"ai/run/@cf/mistralai": _stream(answers.native_stream(answers.LONG)) + _END,
    b"ai/run/@cf/google": _stream(_FIRST + b"\n\n"),
    b"burst/": _stream(answers.chat_stream()) + _END,
    b"distilbert": _answer(answers.labels()),
    b"bge-m3": _answer(answers.vectors()),
    b"whisper": _answer(answers.speech(2)),
    b"flux-1-schnell": _answer(answers.picture()),
    b"lucid-origin": _answer(answers.picture(answers.LARGE_PICTURE)),
    b"ai/run/@cf/meta/llama": _answer(answers.native_chat()),
    b"v1/chat/completions": _answer(answers.chat()),
    b"v1/embeddings": _answer(answers.openai_vectors()),
    b"hub/classify": _answer(answers.hub_labels()),
    b"hub/embed": _answer(answers.hub_vectors()),
    b"hub/listen": _answer(answers.hub_speech()),
}
"""The first word that is there tells."""
LATER = {ANSWERS[b"ai/run/@cf/google"]: _chunked(_REST) + _END}
"""What comes after a pause: of a stream whose first event comes by itself."""


class Connection(asyncio.Protocol):
    """One connection. Requests on it come one after another, each with a Content-Length.

    Bodies are counted and thrown away: 10 MB of them must not slow the side that is measured.
    """

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.head = b""
        self.left = 0
        """Bytes of a body that are still to come."""
        self.answer = b""

    def data_received(self, data: bytes) -> None:
        while data:
            if not self.left:
                data = self._begin(data)
                continue
            taken = min(self.left, len(data))
            self.left -= taken
            data = data[taken:]
            if not self.left:
                self.transport.write(self.answer)
                if self.answer in LATER:
                    asyncio.get_running_loop().call_later(_PAUSE, self.transport.write, LATER[self.answer])

    def _begin(self, data: bytes) -> bytes:
        """Read a head, or as much of it as is there; give what comes behind it."""
        head, end, rest = (self.head + data).partition(b"\r\n\r\n")
        if not end:
            self.head = head
            return b""
        self.head = b""
        line, _, fields = head.lower().partition(b"\r\n")
        self.left = int(fields.partition(b"content-length:")[2].partition(b"\r\n")[0])
        self.answer = next(answer for word, answer in ANSWERS.items() if word in line)
        return rest


async def serve() -> None:
    """Serve until standard input is closed: the benchmark's end, however it comes, is ours too."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Connection, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve())
