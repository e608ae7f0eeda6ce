"""The helpers that write messages, and a history as each family wants it.

The bodies are written by hand from docs/wire.md 3.2 and 5.
"""

import io
import json
from pathlib import Path
from typing import Any

import pytest

import cfai
from cfai._wire.request.encode import encode

UNKNOWN = "@cf/some/new-model"
PNG = b"\x89PNG\r\n\x1a\n"
PNG_URL = "data:image/png;base64,iVBORw0KGgo="
WAV = b"RIFF\x08\x00\x00\x00WAVEabcd"
WAV_BASE64 = "UklGRggAAABXQVZFYWJjZA=="
MP3 = b"ID3abc"
PICTURE = {"type": "image_url", "image_url": {"url": PNG}}


def written(model: str, params: Any) -> Any:
    return json.loads(encode(model, params).body.read()[0])


# -- the helpers


def test_a_text_alone_stays_a_text() -> None:
    assert {"role": "system", "content": "You are brief."} == cfai.system("You are brief.")
    assert {"role": "user", "content": "Hi"} == cfai.user("Hi")
    assert {"role": "assistant", "content": "Hello"} == cfai.assistant("Hello")


def test_several_parts_are_a_list() -> None:
    expected = [{"type": "text", "text": "Which"}, {"type": "text", "text": "one?"}, PICTURE]

    assert {"role": "user", "content": expected} == cfai.user("Which", "one?", PNG)


def test_a_medium_alone_is_a_list_of_one() -> None:
    assert {"role": "user", "content": [PICTURE]} == cfai.user(PNG)


def test_a_str_is_never_the_name_of_a_file() -> None:
    assert [{"type": "text", "text": "cat.png"}, {"type": "text", "text": "data:,"}] == (
        cfai.user("cat.png", "data:,")["content"]
    )


def test_a_mapping_is_a_part_as_it_is() -> None:
    part = {"type": "file", "file": {"file_id": "a"}}

    assert [part] == cfai.user(part)["content"]


class Named(io.BytesIO):
    def __init__(self, name: object) -> None:
        super().__init__(WAV)
        self.name = name


@pytest.mark.parametrize(
    ("sound", "form"),
    [
        (WAV, "wav"),
        (bytearray(WAV), "wav"),
        (memoryview(MP3), "mp3"),
        (cfai.Audio(b"OggS"), "ogg"),
        (cfai.Media(b"?", "audio/flac"), "flac"),
        (Path("talk.MP3"), "mp3"),
        (Named("talk.wav"), "wav"),
    ],
)
def test_a_sound_is_told_by_its_bytes_its_type_or_its_suffix(sound: Any, form: str) -> None:
    part = cfai.user("What is said?", sound)["content"][1]

    assert {"type": "input_audio", "input_audio": {"data": sound, "format": form}} == part


@pytest.mark.parametrize(
    "picture",
    [
        PNG,
        bytearray(PNG),
        memoryview(PNG),
        cfai.Image(PNG),
        Path("cat.jpg"),
        Path("cat"),
        io.BytesIO(WAV),
        Named(3),
        b"",
    ],
)
def test_any_other_medium_is_a_picture(picture: Any) -> None:
    assert {"type": "image_url", "image_url": {"url": picture}} == cfai.user(picture)["content"][0]


@pytest.mark.parametrize(("part", "kind"), [(5, "int"), (None, "NoneType"), (["x"], "list")])
def test_what_is_no_part_is_refused(part: Any, kind: str) -> None:
    with pytest.raises(cfai.InvalidParams, match=rf"^parts\[1\]: {kind} is no part of a message"):
        cfai.user("hi", part)


def test_a_user_who_says_nothing_is_refused() -> None:
    with pytest.raises(cfai.InvalidParams, match="something that is said"):
        cfai.user()


