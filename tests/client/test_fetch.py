"""`fetch()` by both clients, from the one host on loopback that they may fetch from: their own."""

import asyncio
import gzip
import logging
import os
from typing import Any

import pytest
from kit.secrets import ACCOUNT, TOKEN
from kit.server import Server, Step, answer, drip, hang, reset, response, send, until

import cfai
from cfai.emulator import Emulator

JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")
MP3 = bytes.fromhex("fffb90640000000000000000")
MP4 = bytes.fromhex("00000018667479706d703432000000006d70343269736f6d")
QUERY = "X-Signature=abc%2Bdef&Expires=5"


def link(server: Server, path: str = "/media/cat.jpg", media_type: str | None = "image/*") -> cfai.MediaLink:
    return cfai.MediaLink(f"{server.origin}{path}", media_type)


def retrying(**options: Any) -> cfai.RequestOptions:
    return cfai.RequestOptions(retry=cfai.Retry(attempts=3, backoff=0.0), **options)


def medium(data: bytes, content_type: str = "") -> Step:
    return answer(data, headers={"Content-Type": content_type} if content_type else {})


async def test_a_link_is_a_get_with_three_headers_and_nothing_of_the_client(make: Any, server: Server) -> None:
    gateway = cfai.Gateway("mine", authorization="Bearer gateway")
    options = cfai.RequestOptions(headers={"X-Mine": "1"}, gateway=gateway, session_affinity="a")
    client = make(options=options)
    server.script(medium(JPEG, "image/jpeg"))

    await client.fetch(link(server, f"/media/a%20b/%C3%A9.jpg?{QUERY}#part"))

    host = f"127.0.0.1:{server.port}"
    assert (
        server.last.head
        == (
            f"GET /media/a%20b/%C3%A9.jpg?{QUERY} HTTP/1.1\r\n"
            f"Host: {host}\r\nAccept: */*\r\nAccept-Encoding: gzip, deflate\r\n\r\n"
        ).encode()
    )
    assert server.last.framed == b""


@pytest.mark.parametrize(
    ("data", "header", "of_link", "kind", "media_type"),
    [
        (JPEG, "text/plain", "audio/*", cfai.Image, "image/jpeg"),
        (MP3, "", None, cfai.Audio, "audio/mpeg"),
        (MP4, "application/octet-stream", "video/*", cfai.Media, "video/mp4"),
        (b"<svg/>", "image/svg+xml", None, cfai.Image, "image/svg+xml"),
        (b"\x01\x02", "audio/l16", None, cfai.Audio, "audio/l16"),
        (b"\x01\x02", "", "image/*", cfai.Image, "application/octet-stream"),
        (b"\x01\x02", "application/octet-stream", "audio/*", cfai.Audio, "application/octet-stream"),
        (b"\x01\x02", "binary/octet-stream", "video/*", cfai.Media, "binary/octet-stream"),
        (b"\x01\x02", "model/gltf-binary", None, cfai.Media, "model/gltf-binary"),
    ],
)
async def test_the_class_is_told_by_the_bytes_then_the_header_then_the_link(  # noqa: PLR0917
    client: Any, server: Server, data: bytes, header: str, of_link: str | None, kind: type, media_type: str
) -> None:
    server.script(medium(data, header))

    got = await client.fetch(link(server, media_type=of_link))

    assert kind is type(got)
    assert (data, media_type, data) == (got.data, got.media_type, got.raw)


@pytest.mark.parametrize(
    ("model", "kind", "media_type"),
    [
        ("google/nano-banana-pro", cfai.Image, "image/png"),
        ("openai/gpt-image-2", cfai.Image, "image/png"),
        ("minimax/speech-2.8-hd", cfai.Audio, "audio/mpeg"),
        ("google/veo-3.1", cfai.Media, "video/mp4"),
    ],
)
async def test_the_emulators_links_lead_somewhere(make: Any, model: str, kind: type, media_type: str) -> None:
    with Emulator() as emulator:
        client = make(
            base_url=emulator.base_url, account_id=emulator.account_id, api_token=emulator.api_token, trust_env=False
        )
        found = await client.run(model, {"prompt": "a red cat"})
        got = await client.fetch(found)

    assert (kind, media_type) == (type(got), got.media_type)
    assert not {"authorization", "user-agent"} & {name.lower() for name in emulator.requests[-1].headers}


