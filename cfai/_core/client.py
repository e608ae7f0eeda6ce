"""The asynchronous client: joins params, wire and transport."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Generic, Self, TypeVar, Unpack, overload

from attrs import field, frozen

from .._base import Params, StreamsMedia, StreamsText, short_repr
from .._http.fetch import Fetcher
from .._http.per_loop import running_loop
from .._http.resolved_options import ONE_ATTEMPT
from .._http.transport import Transport
from .._settings import Settings
from .._wire.answer.decode import neurons_of, raw_of
from .._wire.answer.gateway_facts import gateway_facts
from .._wire.http_values import Headers
from .._wire.request.encode import not_params
from .._wire.text.usage import usage_of
from ..errors import InvalidParams
from ..media import Audio, Image, Media, MediaLink
from ..options import Changes, RequestOptions
from ..tasks.answers import GatewayFacts, GeneratedText, RunResponse
from ..usage import Usage
from .base_client import BaseClient
from .calls import CallRunner
from .media_stream import AsyncMediaStream
from .retry import RetryBudget
from .text_stream import AsyncTextStream

R = TypeVar("R")


@frozen(repr=False)
class Reply(Generic[R]):
    """An answer, with all that is known about the call."""

    result: R
    """The answer, as `run()` gives it."""
    raw: Any = field(repr=False)
    """The whole decoded body; its bytes where it is not JSON."""
    status: int
    """The HTTP status."""
    headers: Mapping[str, str] = field(repr=False)
    """The answer's headers; names are compared without case."""
    request_id: str | None
    """`cf-ai-req-id`: what to tell the service's support."""
    ray_id: str | None
    """`cf-ray`."""
    neurons: float | None
    """What the call cost in the service's unit of price: `usage.neurons`, else the header `cf-ai-neurons`; never
    computed. None where the service does not say."""
    usage: Usage | None
    """Tokens, where the service says."""
    attempts: int
    """How many times the request was sent."""
    elapsed: float
    """Seconds from the call to its answer."""
    gateway: GatewayFacts | None = None
    """What the AI Gateway reports; None where no gateway was asked for and none reported anything."""
    skipped: list[str] = field(factory=list, eq=False, repr=False)
    """The paths of values in the result that could not be used, such as "$[0].score"; usually empty. Each has the
    default of its field in `result`, and is still in `raw`. Not part of `==` and `repr()`."""

    def __repr__(self) -> str:
        return short_repr(self)


