"""The emulator on the wire: routes, tokens, envelopes and headers (docs/wire.md 1 and 2)."""

import gzip
import re
import socket
import time
from contextlib import closing

import aiohttp
import pytest

from cfai.emulator import Emulator

FEELING = "@cf/huggingface/distilbert-sst-2-int8"
VECTORS = "@cf/baai/bge-base-en-v1.5"
TEXT = "@cf/meta/llama-3.2-3b-instruct"
PICTURE = "@cf/black-forest-labs/flux-1-schnell"

NO_ROUTE = b'{"result":null,"success":false,"errors":[{"code":7000,"message":"No route for that URI"}],"messages":[]}'
NO_AUTH = b'{"result":null,"success":false,"errors":[{"code":10000,"message":"Authentication error"}],"messages":[]}'
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


def dial(emulator):
    host, _, port = emulator.base_url.removeprefix("http://").split("/")[0].rpartition(":")
    return closing(socket.create_connection((host, int(port)), timeout=10))


def received_until_close(connection):
    return b"".join(iter(lambda: connection.recv(65536), b""))


def test_a_good_call_gets_the_success_envelope_to_the_byte(ask):
    answered = ask(FEELING, {"text": "I like it"})

    assert answered.status == 200
    assert answered.body == (
        b'{"result":[{"label":"NEGATIVE","score":0.04126222},{"label":"POSITIVE","score":0.95873778}],'
        b'"success":true,"errors":[],"messages":[]}'
    )


@pytest.mark.parametrize("slash", [b"%2F", b"%2f"])
def test_an_encoded_slash_has_no_route(emulator, slash):
    model = b"@cf" + slash + b"meta" + slash + b"llama-3.2-3b-instruct"
    head = b"POST /client/v4/accounts/%s/ai/run/%s HTTP/1.1\r\n" % (emulator.account_id.encode(), model)
    rest = b"Host: localhost\r\nAuthorization: Bearer %s\r\nConnection: close\r\n" % emulator.api_token.encode()
    body = b'{"prompt":"Say hello"}'

    with dial(emulator) as connection:
        connection.sendall(head + rest + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        status, answer = received_until_close(connection).split(b"\r\n", 1)

    assert status == b"HTTP/1.1 400 Bad Request"
    assert answer.endswith(b"\r\n\r\n" + NO_ROUTE)
    assert b"cf-ai-req-id" not in answer


def test_the_same_call_with_literal_slashes_has_a_route(ask):
    assert ask(TEXT, {"prompt": "Say hello"}).status == 200


def test_other_encoded_characters_are_decoded(ask):
    assert ask(TEXT.replace("@", "%40"), {"prompt": "Say hello"}).status == 200


def test_a_query_does_not_change_the_route(ask):
    assert ask(TEXT + "?tags=a", {"prompt": "Say hello"}).status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/client/v4",
        "/client/v4/accounts/{account}/ai",
        "/client/v4/accounts/{account}/ai/run/",
        "/client/v4/accounts/{account}/ai/models/search",
        "/client/v4/accounts/{account}/ai/v1/chat/completions",
        "/client/v4/accounts/{account}/ai/run/@cf/nobody/nothing",
        "/client/v4/accounts/{account}/ai/run/{model}/",
        "/client/v4/accounts/{account}/ai/run/../run/{model}",
        "/client/v4//accounts/{account}/ai/run/{model}",
        "/client/v5/accounts/{account}/ai/run/{model}",
        "/client/v4/accounts/{account}/ai/run/{upper}",
    ],
)
def test_any_other_path_has_no_route(emulator, ask, path):
    names = {"account": emulator.account_id, "model": TEXT, "upper": TEXT.upper()}

    answered = ask("", {"prompt": "Say hello"}, path=path.format(**names))

    assert (answered.status, answered.body) == (400, NO_ROUTE)
    assert answered.headers["cf-ai-req-id"] is None
    assert answered.headers["cf-ai-neurons"] is None


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_any_other_method_has_no_route(ask, method):
    answered = ask(TEXT, {"prompt": "Say hello"}, method=method)

    assert (answered.status, answered.body) == (400, NO_ROUTE)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "bearer cfai-emulator-toke"},
        {"X-Auth-Key": "cfai-emulator-token"},
    ],
)
@pytest.mark.parametrize("model", [TEXT, "@cf/nobody/nothing"])
def test_a_wrong_token_is_refused_before_the_model_is_looked_at(ask, headers, model):
    answered = ask(model, {"prompt": "Say hello"}, headers=headers)

    assert (answered.status, answered.body) == (401, NO_AUTH)
    assert answered.headers["cf-ai-req-id"] is None
    assert answered.headers["cf-ai-neurons"] is None


