"""Where `fetch()` may go: which addresses are public, and that it goes to those that were checked and to no other.

A public host on loopback is made with a look-up of the fetcher's own: a name that leads to 127.0.0.1, and a rule by
which that is a public address. The server, TLS and all that is between are real.
"""

import asyncio
import socket
import ssl
import traceback
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
import trustme
from kit.secrets import ACCOUNT, TOKEN, leaks_of
from kit.server import Host, Server, Step, answer, reset

import cfai
from cfai._core.base_client import BaseClient
from cfai._core.calls import CallRunner
from cfai._core.retry import RetryBudget
from cfai._http.fetch import Fetcher, look_up
from cfai._http.transport import Transport
from cfai._http.url_policy import is_public
from cfai._settings import Settings

JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")
NAME = "cdn.example"
QUERY = "X-Signature=abc%2Bdef"
ONE = cfai.RequestOptions(retry=None)


class Names:
    """A look-up of one's own: the addresses for each look-up in turn, and then the last ones again."""

    def __init__(self, *answers: list[str] | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, int]] = []

    async def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append((host, port))
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(found, Exception):
            raise found
        return found


class Settled(BaseClient):
    """The settings of a client, without the client."""

    def _begin(self, settings: Settings) -> None:
        self.settings = settings


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def cdn(host: Host, authority: trustme.CA) -> Iterator[Server]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(NAME, "127.0.0.1").configure_cert(context)
    authority.configure_trust(context)
    context.verify_mode = ssl.CERT_OPTIONAL  # it asks for a certificate of the client's
    made = Server(host, context).start()
    made.always(answer(JPEG))
    yield made
    made.close()


@pytest.fixture
def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


Making = Callable[..., CallRunner]


@pytest.fixture
async def fetching(trusting: ssl.SSLContext) -> AsyncIterator[Making]:
    """Make an exchange whose fetcher looks names up as it is told, and takes 127.0.0.1 for a public address."""
    made: list[CallRunner] = []

    def make(look_up: Any, is_public: Callable[[str], bool] = "127.0.0.1".__eq__, **given: Any) -> CallRunner:
        given = {"account_id": ACCOUNT, "api_token": TOKEN, "ssl_context": trusting, "options": ONE, **given}
        settings = Settled(**given).settings
        fetcher = Fetcher(settings, look_up=look_up, is_public=is_public)
        made.append(CallRunner(settings, Transport(settings), fetcher, RetryBudget(0)))
        return made[-1]

    yield make
    for exchange in made:
        await exchange.aclose()


def link(cdn: Server, host: str = NAME, path: str = f"/cat.jpg?{QUERY}") -> cfai.MediaLink:
    return cfai.MediaLink(f"https://{host}:{cdn.port}{path}")


async def test_a_public_host_gets_three_headers_and_nothing_else(fetching: Making, cdn: Server) -> None:
    names = Names(["127.0.0.1"])

    assert cfai.Image(JPEG) == await fetching(names).fetch(link(cdn), None)

    assert [(NAME, cdn.port)] == names.asked
    assert (
        cdn.last.head
        == (
            f"GET /cat.jpg?{QUERY} HTTP/1.1\r\n"
            f"Host: {NAME}:{cdn.port}\r\nAccept: */*\r\nAccept-Encoding: gzip, deflate\r\n\r\n"
        ).encode()
    )
    assert b"" == cdn.last.framed


async def test_a_public_address_needs_no_look_up(fetching: Making, cdn: Server) -> None:
    names = Names(["10.0.0.1"])

    assert cfai.Image(JPEG) == await fetching(names).fetch(link(cdn, "127.0.0.1"), None)

    assert [] == names.asked


async def test_a_name_is_looked_up_once_and_the_connection_goes_to_what_was_checked(
    fetching: Making, cdn: Server
) -> None:
    names = Names(["127.0.0.1"], ["10.0.0.1"])

    assert cfai.Image(JPEG) == await fetching(names).fetch(link(cdn), None)

    assert 1 == len(names.asked)


async def test_each_new_connection_is_checked_anew(fetching: Making, cdn: Server) -> None:
    exchange = fetching(Names(["127.0.0.1"], ["10.0.0.1"]))
    cdn.script(answer(JPEG, headers={"Connection": "close"}))
    await exchange.fetch(link(cdn), None)

    with pytest.raises(cfai.InvalidParams, match=f"{NAME} leads to an address that is not public"):
        await exchange.fetch(link(cdn), None)

    assert 1 == cdn.connections


@pytest.mark.parametrize(
    "addresses",
    [
        ["10.0.0.1"],
        ["127.0.0.1", "10.0.0.1"],
        ["169.254.169.254", "127.0.0.1"],
        ["127.0.0.1", "::1"],
        ["fe80::1%2"],
        ["nonsense"],
    ],
)
async def test_a_host_with_any_address_that_is_not_public_is_refused(
    fetching: Making, cdn: Server, addresses: list[str]
) -> None:
    with pytest.raises(cfai.InvalidParams) as caught:
        await fetching(Names(addresses)).fetch(link(cdn), None)

    assert str(caught.value) == f"link: {NAME} leads to an address that is not public"
    assert not [frame for frame in traceback.extract_tb(caught.value.__traceback__) if "aiohttp" in frame.filename]
    assert caught.value.__context__ is None
    assert [] == leaks_of(caught.value)
    assert 0 == cdn.connections


async def test_the_system_is_asked_for_the_addresses(cdn: Server) -> None:
    assert "127.0.0.1" in await look_up("127.0.0.1", cdn.port)