async def test_a_link_that_an_answer_gave_is_fetched_and_no_cookie_of_either_is_kept(
    client: Any, server: Server
) -> None:
    given = {"result": {"image": f"{server.origin}/media/cat.jpg"}, "success": True}
    server.script(answer(given, headers={"Set-Cookie": "a=1"}), answer(JPEG, headers={"Set-Cookie": "b=2"}))
    found = await client.run("google/nano-banana-pro", {"prompt": "a red cat"})

    picture = await client.fetch(found)
    server.script(medium(JPEG))
    await client.fetch(found)

    assert cfai.Image(JPEG) == picture
    assert server.last.header("Cookie") is None
    assert server.last.header("Authorization") is None


@pytest.mark.parametrize("status", [206, 301, 302, 303, 307, 308, 400, 401, 403, 404, 410])
async def test_any_other_status_is_a_plain_api_error_and_asked_once(client: Any, server: Server, status: int) -> None:
    away = f"{server.origin}/elsewhere?{QUERY}"
    server.always(answer(f"Moved to {away}" if 300 <= status < 400 else "Expired", status, {"Location": away}))

    with pytest.raises(cfai.ApiError) as caught:
        await client.fetch(link(server, f"/media/cat.jpg?{QUERY}"), retrying())

    error = caught.value
    assert cfai.ApiError is type(error)
    assert (status, None, 1, False) == (error.status, error.code, error.attempts, error.retryable)
    assert error.headers["location"] == away
    assert QUERY not in str(error)
    assert f"[link {server.origin}/media/cat.jpg]" in str(error)
    assert len(server.seen) == 1
    assert ("redirect" in str(error)) == (300 <= status < 400)
    assert ("Expired" in str(error)) != (300 <= status < 400)


@pytest.mark.parametrize(
    "fault", [answer("busy", 503, {"Retry-After": "0"}), answer("slow down", 429), answer("", 500)]
)
async def test_what_may_pass_is_tried_again_as_for_calls(client: Any, server: Server, fault: Step) -> None:
    server.script(fault, fault, medium(JPEG))

    assert cfai.Image(JPEG) == await client.fetch(link(server), retrying())

    assert len(server.seen) == 3


async def test_the_last_refusal_tells_of_those_before_it(client: Any, server: Server) -> None:
    server.always(answer("busy", 503))

    with pytest.raises(cfai.ApiError, match="503: busy") as caught:
        await client.fetch(link(server), retrying())

    assert (3, 2, True) == (caught.value.attempts, len(caught.value.earlier), caught.value.retryable)


async def test_an_answer_that_was_lost_follows_the_rule_of_calls(client: Any, server: Server) -> None:
    server.script(reset(), medium(JPEG))

    with pytest.raises(cfai.TransportError) as caught:
        await client.fetch(link(server), retrying())

    assert caught.value.sent
    assert len(server.seen) == 1


async def test_an_empty_body_is_no_medium(client: Any, server: Server) -> None:
    server.script(answer(b""))

    with pytest.raises(cfai.DecodeError, match="empty body") as caught:
        await client.fetch(link(server))

    assert b"" == caught.value.raw


@pytest.mark.parametrize(
    ("body", "header"),
    [
        (b"<p>Expired</p>", "text/html; charset=utf-8"),
        (b"<p>Expired</p>", "application/xhtml+xml"),
        (b'{"error": "Expired"}', "application/json"),
        (b"\xef\xbb\xbf\n<!DOCTYPE html><p>Expired</p>", "image/jpeg"),
        (b"<HTML>Expired</HTML>", ""),
    ],
)
async def test_a_page_with_a_good_status_is_no_medium(client: Any, server: Server, body: bytes, header: str) -> None:
    server.script(medium(body, header))

    with pytest.raises(cfai.DecodeError, match="^200: expected a medium, got .*Expired") as caught:
        await client.fetch(link(server, f"/cat.jpg?{QUERY}"), retrying())

    assert (body, None, 1) == (caught.value.raw, caught.value.answer, len(server.seen))
    assert str(caught.value).endswith(f" [link {server.origin}/cat.jpg]")


async def test_a_picture_under_a_wrong_header_is_a_picture(client: Any, server: Server) -> None:
    server.script(medium(JPEG, "text/html"))

    assert cfai.Image(JPEG) == await client.fetch(link(server))


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "a bomb"])
async def test_a_body_over_the_limit_is_an_error(client: Any, server: Server, packed: bool) -> None:
    body = JPEG + bytes(5_000_000)
    headers = {"Content-Encoding": "gzip"} if packed else {}
    server.script(answer(gzip.compress(body) if packed else body, headers=headers))

    with pytest.raises(cfai.ResponseTooLarge, match="max_response_bytes=100,000"):
        await client.fetch(link(server), cfai.RequestOptions(max_response_bytes=100_000))


