"""Decisions: answers to closed questions."""

from typing import Any

from attrs import Factory, define

from ..._base import Answer, Part
from ...usage import Usage


@define(repr=False)
class Decision(Part):
    """The answer to one question; which field is filled follows the question's type."""

    type: str
    """The question's type: "noul", "choice", "score", or one newer than this release."""
    noul: Any = None
    """Of a noul question: the answer."""
    choice: str | None = None
    """Of a choice: the option that was chosen."""
    score: float | None = None
    """Of a score: the number."""
    legend: Any = None
    """Of a score: what its numbers mean."""
    probabilities: Any = None
    """How likely each option is, from 0 to 1."""
    confidence: float | None = None
    """How sure the model is, from 0 to 1."""


@define(repr=False)
class Decisions(Answer):
    """The answers to all questions."""

    answers: dict[str, Decision] = Factory(dict)
    """The answers, by the ids of the questions."""
    usage: Usage | None = None
    """Tokens, where the model says."""
    model: str | None = None
    """The model as the service names it."""
