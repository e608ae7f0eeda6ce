"""A stream of bytes: a sound or a picture that is handed out as it comes, and is whole at its end."""

from typing import Any

from ...errors import CfaiError, StreamError
from ...media import Media, sniff
from ..http_values import Request, Response
from .body_kind import BodyKind, BodyKindDetector
from .decode import decode


class MediaStreamReader:
    """Reads one medium. It raises nothing while it reads: what goes wrong is in `failure`."""

    __slots__ = ("_account_id", "_opening", "_pieces", "_request", "_response", "_result", "failure", "media_type")

    def __init__(self, request: Request, response: Response, account_id: str) -> None:
        self._request = request
        self._response = response
        self._account_id = account_id
        content_type = response.headers.get("Content-Type", "")
        self._opening: BodyKindDetector | None = BodyKindDetector(response.status, content_type, streamed=False)
        """What has come; None once that is known to be the medium itself, which is handed out as it comes."""
        self._pieces: list[bytes] = []
        self._result: Any = None
        self.failure: CfaiError | None = None
        """What the stream failed with, `partial` and all."""
        self.media_type = response.content_type
        """Read from the first bytes, else from the header."""

    @property
    def over(self) -> bool:
        """Whether all has come."""
        return self._result is not None

    def partial(self) -> bytes:
        """Return what has been handed out so far."""
        return b"".join(self._pieces)

    def result(self) -> Any:
        """Return the whole medium, or what else the params promise.

        Raises:
            StreamError: The stream is not over, or has failed.
        """
        if self._result is not None:
            return self._result
        failure = StreamError("the stream has no result before its end: read on to it")
        failure.partial = self.partial()
        raise failure

    def feed(self, chunk: bytes) -> list[bytes]:
        """Add *chunk*, and return what of the medium has come with it."""
        if self._opening is not None:
            if self._opening.feed(chunk) is not BodyKind.MEDIA:
                return []
            chunk, self._opening = bytes(self._opening.body), None
            self.media_type = sniff(chunk) or self.media_type
        self._pieces.append(chunk)
        return [chunk]

    def take(self, answer: Any) -> list[bytes]:
        """Keep an *answer* that came whole, and return the bytes of it; a class of a user's own may have none."""
        self._result = answer
        if not isinstance(answer, Media):
            return []
        self.media_type = answer.media_type
        self._pieces = [answer.data]
        return [answer.data]

    def end(self) -> list[bytes]:
        """Note that nothing more comes, and return a medium that came in another form, such as JSON."""
        body = self.partial() if self._opening is None else bytes(self._opening.body)
        whole = Response(status=self._response.status, headers=self._response.headers, body=body)
        try:
            answer = decode(whole, self._request, self._account_id)
        except CfaiError as failure:
            failure.partial = self.partial()
            self.failure = failure
            return []
        if self._opening is not None:
            return self.take(answer)
        self._result = answer
        return []
