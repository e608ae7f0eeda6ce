"""What a client is made with: credentials, the address, the environment. Checked once, when it is made."""

import inspect
import os
import re
from collections.abc import Callable, Iterable, Sequence
from ssl import SSLContext
from typing import Any, Literal
from urllib.parse import urlsplit, urlunsplit

from ._addresses import UNEXPANDED, VISIBLE, Address, check_url, is_proxy, text_of, type_name
from ._checks import check_whole
from ._secret import Secret, SecretText, revealed
from .errors import ConfigError
from .observers import Attempt, Observer, OnAttempt
from .options import DEFAULTS, NOT_GIVEN, Changes, RequestOptions

_DEFAULT_URL = "https://api.cloudflare.com/client/v4"
_ACCOUNT = re.compile(r"[0-9a-fA-F]{32}", re.ASCII)
_NO_TOKEN = "no API token: pass api_token=, or set CLOUDFLARE_API_TOKEN (or CLOUDFLARE_API_KEY with CLOUDFLARE_EMAIL)"
_MOST_CONNECTIONS = 1_000_000


class Settings:
    """All that both clients are made with."""

    __slots__ = (
        "_credentials",
        "account_id",
        "allow_insecure",
        "base_url",
        "max_connections",
        "observers",
        "options",
        "proxy",
        "ssl_context",
        "trust_env",
    )

    def __init__(
        self,
        *,
        account_id: str | None,
        api_token: str | SecretText | None,
        api_key: str | SecretText | None,
        email: str | None,
        base_url: str | Address | None,
        options: RequestOptions | None,
        max_connections: int,
        observers: Sequence[Observer],
        on_attempt: Callable[[Attempt], object] | None,
        proxy: str | Address | None,
        trust_env: bool,
        ssl_context: SSLContext | None,
        allow_insecure: bool,
    ) -> None:
        self.account_id = check_account(_given_or_environment(account_id, "CLOUDFLARE_ACCOUNT_ID"))
        self._credentials: dict[str, Secret] | None = read_credentials(api_token, api_key, email)
        self.allow_insecure = _check_flag("allow_insecure", allow_insecure)
        if base_url is None:
            base_url = os.environ.get("CLOUDFLARE_BASE_URL") or _DEFAULT_URL
        self.base_url = check_url(base_url, self.allow_insecure)
        self.options = check_options(options).over(DEFAULTS)
        self.max_connections = _check_connections(max_connections)
        self.observers = (*_check_observers(observers), *_observer_of(on_attempt))
        self.proxy = _check_proxy(proxy)
        self.trust_env = _check_flag("trust_env", trust_env)
        self.ssl_context = _check_context(ssl_context)

    def credentials(self) -> dict[str, Secret]:
        """Give the headers that say who asks.

        Raises:
            ConfigError: There are none: the client came out of a pickle, and the environment has no token.
        """
        if self._credentials is None:
            self._credentials = read_credentials(None, None, None)
        return self._credentials

    def with_changes(self, changes: Changes) -> "Settings":
        """Give these settings with some of them changed."""
        copy = self.copy()
        options: dict[str, Any] = dict(changes)
        account_id, api_token = options.pop("account_id", None), options.pop("api_token", None)
        observers = options.pop("observers", None)
        copy.options = RequestOptions(**options).over(self.options)
        if account_id is not None:
            copy.account_id = check_account(account_id)
        if api_token is not None:
            copy._credentials = read_credentials(api_token, None, None)
        if observers is not None:
            short_form = tuple(each for each in self.observers if isinstance(each, OnAttempt))
            copy.observers = (*_check_observers(observers), *short_form)
        return copy

    def seconds(self, limit: Literal["timeout", "idle_timeout"], options: object) -> float | None:
        """Return a *limit* of a call with these *options*, in seconds; None where there is none."""
        given = getattr(options, limit) if isinstance(options, RequestOptions) else NOT_GIVEN
        return (getattr(self.options, limit) if given is NOT_GIVEN else given) or None

    def copy(self) -> "Settings":
        """Give settings that are equal, the secrets too."""
        copy = object.__new__(Settings)
        for name in self.__slots__:
            setattr(copy, name, getattr(self, name))
        return copy

    def __getstate__(self) -> dict[str, Any]:
        """Give everything but the secrets and the TLS context, which no pickle can carry."""
        state = {name: getattr(self, name) for name in self.__slots__}
        state["_credentials"] = state["ssl_context"] = None
        if isinstance(self.proxy, Secret):
            parts = urlsplit(self.proxy.reveal() or "")
            netloc = parts.netloc.rpartition("@")[2]
            state["proxy"] = Secret(None)
            state["_plain_proxy"] = urlunsplit(parts._replace(netloc=netloc))
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        proxy = state.pop("_plain_proxy", None)
        for name, value in state.items():
            setattr(self, name, value)
        if proxy is not None:
            self.proxy = Secret(proxy)

    def __repr__(self) -> str:
        return "Settings(...)"


