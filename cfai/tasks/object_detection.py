"""What is where in a picture?"""

from attrs import frozen

from .._base import Params
from ..media import MediaSource
from .answers import DetectedObject


@frozen(repr=False)
class ObjectDetection(Params[list[DetectedObject]]):
    """Find the objects in a picture. No model of this task is left; detr-resnet-50 was the last one.

    `image` is required here, although the API's own description has it optional: without a picture there is nothing
    to find.
    """

    image: MediaSource
    """The picture, as a file of a usual format such as PNG or JPEG."""
