"""The codes of the service: what each one is by its status, its words and its body."""

import copy
import json
import pickle
import time
from typing import Any

import pytest
from kit.codes import AGAIN, AT_ANY_STATUS, CHARGED, FINAL, ROWS, Row, enveloped

import cfai
from cfai._wire.answer.decode import decode
from cfai._wire.http_values import Headers, Response
from cfai._wire.refusal.codes import CODES
from cfai._wire.refusal.errors import refusal_of_item
from cfai._wire.request.encode import encode
from cfai._wire.text.stream import TextStreamReader

MODEL = "@cf/meta/llama-3.2-3b-instruct"
ACCOUNT = "0123456789abcdef0123456789abcdef"
UUID = "0192f0c1-7a3b-7c4d-8e5f-0123456789ab"
OTHER = "d4c3b2a1-0000-4000-8000-ba9876543210"


def refused(status: int, body: Any, headers: dict[str, str] | None = None, promise: Any = None) -> Any:
    """Return the error of a whole answer."""
    response = Response(status=status, headers=Headers(headers or {}), body=json.dumps(body).encode())
    with pytest.raises(cfai.ApiError) as caught:
        decode(response, encode(MODEL, {"prompt": "hi"} if promise is None else promise), ACCOUNT)
    return caught.value


def refused_in_a_stream(body: Any, before: bytes = b"", headers: dict[str, str] | None = None) -> Any:
    """Return the error of a stream whose event refuses."""
    response = Response(status=200, headers=Headers(headers or {}), body=b"")
    reader = TextStreamReader(response=response, model=MODEL, account_id=ACCOUNT)
    reader.feed(before + b"data: " + json.dumps(body).encode() + b"\n\n")
    assert isinstance(reader.failure, cfai.ApiError)
    return reader.failure


def facts(error: Any) -> tuple[str, tuple[bool, bool]]:
    return type(error).__name__, (error.retryable, error.may_be_charged)


def test_the_rows_cover_the_table_and_no_code_more() -> None:
    assert {row.code for row in ROWS} == set(CODES)


@pytest.mark.parametrize("row", ROWS, ids=str)
@pytest.mark.parametrize(
    "promise", [None, cfai.Prompt("hi"), cfai.TextToImage("hi")], ids=["mapping", "text", "picture"]
)
def test_a_code_has_its_class_and_its_outcome(row: Row, promise: Any) -> None:
    body = row.body(UUID)
    error = refused(row.status, body, {"cf-ai-req-id": UUID}, promise)

    assert (row.name, row.outcome) == facts(error)
    assert (row.code, row.status, UUID) == (error.code, error.status, error.request_id)
    assert body["errors"] == error.errors
    assert 1 == str(error).count(UUID)
    assert "AiError" not in str(error)
    again = pickle.loads(pickle.dumps(error))
    assert (vars(error), str(error)) == (vars(again), str(again))


@pytest.mark.parametrize("row", AT_ANY_STATUS, ids=str)
def test_the_same_holds_without_a_status(row: Row) -> None:
    expected, body = (row.name, row.outcome), row.body()

    assert expected == facts(refused(200, body))
    assert expected == facts(refused_in_a_stream(body))
    assert expected == facts(refusal_of_item({"id": 0, "success": False, "errors": body["errors"]}))
    assert expected == facts(refusal_of_item({"id": 0, "error": body["errors"][0]}))


@pytest.mark.parametrize("row", AT_ANY_STATUS, ids=str)
@pytest.mark.parametrize("other", [400, 404, 418, 500, 503])
def test_the_codes_outcome_goes_before_the_statuses(row: Row, other: int) -> None:
    assert (row.name, row.outcome) == facts(refused(other, row.body()))


def test_402_is_a_payment_whatever_the_code() -> None:
    assert {("PaymentRequired", FINAL)} == {facts(refused(402, row.body())) for row in ROWS}