class AsyncClient(BaseClient):
    """Asks any model of Workers AI, from asyncio.

    One client works in any number of event loops and threads, one after another or at once.
    """

    _calls: CallRunner
    _owner: bool

    def _begin(self, settings: Settings) -> None:
        self._settings = settings
        budget = RetryBudget((settings.options.retry or ONE_ATTEMPT).budget)
        self._calls = CallRunner(settings, Transport(settings), Fetcher(settings), budget)
        self._owner = True

    @overload
    async def run(self, model: str, params: Params[R], /, options: RequestOptions | None = None) -> R: ...
    @overload
    async def run(
        self, model: str, params: Mapping[str, Any], /, options: RequestOptions | None = None
    ) -> RunResponse: ...
    async def run(self, model: str, params: Any, /, options: RequestOptions | None = None) -> Any:
        """Ask *model* with *params* and return its answer.

        Args:
            model: The model's name as Cloudflare writes it, such as "@cf/meta/llama-3.2-3b-instruct".
            params: A params class, whose type names the answer; or a mapping of the model's input by the wire's
                names, which goes out untouched and whose answer is structured by its shape.
            options: Options of this call, over those of the client.

        Raises:
            InvalidParams: The input can't be sent as it is; nothing was sent.
            ApiError: The service refused; its classes are the codes' own.
            TransportError: No usable answer came.
            DecodeError: The answer is not what *params* promised; it is kept in `raw`.
        """
        return (await self._calls.run(model, params, options))[0]

    @overload
    async def request(self, model: str, params: Params[R], /, options: RequestOptions | None = None) -> Reply[R]: ...
    @overload
    async def request(
        self, model: str, params: Mapping[str, Any], /, options: RequestOptions | None = None
    ) -> Reply[RunResponse]: ...
    async def request(self, model: str, params: Any, /, options: RequestOptions | None = None) -> Any:
        """Do as `run()` does, and return the answer with all that is known about the call.

        Raises:
            CfaiError: As `run()` does.
        """
        result, response = await self._calls.run(model, params, options)
        raw = raw_of(response)
        usage = usage_of(result, raw)
        return Reply(
            result=result,
            raw=raw,
            status=response.status,
            headers=Headers(response.headers),
            request_id=response.request_id,
            ray_id=response.ray_id,
            neurons=neurons_of(usage, response),
            usage=usage,
            attempts=response.attempts,
            elapsed=response.elapsed,
            gateway=gateway_facts(response),
            skipped=response.skipped,
        )

    @overload
    def stream(
        self, model: str, params: StreamsText[R], /, options: RequestOptions | None = None
    ) -> AsyncTextStream[R]: ...
    @overload
    def stream(
        self, model: str, params: StreamsMedia[R], /, options: RequestOptions | None = None
    ) -> AsyncMediaStream[R]: ...
    @overload
    def stream(
        self, model: str, params: Mapping[str, Any], /, options: RequestOptions | None = None
    ) -> AsyncTextStream[GeneratedText]: ...
    def stream(self, model: str, params: Any, /, options: RequestOptions | None = None) -> Any:
        """Ask *model* for a stream: its answer while it comes. Nothing is sent before the block is entered.

        Args:
            model: The model's name, as for `run()`.
            params: A params class whose answer can stream: `Prompt`, `Messages`, `ImagePrompt`, `ImageMessages`,
                `Responses` and `VisionQuery` give events of text, `TextToSpeech` and `TextToImage` give bytes. Or a
                mapping, whose answer has to be text.
            options: Options of this call. `timeout` holds until the first event, from then on `idle_timeout` between
                bytes. Until the first event the call is tried again as `run()` is, but for answers that were lost.

        Raises:
            InvalidParams: The answer to *params* does not stream.
        """
        kind = AsyncMediaStream if isinstance(params, StreamsMedia) else AsyncTextStream
        return kind(self._calls, model, _checked_to_stream(params), options)

    async def fetch(self, link: MediaLink, options: RequestOptions | None = None) -> Image | Audio | Media:
        """Download what *link* leads to, and return it: the class is told by the bytes themselves.

        A link comes out of an answer, so nothing of the client goes with the request: no token, no header but Host,
        Accept and Accept-Encoding, no cookie, no proxy. Redirects are not followed. The host must be public: each of
        its addresses is checked, and the connection goes to one of these. A client of a server on loopback, such as
        the emulator, may fetch from that server too.

        Args:
            link: The link, as an answer gave it.
            options: Options of this call, over those of the client: its limits of time, `max_response_bytes` and
                `retry` count here.

        Raises:
            InvalidParams: The link is not a `MediaLink`, not https, or leads to a host that is not public; nothing
                was sent.
            ApiError: The host answered with another status than 200, a redirect too.
            TransportError: No usable answer came.
            ResponseTooLarge: It is larger than `max_response_bytes`.
            DecodeError: It is empty, or a page of HTML or JSON and no medium.
        """
        return await self._calls.fetch(link, options)

    def with_options(self, **changes: Unpack[Changes]) -> Self:
        """Give a client with other options, or another account or token, that shares these connections.

        Closing it does nothing; closing the first client closes all.

        Raises:
            ConfigError: A setting is wrong.
        """
        copy = object.__new__(type(self))
        copy._settings = self._settings.with_changes(changes)
        copy._calls = self._calls.with_settings(copy._settings)
        copy._owner = False
        return copy

    async def warm(self) -> None:
        """Open a connection beforehand, so that the first call need not wait for it.

        Raises:
            TransportError: The service can't be reached.
        """
        await self._calls.warm()

    async def aclose(self) -> None:
        """Close all connections. Calls in flight raise ClientClosed, and so does every later one."""
        running_loop()  # or the error that a call would raise
        if self._owner:
            await self._calls.aclose()

    async def __aenter__(self) -> Self:
        """Return the client itself."""
        running_loop()  # or the error that each call in the block would raise
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        """Close it."""
        await self.aclose()


def _checked_to_stream(params: Any) -> Any:
    """Return *params*, whose answer has to come in pieces.

    Raises:
        InvalidParams: It comes whole.
    """
    if isinstance(params, (StreamsText, StreamsMedia, Mapping)):
        return params
    if isinstance(params, Params):
        raise InvalidParams(f"{type(params).__name__}: its answer comes whole: ask with run()")
    raise InvalidParams(not_params(params))


__all__ = ("AsyncClient", "Reply")
