"""Proxies: given, from the environment, and around; and a `.netrc`, which is never read."""

import base64
from pathlib import Path
from typing import Any

import pytest
from kit.secrets import PROXY_PASSWORD, TOKEN
from kit.server import Server, answer

import cfai

LLAMA = "@cf/meta/llama-3.2-3b-instruct"
HI = cfai.Prompt("Say hello")
ELSEWHERE = "http://service.example/client/v4"


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    return monkeypatch


async def test_a_given_proxy_is_asked_with_the_whole_address(make: Any, server: Server) -> None:
    await make(base_url=ELSEWHERE, allow_insecure=True, proxy=server.origin).run(LLAMA, HI)

    assert server.last.target.startswith(b"http://service.example/client/v4/accounts/")
    assert server.last.target.endswith(b"/ai/run/@cf/meta/llama-3.2-3b-instruct")


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY"])
async def test_the_environments_proxy_is_asked(
    make: Any, server: Server, environment: pytest.MonkeyPatch, name: str
) -> None:
    environment.setenv(name, server.origin)

    await make(base_url=ELSEWHERE, allow_insecure=True).run(LLAMA, HI)

    assert server.last.target.startswith(b"http://service.example/")


@pytest.mark.parametrize("given", [True, False], ids=["given", "environment"])
async def test_the_proxys_password_goes_to_the_proxy_alone(
    make: Any, server: Server, environment: pytest.MonkeyPatch, given: bool
) -> None:
    proxy = f"http://user:{PROXY_PASSWORD}@127.0.0.1:{server.port}"
    if not given:
        environment.setenv("http_proxy", proxy)
    await make(base_url=ELSEWHERE, allow_insecure=True, proxy=proxy if given else None).run(LLAMA, HI)

    expected = base64.b64encode(f"user:{PROXY_PASSWORD}".encode()).decode()
    assert f"Basic {expected}" == server.last.header("proxy-authorization")
    assert PROXY_PASSWORD.encode() not in server.last.head
    assert f"Bearer {TOKEN}" == server.last.header("authorization")


GONE_AROUND = {
    "trust_env=False": ({"trust_env": False}, ""),
    "NO_PROXY": ({}, "service.example"),
    "NO_PROXY with a port": ({}, "example.org,service.example:80"),
}


@pytest.mark.parametrize("case", GONE_AROUND)
async def test_the_environments_proxy_is_gone_around(
    make: Any, server: Server, environment: pytest.MonkeyPatch, case: str
) -> None:
    settings, no_proxy = GONE_AROUND[case]
    environment.setenv("http_proxy", server.origin)
    environment.setenv("no_proxy", no_proxy)
    with pytest.raises(cfai.TransportError, match=r"no such host as service\.example"):
        await make(base_url=ELSEWHERE, allow_insecure=True, **settings).run(LLAMA, HI)

    assert 0 == server.connections


async def test_a_proxy_that_can_not_be_used_is_refused_before_anything_is_sent(
    make: Any, server: Server, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("http_proxy", f"socks5://user:{PROXY_PASSWORD}@127.0.0.1:1080")

    with pytest.raises(cfai.ConfigError, match="http_proxy") as caught:
        make(base_url=ELSEWHERE, allow_insecure=True)
    assert PROXY_PASSWORD not in repr(caught.value)


async def test_a_netrc_that_knows_the_host_changes_nothing(
    make: Any, server: Server, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    environment.setenv("NETRC", str(netrc))

    await make(trust_env=True).run(LLAMA, HI)

    assert f"Bearer {TOKEN}" == server.last.header("authorization")


async def test_the_environments_proxy_may_lack_its_scheme(
    make: Any, server: Server, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("http_proxy", f"127.0.0.1:{server.port}")
    await make(base_url=ELSEWHERE, allow_insecure=True).run(LLAMA, HI)

    assert server.last.target.startswith(ELSEWHERE.encode())


# -- what must not be read on the way -----------------------------------------------------------------------------

LOOPBACK = ["127.0.0.1", "127.0.0.2", "localhost", "[::1]", "app.localhost"]
PROXIES = {"with a scheme": "http://{at}", "without": "{at}", "with a password": "http://user:pass@{at}"}


@pytest.mark.parametrize("how", PROXIES)
@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY"])
async def test_on_loopback_no_proxy_of_the_environment_hears_a_byte(
    make: Any, server: Server, host: Any, environment: pytest.MonkeyPatch, *, name: str, how: str
) -> None:
    stranger = Server(host).start()
    environment.setenv(name, PROXIES[how].format(at=f"127.0.0.1:{stranger.port}"))
    environment.setenv("no_proxy", "example.org")
    try:
        for base_url in (server.base_url, server.base_url.replace("127.0.0.1", "localhost")):
            client = make(base_url=base_url)
            await client.warm()
            await client.run(LLAMA, HI)

        assert (2, 0) == (len(server.seen), stranger.connections)
        assert f"Bearer {TOKEN}" == server.last.header("authorization")
    finally:
        stranger.close()


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("at", LOOPBACK)
async def test_nor_for_any_name_of_this_machine(
    make: Any, host: Any, environment: pytest.MonkeyPatch, at: str, scheme: str
) -> None:
    stranger = Server(host).start()
    environment.setenv(f"{scheme}_proxy", stranger.origin)
    try:
        with pytest.raises(cfai.TransportError):
            await make(base_url=f"{scheme}://{at}:9/v4").run(LLAMA, HI)  # nobody listens there

        assert 0 == stranger.connections
    finally:
        stranger.close()


@pytest.mark.parametrize("base_url", ["http://127.0.0.1:9/v4", "http://localhost/v4", "http://[::1]:9/v4"])
async def test_a_given_proxy_would_read_the_token_and_is_refused(make: Any, server: Server, base_url: str) -> None:
    with pytest.raises(cfai.ConfigError, match="to the proxy in the clear: use https, or allow_insecure=True"):
        make(base_url=base_url, proxy=server.origin)

    await make(base_url=base_url, proxy=server.origin, allow_insecure=True).run(LLAMA, HI)
    assert server.last.target.startswith(base_url.encode())


async def test_https_goes_through_a_given_proxy_on_loopback_too(make: Any, server: Server) -> None:
    server.script(answer(b"", 502))
    with pytest.raises(cfai.TransportError, match="proxy refused.*502"):
        await make(base_url="https://127.0.0.1:9/v4", proxy=server.origin).run(LLAMA, HI)

    assert b"CONNECT 127.0.0.1:9 HTTP/1.1" == server.last.line


@pytest.mark.parametrize("host_", ["evillocalhost", "my-localhost", "localhost.evil.example", "127.0.0.1.example"])
async def test_a_name_that_only_looks_like_loopback_is_refused(make: Any, host_: str) -> None:
    with pytest.raises(cfai.ConfigError, match=f"to {host_} in the clear"):
        make(base_url=f"http://{host_}/v4")


@pytest.mark.parametrize("host_", ["evillocalhost", "localhost.evil.example"])
async def test_and_goes_through_the_environments_proxy(
    make: Any, server: Server, environment: pytest.MonkeyPatch, host_: str
) -> None:
    environment.setenv("https_proxy", server.origin)
    server.script(answer(b"", 502))
    with pytest.raises(cfai.TransportError, match="proxy refused"):
        await make(base_url=f"https://{host_}/v4").run(LLAMA, HI)

    assert f"CONNECT {host_}:443 HTTP/1.1".encode() == server.last.line
