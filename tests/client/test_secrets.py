"""What is secret shows nowhere: not in a repr, `vars`, `asdict`, a pickle, a log or an error."""

import copy
import logging
import pickle
from typing import Any

import pytest
from kit.secrets import (
    ACCOUNT,
    EMAIL,
    GATEWAY_TOKEN,
    HEADER,
    KEY,
    OTHER_TOKEN,
    PROXY_PASSWORD,
    TOKEN,
    all_that_shows,
    found_in,
    leaks_of,
)
from kit.server import Server, answer, hang, hello, reset, send
from kit.worded import Worded, inner

import cfai
from cfai._secret import Secret, SecretHeaders
from cfai._wire.request.headers import OutgoingHeaders

LLAMA = "@cf/meta/llama-3.2-3b-instruct"
HI = cfai.Prompt("Say hello")
GATEWAY = cfai.Gateway("default", authorization=GATEWAY_TOKEN, metadata={"team": "a"})
OPTIONS = cfai.RequestOptions(timeout=20, headers={"X-Own": HEADER}, gateway=GATEWAY)
PROXY = f"http://user:{PROXY_PASSWORD}@127.0.0.1:9"
CLIENTS = {
    "token": {"api_token": TOKEN, "options": OPTIONS, "proxy": PROXY},
    "key": {"api_key": KEY, "email": EMAIL, "options": OPTIONS},
}


@pytest.mark.parametrize("kind", [cfai.AsyncClient, cfai.Client])
@pytest.mark.parametrize("settings", CLIENTS.values(), ids=CLIENTS)
def test_a_client_shows_no_secret(kind: Any, settings: dict[str, Any]) -> None:
    client = kind(account_id=ACCOUNT, **settings)

    assert [] == found_in(all_that_shows(client))
    assert [] == found_in(pickle.dumps(client).decode("latin-1"))
    assert [] == found_in(all_that_shows(client.with_options(api_token=OTHER_TOKEN)))


@pytest.mark.parametrize("thing", [OPTIONS, GATEWAY], ids=["options", "gateway"])
def test_options_show_no_secret(thing: Any) -> None:
    assert [] == found_in(all_that_shows(thing))
    assert [] == found_in(pickle.dumps(thing).decode("latin-1"))
    assert thing == copy.deepcopy(thing)


FAULTS = {
    "reset": reset(),
    "garbage": send(b"\x00\xff nonsense\r\n\r\n"),
    "hang": hang(),
    "refused": answer(b"no", 401),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
async def test_no_error_of_a_call_shows_a_secret(
    make: Any, server: Server, fault: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.script(fault)
    client = make(options=OPTIONS.over(cfai.RequestOptions()))

    with pytest.raises(cfai.CfaiError) as caught:
        await client.run(LLAMA, HI, cfai.RequestOptions(timeout=0.3))

    assert [] == leaks_of(caught.value)
    assert [] == found_in(caplog.text)


async def test_the_secrets_do_go_out(make: Any, server: Server) -> None:
    await make(options=OPTIONS).run(LLAMA, HI)

    assert f"Bearer {TOKEN}" == server.last.header("authorization")
    assert HEADER == server.last.header("x-own")
    assert f"Bearer {GATEWAY_TOKEN}" == server.last.header("cf-aig-authorization")


async def test_a_pickled_client_takes_the_environments_token(
    make: Any, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = inner(make(options=cfai.RequestOptions(timeout=7, session_affinity="ses_1"), max_connections=3))
    monkeypatch.setenv("CLOUDFLARE_API_TOKEN", OTHER_TOKEN)

    again = pickle.loads(pickle.dumps(client))
    await _run(again)

    assert (ACCOUNT, server.base_url, 7) == (again.account_id, again.base_url, again.options.timeout)
    assert f"Bearer {OTHER_TOKEN}" == server.last.header("authorization")
    assert "ses_1" == server.last.header("x-session-affinity")
    await _close(again)


async def test_a_pickled_client_without_a_token_says_so_at_its_first_call(make: Any, server: Server) -> None:
    again = pickle.loads(pickle.dumps(inner(make())))

    with pytest.raises(cfai.ConfigError, match="CLOUDFLARE_API_TOKEN"):
        await _run(again)
    assert [] == server.seen
    await _close(again)


async def test_a_deep_copy_keeps_the_secrets_and_has_its_own_connections(make: Any, server: Server) -> None:
    client = make(options=OPTIONS)
    await client.run(LLAMA, HI)
    again = copy.deepcopy(inner(client))
    await _run(again)

    assert f"Bearer {TOKEN}" == server.last.header("authorization")
    assert HEADER == server.last.header("x-own")
    assert 2 == server.connections
    await _close(again)


async def _run(client: Any) -> None:
    outcome = client.run(LLAMA, HI)
    if isinstance(client, cfai.AsyncClient):
        await outcome


async def _close(client: Any) -> None:
    if isinstance(client, cfai.AsyncClient):
        await client.aclose()
    else:
        client.close()


async def test_headers_of_client_and_call_are_merged_without_case(make: Any, server: Server) -> None:
    client = make(options=cfai.RequestOptions(headers={"X-One": "client", "X-Two": "client"}))
    server.always(hello())

    await client.run(LLAMA, HI, cfai.RequestOptions(headers={"x-two": "call", "X-Three": "call"}))
    merged = server.last
    await client.run(LLAMA, HI, cfai.RequestOptions(headers=None))

    assert ["client", "call", "call"] == [merged.header(name) for name in ("x-one", "x-two", "x-three")]
    assert None is server.last.header("x-one")


def pickled(client: Any) -> Any:
    return pickle.loads(pickle.dumps(client))


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, pickled], ids=["copy", "deepcopy", "pickle"])
async def test_a_copy_goes_through_the_proxy_too(make: Any, server: Server, copied: Any) -> None:
    client = make(base_url="http://example.invalid/client/v4", allow_insecure=True, proxy=server.origin)
    inside = inner(client)
    twin = copied(inside)
    ai = Worded(twin) if isinstance(twin, cfai.Client) else twin
    if copied is pickled:
        ai = ai.with_options(api_token=TOKEN)
    await ai.run(LLAMA, cfai.Prompt("hi"))

    assert server.last.target.startswith(b"http://example.invalid/client/v4/accounts/")
    await (Worded(twin) if isinstance(twin, cfai.Client) else twin).aclose()


def test_secrets_are_equal_by_their_values() -> None:
    assert Secret(TOKEN) == copy.copy(Secret(TOKEN))
    assert Secret(TOKEN) != TOKEN
    assert 1 == len({Secret(TOKEN), copy.deepcopy(Secret(TOKEN))})
    assert Secret(TOKEN) != Secret(OTHER_TOKEN)


def test_secret_headers_are_a_mapping() -> None:
    headers = SecretHeaders({"X-One": HEADER})

    assert headers == copy.copy(headers)
    assert headers == {"X-One": HEADER}
    assert headers != "X-One"
    assert 1 == len({headers, copy.deepcopy(headers)})
    assert HEADER == headers["x-one"]


def test_outgoing_headers_show_their_names_alone() -> None:
    assert "OutgoingHeaders(['Authorization'])" == repr(OutgoingHeaders(Authorization=f"Bearer {TOKEN}"))
