"""Every error that aiohttp can raise becomes ours, and none of the request's secrets comes along."""

import pickle
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from typing import Any

import aiohttp
import pytest
from aiohttp import client_exceptions, http_exceptions
from aiohttp.client_reqrep import ConnectionKey, RequestInfo
from kit.secrets import PROXY_PASSWORD, TOKEN, chain_of, leaks_of
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

import cfai
from cfai._http.errors import translate
from cfai._http.resolved_options import AttemptDeadline, ResolvedOptions
from cfai._wire.request.headers import OutgoingHeaders

PROXY = URL(f"http://user:{PROXY_PASSWORD}@proxy.example:3128")
HEADERS = CIMultiDictProxy(CIMultiDict({"Authorization": f"Bearer {TOKEN}", "Proxy-Authorization": PROXY_PASSWORD}))
REQUEST = RequestInfo(URL("https://api.example.com/x"), "POST", HEADERS, URL("https://api.example.com/x"))
KEY = ConnectionKey("api.example.com", 443, True, True, PROXY, None, None)
OS_ERROR = OSError(113, "No route to host")


def call(**options: Any) -> ResolvedOptions:
    everything = cfai.RequestOptions(
        **{"timeout": 3.0, "attempt_timeout": None, "connect_timeout": 2.0, "headers": None, **options}
    )
    return ResolvedOptions("https://api.example.com", OutgoingHeaders({"Authorization": f"Bearer {TOKEN}"}), everything)


def tree(kind: type[BaseException]) -> Iterator[type[BaseException]]:
    yield kind
    for below in kind.__subclasses__():
        yield from tree(below)


def family(kind: type[BaseException]) -> type[BaseException]:
    return next(known for known in kind.__mro__ if known in MAKERS)


MAKERS: dict[type[BaseException], Callable[[Any], BaseException]] = {
    aiohttp.ClientResponseError: lambda kind: kind(
        REQUEST, (), status=400, message="Expected HTTP/:\n\n  b'garbage'", headers=HEADERS
    ),
    aiohttp.ClientConnectorCertificateError: lambda kind: kind(KEY, ssl.SSLCertVerificationError(1, "self-signed")),
    client_exceptions.UnixClientConnectorError: lambda kind: kind("/tmp/socket", KEY, OS_ERROR),
    aiohttp.ClientConnectorError: lambda kind: kind(KEY, OS_ERROR),
    aiohttp.ServerFingerprintMismatch: lambda kind: kind(b"a" * 32, b"b" * 32, "api.example.com", 443),
    aiohttp.InvalidURL: lambda kind: kind(PROXY, "not an address"),
    aiohttp.ServerDisconnectedError: lambda kind: kind(),
    aiohttp.ClientOSError: lambda kind: kind(104, "Connection reset by peer"),
    aiohttp.ClientError: lambda kind: kind("something broke"),
    http_exceptions.HttpProcessingError: lambda kind: kind(code=400, message="Bad status line\n b'x'", headers=HEADERS),
    http_exceptions.BadHttpMessage: lambda kind: kind("bad message"),
    http_exceptions.LineTooLong: lambda kind: kind(b"line", 8190),
    http_exceptions.InvalidHeader: lambda kind: kind(b"header"),
    http_exceptions.BadStatusLine: lambda kind: kind("line"),
    http_exceptions.BadHttpMethod: lambda kind: kind("line"),
    OSError: lambda kind: kind(104, "Connection reset by peer"),
    TimeoutError: lambda kind: kind(),
    ssl.SSLError: lambda kind: kind(1, "wrong version number"),
    RuntimeError: lambda kind: kind("Session is closed"),
    ValueError: lambda kind: kind(f"Forbidden control character in {TOKEN}"),
}
FOREIGN = [
    *tree(aiohttp.ClientError),
    *tree(http_exceptions.HttpProcessingError),
    *tree(ssl.SSLError),
    *tree(ConnectionError),
    OSError,
    TimeoutError,
    socket.gaierror,
    RuntimeError,
    ValueError,
    UnicodeError,
]


