"""What a vision model found in a picture."""

from attrs import Factory, define

from ..._base import Answer, Part
from ...usage import Usage


@define(repr=False)
class Point(Part):
    """A place in a picture, as shares of its width and height."""

    x: float
    y: float


@define(repr=False)
class Region(Part):
    """A rectangle in a picture, as shares of its width and height."""

    x_min: float
    y_min: float
    x_max: float
    y_max: float


@define(repr=False)
class VisionAnswer(Answer):
    """The answer to one question about a picture; which field is filled follows the question's task."""

    answer: str | None = None
    """Of a query: the answer."""
    caption: str | None = None
    """Of a caption: the description."""
    points: list[Point] = Factory(list)
    """Of pointing: where the objects are."""
    objects: list[Region] = Factory(list)
    """Of detection: the objects' rectangles."""
    reasoning: str | None = None
    """What the model thought before it answered, where it was asked to."""
    finish_reason: str | None = None
    """Why the model stopped."""
    usage: Usage | None = None
    """Tokens, from the answer's `metrics`."""

    @property
    def text(self) -> str:
        """The answer or the caption; empty where places were asked for."""
        return self.answer or self.caption or ""

    def __str__(self) -> str:
        return self.text
