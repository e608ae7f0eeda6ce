"""What keeps an emulator that others call from harm: its memory, its time, and who may call it."""

import http.client
import json
import socket
import threading
import tracemalloc
from contextlib import closing

import pytest

from cfai.emulator import Emulator

NATIVE = "@cf/meta/llama-3.2-3b-instruct"
GEMMA = "@cf/google/gemma-4-26b-a4b-it"
GUIDED = "@cf/mistralai/mistral-small-3.1-24b-instruct"
FEELING = "@cf/huggingface/distilbert-sst-2-int8"
WHISPER = "@cf/openai/whisper"
HI = {"messages": [{"role": "user", "content": "Hi"}]}
MIB = 2**20


def address(emulator):
    host, _, port = emulator.base_url.removeprefix("http://").split("/")[0].rpartition(":")
    return host.strip("[]"), int(port)


def dial(emulator):
    return closing(socket.create_connection(address(emulator), timeout=20))


def head(emulator, *lines, host="localhost", token=None):
    path = f"/client/v4/accounts/{emulator.account_id}/ai/run/{FEELING}"
    credentials = f"Authorization: Bearer {emulator.api_token if token is None else token}"
    return "\r\n".join((f"POST {path} HTTP/1.1", f"Host: {host}", credentials, *lines, "", "")).encode()


def one_answer(connection):
    with closing(http.client.HTTPResponse(connection, method="POST")) as response:
        response.begin()
        return response.status, response.headers, response.read()


# -- the requests that are kept -----------------------------------------------------------------------------------


def test_the_last_requests_are_kept(ask):
    with Emulator(keep_requests=2) as emulator:
        for text in ("a", "b", "c"):
            ask(FEELING, {"text": text}, to=emulator)

    assert [b'{"text": "b"}', b'{"text": "c"}'] == [each.body for each in emulator.requests]


def test_without_an_option_a_thousand_are_kept(ask):
    with Emulator() as emulator, closing(http.client.HTTPConnection(*address(emulator))) as connection:
        for number in range(1002):
            connection.request("GET", f"/{number}")
            connection.getresponse().read()

    assert [f"/{number}" for number in range(2, 1002)] == [each.raw_path for each in emulator.requests]


def test_the_oldest_are_dropped_where_the_bodies_become_too_long(ask):
    with Emulator(keep_bytes=1000) as emulator:
        for length in (400, 500, 300, 200):
            ask(WHISPER, bytes(length), to=emulator)

    assert [500, 300, 200] == [len(each.body) for each in emulator.requests]


def test_64_mib_of_bodies_are_kept_by_default(ask):
    with Emulator() as emulator:
        for _ in range(5):
            ask(WHISPER, bytes(16 * MIB), to=emulator)

    assert [16 * MIB] * 4 == [len(each.body) for each in emulator.requests]


def test_a_request_with_a_body_that_is_too_long_is_kept_without_it(ask):
    with Emulator(keep_bytes=1000) as emulator:
        ask(WHISPER, bytes(600), to=emulator)
        answered = ask(WHISPER, bytes(1001), to=emulator)

    assert "heard 1001 bytes" in answered.json["result"]["text"]
    assert [600, 0] == [len(each.body) for each in emulator.requests]


def test_requests_may_be_cleared_and_are_counted_anew(ask):
    with Emulator(keep_bytes=1000) as emulator:
        ask(WHISPER, bytes(900), to=emulator)
        emulator.requests.clear()
        ask(WHISPER, bytes(800), to=emulator)
        ask(WHISPER, bytes(100), to=emulator)

    assert [800, 100] == [len(each.body) for each in emulator.requests]


def test_none_need_be_kept(ask):
    with Emulator(keep_requests=0) as nothing, Emulator(keep_bytes=0) as no_body:
        ask(FEELING, {"text": "a"}, to=nothing)
        ask(FEELING, {"text": "a"}, to=no_body)

    assert [] == nothing.requests
    assert [b""] == [each.body for each in no_body.requests]


@pytest.mark.parametrize("name", ["keep_requests", "keep_bytes"])
@pytest.mark.parametrize("value", [-1, 1.5, "5", None, True, float("inf")])
def test_other_limits_are_a_mistake(name, value):
    with pytest.raises(ValueError, match=f"{name} is a whole number from 0 on, not "):
        Emulator(**{name: value})


