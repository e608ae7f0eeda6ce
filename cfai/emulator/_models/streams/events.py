"""What all forms of streams share: a text in pieces, and padding."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from cfai.emulator._event import Event
from cfai.emulator._models.model import count_tokens, noise
from cfai.emulator._replies import BadInput

DONE: Final = Event(None)

# What is a JSON value by itself is a piece by itself, digits one by one: these are the fragments that the service may
# send as the value (docs/wire.md 3.1). A long word, as of a language without blanks, comes in several pieces.
_VALUE: Final = r"-?[0-9](?:\.[0-9])?|\b(?:true|false)\b|\[\]|\{\}"
_PIECE: Final = re.compile(rf"{_VALUE}|\s+(?={_VALUE})|\s*(?:(?!\[\]|\{{\}})[^\s0-9]){{1,12}}|\s+")
_MOST_PIECES: Final = 2000
"""A longer text than this many characters comes in longer pieces: what stands around each is hundreds of bytes."""

_LONGEST_PADDING: Final = 16


def pieces(text: str) -> Iterator[str]:
    """Split *text* into `_MOST_PIECES` at most; all pieces together are the text."""
    more = max(0, len(text) - 1) // _MOST_PIECES
    start = 0
    while found := _PIECE.match(text, start + more):
        yield text[start : found.end()]
        start = found.end()
    if start < len(text):
        yield text[start:]


def counted(text: str) -> Iterator[tuple[str, int]]:
    """Take *text* apart, and tell how many tokens each piece adds: a word counts where it begins."""
    inside = False
    for piece in pieces(text):
        yield piece, count_tokens(piece) - (inside and not piece[0].isspace())
        inside = not piece[-1].isspace()


def paddings(seed: int, body: Mapping[str, Any]) -> Iterator[str]:
    """Make texts without a meaning, of all lengths, which hide how long the words beside them are."""
    key = noise(16, "padding", seed, json.dumps(body, sort_keys=True))
    place = 0
    while True:
        length, *letters = noise(1 + _LONGEST_PADDING, key.hex(), place)
        yield "".join(chr(ord("a") + letter % 26) for letter in letters[: 1 + length % _LONGEST_PADDING])
        place += 1


def call_deltas(calls: Iterable[dict[str, Any]], *, closed: bool) -> Iterator[tuple[dict[str, Any], int]]:
    """Take OpenAI's calls apart: a start with the name, then the arguments; with the tokens that each piece adds.

    Where they are *closed*, one of nulls ends each call.
    """
    for index, call in enumerate(calls):
        function = call["function"]
        yield {"id": call["id"], "type": "function", "index": index, "function": {"name": function["name"]}}, 0
        for piece, tokens in counted(function["arguments"]):
            yield {"index": index, "function": {"arguments": piece}}, tokens
        if closed:
            yield {"id": None, "type": None, "index": index, "function": {"name": None, "arguments": ""}}, 0


def refuse_json(form: Mapping[str, Any]) -> None:
    """Refuse JSON mode in a stream: it is documented as not supported, in these words; the code is our guess."""
    if form.get("type") in {"json_object", "json_schema"}:
        raise BadInput("JSON Mode currently doesn't support streaming")
