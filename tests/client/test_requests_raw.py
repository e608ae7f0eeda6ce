"""The bytes of a request, as the server's socket gave them."""

import json
import pickle
import platform
import re

import pytest
from kit.secrets import ACCOUNT, EMAIL, KEY, OTHER_ACCOUNT, OTHER_TOKEN, TOKEN
from kit.server import HELLO, Server, answer, until

import cfai

LLAMA = "@cf/meta/llama-3.2-3b-instruct"
HI = cfai.Prompt("Say hello")


async def test_the_request_line_has_literal_slashes(client, server: Server):
    await client.run(LLAMA, HI)

    path = f"/client/v4/accounts/{ACCOUNT}/ai/run/@cf/meta/llama-3.2-3b-instruct"
    assert f"POST {path} HTTP/1.1".encode() == server.last.line


async def test_the_headers_say_who_asks_and_with_what(client, server: Server):
    await client.run(LLAMA, HI)

    assert f"127.0.0.1:{server.port}" == server.last.header("host")
    assert f"Bearer {TOKEN}" == server.last.header("authorization")
    assert "application/json" == server.last.header("content-type")
    assert str(len(server.last.body)) == server.last.header("content-length")
    assert b'{"prompt":"Say hello"}' == server.last.body


async def test_the_user_agent_names_cfai_and_python(client, server: Server):
    await client.run(LLAMA, HI)

    assert f"cfai/{cfai.__version__} python/{platform.python_version()}" == server.last.header("user-agent")


async def test_no_header_is_sent_twice(make, server: Server):
    client = make(options=cfai.RequestOptions(headers={"USER-agent": "mine", "x-tag": "a"}))
    await client.run(LLAMA, HI, cfai.RequestOptions(headers={"X-Tag": "b"}))

    names = [name.lower() for name, _ in server.last.fields]
    assert len(names) == len(set(names))
    assert "mine" == server.last.header("user-agent")


async def test_the_legacy_key_goes_out_as_a_pair_and_without_a_bearer(make, server: Server):
    client = make(api_token=None, api_key=KEY, email=EMAIL)
    await client.run(LLAMA, HI)

    assert KEY == server.last.header("x-auth-key")
    assert EMAIL == server.last.header("x-auth-email")
    assert server.last.header("authorization") is None


async def test_a_token_wins_over_the_legacy_key(make, server: Server, monkeypatch):
    monkeypatch.setenv("CLOUDFLARE_API_KEY", KEY)
    monkeypatch.setenv("CLOUDFLARE_EMAIL", EMAIL)
    await make().run(LLAMA, HI)

    assert f"Bearer {TOKEN}" == server.last.header("authorization")
    assert server.last.header("x-auth-key") is None


async def test_a_users_header_can_not_stand_beside_the_legacy_key(make, server: Server):
    client = make(
        api_token=None, api_key=KEY, email=EMAIL, options=cfai.RequestOptions(headers={"x-auth-key": "other"})
    )
    await client.run(LLAMA, HI)

    assert KEY == server.last.header("x-auth-key")


async def test_everything_can_come_from_the_environment(make, server: Server, monkeypatch):
    monkeypatch.setenv("CLOUDFLARE_ACCOUNT_ID", OTHER_ACCOUNT)
    monkeypatch.setenv("CLOUDFLARE_API_TOKEN", OTHER_TOKEN)
    monkeypatch.setenv("CLOUDFLARE_BASE_URL", f"{server.origin}/elsewhere/")
    await make(account_id=None, api_token=None, base_url=None).run(LLAMA, HI)

    assert f"/elsewhere/accounts/{OTHER_ACCOUNT}/ai/run/{LLAMA}".encode() == server.last.target
    assert f"Bearer {OTHER_TOKEN}" == server.last.header("authorization")


async def test_a_third_partys_model_travels_in_the_body(client, server: Server):
    await client.run("openai/gpt-4.1-mini", {"messages": [{"role": "user", "content": "hi"}]})

    assert f"/client/v4/accounts/{ACCOUNT}/ai/run".encode() == server.last.target
    expected = {"model": "openai/gpt-4.1-mini", "input": {"messages": [{"role": "user", "content": "hi"}]}}
    assert expected == server.last.json