def test_an_answer_is_what_the_assistant_said() -> None:
    answer = cfai.GeneratedText("Hello", reasoning="hm")

    assert answer.message == cfai.assistant(answer)
    assert {"role": "assistant", "content": "Hello", "reasoning": "hm"} == cfai.assistant(answer)


@pytest.mark.parametrize(
    ("result", "content"),
    [
        ("12 °C", "12 °C"),
        ({"temperature": 12, "unit": "°C"}, '{"temperature": 12, "unit": "°C"}'),
        ([1, 2], "[1, 2]"),
        (None, "null"),
        (True, "true"),
    ],
)
def test_a_result_goes_back_as_it_is_or_as_json(result: Any, content: str) -> None:
    call = cfai.ToolCall("call_7", "weather")

    assert {"role": "tool", "tool_call_id": "call_7", "name": "weather", "content": content} == cfai.tool(call, result)
    assert {"role": "tool", "tool_call_id": "call_7", "content": content} == cfai.tool("call_7", result)


@pytest.mark.parametrize("result", [{1, 2}, object(), float("nan"), {("a",): 1}])
def test_a_result_that_json_can_not_say_is_refused(result: Any) -> None:
    with pytest.raises(cfai.InvalidParams, match="^result: "):
        cfai.tool("call_7", result)


# -- an answer as a message


def test_a_call_made_by_hand_goes_back_with_its_arguments() -> None:
    answer = cfai.GeneratedText(tool_calls=[cfai.ToolCall("a", "weather", {"city": "Oslo"})])

    assert '{"city": "Oslo"}' == answer.message["tool_calls"][0]["function"]["arguments"]


@pytest.mark.parametrize("raw", ['{"city": "Os', "[1]", " ", ""])
def test_arguments_that_are_no_object_go_back_as_an_empty_one(raw: str) -> None:
    result = {"tool_calls": [{"id": "a", "function": {"name": "weather", "arguments": raw}}]}
    answer = cfai.converter.structure(result, cfai.GeneratedText)

    assert raw == answer.tool_calls[0].raw_arguments
    assert "{}" == answer.message["tool_calls"][0]["function"]["arguments"]


# -- the history of each family

ANSWERS: dict[str, Any] = {
    "native": {
        "response": None,
        "tool_calls": [
            {"name": "weather", "arguments": {"city": "Oslo"}},
            {"name": "clock", "arguments": {}},
        ],
    },
    "chat": {
        "choices": [
            {
                "message": {
                    "content": None,
                    "reasoning": "Two questions.",
                    "tool_calls": [
                        {
                            "id": "call_0",
                            "type": "function",
                            "function": {"name": "weather", "arguments": '{"city":"Oslo"}'},
                        },
                        {"id": "call_1", "type": "function", "function": {"name": "clock", "arguments": ""}},
                    ],
                }
            }
        ]
    },
    "responses": {
        "object": "response",
        "output": [
            {"type": "reasoning", "id": "rs_a", "content": [{"type": "reasoning_text", "text": "Two questions."}]},
            {
                "type": "function_call",
                "call_id": "call_0",
                "id": "fc_a",
                "name": "weather",
                "arguments": '{"city":"Oslo"}',
            },
            {"type": "function_call", "call_id": "call_1", "id": "fc_b", "name": "clock", "arguments": "{}"},
        ],
    },
}
CALLS = [
    {"id": "call_0", "type": "function", "function": {"name": "weather", "arguments": '{"city":"Oslo"}'}},
    {"id": "call_1", "type": "function", "function": {"name": "clock", "arguments": "{}"}},
]
CALLS_AS_TEXT = '{"name": "weather", "parameters": {"city":"Oslo"}}\n{"name": "clock", "parameters": {}}'