async def test_a_body_of_the_very_size_is_read(client: Any, server: Server) -> None:
    server.script(medium(JPEG))

    assert len(JPEG) == len(await client.fetch(link(server), cfai.RequestOptions(max_response_bytes=len(JPEG))))


@pytest.mark.parametrize(
    "fault",
    [hang(), hang(response(b"", length=100)), drip(response(b"", length=10**6), b"x", 0.01)],
    ids=["says nothing", "stops in the body", "drips"],
)
@pytest.mark.parametrize("limit", ["timeout", "attempt_timeout"])
async def test_a_server_that_hangs_is_ended_by_the_clock(client: Any, server: Server, fault: Step, limit: str) -> None:
    server.script(fault)

    with pytest.raises(cfai.RequestTimeout, match=f"within {limit}=0.2 s") as caught:
        await client.fetch(link(server, f"/cat.jpg?{QUERY}"), cfai.RequestOptions(**{limit: 0.2}))

    assert QUERY not in str(caught.value)
    assert f"[link {server.origin}/cat.jpg]" in str(caught.value)


BAD_ANSWERS = {
    "a redirect": answer("", 307, {"Location": "/elsewhere"}),
    "one that asks who it is": answer("", 401, {"WWW-Authenticate": "Basic realm=x"}),
    "one behind a proxy": answer("", 407, {"Proxy-Authenticate": "Basic realm=x"}),
    "too much": answer(bytes(1000)),
    "nothing": hang(),
    "no HTTP": send(b"garbage\r\n\r\n"),
    "a busy one": answer("busy", 503, {"Set-Cookie": "a=1", "Retry-After": "0"}),
}


@pytest.mark.parametrize("case", BAD_ANSWERS)
async def test_whatever_the_host_answers_it_gets_nothing_more(make: Any, server: Server, case: str) -> None:
    gateway = cfai.Gateway("mine", authorization="Bearer gateway", byok_alias="mine")
    client = make(options=retrying(headers={"X-Mine": "1"}, gateway=gateway, session_affinity="a"))
    server.always(BAD_ANSWERS[case])

    with pytest.raises(cfai.CfaiError):
        await client.fetch(link(server), cfai.RequestOptions(timeout=1, attempt_timeout=0.3, max_response_bytes=100))

    assert len(server.seen) == (3 if case == "a busy one" else 1)
    head = (
        "GET /media/cat.jpg HTTP/1.1\r\n"
        f"Host: 127.0.0.1:{server.port}\r\nAccept: */*\r\nAccept-Encoding: gzip, deflate\r\n\r\n"
    ).encode()
    assert {(head, b"")} == {(seen.head, seen.framed) for seen in server.seen}


async def test_a_limit_that_ran_out_before_sends_nothing(client: Any, server: Server) -> None:
    with pytest.raises(cfai.RequestTimeout, match="before the request was sent"):
        await client.fetch(link(server), cfai.RequestOptions(timeout=1e-9))

    assert 0 == len(server.seen)


