"""What a client and its options may be made with: types that are told, numbers that make sense."""

import enum
import math
import tracemalloc
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from kit.secrets import ACCOUNT, EMAIL, GATEWAY_TOKEN, KEY, PROXY_PASSWORD, TOKEN, found_in
from kit.server import Server
from yarl import URL

import cfai

LLAMA = "@cf/meta/llama-3.2-3b-instruct"
HI = cfai.Prompt("Say hello")


class SecretText:
    """What pydantic's SecretStr is to cfai."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def get_secret_value(self) -> Any:
        return self._value

    def __str__(self) -> str:
        return "**********"

    __repr__ = __str__


class Address:
    """What httpx.URL and pydantic's AnyUrl are to cfai."""

    scheme = "http"

    def __init__(self, text: str) -> None:
        self._text = text

    def __str__(self) -> str:
        return self._text


class Broken:
    def __str__(self) -> str:
        raise RuntimeError(PROXY_PASSWORD)


async def test_a_secret_text_is_a_token(make: Any, server: Server) -> None:
    gateway = cfai.Gateway("default", authorization=SecretText(GATEWAY_TOKEN))  # type: ignore[arg-type]
    await make(api_token=SecretText(TOKEN), options=cfai.RequestOptions(gateway=gateway)).run(LLAMA, HI)

    assert f"Bearer {TOKEN}" == server.last.header("authorization")
    assert f"Bearer {GATEWAY_TOKEN}" == server.last.header("cf-aig-authorization")


async def test_a_secret_text_is_a_key_and_a_tenants_token(make: Any, server: Server) -> None:
    client = make(api_token=None, api_key=SecretText(KEY), email=EMAIL)
    await client.run(LLAMA, HI)
    assert KEY == server.last.header("x-auth-key")

    await client.with_options(api_token=SecretText(TOKEN)).run(LLAMA, HI)
    assert f"Bearer {TOKEN}" == server.last.header("authorization")


@pytest.mark.parametrize("wrap", [URL, Address], ids=["yarl", "any with str()"])
async def test_url_objects_are_addresses(make: Any, server: Server, wrap: Callable[[str], Any]) -> None:
    await make(base_url=wrap(f"{server.base_url}/")).run(LLAMA, HI)
    assert f"/client/v4/accounts/{ACCOUNT}/ai/run/{LLAMA}".encode() == server.last.target

    far = make(base_url=wrap("http://example.invalid/client/v4"), proxy=wrap(server.origin), allow_insecure=True)
    await far.run(LLAMA, HI)
    assert server.last.target.startswith(b"http://example.invalid/client/v4/")


SECRET_VALUES: list[Any] = [
    TOKEN.encode(),
    bytearray(TOKEN.encode()),
    [TOKEN],
    {"token": TOKEN},
    (TOKEN,),
    7,
    1.5,
    True,
    SecretText(TOKEN.encode()),
    SecretText(None).__class__,
]
CREDENTIALS: dict[str, Callable[[Any], Any]] = {
    "api_token": lambda value: cfai.Client(account_id=ACCOUNT, api_token=value),
    "api_key": lambda value: cfai.Client(account_id=ACCOUNT, api_key=value, email=EMAIL),
    "email": lambda value: cfai.Client(account_id=ACCOUNT, api_key=KEY, email=value),
    "with_options": lambda value: cfai.Client(account_id=ACCOUNT, api_token=TOKEN).with_options(api_token=value),
    "gateway": lambda value: cfai.Gateway("default", authorization=value),
    "header": lambda value: cfai.RequestOptions(headers={"X-Own": value}),
    "headers": lambda value: cfai.RequestOptions(headers=value) if not isinstance(value, dict) else _refused(),
}


def _refused() -> Any:
    raise cfai.ConfigError("headers: not dict")


