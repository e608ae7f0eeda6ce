"""Private names of aiohttp, asyncio and anyio: each is what cfai relies on, and none is used that is not listed."""

import ast
import asyncio
import inspect
import socket
import ssl
import tomllib
from asyncio import base_events, selector_events, sslproto
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiohttp
import anyio
import attrs
import pytest
from aiohttp import web
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection
from yarl import URL

from cfai._http import aiohttp_internals, asyncio_internals
from cfai._http.connector import AttemptTimeout, Connector
from cfai._http.protocol import HttpProtocol, Request
from cfai._sync import anyio_internals

ROOT = Path(__file__).parents[2]
HTTP = Path(aiohttp_internals.__file__).parent
SIGNATURES = {
    "ClientRequest.send": (aiohttp.ClientRequest, "self, conn"),
    "ClientRequest.write_bytes": (aiohttp.ClientRequest, "self, writer, conn, content_length=None"),
    "ResponseHandler.abort": (ResponseHandler, "self"),
    "ResponseHandler.connection_lost": (ResponseHandler, "self, exc"),
    "ResponseHandler.data_received": (ResponseHandler, "self, data"),
    "ResponseHandler.force_close": (ResponseHandler, "self"),
    "ResponseHandler.is_connected": (ResponseHandler, "self"),
    "StreamReader._read_nowait": (aiohttp.StreamReader, "self, n"),
    "TCPConnector._create_connection": (aiohttp.TCPConnector, "self, req, traces, timeout"),
    "TCPConnector._release": (aiohttp.TCPConnector, "self, key, protocol, *, should_close=False"),
    "TCPConnector._wait_for_available_connection": (aiohttp.TCPConnector, "self, key, traces"),
    "TCPConnector.connect": (aiohttp.TCPConnector, "self, req, traces, timeout"),
}
"""Those with a signature that cfai's own follows, or calls with all that it takes."""


def said(function: Callable[..., Any]) -> str:
    """Give a signature without its types."""
    signature = inspect.signature(function)
    bare = [each.replace(annotation=inspect.Parameter.empty) for each in signature.parameters.values()]
    text = str(inspect.Signature(bare))
    return text[1:-1]


def takes(function: Callable[..., Any], *named: str) -> bool:
    """Tell whether a function takes these arguments by their names, and needs no other ones."""
    parameters = inspect.signature(function).parameters
    needed = {
        name for name, each in parameters.items() if each.default is each.empty and each.kind < each.VAR_POSITIONAL
    }
    return set(named) <= set(parameters) and needed - {"self"} <= set(named)


# -- aiohttp -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SIGNATURES)
def test_a_method_of_aiohttp_has_the_signature_that_is_relied_on(name: str) -> None:
    owner, expected = SIGNATURES[name]

    assert name in aiohttp_internals.IN_CLASS
    assert expected == said(getattr(owner, name.partition(".")[2]))


@pytest.mark.parametrize("kind", [Connector, HttpProtocol, Request])
def test_an_override_takes_what_aiohttp_passes(kind: type) -> None:
    bases = {Connector: aiohttp.TCPConnector, HttpProtocol: ResponseHandler, Request: aiohttp.ClientRequest}
    owner = bases[kind]
    names = [name.partition(".")[2] for name in aiohttp_internals.names_of(owner, SIGNATURES)]
    overridden = [name for name in names if name in vars(kind)]

    assert overridden
    for name in overridden:
        theirs, ours = inspect.signature(getattr(owner, name)), inspect.signature(getattr(kind, name))
        assert [(each.name, each.kind) for each in theirs.parameters.values()] == [
            (each.name, each.kind) for each in ours.parameters.values()
        ]


@pytest.mark.parametrize("name", aiohttp_internals.IMPORTED)
def test_a_name_that_is_imported_is_an_undocumented_one_of_aiohttp(name: str) -> None:
    module, _, attribute = name.rpartition(".")

    assert isinstance(getattr(import_module(f"aiohttp.{module}"), attribute), type)
    assert not hasattr(aiohttp, attribute) or attribute == "Connection"


def test_the_errors_are_what_they_are_taken_for() -> None:
    assert not issubclass(aiohttp_internals.HttpProcessingError, aiohttp.ClientError)
    assert issubclass(aiohttp_internals.ContentEncodingError, aiohttp_internals.HttpProcessingError)
    assert "broken" == aiohttp_internals.ContentEncodingError("broken").message


