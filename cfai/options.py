"""What a call may be told beside its input: limits of time and size, retries, a gateway, headers."""

import math
import re
from collections.abc import Mapping, Sequence
from enum import Enum
from types import NoneType
from typing import Any, Final, Literal, TypedDict

from attrs import evolve, field, fields, frozen

from ._base import cut_repr, short_repr
from ._checks import MOST_BYTES, check_header, check_seconds, check_whole
from ._secret import Secret, SecretHeaders, SecretText, revealed
from .errors import ConfigError
from .observers import Observer

__all__ = ("NOT_GIVEN", "Changes", "Gateway", "NotGiven", "RequestOptions", "Retry")


class NotGiven(Enum):
    """The type of `NOT_GIVEN`: an option that is left to the client, or to cfai's default.

    None can't say that, for None switches an option off.
    """

    NOT_GIVEN = "NOT_GIVEN"

    def __repr__(self) -> str:
        return "NOT_GIVEN"

    def __bool__(self) -> Literal[False]:
        return False


NOT_GIVEN: Final = NotGiven.NOT_GIVEN

_FORBIDDEN = frozenset({"authorization", "host", "content-type", "content-length", "transfer-encoding"})
_MOST_METADATA = 5
_LONGEST_METADATA = 4096
"""Bits of a number."""
_BACKOFFS = ("constant", "linear", "exponential")
_HEADER_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+", re.ASCII)


def _secret(value: str | SecretText | Secret | None) -> Secret | None:
    value = revealed(value)
    if value is None or isinstance(value, Secret):
        return value
    return Secret(value) if isinstance(value, str) else _refuse_authorization(type(value).__name__)


def _refuse_authorization(kind: str) -> Any:
    # Raised here, where no local variable holds the value: tracebacks may be shown with them.
    raise ConfigError(f"gateway authorization: must be a str, not {kind}")


def _copied(metadata: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Copy a mapping, which could be changed after it was checked."""
    return dict(metadata) if isinstance(metadata, Mapping) else metadata


@frozen(repr=False)
class Gateway:
    """Send calls through an AI Gateway of the account: logged, cached, limited there."""

    id: str
    """The gateway's name, such as "default"."""
    cache_ttl: int | None = field(default=None, kw_only=True)
    """Seconds to keep an answer in the cache: 60 to a month. Only texts and pictures are cached."""
    skip_cache: bool | None = field(default=None, kw_only=True)
    """Ask the model even where an answer is in the cache."""
    cache_key: str | None = field(default=None, kw_only=True)
    """The cache's key, instead of one made of the request."""
    metadata: Mapping[str, str | float | bool] | None = field(default=None, kw_only=True, converter=_copied)
    """Values to log the request with: at most five, each a str, a finite number or a bool. The service drops all
    others without an error, so they raise ConfigError."""
    collect_log: bool | None = field(default=None, kw_only=True)
    """Whether the request is logged."""
    collect_log_payload: bool | None = field(default=None, kw_only=True)
    """Whether the log keeps the request's and the answer's content too."""
    event_id: str | None = field(default=None, kw_only=True)
    """An id of your own for the request in the gateway's log."""
    request_timeout: int | None = field(default=None, kw_only=True)
    """Milliseconds after which the gateway gives the request up."""
    max_attempts: int | None = field(default=None, kw_only=True)
    """How often the gateway tries, up to 5."""
    retry_delay: int | None = field(default=None, kw_only=True)
    """Milliseconds between the gateway's tries, up to 5000."""
    backoff: Literal["constant", "linear", "exponential"] | None = field(default=None, kw_only=True)
    """How the gateway's delays grow."""
    byok_alias: str | None = field(default=None, kw_only=True)
    """Which of your stored provider keys to use."""
    zdr: bool | None = field(default=None, kw_only=True)
    """Ask the provider not to keep anything (zero data retention)."""
    authorization: Secret | None = field(default=None, kw_only=True, converter=_secret)
    """The gateway's own token, a str or anything with a method `get_secret_value()`. Shown nowhere."""

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.id, str) or not self.id:
            raise ConfigError("gateway: its id must be a text such as 'default'")
        for name in ("id", "cache_key", "event_id", "byok_alias"):
            check_header(f"gateway {name}", getattr(self, name))
        _check_metadata(self.metadata)
        for name in ("cache_ttl", "request_timeout", "max_attempts", "retry_delay"):
            if getattr(self, name) is not None:
                check_whole(f"gateway {name}", getattr(self, name))
        if self.backoff is not None and self.backoff not in _BACKOFFS:
            raise ConfigError(f"gateway backoff: must be one of {', '.join(_BACKOFFS)}")
        for name in ("skip_cache", "collect_log", "collect_log_payload", "zdr"):
            if not isinstance(getattr(self, name), (bool, NoneType)):
                raise ConfigError(f"gateway {name}: must be True or False, not {type(getattr(self, name)).__name__}")
        check_header("gateway authorization", self.authorization.reveal() if self.authorization else None)

    def __repr__(self) -> str:
        return short_repr(self)


