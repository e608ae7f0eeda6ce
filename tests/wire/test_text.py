"""Generated text: one class, whichever of the five wire shapes and their hybrid came (docs/wire.md 3.1, 5)."""

import json
from typing import Any

import pytest

import cfai
from cfai._wire.answer.decode import decode, neurons_of, raw_of
from cfai._wire.http_values import Headers, Response
from cfai._wire.request.encode import encode
from cfai._wire.text.usage import usage_of

JSON_MODE = {"response_format": {"type": "json_object"}}
WHOLE = '{"a": 1}'


def read(result: Any) -> Any:
    """Structure without a request."""
    return cfai.converter.structure(result, cfai.GeneratedText)


def ask(result: Any, sent: Any) -> Any:
    response = Response(status=200, headers=Headers({}), body=json.dumps({"result": result, "success": True}).encode())
    return decode(response, encode("@cf/some/model", sent), "0" * 32)


def chat(message: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"object": "chat.completion", "choices": [{"index": 0, "message": message, "finish_reason": "stop"}], **more}


# -- response and parsed


@pytest.mark.parametrize(
    ("response", "text", "parsed"),
    [
        ("hi", "hi", None),
        ("", "", None),
        (None, "", None),
        (5, "5", None),
        (0, "0", None),
        (-1.5, "-1.5", None),
        (2**70, "1180591620717411303424", None),
        (True, "true", None),
        (False, "false", None),
        ({"a": [1, None]}, '{"a":[1,null]}', {"a": [1, None]}),
        ({}, "{}", {}),
        ([1, "é"], '[1,"é"]', [1, "é"]),
        (
            [{"type": "fruit", "text": "apple"}],
            '[{"type":"fruit","text":"apple"}]',
            [{"type": "fruit", "text": "apple"}],
        ),
        (WHOLE, WHOLE, None),
    ],
)
def test_a_native_response_is_its_text_and_an_object_is_parsed_too(response: Any, text: str, parsed: Any) -> None:
    answer = read({"response": response})

    assert (text, text, parsed) == (answer.response, answer.text, answer.parsed)


@pytest.mark.parametrize(
    ("content", "text", "parsed"),
    [
        ("hi", "hi", None),
        (None, "", None),
        (5, "5", None),
        ({"a": 1}, '{"a":1}', {"a": 1}),
        ([{"type": "text", "text": "a"}, {"type": "text", "text": "b"}], "ab", None),
        ([{"type": "text", "text": "a"}, {"type": "image_url"}, {"type": "text", "text": None}], "a", None),
        ([1, 2], "[1,2]", [1, 2]),
        ([], "[]", []),
    ],
)
def test_the_content_of_a_message_may_be_typed_parts(content: Any, text: str, parsed: Any) -> None:
    answer = read(chat({"role": "assistant", "content": content}))

    assert (text, parsed) == (answer.response, answer.parsed)


@pytest.mark.parametrize(
    "sent",
    [
        cfai.Prompt("a", response_format={"type": "json_object"}),
        cfai.Messages([], response_format={"type": "json_schema", "json_schema": {"type": "object"}}),
        cfai.Prompt("a", guided_json={"type": "object"}),
        {"prompt": "a", **JSON_MODE},
        {"input": "a", "text": {"format": {"type": "json_schema", "name": "a", "schema": {}}}},
        cfai.Input({"prompt": "a", **JSON_MODE}, returning=cfai.GeneratedText),
        cfai.Input({"prompt": "a", **JSON_MODE}, returning=cfai.RunResponse),
        cfai.Prompt("a", extra_input={"text": {"format": {"type": "json_object"}}}),
    ],
)
@pytest.mark.parametrize(
    "result",
    [
        {"response": WHOLE},
        WHOLE,
        chat({"content": WHOLE}),
        {"choices": [{"text": WHOLE}]},
        {"output": [{"type": "message", "content": [{"type": "output_text", "text": WHOLE}]}]},
        {"type": "message", "content": [{"type": "text", "text": WHOLE}]},
    ],
)
def test_a_text_is_parsed_where_json_was_asked_for(sent: Any, result: Any) -> None:
    answer = ask(result, sent)

    assert (WHOLE, {"a": 1}) == (answer.response, answer.parsed)


