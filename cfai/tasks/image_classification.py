"""Which class does a picture belong to?"""

from attrs import frozen

from .._base import Params
from ..media import MediaSource
from .answers import Classification


@frozen(repr=False)
class ImageClassification(Params[list[Classification]]):
    """Say what a picture shows."""

    image: MediaSource
    """The picture, as a file of a usual format such as PNG or JPEG."""
