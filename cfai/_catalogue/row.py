"""What the catalogue knows of a model, and the words that its rows are written in."""

from enum import Flag, auto
from typing import Final, NamedTuple

from .chat_form import AS_ALL, ChatForm
from .input_form import AS_ITS_TASK, InputForm
from .limits import Limits
from .task import ParamsNames

NATIVE: Final = "native"
CHAT: Final = "chat"
HYBRID: Final = "hybrid"
RESPONSES: Final = "responses"
DECISIONS: Final = "decisions"
EXTRACTION: Final = "extraction"

UNSAID: Final = "unsaid"
"""The date of a model that went without a notice."""


class Trait(Flag):
    """What a model can, and what it asks for. A trait that is not there was not declared, which is not a "no"."""

    NO = 0
    VISION = auto()
    """It looks at pictures."""
    REASONING = auto()
    """It thinks before it answers."""
    TOOLS = auto()
    """It may ask for tools."""
    JSON_MODE = auto()
    """Its input has `response_format` or `guided_json`."""
    LORA = auto()
    """It takes fine-tunes."""
    BATCH = auto()
    """It has a queue (docs/wire.md 6)."""
    REALTIME = auto()
    """It answers WebSocket connections too."""
    WEBSOCKET_ONLY = auto()
    """It answers nothing else."""
    PARTNER = auto()
    """It runs at a partner of Cloudflare's."""
    PAID = auto()
    """It needs Workers Paid (docs/wire.md 9)."""
    TERMS = auto()
    """It has terms of its own."""
    AGREE = auto()
    """Its licence has to be accepted first, with the prompt "agree"."""
    BETA = auto()
    """It is in beta."""
    BY_REQUEST = auto()
    """Only accounts that asked for it may use it."""


NO, VISION, REASONING, TOOLS = Trait.NO, Trait.VISION, Trait.REASONING, Trait.TOOLS
JSON_MODE, LORA, BATCH, REALTIME = Trait.JSON_MODE, Trait.LORA, Trait.BATCH, Trait.REALTIME
WEBSOCKET_ONLY, PARTNER, PAID, TERMS = Trait.WEBSOCKET_ONLY, Trait.PARTNER, Trait.PAID, Trait.TERMS
AGREE, BETA, BY_REQUEST = Trait.AGREE, Trait.BETA, Trait.BY_REQUEST


class Price(NamedTuple):
    """What one unit costs, by the page of 28 August 2026 or a newer notice (docs/wire.md 9)."""

    unit: str
    """Of what, in the words of the price list."""
    usd: float | None
    neurons: float | None


class Row(NamedTuple):
    """One model."""

    name: str
    """As Cloudflare writes it."""
    task: str
    """By the API's own name."""
    family: str = ""
    """With which others it shares the form of its input and answer."""
    traits: Trait = NO
    """What it can, and what it asks for."""
    window: int | None = None
    """The most tokens of a call; of an embedding, of one text. None where it is not said."""
    prices: tuple[Price, ...] = ()
    """What it costs; empty where that is not said."""
    width: int | None = None
    """Of an embedding: how many numbers a vector has."""
    text_key: str | None = None
    """Where it takes its text, if elsewhere than its task does."""
    file_key: str | None = None
    """Where it takes its medium, if elsewhere than its task does."""
    binary: bool = False
    """Whether it answers with the bytes of a file, and never with JSON (docs/wire.md 3.3, 3.4)."""
    requests_a_minute: int | None = None
    """Its own limit, if another than its task's (docs/wire.md 9)."""
    deprecated_on: str | None = None
    """The date from which on it is gone, as 2026-05-30; `UNSAID` where that was not said; None of a current one."""
    successor: str | None = None
    """The model that answers in its place, where one does."""
    note: str = ""
    """What else is known of it, as a clause."""
    input: InputForm = AS_ITS_TASK
    """What is special about its input."""
    chat: ChatForm = AS_ALL
    """What is special about how it is spoken to, if it writes texts."""
    limits: Limits | None = None
    """How much it takes; None where that is not known."""
    params: ParamsNames | None = None
    """The params classes that it takes, if others than its task says."""
    cannot: Trait = NO
    """What it can't: its schema has no field for it, or it was seen to refuse. What is in neither is not known."""


def tokens(
    usd: float,
    neurons: float | None,
    usd_out: float | None = None,
    neurons_out: float | None = None,
    *,
    cached: tuple[float, float | None] | None = None,
) -> tuple[Price, ...]:
    """Write the prices of a model that is paid by the million tokens: of the input, of the answer, of cached input."""
    prices = [Price("per M input tokens", usd, neurons)]
    if cached is not None:
        prices.append(Price("per M cached input tokens", *cached))
    if usd_out is not None:
        prices.append(Price("per M output tokens", usd_out, neurons_out))
    return tuple(prices)


PAID_REQUESTS_A_MINUTE: Final = 20
"""Of one account and model, where the model needs Workers Paid."""
