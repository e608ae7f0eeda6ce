"""Extraction: typed fields of a text or of pictures (docs/wire.md 3.6, clairic).

No page of Cloudflare's describes this model: what it refuses is known, and with which code is our guess, after clef.
Values are taken from the state where it has one of the kind; the words around them have no influence.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from itertools import islice
from typing import Any, Final

from attrs import frozen

from cfai.emulator._models.inputs import decoded
from cfai.emulator._models.model import Answer, Model, count_tokens, fraction
from cfai.emulator._models.validated import MIB, Invalid, MediaLimit, check_media, checked_entries, named_body
from cfai.emulator._received import Received

_MOST: Final = 100
_WINDOW: Final = 65_536
_TOKENS_OF_A_PICTURE: Final = 729
_PRICE: Final = 9091e-6
"""Neurons for a token of the input; the answer is free."""
_KINDS: Final = {"image/png": b"\x89PNG", "image/jpeg": b"\xff\xd8\xff", "image/webp": b"RIFF"}
_PICTURES: Final = MediaLimit(4, 4 * MIB, _KINDS)
_TOGETHER: Final = 8 * MIB
_NUMBER: Final = re.compile(r"(?<![\w.:-])-?\d{1,15}(?:\.\d{1,15})?(?![\w:]|[.-]\d)")
_DATE: Final = re.compile(r"\b\d{4}-\d\d-\d\d\b")
_TIME: Final = re.compile(r"\b\d\d:\d\d\b")
_DATETIME: Final = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?\b")
_WORD: Final = re.compile(r"\w+")
_FIRST_DAY: Final = date(2026, 1, 1)
_LARGEST: Final = 1e15
_LEVELS: Final = (0.1, 0.25, 0.5, 0.75, 0.9)


def _read(received: Received) -> dict[str, Any]:
    """Read the input, or raise 422/5012."""
    body = named_body(decoded(received.body), "clairic", ("state", "fields"))
    for name, asked in checked_entries(body, "fields", _MOST).items():
        if not isinstance(asked, dict) or asked.get("type") not in tuple(_FOUND):
            raise Invalid(("fields", name, "type"), f"Input should be one of {', '.join(_FOUND)}")
    if not isinstance(body.get("options", {}), dict):
        raise Invalid(("options",), "Input should be an object")
    if not isinstance(body.get("reference_date", ""), str):
        raise Invalid(("reference_date",), "Input should be a string")
    check_media(body, {"images": _PICTURES}, _TOGETHER)
    if not body["state"] and not body.get("images"):
        raise Invalid(("state",), "Input should not be empty without images")
    return body


@frozen
class _Asked:
    """One field, and where its value is to come from."""

    name: str
    field: Mapping[str, Any]
    state: str
    day: str
    """The reference date, or an empty string."""
    seed: int

    def share(self, purpose: str) -> float:
        """Return a number from 0 up to 1 that depends on the field, the state and *purpose* alone."""
        asked = json.dumps([self.name, self.field, self.state, self.day], sort_keys=True)
        return fraction("clairic", self.seed, purpose, asked)


_Found = tuple[Any, list[list[int]]]
"""A value and where it stands; nowhere, if it is a guess."""


def _respond(body: dict[str, Any], seed: int) -> Answer:
    """Answer each field with a value of its type."""
    options, state = body.get("options", {}), body["state"]
    text = state if isinstance(state, str) else json.dumps(state, ensure_ascii=False)
    day, pictures = body.get("reference_date", ""), len(body.get("images", []))
    answers = {
        name: _answer(_Asked(name, field, text, day, seed), pictures, quantiles=bool(options.get("include_quantiles")))
        for name, field in body["fields"].items()
    }
    usage = _usage(text, body["fields"], pictures)
    truncated = usage["input_tokens"] > _WINDOW
    result = {"model": body["model"], "answers": answers, "truncated": truncated}
    if options.get("return_state_text"):
        result["state_text"] = text
    return Answer({**result, "usage": usage}, min(usage["input_tokens"], _WINDOW) * _PRICE)


def _usage(text: str, fields: Mapping[str, Any], pictures: int) -> dict[str, int]:
    of_state, of_pictures = count_tokens(text), pictures * _TOKENS_OF_A_PICTURE
    of_schema = count_tokens(json.dumps(fields))
    return {
        "input_tokens": of_state + of_pictures + of_schema,
        "output_tokens": 0,
        "state_tokens": of_state,
        "image_tokens": of_pictures,
        "schema_tokens": of_schema,
        "passes": 1,
    }


def _answer(asked: _Asked, pictures: int, *, quantiles: bool) -> dict[str, Any]:
    """Return a value with everything that the service is known to say of one."""
    kind = asked.field["type"]
    value, spans = _FOUND[kind](asked)
    is_there = bool(spans) or pictures > 0 or kind in ("estimate", "forecast")
    p_null = round(asked.share("null") / 4 + (0.0 if is_there else 0.75), 6)
    threshold = asked.field.get("null_threshold")
    is_null = p_null > (threshold if isinstance(threshold, int | float) else 0.5)
    answer: dict[str, Any] = {"type": kind, "value": None if is_null else value}
    if is_null:
        answer["guess"] = value
    if isinstance(asked.field.get("unit"), str):
        answer["unit"] = asked.field["unit"]
    answer |= {"p_null": p_null, "confidence": round(1 - p_null, 6)}
    if spans:
        answer |= {"spans": spans} if kind == "list" else {"span": spans[0]}
    elif pictures and is_there:
        answer["source"] = "image"
    if kind in ("text", "list"):
        answer["spell_confidence"] = round(1 - asked.share("spelling") / 10, 6)
    if kind in ("estimate", "forecast"):
        answer |= _distribution(value, quantiles=quantiles)
    return answer


def _distribution(value: float, *, quantiles: bool) -> dict[str, Any]:
    """Spread an estimate by a tenth of it to both sides."""
    width = max(abs(value) / 10, 1)
    at = {str(level): round(value + (2 * level - 1) * width, 6) for level in _LEVELS}
    spread: dict[str, Any] = {"mean": value, "median": value, "p10": at["0.1"], "p90": at["0.9"]}
    return {**spread, "quantiles": at} if quantiles else spread


def _matches(pattern: re.Pattern[str], state: str, most: int = 1) -> list[tuple[str, list[int]]]:
    found: Iterator[re.Match[str]] = islice(pattern.finditer(state), most)
    return [(match[0], [match.start(), match.end()]) for match in found]


def _first(pattern: re.Pattern[str], asked: _Asked, guess: Callable[[], Any], of: Callable[[str], Any] = str) -> _Found:
    """Return the first place in the state that fits *pattern*, else a guess."""
    for text, span in _matches(pattern, asked.state):
        return of(text), [span]
    return guess(), []


def _text(asked: _Asked) -> _Found:
    """Take one of the first words, which one by chance."""
    words = _matches(_WORD, asked.state, 20)
    if not words:
        return "emulator", []
    word, span = words[int(asked.share("word") * len(words))]
    return word, [span]


def _list(asked: _Asked) -> _Found:
    words = _matches(_WORD, asked.state, 3)
    return ([word for word, _ in words], [span for _, span in words]) if words else (["emulator"], [])


def _number(asked: _Asked) -> _Found:
    return _first(_NUMBER, asked, lambda: _rounded(asked, _chosen(asked)), lambda text: _rounded(asked, float(text)))


def _chosen(asked: _Asked) -> float:
    """Choose a number between `min` and `max`, or between 0 and 100."""
    low, high = _bound(asked.field.get("min"), 0.0), _bound(asked.field.get("max"), 100.0)
    return low + asked.share("number") * max(high - low, 0)


def _bound(given: object, default: float) -> float:
    return float(given) if isinstance(given, int | float) and abs(given) < _LARGEST else default


def _rounded(asked: _Asked, number: float) -> float:
    decimals = asked.field.get("decimals")
    places = decimals if isinstance(decimals, int) and 0 <= decimals <= 15 else 2
    return round(number) if places == 0 or number.is_integer() else round(number, places)


def _estimate(asked: _Asked) -> _Found:
    return _rounded(asked, _chosen(asked)), []


def _day(asked: _Asked) -> str:
    return asked.day[:10] or str(_FIRST_DAY + timedelta(days=int(asked.share("day") * 365)))


def _clock(asked: _Asked) -> str:
    return f"{int(asked.share('hour') * 24):02}:{int(asked.share('minute') * 60):02}"


_FOUND: Final[Mapping[str, Callable[[_Asked], _Found]]] = {
    "text": _text,
    "number": _number,
    "date": lambda asked: _first(_DATE, asked, lambda: _day(asked)),
    "time": lambda asked: _first(_TIME, asked, lambda: _clock(asked)),
    "datetime": lambda asked: _first(_DATETIME, asked, lambda: f"{_day(asked)}T{_clock(asked)}:00"),
    "duration": _number,
    "list": _list,
    "estimate": _estimate,
    "forecast": _estimate,
}
"""How the value of each type is found."""

MODELS: Final[Mapping[str, Model]] = {"@cf/cloudflare/clairic": Model(_read, _respond)}