@pytest.mark.parametrize(
    "sent",
    [
        cfai.Prompt("a"),
        cfai.Prompt("a", response_format={"type": "text"}),
        {"prompt": "a", "response_format": None},
        {"prompt": "a", "response_format": "json_object"},
        {"prompt": "a", "guided_json": None},
        {"input": "a", "text": {"format": {"type": "text"}}},
        {"input": "a", "text": "json"},
    ],
)
def test_a_text_is_not_parsed_where_json_was_not_asked_for(sent: Any) -> None:
    assert None is ask({"response": WHOLE}, sent).parsed


@pytest.mark.parametrize(
    "text", ["", "no JSON", "5", '"a"', "null", "true", '{"a": 1', "{} {}", "NaN", "[" * 5000, '{"a": "\ud83d"}']
)
def test_in_json_mode_what_is_no_object_or_list_is_not_parsed(text: str) -> None:
    answer = cfai.converter.structure({"response": text}, cfai.GeneratedText)
    assert None is answer.parsed

    if text.isprintable():
        asked = ask({"response": text}, cfai.Prompt("a", response_format={"type": "json_object"}))
        assert (text, None) == (asked.response, asked.parsed)


def test_the_hybrid_takes_the_parsed_object_and_the_text_as_the_model_wrote_it() -> None:
    answer = read(chat({"content": '{"a":   1}'}, response={"a": 1}, tool_calls=[]))

    assert ('{"a":   1}', {"a": 1}, []) == (answer.response, answer.parsed, answer.tool_calls)


@pytest.mark.parametrize(
    ("content", "response", "text"),
    [
        ("a", "a", "a"),
        (None, "b", "b"),
        ("", "b", "b"),
        ("a", None, "a"),
        ("a", "", "a"),
        (None, None, ""),
        (None, {"b": 1}, '{"b":1}'),
        (None, 5, "5"),
    ],
)
def test_the_hybrid_has_text_where_either_of_its_halves_has(content: Any, response: Any, text: str) -> None:
    assert text == read(chat({"content": content}, response=response)).response


def test_in_json_mode_the_hybrids_object_is_not_parsed_anew_from_its_text() -> None:
    answer = ask(
        chat({"content": "Here: {"}, response={"a": 1}), cfai.Prompt("a", response_format={"type": "json_object"})
    )

    assert ("Here: {", {"a": 1}) == (answer.response, answer.parsed)


def test_the_hybrid_takes_tool_calls_from_where_they_are() -> None:
    call = {"name": "f", "arguments": {"a": 1}}

    outer = read(chat({"content": None, "tool_calls": []}, response=None, tool_calls=[call]))
    inner = read(chat({"content": None, "tool_calls": [call]}, response=None, tool_calls=[]))

    assert outer.tool_calls == inner.tool_calls == [cfai.ToolCall("call_0", "f", {"a": 1}, '{"a":1}')]


def test_no_choices_at_all_are_no_text() -> None:
    assert cfai.GeneratedText() == read({"choices": []})


def test_a_description_is_the_text_of_a_promised_text() -> None:
    assert "a cat" == read({"description": "a cat"}).text


# -- reasoning


@pytest.mark.parametrize(
    ("message", "reasoning"),
    [
        ({"reasoning": "a"}, "a"),
        ({"reasoning_content": "a"}, "a"),
        ({"reasoning": "a", "reasoning_content": "a"}, "a"),
        ({"reasoning": None, "reasoning_content": "a"}, "a"),
        ({"reasoning": "", "reasoning_content": "a"}, "a"),
        ({"reasoning": {"text": "a"}}, "a"),
        ({"reasoning": {"effort": "low"}}, None),
        ({"reasoning": None}, None),
        ({"reasoning": ""}, None),
        ({}, None),
    ],
)
def test_reasoning_is_taken_from_either_key(message: dict[str, Any], reasoning: str | None) -> None:
    assert reasoning == read(chat({"content": "x", **message})).reasoning
    assert reasoning == read({"response": "x", **message}).reasoning