def test_clefs_transient_failure_is_told_by_its_words_where_there_is_no_status() -> None:
    transient, invalid = '{"error":{"type":"inference_error"}}', '{"detail":[]}'

    for status in (200, 201):
        assert ("ServerError", AGAIN) == facts(refused(status, enveloped(5012, transient)))
        assert ("InvalidInput", FINAL) == facts(refused(status, enveloped(5012, invalid)))
    assert ("ServerError", AGAIN) == facts(refusal_of_item({"id": 0, "error": {"code": 5012, "message": transient}}))


@pytest.mark.parametrize(
    ("status", "name", "outcome"),
    [
        (529, "ServerError", AGAIN),
        (530, "ServerError", AGAIN),
        (503, "ServerError", AGAIN),
        (504, "ServerError", AGAIN),
        (524, "ServerError", CHARGED),
        (408, "ServerTimeout", CHARGED),
        (429, "RateLimited", AGAIN),
        (501, "ServerError", FINAL),
        (404, "ModelNotFound", FINAL),
        (402, "PaymentRequired", FINAL),
        (424, "ApiError", FINAL),
        (410, "ApiError", FINAL),
    ],
)
def test_without_a_code_the_status_says_what_can_have_been_done(
    status: int, name: str, outcome: tuple[bool, bool]
) -> None:
    assert (name, outcome) == facts(refused(status, {"message": "no"}))
    assert (name, outcome) == facts(refused(status, {"error": "no"}))


@pytest.mark.parametrize("code", [3030, 8001, 8007])
@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Output was flagged. Choose another prompt.", "ContentFlagged"),
        ("Input prompt contains NSFW content.", "ContentFlagged"),
        ("blocked for safety reasons", "ContentFlagged"),
        ("The request violates our usage policies", "ContentFlagged"),
        ("rejected by content moderation", "ContentFlagged"),
        ("safety_tolerance must be <= 6", "InvalidInput"),
        ("Additional or unevaluated properties '/nsfw, /safety' at '/' not allowed", "InvalidInput"),
        ("The sequence length exceeds the context length", "ContextTooLong"),
        ("Prompt is too long", "ContextTooLong"),
        ("This model's maximum context length is 8192 tokens. However, you requested 9000", "ContextTooLong"),
        ("The number of input tokens (9000) exceeds 8192", "ContextTooLong"),
        ("request exceeds the context window", "ContextTooLong"),
        ("Too many input tokens", "ContextTooLong"),
        ("max_tokens must be at least 1", "InvalidInput"),
        ("The name of the tool is too long", "InvalidInput"),
        ("too many input images. max=4", "InvalidInput"),
    ],
)
def test_one_code_of_several_meanings_is_told_by_its_words(code: int, words: str, name: str) -> None:
    assert name == type(refused(400, enveloped(code, f"AiError: AiError: {words} ({UUID})"))).__name__


# -- where codes stand


