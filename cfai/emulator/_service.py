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

from cfai.emulator._access import Access
from cfai.emulator._models import Answer, Media, Streamed
from cfai.emulator._models.reading import decoded
from cfai.emulator._models.third_party import found
from cfai.emulator._models.third_party_media import served
from cfai.emulator._received import Received
from cfai.emulator._replies import (
    BadInput,
    NoGateway,
    NoQueue,
    Refusal,
    Reply,
    media,
    media_in_pieces,
    refused_by_model,
    refused_by_router,
    stream,
    success,
)
from cfai.emulator._schema import OBJECT, STRING, Shape, check

# Seen in recordings (docs/wire.md 2.6); it changes with each release of the API.
_API_VERSION: Final = "2026-09-25.epoch"

_RUN: Final = re.compile(r"/client/v4/accounts/(?P<account>[^/?]+)/ai/run(?:/(?P<model>[^?]+))?(?:\?(?P<query>.*))?")
_NAMED: Final = (Shape(("model", "input"), {"model": STRING, "input": OBJECT}),)
"""The body of a call without a model in its path."""

# One body for a bad path and for an unknown model (docs/wire.md, the disagreements after 2.6).
_NO_ROUTE: Final = refused_by_router(400, 7000, "No route for that URI")
_NO_AUTH: Final = refused_by_router(401, 10000, "Authentication error")
# Status and code are documented (docs/wire.md 1), the words are ours.
_NOT_OFFERED: Final = refused_by_router(404, 7003, "The model is not in the catalog")


@frozen
class _Target:
    account: str
    model: str | None
    """None where the body names it."""

    queued: bool


class Service:
    """Answers requests for one account with one token."""

    def __init__(self, access: Access, *, account_id: str, api_token: str, seed: int) -> None:
        self._access = access
        self._account_id = account_id
        self._api_token = api_token
        self._seed = seed
        self._numbers = itertools.count()

    def answer(self, received: Received, refusal: Refusal | None = None) -> Reply:
        """Give the service's reply; ids differ from call to call, the rest is a function of request and seed.

        A *refusal* says why the body could not be read; path and token are looked at first.
        """
        number = next(self._numbers)
        reply = self._routed(received, refusal, self._uuid("request", number))
        return evolve(reply, headers={**self._marks(number), **reply.headers})

    def marks(self) -> dict[str, str]:
        """Make the headers of an answer to what is not even HTTP."""
        return self._marks(next(self._numbers))

    def _routed(self, received: Received, refusal: Refusal | None, request_id: str) -> Reply:
        target = _target(received)
        if target is None:
            medium = served(received.raw_path) if received.method == "GET" else None
            return _NO_ROUTE if medium is None else media(medium.body, {"content-type": medium.content_type})
        if not self._knows(received.headers):
            return _NO_AUTH
        if target.account != self._account_id:
            return _NO_ROUTE
        try:
            return self._answered(target, received, refusal, request_id)
        except RecursionError:
            return refused_by_model(BadInput("the body is nested too deeply"), request_id)
        except Refusal as error:
            return refused_by_model(error, request_id)

    def _answered(self, target: _Target, received: Received, refusal: Refusal | None, request_id: str) -> Reply:
        name = target.model
        if name is not None and not self._access.knows(name):
            return _NO_ROUTE
        if refusal is not None:
            raise refusal
        if name is None:
            return self._named(received, request_id)
        model = self._access.model(name, received)
        if target.queued:
            raise NoQueue
        return _reply(model.ask(received, self._seed), request_id)

    def _named(self, received: Received, request_id: str) -> Reply:
        """Answer for a model that the body names: another company's, or one of the service's own by a gateway."""
        body = check(decoded(received.body), _NAMED)
        name, given = body["model"], body["input"]
        if self._access.knows(name):
            if "cf-aig-gateway-id" not in received.headers:
                raise NoGateway
            inner = evolve(received, body=json.dumps(given).encode())
            return _reply(self._access.model(name, inner).ask(inner, self._seed), request_id)
        model = found(name)
        if model is None:
            return _NOT_OFFERED
        return _reply(model.ask(given, self._seed, f"http://{received.headers.get('host', '')}"), request_id)

    def _knows(self, headers: Mapping[str, str]) -> bool:
        scheme, _, token = headers.get("authorization", "").partition(" ")
        return scheme.lower() == "bearer" and token.strip() == self._api_token

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

    def _digest(self, purpose: str, number: int) -> str:
        return hashlib.blake2b(f"{self._seed}:{purpose}:{number}".encode(), digest_size=16).hexdigest()


def _reply(answer: Answer | Media | Streamed, request_id: str) -> Reply:
    if isinstance(answer, Streamed):
        # No neurons: they are not known yet when the headers go out. No recording tells.
        return stream(answer.events, {"cf-ai-req-id": request_id})
    told = {} if answer.neurons is None else {"cf-ai-neurons": f"{answer.neurons:.2f}"}
    headers = {"cf-ai-req-id": request_id, **told}
    if isinstance(answer, Media):
        send = media_in_pieces if answer.in_pieces else media
        return send(answer.body, {**headers, "content-type": answer.content_type})
    return success(answer.result, headers)


def _target(received: Received) -> _Target | None:
    """Read the account and the model from the undecoded path; None where the service has no route.

    The slashes of a model's name must be literal: `%2F` in it is answered with 7000 (docs/wire.md 1).
    """
    match = _RUN.fullmatch(received.raw_path)
    if received.method != "POST" or match is None or "%2f" in (match["model"] or "").lower():
        return None
    queued = parse_qs(match["query"] or "").get("queueRequest") == ["true"]
    return _Target(unquote(match["account"]), unquote(match["model"]) if match["model"] else None, queued)
