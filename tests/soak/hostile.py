"""Hostile moments, many times: forks without Python's hooks, Ctrl-C while the loop is busy, files that grow.

Each trial returns what it was, and what went wrong; nothing is measured. The programs are in processes of their own.
"""

import asyncio
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cfai

ACCOUNT, TOKEN = "0123456789abcdef" * 2, "a-token-that-nobody-takes"
GOOD = b'{"result":{"response":"Hello","text":"Hello"},"success":true,"errors":[],"messages":[]}'
_LATE = 0.1
"""Seconds after an exception returned by which the server may still read the first byte of the call it ended."""
_LIMIT = 60.0
"""Seconds that one program may take."""

_FORKS = """
import ctypes, os, signal, sys, time, cfai
client = cfai.Client(account_id=sys.argv[2], api_token=sys.argv[3], base_url=sys.argv[1],
                     options=cfai.RequestOptions(timeout=20))
ask = lambda: client.run("@cf/a/b", cfai.Prompt("hi")).text
ask()
fork = ctypes.PyDLL(None).fork
for number in range(int(sys.argv[4])):
    # A thread that waits for the GIL while the process forks without the hooks leaves the GIL's own lock broken in the
    # child, whatever that thread ran: CPython's hook mends it. So the loop's thread gets a moment to come to rest.
    time.sleep(0.02)
    child = fork()
    if child == 0:
        ask()
        if number % 3 == 0:
            client.close()
        sys.exit(0)
    end = time.monotonic() + 30
    while not (ended := os.waitpid(child, os.WNOHANG))[0] and time.monotonic() < end:
        time.sleep(0.002)
    if not ended[0]:
        os.kill(child, signal.SIGKILL)
        sys.exit(f"child {number} hangs")
    if ended[1]:
        sys.exit(f"child {number} ended with {os.waitstatus_to_exitcode(ended[1])}")
    if number % 20 == 0:
        ask()
"""
_INTERRUPTED = """
import os, random, signal, sys, threading, time, cfai
busy = threading.Event()
def on_attempt(attempt):
    busy.set()
    time.sleep(0.4)
client = cfai.Client(account_id=sys.argv[2], api_token=sys.argv[3], base_url=sys.argv[1], on_attempt=on_attempt)
cfai.Client.run
ask = lambda model: client.run(model, cfai.Prompt("hi"))
threading.Thread(target=ask, args=("@cf/first/one",), daemon=True).start()
busy.wait()
threading.Timer(random.uniform(0, 0.5), os.kill, (os.getpid(), signal.SIGINT)).start()
try:
    while True:
        ask("@cf/given/up")
except KeyboardInterrupt:
    print(time.monotonic(), flush=True)
time.sleep(0.8)
os._exit(0)
"""


class _Server:
    """Answers every request, and notes when the first byte of each came and whether more came than was announced."""

    def __init__(self) -> None:
        self.began: dict[str, list[float]] = {}
        self.beyond = 0
        self.base_url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while first := await reader.read(1):
                now = time.monotonic()
                head = (first + await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                if not head.startswith("POST /"):
                    self.beyond += 1
                    break
                length = next(
                    int(line[15:]) for line in head.split("\r\n") if line.lower().startswith("content-length")
                )
                await reader.readexactly(length)
                self.began.setdefault(head.split()[1].rpartition("/run/")[2], []).append(now)
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ")
                writer.write(b"%d\r\n\r\n%b" % (len(GOOD), GOOD))
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.CancelledError, OSError):
            pass
        finally:
            writer.close()


@contextmanager
def _server() -> Iterator[_Server]:
    made, loop = _Server(), asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    start = asyncio.start_server(made.serve, "127.0.0.1", 0, backlog=512)
    listening = asyncio.run_coroutine_threadsafe(start, loop).result(10)
    made.base_url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/client/v4"
    yield made
    loop.call_soon_threadsafe(listening.close)
    asyncio.run_coroutine_threadsafe(_end_of_tasks(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()


async def _end_of_tasks() -> None:
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


def _program(source: str, server: _Server, *arguments: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", source, server.base_url, ACCOUNT, TOKEN, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=_LIMIT * 10, check=False)


def forks(count: int) -> tuple[str, list[str]]:
    """Fork *count* children without Python's hooks, each of which calls, and some of which close."""
    with _server() as server:
        done = _program(_FORKS, server, count)
    return f"{count:,} forks without hooks", [] if done.returncode == 0 else done.stderr.splitlines()[-3:]


def interrupts(count: int) -> tuple[str, list[str]]:
    """Interrupt *count* programs at random moments while the loop is busy."""

    def one(_: int) -> str:
        with _server() as server:
            done = _program(_INTERRUPTED, server)
            if done.returncode or not done.stdout.strip():
                return f"exit {done.returncode}: {done.stderr.strip()[-200:]}"
            returned = float(done.stdout)
            late = [began - returned for began in server.began.get("@cf/given/up", []) if began - returned > _LATE]
            return f"sent {late[0]:.2f} s after the exception" if late else ""

    with ThreadPoolExecutor(4) as pool:
        return f"{count:,} programs interrupted", list(filter(None, pool.map(one, range(count))))


def growing(count: int) -> tuple[str, list[str]]:
    """Upload *count* files that grow meanwhile."""
    with _server() as server, TemporaryDirectory() as directory:
        ended = asyncio.run(_upload_growing(server, Path(directory), count))
        beyond = [f"{server.beyond} times a byte beyond Content-Length"] if server.beyond else []
    return f"{count:,} uploads of growing files ({ended} refused)", beyond


async def _upload_growing(server: _Server, directory: Path, count: int) -> int:
    refused, left = 0, iter(range(count))

    async def work(number: int, ai: cfai.AsyncClient) -> None:
        nonlocal refused
        path = directory / f"{number}.mp3"
        for _ in left:
            path.write_bytes(b"ID3\x04".ljust(random.choice((3_000, 1_500_000)), b"\0"))
            growth = asyncio.create_task(_grow(path))
            try:
                await ai.run("@cf/openai/whisper", cfai.AutomaticSpeechRecognition(path))
            except cfai.InvalidParams:
                refused += 1
            await growth

    settings: dict[str, Any] = {"account_id": ACCOUNT, "api_token": TOKEN, "base_url": server.base_url}
    async with cfai.AsyncClient(**settings) as ai:
        await asyncio.gather(*(work(number, ai) for number in range(8)))
    return refused


async def _grow(path: Path) -> None:
    await asyncio.sleep(random.uniform(0, 0.01))
    with path.open("ab") as file:
        file.write(b"POST /stolen HTTP/1.1\r\n\r\n" * 10)


TRIALS = {"forks": (forks, 1_000), "interrupts": (interrupts, 200), "growing": (growing, 10_000)}