@pytest.mark.parametrize("value", SECRET_VALUES, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize("place", CREDENTIALS)
def test_a_credential_of_another_type_is_told_its_type_and_not_shown(place: str, value: Any) -> None:
    inner = value.get_secret_value() if isinstance(value, SecretText) and place in _TAKE_SECRETS else value

    with pytest.raises(cfai.ConfigError) as caught:
        CREDENTIALS[place](value)

    assert f"not {type(inner).__name__}" in str(caught.value)
    assert [] == found_in(f"{caught.value} {caught.value!r} {caught.value.__context__!r} {caught.value.__cause__!r}")


_TAKE_SECRETS = ("api_token", "api_key", "with_options", "gateway")
ADDRESSES: list[Any] = [
    7,
    True,
    [f"http://{PROXY_PASSWORD}@127.0.0.1"],
    b"http://127.0.0.1",
    {"http": "http://127.0.0.1"},
    ("http://127.0.0.1",),
    object(),
    Address("ftp://127.0.0.1"),
    Broken(),
]


@pytest.mark.parametrize("value", ADDRESSES, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize("name", ["base_url", "proxy"])
def test_an_address_of_another_type_is_told_its_type_and_not_shown(name: str, value: Any) -> None:
    with pytest.raises(cfai.ConfigError) as caught:
        cfai.Client(account_id=ACCOUNT, api_token=TOKEN, **{name: value})

    assert f"not {type(value).__name__}" in str(caught.value)
    assert [] == found_in(f"{caught.value!r} {caught.value.__context__!r}")


client = partial(cfai.Client, account_id=ACCOUNT, api_token=TOKEN)


async def _async_callback(_: Any) -> None: ...


class AsyncCallable:
    async def __call__(self, _: Any) -> None: ...


HUGE = 10**400


def _named(value: Any) -> str:
    return (
        f"{'-' if value < 0 else ''}{value.bit_length()} bits"
        if isinstance(value, int) and abs(value) > 2**40
        else repr(value)
    )


WRONG: dict[str, Callable[[], Any]] = {
    **{
        f"{name}={_named(value)}": partial(cfai.RequestOptions, **{name: value})
        for name in ("timeout", "attempt_timeout", "connect_timeout", "idle_timeout")
        for value in (HUGE, 10**5000, -HUGE, math.nan, math.inf, -1, 0, True, "5", [5], 1e300)
    },
    **{
        f"max_response_bytes={_named(value)}": partial(cfai.RequestOptions, max_response_bytes=value)
        for value in (0, -1, HUGE, 10**30, 1.5, math.nan, True, False, "5")
    },
    **{
        f"backoff={_named(value)}": partial(cfai.Retry, **{name: value})
        for name in ("backoff", "backoff_max")
        for value in (HUGE, math.nan, math.inf, -0.1, True, "5", None)
    },
    **{
        f"{name}={_named(value)}": partial(cfai.Retry, **{name: value})
        for name in ("attempts", "budget")
        for value in (2**62, HUGE, -1, 1.0, math.nan, True, None, "5")
    },
    **{
        f"{name}={_named(value)}": partial(cfai.Gateway, "default", **{name: value})
        for name in ("cache_ttl", "request_timeout", "max_attempts", "retry_delay")
        for value in (HUGE, -1, 1.5, math.nan, True, "5")
    },
    **{
        f"{name}={value!r}": partial(cfai.Gateway, "default", **{name: value})
        for name in ("skip_cache", "collect_log", "collect_log_payload", "zdr")
        for value in ("false", 1, 0)
    },
    **{
        f"max_connections={_named(value)}": partial(client, max_connections=value)
        for value in (0, -1, 10**30, HUGE, 1.5, math.inf, True, None, "5")
    },
    **{
        f"{name}={value!r}": partial(client, **{name: value})
        for name in ("allow_insecure", "trust_env")
        for value in ("false", 1, None)
    },
    "account 0": partial(cfai.Client, account_id=0, api_token=TOKEN),
    "account []": partial(cfai.Client, account_id=[], api_token=TOKEN),
    "options": partial(client, options={"timeout": 5}),
    "on_attempt": partial(client, on_attempt=7),
    "async on_attempt": partial(client, on_attempt=_async_callback),
    "async callable": partial(client, on_attempt=AsyncCallable()),
    "ssl_context": partial(client, ssl_context=False),
    "retry 0": partial(cfai.RequestOptions, retry=0),
    "retry ''": partial(cfai.RequestOptions, retry=""),
    "retry False": partial(cfai.RequestOptions, retry=False),
    "gateway 0": partial(cfai.RequestOptions, gateway=0),
    "gateway []": partial(cfai.RequestOptions, gateway=[]),
    "affinity 0": partial(cfai.RequestOptions, session_affinity=0),
    "affinity []": partial(cfai.RequestOptions, session_affinity=[]),
    "reject_if_busy": partial(cfai.RequestOptions, reject_if_busy="no"),
    "lost_answers": partial(cfai.Retry, lost_answers=1),
    "copy": lambda: client().with_options(timeout=HUGE),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_makes_no_sense_is_a_config_error(case: str) -> None:
    with pytest.raises(cfai.ConfigError) as caught:
        WRONG[case]()

    assert len(str(caught.value)) < 250
    assert [] == found_in(f"{caught.value!r}")


@pytest.mark.parametrize("make_it", [lambda: cfai.Retry(budget=10**9), lambda: cfai.RequestOptions(timeout=10**9)])
def test_the_largest_numbers_cost_no_memory(make_it: Callable[[], Any]) -> None:
    tracemalloc.start()
    option = make_it()
    options = cfai.RequestOptions(retry=option) if isinstance(option, cfai.Retry) else option
    made = client(options=options)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    made.close()

    assert most < 1_000_000


class Vault:
    """A secret that can't be had, or has none."""

    def __init__(self, error: Exception | None = None) -> None:
        self._error = error

    def get_secret_value(self) -> None:
        if self._error is not None:
            raise self._error


@pytest.mark.parametrize("vault", [Vault(), Vault(RuntimeError(TOKEN))], ids=["empty", "raises"])
@pytest.mark.parametrize("place", _TAKE_SECRETS)
def test_a_secret_that_gives_nothing_is_never_replaced_by_the_environments(
    place: str, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    if place != "api_key":  # a token goes before a key
        monkeypatch.setenv("CLOUDFLARE_API_TOKEN", TOKEN)
    monkeypatch.setenv("CLOUDFLARE_API_KEY", KEY)

    with pytest.raises(cfai.ConfigError, match="not Vault") as caught:
        CREDENTIALS[place](vault)

    assert [] == found_in(f"{caught.value} {caught.value.__context__!r} {caught.value.__cause__!r}")


class Asking:
    def get_secret_value(self, key: str) -> str:
        return key


class Locked:
    """It raises where its method is looked up."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(TOKEN)


VAULTS: list[Any] = [Vault(RuntimeError(TOKEN)), Asking(), Locked()]


@pytest.mark.parametrize("vault", VAULTS, ids=lambda vault: type(vault).__name__)
@pytest.mark.parametrize("kind", [cfai.Client, cfai.AsyncClient])
@pytest.mark.parametrize("name", ["api_token", "api_key", "base_url", "proxy"])
def test_a_secret_that_can_not_be_had_is_told_its_type_and_nothing_of_its_error(
    name: str, kind: Any, vault: Any
) -> None:
    who = {"email": EMAIL} if name == "api_key" else {"api_token": TOKEN}
    with pytest.raises(cfai.ConfigError) as caught:
        kind(**{"account_id": ACCOUNT, **who, name: vault})

    assert str(caught.value).startswith(name)
    assert f"not {type(vault).__name__}" in str(caught.value)
    assert [] == found_in(f"{caught.value} {caught.value!r}")
    assert (None, None) == (caught.value.__context__, caught.value.__cause__)


@pytest.mark.parametrize("vault", VAULTS, ids=lambda vault: type(vault).__name__)
def test_so_is_one_of_a_gateway(vault: Any) -> None:
    with pytest.raises(cfai.ConfigError) as caught:
        cfai.Gateway("default", authorization=vault)

    assert f"gateway authorization: must be a str, not {type(vault).__name__}" == str(caught.value)
    assert (None, None) == (caught.value.__context__, caught.value.__cause__)


class Level(str, enum.Enum):  # noqa: UP042  # such as many programs still have; it shows as "Level.TOKEN"
    TOKEN = TOKEN
    HEADER = "the value"


class Masked(str):
    __slots__ = ()

    def __str__(self) -> str:
        return "****"


async def test_what_is_sent_of_a_subclass_of_str_is_its_text(make: Any, server: Server) -> None:
    for token in (Level.TOKEN, Masked(TOKEN), SecretText(Masked(TOKEN))):
        client = make(api_token=token, options=cfai.RequestOptions(headers={"X-Own": Level.HEADER}))
        await client.run(LLAMA, HI)

        assert (f"Bearer {TOKEN}", "the value") == (server.last.header("authorization"), server.last.header("x-own"))


async def test_so_is_what_is_sent_of_a_key_an_email_and_a_gateways_token(make: Any, server: Server) -> None:
    gateway = cfai.Gateway("default", authorization=Masked(GATEWAY_TOKEN))  # type: ignore[arg-type]
    options = cfai.RequestOptions(gateway=gateway, headers={Masked("X-Own"): Masked("the value")})
    await make(api_token=None, api_key=Masked(KEY), email=Masked(EMAIL), options=options).run(LLAMA, HI)

    sent = [server.last.header(name) for name in ("x-auth-key", "x-auth-email", "cf-aig-authorization", "x-own")]
    assert [KEY, EMAIL, f"Bearer {GATEWAY_TOKEN}", "the value"] == sent


@pytest.mark.parametrize("number", [2**4096, 10**5000], ids=["4097 bits", "huge"])
def test_a_number_too_long_for_a_header_is_refused(number: int) -> None:
    with pytest.raises(cfai.ConfigError, match="more than 4096 bits"):
        cfai.Gateway("default", metadata={"user": number})


def test_a_header_that_is_none_is_told_its_type() -> None:
    headers: Any = {"X-Own": None}
    with pytest.raises(cfai.ConfigError, match="X-Own: must be a str, not NoneType"):
        cfai.RequestOptions(headers=headers)
