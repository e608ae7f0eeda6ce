"""The refusals of docs/wire.md 2.3 and 2.4 that a request can bring about, byte by byte, and the table of all."""

import base64
import json

import pytest

from cfai.emulator._refusals import REFUSALS, known
from cfai.emulator._replies import refused

SCHNELL = "@cf/black-forest-labs/flux-1-schnell"
KLEIN = "@cf/black-forest-labs/flux-2-klein-4b"
DEV = "@cf/black-forest-labs/flux-2-dev"
NATIVE = "@cf/meta/llama-3.2-3b-instruct"
HYBRID = "@cf/meta/llama-3.3-70b-instruct-fp8-fast"
SCOUT = "@cf/meta/llama-4-scout-17b-16e-instruct"
VISION = "@cf/meta/llama-3.2-11b-vision-instruct"
MISTRAL = "@cf/mistralai/mistral-small-3.1-24b-instruct"
GEMMA = "@cf/google/gemma-4-26b-a4b-it"
GLM = "@cf/zai-org/glm-5.3"
KIMI = "@cf/moonshotai/kimi-k2.6"
GPT_OSS = "@cf/openai/gpt-oss-20b"
LORA = "@cf/mistral/mistral-7b-instruct-v0.2-lora"
NOVA = "@cf/deepgram/nova-3"
ASKED = {"messages": [{"role": "user", "content": "Say hello"}]}
SOUND = b"\xff\xfb\x90\x00" + bytes(15_996)


def words(answered):
    """Check that a model refused, and return status, code and words without the id at their end."""
    (error,) = answered.json["errors"]
    request_id = answered.headers["cf-ai-req-id"]
    assert answered.body.startswith(b'{"errors":[{"message":"AiError: AiError: ')
    assert answered.body.endswith(b'"success":false,"result":{},"messages":[]}')
    assert error["message"].endswith(f" ({request_id})")
    said = error["message"].removeprefix("AiError: AiError: ").removesuffix(f" ({request_id})")
    return answered.status, error["code"], said


def form(**fields):
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()
    ]
    return "".join([*parts, "--b--\r\n"]).encode()


def tool(**schema):
    return {"type": "function", "function": {"name": "f", "description": "d", "parameters": schema}}


def json_mode(schema):
    return {"type": "json_schema", "json_schema": schema}


@pytest.mark.parametrize(
    ("more", "keys"),
    [
        ({"width": 512, "height": 512}, "'/width, /height'"),
        ({"seed": 1}, "'/seed'"),
        ({"negative_prompt": "x", "guidance": 2, "steps": 4}, "'/negative_prompt, /guidance'"),
        ({"num_steps": 4}, "'/num_steps'"),
        ({"stream": True}, "'/stream'"),
    ],
)
def test_a_closed_schema_names_the_keys_that_it_lacks(ask, more, keys):
    answered = ask(SCHNELL, {"prompt": "a red cat", **more})

    request_id = answered.headers["cf-ai-req-id"]
    assert answered.status == 400
    assert answered.body.decode() == (
        '{"errors":[{"message":"AiError: AiError: Bad input: Error: Additional or unevaluated properties '
        f'{keys} at \'/\' not allowed ({request_id})","code":5006}}],'
        '"success":false,"result":{},"messages":[]}'
    )


@pytest.mark.parametrize(("length", "steps", "status"), [(2048, 1, 200), (2048, 8, 200), (2049, 1, 400), (1, 0, 400)])
def test_its_prompt_and_its_steps_have_limits(ask, length, steps, status):
    assert ask(SCHNELL, {"prompt": "x" * length, "steps": steps}).status == status


def test_a_closed_schema_has_room_for_the_options_of_the_service(ask):
    plain = ask(SCHNELL, {"prompt": "a red cat"})
    rejecting = ask(SCHNELL, {"prompt": "a red cat", "options": {"rejectIfBusy": True}})

    assert (200, 200) == (plain.status, rejecting.status)
    assert json.loads(plain.body) == json.loads(rejecting.body)


def test_another_model_takes_these_fields(ask):
    body = {"prompt": "a", "width": 64, "height": 64, "seed": 1, "guidance": 2}

    assert ask("@cf/leonardo/lucid-origin", body).status == 200


