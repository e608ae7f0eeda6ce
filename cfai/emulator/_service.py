"""The service as a function: a request in, a reply out; no socket, no loop."""

import hashlib
import itertools
import json
import re
import uuid
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qs, unquote

from attrs import evolve, frozen

from cfai.emulator._entitlements import Access
from cfai.emulator._fragments import parsed_contents
from cfai.emulator._gateway import Call, Gateways
from cfai.emulator._models import Answer, Media, Streamed
from cfai.emulator._models.inputs import decoded
from cfai.emulator._models.third_party import found
from cfai.emulator._models.third_party_media import served
from cfai.emulator._received import Received
from cfai.emulator._refusals import Known, known
from cfai.emulator._replies import (
    BadInput,
    BadThirdPartyInput,
    KnownRefusal,
    NoQueue,
    Refusal,
    Reply,
    media,
    media_in_pieces,
    refused,
    stream,
    success,
)
from cfai.emulator._schema import OBJECT, STRING, Shape, check

# Seen in recordings (docs/wire.md 2.6); it changes with each release of the API.
_API_VERSION: Final = "2026-09-25.epoch"

_RUN: Final = re.compile(r"/client/v4/accounts/(?P<account>[^/?]+)/ai/run(?:/(?P<model>[^?]+))?(?:\?(?P<query>.*))?")
_NAMED: Final = (Shape(("model", "input"), {"model": STRING, "input": OBJECT}),)
"""The body of a call without a model in its path."""

_BEARER: Final = re.compile(r"bearer +(?P<token>[^\s,]+) *", re.IGNORECASE)
_SHORT: Final = 2**16
_LOG_EPOCH: Final = 1_790_000_000_000
"""Milliseconds from which on the ids of a gateway's log count: September 2026."""

# One body for a bad path and for an unknown model (docs/wire.md, the disagreements after 2.6).
_NO_ROUTE: Final = known(7000)
_NO_AUTH: Final = known(10000)
_BAD_AUTH: Final = known(6003, status=400)
_FOREIGN_HOST: Final = Known(None, 421, "The emulator takes calls by a name of loopback alone", "router")


@frozen
class _Target:
    account: str
    model: str | None
    """None where the body names it."""

    queued: bool