def raised(kind: type[BaseException]) -> BaseException:
    """Give an error as aiohttp would: through frames whose variables hold the token, and upon another one."""

    def send(_headers: CIMultiDictProxy[str], _proxy: URL) -> None:
        try:
            raise MAKERS[aiohttp.ClientResponseError](aiohttp.ClientResponseError)
        except aiohttp.ClientError:
            raise MAKERS[family(kind)](kind)  # noqa: B904  # its context is what is tested

    try:
        send(HEADERS, PROXY)
    except BaseException as error:
        return error
    raise AssertionError


@pytest.mark.parametrize("kind", FOREIGN, ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_every_foreign_error_becomes_ours_and_carries_no_secret(kind):
    error = translate(raised(kind), model="@cf/a/b", call=call(), limit="timeout=3 s")

    assert isinstance(error, cfai.TransportError)
    assert 1 == len(str(error).splitlines())
    assert str(error).endswith("[model @cf/a/b]")
    assert [] == leaks_of(error)
    assert not any(type(link).__module__.startswith("aiohttp") for link in chain_of(error))
    again = pickle.loads(pickle.dumps(error))
    assert (type(error), str(error)) == (type(again), str(again))


@pytest.mark.parametrize("kind", [*tree(aiohttp.ServerTimeoutError)], ids=lambda kind: kind.__name__)
def test_limits_of_time_are_timeouts_and_name_the_limit(kind):
    error = translate(raised(kind), model="", call=call(), limit="timeout=3 s")

    assert isinstance(error, cfai.RequestTimeout)
    assert isinstance(error, TimeoutError)
    limit = "connect_timeout=2 s" if kind is aiohttp.ConnectionTimeoutError else "timeout=3 s"
    assert limit in str(error)


@pytest.mark.parametrize(
    ("limits", "ago", "named", "left"),
    [
        ({"timeout": 3.0, "attempt_timeout": 1.5}, 0, "attempt_timeout=1.5 s", 1.5),
        ({"timeout": 3.0, "attempt_timeout": 9.0}, 0, "timeout=3 s", 3),
        ({"timeout": 3.0, "attempt_timeout": 1.5}, 2, "timeout=3 s", 1),  # of a later attempt
        ({"timeout": 3.0, "attempt_timeout": 1.5}, 4, "timeout=3 s", -1),
        ({"timeout": 3.0}, 1, "timeout=3 s", 2),
        ({"timeout": None, "attempt_timeout": 1.5}, 9, "attempt_timeout=1.5 s", 1.5),
        ({"timeout": None}, 9, "timeout=0 s", None),
    ],
)
def test_the_limit_that_runs_out_first_is_the_one_that_is_named(limits, ago, named, left):
    deadline = AttemptDeadline(call(**limits), time.monotonic() - ago)

    assert named == deadline.limit
    assert left == (None if left is None else pytest.approx(deadline.left, abs=0.5))


def test_a_connection_that_timed_out_in_the_system_is_no_limit_of_ours():
    error = translate(OSError(110, "Connection timed out"), model="", call=call(), limit="timeout=3 s")

    assert cfai.TransportError is type(error)
    assert "Connection timed out" in str(error)


@pytest.mark.parametrize("kind", [aiohttp.ClientConnectorCertificateError, aiohttp.ServerFingerprintMismatch])
def test_certificates_have_a_class_of_their_own(kind):
    error = translate(raised(kind), model="", call=call(), limit="timeout=3 s")

    assert cfai.CertificateError is type(error)
    assert "api.example.com" in str(error)


def test_the_systems_error_stays_as_the_cause_without_its_past():
    below = OSError(111, "Connection refused")
    below.__context__ = raised(aiohttp.ClientResponseError)
    error = translate(aiohttp.ClientConnectorError(KEY, below), model="", call=call(), limit="timeout=3 s")

    assert error.__cause__ is below
    assert [] == leaks_of(error)
    assert "cannot reach api.example.com:443: Connection refused" == str(error)


def test_a_broken_answer_is_never_shown_as_a_bad_request():
    error = translate(raised(aiohttp.ClientResponseError), model="", call=call(), limit="timeout=3 s")

    assert cfai.TransportError is type(error)
    assert "the answer breaks HTTP: Expected HTTP/:" == str(error)