@pytest.mark.parametrize("model", [NATIVE, HYBRID, SCOUT, VISION, GEMMA, KIMI, GPT_OSS])
@pytest.mark.parametrize("stream", [False, True])
def test_an_empty_list_of_tools_is_refused(ask, model, stream):
    answered = ask(model, {**ASKED, "tools": [], "stream": stream})

    assert words(answered) == (
        400,
        8007,
        '{"object":"error","message":"tools must not be empty","type":"BadRequestError"}',
    )


def test_an_empty_list_of_tools_is_refused_in_responses_too(ask):
    assert words(ask(GPT_OSS, {"input": "Hi", "tools": []}))[:2] == (400, 8007)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": ["string", "null"]},
        {"type": "string", "nullable": True},
        {"type": "object", "properties": {"a": {"type": ["null", "number"]}}},
        {"type": "object", "properties": {"a": {"type": "array", "items": {"nullable": True, "type": "string"}}}},
        {"$defs": {"N": {"type": ["string", "null"]}}, "$ref": "#/$defs/N"},
        {"anyOf": [{"type": "string"}, {"type": ["null", "boolean"]}]},
    ],
)
def test_nulls_in_schemas_are_refused_by_one_model(ask, schema):
    answered = {
        model: (
            ask(model, {**ASKED, "response_format": json_mode(schema)}).status,
            ask(model, {**ASKED, "response_format": json_mode({"name": "n", "schema": schema})}).status,
            ask(model, {**ASKED, "tools": [tool(properties={"x": schema})]}).status,
        )
        for model in (HYBRID, GEMMA)
    }

    assert answered == {HYBRID: (400, 400, 400), GEMMA: (200, 200, 200)}


@pytest.mark.parametrize(
    "schema",
    [
        {"anyOf": [{"type": "string"}, {"type": "null"}]},
        {"type": ["string", "number"]},
        {"type": "object", "properties": {"nullable": {"type": "string"}, "type": {"type": "string"}}},
        {"enum": [{"nullable": True}]},
    ],
)
def test_it_takes_any_of_and_properties_of_those_names(ask, schema):
    assert ask(HYBRID, {**ASKED, "response_format": json_mode(schema)}).status == 200


def test_names_of_properties_in_schemas_are_refused_by_another(ask):
    schema = {"type": "object", "propertyNames": {"pattern": "^a"}}

    assert [ask(model, {**ASKED, "tools": [tool(**schema)]}).status for model in (SCOUT, HYBRID)] == [400, 200]


@pytest.mark.parametrize("schema", [{"enum": []}, {"not": {}}, {"anyOf": [False, {"enum": []}]}])
@pytest.mark.parametrize("model", [NATIVE, HYBRID, GEMMA])
def test_json_mode_fails_where_no_value_fits(ask, model, schema):
    whole = {"type": "object", "properties": {"a": schema}, "required": ["a"]}

    answered = ask(model, {**ASKED, "response_format": json_mode(whole)})

    assert words(answered) == (403, 5024, "JSON Model couldn't be met")


def test_json_mode_takes_the_first_choice_that_has_a_value(ask):
    answered = ask(NATIVE, {**ASKED, "response_format": json_mode({"anyOf": [False, {"const": 5}]})})

    assert answered.json["result"]["response"] == 5


@pytest.mark.parametrize("model", [VISION, MISTRAL, "@cf/qwen/qwq-32b"])
def test_a_schema_is_refused_where_there_is_no_json_mode(ask, model):
    answered = ask(model, {**ASKED, "response_format": json_mode({"type": "object"})})

    assert words(answered) == (403, 5025, "This model doesn't support JSON Schema")
    assert ask(model, {**ASKED, "response_format": {"type": "text"}, "stream": True}).status == 200


def test_a_forced_call_needs_tokens_after_the_thinking(ask):
    body = {**ASKED, "tools": [tool(type="object")], "tool_choice": "required"}

    assert words(ask(GLM, {**body, "max_tokens": 5}))[:2] == (400, 8006)
    assert ask(GLM, {**body, "max_tokens": 50}).status == 200


@pytest.mark.parametrize("model", [GEMMA, SCOUT, VISION])
def test_a_picture_without_data_is_refused(ask, model):
    part = {"type": "image_url", "image_url": {"url": "data:image/png;base64,"}}

    answered = ask(model, {"messages": [{"role": "user", "content": [part]}]})

    assert words(answered) == (400, 8006, "Invalid input: the image data is broken")


