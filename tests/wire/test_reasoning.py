"""`reasoning_effort` as each family has it.

The bodies are written by hand from the table of docs/wire.md 3.1.
"""

import json
import logging
from typing import Any

import pytest

import cfai
from cfai import _catalogue
from cfai._catalogue.chat_form import Effort
from cfai._wire.request.encode import encode
from cfai._wire.request.reasoning_effort import level_of

UNKNOWN = "@cf/some/new-model"
PNG = b"\x89PNG\r\n\x1a\n"
HI = {"role": "user", "content": "hi"}
LEVELS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
ON, OFF = {"chat_template_kwargs": {"enable_thinking": True}}, {"chat_template_kwargs": {"enable_thinking": False}}
SENT = {level: {"reasoning_effort": level} for level in LEVELS}


def written(model: str, params: Any) -> Any:
    return json.loads(encode(model, params).body.read()[0])


def sent(*levels: str) -> list[Any]:
    return [SENT[level] for level in levels]


SWITCHED = [OFF, *[ON] * 6]
DEEPSEEK = sent("none", "minimal", "low", "medium", "high", "xhigh", "max")
GLM_5_3 = sent("low", "minimal", "low", "medium", "high", "xhigh", "max")
GPT_OSS = sent("low", "low", "low", "medium", "high", "high", "high")
AS_GIVEN = sent(*LEVELS)

WRITTEN: list[tuple[str, list[Any]]] = [
    ("@cf/openai/gpt-oss-20b", GPT_OSS),
    ("@cf/openai/gpt-oss-120b", GPT_OSS),
    ("@cf/moonshotai/kimi-k2.6", sent("none", *["high"] * 6)),
    ("@cf/moonshotai/kimi-k2.7-code", [{}] * 7),
    ("@cf/zai-org/glm-4.7-flash", SWITCHED),
    ("@cf/google/gemma-4-26b-a4b-it", SWITCHED),
    ("@cf/nvidia/nemotron-3-120b-a12b", SWITCHED),
    ("@cf/zai-org/glm-5.2", AS_GIVEN),
    ("@cf/zai-org/glm-5.3", GLM_5_3),
    ("@cf/zai-org/glm-5.3-flash", GLM_5_3),
    ("@cf/deepseek-ai/deepseek-v4-flash-0731", DEEPSEEK),
    ("@cf/deepseek-ai/deepseek-v4-pro-0813", DEEPSEEK),
    ("@cf/qwen/qwen3.8-27b", [OFF, *sent("low", "low", "medium", "xhigh", "xhigh", "xhigh")]),
    ("@cf/qwen/qwq-32b", [{}] * 7),
    ("@cf/deepseek-ai/deepseek-r1-distill-qwen-32b", [{}] * 7),
    ("@cf/qwen/qwen3-30b-a3b-fp8", AS_GIVEN),
    (UNKNOWN, AS_GIVEN),
]


@pytest.mark.parametrize(("model", "expected"), WRITTEN)
def test_a_level_is_written_as_the_family_has_it(model: str, expected: list[Any]) -> None:
    found = [written(model, cfai.Messages([HI], reasoning_effort=level)) for level in LEVELS]

    assert [{**body, "messages": [HI]} for body in expected] == found


def test_every_model_that_reasons_is_in_that_table() -> None:
    reasons = {name for name, row in _catalogue.ROWS.items() if _catalogue.Trait.REASONING in row.traits}

    assert reasons == {model for model, _ in WRITTEN} - {UNKNOWN}
    assert {name for name, row in _catalogue.ROWS.items() if row.chat.effort is not None} <= reasons


@pytest.mark.parametrize(
    "params",
    [
        cfai.Prompt("hi", reasoning_effort="none"),
        cfai.Messages([HI], reasoning_effort="none"),
        cfai.ImagePrompt(PNG, "hi", reasoning_effort="none"),
        cfai.ImageMessages(PNG, [HI], reasoning_effort="none"),
    ],
)
def test_every_class_that_generates_text_has_it(params: Any) -> None:
    assert "none" == written("@cf/moonshotai/kimi-k2.6", params)["reasoning_effort"]
    assert OFF["chat_template_kwargs"] == written("@cf/google/gemma-4-26b-a4b-it", params)["chat_template_kwargs"]


