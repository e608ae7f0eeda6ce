"""Tools that a request forces the emulator to call, in both forms of text generation (docs/wire.md 5)."""

import json
import re

import pytest

CHAT = "@cf/google/gemma-4-26b-a4b-it"
NATIVE = "@cf/meta/llama-3.2-3b-instruct"

ECHO = "I am the cfai emulator, not a model. You asked: "
HELLO = {"messages": [{"role": "user", "content": "Say hello"}]}

CITY = {"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer", "minimum": 1}}}
WEATHER = {"name": "weather", "description": "Look out", "parameters": {**CITY, "required": ["city", "days"]}}
CLOCK = {"name": "clock", "description": "Look up", "parameters": {"type": "object", "properties": {}}}
WRAPPED = [{"type": "function", "function": tool} for tool in (CLOCK, WEATHER)]
FORCED = {"type": "function", "function": {"name": "weather"}}
ARGUMENTS = {"city": "emulator", "days": 1}


def chat(ask, **changes):
    answered = ask(CHAT, {**HELLO, **changes})
    assert answered.status == 200, answered.body
    return answered.json["result"]


def message(ask, **changes):
    return chat(ask, **changes)["choices"][0]["message"]


@pytest.mark.parametrize("tools", [WRAPPED, [CLOCK, WEATHER]], ids=["wrapped", "flat"])
def test_a_forced_tool_is_called_with_arguments_in_a_string(ask, tools):
    result = chat(ask, tools=tools, tool_choice=FORCED)

    choice = result["choices"][0]
    (call,) = choice["message"]["tool_calls"]
    assert choice["message"]["content"] is None
    assert choice["finish_reason"] == "tool_calls"
    assert (call["type"], call["function"]["name"]) == ("function", "weather")
    assert re.fullmatch(r"chatcmpl-tool-[0-9a-f]{32}", call["id"])
    assert json.loads(call["function"]["arguments"]) == ARGUMENTS
    assert result["usage"]["completion_tokens"] > 0


def test_any_tool_may_be_required_and_the_first_is_called(ask):
    (call,) = message(ask, tools=WRAPPED, tool_choice="required")["tool_calls"]

    assert call["function"] == {"name": "clock", "arguments": "{}"}


@pytest.mark.parametrize("changes", [{}, {"tool_choice": "auto"}, {"tool_choice": "none"}])
def test_other_choices_call_nothing(ask, changes):
    assert message(ask, tools=WRAPPED, **changes) == {
        "role": "assistant",
        "content": ECHO + "Say hello",
        "refusal": None,
    }


def test_required_fails_open_without_tools(ask):
    assert message(ask, tool_choice="required")["content"] == ECHO + "Say hello"


def test_two_turns_have_two_ids_of_their_calls(ask):
    turns = [HELLO["messages"], [*HELLO["messages"], {"role": "user", "content": "And now?"}]]

    ids = {message(ask, messages=each, tools=WRAPPED, tool_choice=FORCED)["tool_calls"][0]["id"] for each in turns}

    assert len(ids) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"tools": WRAPPED, "tool_choice": "any"},
        {"tools": WRAPPED, "tool_choice": {"type": "function", "function": {"name": "nobody"}}},
        {"tools": [{**CLOCK, "description": 5}]},
        {"tools": [{**CLOCK, "parameters": {"type": "object", "properties": []}}]},
    ],
    ids=["any", "unknown", "a description that is no string", "properties that are no object"],
)
def test_tools_that_the_engine_does_not_take_are_refused(ask, changes):
    answered = ask(CHAT, {**HELLO, **changes})

    assert (answered.status, answered.json["errors"][0]["code"]) == (400, 8001)
    assert answered.json["result"] == {}


@pytest.mark.parametrize("tools", [WRAPPED, [CLOCK, WEATHER]], ids=["wrapped", "flat"])
def test_the_native_form_calls_a_forced_tool_flat(ask, tools):
    result = ask(NATIVE, {**HELLO, "tools": tools, "tool_choice": FORCED}).json["result"]

    assert list(result) == ["response", "tool_calls", "usage"]
    assert result["response"] is None
    assert result["tool_calls"] == [{"name": "weather", "arguments": ARGUMENTS}]
    assert result["usage"]["completion_tokens"] > 0


@pytest.mark.parametrize(("choice", "calls"), [("required", ["clock"]), ("auto", []), ("none", [])])
def test_the_native_form_calls_what_is_required_and_nothing_else(ask, choice, calls):
    result = ask(NATIVE, {**HELLO, "tools": WRAPPED, "tool_choice": choice}).json["result"]

    assert [call["name"] for call in result["tool_calls"]] == calls
    assert (result["response"] is None) == bool(calls)


def test_a_tool_without_parameters_is_called_with_none(ask):
    result = ask(NATIVE, {**HELLO, "tools": [{"name": "f"}], "tool_choice": "required"}).json["result"]

    assert result["tool_calls"] == [{"name": "f", "arguments": {}}]