@pytest.mark.parametrize(
    ("body", "name", "code", "message"),
    [
        (enveloped("2016"), "ContentFlagged", 2016, "no"),
        ({"name": "AiGatewayError", "internalCode": 2016, "error": "blocked"}, "ContentFlagged", 2016, "blocked"),
        ({"name": "AiGatewayError", "internalCode": "2017", "error": "blocked"}, "ContentFlagged", 2017, "blocked"),
        ({"internalCode": 2016, "error": {"message": "blocked"}}, "ContentFlagged", 2016, "blocked"),
        ({"error": {"internalCode": 2016, "message": "blocked"}}, "ContentFlagged", 2016, "blocked"),
        ({"errors": [{"internalCode": 2016, "message": "blocked"}]}, "ContentFlagged", 2016, "blocked"),
        ({"errors": [{"error": {"code": 2016, "message": "blocked"}}]}, "ContentFlagged", 2016, "blocked"),
        ({"errors": [{"code": 99, "internalCode": 2016, "message": "no"}]}, "ContentFlagged", 2016, "no"),
        ({"success": False, "error": [{"code": 2005, "message": "no"}]}, "ServerError", 2005, "no"),
        (
            {"type": "error", "error": {"type": "not_found_error", "message": "no"}},
            "ModelNotFound",
            "not_found_error",
            "no",
        ),
        ({"error": {"message": "no", "type": "invalid_request_error", "code": "5006"}}, "InvalidInput", 5006, "no"),
        ({"errors": [{"code": 5028, "message": "gone"}]}, "ModelDeprecated", 5028, "gone"),
        ({"errors": [{"code": 1, "message": "a"}, {"code": 3040, "message": "b"}]}, "OutOfCapacity", 3040, "a; b"),
        (
            {"errors": [{"code": 5006, "message": "a"}, {"code": 3030, "message": "flagged"}]},
            "InvalidInput",
            5006,
            "a; flagged",
        ),
    ],
)  # fmt: skip
def test_a_code_is_found_wherever_it_stands(body: Any, name: str, code: Any, message: str) -> None:
    for error in (refused(400, body), refused(200, body), refused_in_a_stream(body), refusal_of_item(body)):
        assert (name, code, message) == (type(error).__name__, error.code, error.message)


@pytest.mark.parametrize("kind", ["https://developers.cloudflare.com/errors/1015", "about:blank", "", "error"])
def test_the_type_of_a_problem_document_is_no_code(kind: str) -> None:
    body = {"type": kind, "title": "Rate limited", "status": 429, "detail": "slow down", "instance": "ray"}

    error = refused(429, body)

    assert (None, "slow down", cfai.RateLimited) == (error.code, error.message, type(error))
    assert cfai.ModelNotFound is type(refused(404, body)), "a 404 without a code"
    assert "Rate limited" == refused(429, {"type": kind, "title": "Rate limited"}).message


def test_an_error_inside_errors_without_end_is_read_as_far_as_it_makes_sense() -> None:
    body: Any = {"code": 5006, "message": "no"}
    for _ in range(200):
        body = {"error": body}

    assert cfai.BadRequest is type(refused(400, body))
    chain: Any = []
    for _ in range(200):
        chain = [{"code": 6111, "message": "link", "error_chain": chain}]
    assert 6 == refused(400, enveloped(6003, "no", error_chain=chain)).message.count("link")


# -- what is said


def test_6003_shows_the_words_of_its_chain() -> None:
    chain = [{"code": 6111, "message": "Invalid format for Authorization header"}]

    error = refused(400, enveloped(6003, "Invalid request headers", error_chain=chain))

    assert (cfai.Unauthorized, 6003) == (type(error), error.code)
    assert "Invalid request headers (6111: Invalid format for Authorization header)" == error.message
    assert error.message in str(error)
    assert "CLOUDFLARE_API_TOKEN" in str(error)
    other = refused(400, enveloped(6003, "Invalid request headers", error_chain=[{"code": 6106}, {"message": "x"}, 5]))
    assert (cfai.BadRequest, "Invalid request headers (6106; x)") == (type(other), other.message)
    assert "6111" == refused(400, enveloped(6003, "", error_chain=[{"code": 6111}, {}])).message


@pytest.mark.parametrize("code", [5024, 5025])
def test_what_json_mode_refuses_comes_with_advice(code: int) -> None:
    error = refused(403, enveloped(code, "AiError: JSON"))

    assert not isinstance(error, cfai.Forbidden)
    assert "schema" in str(error)