REFUSED: dict[str, tuple[Any, str]] = {
    "a str": ("https://a.example/cat.jpg", "must be a cfai.MediaLink, which an answer gave, not str"),
    "nothing": (None, "not NoneType"),
    "no text": (cfai.MediaLink(5), "printable ASCII"),  # type: ignore[arg-type]
    "http": ("http://93.184.215.14/cat.jpg", "https"),
    "ftp": ("ftp://93.184.215.14/cat.jpg", "https"),
    "a file": ("file:///etc/passwd", "host or port"),
    "a data URL": ("data:image/png;base64,aGk=", "host or port"),
    "no scheme": ("//a.example/cat.jpg", "https"),
    "no host": ("https:///cat.jpg", "host or port"),
    "loopback": ("https://127.0.0.1/cat.jpg", "public"),
    "loopback, another port": ("http://127.0.0.1:1/cat.jpg", "https"),
    "loopback of IPv6": ("https://[::1]/cat.jpg", "public"),
    "a private one": ("https://10.0.0.1/cat.jpg", "public"),
    "metadata": ("https://169.254.169.254/latest/meta-data/", "public"),
    "unspecified": ("https://0.0.0.0/", "public"),
    "mapped": ("https://[::ffff:127.0.0.1]/cat.jpg", "public"),
    "mapped, in hex": ("https://[::ffff:a00:1]/cat.jpg", "public"),
    "a zone": ("https://[fe80::1%25eth0]/cat.jpg", "host or port"),
    "one number": ("https://2130706433/cat.jpg", "unusual spelling"),
    "octal": ("https://0177.0.0.1/cat.jpg", "unusual spelling"),
    "hex": ("https://0x7f.1/cat.jpg", "unusual spelling"),
    "short": ("https://127.1/cat.jpg", "unusual spelling"),
    "a dot behind": ("https://127.0.0.1./cat.jpg", "unusual spelling"),
    "two dots behind": ("https://a.example../cat.jpg", "not a valid name"),
    "a user": ("https://me:secret@93.184.215.14/cat.jpg", "user name"),
    "a user's name": ("https://127.0.0.1@a.example/cat.jpg", "user name"),
    "a backslash": ("https://a.example\\@127.0.0.1/cat.jpg", "printable ASCII"),
    "a blank": ("https://a.example/red cat.jpg", "printable ASCII"),
    "a line break": ("https://a.example/\r\nX-Mine: 1", "printable ASCII"),
    "not ASCII": ("https://b\u00fccher.example/cat.jpg", "printable ASCII"),
    "full stops of other scripts": ("https://127\u30020.0.1/", "printable ASCII"),
    "an escaped host": ("https://127%2e0.0.1/cat.jpg", "host or port"),
    "port 0": ("https://a.example:0/cat.jpg", "host or port"),
    "port 65536": ("https://a.example:65536/cat.jpg", "host or port"),
    "a port in words": ("https://a.example:https/cat.jpg", "host or port"),
    "an open bracket": ("https://[::1/cat.jpg", "host or port"),
    "a name of one label too long": (f"https://{'a' * 64}.example/", "not a valid name"),
    "a name too long": (f"https://{'a.' * 130}example/", "not a valid name"),
    "a name with a star": ("https://*.example/", "not a valid name"),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_what_leads_elsewhere_is_refused_before_anything_is_sent(client: Any, server: Server, case: str) -> None:
    given, words = REFUSED[case]
    wrapped = cfai.MediaLink(given) if isinstance(given, str) and case != "a str" else given

    with pytest.raises(cfai.InvalidParams, match=words) as caught:
        await client.fetch(wrapped)

    assert str(caught.value).startswith("link: ")
    assert "secret" not in str(caught.value)
    assert 0 == caught.value.attempts
    assert (0, 0) == (server.connections, len(server.seen))


@pytest.mark.parametrize("name", ["localhost", "LocalHost"])
async def test_a_name_that_resolves_to_this_machine_is_refused(client: Any, server: Server, name: str) -> None:
    with pytest.raises(cfai.InvalidParams, match="leads to an address that is not public"):
        await client.fetch(cfai.MediaLink(f"https://{name}:{server.port}/cat.jpg"))

    assert 0 == server.connections


async def test_another_port_of_the_clients_own_host_is_refused(client: Any, server: Server, host: Any) -> None:
    other = Server(host).start()
    try:
        for scheme in ("http", "https"):
            with pytest.raises(cfai.InvalidParams):
                await client.fetch(cfai.MediaLink(f"{scheme}://127.0.0.1:{other.port}/cat.jpg"))
        assert 0 == other.connections
    finally:
        other.close()


async def test_a_client_of_a_public_service_may_not_fetch_from_loopback(make: Any, server: Server) -> None:
    client = make(base_url="https://api.example/client/v4")

    with pytest.raises(cfai.InvalidParams):
        await client.fetch(link(server))

    assert 0 == server.connections


async def test_insecure_is_no_word_for_links(make: Any, server: Server) -> None:
    client = make(base_url="http://10.0.0.1/client/v4", allow_insecure=True)

    for url in ("http://10.0.0.1/cat.jpg", "https://10.0.0.1/cat.jpg"):
        with pytest.raises(cfai.InvalidParams):
            await client.fetch(cfai.MediaLink(url))


async def test_the_clients_own_host_by_name(make: Any, server: Server) -> None:
    client = make(base_url=f"http://localhost:{server.port}/client/v4")
    server.script(medium(JPEG))

    assert cfai.Image(JPEG) == await client.fetch(cfai.MediaLink(f"http://LOCALHOST:{server.port}/cat.jpg"))

    assert server.last.header("Host") == f"LOCALHOST:{server.port}"


async def test_no_proxy_is_used(make: Any, server: Server, host: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = Server(host).start()
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, proxy.origin)
    client = make(proxy=proxy.origin, allow_insecure=True)
    server.script(medium(JPEG))
    try:
        assert cfai.Image(JPEG) == await client.fetch(link(server))
        assert 0 == proxy.connections
    finally:
        proxy.close()


async def test_a_netrc_changes_nothing(client: Any, server: Server, tmp_path: Any, monkeypatch: Any) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret\n")
    os.chmod(tmp_path / "netrc", 0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    server.script(medium(JPEG))

    await client.fetch(link(server))

    assert server.last.header("Authorization") is None


async def test_the_log_shows_no_query(client: Any, server: Server, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "cfai")
    server.script(answer("", 503), medium(JPEG))

    await client.fetch(link(server, f"/cat.jpg?{QUERY}"), retrying())

    lines = [record.getMessage() for record in caplog.records if record.name == "cfai"]
    assert len(lines) == 3
    assert all(f"{server.origin}/cat.jpg: " in line for line in lines)
    assert not any("Signature" in line for line in lines)


async def test_a_long_link_is_cut_in_messages(client: Any, server: Server) -> None:
    server.script(answer("", 404))

    with pytest.raises(cfai.ApiError) as caught:
        await client.fetch(link(server, "/" + "a" * 5000))

    assert len(str(caught.value)) < 250


async def test_it_is_no_call_of_a_model(make: Any, server: Server) -> None:
    told: list[cfai.Attempt] = []
    client = make(on_attempt=told.append)
    server.script(medium(JPEG))

    await client.fetch(link(server))

    assert [] == told


async def test_options_are_checked(client: Any, server: Server) -> None:
    with pytest.raises(cfai.ConfigError):
        await client.fetch(link(server), {"timeout": 5})


async def test_a_copy_shares_the_connections_and_has_its_own_options(client: Any, server: Server) -> None:
    copy = client.with_options(max_response_bytes=3, api_token="another-token")
    server.script(medium(JPEG), medium(JPEG))

    await client.fetch(link(server))
    with pytest.raises(cfai.ResponseTooLarge):
        await copy.fetch(link(server))

    assert [0, 0] == [seen.connection for seen in server.seen]


async def test_a_closed_client_fetches_nothing(client: Any, server: Server) -> None:
    await client.aclose()

    with pytest.raises(cfai.ClientClosed):
        await client.fetch(link(server))

    assert 0 == server.connections


async def _begun(client: Any, server: Server) -> "asyncio.Task[Any]":
    server.script(hang())
    task = asyncio.ensure_future(client.fetch(link(server)))
    assert await until(lambda: server.seen)
    return task


async def test_closing_ends_a_fetch_in_flight(client: Any, server: Server) -> None:
    task = await _begun(client, server)

    await client.aclose()

    with pytest.raises(cfai.ClientClosed):
        await task
    assert await until(lambda: not server.open_connections)


async def test_cancelling_ends_a_fetch_and_hangs_up(server: Server) -> None:
    async with cfai.AsyncClient(account_id=ACCOUNT, api_token=TOKEN, base_url=server.base_url) as client:
        task = await _begun(client, server)

        task.cancel()

        with pytest.raises(asyncio.CancelledError):
            await task
        assert await until(lambda: not server.open_connections)


def test_one_client_fetches_in_several_loops(server: Server) -> None:
    client = cfai.AsyncClient(account_id=ACCOUNT, api_token=TOKEN, base_url=server.base_url)
    server.always(medium(JPEG))

    async def once() -> Any:
        return await client.fetch(link(server))

    assert [cfai.Image(JPEG)] * 2 == [asyncio.run(once()), asyncio.run(once())]


def test_an_unpickled_client_needs_no_token_to_fetch(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    import pickle

    packed = pickle.dumps(cfai.Client(account_id=ACCOUNT, api_token=TOKEN, base_url=server.base_url))
    server.script(medium(JPEG))

    with pickle.loads(packed) as client:
        assert cfai.Image(JPEG) == client.fetch(link(server))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_fork_harms_neither_parent_nor_child(server: Server) -> None:
    from kit.script import run

    server.always(medium(JPEG))
    script = f"""
import os
import cfai
client = cfai.Client(account_id={ACCOUNT!r}, api_token={TOKEN!r}, base_url={server.base_url!r})
link = cfai.MediaLink({server.origin + "/cat.jpg"!r})
assert client.fetch(link).data
child = os.fork()
assert client.fetch(link).data
if child:
    assert os.waitpid(child, 0)[1] == 0
client.close()
os._exit(0)
"""
    run(
        script, None, "-W", "ignore::DeprecationWarning"
    ).assert_quiet()  # Python 3.12 warns of any fork beside a thread