@pytest.mark.parametrize("model", ["@cf/openai/gpt-oss-120b", "@cf/zai-org/glm-5.3", UNKNOWN])
def test_a_level_that_is_newer_than_this_release_is_sent_as_it_is(model: str) -> None:
    assert "ultra" == written(model, cfai.Prompt("hi", reasoning_effort="ultra"))["reasoning_effort"]


def test_a_newer_level_is_not_none_to_a_switch() -> None:
    body = written("@cf/zai-org/glm-4.7-flash", cfai.Prompt("hi", reasoning_effort="ultra"))

    assert {"prompt": "hi", **ON} == body


@pytest.mark.parametrize("model", [model for model, _ in WRITTEN])
def test_what_is_not_set_is_not_sent(model: str) -> None:
    assert {"prompt": "hi"} == written(model, cfai.Prompt("hi"))


# -- the switch


def test_the_switch_joins_what_the_user_set_of_the_chat_template() -> None:
    given = {"low_effort": True}
    params = cfai.Prompt("hi", reasoning_effort="low", chat_template_kwargs=given)

    assert {"prompt": "hi", "chat_template_kwargs": {"low_effort": True, "enable_thinking": True}} == written(
        "@cf/nvidia/nemotron-3-120b-a12b", params
    )
    assert {"low_effort": True} == given


@pytest.mark.parametrize(("effort", "stated"), [("none", False), ("none", None), ("high", True)])
def test_a_switch_that_says_the_same_is_no_conflict(effort: str, stated: bool | None) -> None:
    params = cfai.Prompt("hi", reasoning_effort=effort, chat_template_kwargs={"enable_thinking": stated})

    assert {"enable_thinking": effort != "none"} == written("@cf/zai-org/glm-4.7-flash", params)["chat_template_kwargs"]


@pytest.mark.parametrize(("effort", "stated"), [("none", True), ("low", False), ("low", "yes")])
def test_a_switch_that_says_the_opposite_is_refused(effort: str, stated: Any) -> None:
    params = cfai.Prompt("hi", reasoning_effort=effort, chat_template_kwargs={"enable_thinking": stated})

    with pytest.raises(cfai.InvalidParams, match="^reasoning_effort: .*enable_thinking.* set one of them"):
        encode("@cf/google/gemma-4-26b-a4b-it", params)


def test_a_level_beside_the_switch_is_for_the_service_to_judge() -> None:
    params = cfai.Prompt("hi", reasoning_effort="high", chat_template_kwargs={"enable_thinking": False})

    assert {"prompt": "hi", "reasoning_effort": "xhigh", **OFF} == written("@cf/qwen/qwen3.8-27b", params)


def test_what_is_no_mapping_is_refused() -> None:
    params = cfai.Prompt("hi", reasoning_effort="low", chat_template_kwargs="on")  # type: ignore[arg-type]

    with pytest.raises(cfai.InvalidParams, match="^chat_template_kwargs: must be a mapping, not str"):
        encode("@cf/google/gemma-4-26b-a4b-it", params)


# -- where it has no place


def test_a_model_that_always_thinks_is_not_told_and_the_log_says_so(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "cfai")

    assert {"prompt": "hi"} == written("@cf/moonshotai/kimi-k2.7-code", cfai.Prompt("hi", reasoning_effort="low"))
    assert [("cfai", "@cf/moonshotai/kimi-k2.7-code always thinks: reasoning_effort is not sent")] == [
        (record.name, record.getMessage()) for record in caplog.records
    ]


def test_nothing_is_logged_where_it_is_sent(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "cfai")
    for model, expected in WRITTEN:
        if expected[0]:
            encode(model, cfai.Prompt("hi", reasoning_effort="none"))

    assert [] == caplog.records