def history(shape: str) -> list[Any]:
    answer = cfai.converter.structure(ANSWERS[shape], cfai.GeneratedText)
    return [
        cfai.system("You are brief."),
        cfai.user("How cold is it in Oslo,", "and how late?"),
        answer.message,
        cfai.tool(answer.tool_calls[0], {"celsius": -3}),
        cfai.tool(answer.tool_calls[1], "noon"),
        cfai.GeneratedText("Three below zero, and noon.", reasoning="Both are known.").message,
        cfai.user("Thanks"),
    ]


def chat_form(**answer: Any) -> list[Any]:
    return [
        {"role": "system", "content": "You are brief."},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "How cold is it in Oslo,"},
                {"type": "text", "text": "and how late?"},
            ],
        },
        {"role": "assistant", "content": "", "tool_calls": CALLS, **answer},
        {"role": "tool", "tool_call_id": "call_0", "name": "weather", "content": '{"celsius": -3}'},
        {"role": "tool", "tool_call_id": "call_1", "name": "clock", "content": "noon"},
        {"role": "assistant", "content": "Three below zero, and noon.", "reasoning": "Both are known."},
        {"role": "user", "content": "Thanks"},
    ]


@pytest.mark.parametrize(
    "model",
    [
        "@cf/aisingapore/gemma-sea-lion-v4-27b-it",
        "@cf/deepseek-ai/deepseek-v4-flash-0731",
        "@cf/google/gemma-4-26b-a4b-it",
        "@cf/mistralai/mistral-small-3.1-24b-instruct",
        "@cf/moonshotai/kimi-k2.6",
        "@cf/nvidia/nemotron-3-120b-a12b",
        "@cf/openai/gpt-oss-120b",
        "@cf/qwen/qwen3-30b-a3b-fp8",
        "@cf/qwen/qwen3.8-27b",
        "@cf/qwen/qwq-32b",
        "@cf/zai-org/glm-5.3",
        UNKNOWN,
    ],
)
@pytest.mark.parametrize("shape", ["chat", "responses"])
def test_chat_models_get_the_reasoning_beside_a_content_that_is_not_null(model: str, shape: str) -> None:
    assert {"messages": chat_form(reasoning="Two questions.")} == written(model, cfai.Messages(history(shape)))


@pytest.mark.parametrize("model", ["@cf/ibm-granite/granite-4.0-h-micro", "@cf/qwen/qwen2.5-coder-32b-instruct"])
def test_native_models_get_one_text_a_message(model: str) -> None:
    expected = chat_form()
    expected[1] = {"role": "user", "content": "How cold is it in Oslo,\nand how late?"}

    assert {"messages": expected} == written(model, cfai.Messages(history("native")))


@pytest.mark.parametrize("model", ["@cf/meta/llama-3.2-3b-instruct", "@cf/meta/llama-3.1-8b-instruct-fp8"])
def test_llama_models_get_their_calls_in_the_content_too(model: str) -> None:
    expected = chat_form(content=CALLS_AS_TEXT)
    expected[1] = {"role": "user", "content": "How cold is it in Oslo,\nand how late?"}

    assert {"messages": expected} == written(model, cfai.Messages(history("native")))


@pytest.mark.parametrize(
    "model",
    [
        "@cf/meta/llama-3.2-11b-vision-instruct",
        "@cf/meta/llama-3.3-70b-instruct-fp8-fast",
        "@cf/meta/llama-4-scout-17b-16e-instruct",
    ],
)
def test_newer_llama_models_take_parts(model: str) -> None:
    assert {"messages": chat_form(content=CALLS_AS_TEXT)} == written(model, cfai.Messages(history("native")))


