"""What has come of a text so far, whichever form its pieces have."""

from typing import Any

from ...tasks.answers import GeneratedText, ToolCall
from ...tasks.answers.events import ReasoningDelta, StreamEvent, TextDelta
from ..asked import Asked
from ..readers.text import CUT, apply
from .calls import CallsInPieces
from .growing import GrowingText
from .plain import Record
from .tally import UsageTally
from .thoughts import ThoughtSplitter, thoughts_so_far


class Gathered:
    """Adds up the pieces of one text, and writes an event for each into `events`."""

    __slots__ = (
        "_asked",
        "_part",
        "_splitter",
        "_whole",
        "calls",
        "closed",
        "ended",
        "events",
        "model",
        "parsed",
        "raw",
        "reason",
        "splits",
        "tally",
        "text",
        "thoughts",
    )

    def __init__(self, asked: Asked | None) -> None:
        self.events: list[StreamEvent] = []
        """What came since the reader of the stream took them the last time."""
        self.text = GrowingText()
        self.thoughts = GrowingText()
        self.calls = CallsInPieces()
        self.tally = UsageTally()
        self.model: str | None = None
        self.reason: str | None = None
        self.parsed: dict[str, Any] | list[Any] | None = None
        self.ended = False
        """Whether there was a mark by which the text is whole, should the stream end now."""
        self.closed = False
        """Whether there was a mark after which nothing can come."""
        self.raw: Any = None
        self._asked = asked
        self._whole: GeneratedText | None = None
        self._part: Any = None
        self._splitter = ThoughtSplitter() if asked is not None and asked.thinks_aloud else None
        self.splits = self._splitter is not None
        """Whether native text may hold thoughts, so that each piece of it has to be looked at."""

    # -- what the forms say

    def say(self, text: str) -> None:
        """Take in a piece of the text."""
        if text:
            self.text.add(text)
            self.events.append(TextDelta(text))

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

    def settle(self, answer: GeneratedText, raw: Any) -> None:
        """Take in the *answer* as a whole, and write events for what of it has not come in pieces."""
        self._splitter, self.splits = None, False
        self._complete(self.thoughts, answer.reasoning or "", self.think)
        self._complete(self.text, answer.response, self.say)
        self.events += self.calls.add_missing(answer.tool_calls)
        self.parsed = answer.parsed
        self.model = answer.model or self.model
        self.raw = raw
        self._whole = answer
        self.finish(answer.finish_reason)
        self.ended = True

    @staticmethod
    def _complete(had: GrowingText, whole: str, more: Any) -> None:
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
        """Give the whole answer: the same that it is where it does not come in pieces.

        Raises:
            Misfit: A tool call has no name.
        """
        answer = self._filled(self.calls.whole("$.tool_calls"))
        if self._whole is not None:
            answer.response = self._whole.response or answer.response
            answer.reasoning = self._whole.reasoning or answer.reasoning
            answer.tool_calls = self._whole.tool_calls or answer.tool_calls
            answer.usage = self._whole.usage or answer.usage
            answer.truncated = self._whole.truncated or answer.truncated
        if self._asked is not None:
            apply(answer, self._asked, native=self._splitter is not None)
        answer._keep(self.raw)
        return answer

    def _filled(self, calls: list[ToolCall]) -> GeneratedText:
        return GeneratedText(
            response=str(self.text),
            parsed=self.parsed,
            reasoning=str(self.thoughts) or None,
            tool_calls=calls,
            usage=self.tally.usage(),
            finish_reason=self.reason,
            truncated=self.reason in CUT,
            model=self.model,
        )
