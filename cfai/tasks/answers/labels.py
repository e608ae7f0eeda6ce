"""Labels, boxes and ranks: the parts of answers that are lists."""

from attrs import define

from ..._base import Part


@define(repr=False)
class Classification(Part):
    """One class that a text or a picture may belong to."""

    label: str
    """The class, in the model's own words."""
    score: float
    """How sure the model is, from 0 to 1."""


@define(repr=False)
class Box(Part):
    """Where in a picture an object is, in pixels from the upper left corner."""

    xmin: float
    ymin: float
    xmax: float
    ymax: float


@define(repr=False)
class DetectedObject(Part):
    """One object that was found in a picture."""

    box: Box
    """Where it is."""
    label: str
    """What it is, in the model's own words."""
    score: float
    """How sure the model is, from 0 to 1."""


@define(repr=False)
class RankedContext(Part):
    """How well one context fits the query."""

    id: int
    """The index of the context in the list that was sent."""
    score: float
    """Higher is nearer."""
