"""The other side of the benchmark: a process that answers with ready-made bytes, as cheaply as asyncio can.

Plain HTTP/1.1 on loopback, one answer for each model, chosen by a word in the request line. Prints its port.
"""

import asyncio
import json
import random
import sys

ROWS, WIDTH = 100, 1024


def _answer(result: object) -> bytes:
    body = json.dumps({"result": result, "success": True, "errors": [], "messages": []}, separators=(",", ":")).encode()
    head = (
        "HTTP/1.1 200 OK\r\n"
        "Content-Type: application/json\r\n"
        "cf-ai-req-id: 6a3f7c1e-52a1-4c53-9d4b-1f0a7f5d2b11\r\n"
        "cf-ai-neurons: 0.01\r\n"
        "cf-ray: 8f0a1b2c3d4e5f60-AMS\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _vectors() -> list[list[float]]:
    numbers = random.Random(0)
    return [[round(numbers.uniform(-1, 1), 8) for _ in range(WIDTH)] for _ in range(ROWS)]


ANSWERS = {
    b"distilbert": _answer([{"label": "NEGATIVE", "score": 0.00012}, {"label": "POSITIVE", "score": 0.99988}]),
    b"bge-m3": _answer({"shape": [ROWS, WIDTH], "data": _vectors(), "pooling": "cls"}),
}


class Connection(asyncio.Protocol):
    """One connection. Requests on it come one after another, each with a Content-Length."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.received = b""

    def data_received(self, data: bytes) -> None:
        self.received += data
        while (end := self.received.find(b"\r\n\r\n")) >= 0:
            head = self.received[:end].lower()
            length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
            if len(self.received) < end + 4 + length:
                return
            self.received = self.received[end + 4 + length :]
            line = head.partition(b"\r\n")[0]
            self.transport.write(next(answer for word, answer in ANSWERS.items() if word in line))


async def serve() -> None:
    """Serve until standard input is closed: the benchmark's end, however it comes, is ours too."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Connection, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve())
