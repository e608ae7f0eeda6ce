"""The synchronous client: the asynchronous one in a loop of its own, one line a method."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self, TypeVar, Unpack, overload

from .._base import Params, StreamsMedia, StreamsText
from .._core.base_client import BaseClient
from .._core.client import AsyncClient, Reply
from .._settings import Settings
from ..media import Audio, Image, Media, MediaLink
from ..options import Changes, RequestOptions
from ..tasks.answers import GeneratedText, RunResponse
from .loop_thread import LoopThread
from .streams import MediaStream, TextStream, synchronous

R = TypeVar("R")


class Client(BaseClient):
    """Asks any model of Workers AI, from ordinary code.

    Works in scripts, threads and notebooks, and in a forked child. One thread with an event loop serves a client and
    all copies that `with_options()` makes of it; it ends by `close()`, by collection and at exit.
    """

    _async: AsyncClient
    _loop: LoopThread
    _owner: bool

    def _begin(self, settings: Settings) -> None:
        self._settings = settings
        self._async = object.__new__(AsyncClient)
        self._async._begin(settings)
        self._loop = LoopThread(self._async.aclose)
        self._owner = True

    @overload
    def run(self, model: str, params: Params[R], /, options: RequestOptions | None = None) -> R: ...
    @overload
    def run(self, model: str, params: Mapping[str, Any], /, options: RequestOptions | None = None) -> RunResponse: ...
    def run(self, model: str, params: Any, /, options: RequestOptions | None = None) -> Any:
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
        return self._loop.wait(lambda: self._async.run(model, params, options), self._limit(options))

    @overload
    def request(self, model: str, params: Params[R], /, options: RequestOptions | None = None) -> Reply[R]: ...
    @overload
    def request(
        self, model: str, params: Mapping[str, Any], /, options: RequestOptions | None = None
    ) -> Reply[RunResponse]: ...
    def request(self, model: str, params: Any, /, options: RequestOptions | None = None) -> Any:
        """Do as `run()` does, and return the answer with all that is known about the call.

        Raises:
            CfaiError: As `run()` does.
        """
        return self._loop.wait(lambda: self._async.request(model, params, options), self._limit(options))

    @overload
    def stream(self, model: str, params: StreamsText[R], /, options: RequestOptions | None = None) -> TextStream[R]: ...
    @overload
    def stream(
        self, model: str, params: StreamsMedia[R], /, options: RequestOptions | None = None
    ) -> MediaStream[R]: ...
    @overload
    def stream(
        self, model: str, params: Mapping[str, Any], /, options: RequestOptions | None = None
    ) -> TextStream[GeneratedText]: ...
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
        return synchronous(self._loop, self._async.stream(model, params, options))

    def fetch(self, link: MediaLink, options: RequestOptions | None = None) -> Image | Audio | Media:
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
        return self._loop.wait(lambda: self._async.fetch(link, options), self._limit(options))

    def with_options(self, **changes: Unpack[Changes]) -> Self:
        """Give a client with other options, or another account or token, that shares these connections.

        Closing it does nothing; closing the first client closes all.

        Raises:
            ConfigError: A setting is wrong.
        """
        copy = object.__new__(type(self))
        copy._async = self._async.with_options(**changes)
        copy._settings = copy._async._settings
        copy._loop = self._loop
        copy._owner = False
        return copy

    def warm(self) -> None:
        """Open a connection beforehand, so that the first call need not wait for it.

        Raises:
            TransportError: The service can't be reached.
        """
        return self._loop.wait(lambda: self._async.warm(), self._limit(None))

    def _limit(self, options: RequestOptions | None) -> float | None:
        return self._settings.seconds("timeout", options)

    def close(self) -> None:
        """Close all connections. Calls in flight raise ClientClosed, and so does every later one."""
        if self._owner:
            self._loop.close()

    def __enter__(self) -> Self:
        """Return the client itself."""
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()