@pytest.mark.parametrize(
    ("model", "body", "total", "window"),
    [
        (GPT_OSS, {**ASKED, "max_tokens": 127_999}, 128_001, 128_000),
        (GPT_OSS, {"input": "Say hello", "max_output_tokens": 127_999}, 128_001, 128_000),
        (KIMI, {**ASKED, "max_completion_tokens": 262_143}, 262_145, 262_144),
        (GLM, {**ASKED, "max_tokens": 1_048_575}, 1_048_577, 1_048_576),
        ("@cf/deepseek-ai/deepseek-v4-pro-0813", {**ASKED, "max_tokens": 1_048_575}, 1_048_577, 1_048_576),
    ],
)
def test_a_window_that_is_too_small_is_told_with_its_numbers(ask, model, body, total, window):
    name = next(key for key in body if key.startswith("max"))

    assert words(ask(model, body)) == (
        413,
        5021,
        f"The estimated number of input and maximum output tokens ({total}) exceeded this model context window limit"
        f" ({window}).",
    )
    assert ask(model, {**body, name: body[name] - 1}).status == 200


def test_a_prompt_that_is_marked_is_not_drawn(ask):
    kind = "multipart/form-data; boundary=b"
    refusal = (400, 8007, "Input prompt contains NSFW content")

    assert words(ask(SCHNELL, {"prompt": "an NSFW cat"})) == refusal
    assert words(ask(KLEIN, form(prompt="nsfw"), kind=kind)) == refusal
    assert ask(DEV, form(prompt="nsfw"), kind=kind).status == 200
    assert ask(SCHNELL, {"prompt": "a cat"}).status == 200


def test_a_finetune_may_be_missing(ask):
    assert words(ask(LORA, {"prompt": "x", "lora": "missing-finetune"})) == (404, 3037, "Finetune not found")
    assert ask(LORA, {"prompt": "x", "lora": "mine"}).status == 200


@pytest.mark.parametrize(("query", "status"), [("?language=uk", 400), ("?language=en", 200), ("", 200)])
def test_nova_does_not_take_one_language(ask, query, status):
    answered = ask(f"{NOVA}{query}", SOUND, kind="audio/mpeg")

    assert answered.status == status
    assert status == 200 or words(answered)[1] == 8007


def test_nova_tells_its_usage_beside_the_results(ask):
    result = ask(NOVA, SOUND, kind="audio/mpeg").json["result"]

    assert list(result) == ["results", "usage"]
    # One second at 472.73 neurons a minute.
    assert result["usage"]["neurons"] == pytest.approx(472.73 / 60)


@pytest.mark.parametrize("body", [{"text": "x"}, {"text": ""}])
def test_the_model_of_the_api_reference_s_example_answers_as_it_shows(ask, body):
    answered = ask("model_name", body)

    assert answered.status == 200
    assert answered.body == b'{"result":[{"label":"label","score":0}],"success":true,"errors":[],"messages":[]}'
    assert answered.headers["cf-ai-neurons"] is None


@pytest.mark.parametrize("model", ["another_name", "model_name/", "models_name", "MODEL_NAME"])
def test_another_name_without_a_slash_has_no_route(ask, model):
    answered = ask(model, {"text": "x"})

    assert (answered.status, answered.json["errors"][0]["code"]) == (400, 7000)


@pytest.mark.parametrize("gateway", [{}, {"cf-aig-gateway-id": "default"}])
def test_a_name_without_a_slash_is_no_third_party_s(ask, emulator, gateway):
    path = f"/client/v4/accounts/{emulator.account_id}/ai/run"
    headers = {"Authorization": f"Bearer {emulator.api_token}", **gateway}

    answered = ask("", {"model": "model_name", "input": {"text": "x"}}, path=path, headers=headers)

    assert answered.status == 404
    assert answered.body == (
        b'{"result":null,"success":false,"errors":[{"code":7003,"message":"The model is not in the catalog"}],'
        b'"messages":[]}'
    )