def _check_metadata(metadata: Mapping[str, Any] | None) -> None:
    """Refuse what the gateway would drop without an error (docs/wire.md 8)."""
    if metadata is None:
        return
    if not isinstance(metadata, Mapping):
        raise ConfigError("gateway metadata: must be a mapping of names to values")
    if len(metadata) > _MOST_METADATA:
        raise ConfigError(f"gateway metadata: the service keeps {_MOST_METADATA} entries at most; got {len(metadata)}")
    for name, value in metadata.items():
        if not isinstance(name, str):
            raise ConfigError("gateway metadata: its names must be str")
        if not isinstance(value, (str, int, float)) or (isinstance(value, float) and not math.isfinite(value)):
            raise ConfigError(
                f"gateway metadata: {name!r} must be a str, a finite number or a bool, for the service drops all"
                f" others without an error; got {type(value).__name__}"
            )
        if isinstance(value, int) and value.bit_length() > _LONGEST_METADATA:
            raise ConfigError(f"gateway metadata: {name!r} is a number of more than {_LONGEST_METADATA} bits")


def _headers(headers: Mapping[str, str] | NotGiven | None) -> SecretHeaders | NotGiven | None:
    if headers is None or isinstance(headers, (NotGiven, SecretHeaders)):
        return headers
    if not isinstance(headers, Mapping):
        raise ConfigError(f"headers: must be a mapping of names to values, not {type(headers).__name__}")
    for name, value in headers.items():
        if not isinstance(name, str) or not _HEADER_NAME.fullmatch(name):
            raise ConfigError("headers: a name must be a str of the characters that HTTP allows there")
        if name.lower() in _FORBIDDEN:
            raise ConfigError(f"headers: {name} is set by cfai itself")
        check_header(f"headers: {name}", value, optional=False)
    return SecretHeaders(headers)


def _gateway(gateway: Gateway | str | NotGiven | None) -> Gateway | NotGiven | None:
    return Gateway(gateway) if isinstance(gateway, str) else gateway


@frozen
class Retry:
    """When a failed call is tried again.

    Tried again is what the service did not process (no connection, 429 but the daily quota, 502, 503), and what failed
    there (500, 504). What it may have done and charged, while only the answer was lost, is not, unless asked for.
    """

    attempts: int = field(default=3, kw_only=True)
    """How many times the request is sent at most; 1 is off."""
    backoff: float = field(default=0.5, kw_only=True)
    """Seconds that the first wait has at most, doubled for each further one. A wait is anything from 0 up to that
    ("full jitter"); where the service says `Retry-After`, it is that."""
    backoff_max: float = field(default=8.0, kw_only=True)
    """Seconds that no wait goes beyond; `Retry-After` may."""
    budget: int = field(default=100, kw_only=True)
    """How many retries the client and its copies may owe in all; each success pays one back. It counts on the
    client's own options alone, and not on those of a call or of a copy."""
    lost_answers: bool = field(default=False, kw_only=True)
    """Try again too where the answer was lost and may have been paid for: a timeout or a reset after the request was
    sent, an answer that was cut, 408, 524."""

    def __attrs_post_init__(self) -> None:
        check_whole("retry attempts", self.attempts, least=1)
        check_whole("retry budget", self.budget)
        for name in ("backoff", "backoff_max"):
            check_seconds(f"retry {name}", getattr(self, name), zero=True)
        if not isinstance(self.lost_answers, bool):
            raise ConfigError("retry lost_answers: must be True or False")


