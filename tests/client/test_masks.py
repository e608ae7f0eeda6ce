"""The forms in which a server can repeat the values of headers: none shows in an error."""

import json
from typing import Any

import pytest
from kit.secrets import TOKEN
from kit.server import Server, answer
from kit.streams import said, sse, stream

import cfai

LLAMA = "@cf/meta/llama-3.2-3b-instruct"
HI = cfai.Prompt("Say hello")

SECRET = "own-secret-value-1"
QUOTED = 'own"secret\\value-1'
FORMS = {
    "blanks around it": (f" \t{SECRET} ", SECRET),
    "two blanks": ("own  secret  value-1", "own  secret  value-1"),
    "a tab": ("own\tsecret-value-1", "own\tsecret-value-1"),
    "two blanks and a tab": ("own  secret\tvalue-1", "own  secret\tvalue-1"),
    "bearer": (f"Bearer {SECRET}", SECRET),
    "bearer as it was sent": (f"Bearer {SECRET}", f"Bearer {SECRET}"),
    "a blank before it": (f" bearer  {SECRET}", SECRET),
    "basic": ("Basic dXNlcjpwYXNzd29yZA==", "dXNlcjpwYXNzd29yZA=="),
    "token": (f"Token {QUOTED}", QUOTED),
    "quotation marks": (QUOTED, QUOTED),
}


async def read(events: Any) -> None:
    async with events:
        async for _ in events:
            pass


def bodies(echo: str) -> dict[str, tuple[int, bytes, str]]:
    """Return a status, a body that repeats *echo*, and the message that it makes where that is masked."""
    return {
        "not json": (500, f"<html>{echo}</html>".encode(), "<html>[masked]</html>"),
        "json in what is none": (500, f"<html>{json.dumps(echo)}".encode(), '<html>"[masked]"'),
        "message": (400, json.dumps({"errors": [{"code": 3007, "message": f"got {echo}!"}]}).encode(), "got [masked]!"),
        "no reason": (
            400,
            json.dumps({"success": False, "x": echo}).encode(),
            'no reason given: {"success":false,"x":"[masked]"}',
        ),
    }


@pytest.mark.parametrize("body", bodies(""))
@pytest.mark.parametrize("form", FORMS)
async def test_a_header_is_masked_in_each_form_in_which_it_can_be_repeated(
    make: Any, server: Server, form: str, body: str
) -> None:
    value, echo = FORMS[form]
    status, sent, message = bodies(echo)[body]
    server.always(answer(sent, status))

    with pytest.raises(cfai.ApiError) as caught:
        await make(options=cfai.RequestOptions(headers={"X-Own": value})).run(LLAMA, HI)

    assert message == caught.value.message
    assert message in str(caught.value)


@pytest.mark.parametrize("form", FORMS)
async def test_so_is_it_in_a_stream_and_in_an_item_of_a_batch(make: Any, server: Server, form: str) -> None:
    value, echo = FORMS[form]
    client = make(options=cfai.RequestOptions(headers={"X-Own": value}))
    refused = {"message": f"got {echo}!", "code": 3007}
    server.script(stream(said("one"), sse({"errors": [refused]})))
    with pytest.raises(cfai.ApiError) as caught:
        await read(client.stream(LLAMA, HI))
    server.script(answer({"result": {"responses": [{"id": 0, "success": False, "error": refused}]}, "success": True}))
    batch = await client.run(LLAMA, {"request_id": "a"})

    for error in (caught.value, batch.outcomes[0].error):
        assert "got [masked]!" == error.message
        assert "got [masked]!" in str(error)


async def test_the_gateways_token_is_masked_in_these_forms_too(make: Any, server: Server) -> None:
    gateway = cfai.Gateway("default", authorization=f"Basic {QUOTED}")  # type: ignore[arg-type]
    server.always(answer(json.dumps({"success": False, "x": QUOTED}).encode(), 400))

    with pytest.raises(cfai.ApiError) as caught:
        await make(options=cfai.RequestOptions(gateway=gateway)).run(LLAMA, HI)

    assert 'no reason given: {"success":false,"x":"[masked]"}' == caught.value.message


async def test_a_header_that_holds_the_token_is_masked_whole(make: Any, server: Server) -> None:
    server.always(answer(f"got {TOKEN} of somebody!".encode(), 500))

    with pytest.raises(cfai.ApiError) as caught:
        await make(options=cfai.RequestOptions(headers={"X-Own": f"{TOKEN} of somebody"})).run(LLAMA, HI)

    assert "got [masked]!" == caught.value.message
    caught.value.raw = None  # as it was sent, and looked at behind the test


async def test_a_word_that_is_no_scheme_belongs_to_the_value(make: Any, server: Server) -> None:
    server.always(answer(b"the application is not known, and My application neither", 400))

    with pytest.raises(cfai.ApiError) as caught:
        await make(options=cfai.RequestOptions(headers={"X-Title": "My application"})).run(LLAMA, HI)

    assert "the application is not known, and [masked] neither" == caught.value.message


NASTY = "a\x1b[31mb\x00\x85c\u2028d\u2029e\u202efg\r\n  h"
CLEAN = "a [31mb c d e fg h"


async def test_messages_and_fields_have_no_control_characters(make: Any, server: Server) -> None:
    words = f"required properties at '/' are '{NASTY},\x1b'"
    refused = {"message": words, "code": 5006}
    client = make()
    server.script(answer({"errors": [refused]}, 400))
    with pytest.raises(cfai.InvalidInput) as once:
        await client.run(LLAMA, HI)
    server.script(stream(said("one"), sse({"errors": [refused]})))
    with pytest.raises(cfai.InvalidInput) as later:
        await read(client.stream(LLAMA, HI))
    server.script(answer({"result": {"responses": [{"id": 0, "success": False, "error": refused}]}, "success": True}))
    batch = await client.run(LLAMA, {"request_id": "a"})

    for error in (once.value, later.value, batch.outcomes[0].error):
        assert error.message.endswith(f"required properties at '/' are '{CLEAN}, '")
        assert [CLEAN] == error.fields
