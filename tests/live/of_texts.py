"""Checks of the text models: some ten neurons, nearly all of them for the answer that is cut at 256 tokens."""

import json
from typing import Any

from asking import Asker
from verdicts import Check, Seen, Verdict, dig, held_if, keys_of, unclear

import cfai

_NATIVE = "@cf/meta/llama-3.2-3b-instruct"
_CHAT = "@cf/google/gemma-4-26b-a4b-it"
_SCHEMA = {"type": "object", "properties": {"colour": {"type": "string"}}, "required": ["colour"]}
_DEFAULT_LIMIT = 256

# Longer than the limit, so that to repeat it is enough: a model that is asked to count on its own likes to abridge.
_LONG = "Write out all of the following numbers, every single one, and nothing else: " + " ".join(map(str, range(400)))


async def _native(asker: Asker) -> Seen:
    result = dig((await asker.ask(_NATIVE, cfai.Prompt("Say hello.", max_tokens=8))).raw, "result")
    usage = dig(result, "usage")
    counts = [dig(usage, name) for name in ("prompt_tokens", "completion_tokens", "total_tokens")]
    good = isinstance(dig(result, "response"), str) and all(isinstance(count, int) for count in counts)
    what = f"{keys_of(result)}; usage: {keys_of(usage)}, neurons {dig(usage, 'neurons')!r}"
    return held_if(good and isinstance(dig(usage, "neurons"), float), what)


async def _unrounded_neurons(asker: Asker) -> Seen:
    reply = await asker.ask(_NATIVE, cfai.Prompt("Say hello.", max_tokens=8))
    inside, header = dig(reply.raw, "result", "usage", "neurons"), reply.headers.get("cf-ai-neurons")
    what = f"usage.neurons {inside!r}; cf-ai-neurons {header}"
    try:
        return held_if(abs(float(inside) - float(header or "")) <= 0.01, what)
    except (TypeError, ValueError):
        return held_if(False, what)


async def _default_limit(asker: Asker) -> Seen:
    reply = await asker.ask(_NATIVE, cfai.Prompt(_LONG))
    written = dig(reply.raw, "result", "usage", "completion_tokens")
    what = f"completion_tokens {written!r}; finish_reason {dig(reply.raw, 'result', 'finish_reason')!r}"
    if not isinstance(written, int):
        return unclear(what)
    if written < _DEFAULT_LIMIT:
        return unclear(f"{what}: the model had no more to say")
    return Seen(Verdict.HELD if written == _DEFAULT_LIMIT else Verdict.BROKEN, what)


async def _chat_completion(asker: Asker) -> Seen:
    messages = [{"role": "user", "content": "Say hello."}]
    result = dig((await asker.ask(_CHAT, cfai.Messages(messages, max_tokens=32))).raw, "result")
    choice = dig(result, "choices", 0)
    good = (
        dig(result, "object") == "chat.completion"
        and dig(choice, "message", "role") == "assistant"
        and isinstance(dig(choice, "finish_reason"), str)
        and isinstance(dig(result, "usage", "completion_tokens"), int)
    )
    return held_if(good, f"{keys_of(result)}; model {dig(result, 'model')}; message: {keys_of(dig(choice, 'message'))}")


async def _json_mode(asker: Asker) -> Seen:
    form = {"type": "json_schema", "json_schema": _SCHEMA}
    params = cfai.Prompt("Which colour is the sky? Answer in JSON.", response_format=form, max_tokens=50)
    response = dig((await asker.ask(_NATIVE, params)).raw, "result", "response")
    if isinstance(response, str):
        return held_if(isinstance(dig(_parsed(response), "colour"), str), f"a string: {response}")
    return held_if(isinstance(dig(response, "colour"), str), f"parsed: {response!r}")


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


CHECKS = (
    Check("3.1", "llama-3.2-3b answers natively: response, and usage with neurons, a float.", _native),
    Check("10", "usage.neurons is what cf-ai-neurons says, unrounded.", _unrounded_neurons),
    Check("3.1", "Where no limit is sent, llama-3.2-3b stops at 256 tokens.", _default_limit),
    Check("3.1", "gemma-4-26b answers with a chat.completion.", _chat_completion),
    Check("5", "In JSON mode a native response is the parsed object, or a string of JSON.", _json_mode),
)
