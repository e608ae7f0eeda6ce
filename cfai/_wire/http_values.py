"""A request and its answer, as values between the wire and the transport."""

from collections.abc import Iterator, Mapping
from typing import Any

from .decode_context import DecodeContext
from .media.body import Body
from .quoting import one_line


class Request:
    """One POST: everything that is needed to send it, again if need be."""

    __slots__ = ("asked", "body", "content_type", "model", "path", "promise", "query")

    def __init__(
        self,
        *,
        model: str,
        path: str,
        query: tuple[tuple[str, str], ...],
        content_type: str,
        body: Body,
        asked: DecodeContext,
        promise: Any,
    ) -> None:
        self.model = model
        self.path = path
        """The path below the account, with literal slashes: `/ai/run/@cf/meta/llama-3.2-3b-instruct`."""
        self.query = query
        """What travels in the query string, as pairs."""
        self.content_type = content_type
        """Empty where the body's own first bytes have to tell it, once they are read."""
        self.body = body
        self.asked = asked
        self.promise = promise
        """The type that the params promised, or `RunResponse`."""

    @property
    def name(self) -> str:
        """What the log calls it."""
        return self.model

    @property
    def once(self) -> bool:
        """Whether it can be sent only once: an async iterable is used up by the first attempt."""
        return self.body.flow is not None


class Response:
    """What came back, with its body read."""

    __slots__ = ("attempts", "body", "elapsed", "headers", "skipped", "status", "through_gateway")

    def __init__(
        self, *, status: int, headers: Mapping[str, str], body: bytes, attempts: int = 1, elapsed: float = 0.0
    ) -> None:
        self.status = status
        self.headers = headers
        """Looked up without case."""
        self.body = body
        self.attempts = attempts
        self.elapsed = elapsed
        """Seconds from the call to the last byte."""
        self.through_gateway = False
        """Whether the call asked for an AI Gateway."""
        self.skipped: list[str] = []
        """The paths of values in the answer that were not usable, once it is decoded: a list has no place for them."""

    @property
    def content_type(self) -> str:
        """The media type alone, in lower case; empty where none was sent."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    @property
    def request_id(self) -> str | None:
        """`cf-ai-req-id`, without characters that no log should have."""
        return _clean(self.headers.get("cf-ai-req-id"))

    @property
    def ray_id(self) -> str | None:
        """`cf-ray`, without characters that no log should have."""
        return _clean(self.headers.get("cf-ray"))


def _clean(value: str | None) -> str | None:
    # Nearly always it is clean, and each call asks; where nothing is left of it, there is no id.
    return value if value is None or (value.isascii() and value.isprintable()) else one_line(value) or None


class Headers(Mapping[str, str]):
    """The headers of an answer: looked up without case, plain enough to be pickled."""

    __slots__ = ("_values",)

    def __init__(self, headers: Mapping[str, str]) -> None:
        # A multi-dict gives an item for each repetition; repeated headers are one list (RFC 9110 5.2).
        self._values: dict[str, tuple[str, str]] = {}
        for name, value in headers.items():
            known = self._values.get(name.lower())
            self._values[name.lower()] = (name, f"{known[1]}, {value}" if known else value)

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()][1]

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._values.values())

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._values

    def __repr__(self) -> str:
        return f"Headers({dict(self)!r})"

    def __reduce__(self) -> tuple[type["Headers"], tuple[dict[str, str]]]:
        return Headers, (dict(self),)  # slots have no place in the older pickle protocols

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Mapping):
            return NotImplemented
        return {name.lower(): value for name, value in self.items()} == {
            str(name).lower(): value for name, value in other.items()
        }

    __hash__ = None  # type: ignore[assignment]  # a mapping, compared by what it holds
