"""From what a link's host answered to a medium, or the error that it is."""

from ...errors import ApiError, DecodeError
from ...media import Audio, Image, Media, sniff
from ..http_values import Headers, Response
from ..quoting import one_line, quote
from ..refusal.codes import Outcome, judge
from ..refusal.errors import retry_after
from .media import read_binary

_UNKNOWN = ("", "application/octet-stream", "binary/octet-stream")
_PAGES = ("text/html", "application/xhtml+xml", "application/json")
"""Types of an error that a host sends with a good status, such as for a link that has expired."""
_MARKUP = (b"<!doctype html", b"<html")


def decode_fetched(response: Response, name: str, media_type: str | None) -> Image | Audio | Media:
    """Return the medium in *response*, by its bytes, else by the header, else by the link's own *media_type*.

    Args:
        response: What the host answered.
        name: The link, as messages show it.
        media_type: What the link's key said it is, such as "image/*".

    Raises:
        ApiError: The status is not 200.
        DecodeError: It is empty, or a page instead of a medium.
    """
    if response.status != 200:
        raise _refusal(response, name)
    if not response.body:
        raise DecodeError(f"200: expected a medium, got an empty body [link {name}]", raw=b"")
    known = sniff(response.body) is not None
    if not known and _is_page(response):
        kind = response.content_type or "no content type"
        what = f"expected a medium, got {quote(response.body)} ({one_line(kind)})"
        raise DecodeError(f"200: {what} [link {name}]", raw=response.body)
    media = read_binary(response.body, response.content_type)
    if not known and response.content_type in _UNKNOWN:
        kinds: dict[str, type[Media]] = {"image/*": Image, "audio/*": Audio}
        media = kinds.get(media_type or "", Media)(response.body, response.content_type or None)
    media._keep(response.body)
    return media


def _is_page(response: Response) -> bool:
    """Return whether a body that is not known by its first bytes is HTML or JSON."""
    head = response.body[:512].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return response.content_type in _PAGES or head.startswith(_MARKUP)


def _refusal(response: Response, name: str) -> ApiError:
    is_redirect = 300 <= response.status < 400  # whose body may repeat an address, with the query that gives access
    outcome = judge(None, response.status).outcome
    message = "a redirect, which fetch() does not follow" if is_redirect else quote(response.body)
    return ApiError(
        one_line(f"{response.status}: {message} [link {name}]"),
        message=message,
        status=response.status,
        headers=Headers(response.headers),
        raw=response.body,
        retry_after=retry_after(response.headers),
        retryable=outcome is not Outcome.FINAL,
    )