def test_a_limit_is_one_of_aiohttps_with_the_attempt_in_it() -> None:
    assert ["total", "connect", "sock_read", "sock_connect", "ceil_threshold"] == [
        each.name for each in attrs.fields(aiohttp.ClientTimeout)
    ]
    assert AttemptTimeout(total=1, sending="it") == attrs.evolve(AttemptTimeout(total=2, sending="it"), total=1)


def test_the_parts_of_a_response_handler_take_what_they_are_given() -> None:
    assert takes(ResponseHandler.__init__, "loop")
    assert takes(ResponseHandler.set_response_params)
    assert ["self", "exc", "exc_cause"] == list(inspect.signature(ResponseHandler.set_exception).parameters)
    assert takes(aiohttp.TCPConnector._close)
    assert not inspect.iscoroutinefunction(aiohttp.TCPConnector._close)
    assert isinstance(Connection.protocol, property)
    assert inspect.ismemberdescriptor(aiohttp.StreamReader.total_bytes)


async def test_the_attributes_of_objects_are_what_they_are_taken_for() -> None:
    protocol = ResponseHandler(asyncio.get_running_loop())
    assert not protocol._buffer
    assert protocol._payload is None
    connector = aiohttp.TCPConnector()
    assert set() == connector._acquired
    assert {} == connector._conns
    assert connector._closed is False
    assert connector._loop is asyncio.get_running_loop()
    assert isinstance(connector._factory(), ResponseHandler)
    await connector.close()
    assert connector._closed is True
    async with aiohttp.ClientSession() as session:
        assert session._retry_connection is True
        aiohttp_internals.send_only_once(session)
        assert session._retry_connection is False


async def test_the_pool_and_what_is_in_use_are_told_apart() -> None:
    async def answer(_request: web.BaseRequest) -> web.Response:
        return web.Response()

    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    connector = aiohttp_internals.ConnectorBase()
    connector.make_protocols_of(aiohttp_internals.ProtocolBase)
    host, port = runner.addresses[0][:2]
    request = aiohttp_internals.request_for_connect(URL(f"http://{host}:{port}"), None, asyncio.get_running_loop())
    connection = await connector.connect(request, [], aiohttp.ClientTimeout())
    protocol = connection.protocol
    assert isinstance(protocol, aiohttp_internals.ProtocolBase)
    assert ((protocol,), []) == (connector.in_use(), connector.pooled())
    connection.release()
    assert ((), [protocol]) == (connector.in_use(), connector.pooled())
    assert aiohttp_internals.body_of(request) is None
    connector.close_without_waiting()
    assert connector.closed
    await runner.cleanup()


def test_what_is_gone_is_an_error_that_names_the_versions() -> None:
    lowest, newest = aiohttp_internals.TRIED
    with pytest.raises(ImportError) as caught:
        aiohttp_internals.require(object(), ["TCPConnector._conns"])
    assert (
        f"aiohttp {aiohttp.__version__} has no TCPConnector._conns as cfai uses it; "
        f"cfai was tried with aiohttp {lowest} to {newest}"
    ) == str(caught.value)

    tried = f"cfai was tried with aiohttp {lowest} to {newest}"
    with pytest.raises(ImportError, match=tried), aiohttp_internals.explained():
        import_module("aiohttp.nothing_of_the_kind")


def test_the_versions_that_were_tried_are_the_bounds_of_the_requirement() -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    [required] = [each for each in pyproject["project"]["dependencies"] if each.startswith("aiohttp")]
    lowest, newest = aiohttp_internals.TRIED
    major, minor, _ = newest.split(".")

    assert f"aiohttp>={lowest},<{major}.{int(minor) + 1}" == required


def defined_in(path: Path) -> set[str]:
    """Give the attributes that the classes of a file define: methods, slots, and what is set on `self`."""
    found: set[str] = set()
    for each in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef)):
            found.add(each.name)
        elif isinstance(each, ast.Attribute) and isinstance(each.ctx, ast.Store) and ast.unparse(each.value) == "self":
            found.add(each.attr)
        elif isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == "__slots__":
            found |= set(ast.literal_eval(each.value))
    return found


