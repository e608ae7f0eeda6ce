"""What a check is, what it may say, and how one is run so that its failure stays its own."""

import asyncio
from collections.abc import Awaitable, Callable
from enum import Enum
from http.client import HTTPException
from typing import Any

from asking import Answered, Asker, refusal_in_short
from attrs import frozen

import cfai


class Verdict(Enum):
    """What became of a fact."""

    HELD = "held"
    BROKEN = "did not hold"
    UNCLEAR = "could not tell"


@frozen
class Seen:
    """A verdict, and what it rests on."""

    verdict: Verdict
    what: str


def held_if(fact: bool, what: str) -> Seen:
    """Give the verdict of a *fact* that the answer does tell."""
    return Seen(Verdict.HELD if fact else Verdict.BROKEN, what)


def unclear(what: str) -> Seen:
    """Say that the answer tells nothing about the fact."""
    return Seen(Verdict.UNCLEAR, what)


@frozen
class Check:
    """One fact of docs/wire.md, and how to look at it."""

    section: str
    """The section of docs/wire.md that states it."""
    fact: str
    """The fact in one sentence."""
    look: Callable[[Asker], Awaitable[Seen]]
    """Makes a cheap call or two."""


async def settle(check: Check, asker: Asker, limit: float) -> Seen:
    """Run *check* for at most *limit* seconds; whatever it raises becomes a verdict."""
    try:
        async with asyncio.timeout(limit):
            return await check.look(asker)
    except Answered as surprise:
        return Seen(Verdict.BROKEN, str(surprise))
    except cfai.ApiError as refusal:
        # The request was made as the page says; that the service can't read it is an answer to the fact. That the
        # account may not, or the model is busy or gone, is none.
        wrong = isinstance(refusal, (cfai.InvalidInput, cfai.RequestTooLarge))
        return Seen(Verdict.BROKEN if wrong else Verdict.UNCLEAR, refusal_in_short(refusal))
    except cfai.DecodeError as failure:
        return Seen(Verdict.BROKEN, f"DecodeError: {failure}")
    except (cfai.CfaiError, HTTPException, OSError) as failure:  # a TimeoutError is an OSError
        return unclear(f"{type(failure).__name__}: {failure}")
    except Exception as bug:
        return unclear(f"the check itself broke: {type(bug).__name__}: {bug}")


def dig(value: Any, *steps: str | int) -> Any:
    """Follow *steps* into decoded JSON; None where one of them leads nowhere."""
    for step in steps:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def keys_of(value: Any) -> str:
    """Name the keys of an object, or say what it is instead."""
    return f"keys {', '.join(map(str, value))}" if isinstance(value, dict) else f"a {type(value).__name__}"
