"""What both clients have in common: their constructor, what they show, and how they are copied and pickled."""

from collections.abc import Callable, Sequence
from ssl import SSLContext
from typing import Any, Self

from .._addresses import Address
from .._secret import SecretText
from .._settings import Settings
from ..observers import Attempt, Observer
from ..options import RequestOptions


class BaseClient:
    """What both clients are made with: the one place where their parameters are written."""

    _settings: Settings

    def __init__(
        self,
        *,
        account_id: str | None = None,
        api_token: str | SecretText | None = None,
        api_key: str | SecretText | None = None,
        email: str | None = None,
        base_url: str | Address | None = None,
        options: RequestOptions | None = None,
        max_connections: int = 256,
        observers: Sequence[Observer] = (),
        on_attempt: Callable[[Attempt], object] | None = None,
        proxy: str | Address | None = None,
        trust_env: bool = True,
        ssl_context: SSLContext | None = None,
        allow_insecure: bool = False,
    ) -> None:
        """Check the settings; nothing is sent and no event loop is needed.

        Args:
            account_id: The account's id, 32 hex digits; else `CLOUDFLARE_ACCOUNT_ID` of the environment.
            api_token: An API token with the permission Workers AI, as a str or as anything with a method
                `get_secret_value()`, such as pydantic's `SecretStr`; else `CLOUDFLARE_API_TOKEN`.
            api_key: The legacy global key, used only where there is no token, of the same types; else
                `CLOUDFLARE_API_KEY`.
            email: The e-mail address of the legacy key; else `CLOUDFLARE_EMAIL`.
            base_url: What all paths stand below; else `CLOUDFLARE_BASE_URL`, else Cloudflare's own API. `http://`
                only on loopback. A URL object, such as `yarl.URL` or `httpx.URL`, is taken too.
            options: Options of all calls; a call's own go over them.
            max_connections: The most connections for each event loop. More calls wait, and the wait counts against
                `timeout`.
            observers: Instances of subclasses of `Observer`, which are told of each call, its attempts and its end.
            on_attempt: Called after each attempt with an `Attempt`. What it raises is logged and goes no further.
            proxy: The address of an HTTP proxy, as a str or a URL object. With an `http://` address it needs
                *allow_insecure*, on loopback too.
            trust_env: Whether to read the proxy variables and `NO_PROXY` of the environment. They are not read for
                a loopback host, and `.netrc` never is.
            ssl_context: A TLS context of your own.
            allow_insecure: Allow `http://` beyond loopback and through a proxy; the token then travels in the clear.

        Raises:
            ConfigError: A setting is missing or wrong. Secrets are not shown.
        """
        self._begin(
            Settings(
                account_id=account_id,
                api_token=api_token,
                api_key=api_key,
                email=email,
                base_url=base_url,
                options=options,
                max_connections=max_connections,
                observers=observers,
                on_attempt=on_attempt,
                proxy=proxy,
                trust_env=trust_env,
                ssl_context=ssl_context,
                allow_insecure=allow_insecure,
            )
        )

    def _begin(self, settings: Settings) -> None:
        raise NotImplementedError

    @property
    def account_id(self) -> str:
        """The account that pays."""
        return self._settings.account_id

    @property
    def base_url(self) -> str:
        """What all paths stand below."""
        return self._settings.base_url

    @property
    def options(self) -> RequestOptions:
        """The options in force where a call brings none."""
        return self._settings.options

    def __repr__(self) -> str:
        settings = getattr(self, "_settings", None)
        if settings is None:  # looked at by a debugger while it is built
            return f"<{type(self).__name__}, not built yet>"
        return f"{type(self).__name__}(account_id={settings.account_id!r}, base_url={settings.base_url!r})"

    def __getstate__(self) -> dict[str, Any]:
        """Give what a pickle carries: everything but secrets, connections and the TLS context."""
        return {"settings": self._settings}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Begin anew, with the token of the environment."""
        self._begin(state["settings"])

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Give a client of its own connections, with the same secrets."""
        copy = object.__new__(type(self))
        copy._begin(self._settings.copy())
        return copy

    def __copy__(self) -> Self:
        return self.__deepcopy__({})
