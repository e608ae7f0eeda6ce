"""From a status and a body to an error: the tree, the codes, the shapes of bodies, and what the error says."""

import copy
import json
import pickle
import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

import cfai
from cfai import errors
from cfai._wire.answer.decode import decode
from cfai._wire.http_values import Headers, Response
from cfai._wire.refusal.errors import next_reset, refusal, retry_after
from cfai._wire.request.encode import encode

MODEL = "@cf/meta/llama-3.2-3b-instruct"
ACCOUNT = "0123456789abcdef0123456789abcdef"
JSON = {"Content-Type": "application/json", "cf-ai-req-id": "req-1", "CF-Ray": "ray-1"}


def answered(status: int, body: Any, headers: dict[str, str] | None = None, promise: Any = None) -> Any:
    """Give what comes of an answer: the error where there is one."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    response = Response(status=status, headers=Headers(JSON if headers is None else headers), body=data, attempts=2)
    try:
        return decode(response, encode(MODEL, {"prompt": "hi"} if promise is None else promise), ACCOUNT)
    except cfai.CfaiError as error:
        return error


def refused(code: Any, message: str = "AiError: no (uuid)", result: Any = None) -> dict[str, Any]:
    return {"errors": [{"message": message, "code": code}], "success": False, "result": result, "messages": []}


# -- codes and statuses

CODES = [
    # docs/wire.md 2.3
    (5007, 400, "ModelNotFound"),
    (5004, 400, "InvalidInput"),
    (3039, 400, "InvalidInput"),
    (3003, 400, "InvalidInput"),
    (5018, 403, "Forbidden"),
    (5016, 403, "TermsNotAccepted"),
    (3023, 403, "Forbidden"),
    (3041, 403, "Forbidden"),
    (5035, 403, "PaidPlanRequired"),
    (5019, 405, "ApiError"),
    (5005, 405, "InvalidInput"),
    (3042, 404, "ModelNotFound"),
    (3006, 413, "RequestTooLarge"),
    (3007, 408, "ServerTimeout"),
    (3008, 408, "ServerTimeout"),
    (3036, 429, "DailyQuotaExceeded"),
    (3040, 429, "OutOfCapacity"),
    # docs/wire.md 2.4
    (4006, 429, "DailyQuotaExceeded"),
    (3046, 408, "ServerTimeout"),
    (5006, 400, "InvalidInput"),
    (5012, 422, "InvalidInput"),
    (5021, 413, "ContextTooLong"),
    (3030, 400, "InvalidInput"),
    (3010, 400, "InvalidInput"),
    (5028, 400, "ModelDeprecated"),
    (8001, 400, "InvalidInput"),
    (8005, 500, "ServerError"),
    (8006, 400, "InvalidInput"),
    (8007, 400, "InvalidInput"),
    (8007, 405, "InvalidInput"),
    (5001, 500, "ServerError"),
    (7000, 400, "ModelNotFound"),
    (7003, 400, "ModelNotFound"),
    (7003, 404, "ModelNotFound"),
    (10000, 401, "Unauthorized"),
    (2001, 400, "BadRequest"),
    (2003, 429, "RateLimited"),
    (2008, 400, "BadRequest"),
    (2009, 401, "Unauthorized"),
    (2021, 402, "PaymentRequired"),
]


@pytest.mark.parametrize(("code", "status", "name"), CODES)
def test_each_code_of_the_service_has_its_class(code: int, status: int, name: str) -> None:
    error = answered(status, refused(code))

    assert name == type(error).__name__
    assert (code, status) == (error.code, error.status)


def test_no_code_of_the_wires_two_tables_is_forgotten() -> None:
    listed = {5007, 5004, 3039, 3003, 5018, 5016, 3023, 3041, 5035, 5019, 5005, 3042, 3006, 3007, 3008, 3036, 3040}
    listed |= {4006, 3046, 5006, 5012, 5021, 3030, 3010, 5028, 8001, 8005, 8006, 8007, 5001, 7000, 7003, 10000}

    assert listed | {2001, 2003, 2008, 2009, 2021} == {code for code, _, _ in CODES}


@pytest.mark.parametrize(
    ("code", "status", "name"), [row for row in CODES if row[2] not in ("BadRequest", "ApiError") and row[0] != 5012]
)
@pytest.mark.parametrize("other", [200, 400, 404, 418, 500])
def test_the_code_decides_before_the_status(code: int, status: int, name: str, other: int) -> None:
    assert name == type(answered(other, refused(code))).__name__


@pytest.mark.parametrize("code", [5021, "5021"])
def test_a_code_may_be_a_number_or_its_text(code: Any) -> None:
    error = answered(413, refused(code))

    assert cfai.ContextTooLong is type(error)
    assert 5021 == error.code


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (400, "BadRequest"),
        (422, "BadRequest"),
        (401, "Unauthorized"),
        (402, "PaymentRequired"),
        (403, "Forbidden"),
        (404, "ModelNotFound"),
        (408, "ServerTimeout"),
        (413, "RequestTooLarge"),
        (429, "RateLimited"),
        (500, "ServerError"),
        (501, "ServerError"),
        (502, "ServerError"),
        (503, "ServerError"),
        (504, "ServerError"),
        (520, "ServerError"),
        (530, "ServerError"),
        (599, "ServerError"),
        (405, "ApiError"),
        (409, "ApiError"),
        (410, "ApiError"),
        (418, "ApiError"),
        (451, "ApiError"),
        (300, "ApiError"),
        (301, "ApiError"),
        (302, "ApiError"),
        (304, "ApiError"),
        (307, "ApiError"),
        (308, "ApiError"),
        (600, "ApiError"),
        (199, "ApiError"),
    ],
)
@pytest.mark.parametrize(
    "body",
    [b"", b"<html>no</html>", b'{"success": false', b"null", b"[]", b"{}", b'"no"', b"\xff\xfe", b'{"message": "no"}'],
)
def test_without_a_code_the_status_decides(status: int, name: str, body: bytes) -> None:
    error = answered(status, body)

    assert name == type(error).__name__
    assert None is error.code
    assert status == error.status


@pytest.mark.parametrize("code", [99999, "invalid_prompt"])
def test_an_unknown_code_leaves_it_to_the_status(code: Any) -> None:
    assert cfai.BadRequest is type(answered(400, refused(code)))
    assert cfai.ServerError is type(answered(503, refused(code)))
    assert cfai.ApiError is type(answered(404, refused(code))), "only a bare 404 is ModelNotFound"
    assert cfai.ApiError is type(answered(200, refused(code)))
    assert code == answered(400, refused(code)).code


def test_of_several_errors_the_first_with_a_known_code_decides_and_all_are_kept() -> None:
    listed = [{"code": 99999, "message": "one"}, {"code": 3040, "message": "two"}, {"code": 5006, "message": "three"}]

    error = answered(429, {"success": False, "errors": listed})

    assert isinstance(error, cfai.OutOfCapacity)
    assert listed == error.errors
    assert "one; two; three" == error.message


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ("AiError: width > 2048", "InvalidInput"),
        ("AiError: too many input images. max=4", "InvalidInput"),
        ("AiError: Sequence too long", "ContextTooLong"),
        ("AiError: Max context reached for model: only supports 60000", "ContextTooLong"),
        ("AiError: The sequence length exceeds the context length", "ContextTooLong"),
        ("AiError: Output was flagged. Choose another prompt.", "ContentFlagged"),
        ("AiError: flagged as NSFW", "ContentFlagged"),
    ],
)
def test_the_words_of_3030_tell_what_it_is(message: str, name: str) -> None:
    assert name == type(answered(400, refused(3030, message, {}))).__name__


# -- shapes of bodies


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        (refused(5006, "AiError: AiError: Bad input (u)", {}), 5006, "Bad input (u)"),
        (refused(5006, "no", None), 5006, "no"),
        ({"error": {"code": "5006", "message": "no"}}, 5006, "no"),
        ({"error": {"type": "invalid_prompt", "message": "no"}}, "invalid_prompt", "no"),
        ({"error": {"code": None, "type": "invalid_prompt", "message": "no"}}, "invalid_prompt", "no"),
        (
            {"success": False, "error": [{"code": 2001, "message": "Please configure AI Gateway"}]},
            2001,
            "Please configure AI Gateway",
        ),
        ({"error": "no"}, None, "no"),
        ({"message": "no"}, None, "no"),
        ({"message": "no", "code": 5006}, 5006, "no"),
        ({"internalCode": 5006, "message": "no", "name": "InferenceUpstreamError"}, 5006, "no"),
        ({"errors": {"code": 5006, "message": "no"}}, 5006, "no"),
        ({"errors": ["no"]}, None, "no"),
        ({"errors": "no"}, None, "no"),
        ({"errors": [None, {"code": 5006, "message": "no"}]}, 5006, "no"),
        ({"errors": [], "error": {"message": "no"}}, None, "no"),
        ({"type": "error", "error": {"type": "overloaded_error", "message": "no"}}, "overloaded_error", "no"),
        ({"state": "Failed", "error": {"code": 2009, "message": "no"}}, 2009, "no"),
        ({"result": {"state": "Failed", "error": {"code": 2009, "message": "no"}}}, 2009, "no"),
        ("no", None, "no"),
        (b"error code: 1015", None, "error code: 1015"),
        (b"<!DOCTYPE html>\n<html>\n  <head>", None, "<!DOCTYPE html> <html> <head>"),
        (b"", None, "an empty body"),
        (b" \n ", None, "a body of 3 blanks"),
        (b'{"success": false, "err', None, '{"success": false, "err'),
        (b"[1, 2]", None, "[1, 2]"),
        (b"null", None, "null"),
        (b"5", None, "5"),
        ({"errors": [{"code": 5006, "message": None}]}, 5006, 'no reason given: [{"code":5006,"message":null}]'),
        ({"errors": [{"code": 5006, "message": {"a": 1}}]}, 5006, 'no reason given: [{"code":5006,"message":{"a":1}}]'),
        ({"success": False, "errors": []}, None, 'no reason given: {"success":false,"errors":[]}'),
        ({"errors": [5, [1]]}, None, "5; [1]"),
        ({}, None, "no reason given: {}"),
    ],
)
def test_every_shape_of_refusal_is_read(body: Any, code: Any, message: str) -> None:
    error = answered(400, body)

    assert code == error.code
    assert message == error.message
    assert message in str(error)
    assert raw_of(body) == error.raw


def raw_of(body: Any) -> Any:
    try:
        return json.loads(body) if isinstance(body, bytes) else body
    except ValueError:
        return body


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe{\x00}\x00", b"[" * 100_000, b'{"errors": ' * 100_000, b"1" * 5000, b'{"a": NaN}', b'{"errors": [}',
        b'"\\ud800"', b"\x89PNG\r\n\x1a\n\x00\x00", b"\x00\x01\x02", b'{"a": 1} x', b"\x1b[2Jboo\x07",
    ],
)  # fmt: skip
@pytest.mark.parametrize("status", [400, 404, 429, 500, 302])
def test_a_broken_body_is_kept_as_bytes_and_quoted_in_one_line(body: bytes, status: int) -> None:
    error = answered(status, body)

    assert isinstance(error, cfai.ApiError)
    assert body == error.raw
    assert is_one_line(str(error))


@pytest.mark.parametrize("depth", [100, 400, 900])
def test_a_deep_body_is_refused_as_one_line(depth: int) -> None:
    for body in (
        b'{"errors": ' * depth + b"1" + b"}" * depth,
        b'{"errors": [{"message": ' + b"[" * depth + b"]" * depth + b"}]}",
    ):
        error = answered(400, body)

        assert isinstance(error, cfai.BadRequest)
        assert is_one_line(str(error))
        assert 500 > len(str(error))


def test_a_body_at_the_edge_of_what_can_be_read_is_refused_as_one_line() -> None:
    for depth in range(900, 1010):
        error = answered(400, b'{"weather": ' + b"[" * depth + b"]" * depth + b"}")

        assert isinstance(error, cfai.BadRequest)
        assert is_one_line(str(error))


def is_one_line(text: str) -> bool:
    return len(text.splitlines()) == 1 and not re.search(r"[\x00-\x1f\x7f-\x9f]", text)


def test_a_body_that_is_not_json_is_quoted_to_200_characters() -> None:
    error = answered(502, b"ab" * 300)

    assert "ab" * 100 == error.message
    assert "ab" * 100 in str(error)
    assert "ab" * 100 + "a" not in str(error)


def test_the_200_characters_are_characters_and_not_bytes() -> None:
    assert "€" * 200 == answered(502, ("€" * 300).encode()).message


def test_the_services_message_is_whole_in_the_line_whatever_its_length() -> None:
    message = "oneOf at '/' not met, " * 50

    assert message.strip() in str(answered(400, refused(5006, "AiError: " + message, {})))


def test_a_message_of_several_lines_is_put_on_one() -> None:
    error = answered(400, refused(5006, "Bad input:\n  Error: a\r\n\tb\u2028c \x1b[31mred"))

    assert "Bad input: Error: a b c [31mred" in str(error)
    assert is_one_line(str(error))
    assert "Bad input: Error: a b c [31mred" == error.message
    assert "Bad input:\n  Error: a\r\n\tb\u2028c \x1b[31mred" == error.errors[0]["message"]


@pytest.mark.parametrize("body", [refused("a\x1b[2Jb"), b"{", {"result": {"label": 1}, "success": True}])
@pytest.mark.parametrize("status", [200, 400])
def test_what_a_header_or_a_code_says_is_put_on_one_line(body: Any, status: int) -> None:
    for name in ("cf-ai-req-id", "cf-ray", "Content-Type"):
        error = answered(
            status, body, {**JSON, "cf-ai-req-id": "", name: "a\x1b[31mb\x85c"}, cfai.TextClassification("a")
        )

        assert isinstance(error, cfai.CfaiError)
        assert is_one_line(str(error))


# -- refusals with a good status


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (refused(5006), "InvalidInput"),
        (refused(5006, result={"response": "hi"}), "InvalidInput"),
        ({"success": False, "errors": [], "result": None}, "ApiError"),
        ({"success": False}, "ApiError"),
        ({"success": False, "result": {"response": "hi"}}, "ApiError"),
        ({"errors": [{"code": 5006, "message": "no"}], "result": {}}, "InvalidInput"),
        ({"errors": [{"code": 5006, "message": "no"}]}, "InvalidInput"),
        ({"error": {"code": 5006, "message": "no"}}, "InvalidInput"),
        ({"error": "no"}, "ApiError"),
        ({"error": {}}, "ApiError"),
        ({"error": ""}, "ApiError"),
        ({"result": {"error": {"code": 3040, "message": "no"}}, "success": True}, "OutOfCapacity"),
        ({"state": "Failed"}, "ApiError"),
        ({"state": "Failed", "result": None, "error": {"code": 2009, "message": "no"}}, "Unauthorized"),
        ({"result": {"state": "Failed", "error": {"code": 2021, "message": "no"}}, "success": True}, "PaymentRequired"),
        (
            {
                "result": {
                    "object": "response",
                    "status": "failed",
                    "output": [],
                    "error": {"code": "server_error", "message": "no"},
                },
                "success": True,
            },
            "ApiError",
        ),
        ({"object": "response", "status": "failed", "error": None}, "ApiError"),
        ({"state": "Completed", "result": {"object": "response", "status": "failed"}}, "ApiError"),
        (
            {"success": True, "result": {"state": "Completed", "result": {"object": "response", "status": "failed"}}},
            "ApiError",
        ),
        (
            {"success": True, "result": {"state": "Completed", "result": {"error": {"code": 3040, "message": "no"}}}},
            "OutOfCapacity",
        ),
    ],
)
@pytest.mark.parametrize(
    "promise",
    [None, cfai.Prompt("hi"), cfai.TextEmbeddings("hi"), cfai.TextToImage("hi"), cfai.AutomaticSpeechRecognition(b"x")],
)
def test_a_refusal_with_a_good_status_is_an_error(body: Any, name: str, promise: Any) -> None:
    error = answered(200, body, promise=promise)

    assert name == type(error).__name__
    assert body == error.raw
    assert 200 == error.status
    assert str(error).startswith("200")


@pytest.mark.parametrize(
    "body",
    [
        {"success": True, "errors": None, "error": None, "result": {"response": "hi", "error": None}},
        {"success": True, "errors": [{"code": 1, "message": "a warning"}], "result": {"response": "hi"}},
        {"success": True, "errors": [], "result": {"response": "hi"}},
        {"state": "Completed", "result": {"response": "hi"}, "error": None},
        {"response": "hi", "status": "failed"},
    ],
)
def test_a_good_answer_is_no_error(body: Any) -> None:
    assert "hi" == answered(200, body).text


@pytest.mark.parametrize("status", [200, 201, 202, 204])
@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", "application/json"),
        (b"", ""),
        (b"", "image/png"),
        (b"<html>\n<body>captive portal</body></html>", "text/html"),
        (b'{"result": {"response": "hel', "application/json"),
        (b"\xff\xfe{}", "application/json"),
        (b"hello", "text/plain"),
        (b'{"a": 1} trailing', "application/json"),
        (b'{"a": NaN}', "application/json"),
        (b"[" * 100_000, "application/json"),
        (b"1" * 5000, "application/json"),
        (b'"\\ud800"', "application/json"),
        (b'{"a": "\xff"}', "application/json; charset=utf-8"),
        (b'{"a": 1e999}', "application/json"),
        (b"{'a': 1}", "application/json"),
        (b'{"a": 1,}', ""),
        (b"   ", "application/json"),
        (b'{"a": Infinity}', "application/problem+json"),
        (b"data: {}\n\n", "text/event-stream"),
    ],
)
@pytest.mark.parametrize("promise", [None, cfai.Prompt("hi"), cfai.TextEmbeddings("hi"), cfai.TextToImage("hi")])
def test_what_is_not_json_on_a_good_status_is_a_decode_error_with_the_bytes(
    status: int, body: bytes, content_type: str, promise: Any
) -> None:
    error = answered(status, body, {"Content-Type": content_type, "cf-ai-req-id": "req-1"}, promise)

    assert type(error) is cfai.DecodeError
    assert body == error.raw
    assert "req-1" in str(error)
    assert is_one_line(str(error))
    assert 600 > len(str(error))


def test_a_decode_error_quotes_the_first_200_characters_as_they_are() -> None:
    body = b'<p class="it\'s">' + b"x" * 300

    error = answered(200, body, {"Content-Type": "text/html"})

    assert body[:200].decode() in str(error)
    assert body[:201].decode() not in str(error)


def test_an_empty_body_is_called_empty() -> None:
    assert "an empty body" in str(answered(200, b""))


def test_a_byte_order_mark_is_let_pass_and_a_repeated_key_is_its_last() -> None:
    assert "hi" == answered(200, b'\xef\xbb\xbf{"response": "hi"}').text
    assert "b" == answered(200, b'{"response": "a", "response": "b"}').text
    assert "hi" == answered(200, b' \r\n\t{"response": "hi"}\n').text


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_error_that_names_where_it_leads(status: int) -> None:
    error = answered(status, b"<html>moved</html>", {"Location": "https://elsewhere.example/x"})

    assert cfai.ApiError is type(error)
    assert "https://elsewhere.example/x" in str(error)
    assert not error.retryable


# -- what an error says and knows


def test_an_error_holds_all_its_facts() -> None:
    body = refused(5006, "AiError: AiError: Bad input (req-1)", {})

    error = answered(400, body, {**JSON, "Retry-After": "3"})

    assert "Bad input" == error.message
    assert (400, 5006, body["errors"]) == (error.status, error.code, error.errors)
    assert ("req-1", "ray-1", MODEL, 2) == (error.request_id, error.ray_id, error.model, error.attempts)
    assert "application/json" == error.headers["content-TYPE"]
    assert body == error.raw
    assert 3.0 == error.retry_after
    assert (False, False) == (error.retryable, error.may_be_charged)
    assert None is error.partial
    assert f"400 5006: Bad input [model {MODEL}, request id req-1]" == str(error)


def test_the_ray_id_is_in_the_line_where_there_is_no_request_id() -> None:
    error = answered(401, refused(10000, "Authentication error"), {"cf-ray": "ray-1"})

    assert "ray-1" in str(error)
    assert None is error.request_id


@pytest.mark.parametrize("code", [5007, 3042, 7000, 7003])
def test_a_model_that_is_not_found_names_the_model_and_the_account(code: int) -> None:
    text = str(answered(400, refused(code, "No route for that URI")))

    assert MODEL in text
    assert ACCOUNT in text
    assert "No route for that URI" in text


def test_2009_names_the_providers_credentials_and_the_token() -> None:
    text = str(answered(401, refused(2009, "Unauthorized")))

    assert "the provider's credentials" in text
    assert "CLOUDFLARE_API_TOKEN" in text
    assert ACCOUNT not in text


def test_10000_names_the_token_and_the_account() -> None:
    text = str(answered(401, refused(10000, "Authentication error")))

    assert "CLOUDFLARE_API_TOKEN" in text
    assert ACCOUNT in text


def test_advice_that_a_person_can_act_on() -> None:
    assert "CLOUDFLARE_API_TOKEN" in str(answered(401, refused(10000)))
    assert "Workers Paid" in str(answered(403, refused(5035)))
    assert '"agree"' in str(answered(403, refused(5016)))


@pytest.mark.parametrize("code", [3036, 4006])
def test_the_daily_quota_resets_at_the_next_midnight_utc(code: int) -> None:
    before = datetime.now(UTC)
    error = answered(429, refused(code))

    assert UTC == error.resets_at.tzinfo
    assert (0, 0, 0, 0) == (
        error.resets_at.hour,
        error.resets_at.minute,
        error.resets_at.second,
        error.resets_at.microsecond,
    )
    assert timedelta() < error.resets_at - before <= timedelta(days=1)
    assert f"{error.resets_at:%Y-%m-%d %H:%M} UTC" in str(error)


@pytest.mark.parametrize(
    ("now", "then"),
    [
        (datetime(2026, 11, 24, 23, 59, 59, 999999, UTC), datetime(2026, 11, 25, tzinfo=UTC)),
        (datetime(2026, 11, 25, tzinfo=UTC), datetime(2026, 11, 26, tzinfo=UTC)),
        (datetime(2026, 12, 31, 12, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)),
    ],
)
def test_the_next_reset_is_the_next_midnight(now: datetime, then: datetime) -> None:
    assert then == next_reset(now)


# -- waiting and retrying


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "5"}, 5.0),
        ({"retry-after": " 5 "}, 5.0),
        ({"Retry-After": "0"}, 0.0),
        ({"Retry-After": "1.5"}, 1.5),
        ({"Retry-After": ".5"}, 0.5),
        ({"retry-after-ms": "250"}, 0.25),
        ({"retry-after-ms": "1500.5", "Retry-After": "9"}, 1.5005),
        ({"retry-after-ms": "soon", "Retry-After": "9"}, 9.0),
        ({"retry-after-ms": "-1", "Retry-After": "9"}, 9.0),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
        *[
            ({"Retry-After": nonsense}, None)
            for nonsense in (
                "",
                " ",
                "-5",
                "-0.1",
                "nan",
                "NaN",
                "inf",
                "-inf",
                "Infinity",
                "1e999",
                "1e3",
                "0x10",
                "1_000",
                "soon",
                "5 s",
                "\u0665",
                "99999999999999999999",
                "Fri, 31 Dec 9999 23:59:59 GMT",
                "Mon, 99 Zzz 2026 00:00:00 GMT",
                "Wed",
                "2030-01-01",
                "Wed, 21 Oct 99999 07:28:00 GMT",
                "\x00",
            )
        ],
    ],
)
def test_retry_after_is_read_in_all_its_forms_and_nonsense_is_none(
    headers: dict[str, str], seconds: float | None
) -> None:
    found = retry_after(Headers(headers))

    assert (seconds if seconds is None else pytest.approx(seconds)) == found


def test_retry_after_may_be_a_date() -> None:
    then = datetime.now(UTC) + timedelta(seconds=90)

    for text in (format_datetime(then, usegmt=True), format_datetime(then).replace("+0000", "-0000")):
        assert 88 <= (retry_after(Headers({"Retry-After": text})) or 0) <= 90


@pytest.mark.parametrize(
    ("status", "code", "retryable"),
    [
        *[
            (status, None, True)
            for status in (408, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 527, 529, 530)
        ],
        *[
            (status, None, False)
            for status in (
                300,
                302,
                304,
                400,
                401,
                402,
                403,
                404,
                405,
                409,
                413,
                418,
                422,
                501,
                505,
                507,
            )
        ],
        (429, 3040, True),
        (429, 2003, True),
        (429, 3036, False),
        (429, 4006, False),
        (408, 3007, True),
        (408, 3008, True),
        (408, 3046, True),
        (500, 8005, True),
        (500, 5001, True),
        (400, 5006, False),
        (400, 7000, False),
        (401, 10000, False),
        (403, 5035, False),
        (413, 5021, False),
        (200, 3040, True),
        (200, 4006, False),
        (200, 5006, False),
        (503, 4006, False),
        (500, 3037, False),
    ],
)
def test_retryable_follows_what_the_server_can_have_done(status: int, code: int | None, retryable: bool) -> None:
    assert retryable is answered(status, b"" if code is None else refused(code)).retryable


# -- the tree

TREE = {
    "ConfigError": "CfaiError", "JournalError": "ConfigError", "InvalidParams": "CfaiError",
    "InvalidModelName": "InvalidParams", "ClientClosed": "CfaiError", "TransportError": "CfaiError",
    "CertificateError": "TransportError", "RequestTimeout": "TransportError", "ApiError": "CfaiError",
    "BadRequest": "ApiError", "InvalidInput": "BadRequest", "ModelDeprecated": "BadRequest",
    "ContentFlagged": "BadRequest", "Unauthorized": "ApiError", "PaymentRequired": "ApiError", "Forbidden": "ApiError",
    "PaidPlanRequired": "Forbidden", "TermsNotAccepted": "Forbidden", "ModelNotFound": "ApiError",
    "RequestTooLarge": "ApiError", "ContextTooLong": "RequestTooLarge", "RateLimited": "ApiError",
    "OutOfCapacity": "RateLimited", "DailyQuotaExceeded": "RateLimited", "SpendLimitExceeded": "RateLimited",
     "ServerTimeout": "ApiError",
    "ServerError": "ApiError", "ResponseTooLarge": "CfaiError", "StreamError": "CfaiError",
    "StreamTruncated": "StreamError", "StreamIdle": "StreamError", "AnswerMismatch": "CfaiError",
    "ToolRoundsExceeded": "CfaiError", "TooManyFailures": "CfaiError", "BudgetExceeded": "CfaiError",
    "DecodeError": "CfaiError",
}  # fmt: skip
BUILT_IN = {
    "ConfigError": ValueError, "JournalError": ValueError, "InvalidParams": ValueError, "InvalidModelName": ValueError,
    "RequestTimeout": TimeoutError, "StreamIdle": TimeoutError,
}  # fmt: skip


def subclasses(kind: type) -> list[type]:
    return [found for child in kind.__subclasses__() for found in (child, *subclasses(child))]


ALL = [cfai.CfaiError, *subclasses(errors.CfaiError)]


def test_the_tree_is_the_documented_one() -> None:
    assert TREE == {kind.__name__: kind.__bases__[0].__name__ for kind in ALL[1:]}


def test_the_docstring_draws_the_tree() -> None:
    drawn: dict[str, str] = {}
    parents = ["CfaiError"]
    for line in (errors.__doc__ or "").splitlines():
        found = re.match(r"    ([│ ]*)[├└]── (\w+)", line)
        if found:
            depth = len(found[1]) // 4
            parents = [*parents[: depth + 1], found[2]]
            drawn[found[2]] = parents[depth]

    assert TREE == drawn


@pytest.mark.parametrize("kind", ALL)
def test_every_class_is_public_and_also_what_python_calls_it(kind: Any) -> None:
    assert kind is getattr(cfai, kind.__name__)
    assert kind.__name__ in cfai.__all__
    assert {ValueError, TimeoutError} & set(kind.__mro__) == {BUILT_IN.get(kind.__name__)} - {None}
    assert kind.__doc__


def test_every_class_is_public_to_type_checkers_too() -> None:
    stub = (Path(cfai.__file__).parent / "__init__.pyi").read_text("utf-8")

    assert not [kind for kind in ALL if f"from .errors import {kind.__name__} as {kind.__name__}\n" not in stub]


FACTS: dict[type, dict[str, Any]] = {
    cfai.ApiError: {
        "message": "no",
        "status": 429,
        "code": 3040,
        "errors": [{"code": 3040}],
        "request_id": "req",
        "ray_id": "ray",
        "model": MODEL,
        "headers": Headers({"A": "b"}),
        "raw": {"a": [1]},
        "attempts": 3,
        "retry_after": 1.5,
        "retryable": True,
        "may_be_charged": True,
    },
    cfai.DecodeError: {"path": "$.a", "raw": b"\x00", "request_id": "req"},
    cfai.AnswerMismatch: {"text": "hi", "raw": {"a": 1}, "errors": ["$.a: no"], "usage": cfai.Usage(1, 2, 3)},
    cfai.ToolRoundsExceeded: {"rounds": [1], "messages": [{}], "usage": cfai.Usage(1, 2, 3)},
    cfai.BudgetExceeded: {"spent": 1.5, "limit": 1.0, "resets_at": datetime(2026, 1, 1, tzinfo=UTC)},
}


@pytest.mark.parametrize("kind", ALL)
def test_every_class_is_copied_and_pickled_with_equal_facts(kind: Any) -> None:
    facts = next((facts for base, facts in FACTS.items() if issubclass(kind, base)), {})
    error = kind("what happened", **facts)
    error.partial = b"so far"
    error.resets_at = datetime(2026, 1, 1, tzinfo=UTC)
    error.add_note("a note")

    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        same(error, pickle.loads(pickle.dumps(error, protocol)))
    same(error, copy.copy(error))
    same(error, copy.deepcopy(error))


def same(error: Any, twin: Any) -> None:
    assert type(error) is type(twin)
    assert ("what happened",) == twin.args
    assert "what happened" == str(twin)
    assert vars(error) == vars(twin)


@pytest.mark.parametrize("kind", ALL)
def test_every_class_is_made_of_nothing_and_of_its_line_alone(kind: Any) -> None:
    assert "" == str(kind())
    assert "what" == str(kind("what"))
    assert vars(kind("what")) == vars(pickle.loads(pickle.dumps(kind("what"))))
    assert None is kind("what").partial


@pytest.mark.parametrize(("code", "status"), [(code, status) for code, status, _ in CODES])
def test_a_refusal_of_the_service_is_pickled_with_equal_facts(code: int, status: int) -> None:
    error = answered(status, refused(code), {**JSON, "Retry-After": "3"})

    twin = pickle.loads(pickle.dumps(error))

    assert vars(error) == vars(twin)
    assert str(error) == str(twin)
    assert type(error) is type(twin)
    assert "ray-1" == twin.headers["cf-RAY"]


def test_a_decode_error_is_pickled_with_the_answer() -> None:
    error = answered(200, {"text": 5, "newer": [1]}, promise=cfai.AutomaticSpeechRecognition(b"x"))

    twin = pickle.loads(pickle.dumps(error))

    assert ("$.text", {"text": 5, "newer": [1]}) == (twin.path, twin.raw)
    assert str(error) == str(twin)


def test_an_item_of_a_batch_has_an_error_of_its_own() -> None:
    items = [
        {"id": 0, "success": False, "error": {"code": 4006, "message": "used up"}},
        {"id": 1, "success": False, "errors": [{"code": 3040, "message": "busy\nnow"}]},
        {"id": 2, "success": False},
        {"id": 3, "success": False, "result": {"errors": [{"code": 5006, "message": "bad"}]}},
    ]

    quota, busy, unknown, bad = [outcome.error for outcome in answered(200, {"responses": items}).outcomes]

    assert ("DailyQuotaExceeded", "4006: used up", False) == (type(quota).__name__, str(quota), quota.retryable)
    assert UTC == quota.resets_at.tzinfo
    assert ("OutOfCapacity", "3040: busy now", True) == (type(busy).__name__, str(busy), busy.retryable)
    assert ("ApiError", {"id": 2, "success": False}) == (type(unknown).__name__, unknown.raw)
    assert ("InvalidInput", 5006) == (type(bad).__name__, bad.code)


def test_a_refusal_can_be_made_of_a_response_by_itself() -> None:
    response = Response(status=503, headers={}, body=b"")

    assert isinstance(refusal(response, MODEL, ACCOUNT), cfai.ServerError)


@pytest.mark.parametrize("object_", [{"object": "response"}, {}], ids=["named", "told by its output"])
def test_a_responses_object_that_failed_is_an_error_however_it_is_told(object_: Any) -> None:
    body = {"result": {"id": "resp_1", "status": "failed", "output": [], "error": None, **object_}, "success": True}

    with pytest.raises(cfai.ApiError):
        decode(
            Response(status=200, headers=Headers({}), body=json.dumps(body).encode()),
            encode(MODEL, {"prompt": "x"}),
            ACCOUNT,
        )


@pytest.mark.parametrize("body", [b"<html>x", b"\n<!DOCTYPE html><p>", b'{"result":{"ima'])
@pytest.mark.parametrize("promise", [cfai.TextToImage("x"), {"prompt": "x"}])
def test_no_page_and_no_cut_json_is_a_picture_whatever_its_header_says(body: bytes, promise: Any) -> None:
    response = Response(status=200, headers=Headers({"Content-Type": "application/octet-stream"}), body=body)

    with pytest.raises(cfai.DecodeError) as caught:
        decode(response, encode("@cf/a/b", promise), ACCOUNT)
    assert body == caught.value.raw