def test_a_spend_limit_says_that_it_lasts() -> None:
    error = refused(429, enveloped(2045, "Spend limit reached"))

    assert isinstance(error, cfai.RateLimited)
    assert "until the window of its rule is over" in str(error)


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (f"AiError: AiError: no ({UUID})", "no"),
        (f"AiError: Ai: no ({UUID})", "no"),
        (f"AiError: no ({OTHER})", "no"),
        (f"AiError: AiError: no\n({UUID.upper()}) ", "no"),
        ("AiError: no", "no"),
        ("no (really)", "no (really)"),
        (f"finetune {OTHER} not found", f"finetune {OTHER} not found"),
        (f"AiError: ({UUID})", "AiError"),
        (f"({UUID})", "no reason given"),
        ("Aimless: no", "Aimless: no"),
        ('AiError: {"object":"error","message":"inner","type":"BadRequestError","code":400}', "inner"),
        ('{"object":"error","message":5}', '{"object":"error","message":5}'),
        ('{"error":{"message":"inner"}}', '{"error":{"message":"inner"}}'),
        ('{"object":"error","message":"cut', '{"object":"error","message":"cut'),
    ],
)
def test_a_message_is_cleaned_and_its_own_words_are_kept(sent: str, message: str) -> None:
    error = refused(400, enveloped(8007, sent), {"cf-ai-req-id": UUID})

    assert message == error.message
    assert [sent] == [each["message"] for each in error.errors]
    assert sent == error.raw["errors"][0]["message"]
    assert 1 == str(error).lower().count(UUID)
    assert f"400 8007: {message}" in str(error)


def test_the_id_in_the_message_is_the_request_id_where_no_header_has_it() -> None:
    error = refused(400, enveloped(5006, f"AiError: no ({UUID})"))
    item = refusal_of_item({"id": 0, "success": False, "error": {"code": 5006, "message": f"no ({UUID})"}})
    plain = refused(400, f"AiError: no ({UUID})", {"cf-ai-req-id": UUID})

    assert UUID == error.request_id == item.request_id
    assert [1, 1, 1] == [str(each).count(UUID) for each in (error, item, plain)]
    assert "5006: no [request id " + UUID + "]" == str(item)


@pytest.mark.parametrize("blank", [" ", "'a' ", "\t ", "(", "required properties at '", "'loc': [", "context "])
def test_a_message_of_any_length_takes_no_long_time(blank: str) -> None:
    # In the square of the time these would take minutes, where the limit of the whole run is far below.
    started = time.process_time()
    refused(400, enveloped(8007, f"AiError: a{blank * (200_000 // len(blank))}b"))

    assert time.process_time() - started < 20


# -- fields


@pytest.mark.parametrize(
    ("words", "fields"),
    [
        ("Additional or unevaluated properties '/width, /height' at '/' not allowed", ["width", "height"]),
        ("Additional or unevaluated properties '/width', '/height' at '/' not allowed", ["width", "height"]),
        ("Additional or unevaluated properties '/name' at '/messages/0' not allowed", ["messages/0/name"]),
        ("Additional or unevaluated properties '/messages/0/name' at '/messages/0' not allowed", ["messages/0/name"]),
        ("unevaluated properties 'seed' not allowed", ["seed"]),
        ("required properties at '/' are 'prompt'", ["prompt"]),
        ("required properties at '/' are 'state,questions'", ["state", "questions"]),
        ("required properties at '/' are 'state', 'questions'", ["state", "questions"]),
        ("required properties at '/messages/0' are 'role,content'", ["messages/0/role", "messages/0/content"]),
        ("Type mismatch of '/seed', 'string' not in 'integer'", ["seed"]),
        ("Type mismatch of '/messages/0/content', 'array' not in 'string'", ["messages/0/content"]),
        ("Type mismatch of '/', 'array' not in 'object'", []),
        ("Length of '/prompt' must be >= 1", ["prompt"]),
        ("Value of '/num_steps' must be <= 20", ["num_steps"]),
        ("'/temperature' must be <= 5", ["temperature"]),
        ("enum max not in low,medium,high at '/reasoning_effort'", ["reasoning_effort"]),
        ("enum it's not in a,b at '/lang', const 5 doesn't match 6 at '/n'", ["lang", "n"]),
        ("'/lang' failed test ^[a-z]{2}$ patttern", ["lang"]),
        ("minProperties at '/questions' is 1, got 0", ["questions"]),
        ("maxProperties at '/' is 64, got 65", []),
        (
            "oneOf at '/' not met, 0 matches: required properties at '/' are 'prompt', required properties at '/' are"
            " 'messages', Type mismatch of '/seed', 'string' not in 'integer', required properties at '/' are 'prompt'",
            ["prompt", "messages", "seed"],
        ),
        ("User Input Error: missing field 'prompt'", ["prompt"]),
        ("User Input Error: 'prompt' is required", ["prompt"]),
        ('{"detail":[{"loc":["body","questions",0,"type"],"msg":"Field required"}]}', ["questions/0/type"]),
        ("[{'type': 'missing', 'loc': ('body', 'messages'), 'msg': 'Field required'}]", ["messages"]),
        ("[{'type': 'missing', 'loc': ('messages', 0), 'msg': 'Field required'}]", ["messages/0"]),
        ('{"object":"error","message":"no","param":"tools","code":400}', ["tools"]),
        ("width > 2048", []),
        ("required properties at '/' are ''", []),
    ],
)
def test_the_fields_that_the_words_name_are_listed(words: str, fields: list[str]) -> None:
    for error in (
        refused(400, enveloped(5006, f"AiError: AiError: Bad input: Error: {words} ({UUID})")),
        refused(200, enveloped(5006, words)),
        refused_in_a_stream(enveloped(5006, words)),
        refusal_of_item({"id": 0, "success": False, "error": {"code": 5006, "message": words}}),
    ):
        assert isinstance(error, cfai.InvalidInput)
        assert fields == error.fields
        assert not fields or error.message.startswith(f"{', '.join(fields)}: ")
        for twin in (pickle.loads(pickle.dumps(error)), copy.deepcopy(error)):
            assert fields == twin.fields