@pytest.mark.parametrize("shape", ["native", "chat", "responses"])
@pytest.mark.parametrize("model", ["@cf/openai/gpt-oss-120b", UNKNOWN])
def test_responses_get_items(shape: str, model: str) -> None:
    thought = {"type": "reasoning", "summary": []}
    two = [{**thought, "id": "rs_2", "content": [{"type": "reasoning_text", "text": "Two questions."}]}]
    before = [] if shape == "native" else two
    place = f"rs_{6 + len(before)}"
    expected = [
        {"role": "system", "content": "You are brief."},
        {
            "role": "user",
            "content": [
                {"type": "input_text", "text": "How cold is it in Oslo,"},
                {"type": "input_text", "text": "and how late?"},
            ],
        },
        *before,
        {"type": "function_call", "call_id": "call_0", "name": "weather", "arguments": '{"city":"Oslo"}'},
        {"type": "function_call", "call_id": "call_1", "name": "clock", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "call_0", "output": '{"celsius": -3}'},
        {"type": "function_call_output", "call_id": "call_1", "output": "noon"},
        {**thought, "id": place, "content": [{"type": "reasoning_text", "text": "Both are known."}]},
        {"role": "assistant", "content": "Three below zero, and noon."},
        {"role": "user", "content": "Thanks"},
    ]

    assert {"input": expected} == written(model, cfai.Responses(history(shape)))


# -- pictures and sounds in a history


@pytest.mark.parametrize("model", ["@cf/moonshotai/kimi-k2.6", "@cf/meta/llama-4-scout-17b-16e-instruct", UNKNOWN])
def test_media_in_messages_are_encoded(model: str, tmp_path: Path) -> None:
    path = tmp_path / "cat.png"
    path.write_bytes(PNG)
    picture = {"type": "image_url", "image_url": {"url": PNG_URL}}
    sound = {"type": "input_audio", "input_audio": {"data": WAV_BASE64, "format": "wav"}}

    body = written(model, cfai.Messages([cfai.user("Look:", PNG, path, cfai.Image(PNG)), cfai.user(WAV)]))

    assert [
        {"role": "user", "content": [{"type": "text", "text": "Look:"}, picture, picture, picture]},
        {"role": "user", "content": [sound]},
    ] == body["messages"]


def test_media_in_responses_are_encoded() -> None:
    with_detail = {"type": "image_url", "image_url": {"url": PNG, "detail": "low"}}

    body = written("@cf/openai/gpt-oss-120b", cfai.Responses([cfai.user("Look:", PNG, with_detail)]))

    assert [
        {
            "role": "user",
            "content": [
                {"type": "input_text", "text": "Look:"},
                {"type": "input_image", "detail": "auto", "image_url": PNG_URL},
                {"type": "input_image", "detail": "low", "image_url": PNG_URL},
            ],
        }
    ] == body["input"]


def test_the_picture_of_image_messages_joins_a_history() -> None:
    messages = [cfai.user("Look"), {"role": "assistant", "content": None, "tool_calls": CALLS}]

    assert {
        "messages": [
            {
                "role": "user",
                "content": [{"type": "text", "text": "Look"}, {"type": "image_url", "image_url": {"url": PNG_URL}}],
            },
            {"role": "assistant", "content": "", "tool_calls": CALLS},
        ]
    } == written("@cf/google/gemma-4-26b-a4b-it", cfai.ImageMessages(PNG, messages))


def test_a_native_model_is_not_kept_from_a_picture_that_it_may_take_one_day() -> None:
    body = written("@cf/meta/llama-3.2-3b-instruct", cfai.Messages([cfai.user("Look", PNG)]))

    assert [{"type": "text", "text": "Look"}, {"type": "image_url", "image_url": {"url": PNG_URL}}] == (
        body["messages"][0]["content"]
    )


# -- what is the user's own


@pytest.mark.parametrize("text", ["", "Let me see."])
def test_calls_stand_behind_the_text(text: str) -> None:
    message = {"role": "assistant", "content": text, "tool_calls": CALLS}

    body = written("@cf/meta/llama-3.3-70b-instruct-fp8-fast", cfai.Messages([message]))

    assert f"{text}\n{CALLS_AS_TEXT}".lstrip() == body["messages"][0]["content"]


