"""What is wrong on our side is said before anything is sent, and secrets are not shown in saying it."""

import math
import pickle
import ssl
from pathlib import Path

import pytest
from kit.secrets import ACCOUNT, EMAIL, HEADER, KEY, PROXY_PASSWORD, TOKEN, leaks_of
from kit.server import Server

import cfai

LLAMA = "@cf/meta/llama-3.2-3b-instruct"
WHISPER = "@cf/openai/whisper"
HI = cfai.Prompt("hi")


class Thing:
    def __fspath__(self):
        raise AssertionError("looked at")


def make_client(kind: str, **settings):
    settings = {"account_id": ACCOUNT, "api_token": TOKEN, **settings}
    return cfai.AsyncClient(**settings) if kind == "async" else cfai.Client(**settings)


# -- building a client --------------------------------------------------------------------------------------------


def test_a_missing_account_names_the_variable(kind):
    with pytest.raises(cfai.ConfigError, match="CLOUDFLARE_ACCOUNT_ID"):
        make_client(kind, account_id=None)


def test_a_missing_token_names_the_variable(kind):
    with pytest.raises(cfai.ConfigError, match="CLOUDFLARE_API_TOKEN"):
        make_client(kind, api_token=None)


def test_a_key_without_its_address_names_the_variable(kind):
    with pytest.raises(cfai.ConfigError, match="CLOUDFLARE_EMAIL"):
        make_client(kind, api_token=None, api_key=KEY)


@pytest.mark.parametrize("account", ["0" * 31, "0" * 33, "g" * 32, "0" * 31 + "٣", "0" * 32 + "\n", "../" * 11, 7])
def test_an_account_is_32_hex_digits(kind, account):
    with pytest.raises(cfai.ConfigError, match="32 hex digits"):
        make_client(kind, account_id=account)


def test_an_empty_setting_does_not_fall_back_on_the_environment(kind, monkeypatch):
    monkeypatch.setenv("CLOUDFLARE_ACCOUNT_ID", ACCOUNT)
    monkeypatch.setenv("CLOUDFLARE_API_TOKEN", TOKEN)
    with pytest.raises(cfai.ConfigError):
        make_client(kind, account_id="")
    with pytest.raises(cfai.ConfigError):
        make_client(kind, api_token="")


@pytest.mark.parametrize("setting", ["account_id", "api_token"])
@pytest.mark.parametrize("value", ["${CLOUDFLARE_X}", "$CLOUDFLARE_X", "{{ secrets.X }}"])
def test_a_variable_that_was_never_expanded_is_recognised(kind, setting, value):
    with pytest.raises(cfai.ConfigError, match=f"{setting}.*(never expanded|no header takes)"):
        make_client(kind, **{setting: value})


BROKEN = [f"{TOKEN}\n", f" {TOKEN}", f"{TOKEN}\r\nX-Injected: 1", f"{TOKEN}\0", f"{TOKEN[:9]} {TOKEN}", f"{TOKEN}é"]


@pytest.mark.parametrize("token", BROKEN, ids=["newline", "leading blank", "injection", "nul", "blank", "non-ASCII"])
def test_a_token_that_no_header_takes_is_refused_and_never_shown(kind, token):
    with pytest.raises(cfai.ConfigError, match="api_token") as caught:
        make_client(kind, api_token=token)

    assert TOKEN not in str(caught.value)
    assert TOKEN not in repr(caught.value)
    assert TOKEN.encode() not in pickle.dumps(caught.value)


def test_a_broken_token_of_the_environment_is_in_no_local_variable(kind, monkeypatch):
    monkeypatch.setenv("CLOUDFLARE_API_TOKEN", f"{TOKEN}\n")
    with pytest.raises(cfai.ConfigError) as caught:
        make_client(kind, api_token=None)

    assert [] == leaks_of(caught.value)


@pytest.mark.parametrize("part", ["api_key", "email"])
def test_a_broken_legacy_pair_is_refused(kind, part):
    pair = {"api_key": KEY, "email": EMAIL}
    with pytest.raises(cfai.ConfigError, match=part):
        make_client(kind, api_token=None, **{**pair, part: f"{pair[part]}\n"})