@pytest.mark.parametrize(
    ("items", "reasoning"),
    [
        ([{"type": "reasoning", "summary": [], "content": [{"type": "reasoning_text", "text": "a"}]}], "a"),
        ([{"type": "reasoning", "summary": [{"type": "summary_text", "text": "b"}]}], "b"),
        ([{"type": "reasoning", "summary": [{"type": "summary_text", "text": "b"}], "content": None}], "b"),
        ([{"type": "reasoning", "content": "a"}, {"type": "reasoning", "content": "b"}], "a\nb"),
        ([{"type": "reasoning", "summary": []}], None),
    ],
)
def test_the_reasoning_of_a_responses_object(items: Any, reasoning: str | None) -> None:
    assert reasoning == read({"object": "response", "output": items}).reasoning


def test_a_responses_object_may_have_its_text_in_output_text_alone() -> None:
    assert "hi" == read({"object": "response", "output": [], "output_text": "hi"}).text
    assert "hi" == read({"object": "response", "output_text": "hi"}).text


def test_items_of_a_responses_object_that_are_newer_than_this_release_are_passed_over() -> None:
    items = [
        {"type": "web_search_call", "id": "w"},
        {"type": "message", "content": [{"type": "refusal", "refusal": "no"}, {"type": "output_text", "text": "a"}]},
    ]

    assert "a" == read({"output": items}).text


# -- tool calls


@pytest.mark.parametrize(
    ("arguments", "parsed", "written", "error"),
    [
        ({"a": 1}, {"a": 1}, '{"a":1}', None),
        ('{"a": 1}', {"a": 1}, '{"a": 1}', None),
        ({}, {}, "{}", None),
        ("{}", {}, "{}", None),
        ("", {}, "", None),
        ("  ", {}, "  ", None),
        (None, {}, "", None),
        ('{"a": "\\u00e9"}', {"a": "é"}, '{"a": "\\u00e9"}', None),
        ('{"a": ', {}, '{"a": ', "not JSON"),
        ("0", {}, "0", "expected an object, got int"),
        ("null", {}, "null", "expected an object, got null"),
        ('"{}"', {}, '"{}"', "expected an object, got str"),
        ("[1]", {}, "[1]", "expected an object, got array"),
        ([1], {}, "[1]", "expected an object, got array"),
        (5, {}, "5", "expected an object, got int"),
        ('{"a": NaN}', {}, '{"a": NaN}', "not JSON"),
        ("[" * 5000, {}, "[" * 5000, "not JSON"),
    ],
)
@pytest.mark.parametrize("nested", [True, False])
def test_arguments_are_parsed_and_kept_as_they_were_written(
    arguments: Any, parsed: Any, written: str, error: str | None, nested: bool
) -> None:
    function = {"name": "f", "arguments": arguments}

    [call] = read(
        {"response": None, "tool_calls": [{"id": "x", "function": function} if nested else {"id": "x", **function}]}
    ).tool_calls

    assert ("x", "f", parsed, written) == (call.id, call.name, call.arguments, call.raw_arguments)
    assert (error is None) == (call.error is None)
    assert (error or "") in (call.error or "")


@pytest.mark.parametrize(("given", "expected"), [("a", "a"), (None, "call_1"), ("", "call_1"), (7, "call_1")])
def test_a_call_without_an_id_is_named_by_its_place(given: Any, expected: str) -> None:
    calls = read({"tool_calls": [{"name": "f"}, {"id": given, "name": "g"}]}).tool_calls

    assert ["call_0", expected] == [call.id for call in calls]


@pytest.mark.parametrize(
    "calls",
    [
        None,
        [],
        [None],
        [{"id": None, "type": None, "function": {"name": None, "arguments": ""}}],
        [{"id": "x", "type": None, "function": {"name": None, "arguments": ""}}],
        [{"id": [], "function": {"name": None, "arguments": ""}}],
        [{}],
    ],
)
def test_no_calls_are_an_empty_list(calls: Any) -> None:
    assert [] == read({"response": "x", "tool_calls": calls}).tool_calls
    assert [] == read(chat({"content": "x", "tool_calls": calls})).tool_calls


def test_a_call_in_a_responses_object_has_the_id_that_its_answer_needs() -> None:
    ids = [{"id": "fc", "call_id": "call"}, {"id": "fc"}, {}]

    answer = read({"output": [{"type": "function_call", "name": "f", **given} for given in ids]})

    assert ["call", "fc", "call_2"] == [call.id for call in answer.tool_calls]


# -- the next message


def test_an_answer_is_the_next_message_of_a_history() -> None:
    assert {"role": "assistant", "content": "hi"} == read("hi").message