@pytest.mark.parametrize(
    "message",
    [
        "no mapping at all",
        {"role": "user"},
        {"role": "user", "content": [{"type": "text"}]},
        {"role": "user", "content": [{"type": "text", "text": 5}, "x"]},
        {"role": "user", "content": []},
        {"role": "assistant", "content": None},
        {"role": "assistant", "content": "x", "tool_calls": [{"name": "weather", "arguments": {"city": "Oslo"}}]},
        {"role": "assistant", "content": "x", "tool_calls": {"id": "a"}},
        {"role": "assistant", "content": "x", "tool_calls": []},
        {"role": "assistant", "content": "x", "function_call": {"name": "weather", "arguments": "{}"}},
        {"type": "function_call_output", "call_id": "a", "output": "x"},
    ],
)
def test_what_is_in_another_form_goes_out_as_it_is(message: Any) -> None:
    for model in ("@cf/meta/llama-4-scout-17b-16e-instruct", "@cf/moonshotai/kimi-k2.6", UNKNOWN):
        assert {"messages": [message]} == written(model, cfai.Messages([message]))


@pytest.mark.parametrize(
    "item",
    [
        "no mapping at all",
        {"role": "user"},
        {"role": "developer", "content": "x"},
        {"role": "user", "content": [{"type": "input_text", "text": "x"}, "y"]},
        {"role": "user", "content": [{"type": "input_audio", "input_audio": {"data": "AA==", "format": "wav"}}]},
        {"role": "user", "content": [{"type": "image_url", "image_url": PNG_URL}]},
        {"role": "tool", "content": "x"},
        {"role": "assistant", "content": "x", "tool_calls": [{"name": "weather", "arguments": {"city": "Oslo"}}]},
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "x"}]},
        {"type": "function_call", "call_id": "a", "name": "weather", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "a", "output": "x"},
        {"type": "reasoning", "id": "rs", "summary": []},
    ],
)
def test_an_item_of_the_responses_api_goes_out_as_it_is(item: Any) -> None:
    assert {"input": [item]} == written("@cf/openai/gpt-oss-120b", cfai.Responses([item]))


def test_what_an_assistant_or_a_tool_said_in_parts_is_no_less_an_item() -> None:
    parts = [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]

    body = written(
        "@cf/openai/gpt-oss-120b",
        cfai.Responses(
            [
                {"role": "assistant", "content": parts, "reasoning": ""},
                {"role": "assistant", "content": "see", "tool_calls": CALLS[:1]},
                {"role": "tool", "tool_call_id": "call_0", "content": parts},
                {"role": "assistant", "content": ""},
            ]
        ),
    )

    assert [
        {"role": "assistant", "content": "a\nb"},
        {"role": "assistant", "content": "see"},
        {"type": "function_call", "call_id": "call_0", "name": "weather", "arguments": '{"city":"Oslo"}'},
        {
            "type": "function_call_output",
            "call_id": "call_0",
            "output": [{"type": "input_text", "text": "a"}, {"type": "input_text", "text": "b"}],
        },
        {"role": "assistant", "content": ""},
    ] == body["input"]


def test_a_text_is_an_input_of_its_own() -> None:
    assert {"input": "hi"} == written("@cf/openai/gpt-oss-120b", cfai.Responses("hi"))


def test_what_the_user_wrote_stays_as_it_was() -> None:
    messages = history("chat")
    before = json.dumps(messages)
    for model in ("@cf/meta/llama-3.2-3b-instruct", "@cf/moonshotai/kimi-k2.6"):
        encode(model, cfai.Messages(messages))
    encode("@cf/openai/gpt-oss-120b", cfai.Responses(messages))

    assert before == json.dumps(messages)


def test_a_mapping_is_none_of_that() -> None:
    message = {"role": "assistant", "content": None, "tool_calls": CALLS}

    assert {"messages": [message]} == written("@cf/meta/llama-3.3-70b-instruct-fp8-fast", {"messages": [message]})