@pytest.mark.parametrize(
    "url",
    [
        "http://api.cloudflare.com/client/v4",
        "http://192.168.1.7/client/v4",
        "http://0.0.0.0/client/v4",
        "http://127.0.0.1.example.com/v4",
        "http://localhost.example.com/v4",
    ],
)
def test_a_token_never_travels_in_the_clear_beyond_loopback(kind, url):
    with pytest.raises(cfai.ConfigError, match="allow_insecure=True"):
        make_client(kind, base_url=url)

    assert url == make_client(kind, base_url=url, allow_insecure=True).base_url


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8:80", "localhost:8080", "[::1]:9", "app.localhost"])
def test_loopback_may_be_asked_without_tls(kind, host):
    assert f"http://{host}/v4" == make_client(kind, base_url=f"http://{host}/v4/").base_url


@pytest.mark.parametrize(
    "url",
    [
        "https://user:pass@api.example.com/v4",
        "https://user@api.example.com/v4",
        "https://api.example.com/v4?x=1",
        "https://api.example.com/v4?",
        "https://api.example.com/v4#x",
        "https://api.example.com/v4#",
        "https://api.example.com/../v4",
        "https://api.example.com/%2e%2e/v4",
        "https://api.example.com\\@example.org/v4",
        "https://api.example.com/v4\n",
        "https://api.example.com:port/v4",
        "https://[::1/v4",
        "https://api..example.com/v4",
        f"https://{'a' * 64}.example.com/v4",
        "https:///v4",
        "api.example.com/v4",
        "ftp://api.example.com/v4",
        "file:///etc/passwd",
        "https://${HOST}/v4",
        "",
        7,
    ],
)
def test_a_base_url_is_a_plain_address(kind, url):
    with pytest.raises(cfai.ConfigError, match="base_url"):
        make_client(kind, base_url=url)


@pytest.mark.parametrize("count", [0, -1, True, 2.5, None, "8"])
def test_max_connections_is_a_positive_number(kind, count):
    with pytest.raises(cfai.ConfigError, match="max_connections"):
        make_client(kind, max_connections=count)


@pytest.mark.parametrize(
    "proxy",
    ["socks5://h:1", "h:1", "http://", f"http://user:{PROXY_PASSWORD}@h:port", "http://[h", "http://h\n", 7, ""],
)
def test_a_proxy_is_an_http_address_and_its_password_is_not_shown(kind, proxy):
    with pytest.raises(cfai.ConfigError, match="proxy") as caught:
        make_client(kind, proxy=proxy)

    assert PROXY_PASSWORD not in str(caught.value)
    assert caught.value.__context__ is None


def test_certificates_can_not_be_switched_off_by_false(kind):
    with pytest.raises(cfai.ConfigError, match="ssl_context"):
        make_client(kind, ssl_context=False)
    make_client(kind, ssl_context=ssl.create_default_context())


async def _told(attempt):
    """A coroutine function, which nobody would await."""


@pytest.mark.parametrize("callback", [_told, "print", 7])
def test_on_attempt_is_a_plain_function(kind, callback):
    with pytest.raises(cfai.ConfigError, match="on_attempt"):
        make_client(kind, on_attempt=callback)


@pytest.mark.parametrize("options", [{"timeout": 5}, 5, "timeout"])
async def test_options_are_request_options(client, server: Server, kind, options):
    with pytest.raises(cfai.ConfigError, match=r"cfai\.RequestOptions"):
        make_client(kind, options=options)
    with pytest.raises(cfai.ConfigError, match=r"cfai\.RequestOptions"):
        await client.run(LLAMA, HI, options)

    assert server.seen == []


# -- options ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["timeout", "attempt_timeout", "connect_timeout", "idle_timeout"])
@pytest.mark.parametrize("value", [0, -1, math.nan, math.inf, True, "5"])
def test_a_limit_is_a_positive_number_of_seconds(name, value):
    with pytest.raises(cfai.ConfigError, match=name):
        cfai.RequestOptions(**{name: value})


