"""Streams of text: what an event of a burst costs, when the first one is there, and what a long one holds.

The floor is the least that reads these streams at all: what came is cut at blank lines, and msgspec decodes each event.
It knows no other form of them, and sees no failure. Where each event has its part of the usage, it adds the tokens up.
"""

import asyncio
import functools
import statistics
import tracemalloc
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from time import perf_counter

import aiohttp
import answers
import msgspec
from calls import ACCOUNT, CONNECTIONS, JSON, TOKEN, BlockingCall, BlockingWay, Call, Way
from cpu import blocking_cpu_of, cpu_of
from floors import Chat, Native
from memory import traced
from setting import Setting, compared, in_turns
from table import Line
from yarl import URL

import cfai

NATIVE = "@cf/meta/llama-3.1-8b-instruct"
CHAT = "@cf/zai-org/glm-4.7-flash"
LONG = "@cf/mistralai/mistral-7b-instruct-v0.1"
"""Of 100,000 events."""
EARLY = "@cf/google/gemma-3-12b-it"
"""Its first event comes by itself."""
_PARAMS = cfai.Messages([cfai.user("I like it")])
_BODY = {"messages": [{"role": "user", "content": "I like it"}], "stream": True}
_EVENTS = answers.BURST

_natives, _chats = msgspec.json.Decoder(Native), msgspec.json.Decoder(Chat)


class Burst:
    """A stream that comes as fast as it is taken: CPU of an event."""

    def __init__(self, work: str, model: str, *, turns: int) -> None:
        self.work = work
        self.ways = ways(model)
        self.turns = turns

    def measured(self, setting: Setting) -> Line:
        """Measure it."""
        taken = in_turns(self.ways, setting.turns(self.turns), lambda way: self._turn(setting, way))
        return compared(self.work, taken, _us, 2)

    def ours(self, setting: Setting) -> float:
        """Return what one turn of cfai costs."""
        return self._turn(setting, self.ways["cfai"])

    def _turn(self, setting: Setting, way: Way) -> float:
        calls = setting.scaled(10)
        return asyncio.run(cpu_of(way, setting.base_url, 1, calls)) / calls / _EVENTS


class BlockingBurst:
    """The same through the client that blocks; beside it stands not the floor but our own asynchronous client."""

    def __init__(self, work: str, model: str, *, turns: int) -> None:
        self.work = work
        self.ways = with_sync_cfai(model), functools.partial(with_cfai, model)
        self.turns = turns

    def measured(self, setting: Setting) -> Line:
        """Measure it."""
        calls = setting.scaled(10)
        blocking, asynchronous = self.ways
        turns = {
            "cfai": lambda: blocking_cpu_of(blocking, setting.base_url, calls),
            "floor": lambda: asyncio.run(cpu_of(asynchronous, setting.base_url, 1, calls)),
        }
        taken = in_turns(turns, setting.turns(self.turns), lambda turn: turn() / calls / _EVENTS)
        return compared(self.work, taken, _us, 2)

    def ours(self, setting: Setting) -> float:
        """Return what one turn of the sync client costs."""
        calls = setting.scaled(10)
        return blocking_cpu_of(self.ways[0], setting.base_url, calls) / calls / _EVENTS


class FirstEvent:
    """From the call to the first event, by the clock; the median of what ours comes later than the floor's."""

    def __init__(self, work: str, *, calls: int, turns: int) -> None:
        self.work = work
        self.ways = ways(EARLY)
        self.calls = calls
        self.turns = turns

    def measured(self, setting: Setting) -> Line:
        """Measure it."""
        taken = in_turns(self.ways, setting.turns(self.turns), lambda way: self._turn(setting, way))
        ours, floor, lean = (taken[name] for name in ("cfai", "floor", "lean"))
        late, to_lean = (_later(ours, theirs) for theirs in (floor, lean))
        cells = (f"{1e3 * statistics.median(each):.2f} ms" for each in (ours, floor, lean))
        return Line(self.work, *cells, f"{late:+.2f} ms", f"{to_lean:+.2f} ms", "+0.10 ms", late <= 0.1)

    def ours(self, setting: Setting) -> float:
        """Return the median of the seconds to cfai's first event."""
        return self._turn(setting, self.ways["cfai"])

    def _turn(self, setting: Setting, way: Way) -> float:
        return asyncio.run(_first(way, setting.base_url, setting.scaled(self.calls, 5)))


def _later(ours: Iterable[float], theirs: Iterable[float]) -> float:
    return 1e3 * statistics.median(mine - other for mine, other in zip(ours, theirs, strict=True))


async def _first(way: Way, base_url: str, calls: int) -> float:
    """Give the median of the seconds to the first event."""
    async with way(base_url) as call:
        await call()  # opens the connection
        return statistics.median([await _one(call) for _ in range(calls)])