@frozen
class RequestOptions:
    """Options of a call, or of all calls of a client.

    An option that is not given is inherited: of the call from the client, of the client from cfai's defaults. None
    switches it off.
    """

    timeout: float | NotGiven | None = field(default=NOT_GIVEN, kw_only=True)
    """Seconds by the clock on the wall for the whole call: all attempts and waits, the wait for a connection
    among them. 300 when not given: the service itself gives up after about 240."""
    attempt_timeout: float | NotGiven | None = field(default=NOT_GIVEN, kw_only=True)
    """Seconds for one attempt. None when not given."""
    connect_timeout: float | NotGiven | None = field(default=NOT_GIVEN, kw_only=True)
    """Seconds to look up the host, connect, and shake hands; not the wait for a free connection. 10 when not given."""
    idle_timeout: float | NotGiven | None = field(default=NOT_GIVEN, kw_only=True)
    """Seconds between the bytes of a stream, from its first event on. 60 when not given."""
    retry: Retry | NotGiven | None = field(default=NOT_GIVEN, kw_only=True)
    """When a failed call is tried again; it replaces an inherited one whole. None: one attempt. `Retry()` when not
    given."""
    gateway: Gateway | NotGiven | None = field(default=NOT_GIVEN, kw_only=True, converter=_gateway)
    """The AI Gateway to go through, or its id. None when not given."""
    session_affinity: str | NotGiven | None = field(default=NOT_GIVEN, kw_only=True)
    """A stable id of a conversation, so that the service may find its prompt in a cache."""
    reject_if_busy: bool | NotGiven | None = field(default=NOT_GIVEN, kw_only=True)
    """Be refused with OutOfCapacity at once where the model is busy, instead of waiting in the service's queue.
    Models whose body is JSON alone; with others ConfigError."""
    headers: SecretHeaders | NotGiven | None = field(default=NOT_GIVEN, kw_only=True, converter=_headers)
    """Further headers. Those of client and call are merged, names compared without case. Values count as secrets."""
    max_response_bytes: int | NotGiven | None = field(default=NOT_GIVEN, kw_only=True)
    """The most bytes that an answer may have, counted after decompression. 256 MiB when not given."""

    def __attrs_post_init__(self) -> None:
        for name in ("timeout", "attempt_timeout", "connect_timeout", "idle_timeout"):
            if not isinstance(getattr(self, name), (NotGiven, NoneType)):
                check_seconds(name, getattr(self, name))
        if not isinstance(self.retry, (Retry, NotGiven, NoneType)):
            raise ConfigError(f"retry: must be a cfai.Retry, or None for one attempt, not {type(self.retry).__name__}")
        if not isinstance(self.max_response_bytes, (NotGiven, NoneType)):
            check_whole("max_response_bytes", self.max_response_bytes, least=1, most=MOST_BYTES)
        if not isinstance(self.gateway, (Gateway, NotGiven, NoneType)):
            raise ConfigError(f"gateway: must be a cfai.Gateway or the id of one, not {type(self.gateway).__name__}")
        if not isinstance(self.session_affinity, NotGiven):
            check_header("session_affinity", self.session_affinity)
        if not isinstance(self.reject_if_busy, (bool, NotGiven, type(None))):
            raise ConfigError("reject_if_busy: must be True or False")

    def over(self, below: "RequestOptions") -> "RequestOptions":
        """Give *below* with the options that are given here put over it; headers are merged."""
        given = {
            option.name: value
            for option in fields(RequestOptions)
            if (value := getattr(self, option.name)) is not NOT_GIVEN
        }
        if self.headers and below.headers:
            mine = {name.lower() for name in self.headers}
            kept = {name: value for name, value in below.headers.items() if name.lower() not in mine}
            given["headers"] = SecretHeaders({**kept, **self.headers})
        return evolve(below, **given)

    def __repr__(self) -> str:
        given = [
            f"{option.name}={value!r}"
            for option in fields(RequestOptions)
            if (value := getattr(self, option.name)) is not NOT_GIVEN
        ]
        return cut_repr("RequestOptions", given)


DEFAULTS: Final = RequestOptions(
    timeout=300.0,
    attempt_timeout=None,
    connect_timeout=10.0,
    idle_timeout=60.0,
    retry=Retry(),
    gateway=None,
    session_affinity=None,
    reject_if_busy=None,
    headers=None,
    max_response_bytes=256 * 1024 * 1024,
)
"""What holds where neither client nor call says otherwise."""


class Changes(TypedDict, total=False):
    """What `with_options()` may change: any option, whose account and token are used, and who observes the calls."""

    timeout: float | None
    attempt_timeout: float | None
    connect_timeout: float | None
    idle_timeout: float | None
    retry: Retry | None
    gateway: Gateway | str | None
    session_affinity: str | None
    reject_if_busy: bool | None
    headers: Mapping[str, str] | None
    max_response_bytes: int | None
    account_id: str
    api_token: str | SecretText
    observers: Sequence[Observer]