def test_moondream_has_another_knob() -> None:
    with pytest.raises(cfai.InvalidParams, match=r"^reasoning_effort: .*`reasoning` of cfai\.VisionQuery"):
        encode("@cf/moondream/moondream3.1-9B-A2B", cfai.ImagePrompt(PNG, "what?", reasoning_effort="low"))


@pytest.mark.parametrize("model", ["@cf/openai/gpt-oss-120b", "@cf/google/gemma-4-26b-a4b-it"])
@pytest.mark.parametrize("kind", [cfai.Prompt, cfai.Responses])
def test_a_level_is_a_text(model: str, kind: Any) -> None:
    with pytest.raises(cfai.InvalidParams, match="^reasoning_effort: must be a str such as 'low', not bool"):
        encode(model, kind("hi", reasoning_effort=False))


def test_it_is_a_field_and_not_extra_input() -> None:
    with pytest.raises(cfai.InvalidParams, match="'reasoning_effort' is a field of Prompt"):
        encode(UNKNOWN, cfai.Prompt("hi", extra_input={"reasoning_effort": "low"}))


def test_a_mapping_is_none_of_that() -> None:
    assert {"prompt": "hi", "reasoning_effort": "low"} == written(
        "@cf/moonshotai/kimi-k2.7-code", {"prompt": "hi", "reasoning_effort": "low"}
    )


# -- Responses


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("@cf/openai/gpt-oss-20b", ["low", "low", "low", "medium", "high", "high", "high"]),
        ("@cf/openai/gpt-oss-120b", ["low", "low", "low", "medium", "high", "high", "high"]),
        (UNKNOWN, list(LEVELS)),
        ("@cf/google/gemma-4-26b-a4b-it", list(LEVELS)),  # there is no such switch in this form
    ],
)
def test_in_responses_it_is_the_effort_of_the_reasoning(model: str, expected: list[str]) -> None:
    found = [written(model, cfai.Responses("hi", reasoning_effort=level)) for level in LEVELS]

    assert [{"input": "hi", "reasoning": {"effort": level}} for level in expected] == found


def test_in_responses_it_joins_what_the_user_set_of_the_reasoning() -> None:
    given = {"summary": "concise"}
    params = cfai.Responses("hi", reasoning=given, reasoning_effort="max")

    assert {"input": "hi", "reasoning": {"summary": "concise", "effort": "high"}} == written(
        "@cf/openai/gpt-oss-120b", params
    )
    assert {"summary": "concise"} == given


@pytest.mark.parametrize("effort", [None, "low"])
def test_in_responses_the_same_twice_is_no_conflict(effort: str | None) -> None:
    params = cfai.Responses("hi", reasoning={"effort": effort}, reasoning_effort="low")

    assert {"input": "hi", "reasoning": {"effort": "low"}} == written("@cf/openai/gpt-oss-120b", params)


def test_in_responses_two_efforts_are_refused() -> None:
    params = cfai.Responses("hi", reasoning={"effort": "high"}, reasoning_effort="low")

    with pytest.raises(cfai.InvalidParams, match="^reasoning_effort: 'low', and `reasoning` has the effort 'high'"):
        encode("@cf/openai/gpt-oss-120b", params)


def test_in_responses_what_is_no_mapping_is_refused() -> None:
    params = cfai.Responses("hi", reasoning="low", reasoning_effort="low")  # type: ignore[arg-type]

    with pytest.raises(cfai.InvalidParams, match="^reasoning: must be a mapping, not str"):
        encode("@cf/openai/gpt-oss-120b", params)


def test_in_responses_too_a_model_that_always_thinks_is_not_told(caplog: pytest.LogCaptureFixture) -> None:
    assert {"input": "hi"} == written("@cf/moonshotai/kimi-k2.7-code", cfai.Responses("hi", reasoning_effort="low"))
    assert 1 == len(caplog.records)


# -- the scale


def test_a_level_goes_to_the_next_higher_one_else_to_the_highest() -> None:
    effort = Effort("minimal", "medium")

    assert ["minimal", "minimal", "medium", "medium", "medium", "medium", "medium"] == [
        level_of(effort, level) for level in LEVELS
    ]
