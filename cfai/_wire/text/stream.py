"""A stream of text: bytes in, what its users see out, and at the end the whole answer."""

from collections.abc import Callable, Iterable

from ...errors import CfaiError, ResponseTooLarge, StreamError, StreamTruncated
from ...tasks.answers import GeneratedText
from ...tasks.answers.events import Finish, StreamEvent, TextDelta
from .. import strict_json
from ..convert.errors import shape_error_of
from ..decode_context import DecodeContext
from ..http_values import Response
from ..quoting import one_line, quote
from ..refusal.errors import ids_of, refusal
from ..sse import DONE, SseDecoder
from .accumulator import TextAccumulator
from .error_events import StreamRefusal
from .events import read_event, read_whole
from .fast_path import Record, native_texts, plain_chunks, text_of

_TOGETHER = 64
"""Events that are decoded by one call. One of them that is no plain text has all of them decoded once more."""

_new = object.__new__
"""For most events of a burst: `TextDelta(text)` takes twice as long."""


class TextStreamReader:
    """Reads one stream, whichever of their forms its events have (docs/wire.md 4).

    It raises nothing while it reads: what goes wrong is in `failure`, so that what came before it is not lost. Of the
    events it keeps nothing but their text; `raw` of the result is None, or the object by which an answer came whole.
    """

    __slots__ = ("_account_id", "_accumulator", "_decoder", "_model", "_response", "_result", "failure")

    def __init__(
        self,
        asked: DecodeContext | None = None,
        *,
        response: Response | None = None,
        model: str = "",
        account_id: str = "",
        max_bytes: int | None = None,
    ) -> None:
        self._response = Response(status=200, headers={}, body=b"") if response is None else response
        """Status and headers of the answer, for what an error has to say."""
        self._model = model
        self._account_id = account_id
        self._decoder = SseDecoder(max_bytes)
        self._accumulator = TextAccumulator(asked)
        self._result: GeneratedText | None = None
        self.failure: CfaiError | None = None
        """What the stream failed with, `partial` and all. Then nothing more is read."""

    @property
    def over(self) -> bool:
        """Whether the answer is whole and its `Finish` was given. What may still come does not matter."""
        return self._result is not None

    @property
    def ended(self) -> bool:
        """Whether the answer would be whole, should the stream end now: there was a finish reason, or more."""
        return self._accumulator.ended

    def partial(self) -> GeneratedText:
        """Give what has come so far. Until the end each tool call in it has an `error`, and no arguments."""
        return self._accumulator.so_far() if self._result is None else self._result

    def result(self) -> GeneratedText:
        """Give the whole answer.

        Raises:
            StreamError: The stream is not over, or has failed.
        """
        if self._result is not None:
            return self._result
        raise self._with_partial(StreamError("the stream has no result before its end: read on to its Finish"))

    def feed(self, chunk: bytes) -> list[StreamEvent]:
        """Take in bytes, and give the events that they complete."""
        if self._is_closed:
            return []
        try:
            datas = self._decoder.feed(chunk)
        except ResponseTooLarge as failure:
            self.failure = self._with_partial(failure)
            return []
        return self.read(datas) if datas else []

    def read(self, datas: Iterable[bytes]) -> list[StreamEvent]:
        """Take in the data of events, one by one, and give what they say."""
        events: list[StreamEvent] = []
        self._accumulator.events = events
        datas = list(datas)
        begin = 0
        while begin < len(datas) and not self._is_closed:
            # Whether a text is split may change with each event, and with it how strictly the next one is read.
            end = begin + (1 if self._accumulator.splits else _TOGETHER)
            self._read_some(datas[begin:end], events)
            begin = end
        return events

    def _read_some(self, datas: list[bytes], events: list[StreamEvent]) -> None:
        accumulator = self._accumulator
        native = None if accumulator.splits else native_texts(datas)
        if native is None:
            self._read_any(datas, events)
            return
        texts = list(filter(None, native))
        for text in texts:
            delta = _new(TextDelta)
            delta.text = text
            events.append(delta)
        accumulator.keep(texts, [])

    def _read_any(self, datas: list[bytes], events: list[StreamEvent]) -> None:
        accumulator = self._accumulator
        texts: list[str] = []
        records: list[Record] = []
        for data, chunk in zip(datas, [None] * len(datas) if accumulator.splits else plain_chunks(datas), strict=True):
            if chunk is None:
                accumulator.keep(texts, records)
                self._guard(self._read_data, data)
                if self._is_closed:
                    return
                continue
            choices, calls = chunk.choices, None
            if choices is None:
                text = chunk.response if chunk.type is None else text_of(chunk)
            else:
                accumulator.chunked = True
                delta = choices[0].delta
                text, calls = delta.content, delta.tool_calls
                thoughts = delta.reasoning or delta.reasoning_content
                if thoughts:
                    accumulator.think(thoughts)
                if chunk.usage is not None:
                    records.append(chunk.usage)
            if text:
                texts.append(text)
                said = _new(TextDelta)
                said.text = text
                events.append(said)
            if calls:
                events += accumulator.calls.take_fragments(calls)
            if not accumulator.model:
                accumulator.model = chunk.model
        accumulator.keep(texts, records)

    def take(self, answer: GeneratedText) -> list[StreamEvent]:
        """Take in a whole *answer*, of a model that does not stream, and give it as events."""
        accumulator = self._accumulator
        accumulator.events = []
        accumulator.settle(answer, getattr(answer, "_raw", None))  # which may be bytes still: not all ask for it
        return accumulator.events + self.end()

    def take_body(self, body: bytes) -> list[StreamEvent]:
        """Read a whole *body* of JSON that has the form of an event, or wraps several, and return its events."""
        events: list[StreamEvent] = []
        self._accumulator.events = events
        self._guard(self._read_body, body)
        return events + self.end()

    def end(self) -> list[StreamEvent]:
        """Note that nothing more comes, and give the last events."""
        if self._is_closed:
            return []
        events = self.read(self._decoder.finish())
        if not self._is_closed:
            if self.ended:
                self._guard(lambda _: self._finish(), b"")
            else:
                broken = StreamTruncated(f"the stream ended without its end mark{self._named}")
                self.failure = self._with_partial(broken)
        return events

    @property
    def _is_closed(self) -> bool:
        return self._result is not None or self.failure is not None

    def _guard(self, step: Callable[[bytes], None], data: bytes) -> None:
        """Do a *step* with the *data* of an event; what it raises is the stream's failure."""
        failure: CfaiError
        try:
            step(data)
        except StreamRefusal as refused:
            had = self.partial()
            begun = bool(had.response or had.reasoning or had.tool_calls)
            failure = refusal(self._response, self._model, self._account_id, body=refused.body, begun=begun)
        except strict_json.NotJson as broken:
            failure = self._malformed(f"not JSON: {broken}", data)
        except Exception as cause:  # a misfit, or what a value beyond all bounds makes of itself
            misfit = shape_error_of(cause)
            failure = self._malformed(f"{misfit.why} @ {misfit.path}", data)
        else:
            return
        self.failure = self._with_partial(failure)

    def _read_data(self, data: bytes) -> None:
        bare = data.strip()
        if bare == DONE:
            self._finish()
        elif bare:
            read_event(strict_json.decode(data), self._accumulator)
            if self._accumulator.closed:
                self._finish()

    def _read_body(self, data: bytes) -> None:
        read_whole(strict_json.decode(data), self._accumulator)

    def _finish(self) -> None:
        accumulator = self._accumulator
        accumulator.last_words()
        answer = accumulator.whole()
        accumulator.events.append(Finish(answer.finish_reason, answer.usage))
        self._result = answer

    def _malformed(self, why: str, data: bytes) -> StreamError:
        return StreamError(one_line(f"a malformed event in the stream: {why}, of {quote(data)}{self._named}"))

    @property
    def _named(self) -> str:
        return f" [{ids_of(self._response, self._model)}]" if self._model else ""

    def _with_partial(self, failure: CfaiError) -> CfaiError:
        failure.partial = self.partial()
        return failure


def read_stream(
    body: bytes,
    asked: DecodeContext | None = None,
    *,
    response: Response | None = None,
    model: str = "",
    account_id: str = "",
) -> GeneratedText:
    """Put together the whole *body* of a stream, of a model that streams unasked.

    Raises:
        CfaiError: The stream says no, or is broken; it has `partial`.
    """
    reader = TextStreamReader(asked, response=response, model=model, account_id=account_id)
    reader.feed(body)
    reader.end()
    if reader.failure is not None:
        raise reader.failure
    return reader.result()
