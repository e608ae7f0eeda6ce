"""What has come of a text so far, whichever form its pieces have."""

from collections.abc import Iterable
from typing import Any

from ...tasks.answers import GeneratedText, ToolCall
from ...tasks.answers.events import ReasoningDelta, StreamEvent, TextDelta
from ..decode_context import DecodeContext
from .common import CUT, apply, parse_object
from .fast_path import Record
from .text_buffer import TextBuffer
from .text_values import side_text, written
from .think_tags import ThinkTagSplitter, thoughts_so_far
from .tool_call_deltas import ToolCallDeltas
from .usage_sums import UsageSums


class Paths(list[str]):
    """Paths of values that could not be used, each once: a stream has many events, and one fault in all of them."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: set[str] = set()

    def append(self, path: str) -> None:
        """Add *path*, unless it is there."""
        if path not in self._known:
            self._known.add(path)
            super().append(path)

    def extend(self, paths: Iterable[str]) -> None:
        """Add those of *paths* that are not there."""
        for path in paths:
            self.append(path)


class TextAccumulator:
    """Adds up the pieces of one text, and writes an event for each into `events`."""

    __slots__ = (
        "_parsed",
        "_parsed_at",
        "_part",
        "_splitter",
        "_whole",
        "asked",
        "calls",
        "chunked",
        "closed",
        "ended",
        "events",
        "model",
        "raw",
        "reason",
        "skipped",
        "splits",
        "tally",
        "text",
        "thoughts",
    )

    def __init__(self, asked: DecodeContext | None) -> None:
        self.events: list[StreamEvent] = []
        """What came since the reader of the stream took them the last time."""
        self.text = TextBuffer()
        self.thoughts = TextBuffer()
        self.calls = ToolCallDeltas()
        self.tally = UsageSums()
        self.model: str | None = None
        self.reason: str | None = None
        self.skipped = Paths()
        """The paths of what could not be used in the events; the text is never among them."""
        self.chunked = False
        """Whether there were chunks with `choices`, beside which native ones only repeat the text."""
        self.ended = False
        """Whether there was a mark by which the text is whole, should the stream end now."""
        self.closed = False
        """Whether there was a mark after which nothing can come."""
        self.raw: Any = None
        self.asked = asked
        """What of the request the text depends on, for the forms whose events may be whole answers."""
        self._whole: GeneratedText | None = None
        self._parsed: dict[str, Any] | list[Any] | None = None
        self._parsed_at = 0
        """How long the text was that `_parsed` stands for: as the beginning of a longer one it stands for nothing."""
        self._part: Any = None
        self._splitter = ThinkTagSplitter() if asked is not None and asked.thinks_aloud else None
        self.splits = self._splitter is not None
        """Whether native text may hold thoughts, so that each piece of it has to be looked at."""

    # -- what the forms say

    def say(self, text: str) -> None:
        """Take in a piece of the text."""
        if text:
            self.text.add(text)
            self.events.append(TextDelta(text))

    def say_value(self, value: Any, *, native: bool = False) -> None:
        """Take in a piece of the text as the JSON value that it came as; null is no piece.

        An object or a list that has something in it and is all of the text is `parsed`, too.
        """
        whole = value if type(value) in (dict, list) and value and not self.text else None
        if whole is not None:
            self.speaks_plainly()
        (self.say_native if native else self.say)(written(value))
        if whole is not None:
            self._parsed, self._parsed_at = whole, len(self.text)

    def repeats(self, value: dict[str, Any] | list[Any]) -> bool:
        """Return whether a native *value* is, in JSON mode, all the text so far once more; then it is `parsed`."""
        if not self.text or not value:  # an empty one is a piece like any other
            return False
        if not self.chunked and parse_object(str(self.text)) != value:
            return False
        self._parsed, self._parsed_at = value, len(self.text)
        return True

    def keep(self, texts: list[str], records: list[Record]) -> None:
        """Take in, and clear, pieces of the text whose events are written already, and records of the usage."""
        if texts:
            self.text.add("".join(texts))
            texts.clear()
        if records:
            self.tally.add(records)
            records.clear()

    def say_native(self, text: str) -> None:
        """Take in a piece of a native text, which may begin with thoughts."""
        if self._splitter is None:
            self.say(text)
            return
        self.text.add(text)
        thoughts, text = self._splitter.feed(text)
        if thoughts:
            self.events.append(ReasoningDelta(thoughts))
        if text:
            self.events.append(TextDelta(text))

    def think_value(self, value: Any, part: Any = None) -> None:
        """Take in a piece of the reasoning as the JSON value that it came as."""
        self.think(written(value), part)

    def think(self, text: str | None, part: Any = None) -> None:
        """Take in a piece of the reasoning; parts of it, where there are several, stand on lines of their own."""
        if not text:
            return
        if part != self._part and self.thoughts:
            text = "\n" + text
        self._part = part
        self.thoughts.add(text)
        self.events.append(ReasoningDelta(text))

    def speaks_plainly(self) -> None:
        """Note that the service itself tells thoughts from text: then no mark in the text is one."""
        if self._splitter is not None and not self.text:
            self._splitter, self.splits = None, False

    def finish(self, reason: str | None) -> None:
        """Note why the text ends; an empty reason is none."""
        if reason:
            self.reason = reason
            self.ended = True

    def name_model(self, name: Any, path: str, *, latest: bool = False) -> None:
        """Note which model answers; the first that is named counts, unless this is the *latest* word."""
        model = side_text(name, path, self.skipped)
        self.model = model or self.model if latest else self.model or model

    def settle(self, answer: GeneratedText, raw: Any, path: str = "$") -> None:
        """Take in the *answer* as a whole, and write events for what of it has not come in pieces.

        *path* is where it stands in its event.
        """
        self.skipped.extend(path + each[1:] for each in answer.skipped)
        self._splitter, self.splits = None, False
        self._complete(self.thoughts, answer.reasoning or "", self.think)
        self._complete(self.text, answer.response, self.say)
        self.events += self.calls.add_missing(answer.tool_calls)
        if answer.response:
            self._parsed, self._parsed_at = answer.parsed, len(self.text)
        self.model = answer.model or self.model
        self.raw = raw
        self._whole = answer
        self.finish(answer.finish_reason)
        self.ended = True

    @staticmethod
    def _complete(had: TextBuffer, whole: str, more: Any) -> None:
        text = str(had)
        if whole.startswith(text):
            more(whole[len(text) :])

    # -- what it comes to

    def last_words(self) -> None:
        """Give as text what was taken for thoughts, where the end has come and no mark."""
        if self._splitter is not None and not self._splitter.closed and self.text:
            self.events.append(TextDelta(str(self.text)))

    def so_far(self) -> GeneratedText:
        """Give what has come, while more may follow."""
        answer = self._filled(self.calls.so_far())
        if self._splitter is not None:
            answer.reasoning, answer.response = thoughts_so_far(answer.response)
        return answer

    def whole(self) -> GeneratedText:
        """Give the whole answer: the same that it is where it does not come in pieces."""
        broken: list[str] = []
        answer = self._filled(self.calls.whole("$.tool_calls", broken))
        if self._whole is not None:
            if self._whole.response:
                answer.response, answer.parsed = self._whole.response, self._whole.parsed
            answer.reasoning = self._whole.reasoning or answer.reasoning
            answer.usage = self._whole.usage or answer.usage
            answer.truncated = self._whole.truncated or answer.truncated
        if self._whole is not None and self._whole.tool_calls:
            answer.tool_calls = self._whole.tool_calls
        else:
            self.skipped.extend(broken)
            answer._skip(list(self.skipped))
        if self.asked is not None:
            apply(answer, self.asked, native=self._splitter is not None)
        answer._keep(self.raw)
        return answer

    def _filled(self, calls: list[ToolCall]) -> GeneratedText:
        answer = GeneratedText(
            response=str(self.text),
            parsed=self._parsed if self._parsed_at == len(self.text) else None,
            reasoning=str(self.thoughts) or None,
            tool_calls=calls,
            usage=self.tally.usage(),
            finish_reason=self.reason,
            truncated=self.reason in CUT,
            model=self.model,
        )
        answer._skip(list(self.skipped))
        return answer
