"""Pictures and texts as vectors of one space."""

from collections.abc import Sequence

from attrs import frozen

from .._base import Params
from ..media import MediaSource
from .answers import Embeddings


@frozen(repr=False)
class MultimodalEmbeddings(Params[Embeddings]):
    """Turn a picture and texts into vectors that can be compared. The API has the task; no model is listed for it.

    At least one of the two is needed: a call without either raises InvalidParams.
    """

    image: MediaSource | None = None
    """The picture, as a file of a usual format such as PNG or JPEG."""
    text: Sequence[str] | None = None
    """The texts; one vector each."""
