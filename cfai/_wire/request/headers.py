"""The headers of a request: who asks, and the options that travel as headers (docs/wire.md 8)."""

import platform
from collections.abc import Mapping

from ..._secret import Secret
from ..._version import __version__
from ...options import Gateway, RequestOptions
from .. import strict_json

_NUMBERS = {
    "cache_ttl": "cf-aig-cache-ttl",
    "request_timeout": "cf-aig-request-timeout",
    "max_attempts": "cf-aig-max-attempts",
    "retry_delay": "cf-aig-retry-delay",
}
_FLAGS = {
    "skip_cache": "cf-aig-skip-cache",
    "collect_log": "cf-aig-collect-log",
    "collect_log_payload": "cf-aig-collect-log-payload",
    "zdr": "cf-aig-zdr",
}
_TEXTS = {
    "cache_key": "cf-aig-cache-key",
    "event_id": "cf-aig-event-id",
    "backoff": "cf-aig-backoff",
    "byok_alias": "cf-aig-byok-alias",
}


USER_AGENT = f"cfai/{__version__} python/{platform.python_version()}"


class OutgoingHeaders(dict[str, str]):
    """Headers with secrets among them, which tools that print local variables must not show."""

    def __repr__(self) -> str:
        return f"OutgoingHeaders({sorted(self)})"


def build(credentials: Mapping[str, Secret], options: RequestOptions) -> OutgoingHeaders:
    """Give all headers but the body's own. The user's win over ours, but for those that say who asks."""
    headers = OutgoingHeaders({"User-Agent": USER_AGENT})
    if options.gateway:
        headers.update(gateway_headers(options.gateway))
    if options.session_affinity:
        headers["x-session-affinity"] = options.session_affinity
    who = {name: secret.reveal() or "" for name, secret in credentials.items()}
    return _over(_over(headers, options.headers or {}), who)


def _over(below: Mapping[str, str], above: Mapping[str, str]) -> OutgoingHeaders:
    """Put *above* over *below*; names are compared without case."""
    names = {name.lower() for name in above}
    return OutgoingHeaders({**{name: value for name, value in below.items() if name.lower() not in names}, **above})


def gateway_headers(gateway: Gateway) -> dict[str, str]:
    """Write a gateway's options as its `cf-aig-*` headers."""
    headers = {"cf-aig-gateway-id": gateway.id}
    for name, header in {**_NUMBERS, **_FLAGS, **_TEXTS}.items():
        value = getattr(gateway, name)
        if value is not None:
            headers[header] = str(value).lower() if name in _FLAGS else str(value)
    if gateway.metadata is not None:
        headers["cf-aig-metadata"] = _metadata(gateway.metadata)
    token = gateway.authorization.reveal() if gateway.authorization else None
    if token:
        headers["cf-aig-authorization"] = token if token.startswith("Bearer ") else f"Bearer {token}"
    return headers


def _metadata(metadata: Mapping[str, object]) -> str:
    text = strict_json.text_of(dict(metadata))
    # A header is ASCII; JSON can say every character so.
    return "".join(character if character < "\x7f" else _escaped(character) for character in text)


def _escaped(character: str) -> str:
    units = character.encode("utf-16-be")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))
