"""Tool calls that come in pieces (docs/wire.md 4)."""

from typing import Any

from ...tasks.answers import ToolCall
from ...tasks.answers.events import ToolCallDelta
from .. import strict_json
from .fast_path import Fragment
from .text_buffer import TextBuffer
from .text_values import side_text, written
from .tool_calls import make_tool_call, read_pieces

_NOT_WHOLE = "the stream ended before the call was whole"


class _Call:
    __slots__ = ("arguments", "closed", "id", "name")

    def __init__(self) -> None:
        self.id: str | None = None
        self.name: str | None = None
        self.arguments = TextBuffer()


class ToolCallDeltas:
    """The tool calls of one stream, in the order in which they began."""

    __slots__ = ("_calls", "_places")

    def __init__(self) -> None:
        self._calls: list[_Call] = []
        self._places: dict[Any, int] = {}
        """Where the call stands that the service knows by an index of its own, 0 where it sends none."""

    def __len__(self) -> int:
        return len(self._calls)

    def take(self, pieces: Any, path: str, skipped: list[str]) -> list[ToolCallDelta]:
        """Take in a list of pieces, OpenAI's nested ones or flat ones; the paths of what is unusable are *skipped*."""
        return [
            delta
            for place, piece in read_pieces(pieces, path, skipped)
            for delta in self._take_one(piece, f"{path}[{place}]", skipped)
        ]

    def _take_one(self, piece: dict[str, Any], path: str, skipped: list[str]) -> list[ToolCallDelta]:
        function = piece.get("function")
        parts, where = (function, f"{path}.function") if type(function) is dict else (piece, path)
        id_ = side_text(piece.get("id"), f"{path}.id", skipped)
        name = side_text(parts.get("name"), f"{where}.name", skipped)
        arguments, index = parts.get("arguments"), piece.get("index")
        key = index if type(index) is int else 0
        if key in self._places and self._is_another(key, id_, name, arguments, index):
            del self._places[key]
        return self.put(key, id_, name, arguments)

    def _is_another(self, key: int, id_: str | None, name: str | None, arguments: Any, index: Any) -> bool:
        """Tell the first piece of another call from the next piece of the one at *key*, where the index does not.

        Some servers send no index, or the same for all. Names come once a call, and nothing comes after arguments that
        are a whole object.
        """
        call = self._calls[self._places[key]]
        if not name or not call.name:
            return False
        if id_ and call.id:
            return id_ != call.id
        if index is None or name != call.name:
            return True
        return written(arguments).lstrip().startswith("{") and _is_object(str(call.arguments))

    def put(self, key: Any, id_: Any, name: Any, arguments: Any) -> list[ToolCallDelta]:
        """Take in a piece of the call that is known by *key*; none of the other parts need be there."""
        place = self._places.setdefault(key, len(self._calls))
        return self._put(place, id_, name, arguments)

    def take_fragments(self, fragments: list[Fragment]) -> list[ToolCallDelta]:
        """Take in pieces of arguments alone."""
        return [
            delta
            for fragment in fragments
            if fragment.function.arguments
            for delta in self.put(fragment.index, None, None, fragment.function.arguments)
        ]

    def add_missing(self, calls: list[ToolCall]) -> list[ToolCallDelta]:
        """Take in the whole *calls*, of which some, or a beginning of some, may have come already."""
        deltas: list[ToolCallDelta] = []
        for place, whole in enumerate(calls):
            had = str(self._calls[place].arguments) if place < len(self._calls) else ""
            if whole.raw_arguments.startswith(had):
                deltas += self._put(place, whole.id, whole.name, whole.raw_arguments[len(had) :])
        return deltas

    def _put(self, place: int, id_: Any, name: Any, arguments: Any) -> list[ToolCallDelta]:
        begins = place == len(self._calls)
        if begins:
            self._calls.append(_Call())
        call = self._calls[place]
        if type(id_) is str and id_ and not call.id:
            call.id = id_
        if type(name) is str and not call.name:
            call.name = name
        text = written(arguments)  # fragments such as 0 and {} are as good as any
        call.arguments.add(text)
        return [ToolCallDelta(place, call.id or f"call_{place}", call.name or "", text)] if begins or text else []

    def arguments_of(self, key: Any) -> str | None:
        """Give what has come of the arguments of the call *key*; None where there is no such call."""
        place = self._places.get(key)
        return None if place is None else str(self._calls[place].arguments)

    def whole(self, path: str, skipped: list[str]) -> list[ToolCall]:
        """Return the calls, once nothing more can come of them; one without a name has an `error`."""
        return [
            make_tool_call(call.id, call.name, str(call.arguments), place, f"{path}[{place}]", skipped=skipped)
            for place, call in enumerate(self._calls)
        ]

    def so_far(self) -> list[ToolCall]:
        """Give the calls while more may come of them: none of them may be run."""
        return [
            ToolCall(call.id or f"call_{place}", call.name or "", {}, str(call.arguments), _NOT_WHOLE)
            for place, call in enumerate(self._calls)
        ]


def _is_object(arguments: str) -> bool:
    try:
        return type(strict_json.decode(arguments.encode("utf-8", "surrogatepass"))) is dict
    except strict_json.NotJson:
        return False
