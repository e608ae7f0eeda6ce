"""Words of third-party transcriptions, whose keys and units of time are their maker's (docs/wire.md 1)."""

from typing import Any

_THOUSANDTHS = 0.001


def are_third_party_words(words: Any) -> bool:
    """Whether *words* have their text under `text`, as assemblyai's do, and not under `word`."""
    return type(words) is list and any(type(word) is dict and _is_makers(word) for word in words)


def _is_makers(word: dict[str, Any]) -> bool:
    return word.get("word") is None and word.get("text") is not None


def normalized_words(words: list[Any]) -> list[Any]:
    """Return *words* under our names, with times in seconds.

    A maker that counts thousandths of a second has whole numbers in all of them; one that counts seconds has fractions.
    What is no number tells neither.
    """
    times = [word.get(key) for word in words if type(word) is dict for key in ("start", "end")]
    unit = 1 if any(type(time) is float for time in times) else _THOUSANDTHS
    return [_in_our_words(word, unit) if type(word) is dict and _is_makers(word) else word for word in words]


def _in_our_words(word: dict[str, Any], unit: float) -> dict[str, Any]:
    times = {key: _scaled(word.get(key), unit) for key in ("start", "end")}
    return {"word": word["text"], **times, "confidence": word.get("confidence")}


def _scaled(time: Any, unit: float) -> Any:
    return time / round(1 / unit) if type(time) is int else time
