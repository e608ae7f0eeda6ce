"""The answer to a request for a stream of text: events that are read as they come, or one that comes whole."""

from typing import Any

from ...errors import CfaiError, DecodeError, StreamError
from ...media import sniff
from ...tasks.answers import GeneratedText, VisionAnswer
from ...tasks.answers.events import StreamEvent
from ..http_values import Request, Response
from ..quoting import one_line
from ..sse import LineDecoder
from ..text.stream import TextStreamReader
from .body_kind import BodyKind, BodyKindDetector
from .decode import decode, seen


class TextAnswerReader:
    """Reads one answer, whatever kind of body it has. It raises nothing while it reads: see `failure`."""

    __slots__ = ("_account_id", "_answer", "_events", "_lines", "_opening", "_request", "_response")

    def __init__(self, request: Request, response: Response, account_id: str) -> None:
        self._request = request
        self._response = response
        self._account_id = account_id
        self._events = TextStreamReader(request.asked, response=response, model=request.model, account_id=account_id)
        self._lines: LineDecoder | None = None
        """Where the events are lines of JSON."""
        content_type = response.headers.get("Content-Type", "")
        self._opening: BodyKindDetector | None = BodyKindDetector(response.status, content_type, streamed=True)
        """What has come; None once that is known to be events."""
        self._answer: Any = None
        """An answer that came whole and is more than a text."""

    @property
    def failure(self) -> CfaiError | None:
        """What the answer failed with. Then nothing more is read."""
        return self._events.failure

    @failure.setter
    def failure(self, failure: CfaiError | None) -> None:
        self._events.failure = failure

    @property
    def over(self) -> bool:
        """Whether the answer is whole and its `Finish` was returned."""
        return self._events.over

    def partial(self) -> GeneratedText:
        """Return what has come so far of the text."""
        return self._events.partial()

    def result(self) -> Any:
        """Return the whole answer, as `run` does.

        Raises:
            StreamError: The stream is not over, or has failed.
        """
        answer = self._events.result()
        if self._answer is not None:
            return self._answer
        return seen(answer, self._request.asked) if self._request.promise is VisionAnswer else answer

    def feed(self, chunk: bytes) -> list[StreamEvent]:
        """Add *chunk*, and return the events that it completes."""
        if self._opening is None:
            return self._read(chunk)
        return self._open(self._opening, self._opening.feed(chunk))

    def end(self) -> list[StreamEvent]:
        """Note that nothing more comes, and return the last events."""
        events: list[StreamEvent] = []
        if self._opening is not None:
            events = self._open(self._opening, self._opening.end())
        if self._opening is not None:
            return self._take_whole(bytes(self._opening.body), self._opening.kind)
        if self._lines is not None:
            events += self._events.read(self._lines.finish())
        return events + self._events.end()

    def _read(self, chunk: bytes) -> list[StreamEvent]:
        return self._events.feed(chunk) if self._lines is None else self._events.read(self._lines.feed(chunk))

    def _open(self, opening: BodyKindDetector, kind: BodyKind) -> list[StreamEvent]:
        """Read what has come, once it is known to be events."""
        if kind is not BodyKind.EVENTS and kind is not BodyKind.JSON_LINES:
            return []
        self._opening = None
        if kind is BodyKind.JSON_LINES:
            self._lines = LineDecoder()
        return self._read(bytes(opening.body))

    def _take_whole(self, body: bytes, kind: BodyKind) -> list[StreamEvent]:
        if kind is BodyKind.MEDIA:
            what = sniff(body) or self._response.content_type
            failure = StreamError(one_line(f"the model answered with a file, {what[:80]}, and not with text"))
            failure.partial = body
            return self._fail(failure)
        try:
            whole = Response(status=self._response.status, headers=self._response.headers, body=body)
            answer = decode(whole, self._request, self._account_id)
        except DecodeError as misfit:
            return self._take_other(body, kind, misfit)
        except CfaiError as refused:
            return self._fail(refused)
        if not isinstance(answer, GeneratedText):
            self._answer = answer
            answer = _told(answer)
        elif kind is BodyKind.JSON and not (answer.response or answer.reasoning or answer.tool_calls):
            return self._events.take_body(body)
        return self._events.take(answer)

    def _take_other(self, body: bytes, kind: BodyKind, misfit: DecodeError) -> list[StreamEvent]:
        """Read a whole answer that has the form of an event, which `run` does not know; else fail as `run` does."""
        events = self._events.take_body(body) if kind is BodyKind.JSON else []
        return events if self.over else self._fail(misfit)

    def _fail(self, failure: CfaiError) -> list[StreamEvent]:
        self.failure = failure
        return []


def _told(answer: Any) -> GeneratedText:
    """Return what the events tell of an *answer* that is more than a text, or something else."""
    if not isinstance(answer, VisionAnswer):
        return GeneratedText(response=getattr(answer, "text", ""))
    return GeneratedText(
        answer.text, reasoning=answer.reasoning, usage=answer.usage, finish_reason=answer.finish_reason
    )
