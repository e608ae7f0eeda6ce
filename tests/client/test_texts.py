"""Texts as the service sent them in 2026, over the line: `run` and `stream`, by typed params and by mappings."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from kit.server import Server, answer
from kit.streams import DONE, sse, stream

import cfai
from cfai import GeneratedText, ToolCall, Usage

LLAMA = "@cf/meta/llama-3.2-3b-instruct"
SAMPLES = Path(__file__).parents[1] / "samples" / "text"
NEW = [
    "content-parsed",
    "fragments-anthropic",
    "fragments-call",
    "fragments-chat",
    "fragments-native",
    "fragments-native-call",
    "fragments-responses",
    "prompt-of-the-hybrid",
    "scout-list",
    "side-fields",
]
WAYS = [file for name in NEW for file in (SAMPLES / name / "answer.json", *sorted((SAMPLES / name).glob("*.sse")))]
BODIES = {file: file.read_bytes() for file in WAYS}
EXPECTED = {name: tomllib.loads((SAMPLES / name / "about.toml").read_text("utf-8"))["answer"] for name in NEW}
PARAMS: list[Any] = [cfai.Prompt("Say hello"), cfai.Messages([cfai.user("Say hello")]), {"prompt": "Say hello"}]


async def ask(client: Any, params: Any, *, streams: bool) -> Any:
    if not streams:
        return await client.run(LLAMA, params)
    async with client.stream(LLAMA, params) as asked:
        async for _ in asked:
            pass
        return asked.result


def arguments(answer: GeneratedText) -> list[Any]:
    return [(call.name, call.arguments, call.error) for call in answer.tool_calls]


@pytest.mark.parametrize("file", WAYS, ids=lambda file: f"{file.parent.name}/{file.stem}")
@pytest.mark.parametrize("params", PARAMS, ids=lambda params: type(params).__name__)
@pytest.mark.parametrize("streams", [False, True], ids=["run", "stream"])
async def test_each_of_them_is_read_whichever_way_it_is_asked_for(
    client: Any, server: Server, file: Path, params: Any, streams: bool
) -> None:
    server.script(answer(BODIES[file]) if file.suffix == ".json" else stream(BODIES[file]))

    found = await ask(client, params, streams=streams)

    expected = EXPECTED[file.parent.name]["values"]
    assert isinstance(found, GeneratedText)
    assert expected["response"] == found.text
    assert expected.get("parsed") == found.parsed
    assert expected.get("reasoning") == found.reasoning
    assert expected.get("skipped", []) == found.skipped
    called = expected.get("tool_calls[0].arguments")
    assert ([] if called is None else [("wait", called, None)]) == arguments(found)


CALL = {"id": "x", "type": "function", "index": 0, "function": {"name": "pay"}}
FRAGMENTS = ['{"euros": ', 1, 0, ', "to": {"a": ', [], "}}"]


@pytest.mark.parametrize("params", PARAMS, ids=lambda params: type(params).__name__)
@pytest.mark.parametrize("chat", [False, True], ids=["native", "chat"])
async def test_a_call_for_ten_is_never_one_for_one(client: Any, server: Server, params: Any, chat: bool) -> None:
    pieces = [CALL, *({"index": 0, "function": {"arguments": fragment}} for fragment in FRAGMENTS)]
    lists = [{"tool_calls": [piece]} for piece in pieces]
    server.script(stream(sse(*({"choices": [{"delta": each}]} if chat else each for each in lists)) + DONE))

    found = await ask(client, params, streams=True)

    assert [ToolCall("x", "pay", {"euros": 10, "to": {"a": []}}, '{"euros": 10, "to": {"a": []}}')] == found.tool_calls


@pytest.mark.parametrize("params", PARAMS, ids=lambda params: type(params).__name__)
@pytest.mark.parametrize("usage", [5, [], "none", {"prompt_tokens": "nine"}, {"neurons": {}}], ids=json.dumps)
async def test_no_malformed_usage_costs_a_stream(client: Any, server: Server, params: Any, usage: Any) -> None:
    server.script(
        stream(sse({"response": "Hel", "usage": usage}, {"response": "lo"}, {"response": "", "usage": usage}) + DONE)
    )

    found = await ask(client, params, streams=True)

    assert "Hello" == found.text
    assert found.usage in (None, Usage())
    assert 1 == len(found.skipped)
    assert found.skipped[0].startswith("$.usage")