@pytest.mark.parametrize("value", [0, -1, True, False, 2.5, "1"])
def test_a_limit_of_size_is_a_positive_whole_number(value):
    with pytest.raises(cfai.ConfigError, match="max_response_bytes"):
        cfai.RequestOptions(max_response_bytes=value)


@pytest.mark.parametrize("name", ["Authorization", "HOST", "content-type", "Content-Length", "Transfer-Encoding"])
def test_headers_that_are_ours_can_not_be_set(name):
    with pytest.raises(cfai.ConfigError, match=name):
        cfai.RequestOptions(headers={name: "x"})


@pytest.mark.parametrize(
    "headers",
    [
        {"X-A": f"{HEADER}\r\nX-B: 1"},
        {"X-A": f"{HEADER}\n"},
        {"X-A": f"{HEADER}\0"},
        {"X-A": f"{HEADER}é"},
        {"X-A": 7},
        {"X-A\r\nX-B": HEADER},
        {"X A": HEADER},
        {"": HEADER},
        {"X-A:": HEADER},
        {7: HEADER},
        [("X-A", HEADER)],
    ],
)
def test_no_header_can_be_smuggled_in_and_no_value_is_shown(headers):
    with pytest.raises(cfai.ConfigError, match="headers") as caught:
        cfai.RequestOptions(headers=headers)

    assert HEADER not in str(caught.value)


@pytest.mark.parametrize("value", ["a\r\nX-B: 1", "a\n", "é", 7])
def test_no_header_can_be_smuggled_in_by_other_options(value):
    with pytest.raises(cfai.ConfigError, match="session_affinity"):
        cfai.RequestOptions(session_affinity=value)
    with pytest.raises(cfai.ConfigError, match="gateway"):
        cfai.RequestOptions(gateway=value)
    for name in ("cache_key", "event_id", "byok_alias", "backoff", "authorization"):
        with pytest.raises(cfai.ConfigError, match=f"gateway {name}"):
            cfai.Gateway("default", **{name: value})


@pytest.mark.parametrize("name", ["cache_ttl", "request_timeout", "max_attempts", "retry_delay"])
@pytest.mark.parametrize("value", ["1\r\nX-B: 1", -1, 1.5, True])
def test_a_gateways_numbers_are_numbers(name, value):
    with pytest.raises(cfai.ConfigError, match=f"gateway {name}"):
        cfai.Gateway("default", **{name: value})


@pytest.mark.parametrize("gateway", ["", 7, {"id": "default"}])
def test_a_gateway_has_a_name(gateway):
    with pytest.raises(cfai.ConfigError, match="gateway"):
        cfai.RequestOptions(gateway=gateway)


def test_reject_if_busy_is_true_or_false():
    with pytest.raises(cfai.ConfigError, match="reject_if_busy"):
        cfai.RequestOptions(reject_if_busy="yes")


async def test_an_option_that_is_unknown_is_refused(client):
    with pytest.raises(TypeError):
        client.with_options(timeouts=5)


# -- params -------------------------------------------------------------------------------------------------------


