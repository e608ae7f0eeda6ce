"""Asks the service, or its double, and counts what that costs."""

import asyncio
import http.client
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from attrs import define

import cfai

# These say something about the account or the hour, and nothing about the request.
_ABOUT_THE_HOUR = (cfai.RateLimited, cfai.ServerTimeout, cfai.ServerError)
_ABOUT_THE_ACCOUNT = (cfai.Unauthorized, cfai.PaymentRequired, cfai.Forbidden)

_RAW_TIMEOUT = 30.0


class Answered(Exception):
    """The service answered what it was expected to refuse."""


@define
class Cost:
    """What the calls of a run came to."""

    neurons: float = 0.0
    """The sum of what the answers say."""
    answered: int = 0
    """Calls with a good answer."""
    silent: int = 0
    """Of these, those that do not say what they cost."""
    refused: int = 0
    """Calls that were refused: they never say."""
    lost: int = 0
    """Calls whose answer did not come or could not be used: they may have cost something."""

    def __str__(self) -> str:
        told = f"{self.neurons:.2f} neurons for {self.answered} answers, of which {self.silent} did not say"
        return f"{told}; besides, {self.refused} refusals, which never say, and {self.lost} calls without an answer"


class Asker:
    """One client, with the bill.

    Args:
        client: Whom to ask with.
        api_token: The client's token, for the one request that the client can't make.
    """

    def __init__(self, client: cfai.AsyncClient, api_token: str) -> None:
        self.cost = Cost()
        self._client = client
        self._api_token = api_token
        self._speech: cfai.Reply[cfai.Audio] | None = None

    async def ask(self, model: str, params: Any) -> cfai.Reply[Any]:
        """Ask *model*, and put what it cost on the bill."""
        return await self._charged(self._client, model, params)

    async def refusal(self, model: str, params: Any, *, api_token: str | None = None) -> cfai.ApiError:
        """Ask what is to be refused, with another token where one is given.

        Raises:
            Answered: It was answered.
            cfai.CfaiError: It failed for a reason that the request is not to blame for.
        """
        client = self._client if api_token is None else self._client.with_options(api_token=api_token)
        try:
            reply = await self._charged(client, model, params)
        except cfai.ApiError as error:
            if isinstance(error, _ABOUT_THE_HOUR) or (api_token is None and isinstance(error, _ABOUT_THE_ACCOUNT)):
                raise
            return error
        raise Answered(f"answered with {reply.status}: {reply.result!r}")

    async def speech(self) -> cfai.Reply[cfai.Audio]:
        """Have a few words spoken, once a run: sound is among the dearest things here, and two checks need it."""
        if self._speech is None:
            self._speech = await self.ask("@cf/deepgram/aura-1", cfai.TextToSpeech("Good morning!"))
        return self._speech

    async def post_as_written(self, path: str, body: Mapping[str, Any]) -> tuple[int, Any]:
        """Post to a *path* below `/ai/run/` exactly as it is written; give the status and the decoded body.

        cfai refuses to write an encoded slash wherever one could be put: in a model's name, an account, a base_url.
        `http.client` sends a path as it stands, is in the standard library, and follows no redirect with the token.
        """
        try:
            status, content = await asyncio.to_thread(self._post, path, json.dumps(body).encode())
        except BaseException:
            self.cost.lost += 1
            raise
        if 200 <= status < 300:
            self.cost.answered += 1
            self.cost.silent += 1
        else:
            self.cost.refused += 1
        try:
            return status, json.loads(content)
        except ValueError:
            return status, content.decode("latin-1")

    def _post(self, path: str, body: bytes) -> tuple[int, bytes]:
        parts = urlsplit(self._client.base_url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=_RAW_TIMEOUT)
        try:
            connection.request(
                "POST",
                f"{parts.path}/accounts/{self._client.account_id}/ai/run/{path}",
                body,
                {"Authorization": f"Bearer {self._api_token}", "Content-Type": "application/json"},
            )
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    async def _charged(self, client: cfai.AsyncClient, model: str, params: Any) -> cfai.Reply[Any]:
        try:
            reply: cfai.Reply[Any] = await client.request(model, params)
        except cfai.ApiError:
            self.cost.refused += 1
            raise
        except BaseException:  # a check that runs out of time is cancelled, and its call is paid for all the same
            self.cost.lost += 1
            raise
        self.cost.answered += 1
        if reply.neurons is None:
            self.cost.silent += 1
        else:
            self.cost.neurons += reply.neurons
        return reply


def refusal_in_short(error: cfai.ApiError) -> str:
    """Say what the service said. cfai's own line would not do: some of them name the account."""
    return f"{error.status}/{error.code}: {error.message}"
