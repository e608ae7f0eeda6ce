"""The asynchronous queue: what was put in, and what came out."""

from typing import Any

from attrs import Factory, define

from ..._base import Answer, Part
from ...errors import ApiError
from ...usage import Usage


@define(repr=False)
class QueuedBatch(Answer):
    """A batch that waits in the queue or is being worked on."""

    request_id: str
    """The batch's id, to ask for its results with."""
    status: str
    """"queued" or "running"."""
    model: str | None = None
    """The model, where the service says."""


@define(repr=False)
class BatchOutcome(Part):
    """What became of one request of a batch."""

    index: int
    """The index of the request in the batch."""
    result: Any = None
    """The answer, structured by its shape; None where it failed."""
    error: ApiError | None = None
    """Why it failed; None where it did not."""
    external_reference: str | None = None
    """The reference that was sent with the request."""

    @property
    def ok(self) -> bool:
        """Whether the request was answered."""
        return self.error is None


@define(repr=False)
class BatchResult(Answer):
    """A finished batch."""

    outcomes: list[BatchOutcome] = Factory(list)
    """One for each request, in the order of the requests."""
    usage: Usage | None = None
    """The tokens of all requests together."""