# -- before the body ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [5, 40 * MIB, 200 * MIB])
def test_a_wrong_token_is_refused_before_the_body_comes(emulator, length):
    with dial(emulator) as connection:
        connection.sendall(head(emulator, f"Content-Length: {length}", token="wrong"))
        status, headers, body = one_answer(connection)

    assert (status, json.loads(body)["errors"]) == (401, [{"code": 10000, "message": "Authentication error"}])
    assert headers["connection"] == "close"
    assert emulator.requests[-1].body == b""


def test_nobody_without_a_token_is_told_to_go_ahead(emulator):
    with dial(emulator) as connection:
        connection.sendall(head(emulator, "Content-Length: 10", "Expect: 100-continue", token="wrong"))
        assert connection.recv(12) == b"HTTP/1.1 401"


def test_a_refused_call_without_a_body_leaves_the_connection_open(emulator):
    with dial(emulator) as connection:
        for _ in range(2):
            connection.sendall(head(emulator, "Content-Length: 0", token="wrong"))
            assert one_answer(connection)[0] == 401


def test_long_bodies_without_a_token_take_no_memory(emulator):
    statuses = []

    def send():
        with dial(emulator) as connection:
            connection.sendall(head(emulator, f"Content-Length: {40 * MIB}", token="wrong"))
            for _ in range(40):
                connection.sendall(piece)
            statuses.append(one_answer(connection)[0])

    piece = bytes(MIB)
    threads = [threading.Thread(target=send) for _ in range(8)]
    tracemalloc.start()
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert [401] * 8 == statuses
    assert peak < 10 * MIB


# -- what a schema unfolds to -------------------------------------------------------------------------------------


def doubling(levels, leaf):
    names = [f"L{level}" for level in range(levels)]
    definitions = {
        name: {
            "type": "object",
            "properties": {key: {"$ref": f"#/$defs/{after}"} for key in "ab"},
            "required": ["a", "b"],
        }
        for name, after in zip(names, [*names[1:], "leaf"], strict=True)
    }
    return {"$ref": "#/$defs/L0", "$defs": {**definitions, "leaf": leaf}}


def nested_lists(levels):
    schema = {"type": "integer"}
    for _ in range(levels):
        schema = {"type": "array", "minItems": 100, "items": schema}
    return schema


def choices(levels):
    names = [f"L{level}" for level in range(levels)]
    definitions = {
        name: {"anyOf": [{"$ref": f"#/$defs/{after}"}] * 2}
        for name, after in zip(names, [*names[1:], "leaf"], strict=True)
    }
    return {"$ref": "#/$defs/L0", "$defs": {**definitions, "leaf": {"enum": []}}}


BOMBS = {
    "18 levels of two references": doubling(18, {"type": "boolean"}),
    "60 levels": doubling(60, {"type": "boolean"}),
    "long texts": doubling(9, {"type": "string", "minLength": 10_000}),
    "long constants": doubling(9, {"const": "x" * 10_000}),
    "long choices": doubling(9, {"enum": [["x" * 10_000]]}),
    "long names": doubling(9, {"type": "object", "required": ["x" * 10_000]}),
    "long references": doubling(9, {"$ref": "#/$defs/" + "x" * 10_000}),
    "lists of lists": nested_lists(5),
    "choices of which none fits": choices(40),
}


@pytest.mark.parametrize("model", [NATIVE, GEMMA])
@pytest.mark.parametrize("schema", BOMBS.values(), ids=BOMBS)
def test_a_schema_that_unfolds_without_bounds_is_refused(ask, model, schema):
    answered = ask(model, {**HI, "response_format": {"type": "json_schema", "json_schema": schema}})

    assert (answered.status, answered.json["errors"][0]["code"]) == (403, 5024)


@pytest.mark.parametrize("schema", [BOMBS["60 levels"], BOMBS["lists of lists"]])
def test_so_is_one_in_guided_json(ask, schema):
    answered = ask(GUIDED, {**HI, "guided_json": schema})

    assert (answered.status, answered.json["errors"][0]["code"]) == (403, 5024)


def test_a_tool_with_such_parameters_is_called_with_none(ask):
    tool = {"name": "f", "description": "d", "parameters": BOMBS["60 levels"]}

    answered = ask(NATIVE, {**HI, "tools": [tool], "tool_choice": "required"})

    assert answered.json["result"]["tool_calls"] == [{"name": "f", "arguments": {}}]


def test_a_large_value_is_given_all_the_same(ask):
    schema = {"type": "json_schema", "json_schema": doubling(8, {"type": "string", "minLength": 1000})}

    answered = ask(NATIVE, {**HI, "response_format": schema})

    assert answered.body.count(b"emulator......") == 256