@pytest.mark.parametrize(
    "value",
    [
        "Bearer",
        "Bearer ",
        "Basic cfai-emulator-token",
        "cfai-emulator-token",
        "Bearer a b",
        "Bearercfai",
        "Token x",
        "",
    ],
)
def test_an_authorization_header_without_the_form_of_one_has_its_cause_in_a_chain(ask, value):
    answered = ask(TEXT, {"prompt": "Say hello"}, headers={"Authorization": value})

    assert answered.status == 400
    assert answered.body == (
        b'{"result":null,"success":false,"errors":[{"code":6003,"message":"Invalid request headers","error_chain":'
        b'[{"code":6111,"message":"Invalid format for Authorization header"}]}],"messages":[]}'
    )
    assert answered.headers["cf-ai-req-id"] is None


@pytest.mark.parametrize("path", ["/ai/run", f"/ai/run/{TEXT}", "/ai/run/@cf/nobody/nothing"])
def test_another_account_is_answered_as_a_wrong_token_is(ask, path):
    answered = ask("", {"prompt": "Say hello"}, path=f"/client/v4/accounts/{'0' * 32}{path}")

    assert (answered.status, answered.body) == (401, NO_AUTH)
    assert answered.headers["cf-ai-req-id"] is None


def test_account_and_token_can_be_chosen(ask):
    with Emulator(account_id="f" * 32, api_token="another") as other:
        assert ask(TEXT, {"prompt": "Say hello"}, to=other).status == 200
        assert ask(TEXT, {"prompt": "x"}, to=other, headers={"Authorization": "Bearer no"}).status == 401


