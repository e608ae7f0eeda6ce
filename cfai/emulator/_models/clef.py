"""Decisions: typed questions about a state, answered with probabilities (docs/wire.md 3.6, clef)."""

import base64
import json
from collections.abc import Mapping
from typing import Any, Final

from attrs import frozen

from cfai.emulator._models.model import Answer, Model, fraction
from cfai.emulator._models.pictures import looked_at
from cfai.emulator._models.reading import decoded
from cfai.emulator._received import Received
from cfai.emulator._replies import Refusal

_KINDS: Final = ("noul", "choice", "score")
_MOST: Final = {"images": 4, "audio": 4, "videos": 2}


class _Invalid(Refusal):
    """The input does not fit: 422/5012, with JSON in the message; that JSON's own form is our guess."""

    def __init__(self, where: tuple[object, ...], problem: str) -> None:
        super().__init__(422, 5012, json.dumps({"detail": [{"loc": list(where), "msg": problem}]}))


@frozen
class _Question:
    """Reads a question about a state."""

    name: str
    """The last part of the model's path, which the body has to repeat as `model`."""

    media: tuple[str, ...] = ("images",)

    def __call__(self, received: Received) -> dict[str, Any]:
        """Read it, or raise 422/5012."""
        body = decoded(received.body)
        if not isinstance(body, dict):
            raise _Invalid((), "Input should be an object")
        for key in ("model", "state", "questions"):
            if key not in body:
                raise _Invalid((key,), "Field required")
        if body["model"] != self.name:
            raise _Invalid(("model",), f"Input should be '{self.name}'")
        self._check_questions(body["questions"])
        for medium in self.media:
            _check_media(medium, body.get(medium, []))
        return body

    def _check_questions(self, questions: object) -> None:
        if not isinstance(questions, dict) or not questions:
            raise _Invalid(("questions",), "Input should be an object with at least one question")
        for key, question in questions.items():
            where = ("questions", key)
            if not isinstance(question, dict) or question.get("type") not in _KINDS:
                raise _Invalid((*where, "type"), f"Input should be one of {', '.join(_KINDS)}")
            if "instructions" not in question:
                raise _Invalid((*where, "instructions"), "Field required")
            form = {"noul": dict, "choice": dict, "score": list}[question["type"]]
            criteria = question.get("criteria", {} if form is dict else [])
            if not isinstance(criteria, form) or (not criteria and question["type"] != "noul"):
                raise _Invalid((*where, "criteria"), f"Input should be a {form.__name__} that is not empty")


def _check_media(medium: str, given: object) -> None:
    if not isinstance(given, list) or len(given) > _MOST[medium]:
        raise _Invalid((medium,), f"Input should be a list of at most {_MOST[medium]}")
    for index, item in enumerate(given):
        text = item.get("base64") if isinstance(item, dict) else item
        data = str(text).partition(",")[2] if isinstance(item, str) and item.startswith("data:") else text
        if isinstance(item, str) and not item.startswith("data:"):
            raise _Invalid((medium, index), "Input should be a data URL: remote URLs are not fetched")
        try:
            looked_at(base64.b64decode(str(data), validate=True))
        except ValueError:
            raise _Invalid((medium, index), "Input should be base64") from None


@frozen
class _Clef:
    price: float
    """Neurons for a million tokens."""

    def __call__(self, body: dict[str, Any], seed: int) -> Answer:
        """Answer each question by what was asked of what, at random."""
        answers = {key: _answer(key, question, body, seed) for key, question in body["questions"].items()}
        read = len(json.dumps([body["state"], body["questions"]]).split())
        usage = {"input_tokens": read, "output_tokens": len(answers)}
        return Answer({"model": body["model"], "answers": answers, "usage": usage}, read * self.price / 1e6)


def _answer(key: str, question: dict[str, Any], body: dict[str, Any], seed: int) -> dict[str, Any]:
    asked = json.dumps([body["state"], key, question], sort_keys=True)
    if question["type"] == "noul":
        return {"type": "noul", "noul": round(fraction("noul", seed, asked), 6)}
    criteria = question["criteria"]
    options = list(criteria) if isinstance(criteria, dict) else [str(level) for level in range(len(criteria))]
    chances = _chances(options, asked, seed)
    sure = {"probabilities": chances, "confidence": max(chances.values())}
    if question["type"] == "choice":
        return {"type": "choice", "choice": max(options, key=lambda option: chances[option]), **sure}
    score = round(sum(level * chances[str(level)] for level in range(len(criteria))), 6)
    return {"type": "score", "score": score, "legend": dict(zip(options, criteria, strict=True)), **sure}


def _chances(options: list[str], asked: str, seed: int) -> dict[str, float]:
    """Share out a probability of 1."""
    weights = [0.01 + fraction("chance", seed, option, asked) for option in options]
    shares = [round(weight / sum(weights), 6) for weight in weights]
    shares[-1] = round(1 - sum(shares[:-1]), 6)
    return dict(zip(options, shares, strict=True))


# The page has dollars; 1,000 neurons are 0.011 of them.
MODELS: Final[Mapping[str, Model]] = {
    "@cf/cloudflare/clef": Model(_Question("clef"), _Clef(21818), terms=True),
    "@cf/cloudflare/clef-flash": Model(_Question("clef-flash"), _Clef(3455)),
    "@cf/cloudflare/clef-omni": Model(_Question("clef-omni", ("images", "audio", "videos")), _Clef(13636), terms=True),
}
