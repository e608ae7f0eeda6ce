"""Decisions: typed questions about a state, answered with probabilities (docs/wire.md 3.6, clef)."""

import json
from collections.abc import Mapping
from typing import Any, Final

from attrs import frozen

from cfai.emulator._models.inputs import decoded
from cfai.emulator._models.model import Answer, Model, fraction
from cfai.emulator._models.validated import MIB, Invalid, MediaLimit, check_media, checked_entries, named_body
from cfai.emulator._received import Received

_KINDS: Final = ("noul", "choice", "score")
_MOST: Final = 64
_SEES: Final = {"images": MediaLimit(4)}
_HEARS: Final = {"images": MediaLimit(4), "audio": MediaLimit(4, 8 * MIB), "videos": MediaLimit(2, 16 * MIB)}
_TOGETHER: Final = 16 * MIB


@frozen
class _Question:
    """Reads a question about a state."""

    name: str
    """The last part of the model's path, which the body has to repeat as `model`."""

    media: Mapping[str, MediaLimit] = _SEES

    def __call__(self, received: Received) -> dict[str, Any]:
        """Read it, or raise 422/5012."""
        body = named_body(decoded(received.body), self.name, ("state", "questions"))
        if "options" in body:
            raise Invalid(("options",), "Extra inputs are not permitted")
        self._check_questions(checked_entries(body, "questions", _MOST))
        check_media(body, self.media, _TOGETHER if "audio" in self.media else None)
        return body

    def _check_questions(self, questions: dict[str, Any]) -> None:
        for key, question in questions.items():
            where = ("questions", key)
            if not isinstance(question, dict) or question.get("type") not in _KINDS:
                raise Invalid((*where, "type"), f"Input should be one of {', '.join(_KINDS)}")
            if "instructions" not in question:
                raise Invalid((*where, "instructions"), "Field required")
            form = {"noul": dict, "choice": dict, "score": list}[question["type"]]
            criteria = question.get("criteria", {} if form is dict else [])
            if not isinstance(criteria, form) or (not criteria and question["type"] != "noul"):
                raise Invalid((*where, "criteria"), f"Input should be a {form.__name__} that is not empty")


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
    "@cf/cloudflare/clef-omni": Model(_Question("clef-omni", _HEARS), _Clef(13636), terms=True),
}
