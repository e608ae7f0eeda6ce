"""A chat completion in chunks, and a text completion (docs/wire.md 4), with usage in each of its four forms."""

from collections.abc import Callable, Iterator
from typing import Any, Literal

from attrs import frozen

from cfai.emulator._event import Event
from cfai.emulator._models.streams.events import DONE, call_deltas, counted

Count = Callable[[int, int], dict[str, Any]]
"""Makes a `usage` of how many tokens were read and written."""

_REASONING = ("reasoning", "reasoning_content")


@frozen
class ChunkForm:
    """What sets the chunks of one family apart."""

    usage: Literal["increments", "cumulative", "finish", "end"] = "increments"
    """Where the counts are: on every chunk what it adds, the totals in a native chunk at the end; on every chunk all
    so far; on the chunk that tells why it ends, zeros after it; or after that one alone, as OpenAI has it."""

    late: bool = False
    """Whether the chunk without a choice has the last increment; zeros otherwise."""

    one_id: bool = True
    """Whether all chunks have the same id."""

    closes_calls: bool = False
    """Whether a piece of nulls ends a tool call."""

    nulls: bool = False
    """Whether a delta has all keys, null where there is nothing."""


@frozen
class Chunks:
    """Makes the events of one whole completion."""

    result: dict[str, Any]
    form: ChunkForm
    count: Count
    padding: Iterator[str]

    def __iter__(self) -> Iterator[Event]:
        for place, chunk in enumerate(self._chunks()):
            yield Event(self._marked(chunk, place))
        if self.form.usage == "increments":
            # This one is in the other form, and the only one with the totals.
            yield Event({"response": "", "usage": self.result["usage"]})
        yield DONE

    def _chunks(self) -> Iterator[dict[str, Any]]:
        """Give `choices` and `usage` of each chunk."""
        read, written = self.result["usage"]["prompt_tokens"], self.result["usage"]["completion_tokens"]
        choice = self.result["choices"][0]
        most = max(0, written - 1) if self.form.late else written
        told = 0
        if "message" in choice:
            yield self._chunk({"role": "assistant", "content": ""}, self._usage((read, 0), (read, 0)))
        for delta, tokens in self._deltas(choice):
            before, told = told, min(told + tokens, most)
            yield self._chunk(delta, self._usage((0, told - before), (read, told)))
        yield self._last(choice, read, told)
        yield {"choices": [], "usage": self._at_the_end(written - told)}

    def _deltas(self, choice: dict[str, Any]) -> Iterator[tuple[dict[str, Any], int]]:
        """Give what each chunk says, and how many tokens long that is."""
        if "text" in choice:
            yield from (({"text": piece}, tokens) for piece, tokens in counted(choice["text"]))
            return
        message = choice["message"]
        keys = [key for key in _REASONING if key in message]
        for piece, tokens in counted(message[keys[0]] if keys else ""):
            yield dict.fromkeys(keys, piece), tokens
        for piece, tokens in counted(message["content"] or ""):
            yield {"content": piece}, tokens
        for delta, tokens in call_deltas(message.get("tool_calls", ()), closed=self.form.closes_calls):
            yield {"tool_calls": [delta]}, tokens

    def _last(self, choice: dict[str, Any], read: int, written: int) -> dict[str, Any]:
        """Tell why it ends."""
        usage = self._usage((0, 0), (read, written))
        if self.form.usage == "finish":
            usage = self.result["usage"]
        return self._chunk({"text": ""} if "text" in choice else {}, usage, choice["finish_reason"])

    def _chunk(self, delta: dict[str, Any], usage: dict[str, Any] | None, reason: str | None = None) -> dict[str, Any]:
        whole = self.result["choices"][0]
        said = delta if "text" in delta else {"delta": self._filled(delta)}
        engine = {key: None for key in ("stop_reason", "matched_stop") if key in whole}
        choice = {"index": 0, **said, "logprobs": None, "finish_reason": reason, **engine}
        return {"choices": [choice], "usage": usage}

    def _filled(self, delta: dict[str, Any]) -> dict[str, Any]:
        if not self.form.nulls:
            return delta
        return {"role": None, "content": None, "reasoning_content": None, "tool_calls": None, **delta}

    def _usage(self, added: tuple[int, int], so_far: tuple[int, int]) -> dict[str, Any] | None:
        match self.form.usage:
            case "increments":
                return self.count(*added)
            case "cumulative":
                return self.count(*so_far)
            case _:
                return None

    def _at_the_end(self, left: int) -> dict[str, Any]:
        match self.form.usage:
            case "increments":
                return self.count(0, left)
            case "finish":
                return self.count(0, 0)
            case _:
                whole: dict[str, Any] = self.result["usage"]
                return whole

    def _marked(self, chunk: dict[str, Any], place: int) -> dict[str, Any]:
        """Put around a chunk what all have."""
        number = int(self.result["id"].removeprefix("id-")) + (0 if self.form.one_id else place)
        kind = self.result["object"]
        head = {
            "id": f"id-{number}",
            "object": "chat.completion.chunk" if kind == "chat.completion" else kind,
            "created": number // 1000,
            "model": self.result["model"],
        }
        return {**head, **chunk, **({"p": next(self.padding)} if self.form.usage == "increments" else {})}