REFUSED = {
    "a plain str": ("hi", r"cfai\.Prompt"),
    "None": (None, "None"),
    "a list": ([{"role": "user"}], "list"),
    "bytes": (b"x", "bytes"),
    "the class itself": (cfai.Prompt, "type"),
    "NaN": ({"temperature": math.nan}, "temperature"),
    "infinity": ({"a": {"b": [1.0, math.inf]}}, r"a\.b\[1\]"),
    "a set": ({"a": {1, 2}}, r"\ba\b.*set"),
    "an object": ({"messages": [{"content": object()}]}, r"messages\[0\]\.content.*object"),
    "a function": ({"a": len}, r"\ba\b"),
    "a key that is a number": ({"a": {1: 2}}, r"\ba\b.*key"),
    "a lone surrogate": ({"a": ["\ud800"]}, r"a\[0\]"),
    "a lone surrogate in a key": ({"a": {"\ud800": 1}}, r"\ba: a key of it.*Unicode"),
    "a number of more than 64 bits": ({"a": 2**64}, r"\ba\b.*64"),
    "stream": ({"prompt": "hi", "stream": True}, "stream"),
    "in a params class": (cfai.Prompt("hi", temperature=math.nan), "temperature"),
    "stream in extra input": (cfai.Prompt("hi", extra_input={"stream": True}), "stream"),
    "extra input that is a field": (cfai.Prompt("hi", extra_input={"temperature": 1}), "extra_input"),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_params_that_can_not_be_sent_are_refused_with_their_path(client, server: Server, case):
    params, said = REFUSED[case]
    with pytest.raises(cfai.InvalidParams, match=said):
        await client.run(LLAMA, params)

    assert server.seen == []


@pytest.mark.parametrize("value", [True, "a", b"\xff\xd8\xff"])
async def test_the_name_of_a_forms_field_is_unicode(client, server: Server, value):
    with pytest.raises(cfai.InvalidParams, match="Unicode"):
        await client.run("@cf/black-forest-labs/flux-2-dev", {"prompt": "a cat", "\ud800": value})

    assert server.seen == []


async def test_a_mapping_that_contains_itself_is_refused(client, server: Server):
    loop: dict[str, object] = {}
    loop["a"] = loop
    with pytest.raises(cfai.InvalidParams, match="contains itself"):
        await client.run(LLAMA, loop)

    assert server.seen == []


async def test_a_file_name_as_a_string_is_never_opened(client, server: Server, tmp_path: Path):
    path = tmp_path / "secret.mp3"
    path.write_bytes(b"ID3 secret")
    with pytest.raises(cfai.InvalidParams, match=r"Path\(\)"):
        await client.run(WHISPER, cfai.AutomaticSpeechRecognition(audio=str(path)))

    assert server.seen == []


async def test_a_missing_file_is_named(client, server: Server, tmp_path: Path):
    with pytest.raises(cfai.InvalidParams, match=r"audio.*missing\.mp3"):
        await client.run(WHISPER, cfai.AutomaticSpeechRecognition(audio=tmp_path / "missing.mp3"))

    assert server.seen == []


async def test_a_file_opened_as_text_is_refused(client, server: Server, tmp_path: Path):
    (tmp_path / "a.txt").write_text("words")
    with open(tmp_path / "a.txt") as file, pytest.raises(cfai.InvalidParams, match="audio.*binary"):
        await client.run(WHISPER, cfai.AutomaticSpeechRecognition(audio=file))

    assert server.seen == []


# -- models' names ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "",
        "@cf/../../../user/tokens/verify",
        "@cf/meta/..",
        "@cf/./x",
        "..",
        "@cf/meta/%2e%2e/x",
        "@cf%2Fmeta%2Fllama-3.2-3b-instruct",
        "@cf/meta/llama?x=1",
        "@cf/meta/llama#x",
        "@cf\\meta\\llama",
        "@cf//llama",
        "/@cf/meta/llama",
        "@cf/meta/llama/",
        "@cf/meta/llama\n",
        "@cf/meta/lla\nma",
        "@cf/meta/lla ma",
        "@cf/meta/llama\0",
        "@cf/meta/llåma",
        "@cf/meta/@llama",
        "https://example.com/x",
        "//example.com/x",
        "run/@cf/meta/llama-3.2-3b-instruct",
        None,
        7,
        b"@cf/meta/llama",
    ],
)
async def test_a_name_that_could_leave_the_path_is_refused(client, server: Server, name):
    with pytest.raises(cfai.InvalidModelName):
        await client.run(name, HI)

    assert 0 == server.connections


async def test_a_model_for_websockets_alone_is_refused(client, server: Server):
    with pytest.raises(cfai.InvalidParams, match="WebSocket"):
        await client.run("@cf/deepgram/flux", {"audio": b"x"})

    assert 0 == server.connections