def test_a_list_that_may_be_empty_is(ask):
    schema = {"type": "array", "items": {"enum": []}}

    answered = ask(NATIVE, {**HI, "response_format": {"type": "json_schema", "json_schema": schema}})

    assert answered.json["result"]["response"] == []


# -- numbers that JSON has not ------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["1e999", "-1e999", "Infinity", "NaN"])
@pytest.mark.parametrize(
    "body",
    [
        '{"prompt":"a","response_format":{"type":"json_schema","json_schema":{"const":%s}}}',
        '{"prompt":"a","max_tokens":%s}',
        '{"prompt":"a","other":[%s]}',
    ],
)
def test_a_number_beyond_all_is_refused(ask, body, number):
    answered = ask(GEMMA, (body % number).encode())

    assert (answered.status, answered.json["errors"][0]["code"]) == (400, 5006)


def strictly(body):
    def refuse(name):
        raise AssertionError(name)

    return json.loads(body, parse_constant=refuse)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "number", "minimum": 1, "multipleOf": 5e-324},
        {"type": "number", "exclusiveMinimum": 1e15, "multipleOf": 1e-310},
    ],
)
def test_no_infinity_is_made_of_small_steps(ask, schema):
    answered = ask(NATIVE, {**HI, "response_format": {"type": "json_schema", "json_schema": schema}})

    assert answered.status == 200
    strictly(answered.body)


def test_no_infinity_is_made_of_a_slow_sound(ask):
    answered = ask(
        "@cf/nvidia/nemotron-speech-streaming-en-0.6b",
        b'{"audio":"AAAA","encoding":"linear16","sample_rate":5e-324,"channels":1}',
    )

    assert strictly(answered.body)["result"]["duration"] is None


def test_a_text_that_python_takes_for_json_stays_one(ask):
    with Emulator(fragments="json") as emulator:
        answered = ask(
            NATIVE,
            {"prompt": "x", "response_format": {"type": "json_schema", "json_schema": {"const": "[Infinity, NaN]"}}},
            to=emulator,
        )

    assert strictly(answered.body)["result"]["response"] == "[Infinity, NaN]"


def test_a_whole_number_beyond_floats_does_no_harm(ask):
    answered = ask("@cf/leonardo/lucid-origin", b'{"prompt":"a","width":64,"height":64,"steps":1%b}' % (b"0" * 400))

    assert (answered.status, answered.json["errors"][0]["code"]) == (400, 5006)


# -- by which name it is called -----------------------------------------------------------------------------------

OWN = ["localhost", "LocalHost:80", "127.0.0.1", "127.0.0.1:8787", "127.3.2.1:1", "[::1]", "[::1]:99", "localhost:"]
FOREIGN = [
    "evil.example",
    "evil.example:8787",
    "localhost.evil.example",
    "evillocalhost",
    "127.evil.example",
    "127.0.0.1.evil.example",
    "10.0.0.1",
    "[::2]",
    "169.254.169.254",
    "0.0.0.0",
    "x@localhost",
    "",
]


@pytest.mark.parametrize("host", OWN)
def test_a_name_of_loopback_is_taken(emulator, host):
    with dial(emulator) as connection:
        connection.sendall(head(emulator, "Content-Length: 12", host=host) + b'{"text":"a"}')
        assert one_answer(connection)[0] == 200


@pytest.mark.parametrize("host", FOREIGN)
def test_a_foreign_name_is_refused(emulator, host):
    seen = len(emulator.requests)

    with dial(emulator) as connection:
        connection.sendall(head(emulator, "Content-Length: 12", host=host) + b'{"text":"a"}')
        status, headers, body = one_answer(connection)

    assert (status, json.loads(body)["success"]) == (421, False)
    assert headers["server"] == "cfai-emulator"
    assert len(emulator.requests) == seen


def test_a_long_body_for_a_foreign_name_is_not_read(emulator):
    with dial(emulator) as connection:
        connection.sendall(head(emulator, f"Content-Length: {40 * MIB}", host="evil.example"))
        assert one_answer(connection)[0] == 421


@pytest.mark.parametrize("host", ["localhost", "127.0.0.2"])
def test_whatever_is_loopback_is_guarded(host):
    with Emulator(host=host) as emulator, dial(emulator) as connection:
        connection.sendall(head(emulator, "Content-Length: 12", host="evil.example") + b'{"text":"a"}')
        assert one_answer(connection)[0] == 421


def test_one_that_listens_everywhere_takes_every_name():
    with Emulator(host="0.0.0.0") as emulator, dial(emulator) as connection:
        connection.sendall(head(emulator, "Content-Length: 12", host="models.example") + b'{"text":"a"}')
        assert one_answer(connection)[0] == 200
