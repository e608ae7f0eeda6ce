"""The service as a function: a request in, a reply out; no socket, no loop."""

import hashlib
import itertools
import json
import re
import uuid
from collections.abc import Mapping
from typing import Any, Final, NoReturn
from urllib.parse import parse_qs, unquote

from attrs import frozen

from cfai.emulator._models import MODELS, Answer, Media, Model
from cfai.emulator._received import Received
from cfai.emulator._replies import (
    BadInput,
    NoQueue,
    Refusal,
    Reply,
    media,
    refused_by_model,
    refused_by_router,
    success,
)

# Seen in recordings (docs/wire.md 2.6); it changes with each release of the API.
_API_VERSION: Final = "2026-09-25.epoch"

_RUN: Final = re.compile(r"/client/v4/accounts/(?P<account>[^/?]+)/ai/run/(?P<model>[^?]+)(?:\?(?P<query>.*))?")

_OPENS_AN_OBJECT: Final = re.compile(rb"\s*\{\s*[\"}]")

# One body for a bad path and for an unknown model (docs/wire.md, the disagreements after 2.6).
_NO_ROUTE: Final = refused_by_router(400, 7000, "No route for that URI")
_NO_AUTH: Final = refused_by_router(401, 10000, "Authentication error")


@frozen
class _Target:
    account: str
    model: str
    queued: bool


class Service:
    """Answers requests for one account with one token."""

    def __init__(self, *, account_id: str, api_token: str, seed: int) -> None:
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
        return Reply(reply.status, reply.body, {**self._marks(number), **reply.headers})

    def marks(self) -> dict[str, str]:
        """Make the headers of an answer to what is not even HTTP."""
        return self._marks(next(self._numbers))

    def _routed(self, received: Received, refusal: Refusal | None, request_id: str) -> Reply:
        target = _target(received)
        if target is None:
            return _NO_ROUTE
        if not self._knows(received.headers):
            return _NO_AUTH
        model = MODELS.get(target.model)
        if target.account != self._account_id or model is None:
            return _NO_ROUTE
        try:
            if refusal is not None:
                raise refusal
            return _reply(self._asked(model, target, received.body), request_id)
        except Refusal as error:
            return refused_by_model(error, request_id)

    def _asked(self, model: Model, target: _Target, body: bytes) -> Answer | Media:
        if target.queued:
            raise NoQueue
        # The content type is free (docs/wire.md 3.5), so that only the bytes tell a file from JSON.
        if model.respond_to_bytes is not None and _OPENS_AN_OBJECT.match(body) is None:
            return model.respond_to_bytes(body)
        try:
            return model.ask(_decoded(body), self._seed)
        except RecursionError:
            raise BadInput("the body is nested too deeply") from None

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


def _reply(answer: Answer | Media, request_id: str) -> Reply:
    headers = {"cf-ai-req-id": request_id, "cf-ai-neurons": f"{answer.neurons:.2f}"}
    if isinstance(answer, Media):
        return media(answer.body, {**headers, "content-type": answer.content_type})
    return success(answer.result, headers)


def _target(received: Received) -> _Target | None:
    """Read the account and the model from the undecoded path; None where the service has no route.

    The slashes of a model's name must be literal: `%2F` in it is answered with 7000 (docs/wire.md 1).
    """
    match = _RUN.fullmatch(received.raw_path)
    if received.method != "POST" or match is None or "%2f" in match["model"].lower():
        return None
    queued = parse_qs(match["query"] or "").get("queueRequest") == ["true"]
    return _Target(unquote(match["account"]), unquote(match["model"]), queued)


def _decoded(body: bytes) -> Any:
    """Read JSON, whatever the content type says (docs/wire.md 3): curl without one is in the service's own samples."""
    try:
        return json.loads(body.decode(), parse_constant=_not_json)
    except ValueError:
        # The code is as for every input that does not fit; the words are our guess.
        raise BadInput("the body is not JSON") from None


def _not_json(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