@pytest.mark.parametrize("name", ["model_name", "m", "gpt-5.4", "@model", "run", "a:b"])
@pytest.mark.parametrize(
    ("params", "result"),
    [
        ({"text": "x"}, []),
        (cfai.TextClassification("x"), []),
        (cfai.Input({"text": "x"}, returning=list[str]), []),
    ],
    ids=["mapping", "params", "input"],
)
async def test_a_name_without_a_slash_is_a_model_of_the_path(client, server: Server, name: str, params, result):
    server.always(answer({"result": result, "success": True, "errors": [], "messages": []}))
    assert result == await client.run(name, params)
    reply = await client.request(name, params)

    assert result == reply.result
    for seen in server.seen:
        assert f"POST /client/v4/accounts/{ACCOUNT}/ai/run/{name} HTTP/1.1".encode() == seen.line
        assert b'{"text":"x"}' == seen.body
    assert 2 == len(server.seen)


@pytest.mark.parametrize("params", [{"prompt": "hi"}, cfai.Prompt("hi")], ids=["mapping", "params"])
async def test_a_stream_of_a_model_without_a_slash_is_asked_for_in_the_path(client, server: Server, params):
    async with client.stream("model_name", params) as stream:
        assert "Hello" == "".join([text async for text in stream.texts()])

    assert f"POST /client/v4/accounts/{ACCOUNT}/ai/run/model_name HTTP/1.1".encode() == server.last.line
    assert b'{"prompt":"hi","stream":true}' == server.last.body


async def test_nova_takes_its_options_in_the_query_and_the_medium_as_the_body(client, server: Server):
    sound = b"ID3\x04" + bytes(range(256))
    asked = {"audio": sound, "language": "de & en", "punctuate": True, "keywords": ["Zürich", "a+b"]}
    await client.run("@cf/deepgram/nova-3", asked)

    path, _, query = server.last.target.partition(b"?")
    assert f"/client/v4/accounts/{ACCOUNT}/ai/run/@cf/deepgram/nova-3".encode() == path
    # Written by hand: blanks and signs of the query itself must come back as they were.
    assert query.split(b"&")[1:] == [b"punctuate=true", b"keywords=Z%C3%BCrich", b"keywords=a%2Bb"]
    assert query.split(b"&")[0] in (b"language=de+%26+en", b"language=de%20%26%20en")
    assert sound == server.last.body
    assert "audio/mpeg" == server.last.header("content-type")


async def test_no_cookie_is_carried_over(client, server: Server):
    server.script(answer(HELLO, headers={"Set-Cookie": "__cf_bm=abc; path=/"}))
    await client.run(LLAMA, HI)
    await client.run(LLAMA, HI)

    assert 2 == len(server.seen)
    assert server.last.header("cookie") is None


async def test_calls_one_after_another_share_a_connection(client, server: Server):
    for _ in range(3):
        await client.run(LLAMA, HI)

    assert [0, 0, 0] == [seen.connection for seen in server.seen]


async def test_a_gateway_becomes_its_headers(client, server: Server):
    gateway = cfai.Gateway(
        "my-gateway",
        cache_ttl=3600,
        skip_cache=False,
        cache_key="k1",
        metadata={"team": "Zürich", "n": 1},
        collect_log=True,
        collect_log_payload=False,
        event_id="e1",
        request_timeout=9000,
        max_attempts=2,
        retry_delay=100,
        backoff="linear",
        byok_alias="mine",
        zdr=True,
        authorization="gw",
    )
    await client.run(LLAMA, HI, cfai.RequestOptions(gateway=gateway))

    sent = {name.lower(): value for name, value in server.last.fields if name.lower().startswith("cf-aig-")}
    assert json.loads(sent.pop("cf-aig-metadata")) == {"team": "Zürich", "n": 1}
    assert sent == {
        "cf-aig-gateway-id": "my-gateway",
        "cf-aig-cache-ttl": "3600",
        "cf-aig-skip-cache": "false",
        "cf-aig-cache-key": "k1",
        "cf-aig-collect-log": "true",
        "cf-aig-collect-log-payload": "false",
        "cf-aig-event-id": "e1",
        "cf-aig-request-timeout": "9000",
        "cf-aig-max-attempts": "2",
        "cf-aig-retry-delay": "100",
        "cf-aig-backoff": "linear",
        "cf-aig-byok-alias": "mine",
        "cf-aig-zdr": "true",
        "cf-aig-authorization": "Bearer gw",
    }
    assert server.last.head.isascii()