@pytest.mark.parametrize(
    ("change", "status"),
    [({}, 200), ({"model": "@cf/nobody/nothing"}, 400), ({"headers": {}}, 401), ({"body": {}}, 400)],
)
def test_every_answer_has_the_headers_of_the_service_and_names_the_emulator(ask, change, status):
    answered = ask(**{"model": TEXT, "body": {"prompt": "Say hello"}} | change)

    assert answered.status == status
    assert answered.headers.get_all("server") == ["cfai-emulator"]
    assert answered.headers.get_all("content-type") == ["application/json"]
    assert re.fullmatch(r"[0-9a-f]{16}-[A-Z]{3}", answered.headers["cf-ray"])
    assert re.fullmatch(UUID, answered.headers["cf-auditlog-id"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\d\.epoch", answered.headers["api-version"])


@pytest.mark.parametrize(
    ("model", "body", "neurons"),
    [
        # The prices are those of docs/wire.md 9 and of the catalogue: 57.6 is what its formula gives for the defaults.
        (PICTURE, {"prompt": "x"}, "57.60"),
        (PICTURE, {"prompt": "x", "steps": 1}, "28.80"),
        (FEELING, {"text": "one two three"}, "0.01"),
        (VECTORS, {"text": ["one two", "three"]}, "0.02"),
    ],
)
def test_a_success_tells_its_request_id_and_its_neurons(ask, model, body, neurons):
    answered = ask(model, body)

    assert answered.status == 200
    assert re.fullmatch(UUID, answered.headers["cf-ai-req-id"])
    assert answered.headers["cf-ai-neurons"] == neurons


def test_the_same_call_gets_the_same_body_under_another_id(ask):
    first, second = (ask(TEXT, {"prompt": "Say hello"}) for _ in range(2))

    assert first.body == second.body
    for name in ("cf-ai-req-id", "cf-ray", "cf-auditlog-id"):
        assert first.headers[name] != second.headers[name]


def test_two_emulators_of_one_seed_give_the_same_ids(ask):
    with Emulator(seed=7) as one, Emulator(seed=7) as other, Emulator(seed=8) as third:
        ids = [ask(TEXT, {"prompt": "x"}, to=emulator).headers["cf-ai-req-id"] for emulator in (one, other, third)]

    assert ids[0] == ids[1] != ids[2]


@pytest.mark.parametrize("accepted", ["gzip", "deflate, gzip", "br;q=1.0, gzip;q=0.8", "GZIP"])
def test_a_long_answer_is_packed_for_clients_that_unpack(emulator, ask, accepted):
    headers = {"Authorization": f"Bearer {emulator.api_token}"}

    plain = ask(VECTORS, {"text": "a"}, headers=headers)
    packed = ask(VECTORS, {"text": "a"}, headers={**headers, "Accept-Encoding": accepted})

    assert plain.headers["content-encoding"] is None
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body


@pytest.mark.parametrize(
    ("body", "accepted"), [({"text": "a"}, "gzip;q=0"), ({"text": "a"}, "br"), ({"text": "b"}, "gzip;q=0.0")]
)
def test_other_answers_go_out_as_they_are(emulator, ask, body, accepted):
    answered = ask(
        VECTORS, body, headers={"Authorization": f"Bearer {emulator.api_token}", "Accept-Encoding": accepted}
    )

    assert answered.headers["content-encoding"] is None
    assert answered.json["success"] is True


def test_a_body_of_some_megabytes_is_taken(ask):
    answered = ask(TEXT, {"prompt": "word " * 1_000_000, "max_tokens": 1})

    assert answered.json["result"]["usage"]["prompt_tokens"] == 1_000_000


def test_a_client_that_waits_for_the_go_ahead_gets_it_first(emulator):
    head = (
        b"POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nConnection: close\r\nContent-Length: 2\r\n\r\n"
    )

    with dial(emulator) as connection:
        connection.sendall(head)
        assert connection.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"{}")
        assert received_until_close(connection).startswith(b"HTTP/1.1 400 ")


def test_a_client_that_leaves_in_its_body_leaves_no_trace(emulator, ask, caplog):
    seen = len(emulator.requests)

    with dial(emulator) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nabc")
    ask(TEXT, {"prompt": "x"})

    assert len(emulator.requests) == seen + 1
    assert caplog.records == []


@pytest.mark.anyio
async def test_an_async_client_reads_the_same_answer_over_a_kept_connection(emulator):
    url = f"{emulator.base_url}/accounts/{emulator.account_id}/ai/run/{FEELING}"
    headers = {"Authorization": f"Bearer {emulator.api_token}"}

    async with aiohttp.ClientSession(headers=headers, trust_env=False) as session:
        for text, label in [("I love it", "POSITIVE"), ("I hate it", "NEGATIVE")]:
            async with session.post(url, json={"text": text}) as response:
                result = (await response.json())["result"]
            assert max(result, key=lambda row: row["score"])["label"] == label


def test_requests_are_kept_as_they_came(ask):
    with Emulator() as emulator:
        path = f"/client/v4/accounts/{emulator.account_id}/ai/run/@cf%2fx?a=%20b"
        headers = {"Authorization": f"Bearer {emulator.api_token}", "X-Auth-Key": "secret-key", "X-Other": "seen"}
        ask("", b"\x00\xff", to=emulator, path=path, headers=headers)
        ask("", b"", to=emulator, path="/", method="GET", headers={})

    first, second = emulator.requests
    assert (first.method, first.raw_path, first.body) == ("POST", path, b"\x00\xff")
    assert first.headers["authorization"] == f"Bearer {emulator.api_token}"
    assert (second.method, second.raw_path, second.body) == ("GET", "/", b"")


def test_the_repr_of_a_request_holds_no_secret(ask):
    with Emulator(api_token="hidden-1") as emulator:
        secrets = {
            "Authorization": "Bearer hidden-1",
            "cf-aig-authorization": "Bearer hidden-2",
            "X-Auth-Key": "hidden-3",
            "X-Auth-Email": "hidden-4",
            "Cookie": "hidden-5",
            "X-Api-Key": "hidden-6",
        }
        ask(TEXT, {"prompt": "hidden-7"}, to=emulator, headers={**secrets, "X-Other": "seen"})

    text = repr(emulator.requests) + repr(emulator)
    assert "hidden" not in text
    assert "'X-Other': 'seen'" in text
    assert f"/ai/run/{TEXT}" in text


def test_each_answer_waits_for_the_latency(ask):
    with Emulator(latency=0.1) as emulator:
        for headers in (None, {}):
            begin = time.monotonic()
            ask(TEXT, {"prompt": "x"}, to=emulator, headers=headers)
            assert time.monotonic() - begin >= 0.1
