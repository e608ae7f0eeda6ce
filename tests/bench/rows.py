"""The rows of the table: each piece of work, the ways to do it, and what ours may cost."""

from pathlib import Path
from typing import Protocol

import calls
import decoding
import streams
from cpu import BlockingCpu, Cpu, through_a_portal
from memory import Peak, Waiting
from processes import Help, Import, Script
from setting import Setting
from stall import Stall
from table import Line

SOUND = 10 * 2**20
"""Bytes of the sound that is sent."""


class Row(Protocol):
    """One piece of work."""

    work: str
    turns: int
    """How often each way takes its turn in a round; 0 where one measurement is enough."""

    def measured(self, setting: Setting) -> Line:
        """Measure it."""

    def ours(self, setting: Setting) -> float:
        """Return what one turn of cfai alone costs: seconds, or bytes."""


def rows(sound: Path) -> tuple[Row, ...]:
    """Give what is measured; *sound* is the file that is sent."""
    small = calls.ways(calls.CLASSIFICATION)
    upload = calls.ways(calls.Upload(sound))
    large_answer = calls.ways(calls.LARGE_PICTURE)
    return (
        Cpu("small call, in sequence", small, calls=250, turns=8, budget=1.25),
        Cpu("small call, 32 in flight", small, in_flight=32, calls=500, turns=8, budget=1.2),
        Cpu("small call, 256 in flight", small, in_flight=256, calls=1_000, turns=4, budget=1.2),
        BlockingCpu("sync call, one thread", _blocking(), calls=150, turns=8, budget=1.15),
        Cpu("embeddings 100 x 1024", calls.ways(calls.EMBEDDINGS), calls=10, turns=8, budget=1.05),
        Cpu("embeddings, decoding alone", decoding.ways(decoding.vectors()), calls=5, turns=12, budget=1.05),
        Cpu("5,000 words, decoding", decoding.ways(decoding.speech()), calls=20, turns=10, budget=2.5),
        Cpu("base64 picture of 4 MB", calls.ways(calls.PICTURE), calls=40, budget=0.65),
        Cpu("10 MB of sound, a file", upload, calls=40, budget=1.2),
        Peak("upload, memory, a file", upload, budget=2),
        Peak("upload, memory, bytes", calls.ways(calls.Upload(sound.read_bytes())), budget=2),
        streams.Burst("stream, burst of 2,000", streams.NATIVE, turns=6),
        streams.Burst("the same stream, OpenAI's", streams.CHAT, turns=6),
        streams.BlockingBurst("the same stream, sync/async", streams.NATIVE, turns=6),
        streams.FirstEvent("stream, first event", calls=20, turns=8),
        streams.Held("stream of 100,000, memory", budget=2),
        Script("an async script, whole", {"cfai": "with_cfai.py", "floor": "with_aiohttp.py"}, budget=1.25),
        Script("a sync script, whole", {"cfai": "with_sync_cfai.py", "floor": "with_portal.py"}, budget=1.15),
        Import("import cfai, bare python", ["-c", "import cfai"], budget=15),
        Help("cfai --help, by the clock", ["-m", "cfai", "--help"], budget=150),
        Stall("longest stall, 256 in flight", small, upload, large_answer, in_flight=256, turns=2),
        Waiting("10,000 at once, each waiting", small, calls=10_000),
    )


def _blocking() -> dict[str, calls.BlockingWay]:
    """Give the ways of a program without a loop: the sync client, and aiohttp in anyio's portal."""
    asynchronous = calls.ways(calls.CLASSIFICATION)
    floors = {name: through_a_portal(asynchronous[name]) for name in ("floor", "lean")}
    return {"cfai": calls.with_sync_cfai(calls.CLASSIFICATION), **floors}


def write_sound(directory: str) -> Path:
    """Write the file that is sent: silence behind the first bytes of an MP3."""
    path = Path(directory, "sound.mp3")
    path.write_bytes(b"ID3\x04".ljust(SOUND, b"\0"))
    return path
