"""AI Gateway in front of the models (docs/wire.md 2.6 and 8): its headers, its cache, and what it refuses.

Nobody can set a gateway up here, so that names and words stand for what would be set up there: a gateway called
`refuse-2041` answers each call with that code, and a prompt with one of the two marks below meets a guardrail.
"""

import hashlib
import re
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from attrs import evolve, frozen

from cfai.emulator._received import Received
from cfai.emulator._refusals import REFUSALS, Known, known
from cfai.emulator._replies import Reply, refused

_REFUSES: Final = re.compile(r"refuse-(?P<code>\d{4})")
_OF_GATEWAYS: Final = frozenset(each.code for each in REFUSALS if each.form in {"gateway", "guardrail"})
_PROMPT_MARK: Final = b"cfai-refuse-prompt"
_ANSWER_MARK: Final = b"cfai-refuse-answer"
_KEPT: Final = 256
"""Answers in the cache."""

_CACHED: Final = ("application/json", "image/")
"""Texts and pictures alone are cached; what else there is in JSON counts as text here."""


@frozen
class Call:
    """One call as a gateway sees it."""

    received: Received
    model: str | None
    """The model's name, with its author; None where the call names none."""

    request_id: str
    log_id: str


@frozen
class _Entry:
    until: float
    reply: Reply


class Gateways:
    """All gateways of an account: each exists that is named."""

    def __init__(self) -> None:
        self._cache: OrderedDict[str, _Entry] = OrderedDict()

    def through(self, call: Call, ask: Callable[[], Reply]) -> Reply:
        """Answer a call: as a gateway refuses, or with what *ask* or the cache has, and the gateway's headers."""
        refusal = _refusal(call.received)
        if refusal is not None:
            return _marked(refused(refusal, call.request_id), call, {})
        seconds = _seconds(call.received.headers.get("cf-aig-cache-ttl", ""))
        if seconds is None:
            return _marked(ask(), call, {})
        key = _key(call.received)
        skips = call.received.headers.get("cf-aig-skip-cache", "").lower() == "true"
        kept = None if skips else self._kept(key)
        if kept is not None:
            return _marked(kept, call, {"cf-ai-req-id": call.request_id, "cf-aig-cache-status": "HIT"})
        reply = ask()
        if not skips:
            self._keep(key, seconds, reply)
        return _marked(reply, call, {"cf-aig-cache-status": "MISS"})

    def _kept(self, key: str) -> Reply | None:
        entry = self._cache.get(key)
        return None if entry is None or entry.until < time.monotonic() else entry.reply

    def _keep(self, key: str, seconds: float, reply: Reply) -> None:
        kind = reply.headers.get("content-type", "application/json")
        if reply.status != 200 or reply.pieces is not None or not kind.startswith(_CACHED):
            return
        self._cache[key] = _Entry(time.monotonic() + seconds, reply)
        self._cache.move_to_end(key)
        if len(self._cache) > _KEPT:
            self._cache.popitem(last=False)


def _refusal(received: Received) -> Known | None:
    match = _REFUSES.fullmatch(received.headers["cf-aig-gateway-id"])
    if match is not None and int(match["code"]) in _OF_GATEWAYS:
        return known(int(match["code"]))
    if _PROMPT_MARK in received.body:
        return known(2016)
    return known(2017) if _ANSWER_MARK in received.body else None


def _marked(reply: Reply, call: Call, more: dict[str, str]) -> Reply:
    headers = {**reply.headers, **more, "cf-aig-log-id": call.log_id, "cf-aig-step": "0"}
    if "cf-aig-event-id" in call.received.headers:
        headers["cf-aig-event-id"] = call.received.headers["cf-aig-event-id"]
    if reply.status == 200 and call.model is not None:
        headers |= _names(call.model)
    return evolve(reply, headers=headers)


def _names(model: str) -> dict[str, str]:
    """Write whose model answered; the headers are recorded, and their values are our guess."""
    author, _, name = model.partition("/")
    own = model.startswith("@")
    return {"cf-aig-provider": "workers-ai" if own else author, "cf-aig-model": model if own else name}


def _seconds(text: str) -> float | None:
    """Read for how long an answer is to be kept; None where no cache was asked for."""
    return float(text) if text.isascii() and text.isdecimal() else None


def _key(received: Received) -> str:
    given = received.headers.get("cf-aig-cache-key")
    what = f"{received.raw_path}\0".encode() + received.body if given is None else given.encode()
    gateway = received.headers["cf-aig-gateway-id"].encode("utf-8", "surrogateescape")
    return hashlib.blake2b(what, key=hashlib.blake2b(gateway, digest_size=16).digest()).hexdigest()
