"""Calls through a gateway (docs/wire.md 2.6 and 8)."""

import json
import re

import pytest

from cfai.emulator import Emulator

TEXT = "@cf/meta/llama-3.2-3b-instruct"
SPEECH = "@cf/deepgram/aura-1"
PICTURE = "@cf/leonardo/phoenix-1.0"
UUID_7 = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
BODY = {"prompt": "Say hello"}
CACHED = {"cf-aig-cache-ttl": "60"}


@pytest.fixture
def through(ask, emulator):
    def call(body=BODY, *, model=TEXT, gateway="default", to=emulator, path=None, **headers):
        sent = {"Authorization": f"Bearer {to.api_token}", "cf-aig-gateway-id": gateway}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return ask(model, body, to=to, headers=sent, path=path)

    return call


def of_gateway(answered):
    return {name: value for name, value in answered.headers.items() if name.startswith("cf-aig-")}


def test_a_call_has_an_id_in_the_log_and_the_names_of_what_answered(through):
    headers = of_gateway(through())

    assert re.fullmatch(UUID_7, headers.pop("cf-aig-log-id"))
    assert headers == {
        "cf-aig-step": "0",
        "cf-aig-provider": "workers-ai",
        "cf-aig-model": TEXT,
    }


def test_without_a_gateway_there_are_none_of_its_headers(ask):
    assert of_gateway(ask(TEXT, BODY)) == {}


def test_each_call_has_an_id_of_its_own_and_the_rest_is_the_same(through):
    one, other = through(), through()

    assert one.body == other.body
    assert one.headers["cf-aig-log-id"] != other.headers["cf-aig-log-id"]


def test_the_same_calls_get_the_same_ids_from_another_emulator(through):
    ids = []
    for _ in range(2):
        with Emulator() as emulator:
            ids.append([through(to=emulator).headers["cf-aig-log-id"] for _ in range(2)])

    assert ids[0] == ids[1]
    assert ids[0] == sorted(ids[0])


def test_the_event_s_id_comes_back(through):
    assert through(cf_aig_event_id="event-7").headers["cf-aig-event-id"] == "event-7"


@pytest.mark.parametrize(
    "metadata",
    [
        '{"a":"b"}',
        '{"a":null}',
        '{"a":{"b":1}}',
        '{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}',
        "not JSON",
    ],
)
def test_metadata_that_is_dropped_is_dropped_in_silence(through, metadata):
    answered = through(cf_aig_metadata=metadata)

    assert answered.status == 200
    assert answered.body == through().body


def test_a_stream_has_the_headers_too(through):
    answered = through({**BODY, "stream": True}, **CACHED)

    assert answered.headers["content-type"] == "text/event-stream"
    assert re.fullmatch(UUID_7, answered.headers["cf-aig-log-id"])
    assert answered.body.endswith(b"data: [DONE]\n\n")


def test_a_model_that_the_body_names_is_named_in_the_headers(through, emulator):
    path = f"/client/v4/accounts/{emulator.account_id}/ai/run"
    asked = {"messages": [{"role": "user", "content": "Hi"}]}

    theirs = through({"model": "openai/gpt-5-mini", "input": asked}, path=path)
    own = through({"model": TEXT, "input": asked}, path=path)

    assert [theirs.headers[f"cf-aig-{name}"] for name in ("provider", "model")] == ["openai", "gpt-5-mini"]
    assert [own.headers[f"cf-aig-{name}"] for name in ("provider", "model")] == ["workers-ai", TEXT]


@pytest.mark.parametrize(
    ("model", "body", "status"), [(TEXT, {}, 400), ("@cf/nobody/nothing", BODY, 400), (TEXT, b"[", 400)]
)
def test_a_refusal_has_an_id_and_no_names(through, model, body, status):
    answered = through(body, model=model)

    assert answered.status == status
    assert sorted(of_gateway(answered)) == ["cf-aig-log-id", "cf-aig-step"]


def test_a_wrong_token_does_not_reach_the_gateway(ask):
    answered = ask(TEXT, BODY, headers={"Authorization": "Bearer wrong", "cf-aig-gateway-id": "default"})

    assert answered.status == 401
    assert of_gateway(answered) == {}