def test_the_message_has_reasoning_and_calls_and_content_that_is_not_null() -> None:
    calls = [
        {"id": "a", "function": {"name": "f", "arguments": '{"x": 1}'}},
        {"name": "g", "arguments": {"y": 2}},
        {"name": "h"},
    ]

    message = read(chat({"content": None, "reasoning": "hm", "tool_calls": calls})).message

    assert message == {
        "role": "assistant",
        "content": "",
        "reasoning": "hm",
        "tool_calls": [
            {"id": "a", "type": "function", "function": {"name": "f", "arguments": '{"x": 1}'}},
            {"id": "call_1", "type": "function", "function": {"name": "g", "arguments": '{"y":2}'}},
            {"id": "call_2", "type": "function", "function": {"name": "h", "arguments": "{}"}},
        ],
    }


def test_the_message_can_be_sent_on() -> None:
    message = read(chat({"content": "hi", "reasoning": "hm"})).message

    body, _ = encode("@cf/some/model", cfai.Messages([message])).body.read()

    assert {"messages": [{"role": "assistant", "content": "hi", "reasoning": "hm"}]} == json.loads(body)


# -- where it was cut


@pytest.mark.parametrize(
    ("reason", "truncated"),
    [
        ("length", True),
        ("model_length", True),
        ("stop", False),
        ("tool_calls", False),
        ("content_filter", False),
        ("error", False),
        ("unknown", False),
        (None, False),
    ],
)
def test_a_finish_reason_tells_what_was_cut(reason: str | None, truncated: bool) -> None:
    result = {"choices": [{"message": {"content": "x"}, "finish_reason": reason}]}

    for answer in (read(result), ask(result, cfai.Prompt("a")), read({"response": "x", "finish_reason": reason})):
        assert (reason, truncated) == (answer.finish_reason, answer.truncated)


@pytest.mark.parametrize(
    ("sent", "tokens", "truncated"),
    [
        (cfai.Prompt("a"), 256, True),
        (cfai.Prompt("a"), 255, False),
        (cfai.Prompt("a"), 257, False),
        (cfai.Prompt("a", max_tokens=20), 20, True),
        (cfai.Prompt("a", max_tokens=20), 256, False),
        (cfai.Prompt("a", max_completion_tokens=20), 20, True),
        (cfai.Messages([], max_tokens=20), 19, False),
        ({"prompt": "a", "max_tokens": 20}, 20, True),
        ({"prompt": "a", "max_tokens": None}, 256, True),
        ({"input": "a", "max_output_tokens": 20}, 20, True),
        ({"prompt": "a"}, 256, True),
        (cfai.Prompt("a", extra_input={"max_output_tokens": 20}), 20, True),
        (cfai.Input({"prompt": "a", "max_tokens": 20}, returning=cfai.GeneratedText), 20, True),
    ],
)
def test_as_many_tokens_as_the_limit_in_force_are_a_cut(sent: Any, tokens: int, truncated: bool) -> None:
    for names in (("prompt_tokens", "completion_tokens"), ("input_tokens", "output_tokens")):
        result = {"response": "x", "usage": dict(zip(names, (3, tokens), strict=True))}

        assert truncated is ask(result, sent).truncated
        assert truncated is ask(chat({"content": "x"}, usage=result["usage"]), sent).truncated


def test_the_limit_of_a_third_partys_model_is_inside_of_its_input() -> None:
    response = Response(status=200, headers=Headers({}), body=b'{"response": "x", "usage": {"completion_tokens": 20}}')

    assert decode(response, encode("openai/gpt-5", {"max_tokens": 20}), "0" * 32).truncated


def test_without_a_request_the_finish_reason_alone_tells() -> None:
    assert False is read({"response": "x", "usage": {"completion_tokens": 256}}).truncated
    assert (
        False
        is cfai.converter.structure({"response": "x", "usage": {"completion_tokens": 256}}, cfai.RunResponse).truncated
    )