@pytest.mark.parametrize("given", ["with a context that looks at nothing", "for another name"])
async def test_certificates_are_always_looked_at(
    fetching: Making, cdn: Server, authority: trustme.CA, given: str
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if given == "for another name":
        authority.configure_trust(context)
    else:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    host = "other.example" if given == "for another name" else NAME

    with pytest.raises(cfai.CertificateError) as caught:
        await fetching(Names(["127.0.0.1"]), ssl_context=context).fetch(link(cdn, host), None)

    assert "Signature" not in str(caught.value)
    assert [] == cdn.seen


async def test_without_a_context_the_systems_authorities_count(fetching: Making, cdn: Server) -> None:
    with pytest.raises(cfai.CertificateError):
        await fetching(Names(["127.0.0.1"]), ssl_context=None).fetch(link(cdn), None)

    assert [] == cdn.seen


async def test_a_clients_certificate_stays_at_home(
    fetching: Making, cdn: Server, authority: trustme.CA, trusting: ssl.SSLContext
) -> None:
    authority.issue_cert("me@example.com").configure_cert(trusting)
    shown: list[Any] = []

    async def look(exchange: Any) -> bool:
        shown.append(exchange.writer.get_extra_info("peercert"))
        await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
        return True

    cdn.script(Step(look))

    await fetching(Names(["127.0.0.1"])).fetch(link(cdn), None)

    assert 1 == len(shown)
    assert not shown[0]


async def test_a_redirect_into_the_network_is_not_followed(fetching: Making, cdn: Server) -> None:
    names = Names(["127.0.0.1"])
    cdn.script(answer("", 302, {"Location": "https://169.254.169.254/latest/meta-data/"}))

    with pytest.raises(cfai.ApiError, match="302: a redirect"):
        await fetching(names).fetch(link(cdn), None)

    assert (1, 1) == (len(cdn.seen), len(names.asked))


@pytest.mark.parametrize("by", ["the client", "the environment", "all of the environment"])
@pytest.mark.parametrize("fault", ["no connection", "no name", "too late"])
async def test_where_only_a_proxy_leads_out_the_error_says_that_none_is_used(
    fetching: Making, cdn: Server, monkeypatch: pytest.MonkeyPatch, by: str, fault: str
) -> None:
    proxy = f"http://127.0.0.1:{cdn.port}"
    if by != "the client":
        monkeypatch.setenv("https_proxy" if by == "the environment" else "all_proxy", proxy)
    names: Any = Names(["127.0.0.1"] if fault == "no connection" else socket.gaierror(-2, "Name not known"))
    if fault == "too late":
        names = lambda *_: asyncio.Event().wait()  # noqa: E731
    exchange = fetching(names, proxy=proxy if by == "the client" else None)
    options = cfai.RequestOptions(connect_timeout=0.2)

    with pytest.raises(cfai.TransportError, match="fetch.. connects directly, never by a proxy") as caught:
        await exchange.fetch(cfai.MediaLink(f"https://{NAME}:1/cat.jpg?{QUERY}"), options)

    assert not caught.value.sent
    assert "Signature" not in str(caught.value)
    assert str(caught.value).endswith(f" [link https://{NAME}:1/cat.jpg]")
    assert 0 == cdn.connections


@pytest.mark.parametrize("why", ["no proxy", "not for this host", "not asked"])
async def test_elsewhere_it_does_not(fetching: Making, monkeypatch: pytest.MonkeyPatch, why: str) -> None:
    if why != "no proxy":
        monkeypatch.setenv("https_proxy", "http://127.0.0.1:1")
    if why == "not for this host":
        monkeypatch.setenv("no_proxy", NAME)
    exchange = fetching(Names(["127.0.0.1"]), trust_env=why != "not asked")

    with pytest.raises(cfai.TransportError, match="cannot reach") as caught:
        await exchange.fetch(cfai.MediaLink(f"https://{NAME}:1/cat.jpg"), None)

    assert "proxy" not in str(caught.value)


async def test_an_answer_that_was_lost_is_no_matter_of_proxies(
    fetching: Making, cdn: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:1")
    cdn.script(reset())

    with pytest.raises(cfai.TransportError) as caught:
        await fetching(Names(["127.0.0.1"])).fetch(link(cdn), None)

    assert caught.value.sent
    assert "proxy" not in str(caught.value)


async def test_the_look_up_counts_as_connecting(fetching: Making) -> None:
    exchange = fetching(lambda *_: asyncio.Event().wait())

    with pytest.raises(cfai.RequestTimeout, match="connect_timeout=0.1 s"):
        await exchange.fetch(cfai.MediaLink(f"https://{NAME}/"), cfai.RequestOptions(connect_timeout=0.1))


PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "93.184.215.14",
    "172.32.0.1",
    "100.128.0.1",
    "2606:4700:4700::1111",
    "2a00:1450:4001::200e",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",  # 8.8.8.8, by NAT64
    "2002:808:808::1",  # 8.8.8.8, by 6to4
]
NOT_PUBLIC = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",  # Alibaba's metadata
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",  # Azure's
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",  # Oracle's
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::8.8.8.8",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:100.64.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",  # Teredo
    "2001:db8::1",
    "2002:7f00:1::1",
    "2002:a00:1::1",
    "2002:a9fe:a9fe::1",
    "3fff::1",
    "fc00::1",
    "fd00:ec2::254",  # Amazon's
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
    "",
    "a.example",
    "127.1",
    "2130706433",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_that_is_not_public(address: str) -> None:
    assert not is_public(address)