def test_the_line_names_five_fields_at_most_and_the_list_all() -> None:
    error = refused(400, enveloped(5006, "required properties at '/' are 'a,b,c,d,e,f,g'"))

    assert list("abcdefg") == error.fields
    assert error.message.startswith("a, b, c, d, e: required")


def test_fields_are_a_list_of_each_error_of_its_own() -> None:
    assert [] == cfai.InvalidInput("no").fields
    assert cfai.InvalidInput("no").fields is not cfai.InvalidInput("no").fields
    assert ["a"] == cfai.InvalidInput("no", fields=("a",), status=400).fields


# -- in the middle of an answer

SAID = b'data: {"response": "Hel"}\n\n'
THOUGHT = b'data: {"choices": [{"index": 0, "delta": {"reasoning": "hm"}}]}\n\n'
CALLED = b'data: {"tool_calls": [{"name": "f", "arguments": {}}]}\n\n'


@pytest.mark.parametrize("before", [SAID, THOUGHT, CALLED], ids=["text", "reasoning", "call"])
@pytest.mark.parametrize(
    ("body", "name", "outcome"),
    [
        ({"error": "broken"}, "ApiError", CHARGED),
        ({"error": {"code": "server_error", "message": "x"}}, "ApiError", CHARGED),
        ({"error": {"code": 3040, "message": "x"}}, "OutOfCapacity", CHARGED),
        ({"error": {"code": 3046, "message": "x"}}, "ServerTimeout", CHARGED),
        ({"error": {"code": 2017, "message": "x"}}, "ContentFlagged", (False, True)),
    ],
)
def test_what_had_come_before_an_error_may_be_charged(
    before: bytes, body: Any, name: str, outcome: tuple[bool, bool]
) -> None:
    error = refused_in_a_stream(body, before)

    assert (name, outcome) == facts(error)
    assert error.partial is not None


def test_an_error_before_the_first_event_is_not_charged() -> None:
    assert ("ApiError", FINAL) == facts(refused_in_a_stream({"error": "broken"}))
    assert ("OutOfCapacity", AGAIN) == facts(
        refused_in_a_stream({"error": {"code": 3040, "message": "x"}}, b": hi\n\n")
    )