@pytest.mark.parametrize(
    ("result", "reason", "truncated"),
    [
        ({"object": "response", "status": "completed", "output": []}, "stop", False),
        (
            {
                "object": "response",
                "status": "completed",
                "output": [{"type": "function_call", "name": "f", "arguments": "{}"}],
            },
            "tool_calls",
            False,
        ),
        (
            {"object": "response", "status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}},
            "length",
            True,
        ),
        (
            {"object": "response", "status": "incomplete", "incomplete_details": {"reason": "content_filter"}},
            "content_filter",
            False,
        ),
        ({"object": "response", "status": "incomplete", "incomplete_details": None}, "incomplete", False),
        ({"object": "response", "status": None}, None, False),
        ({"type": "message", "content": [], "stop_reason": "end_turn"}, "stop", False),
        ({"type": "message", "content": [], "stop_reason": "max_tokens"}, "length", True),
        ({"type": "message", "content": [], "stop_reason": "tool_use"}, "tool_calls", False),
        ({"type": "message", "content": [], "stop_reason": "refusal"}, "refusal", False),
        ({"type": "message", "content": [], "stop_reason": None}, None, False),
    ],
)
def test_other_families_words_for_the_end_are_put_into_those_of_most(
    result: Any, reason: str | None, truncated: bool
) -> None:
    answer = read(result)

    assert (reason, truncated) == (answer.finish_reason, answer.truncated)


# -- usage


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        (None, None),
        ({}, cfai.Usage()),
        ({"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7}, cfai.Usage(3, 4, 7)),
        ({"prompt_tokens": 3, "completion_tokens": 4}, cfai.Usage(3, 4, 7)),
        ({"prompt_tokens": 3, "total_tokens": 3}, cfai.Usage(3, 0, 3)),
        ({"input_tokens": 3, "output_tokens": 4}, cfai.Usage(3, 4, 7)),
        ({"prompt_tokens": None, "input_tokens": 3}, cfai.Usage(3, 0, 3)),
        ({"prompt_tokens": 0, "input_tokens": 3}, cfai.Usage(0, 0, 0)),
        ({"prompt_tokens": 3.0}, cfai.Usage(3, 0, 3)),
        ({"prompt_tokens": 9, "prompt_tokens_details": {"cached_tokens": 4}}, cfai.Usage(9, 0, 9, 4)),
        ({"input_tokens": 9, "input_tokens_details": {"cached_tokens": 4}}, cfai.Usage(9, 0, 9, 4)),
        ({"prompt_tokens": 9, "prompt_tokens_details": None, "cached_tokens": 2}, cfai.Usage(9, 0, 9, 2)),
        ({"prompt_tokens": 9, "prompt_tokens_details": {"cached_tokens": None}}, cfai.Usage(9, 0, 9)),
        ({"input_tokens": 9, "cache_read_input_tokens": 5}, cfai.Usage(9, 0, 9, 5)),
        ({"prompt_tokens": 1, "neurons": 0.0731234}, cfai.Usage(1, 0, 1, 0, 0.0731234)),
        ({"prompt_tokens": 1, "neurons": 2}, cfai.Usage(1, 0, 1, 0, 2.0)),
        ({"prompt_tokens": 1, "completion_tokens_details": {"reasoning_tokens": 5}, "newer": "x"}, cfai.Usage(1, 0, 1)),
    ],
)
def test_usage_is_read_under_every_familys_names(usage: Any, expected: Any) -> None:
    assert expected == read({"response": "x", "usage": usage}).usage


@pytest.mark.parametrize(
    ("body", "headers", "neurons"),
    [
        ({"response": "x", "usage": {"neurons": 0.0731}}, {"cf-ai-neurons": "0.07"}, 0.0731),
        ({"response": "x", "usage": {"neurons": None}}, {"cf-ai-neurons": "0.07"}, 0.07),
        ({"response": "x"}, {"CF-AI-Neurons": "172.80"}, 172.8),
        ({"response": "x"}, {}, None),
        *[({"response": "x"}, {"cf-ai-neurons": nonsense}, None) for nonsense in ("", "many", "nan", "inf")],
        ([{"label": "a", "score": 1}], {"cf-ai-neurons": "1.5"}, 1.5),
        ({"result": {"translated_text": "x", "usage": {"neurons": 0.5}}, "success": True}, {}, 0.5),
        ({"result": {"translated_text": "x", "usage": "nonsense"}, "success": True}, {"cf-ai-neurons": "2"}, 2.0),
    ],
)
def test_neurons_are_the_bodys_else_the_headers(body: Any, headers: dict[str, str], neurons: float | None) -> None:
    response = Response(status=200, headers=Headers(headers), body=json.dumps(body).encode())
    answer = decode(response, encode("@cf/some/model", {}), "0" * 32)

    assert neurons == neurons_of(usage_of(answer, raw_of(response)), response)


# -- the queue


def test_the_outcomes_of_a_batch_are_in_the_order_of_the_requests() -> None:
    items = [{"id": index, "success": True, "result": {"response": str(index)}} for index in (2, 0, 1)]

    batch = cfai.converter.structure({"responses": items}, cfai.BatchResult)

    assert ["0", "1", "2"] == [outcome.result.text for outcome in batch.outcomes]
    assert [0, 1, 2] == [outcome.index for outcome in batch.outcomes]
    assert items == batch.raw["responses"]


def test_items_without_ids_are_in_their_own_order() -> None:
    batch = cfai.converter.structure({"responses": [{"result": "a"}, {"result": "b"}]}, cfai.BatchResult)

    assert [(0, "a"), (1, "b")] == [(outcome.index, outcome.result.text) for outcome in batch.outcomes]


def test_each_item_is_structured_by_its_own_shape_and_none_spoils_the_others() -> None:
    items = [
        {"id": 0, "result": {"data": [["x"]]}},
        {"id": 1, "result": None},
        {"id": 2, "result": {"data": [[0.5]]}},
        {"id": 3, "error": "no"},
    ]

    outcomes = cfai.converter.structure({"responses": items}, cfai.BatchResult).outcomes

    assert [cfai.UnknownAnswer, cfai.UnknownAnswer, cfai.Embeddings, type(None)] == [
        type(outcome.result) for outcome in outcomes
    ]
    assert [True, True, True, False] == [outcome.ok for outcome in outcomes]
    assert {"data": [["x"]]} == outcomes[0].result.raw


def test_blocks_of_an_unknown_kind_are_passed_over() -> None:
    content = [{"type": "text", "text": "a"}, {"type": "newer", "text": "x"}, {"type": "text", "text": "b"}]

    assert "ab" == structure({"type": "message", "content": content}).text
    assert "plain" == structure({"type": "message", "content": "plain"}).text


def structure(result: object) -> cfai.GeneratedText:
    answer = cfai.converter.structure(result, cfai.RunResponse)
    assert isinstance(answer, cfai.GeneratedText)
    return answer


# -- answers to a picture with a prompt

MOONDREAM = {
    "finish_reason": "stop",
    "metrics": {"input_tokens": 7, "output_tokens": 3, "ttft_ms": 1.5},
    "answer": "A cat.",
    "caption": None,
    "points": None,
    "objects": None,
    "reasoning": {"text": "It has whiskers.", "grounding": []},
}


def test_a_description_is_the_text_of_an_answer_to_a_picture() -> None:
    assert "A cat." == cfai.converter.structure({"description": "A cat."}, cfai.GeneratedText).text


@pytest.mark.parametrize("key", ["answer", "caption"])
def test_so_is_what_moondream_says(key: str) -> None:
    answer = cfai.converter.structure({**MOONDREAM, "answer": None, key: "A cat."}, cfai.GeneratedText)

    assert ("A cat.", "It has whiskers.", "stop") == (answer.text, answer.reasoning, answer.finish_reason)
    assert cfai.Usage(prompt_tokens=7, completion_tokens=3, total_tokens=10) == answer.usage


def test_places_are_no_text() -> None:
    with pytest.raises(cfai.DecodeError, match="expected text"):
        cfai.converter.structure({**MOONDREAM, "answer": None, "points": []}, cfai.GeneratedText)


@pytest.mark.parametrize(("task", "field"), [(None, "answer"), ("query", "answer"), ("caption", "caption")])
def test_what_a_model_that_sees_streams_unasked_is_its_answer(task: Any, field: str) -> None:
    request = encode("@cf/moondream/moondream3.1-9B-A2B", cfai.VisionQuery(b"\xff\xd8\xff", task=task))
    body = b'data: {"response": "a red"}\n\ndata: {"response": " cat", "finish_reason": "stop"}\n\ndata: [DONE]\n\n'
    answer = decode(Response(status=200, headers={"Content-Type": "text/event-stream"}, body=body), request, "0" * 32)

    assert "a red cat" == getattr(answer, field) == answer.text
    assert "stop" == answer.finish_reason