def check_account(account_id: str | None) -> str:
    """Check the account's id: 32 hex digits.

    Raises:
        ConfigError: It is missing or something else.
    """
    if account_id is None or (isinstance(account_id, str) and not account_id):
        raise ConfigError("no account id: pass account_id=, or set CLOUDFLARE_ACCOUNT_ID")
    if not isinstance(account_id, str):
        raise ConfigError(f"account_id: must be a str of 32 hex digits, not {type(account_id).__name__}")
    if not _ACCOUNT.fullmatch(account_id):
        if UNEXPANDED.search(account_id):
            raise ConfigError("account_id (CLOUDFLARE_ACCOUNT_ID) holds a variable that was never expanded")
        raise ConfigError("account_id (CLOUDFLARE_ACCOUNT_ID) must be 32 hex digits")
    return account_id


def read_credentials(
    api_token: str | SecretText | None, api_key: str | SecretText | None, email: str | None
) -> dict[str, Secret]:
    """Find the token, or the legacy pair where there is none, and give the headers that carry it.

    Raises:
        ConfigError: There is neither, or one that can't be a header. It is never shown.
    """
    found = _find_credentials(api_token, api_key, email)
    if isinstance(found, str):
        # Raised here, where no local variable holds what came from the environment: tracebacks may be shown with them.
        raise ConfigError(found)
    return found


def _find_credentials(
    api_token: str | SecretText | None, api_key: str | SecretText | None, email: str | None
) -> dict[str, Secret] | str:
    """Give the headers, or what is wrong with the credentials."""
    api_token, api_key = revealed(api_token), revealed(api_key)
    email = str.__str__(email) if isinstance(email, str) else email
    if isinstance(api_token, str) and not api_token:
        # It does not fall back on the environment: with many tenants that would be somebody else's token.
        return "api_token is empty: pass a token, or leave it out and set CLOUDFLARE_API_TOKEN"
    token = _given_or_environment(api_token, "CLOUDFLARE_API_TOKEN")
    if token is not None and token != "":
        bad = _complaint("api_token (CLOUDFLARE_API_TOKEN)", token)
        return bad or {"Authorization": Secret(f"Bearer {token}")}
    key = _given_or_environment(api_key, "CLOUDFLARE_API_KEY")
    address = _given_or_environment(email, "CLOUDFLARE_EMAIL")
    if key is None or key == "":
        return _NO_TOKEN
    if address is None or address == "":
        return "an API key needs its e-mail address: pass email=, or set CLOUDFLARE_EMAIL"
    bad = _complaint("api_key (CLOUDFLARE_API_KEY)", key) or _complaint("email (CLOUDFLARE_EMAIL)", address)
    return bad or {"X-Auth-Email": Secret(address), "X-Auth-Key": Secret(key)}


def _given_or_environment(value: Any, variable: str) -> Any:
    return os.environ.get(variable) if value is None else value


def _complaint(name: str, value: object) -> str:
    if not isinstance(value, str):
        return f"{name} must be a str, not {type(value).__name__}"
    if not VISIBLE.fullmatch(value):
        return f"{name} holds a blank, a line break or another character that no header takes"
    if UNEXPANDED.search(value):
        return f"{name} holds a variable that was never expanded, such as ${{NAME}}"
    return ""


def _check_connections(count: int) -> int:
    check_whole("max_connections", count, least=1, most=_MOST_CONNECTIONS)
    return count


def _check_flag(name: str, value: object) -> bool:
    if not isinstance(value, bool):  # the text "false" is as true as any
        raise ConfigError(f"{name}: must be True or False, not {type(value).__name__}")
    return value


def _check_proxy(proxy: str | Address | None) -> Secret | None:
    if proxy is None:
        return None
    proxy = text_of("proxy", proxy)
    if not is_proxy(proxy):
        raise ConfigError("proxy: must be an http:// or https:// address")
    return Secret(proxy)


def check_options(options: object) -> RequestOptions:
    """Give *options*, or none at all for None.

    Raises:
        ConfigError: They are something else, such as a mapping.
    """
    if options is None:
        return RequestOptions()
    if not isinstance(options, RequestOptions):
        raise ConfigError(f"options: must be a cfai.RequestOptions, not {type(options).__name__}")
    return options


def _check_observers(observers: Sequence[Observer]) -> tuple[Observer, ...]:
    if isinstance(observers, (Observer, type)) or not isinstance(observers, Iterable):
        raise ConfigError(f"observers: must be a list of observers, not {type_name(observers)}")
    given = tuple(observers)
    for each in given:
        if not isinstance(each, Observer):
            what = f"the class {each.__name__}" if isinstance(each, type) else type_name(each)
            raise ConfigError(f"observers: must be instances of subclasses of cfai.Observer, not {what}")
    return given


def _observer_of(callback: Callable[[Attempt], object] | None) -> tuple[Observer, ...]:
    if callback is None:
        return ()
    if not callable(callback):
        raise ConfigError(f"on_attempt: must be a plain function, not {type(callback).__name__}")
    if inspect.iscoroutinefunction(callback) or inspect.iscoroutinefunction(type(callback).__call__):
        raise ConfigError("on_attempt: must be a plain function, not an async one")
    return (OnAttempt(callback),)


def _check_context(context: SSLContext | None) -> SSLContext | None:
    # aiohttp takes False for "do not look at certificates"
    if context is not None and not isinstance(context, SSLContext):
        raise ConfigError(f"ssl_context: must be an ssl.SSLContext, not {type(context).__name__}")
    return context
