"""The peers' table: other clients beside cfai on the same work, each in an environment and a process of its own."""

import os
import statistics
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple, TypeVar

from cpu import us
from environments import NotInstalled, python_with
from processes import SCRIPTS, Ended, cpu_of, environment, ms
from setting import Setting, in_turns, ratio
from workers import Failed, Worker, started

T = TypeVar("T")


class Peer(NamedTuple):
    """One client."""

    name: str
    script: str
    """Of that name in `peers` and in `scripts`."""
    module: str
    """What its users import."""
    client: str
    """What they then name, and what a module that loads nothing by itself has to load for it."""
    requirements: tuple[str, ...] = ()
    """None: it is in the benchmark's own environment."""
    chats: bool = False
    """Its small call is a chat, for it has no classification."""


PEERS = (
    Peer("cfai", "with_cfai.py", "cfai", "AsyncClient"),
    Peer("floor", "with_aiohttp.py", "aiohttp", "ClientSession"),
    Peer("cloudflare", "with_cloudflare.py", "cloudflare", "AsyncCloudflare", ("cloudflare==5.9.0",)),
    Peer("openai", "with_openai.py", "openai", "AsyncOpenAI", ("openai==3.54.0",), chats=True),
    Peer("litellm", "with_litellm.py", "litellm", "acompletion", ("litellm==1.106.2",), chats=True),
    Peer(
        "langchain-cloudflare",
        "with_langchain.py",
        "langchain_cloudflare",
        "ChatCloudflareWorkersAI",
        ("langchain-cloudflare==0.4.3",),
        chats=True,
    ),
    # Its embeddings are an array of numpy's, which it does not require.
    Peer(
        "huggingface_hub",
        "with_huggingface.py",
        "huggingface_hub",
        "AsyncInferenceClient",
        ("huggingface_hub==2.4.0", "numpy==2.4.6"),
    ),
    Peer("httpx", "with_httpx.py", "httpx", "AsyncClient", ("httpx==0.28.1",)),
)
HEAD = ("work", *(peer.name for peer in PEERS))


class Work(NamedTuple):
    """What every client that can is told to do."""

    label: str
    name: str
    """As the workers know it."""
    calls: int
    in_flight: int = 1
    turns: int = 1


WORKS = (
    Work("small call, in sequence", "small", 100, turns=2),
    Work("small call, 32 in flight", "small", 320),
    Work("embeddings 100 x 1024", "embeddings", 5),
    Work("stream, burst of 2,000", "stream", 3),
    Work("base64 picture of 4 MB", "picture", 10),
    Work("10 MB of sound, a file", "upload", 5),
)


class Field:
    """All clients that run here, and what there is to say of the others."""

    def __init__(self, setting: Setting, sound: Path) -> None:
        self.setting = setting
        self.sound = sound
        self.pythons: dict[str, str] = {}
        self.workers: dict[str, Worker] = {}
        self.words: dict[str, str] = {}
        """What stands in a client's cells where it can do nothing here."""
        self.problems: list[str] = []
        """Why."""

    def rows(self, words: str = "") -> Iterator[list[str]]:
        """Give one line of the table after the other; with *words*, only of the calls that have them in their names."""
        with ExitStack() as stack:
            for peer in PEERS:
                try:
                    self._prepare(peer, stack)
                except (NotInstalled, Failed) as failure:
                    self.words[peer.name] = "not installed" if isinstance(failure, NotInstalled) else "failed"
                    self.problems.append(f"{peer.name}: {failure}")
            yield from map(self._called, (work for work in WORKS if words in work.label))
            if words:
                return
            yield self._script()
            yield self._imported("import", "import {module}")
            yield self._imported("import, and name its client", "import {module}; {module}.{client}")

    def _prepare(self, peer: Peer, stack: ExitStack) -> None:
        python = python_with(peer.name, peer.requirements) if peer.requirements else sys.executable
        arguments = (self.setting.base_url, str(self.sound))
        self.workers[peer.name] = stack.enter_context(started(python, peer.script, self._environment(peer), *arguments))
        self.pythons[peer.name] = python

    def _environment(self, peer: Peer) -> dict[str, str]:
        if not peer.requirements:
            given = environment()
            path = [str(Path(__file__).parent), *filter(None, [given.get("PYTHONPATH")])]
            return given | {"PYTHONPATH": os.pathsep.join(path)}
        # A home of its own: no token and no settings of whoever runs this. litellm would fetch its list of prices.
        given = environment(HOME=str(self.sound.parent), LITELLM_LOCAL_MODEL_COST_MAP="True")
        return {name: value for name, value in given.items() if name != "PYTHONPATH"}

    def _called(self, work: Work) -> list[str]:
        calls = self.setting.scaled(work.calls)
        words = {name: "cannot" for name, worker in self.workers.items() if work.name not in worker.works}
        able = {name: worker for name, worker in self.workers.items() if name not in words}

        def turn(worker: Worker) -> float:
            return worker.cpu_of(work.name, work.in_flight, calls) / calls

        taken = self._taken(able, turn, work.turns, words)
        return self._line(work.label, taken, words, us, chat=work.name == "small")

    def _script(self) -> list[str]:
        def turn(peer: Peer) -> float:
            command = [self.pythons[peer.name], str(SCRIPTS / peer.script), self.setting.base_url]
            return cpu_of(command, self._environment(peer))

        words: dict[str, str] = {}
        taken = self._taken(self._there(), turn, 1, words)
        return self._line("an async script, whole", taken, words, ms, chat=True)

    def _imported(self, label: str, program: str) -> list[str]:
        def turn(peer: Peer) -> float:
            python = [self.pythons[peer.name], "-P", "-c"]
            given = program.format(module=peer.module, client=peer.client)
            taken = [cpu_of([*python, each], self._environment(peer)) for each in (given, "")]
            return max(0.0, taken[0] - taken[1])  # noise may make nothing less than nothing

        words: dict[str, str] = {}
        taken = self._taken(self._there(), turn, 1, words)
        return self._line(label, taken, words, ms, chat=False)

    def _there(self) -> dict[str, Peer]:
        return {peer.name: peer for peer in PEERS if peer.name in self.pythons}

    def _taken(
        self, ways: Mapping[str, T], turn: Callable[[T], float], turns: int, words: dict[str, str]
    ) -> dict[str, list[float]]:
        """Give what each way's turns cost; who can't do it even once is left out, and *words* say so."""
        good = {}
        for name, way in ways.items():
            try:
                turn(way)
            except (Failed, Ended) as failure:
                words[name] = "failed"
                self.problems.append(f"{name}: {failure}")
            else:
                good[name] = way
        return in_turns(good, self.setting.turns(turns), turn)

    def _line(
        self,
        label: str,
        taken: Mapping[str, list[float]],
        words: Mapping[str, str],
        unit: Callable[[float], str],
        *,
        chat: bool,
    ) -> list[str]:
        cells = {**self.words, **words}
        chatting = {peer.name for peer in PEERS if peer.chats and chat}
        for name, costs in taken.items():
            cells[name] = times(ratio(costs, taken["floor"])) + (", chat" if name in chatting else "")
        cells["floor"] = unit(statistics.median(taken["floor"]))
        return [label, *(cells[name] for name in HEAD[1:])]


def times(multiple: float) -> str:
    """Write a multiple with as many digits as mean something."""
    digits = 2 if multiple < 2 else 1 if multiple < 10 else 0
    return f"{multiple:.{digits}f} x"


def pins() -> str:
    """Write the versions of the peers."""
    return ", ".join(pin.replace("==", " ") for peer in PEERS for pin in peer.requirements)
