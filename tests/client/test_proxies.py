"""Proxies: given, from the environment, and around; and a `.netrc`, which is never read."""

import base64
from pathlib import Path
from typing import Any

import pytest
from kit.secrets import PROXY_PASSWORD, TOKEN, leaks_of
from kit.server import Server

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


async def test_no_proxy_may_name_a_port(make: Any, server: Server, host: Any, environment: pytest.MonkeyPatch) -> None:
    stranger = Server(host).start()
    environment.setenv("http_proxy", stranger.origin)
    environment.setenv("no_proxy", f"example.org,127.0.0.1:{server.port}")

    await make().run(LLAMA, HI)

    assert (1, 0) == (len(server.seen), len(stranger.seen))
    stranger.close()


@pytest.mark.parametrize("settings", [{"trust_env": False}, {}], ids=["trust_env=False", "NO_PROXY"])
async def test_the_environments_proxy_is_gone_around(
    make: Any, server: Server, host: Any, environment: pytest.MonkeyPatch, settings: dict[str, Any]
) -> None:
    stranger = Server(host).start()
    environment.setenv("http_proxy", stranger.origin)
    if not settings:
        environment.setenv("no_proxy", "127.0.0.1")

    await make(**settings).run(LLAMA, HI)

    assert (1, 0) == (len(server.seen), len(stranger.seen))
    stranger.close()


async def test_a_proxy_that_can_not_be_used_is_refused_before_anything_is_sent(
    make: Any, server: Server, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("http_proxy", f"socks5://user:{PROXY_PASSWORD}@127.0.0.1:1080")

    with pytest.raises(cfai.ConfigError, match="http_proxy") as caught:
        await make(base_url=ELSEWHERE, allow_insecure=True).run(LLAMA, HI)
    assert [] == leaks_of(caught.value)


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
