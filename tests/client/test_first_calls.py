"""What a first call costs: everything is loaded when a client is built, and nothing in a call."""

import pytest
from kit import script
from kit.server import Server, answer

pytestmark = pytest.mark.slow

CALLS = {
    "Prompt": ("@cf/meta/llama-3.2-3b-instruct", 'cfai.Prompt("hi")', {"response": "Hello"}),
    "Messages": ("@cf/openai/gpt-oss-20b", 'cfai.Messages([{"role": "user", "content": "hi"}])', {"choices": []}),
    "TextClassification": ("@cf/huggingface/distilbert-sst-2-int8", 'cfai.TextClassification("hi")', []),
    "TextEmbeddings": ("@cf/baai/bge-base-en-v1.5", 'cfai.TextEmbeddings("hi")', {"data": [[0.5]], "shape": [1, 1]}),
    "TextToImage": ("@cf/black-forest-labs/flux-1-schnell", 'cfai.TextToImage("hi")', {"image": "/9j/4AAQ"}),
    "flux-2": ("@cf/black-forest-labs/flux-2-dev", 'cfai.TextToImage("hi")', {"image": "/9j/4AAQ"}),
    "TextToSpeech": ("@cf/myshell-ai/melotts", 'cfai.TextToSpeech("hi")', {"audio": "SUQzBAAA"}),
    "AutomaticSpeechRecognition": (
        "@cf/openai/whisper",
        "cfai.AutomaticSpeechRecognition(pathlib.Path(sys.executable))",
        {"text": "Hello", "words": [{"word": "Hello", "start": 0.0, "end": 0.5}]},
    ),
    "a mapping": ("@cf/meta/m2m100-1.2b", '{"text": "hi", "target_lang": "de"}', {"translated_text": "Hallo"}),
}


@pytest.mark.parametrize("client", ["AsyncClient", "Client"])
@pytest.mark.parametrize("case", CALLS)
def test_a_first_call_imports_nothing(server: Server, case: str, client: str) -> None:
    model, params, result = CALLS[case]
    server.script(answer({"result": result, "success": True, "errors": [], "messages": []}))
    ended = script.run(
        f"""
import asyncio, pathlib, sys, cfai
client, params = cfai.{client}(), {params}
before = set(sys.modules)
async def call():
    return await client.request({model!r}, params)
asyncio.run(call()) if "{client}" == "AsyncClient" else client.request({model!r}, params)
print(sorted(set(sys.modules) - before))
""",
        server,
    )

    ended.assert_quiet()
    assert "[]\n" == ended.out


@pytest.mark.parametrize("failure", ["refused", "no host", "not JSON", "an error of the service", "a limit of time"])
def test_a_first_failure_imports_nothing(server: Server, failure: str) -> None:
    answers = {
        "not JSON": answer(b"<html>"),
        "an error of the service": answer(b'{"success": false, "errors": [{"code": 4006, "message": "x"}]}', 429),
    }
    server.script(*filter(None, [answers.get(failure)]))
    url = {"refused": "http://127.0.0.1:1", "no host": "http://nobody.invalid"}.get(failure, server.base_url)
    ended = script.run(
        f"""
import asyncio, sys, cfai
client = cfai.AsyncClient(allow_insecure=True, base_url={url!r})
limit = 1e-9 if {failure!r} == "a limit of time" else 30
params, options = cfai.Prompt("hi"), cfai.RequestOptions(timeout=limit)
before = set(sys.modules)
async def call():
    try:
        await client.run("@cf/meta/llama-3.2-3b-instruct", params, options)
    except cfai.CfaiError as error:
        print(str(error) != "")
asyncio.run(call())
print(sorted(set(sys.modules) - before - {{"cfai.errors"}}))
""",
        server,
    )

    ended.assert_quiet()
    assert "True\n[]\n" == ended.out
