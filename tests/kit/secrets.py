"""Made-up secrets, and a search for them in everything that an error, a client or an option can show."""

import base64
import pickle
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs

import cfai

ACCOUNT = "0123456789abcdef0123456789abcdef"
OTHER_ACCOUNT = "fedcba9876543210fedcba9876543210"
TOKEN = "canary-token-1XpQvZ9rT4"
OTHER_TOKEN = "canary-other-token-7HkW2mB5"
KEY = "canary-key-c0ffee5eedf00d"
EMAIL = "canary.person@example.com"
HEADER = "canary-header-value-J3nL8"
GATEWAY_TOKEN = "canary-gateway-token-Y6dR0"
PROXY_PASSWORD = "canary-proxy-password-Q2s"
_BASIC = base64.b64encode(f"user:{PROXY_PASSWORD}".encode()).decode()

SECRETS = (TOKEN, OTHER_TOKEN, KEY, EMAIL, HEADER, GATEWAY_TOKEN, PROXY_PASSWORD, _BASIC)


def found_in(text: str) -> list[str]:
    """List the secrets that stand in *text*."""
    return [secret for secret in SECRETS if secret in text]


def chain_of(error: BaseException) -> Iterator[BaseException]:
    """Give *error* and all that hangs on it, shown by a traceback or not."""
    known: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        link = waiting.pop()
        if link is None or id(link) in known:
            continue
        known.add(id(link))
        yield link
        waiting += [link.__cause__, link.__context__]
        waiting += link.exceptions if isinstance(link, BaseExceptionGroup) else []


def shown_by(error: BaseException) -> str:
    """Give everything that *error* can show: tracebacks with local variables, dumps of attributes, its pickle."""
    texts = [pickle.dumps(error).decode("latin-1")]
    for link in chain_of(error):
        texts += [str(link), repr(link), repr(link.args), repr(vars(link))]
        lines = traceback.TracebackException.from_exception(link, capture_locals=True)
        texts += lines.format()
    return "\n".join(texts)


def leaks_of(error: BaseException) -> list[str]:
    """List the secrets that *error* shows."""
    return found_in(shown_by(error))


def all_that_shows(thing: Any, depth: int = 3) -> str:
    """Return the repr of a thing and of all attributes below it, as a debugger or an error reporter would."""
    texts = [repr(thing), str(thing)]
    if attrs.has(type(thing)):
        texts.append(repr(attrs.asdict(thing)))
    if depth and hasattr(thing, "__dict__"):
        texts.append(repr(vars(thing)))
        texts += [all_that_shows(value, depth - 1) for value in vars(thing).values()]
    for name in getattr(type(thing), "__slots__", ()):
        if depth and isinstance(name, str) and hasattr(thing, name):
            texts.append(all_that_shows(getattr(thing, name), depth - 1))
    return "\n".join(texts)


def walked_from(error: BaseException) -> str:
    """Return all that shows below the local variables of cfai's own frames in the traceback of an error."""
    home = str(Path(cfai.__file__).parent)
    texts = []
    for link in chain_of(error):
        for frame, _ in traceback.walk_tb(link.__traceback__):
            if frame.f_code.co_filename.startswith(home):
                texts += [f"{name}: {all_that_shows(value)}" for name, value in frame.f_locals.items()]
    return "\n".join(texts)
