"""Who is spoken to, and what is told to whom: certificates, tunnels, the environment, headers, cookies."""

import asyncio
import base64
import contextlib
import datetime as dt
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kit.between import Link, Relay, cutting, holding, saying, tunnel
from kit.secrets import ACCOUNT, OTHER_ACCOUNT, OTHER_TOKEN, PROXY_PASSWORD, TOKEN, leaks_of
from kit.server import HELLO, Host, Server, answer, hang, send, until

import cfai

LLAMA = "@cf/meta/llama-3.2-3b-instruct"
HI = cfai.Prompt("Say hello")
SERVICE = "https://service.example/client/v4"
PATH = f"/client/v4/accounts/{ACCOUNT}/ai/run/{LLAMA}".encode()
PATIENT = cfai.RequestOptions(retry=cfai.Retry(attempts=3, backoff=0, lost_answers=True), timeout=5)
DAY = dt.timedelta(days=1)
NOW = dt.datetime.now(dt.UTC)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def serving(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate.configure_cert(context)
    return context


@pytest.fixture
def tls_server(host: Host, authority: trustme.CA) -> Iterator[Server]:
    """The service behind a tunnel, with a certificate for its name."""
    made = Server(host, tls=serving(authority.issue_cert("service.example", "127.0.0.1"))).start()
    yield made
    made.close()


@pytest.fixture
def relay(host: Host, tls_server: Server) -> Iterator[Relay]:
    """What stands before `tls_server`; it passes on, unless it is told otherwise."""
    made = Relay(host, tls_server.port).start()
    yield made
    made.close()


@pytest.fixture
def proxy(relay: Relay) -> Relay:
    """The same as an HTTP proxy: wherever it is asked to lead, it leads to `tls_server`."""
    relay.always(tunnel)
    return relay


# -- certificates -------------------------------------------------------------------------------------------------

CERTIFICATES: dict[str, tuple[Callable[[trustme.CA], trustme.LeafCert], str]] = {
    "expired": (lambda ca: ca.issue_cert("127.0.0.1", not_before=NOW - 9 * DAY, not_after=NOW - DAY), "expired"),
    "not valid yet": (
        lambda ca: ca.issue_cert("127.0.0.1", not_before=NOW + DAY, not_after=NOW + 9 * DAY),
        "not yet valid",
    ),
    "for another name": (lambda ca: ca.issue_cert("elsewhere.example"), "mismatch"),
    "for a name that begins like it": (lambda ca: ca.issue_cert("127.0.0.1.example.com"), "mismatch"),
    "of another authority": (lambda ca: trustme.CA().issue_cert("127.0.0.1"), "issuer|self-signed"),
}


@pytest.mark.parametrize("case", CERTIFICATES)
async def test_a_bad_certificate_ends_the_call_before_a_word_is_said(
    make: Any, host: Host, authority: trustme.CA, trusting: ssl.SSLContext, case: str
) -> None:
    issue, said = CERTIFICATES[case]
    impostor = Server(host, tls=serving(issue(authority))).start()
    relay = Relay(host, impostor.port).start()
    try:
        client = make(base_url=f"https://127.0.0.1:{relay.port}/v4", ssl_context=trusting, options=PATIENT)
        with pytest.raises(cfai.CertificateError, match=said) as caught:
            await client.run(LLAMA, HI)

        assert f"127.0.0.1:{relay.port}" in str(caught.value)
        assert not caught.value.sent
        assert [] == leaks_of(caught.value)
        assert 1 == len(relay.links)  # never tried again
        assert [] == impostor.seen
        assert await until(lambda: relay.open_connections == 0)
    finally:
        relay.close()
        impostor.close()


async def test_a_certificate_is_checked_through_a_tunnel_too(make: Any, tls_server: Server, proxy: Relay) -> None:
    with pytest.raises(cfai.CertificateError, match=r"service\.example") as caught:
        await make(base_url=SERVICE, proxy=proxy.origin, options=PATIENT).run(LLAMA, HI)

    assert [] == leaks_of(caught.value)
    assert (1, []) == (len(proxy.links), tls_server.seen)
    assert await until(lambda: proxy.open_connections == 0)


async def answering_in_the_clear(link: Link) -> None:
    link.writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    await holding(link)


HANDSHAKES = {
    "cut without a byte": cutting(0),
    "cut in the server's hello": cutting(40),
    "cut in the certificate": cutting(700),
    "no TLS at all": answering_in_the_clear,
}


@pytest.mark.parametrize("case", HANDSHAKES)
async def test_a_handshake_that_breaks_is_no_matter_of_certificates_and_is_tried_again(
    make: Any, tls_server: Server, relay: Relay, trusting: ssl.SSLContext, case: str
) -> None:
    relay.script(HANDSHAKES[case])
    client = make(base_url=f"https://127.0.0.1:{relay.port}/client/v4", ssl_context=trusting)
    with pytest.raises(cfai.TransportError, match="127.0.0.1|connection") as caught:
        await client.run(LLAMA, HI)

    assert cfai.TransportError is type(caught.value)
    assert not caught.value.sent
    assert [] == leaks_of(caught.value)
    assert [] == tls_server.seen
    relay.script(HANDSHAKES[case])
    assert "Hello" == (await client.run(LLAMA, HI, PATIENT)).text
    assert 3 == len(relay.links)


async def test_an_answer_that_is_cut_inside_tls_is_no_answer(
    make: Any, tls_server: Server, relay: Relay, trusting: ssl.SSLContext
) -> None:
    tls_server.script(send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"))
    client = make(base_url=f"https://127.0.0.1:{relay.port}/client/v4", ssl_context=trusting)
    with pytest.raises(cfai.TransportError) as caught:
        await client.run(LLAMA, HI)

    assert caught.value.sent
    assert [] == leaks_of(caught.value)
    assert "Hello" == (await client.run(LLAMA, HI)).text


# -- tunnels ------------------------------------------------------------------------------------------------------


def with_password(proxy: Relay) -> str:
    return proxy.origin.replace("http://", f"http://user:{PROXY_PASSWORD}@")


async def test_a_tunnel_carries_all_and_its_proxy_sees_nothing(
    make: Any, tls_server: Server, proxy: Relay, trusting: ssl.SSLContext
) -> None:
    client = make(base_url=SERVICE, proxy=with_password(proxy), ssl_context=trusting)
    assert "Hello" == (await client.run(LLAMA, HI)).text
    assert "Hello" == (await client.run(LLAMA, HI)).text

    [link] = proxy.links  # the second call used the first one's tunnel
    basic = base64.b64encode(f"user:{PROXY_PASSWORD}".encode())
    assert link.heard.startswith(b"CONNECT service.example:443 HTTP/1.1\r\nHost: service.example")
    assert b"Proxy-Authorization: Basic " + basic in link.heard
    assert TOKEN.encode() not in link.heard
    assert ACCOUNT.encode() not in link.heard
    assert b"POST " + PATH + b" HTTP/1.1" == tls_server.last.line
    assert f"Bearer {TOKEN}" == tls_server.last.header("authorization")
    assert "service.example" == tls_server.last.header("host")
    assert tls_server.last.header("proxy-authorization") is None
    assert basic not in tls_server.last.head


async def test_warming_up_makes_the_tunnel_that_the_first_call_takes(
    make: Any, tls_server: Server, proxy: Relay, trusting: ssl.SSLContext
) -> None:
    client = make(base_url=SERVICE, proxy=proxy.origin, ssl_context=trusting)
    await client.warm()
    assert ([], 1) == (tls_server.seen, len(proxy.links))
    await client.run(LLAMA, HI)

    assert (1, 1) == (len(tls_server.seen), len(proxy.links))


async def test_a_proxy_may_itself_be_reached_by_tls(
    make: Any, host: Host, tls_server: Server, authority: trustme.CA, trusting: ssl.SSLContext
) -> None:
    proxy = Relay(host, tls_server.port, tls=serving(authority.issue_cert("127.0.0.1"))).start()
    proxy.always(tunnel)
    try:
        client = make(base_url=SERVICE, proxy=proxy.origin, ssl_context=trusting)
        assert "Hello" == (await client.run(LLAMA, HI)).text
        assert f"Bearer {TOKEN}" == tls_server.last.header("authorization")
        await client.aclose()
    finally:
        proxy.close()


REFUSALS = {
    "407": (b"HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n", "proxy refused.*407 Who are you"),
    "403 with a page": (b"HTTP/1.1 403 No\r\nContent-Length: 6\r\n\r\n<html>", "proxy refused.*403"),
    "502": (b"HTTP/1.1 502 Bad\r\n\r\n", "proxy refused.*502"),
    "a redirect": (b"HTTP/1.1 302 Login\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n", "refused.*302"),
    "a challenge with the token's name": (b"HTTP/1.1 401 Bearer\r\nContent-Length: 0\r\n\r\n", "proxy refused.*401"),
    "nothing": (b"", None),
    "noise": (b"\x05\x00\r\n\r\n", None),
}


@pytest.mark.parametrize("case", REFUSALS)
async def test_a_tunnel_that_is_refused_is_a_transport_error_and_nothing_was_sent(
    make: Any, tls_server: Server, proxy: Relay, trusting: ssl.SSLContext, case: str
) -> None:
    data, said = REFUSALS[case]
    proxy.script(saying(data))
    client = make(base_url=SERVICE, proxy=with_password(proxy), ssl_context=trusting)
    with pytest.raises(cfai.TransportError, match=said) as caught:
        await client.run(LLAMA, HI)

    assert not isinstance(caught.value, cfai.CertificateError)
    assert not caught.value.sent
    assert [] == leaks_of(caught.value)
    assert [] == tls_server.seen
    assert TOKEN.encode() not in proxy.links[0].heard
    assert "Hello" == (await client.run(LLAMA, HI)).text


# -- the environment ----------------------------------------------------------------------------------------------


@pytest.fixture
def netrc(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One that knows both hosts."""
    path = tmp_path / "netrc"
    path.write_text("machine service.example login a password b\nmachine 127.0.0.1 login c password d\n")
    monkeypatch.setenv("NETRC", str(path))


@pytest.fixture
def through(make: Any, proxy: Relay, trusting: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Make a client of the service, with the proxy under a name in the environment."""

    def made(name: str, **settings: Any) -> Any:
        monkeypatch.setenv(name, proxy.origin)
        return make(base_url=SERVICE, ssl_context=trusting, **settings)

    return made


@pytest.mark.parametrize("name", ["https_proxy", "HTTPS_PROXY"])
async def test_the_environments_proxy_makes_the_tunnel_and_no_netrc_is_read(
    through: Any, tls_server: Server, proxy: Relay, netrc: None, name: str
) -> None:
    assert "Hello" == (await through(name).run(LLAMA, HI)).text
    assert b"authorization" not in proxy.links[0].heard.lower()
    assert f"Bearer {TOKEN}" == tls_server.last.header("authorization")


AROUND = [
    "service.example",
    ".example",
    "*",
    "example.org, service.example",
    "service.example,example.org",
    ".example.org,service.example:8443",
    "service.example:8443",
]


@pytest.mark.parametrize(
    ("name", "no_proxy"), [*(("no_proxy", hosts) for hosts in AROUND), ("NO_PROXY", AROUND[0]), ("NO_PROXY", "*")]
)
async def test_no_proxy_is_honoured(
    make: Any, proxy: Relay, monkeypatch: pytest.MonkeyPatch, name: str, no_proxy: str
) -> None:
    monkeypatch.setenv("https_proxy", proxy.origin)
    monkeypatch.setenv(name, no_proxy)
    with pytest.raises(cfai.TransportError, match=r"no such host as service\.example"):  # it looks for it itself
        await make(base_url="https://service.example:8443/v4").run(LLAMA, HI)

    assert [] == proxy.links


@pytest.mark.parametrize("no_proxy", ["", "example.com", "service.example.com", "vice.example", "127.0.0.1:1"])
async def test_no_proxy_for_others_changes_nothing(
    through: Any, proxy: Relay, monkeypatch: pytest.MonkeyPatch, no_proxy: str
) -> None:
    monkeypatch.setenv("no_proxy", no_proxy)
    await through("https_proxy").run(LLAMA, HI)

    assert 1 == len(proxy.links)


async def test_a_given_proxy_is_used_whatever_no_proxy_says(
    make: Any, proxy: Relay, trusting: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "*")
    await make(base_url=SERVICE, ssl_context=trusting, proxy=proxy.origin).run(LLAMA, HI)

    assert 1 == len(proxy.links)


async def test_the_environment_is_left_alone_where_that_is_asked_for(
    make: Any, proxy: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, proxy.origin)
    with pytest.raises(cfai.TransportError, match=r"no such host as service\.example"):
        await make(base_url=SERVICE, trust_env=False).run(LLAMA, HI)

    assert [] == proxy.links


# -- redirects ----------------------------------------------------------------------------------------------------

LEADING = {
    "another scheme": "https://127.0.0.1:{port}/x",
    "no scheme": "//127.0.0.1:{port}/x",
    "a path beside": "../../../user/tokens/verify",
    "the same address": "",
    "a fragment": "#x",
    "a script": "javascript:alert(1)",
    "a line break": "http://127.0.0.1:{port}/\tx",
}


@pytest.mark.parametrize("status", [300, 301, 302, 303, 305, 307, 308, 399])
@pytest.mark.parametrize("case", ["another scheme", "no scheme", "a path beside"])
async def test_no_redirect_is_followed_wherever_it_leads(
    client: Any, server: Server, relay: Relay, case: str, status: int
) -> None:
    location = LEADING[case].format(port=relay.port)
    server.script(answer(b"moved", status, {"Location": location, "Refresh": f"0; url={location}"}))
    with pytest.raises(cfai.ApiError) as caught:
        await client.run(LLAMA, HI)

    assert (status, location) == (caught.value.status, caught.value.headers["location"])
    assert (1, []) == (len(server.seen), relay.links)
    assert "Hello" == (await client.run(LLAMA, HI)).text


@pytest.mark.parametrize("case", LEADING)
async def test_a_location_of_any_form_is_only_told(client: Any, server: Server, relay: Relay, case: str) -> None:
    server.script(answer(b"", 307, {"Location": LEADING[case].format(port=relay.port)}))
    with pytest.raises(cfai.ApiError, match="307") as caught:
        await client.run(LLAMA, HI)

    assert 1 == len(str(caught.value).splitlines())
    assert (1, []) == (len(server.seen), relay.links)


# -- names, tokens and headers, on the wire -----------------------------------------------------------------------

quickly = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
USUAL = {"host", "authorization", "user-agent", "content-type", "content-length", "accept", "accept-encoding"}
nasty = st.one_of(
    st.text(max_size=12),
    st.text(st.sampled_from("aZ0-_./@%\r\n\t\0 :;\\\"'{}$é\x7f"), max_size=12),
    st.sampled_from(["a\r\nX-Injected: 1", "a\nX-Injected: 1", "a\rX-Injected: 1", "a\0b", "a\u2028b", "\ud800"]),
)


def call_or_refuse(client: cfai.Client, make_options: Callable[[], cfai.RequestOptions]) -> None:
    with contextlib.suppress(cfai.ConfigError):
        client.run(LLAMA, HI, make_options())


def names_in(server: Server) -> set[str]:
    names = [name.lower() for name, _ in server.last.fields]
    assert len(names) == len(set(names))
    return set(names)


@quickly
@given(text=nasty)
def test_no_option_that_becomes_a_header_becomes_two(shared_client: cfai.Client, server: Server, text: str) -> None:
    options: list[tuple[set[str], Callable[[], cfai.RequestOptions]]] = [
        ({"x-own"}, lambda: cfai.RequestOptions(headers={"X-Own": text})),
        ({text.lower()}, lambda: cfai.RequestOptions(headers={text: "1"})),
        ({"x-session-affinity"}, lambda: cfai.RequestOptions(session_affinity=text)),
        ({"cf-aig-gateway-id"}, lambda: cfai.RequestOptions(gateway=text)),
        *(
            (
                {"cf-aig-gateway-id", f"cf-aig-{name.replace('_', '-')}"},
                lambda name=name: cfai.RequestOptions(gateway=cfai.Gateway("g", **{name: text})),
            )
            for name in ("cache_key", "event_id", "byok_alias", "backoff", "authorization")
        ),
        (
            {"cf-aig-gateway-id", "cf-aig-metadata"},
            lambda: cfai.RequestOptions(gateway=cfai.Gateway("g", metadata={text: text})),
        ),
    ]
    for ours, make_options in options:
        server.seen.clear()
        call_or_refuse(shared_client, make_options)
        if server.seen:
            assert names_in(server) <= USUAL | ours
            assert server.last.head.isascii()
            assert server.last.line == b"POST " + PATH + b" HTTP/1.1"


@quickly
@given(token=nasty.filter(bool))
def test_a_token_goes_out_as_it_is_or_is_refused_without_being_shown(
    shared_client: cfai.Client, server: Server, token: str
) -> None:
    server.seen.clear()
    refusal: cfai.ConfigError | None = None
    try:
        shared_client.with_options(api_token=token).run(LLAMA, HI)
    except cfai.ConfigError as error:
        refusal = error
    if refusal is not None:
        assert len(token) < 4 or token not in str(refusal)
        assert [] == server.seen
        return

    assert f"Bearer {token}" == server.last.header("authorization")
    assert USUAL == names_in(server)


@quickly
@given(account=st.one_of(nasty, st.text(st.sampled_from("0123456789abcdefABCDEF./%"), min_size=30, max_size=34)))
def test_an_account_stays_in_its_place_in_the_path(shared_client: cfai.Client, server: Server, account: str) -> None:
    server.seen.clear()
    try:
        shared_client.with_options(account_id=account).run(LLAMA, HI)
    except cfai.ConfigError:
        assert [] == server.seen
        return

    assert 32 == len(account)
    assert f"/client/v4/accounts/{account}/ai/run/{LLAMA}".encode() == server.last.target


@quickly
@given(text=nasty)
def test_what_travels_in_the_query_stays_there(shared_client: cfai.Client, server: Server, text: str) -> None:
    server.seen.clear()
    with contextlib.suppress(cfai.InvalidParams):
        shared_client.run("@cf/deepgram/nova-3", {"audio": b"ID3\x04", "language": text, text or "x": "1"})
    for seen in server.seen:
        path, _, query = seen.target.partition(b"?")
        assert f"/client/v4/accounts/{ACCOUNT}/ai/run/@cf/deepgram/nova-3".encode() == path
        assert query.isascii()
        assert not set(query) & set(b" #\r\n\0")
        assert USUAL == names_in(server)


# -- cookies ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 401, 429, 503])
async def test_no_cookie_goes_from_one_account_to_another(client: Any, server: Server, status: int) -> None:
    cookies = {"Set-Cookie": "__cf_bm=of-the-first; Path=/; Domain=127.0.0.1; Max-Age=3600"}
    server.script(answer(HELLO, status, cookies))
    with contextlib.suppress(cfai.ApiError):
        await client.run(LLAMA, HI)
    await client.run(LLAMA, HI)
    await client.with_options(account_id=OTHER_ACCOUNT, api_token=OTHER_TOKEN).run(LLAMA, HI)

    assert [None, None, None] == [seen.header("cookie") for seen in server.seen]
    assert f"Bearer {OTHER_TOKEN}" == server.last.header("authorization")


async def test_cookies_in_masses_are_let_pass(client: Any, server: Server) -> None:
    lines = b"".join(b"Set-Cookie: c%d=%b; Path=/\r\n" % (each, b"x" * 4000) for each in range(100))
    server.script(
        send(
            b"HTTP/1.1 200 OK\r\n" + lines + b"Content-Length: 28\r\n\r\n" + b'{"result":{"response":"Hi"}}', keep=True
        )
    )

    assert "Hi" == (await client.run(LLAMA, HI)).text
    await client.run(LLAMA, HI)
    assert server.last.header("cookie") is None


# -- tunnels that are given up ------------------------------------------------------------------------------------


async def test_a_cancelled_call_leaves_no_tunnel_behind(
    host: Host, tls_server: Server, proxy: Relay, trusting: ssl.SSLContext
) -> None:
    tls_server.script(hang())
    async with cfai.AsyncClient(
        account_id=ACCOUNT, api_token=TOKEN, base_url=SERVICE, proxy=proxy.origin, ssl_context=trusting
    ) as client:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await client.run(LLAMA, HI)

        assert await until(lambda: proxy.open_connections == 0)
        assert await until(lambda: tls_server.open_connections == 0)
        assert "Hello" == (await client.run(LLAMA, HI)).text
    assert await until(lambda: proxy.open_connections == 0)