class Service:
    """Answers requests for one account with one token."""

    def __init__(self, access: Access, *, account_id: str, api_token: str, seed: int, parsed: bool) -> None:
        self._access = access
        self._account_id = account_id
        self._api_token = api_token
        self._seed = seed
        self._parsed = parsed
        self._gateways = Gateways()
        self._numbers = itertools.count()

    def answer(self, received: Received, refusal: Refusal | None = None) -> Reply:
        """Give the service's reply; ids differ from call to call, the rest is a function of request and seed.

        A *refusal* says why the body could not be read; path and token are looked at first.
        """
        number = next(self._numbers)
        reply = self._routed(received, refusal, number)
        return evolve(reply, headers={**self._marks(number), **reply.headers})

    def turns_away(self, head: Received, length: int | None) -> bool:
        """Return whether a request is refused by its *head* alone, and its body of so many bytes is not to be read.

        A short body for a path that is wrong is read all the same, for whoever looks in `requests` for the mistake.
        """
        problem = self._target(head)
        short = length is not None and length <= _SHORT
        return isinstance(problem, Known) and not (problem is _NO_ROUTE and short)

    def misdirected(self) -> Reply:
        """Refuse a call by a foreign name of this host; the service has no such refusal, so that all of it is ours."""
        reply = refused(_FOREIGN_HOST, "")
        return evolve(reply, headers={**self.marks(), **reply.headers})

    def marks(self) -> dict[str, str]:
        """Make the headers of an answer to what is not even HTTP."""
        return self._marks(next(self._numbers))

    def _routed(self, received: Received, refusal: Refusal | None, number: int) -> Reply:
        request_id = self._uuid("request", number)
        medium = served(received.raw_path) if received.method == "GET" else None
        if medium is not None:
            return media(medium.body, {"content-type": medium.content_type})
        target = self._target(received)
        if isinstance(target, Known):
            return refused(target, request_id)
        if "cf-aig-gateway-id" not in received.headers:
            return self._asked(target, received, refusal, request_id)
        call = Call(received, target.model or _named_model(received), request_id, self._log_id(number))
        return self._gateways.through(call, lambda: self._asked(target, received, refusal, request_id))

    def _asked(self, target: _Target, received: Received, refusal: Refusal | None, request_id: str) -> Reply:
        try:
            return self._answered(target, received, refusal, request_id)
        except RecursionError:
            return refused(BadInput("the body is nested too deeply").known, request_id)
        except OverflowError:
            return refused(BadInput("a number is too large").known, request_id)
        except Refusal as error:
            return refused(error.known, request_id)

    def _answered(self, target: _Target, received: Received, refusal: Refusal | None, request_id: str) -> Reply:
        name = target.model
        if name is not None and not self._access.knows(name):
            return refused(_NO_ROUTE, request_id)
        if refusal is not None:
            raise refusal
        if name is None:
            return self._named(received, request_id)
        model = self._access.model(name, received)
        if target.queued:
            raise NoQueue
        return self._reply(model.ask(received, self._seed), request_id)

    def _named(self, received: Received, request_id: str) -> Reply:
        """Answer for a model that the body names: another company's, or one of the service's own by a gateway."""
        try:
            body = check(decoded(received.body), _NAMED)
        except BadInput as error:
            raise BadThirdPartyInput(error.problem) from None
        name, given = body["model"], body["input"]
        # A name without a slash belongs into the path (docs/wire.md 1).
        if "/" in name and self._access.knows(name):
            if "cf-aig-gateway-id" not in received.headers:
                # That the header has to be there is documented; that its absence gives this code is our guess.
                raise KnownRefusal(2001)
            inner = evolve(received, body=json.dumps(given).encode())
            return self._reply(self._access.model(name, inner).ask(inner, self._seed), request_id)
        model = found(name)
        if model is None:
            raise KnownRefusal(7003, "catalog")
        try:
            answer = model.ask(given, self._seed, f"http://{received.headers.get('host', '')}")
        except BadInput as error:
            raise BadThirdPartyInput(error.problem) from None
        return self._reply(answer, request_id)

    def _target(self, received: Received) -> _Target | Known:
        """Return where a request goes, or why it goes nowhere."""
        target = _target(received)
        return _NO_ROUTE if target is None else self._problem(target, received.headers) or target

    def _problem(self, target: _Target, headers: Mapping[str, str]) -> Known | None:
        """Return what is wrong with the credentials, if anything; a wrong account is answered as a wrong token."""
        given = headers.get("authorization")
        match = None if given is None else _BEARER.fullmatch(given)
        if given is not None and match is None:
            return _BAD_AUTH
        right = match is not None and match["token"] == self._api_token and target.account == self._account_id
        return None if right else _NO_AUTH

    def _reply(self, answer: Answer | Media | Streamed, request_id: str) -> Reply:
        if isinstance(answer, Streamed):
            # No neurons: they are not known yet when the headers go out. No recording tells.
            return stream(answer.events, {"cf-ai-req-id": request_id}, parsed=self._parsed)
        told = {} if answer.neurons is None else {"cf-ai-neurons": f"{answer.neurons:.2f}"}
        headers = {"cf-ai-req-id": request_id, **told}
        if isinstance(answer, Media):
            send = media_in_pieces if answer.in_pieces else media
            return send(answer.body, {**headers, "content-type": answer.content_type})
        return success(parsed_contents(answer.result) if self._parsed else answer.result, headers)

    def _marks(self, number: int) -> dict[str, str]:
        """Make the headers that every answer has (docs/wire.md 2.6); `server` tells that this is not the service."""
        return {
            "server": "cfai-emulator",
            "cf-ray": f"{self._digest('ray', number)[:16]}-EMU",
            "cf-auditlog-id": self._uuid("auditlog", number),
            "api-version": _API_VERSION,
            "content-type": "application/json",
        }

    def _uuid(self, purpose: str, number: int) -> str:
        return str(uuid.UUID(self._digest(purpose, number), version=4))

    def _log_id(self, number: int) -> str:
        """Make an id as gateways' logs have them: a UUID of version 7 (docs/wire.md 2.6)."""
        rest = int(self._digest("log", number), 16)
        bits = (_LOG_EPOCH + number) << 80 | 7 << 76 | (rest >> 64 & 0xFFF) << 64 | 2 << 62 | rest & (1 << 62) - 1
        return str(uuid.UUID(int=bits))

    def _digest(self, purpose: str, number: int) -> str:
        return hashlib.blake2b(f"{self._seed}:{purpose}:{number}".encode(), digest_size=16).hexdigest()


def _named_model(received: Received) -> str | None:
    """Read the model that a body names, if it is one that does."""
    try:
        body = decoded(received.body)
    except (Refusal, RecursionError):
        return None
    name = body.get("model") if isinstance(body, dict) else None
    return name if isinstance(name, str) else None


def _target(received: Received) -> _Target | None:
    """Read the account and the model from the undecoded path; None where the service has no route.

    The slashes of a model's name must be literal: `%2F` in it is answered with 7000 (docs/wire.md 1).
    """
    match = _RUN.fullmatch(received.raw_path)
    if received.method != "POST" or match is None or "%2f" in (match["model"] or "").lower():
        return None
    queued = parse_qs(match["query"] or "").get("queueRequest") == ["true"]
    return _Target(unquote(match["account"]), unquote(match["model"]) if match["model"] else None, queued)
