"""What the fuzzer begins with: the answers of tests/samples, and the words that occur in them."""

import json
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

_SAMPLES = Path(__file__).parents[1] / "samples"
_LONGEST_WORD = 40
_MORE_WORDS = (
    *("", "Failed", "failed", "Completed", "incomplete", "https://a.example", "data:,a", "data:image/png;base64,aGk="),
    *("aGk=", "/9j/4A==", "{}", "[1]", "error", "errors", "code", "internalCode", "message", "detail", "success"),
    *("[DONE]", "error", "response.completed", "response.failed", "message_stop", "text_delta", "<think>", "</think>"),
    *("a line\nand another", "\x1b[2J", "\u2028", "one of a\N{NO-BREAK SPACE}few \N{CAT FACE}"),
)
REFUSALS: tuple[Any, ...] = (
    {"result": None, "success": False, "errors": [{"code": 3030, "message": "too long"}], "messages": []},
    {"errors": [{"code": "7000", "message": ""}, {"internalCode": 3036}, "words", None], "success": False},
    {"error": {"message": "no", "type": "invalid_request_error", "code": "context_length"}, "state": "Failed"},
    {"error": "no", "name": "AiError", "internalCode": 5007},
    {"object": "response", "status": "failed", "error": {"code": "server_error", "message": "no"}},
    {"responses": [{"id": 1, "success": False, "error": {"code": 3040}}, {"id": 0, "result": {"response": "hi"}}]},
)
"""What refuses, in the shapes of docs/wire.md 2.2; of those no sample is needed elsewhere."""


class Sample(NamedTuple):
    """One answer."""

    model: str
    params: str
    """The name of the class that it was asked with."""
    content_type: str
    body: bytes


@cache
def samples() -> tuple[Sample, ...]:
    """Read all answers."""
    return tuple(_read(path) for path in sorted(_SAMPLES.glob("*/*/about.toml")))


def _read(path: Path) -> Sample:
    about = tomllib.loads(path.read_text("utf-8"))
    [answer] = path.parent.glob("answer.*")
    return Sample(about["model"], about["params"]["class"], about["answer"]["content_type"], answer.read_bytes())


@cache
def streams() -> tuple[bytes, ...]:
    """Read all answers that come as streams."""
    return tuple(path.read_bytes() for path in sorted(_SAMPLES.glob("*/*/stream*.sse")))


@cache
def events() -> tuple[tuple[Any, ...], ...]:
    """Decode the events of each of them, where each is a line of JSON."""
    return tuple(tuple(_events_of(stream)) for stream in streams())


def _events_of(stream: bytes) -> Iterator[Any]:
    for line in stream.splitlines():
        if line.startswith(b"data: {"):
            yield json.loads(line[6:])


@cache
def values() -> tuple[Any, ...]:
    """Decode those that are JSON, and add what refuses."""
    found = [*REFUSALS, *(event for stream in events() for event in stream)]
    for sample in samples():
        try:
            found.append(json.loads(sample.body))
        except ValueError:
            continue
    return tuple(found)


@cache
def words() -> tuple[str, ...]:
    """List the keys and the short texts in all answers."""
    found = {word for value in values() for word in _words_in(value) if len(word) <= _LONGEST_WORD}
    return tuple(sorted(found.union(_MORE_WORDS)))


def texts() -> tuple[str, ...]:
    """List all texts in all answers, the long ones too: pictures among them."""
    return tuple(sorted({word for value in values() for word in _words_in(value)}))


def _words_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        for item in value.values():
            yield from _words_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from _words_in(item)