async def test_a_gateways_name_is_enough(make, server: Server):
    await make(options=cfai.RequestOptions(gateway="default")).run(LLAMA, HI)

    assert "default" == server.last.header("cf-aig-gateway-id")


async def test_a_call_can_leave_the_clients_gateway(make, server: Server):
    client = make(options=cfai.RequestOptions(gateway="default"))
    await client.run(LLAMA, HI, cfai.RequestOptions(gateway=None))

    assert server.last.header("cf-aig-gateway-id") is None


async def test_affinity_is_a_header(client, server: Server):
    await client.run(LLAMA, HI, cfai.RequestOptions(session_affinity="ses_1"))

    assert "ses_1" == server.last.header("x-session-affinity")


async def test_reject_if_busy_travels_in_the_body(client, server: Server):
    await client.run(LLAMA, HI, cfai.RequestOptions(reject_if_busy=True))
    await client.run(LLAMA, {"prompt": "x", "options": {"other": 1}}, cfai.RequestOptions(reject_if_busy=True))

    assert {"prompt": "Say hello", "options": {"rejectIfBusy": True}} == server.seen[0].json
    assert {"prompt": "x", "options": {"other": 1, "rejectIfBusy": True}} == server.seen[1].json


async def test_reject_if_busy_needs_a_json_body(client, server: Server):
    with pytest.raises(cfai.ConfigError, match="reject_if_busy"):
        await client.run("@cf/openai/whisper", {"audio": b"ID3abc"}, cfai.RequestOptions(reject_if_busy=True))

    assert server.seen == []


async def test_headers_of_client_and_call_are_merged_without_case(make, server: Server):
    client = make(options=cfai.RequestOptions(headers={"X-A": "client", "X-B": "client"}))
    await client.run(LLAMA, HI, cfai.RequestOptions(headers={"x-a": "call", "X-C": "call"}))

    assert ["call"] == server.last.all("x-a")
    assert ["client"] == server.last.all("x-b")
    assert ["call"] == server.last.all("x-c")


async def test_none_switches_the_clients_headers_off(make, server: Server):
    client = make(options=cfai.RequestOptions(headers={"X-A": "client"}))
    await client.run(LLAMA, HI, cfai.RequestOptions(headers=None))

    assert server.last.header("x-a") is None


async def test_with_options_changes_options_and_leaves_the_first_client_as_it_was(make, server: Server):
    client = make(options=cfai.RequestOptions(headers={"X-A": "first"}))
    other = client.with_options(headers={"X-B": "second"}, session_affinity="ses_2", timeout=5)
    await other.run(LLAMA, HI)
    await client.run(LLAMA, HI)

    assert ("first", "second", "ses_2") == tuple(map(server.seen[0].header, ("x-a", "x-b", "x-session-affinity")))
    assert ("first", None, None) == tuple(map(server.seen[1].header, ("x-a", "x-b", "x-session-affinity")))
    assert (5, 300) == (other.options.timeout, client.options.timeout)


async def test_many_tenants_share_one_pool(client, server: Server):
    await client.run(LLAMA, HI)
    tenant = client.with_options(account_id=OTHER_ACCOUNT, api_token=OTHER_TOKEN)
    await tenant.run(LLAMA, HI)

    assert f"/client/v4/accounts/{OTHER_ACCOUNT}/ai/run/{LLAMA}".encode() == server.last.target
    assert f"Bearer {OTHER_TOKEN}" == server.last.header("authorization")
    assert [0, 0] == [seen.connection for seen in server.seen]


async def test_a_tenants_token_takes_the_place_of_the_legacy_key(make, server: Server):
    tenant = make(api_token=None, api_key=KEY, email=EMAIL).with_options(api_token=OTHER_TOKEN)
    await tenant.run(LLAMA, HI)

    assert f"Bearer {OTHER_TOKEN}" == server.last.header("authorization")
    assert server.last.header("x-auth-key") is None


