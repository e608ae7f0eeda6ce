"""Streams of text."""

from collections.abc import AsyncIterator
from typing import Any, Generic, Self, TypeVar, cast

from .._wire.answer.text_response import TextAnswerReader
from .._wire.http_values import Request, Response
from ..tasks.answers import GeneratedText
from ..tasks.answers.events import StreamEvent, TextDelta
from .stream import Stream

R = TypeVar("R")


class AsyncTextStream(Stream[StreamEvent, TextAnswerReader], Generic[R]):
    """A text while it is written: an asynchronous iterator of events, the last of which is the one `Finish`.

    Use it with `async with`, which sends the request; leaving the block hangs up.
    """

    @property
    def partial(self) -> GeneratedText:
        """What has come so far, at any moment. Until the end each tool call in it has an `error`."""
        return GeneratedText() if self._reader is None else self._reader.partial()

    @property
    def result(self) -> R:
        """The whole answer, as `run()` gives it.

        Raises:
            StreamError: The stream is not over, or has failed.
        """
        return cast("R", self._begun().result())

    def texts(self) -> AsyncIterator[str]:
        """Give the text alone, piece by piece."""
        return _Texts(self)

    def _reader_of(self, request: Request, response: Response) -> TextAnswerReader:
        return TextAnswerReader(request, response, self._calls.account_id)


class _Texts:
    """The text of a stream alone."""

    def __init__(self, stream: AsyncTextStream[Any]) -> None:
        self._stream = stream

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> str:
        while True:
            event = await self._stream.__anext__()
            if isinstance(event, TextDelta):
                return event.text