async def _one(call: Call) -> float:
    began = perf_counter()
    first, _ = await call()
    return first - began


class Held:
    """The most that a long stream holds at once beyond its own text, to its result, above what was there before."""

    turns = 0
    """It is memory, which is the same each time: no turn beside the first."""

    def __init__(self, work: str, *, budget: float) -> None:
        self.work = work
        self.ways = ways(LONG)
        self.budget = budget
        """In MB; as much as the text itself has is in it, for to join the text is to have it twice."""

    def measured(self, setting: Setting) -> Line:
        """Measure it."""
        mb = {name: asyncio.run(_held(way, setting.base_url)) / 2**20 for name, way in self.ways.items()}
        cells = (f"{mb[name]:.2f} MB" for name in ("cfai", "floor", "lean"))
        return Line(self.work, *cells, budget=f"{self.budget:.0f} MB", kept=mb["cfai"] <= self.budget)

    def ours(self, setting: Setting) -> float:
        """Return what cfai holds, in bytes."""
        return float(asyncio.run(_held(self.ways["cfai"], setting.base_url)))


async def _held(way: Way, base_url: str) -> int:
    async with way(base_url) as call:
        with traced():
            _, text = await call()
            return tracemalloc.get_traced_memory()[1] - len(text)


@asynccontextmanager
async def with_cfai(model: str, base_url: str) -> AsyncIterator[Call]:
    """Stream through the client; give when the first event was there, and the text."""
    async with cfai.AsyncClient(account_id=ACCOUNT, api_token=TOKEN, base_url=base_url, trust_env=False) as ai:

        async def call() -> tuple[float, str]:
            first = 0.0
            async with ai.stream(model, _PARAMS) as stream:
                async for _ in stream:
                    first = first or perf_counter()
                return first, stream.result.response

        yield call


def with_sync_cfai(model: str) -> BlockingWay:
    """Stream through the client that blocks."""

    @contextmanager
    def way(base_url: str) -> Iterator[BlockingCall]:
        with cfai.Client(account_id=ACCOUNT, api_token=TOKEN, base_url=base_url, trust_env=False) as ai:

            def call() -> tuple[float, str]:
                first = 0.0
                with ai.stream(model, _PARAMS) as stream:
                    for _ in stream:
                        first = first or perf_counter()
                    return first, stream.result.response

            yield call

    return way


@asynccontextmanager
async def with_aiohttp(model: str, base_url: str) -> AsyncIterator[Call]:
    """Stream as aiohttp's documentation shows it."""
    url = f"{base_url}/accounts/{ACCOUNT}/ai/run/{model}"
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=CONNECTIONS)) as session:

        async def call() -> tuple[float, str]:
            async with session.post(url, json=_BODY, headers=_HEADERS) as response:
                return await _read(response, model)

        yield call


@asynccontextmanager
async def with_lean_aiohttp(model: str, base_url: str) -> AsyncIterator[Call]:
    """Stream with what aiohttp can be told to leave out."""
    url = URL(f"{base_url}/accounts/{ACCOUNT}/ai/run/{model}", encoded=True)
    connector = aiohttp.TCPConnector(limit=CONNECTIONS)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:

        async def call() -> tuple[float, str]:
            async with session.post(url, data=msgspec.json.encode(_BODY), headers=JSON) as response:
                return await _read(response, model)

        yield call


_HEADERS = {"Authorization": f"Bearer {TOKEN}"}


def ways(model: str) -> dict[str, Way]:
    """Give the three ways to stream from *model*."""
    made = {"cfai": with_cfai, "floor": with_aiohttp, "lean": with_lean_aiohttp}
    return {name: functools.partial(way, model) for name, way in made.items()}


async def _read(response: aiohttp.ClientResponse, model: str) -> tuple[float, str]:
    """Cut what comes at its blank lines, and take each event's text."""
    first, pending, texts, tokens = 0.0, b"", list[str](), [0, 0]
    decode = _chats.decode if model == CHAT else _natives.decode
    async for data in response.content.iter_any():
        *events, pending = (pending + data).split(b"\n\n")
        for event in events:
            if event != b"data: [DONE]":
                piece = decode(event[6:])
                if isinstance(piece, Native):
                    texts.append(piece.response)
                else:
                    texts.append(piece.choices[0].delta.content)
                    if piece.usage is not None:
                        tokens[0] += piece.usage.prompt_tokens
                        tokens[1] += piece.usage.completion_tokens
                first = first or perf_counter()
    return first, "".join(texts)


def _us(seconds: float) -> str:
    return f"{1e6 * seconds:.2f} us"