@pytest.mark.parametrize(("model", "body"), [(TEXT, BODY), (PICTURE, {"prompt": "a", "width": 64, "height": 64})])
def test_the_second_call_comes_from_the_cache_where_one_is_asked_for(through, model, body):
    with Emulator() as emulator:
        answers = [through(body, model=model, to=emulator, **CACHED) for _ in range(2)]
        another = through({**body, "prompt": "b"}, model=model, to=emulator, **CACHED)
        elsewhere = through(body, model=model, to=emulator, gateway="other", **CACHED)
        without = through(body, model=model, to=emulator)

    assert [each.headers["cf-aig-cache-status"] for each in answers] == ["MISS", "HIT"]
    assert answers[0].body == answers[1].body
    assert answers[0].headers["cf-ai-req-id"] != answers[1].headers["cf-ai-req-id"]
    assert answers[0].headers["content-type"] == answers[1].headers["content-type"]
    assert another.headers["cf-aig-cache-status"] == elsewhere.headers["cf-aig-cache-status"] == "MISS"
    assert without.headers["cf-aig-cache-status"] is None


def test_a_key_of_one_s_own_stands_for_the_request(through):
    with Emulator() as emulator:
        keyed = {"to": emulator, "cf_aig_cache_key": "mine", **CACHED}
        first, second = through(**keyed), through({"prompt": "Something else"}, **keyed)

    assert second.headers["cf-aig-cache-status"] == "HIT"
    assert first.body == second.body


def test_a_cache_that_is_to_be_skipped_is_skipped(through):
    with Emulator() as emulator:
        through(to=emulator, **CACHED)
        skipped = through(to=emulator, cf_aig_skip_cache="true", **CACHED)
        after = through(to=emulator, **CACHED)

    assert [each.headers["cf-aig-cache-status"] for each in (skipped, after)] == ["MISS", "HIT"]


def test_an_answer_is_forgotten_after_its_time(through):
    with Emulator() as emulator:
        answers = [through(to=emulator, cf_aig_cache_ttl="0") for _ in range(2)]

    assert [each.headers["cf-aig-cache-status"] for each in answers] == ["MISS", "MISS"]


def test_sounds_streams_and_refusals_are_not_cached(through):
    with Emulator() as emulator:
        for model, body in [(SPEECH, {"text": "Hi"}), (TEXT, {**BODY, "stream": True}), (TEXT, {})]:
            answers = [through(body, model=model, to=emulator, **CACHED) for _ in range(2)]
            assert [each.headers["cf-aig-cache-status"] for each in answers] == ["MISS", "MISS"]


def test_the_cache_keeps_so_many_answers(through):
    with Emulator() as emulator:
        for number in range(257):
            through({"prompt": str(number)}, to=emulator, **CACHED)
        last, first = (through({"prompt": text}, to=emulator, **CACHED) for text in ("256", "0"))

    assert [each.headers["cf-aig-cache-status"] for each in (last, first)] == ["HIT", "MISS"]


@pytest.mark.parametrize(
    ("mark", "refusal"),
    [
        (
            "cfai-refuse-prompt",
            (
                424,
                b'{"name":"AiGatewayError","internalCode":2016,'
                b'"error":"Prompt blocked due to security configurations"}',
            ),
        ),
        (
            "cfai-refuse-answer",
            (
                422,
                b'{"name":"AiGatewayError","internalCode":2017,'
                b'"error":"Response blocked due to security configurations"}',
            ),
        ),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_a_marked_prompt_meets_a_guardrail(ask, through, mark, refusal, stream):
    asked = {"messages": [{"role": "user", "content": f"Now {mark} please"}], "stream": stream}

    answered = through(asked)

    assert (answered.status, answered.body) == refusal
    assert re.fullmatch(UUID_7, answered.headers["cf-aig-log-id"])
    assert answered.headers["cf-ai-req-id"] is None
    assert ask(TEXT, asked).status == 200


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (2001, 400), (2003, 429), (2005, 400), (2008, 400), (2009, 401), (2014, 408), (2021, 402), (2029, 424),
        (2041, 429), (2045, 429), (7013, 503),
    ],
)  # fmt: skip
def test_a_gateway_s_name_makes_it_refuse(through, code, status):
    answered = through(gateway=f"refuse-{code}")

    assert answered.status == status
    assert list(answered.json) == ["success", "error"]
    assert [each["code"] for each in answered.json["error"]] == [code]
    assert answered.headers["retry-after"] is None


def test_a_spend_limit_is_these_bytes(through):
    answered = through(gateway="refuse-2041")

    assert answered.body == b'{"success":false,"error":[{"code":2041,"message":"Spend limit reached"}]}'


@pytest.mark.parametrize("gateway", ["refuse-3040", "refuse-9999", "refuse-20411", "my-refuse-2041", "refuse-"])
def test_any_other_name_is_a_gateway_s_name(through, gateway):
    assert through(gateway=gateway).status == 200


def test_the_wrapper_s_body_need_not_be_json(through, emulator):
    answered = through(b"{", path=f"/client/v4/accounts/{emulator.account_id}/ai/run")

    assert (answered.status, answered.json["errors"][0]["code"]) == (400, 7003)
    assert json.loads(answered.body)["result"] is None