# Every code of the two tables with each of its statuses, written down from the facts and not from the table.
FACTS = {
    (5007, 400), (5004, 400), (3039, 400), (3003, 400), (5018, 403), (5016, 403), (3023, 403), (3041, 403),
    (5035, 403), (5019, 405), (5005, 405), (3042, 404), (3006, 413), (3007, 408), (3008, 408), (3036, 429),
    (3040, 429), (5024, 403), (5025, 403), (2005, 400), (2014, 408), (2016, 424), (2017, 424), (2017, 422),
    (7013, 503), (3037, 400), (3037, 404), (3037, 500), (3043, 500), (3001, 500), (6002, 404), (6003, 404),
    (7009, 502), (7009, 503), (7009, 400), (8002, 400), (3010, 400), ("not_found_error", 404), (4006, 429),
    (3046, 408), (5006, 400), (5012, 422), (5012, 529), (None, 529), (5021, 413), (3030, 400), (5028, 400),
    (5028, 410), (8001, 400), (8005, 500), (8006, 400), (8007, 400), (5001, 500), (7000, 400), (7003, 400),
    (7003, 404), (2045, 429), (2041, 429), (6003, 400), (2005, 402), (10000, 401), (2001, 400), (2003, 429),
    (2008, 400), (2009, 401), (2021, 402), (2029, 424),
}  # fmt: skip


def test_the_table_has_every_code_with_each_of_its_statuses():
    assert {(each.code, each.status) for each in REFUSALS} == FACTS


@pytest.mark.parametrize(
    ("code", "words_", "count"),
    [
        (5024, "JSON Model couldn't be met", 1),
        (5025, "This model doesn't support JSON Schema", 1),
        (2005, "Failed to get response from provider", 2),
        (3046, "Request timeout", 1),
        (3030, "Sequence too long", 1),
        (3030, "only supports 60000", 1),
        (3030, "too many input images. max=4", 1),
        (7003, "Could not route", 1),
        (7003, "User Input Error", 1),
        (8007, "Input prompt contains NSFW content", 1),
        (8007, "does not support request queuing", 1),
        (8007, '{"object":"error","message":"', 2),
        (8007, "maximum context length", 1),
        (8001, "maximum context length", 1),
        (5012, '{"error":{"type":"inference_error",', 1),
        (5006, "Additional or unevaluated properties '/width, /height' at '/' not allowed", 1),
    ],
)
def test_the_table_has_the_recorded_words(code, words_, count):
    assert [words_ in each.words for each in REFUSALS if each.code == code].count(True) == count


@pytest.mark.parametrize(
    ("code", "status", "about", "body"),
    [
        (3040, None, "", '{"errors":[{"message":"AiError: AiError: Out of capacity (id)","code":3040}],'
         '"success":false,"result":{},"messages":[]}'),
        (10000, None, "", '{"result":null,"success":false,"errors":[{"code":10000,"message":"Authentication error"}],'
         '"messages":[]}'),
        (2005, None, "", '{"success":false,"error":[{"code":2005,"message":"Failed to get response from provider"}]}'),
        (2016, None, "", '{"name":"AiGatewayError","internalCode":2016,'
         '"error":"Prompt blocked due to security configurations"}'),
        (5028, 410, "", '{"errors":[{"message":"AiError: This model was deprecated on 2026-05-30. Please use an'
         ' alternative model (id)","code":5028}]}'),
        ("not_found_error", None, "", '{"type":"error","error":{"type":"not_found_error",'
         '"message":"The model does not exist"}}'),
        (None, 529, "", '{"errors":[{"message":"AiError: AiError: Overloaded (id)"}],"success":false,"result":{},'
         '"messages":[]}'),
    ],
)  # fmt: skip
def test_each_form_of_a_refusal_s_body(code, status, about, body):
    reply = refused(known(code, about, status=status), "id")

    assert reply.body.decode() == body
    assert ("cf-ai-req-id" in reply.headers) == ("(id)" in body)


def test_every_refusal_of_the_table_can_be_sent():
    for each in REFUSALS:
        reply = refused(each, "id")
        assert reply.status == each.status
        assert isinstance(json.loads(reply.body), dict)


def test_what_the_table_lacks_is_an_error():
    with pytest.raises(KeyError):
        known(9999)


def test_a_broken_base64_is_still_the_documented_code(ask):
    part = {"type": "image_url", "image_url": {"url": "data:image/png;base64,%%%"}}
    good = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{base64.b64encode(b'x').decode()}"}}

    assert words(ask(GEMMA, {"messages": [{"role": "user", "content": [part]}]}))[:2] == (400, 5004)
    assert ask(GEMMA, {"messages": [{"role": "user", "content": [good]}]}).status == 200
