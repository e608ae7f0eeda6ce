"""Checks of how the service says no. They cost nothing, as far as is known."""

from asking import Asker, refusal_in_short
from verdicts import Check, Seen, dig, held_if, keys_of, unclear

import cfai

_MODEL = "@cf/huggingface/distilbert-sst-2-int8"
_INPUT = {"text": "a fine day"}
_INCOMPLETE = {"a_field_that_it_has_not": "a fine day"}

# As long as a real one: of a token that is no token by its form, the API may complain in other words.
_WRONG_TOKEN = "0123456789" * 4


async def _encoded_slash(asker: Asker) -> Seen:
    status, body = await asker.post_as_written(_MODEL.replace("/", "%2F"), _INPUT)
    code, message = dig(body, "errors", 0, "code"), dig(body, "errors", 0, "message")
    what = f"{status}/{code}: {message}"
    if status in {401, 403, 429} or status >= 500:
        return unclear(what)
    return held_if((status, code) == (400, 7000), what)


async def _wrong_token(asker: Asker) -> Seen:
    error = await asker.refusal(_MODEL, _INPUT, api_token=_WRONG_TOKEN)
    is_null = isinstance(error.raw, dict) and error.raw.get("result", "absent") is None
    good = (error.status, error.code) == (401, 10000) and is_null and error.request_id is None
    result = "result null" if is_null else f"result {dig(error.raw, 'result')!r}"
    marked = "no cf-ai-req-id" if error.request_id is None else "a cf-ai-req-id"
    return held_if(good, f"{refusal_in_short(error)}; {result}; {marked}")


async def _unknown_model(asker: Asker) -> Seen:
    error = await asker.refusal("@cf/meta/no-such-model", cfai.Prompt("hello"))
    source = {7000: "as recorded", 5007: "as documented"}.get(error.code if isinstance(error.code, int) else 0)
    return held_if(error.status == 400 and source is not None, f"{source or 'neither'}: {refusal_in_short(error)}")


async def _missing_field(asker: Asker) -> Seen:
    error = await asker.refusal(_MODEL, _INCOMPLETE)
    good = (error.status, error.code) == (400, 5006) and "required properties at '/' are" in (error.message or "")
    return held_if(good, refusal_in_short(error))


async def _form_of_a_models_refusal(asker: Asker) -> Seen:
    error = await asker.refusal(_MODEL, _INCOMPLETE)
    message = dig(error.raw, "errors", 0, "message")
    named = error.request_id is not None and isinstance(message, str) and error.request_id in message
    what = f"result {dig(error.raw, 'result')!r}; message {'with' if named else 'without'} cf-ai-req-id: {message}"
    return held_if(named and dig(error.raw, "result") == {}, f"{keys_of(error.raw)}; {what}")


async def _no_price_of_a_refusal(asker: Asker) -> Seen:
    error = await asker.refusal(_MODEL, _INCOMPLETE)
    neurons = (error.headers or {}).get("cf-ai-neurons")
    return held_if(neurons is None, "no cf-ai-neurons" if neurons is None else f"cf-ai-neurons: {neurons}")


CHECKS = (
    Check("1", "A model's name with %2F in the path is refused with 400/7000.", _encoded_slash),
    Check("2.2", "A wrong token is 401/10000, with result null and without cf-ai-req-id.", _wrong_token),
    Check("2.6", "An unknown model is 400 with 7000 (recorded) or 5007 (documented).", _unknown_model),
    Check("2.4", "A missing field is 400/5006: required properties at '/' are ...", _missing_field),
    Check("2.2", "A model's refusal has result {}, and cf-ai-req-id in its message.", _form_of_a_models_refusal),
    Check("10", "A refusal does not say what it cost.", _no_price_of_a_refusal),
)
