"""The same calls three ways: with cfai, with aiohttp as its documentation shows it, and with a leaner aiohttp.

Each way is a context that gives a coroutine function, which makes one call and hands out a typed answer.
"""

import base64
import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Protocol

import aiohttp
import msgspec
import orjson
from floors import Envelope, Label, Picture, Speech, Vectors
from yarl import URL

import cfai

ACCOUNT = "0123456789abcdef" * 2
TOKEN = "a-token-that-nobody-takes"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
JSON = {**HEADERS, "Content-Type": "application/json"}
SOUND = {**HEADERS, "Content-Type": "audio/mpeg"}

Call = Callable[[], Awaitable[object]]
Way = Callable[[str], AbstractAsyncContextManager[Call]]
"""From the server's address to a call."""
BlockingCall = Callable[[], object]
BlockingWay = Callable[[str], AbstractContextManager[BlockingCall]]
"""The same for a program without a loop."""
CONNECTIONS = 256
"""As many as cfai has; aiohttp's own limit of 100 would let calls wait where cfai's do not."""


class Work(Protocol):
    """What is asked, and how the floor asks and reads it."""

    model: str
    params: cfai.Params[Any]

    def posted(self) -> Mapping[str, Any]:
        """Give what `session.post` is told beside the address."""

    def posted_lean(self) -> Mapping[str, Any]:
        """Give it for the leaner aiohttp."""

    def read(self, body: bytes) -> object:
        """Decode an answer."""

    def read_lean(self, body: bytes) -> object:
        """Decode it for the leaner aiohttp."""


class Small:
    """A call with a small JSON body; msgspec decodes, and with the leaner aiohttp encodes too."""

    def __init__(self, model: str, params: cfai.Params[Any], body: dict[str, object], envelope: Any) -> None:
        self.model = model
        self.params = params
        self.body = body
        self.decoder = msgspec.json.Decoder(envelope)

    def posted(self) -> Mapping[str, Any]:
        return {"json": self.body, "headers": HEADERS}

    def posted_lean(self) -> Mapping[str, Any]:
        return {"data": msgspec.json.encode(self.body), "headers": JSON}

    def read(self, body: bytes) -> object:
        return self.decoder.decode(body).result

    read_lean = read


class Drawn(Small):
    """A picture in base64, which the floor decodes as most people would: with orjson, and then with base64."""

    def read(self, body: bytes) -> object:
        return base64.b64decode(orjson.loads(body)["result"]["image"])


class Upload:
    """A sound as the body: a file that the floor opens, or bytes."""

    model = "@cf/openai/whisper"
    decoder = msgspec.json.Decoder(Envelope[Speech])

    def __init__(self, sound: Path | bytes) -> None:
        self.sound = sound
        self.params: cfai.Params[Any] = cfai.AutomaticSpeechRecognition(sound)

    def posted(self) -> Mapping[str, Any]:
        # aiohttp closes the file.
        return {"data": self.sound if isinstance(self.sound, bytes) else self.sound.open("rb"), "headers": SOUND}

    posted_lean = posted

    def read(self, body: bytes) -> object:
        return self.decoder.decode(body).result

    read_lean = read


@asynccontextmanager
async def with_cfai(work: Work, base_url: str) -> AsyncIterator[Call]:
    """Call through the client."""
    async with cfai.AsyncClient(account_id=ACCOUNT, api_token=TOKEN, base_url=base_url, trust_env=False) as ai:
        yield lambda: ai.run(work.model, work.params)


def with_sync_cfai(work: Work) -> BlockingWay:
    """Call through the client that blocks."""

    @contextmanager
    def way(base_url: str) -> Iterator[BlockingCall]:
        with cfai.Client(account_id=ACCOUNT, api_token=TOKEN, base_url=base_url, trust_env=False) as ai:
            yield lambda: ai.run(work.model, work.params)

    return way


@asynccontextmanager
async def with_aiohttp(work: Work, base_url: str) -> AsyncIterator[Call]:
    """Call as aiohttp's documentation shows it: one session, post, read."""
    url = f"{base_url}/accounts/{ACCOUNT}/ai/run/{work.model}"

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=CONNECTIONS)) as session:

        async def call() -> object:
            async with session.post(url, **work.posted()) as response:
                return work.read(await response.read())

        yield call


@asynccontextmanager
async def with_lean_aiohttp(work: Work, base_url: str) -> AsyncIterator[Call]:
    """Call with what aiohttp can be told to leave out: no cookie jar, the address parsed once, msgspec both ways."""
    url = URL(f"{base_url}/accounts/{ACCOUNT}/ai/run/{work.model}", encoded=True)

    connector = aiohttp.TCPConnector(limit=CONNECTIONS)

    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:

        async def call() -> object:
            async with session.post(url, **work.posted_lean()) as response:
                return work.read_lean(await response.read())

        yield call


def ways(work: Work) -> dict[str, Way]:
    """Give the three ways to do *work*."""
    made = {"cfai": with_cfai, "floor": with_aiohttp, "lean": with_lean_aiohttp}
    return {name: functools.partial(way, work) for name, way in made.items()}


_TEXTS = [f"text {number}" for number in range(100)]

CLASSIFICATION = Small(
    "@cf/huggingface/distilbert-sst-2-int8",
    cfai.TextClassification("I like it"),
    {"text": "I like it"},
    Envelope[list[Label]],
)
EMBEDDINGS = Small("@cf/baai/bge-m3", cfai.TextEmbeddings(_TEXTS), {"text": _TEXTS}, Envelope[Vectors])
PICTURE = Drawn(
    "@cf/black-forest-labs/flux-1-schnell", cfai.TextToImage("a red cat"), {"prompt": "a red cat"}, Envelope[Picture]
)
LARGE_PICTURE = Drawn(
    "@cf/leonardo/lucid-origin", cfai.TextToImage("a red cat"), {"prompt": "a red cat"}, Envelope[Picture]
)
"""Its answer has 8 MB."""
