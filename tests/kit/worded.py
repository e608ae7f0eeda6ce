"""One way to write a test for both clients."""

import functools
from collections.abc import AsyncIterator, Callable
from typing import Any, Self

import anyio

import cfai


class Worded:
    """A `cfai.Client` with the words of `cfai.AsyncClient`: each call in a worker thread."""

    def __init__(self, client: cfai.Client) -> None:
        self.inner = client

    async def run(self, *args: Any, **kwargs: Any) -> Any:
        return await _aside(self.inner.run, *args, **kwargs)

    async def request(self, *args: Any, **kwargs: Any) -> Any:
        return await _aside(self.inner.request, *args, **kwargs)

    def stream(self, *args: Any, **kwargs: Any) -> "WordedStream":
        return WordedStream(self.inner.stream(*args, **kwargs))

    async def fetch(self, *args: Any, **kwargs: Any) -> Any:
        return await _aside(self.inner.fetch, *args, **kwargs)

    async def warm(self) -> None:
        return await _aside(self.inner.warm)

    async def aclose(self) -> None:
        return await _aside(self.inner.close)

    def with_options(self, **changes: Any) -> "Worded":
        return Worded(self.inner.with_options(**changes))

    async def __aenter__(self) -> Self:
        self.inner.__enter__()
        return self

    async def __aexit__(self, *exc: object) -> None:
        return await _aside(self.inner.__exit__, *exc)

    def __getattr__(self, name: str) -> Any:
        if name == "inner":
            raise AttributeError(name)
        return getattr(self.inner, name)


class WordedStream:
    """A `cfai.TextStream` or `cfai.MediaStream` with the words of the asynchronous ones."""

    def __init__(self, stream: Any) -> None:
        self.inner = stream

    async def __aenter__(self) -> Self:
        await _aside(self.inner.__enter__)
        return self

    async def __aexit__(self, *exc: object) -> None:
        await _aside(self.inner.__exit__, *exc)

    async def aclose(self) -> None:
        await _aside(self.inner.close)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Any:
        event = await _aside(next, self.inner, None)  # a StopIteration can't come out of a thread
        if event is None:
            raise StopAsyncIteration
        return event

    async def texts(self) -> AsyncIterator[str]:
        texts = self.inner.texts()
        while (text := await _aside(next, texts, None)) is not None:
            yield text

    def __getattr__(self, name: str) -> Any:
        if name == "inner":
            raise AttributeError(name)
        return getattr(self.inner, name)


def inner(client: Any) -> Any:
    """Give the client itself, whichever it is."""
    return client.inner if isinstance(client, Worded) else client


async def _aside(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    return await anyio.to_thread.run_sync(functools.partial(function, *args, **kwargs), abandon_on_cancel=True)
