"""A stream of bytes: a sound or a picture that is handed out as it comes, and is whole at its end."""

from ..errors import CfaiError, StreamError
from ..media import Media, sniff
from .decode import decode
from .messages import Request, Response


class MediaStreamReader:
    """Reads one medium. It raises nothing while it reads: what goes wrong is in `failure`."""

    __slots__ = ("_account_id", "_pieces", "_request", "_response", "_result", "failure", "media_type")

    def __init__(self, request: Request, response: Response, account_id: str) -> None:
        self._request = request
        self._response = response
        self._account_id = account_id
        self._pieces: list[bytes] = []
        self._result: Media | None = None
        self.failure: CfaiError | None = None
        """What the stream failed with, `partial` and all."""
        self.media_type = response.content_type
        """Read from the first bytes, else from the header."""

    @property
    def over(self) -> bool:
        """Whether all has come."""
        return self._result is not None

    def partial(self) -> bytes:
        """Give what has come so far."""
        return b"".join(self._pieces)

    def result(self) -> Media:
        """Give the whole medium.

        Raises:
            StreamError: The stream is not over, or has failed.
        """
        if self._result is not None:
            return self._result
        failure = StreamError("the stream has no result before its end: read on to it")
        failure.partial = self.partial()
        raise failure

    def feed(self, chunk: bytes) -> list[bytes]:
        """Take in bytes, and hand them out."""
        if not self._pieces:
            self.media_type = sniff(chunk) or self.media_type
        self._pieces.append(chunk)
        return [chunk]

    def take(self, answer: Media) -> list[bytes]:
        """Take in a medium that came whole."""
        self._result = answer
        self.media_type = answer.media_type
        self._pieces = [answer.data]
        return [answer.data]

    def end(self) -> list[bytes]:
        """Note that nothing more comes."""
        whole = Response(status=self._response.status, headers=self._response.headers, body=self.partial())
        try:
            self._result = decode(whole, self._request, self._account_id)
        except CfaiError as failure:
            failure.partial = self.partial()
            self.failure = failure
        return []