async def test_an_empty_token_of_a_tenant_never_becomes_the_environments(client, server: Server, monkeypatch):
    monkeypatch.setenv("CLOUDFLARE_API_TOKEN", TOKEN)
    with pytest.raises(cfai.ConfigError, match="api_token is empty"):
        client.with_options(api_token="")


async def test_closing_a_copy_does_nothing_and_closing_the_first_closes_all(client, server: Server):
    copy = client.with_options(timeout=5)
    await copy.aclose()
    async with copy:
        await copy.run(LLAMA, HI)
    await client.run(LLAMA, HI)
    await client.aclose()

    for closed in (client, copy):
        with pytest.raises(cfai.ClientClosed):
            await closed.run(LLAMA, HI)
    assert 2 == len(server.seen)


async def test_a_warm_connection_is_the_one_that_is_used(client, server: Server):
    await client.warm()
    assert await until(lambda: server.connections == 1)
    assert [] == server.seen
    await client.run(LLAMA, HI)

    assert 1 == server.connections


async def test_no_header_gives_more_of_the_machine_away(client, server: Server):
    await client.run(LLAMA, HI)

    names = {name.lower() for name, _ in server.last.fields}
    ours = {"host", "authorization", "user-agent", "content-type", "content-length", "accept", "accept-encoding"}
    assert names == ours
    assert re.fullmatch(r"gzip, deflate(, br)?(, zstd)?", server.last.header("accept-encoding") or "")


async def test_the_headers_of_an_answer_are_a_mapping_without_case(client, server: Server):
    server.script(answer(HELLO, headers={"X-Own": "a", "x-own": "b"}))
    headers = (await client.request(LLAMA, HI)).headers

    assert "a, b" == headers["x-OWN"]
    assert 3 == len(headers)
    assert "CONTENT-TYPE" in headers
    assert 5 not in headers
    assert headers == {"content-type": "application/json", "x-own": "a, b", "CONTENT-LENGTH": headers["content-length"]}
    assert headers != 5
    assert headers == pickle.loads(pickle.dumps(headers))


async def test_an_answer_of_any_size_is_read_where_the_limit_is_switched_off(client, server: Server):
    answered = await client.run(LLAMA, HI, cfai.RequestOptions(max_response_bytes=None))

    assert "Hello" == answered.text


async def test_an_answer_with_nonsense_beside_its_result_is_given_with_its_bytes(client, server: Server):
    body = b'{"result": {"data": [[1, 2]], "shape": [1, 2]}, "success": true, "messages": [1e999]}'
    server.script(answer(body))
    reply = await client.request("@cf/baai/bge-m3", cfai.TextEmbeddings("a"))

    assert [[1, 2]] == reply.result.data
    assert body == reply.raw


async def test_no_repr_is_long(client, server: Server):
    labels = [{"label": f"label {number}", "score": 0.5} for number in range(1000)]
    server.script(answer({"result": labels, "success": True, "errors": [], "messages": []}))
    reply = await client.request("@cf/huggingface/distilbert-sst-2-int8", cfai.TextClassification("a"))
    gateway = cfai.Gateway("default", metadata={f"key {number}": "x" * 50 for number in range(5)})

    assert all(230 > len(repr(each)) for each in (reply, gateway, cfai.RequestOptions(gateway=gateway, timeout=5)))
    assert repr(reply).startswith("Reply(result=[Classification(label='label 0', score=0.5), ")


async def test_a_file_that_raises_is_said_to_and_not_read_again(make, server: Server):
    reads: list[int] = []

    class Sly:
        def seekable(self):
            return False

        def read(self, size: int = -1):
            reads.append(size)
            raise ZeroDivisionError("nothing to divide by")

    client = make(options=cfai.RequestOptions(retry=cfai.Retry(backoff=0)))
    with pytest.raises(cfai.InvalidParams, match="^audio: .*nothing to divide by") as caught:
        await client.run("@cf/openai/whisper", {"audio": Sly()})

    assert (0, 1) == (caught.value.attempts, len(reads))
    assert [] == server.seen