def private_names_used_in(path: Path) -> set[str]:
    """Give the private attributes that a file reads or sets."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    names = {each.attr for each in nodes if isinstance(each, ast.Attribute)}
    return {name for name in names if name.startswith("_") and not name.startswith("__")}


@pytest.mark.parametrize("path", sorted(HTTP.glob("*.py")), ids=lambda path: path.name)
def test_a_private_name_is_a_files_own_or_listed(path: Path) -> None:
    of_aiohttp = {*aiohttp_internals.IN_CLASS, *aiohttp_internals.IN_OBJECT}
    others = {
        "aiohttp_internals.py": {name.rpartition(".")[2] for name in of_aiohttp},
        "asyncio_internals.py": {name.rpartition(".")[2] for name in asyncio_internals.NAMES},
        "fetch.py": defined_in(HTTP / "sessions.py"),  # of its base class
        "sessions.py": {"_unforeseen"},  # of our own errors
        "transport.py": defined_in(HTTP / "sessions.py"),  # of its base class
    }
    own = defined_in(path) if path.name != "aiohttp_internals.py" else set()

    assert private_names_used_in(path) <= own | others.get(path.name, set())


# -- the emulator's own ------------------------------------------------------------------------------------------------


def test_the_emulators_server_is_what_it_relies_on() -> None:
    assert "self" == said(web.Server.__call__)
    assert "self, request, status=500, exc=None, message=None" == said(web.RequestHandler.handle_error)
    assert 0 == web.BaseRequest.writer.fget.__annotations__["return"].output_size  # type: ignore[attr-defined]


# -- asyncio -----------------------------------------------------------------------------------------------------------


def test_asyncios_methods_have_the_signatures_that_are_relied_on() -> None:
    assert "self" == said(base_events.BaseEventLoop._run_once)  # type: ignore[attr-defined]
    assert "self, fd" == said(selector_events.BaseSelectorEventLoop._remove_reader)  # type: ignore[attr-defined]
    assert "self, fd" == said(selector_events.BaseSelectorEventLoop._remove_writer)  # type: ignore[attr-defined]
    assert "self, exc" == said(selector_events._SelectorTransport._call_connection_lost)  # type: ignore[attr-defined]
    assert "_run_once" in vars(asyncio_internals.SturdyLoop)


async def test_asyncios_transports_have_the_attributes_that_are_relied_on() -> None:
    ours, theirs = socket.socketpair()
    loop = asyncio.get_running_loop()
    transport: Any
    transport, _ = await loop.create_connection(asyncio.Protocol, sock=ours)
    assert (False, 0, loop, ours.fileno()) == (
        transport._closing,
        transport._conn_lost,
        transport._loop,
        transport._sock_fd,
    )
    asyncio_internals.abandon(transport)
    assert -1 == ours.fileno()
    theirs.close()


async def test_the_way_through_tls_is_what_is_relied_on() -> None:
    loop = asyncio.get_running_loop()
    below: Any = object()
    protocol: Any = sslproto.SSLProtocol(loop, asyncio.Protocol(), ssl.create_default_context(), loop.create_future())
    assert protocol._transport is None
    protocol._transport = below
    transport: Any = protocol._get_app_transport()
    assert isinstance(transport, sslproto._SSLProtocolTransport)
    assert protocol._transport is below
    assert protocol is transport._ssl_protocol
    transport._closed = True  # else it warns when it is collected


# -- anyio -------------------------------------------------------------------------------------------------------------


def test_anyios_backend_is_where_it_is_imported_from() -> None:
    assert ["_backends._asyncio"] == list(anyio_internals.NAMES)
    assert "anyio._backends._asyncio" == anyio_internals.backend.__name__
    assert takes(anyio_internals.backend.AsyncIOBackend.run, "func", "args", "kwargs", "options")
    assert takes(anyio.run, "func")


# -- all of them -------------------------------------------------------------------------------------------------------


def test_every_name_says_why_it_is_used_and_what_breaks_without_it() -> None:
    tables = (
        aiohttp_internals.IMPORTED,
        aiohttp_internals.IN_CLASS,
        aiohttp_internals.IN_OBJECT,
        asyncio_internals.NAMES,
        anyio_internals.NAMES,
    )
    for table in tables:
        assert list(table) == sorted(table)
        assert all(why and without for why, without in table.values())


class Below:
    """A transport with so many bytes that the system has not taken."""

    def __init__(self, size: int, ssl_protocol: object = None) -> None:
        self._size, self._ssl_protocol = size, ssl_protocol

    def get_write_buffer_size(self) -> int:
        return self._size


def test_what_is_unwritten_below_tls_counts_too() -> None:
    encrypted = Below(3, SimpleNamespace(_transport=Below(40)))

    assert (3, 43) == (asyncio_internals.unwritten(Below(3)), asyncio_internals.unwritten(encrypted))
