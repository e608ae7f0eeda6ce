"""The form of each request: what a mapping and params become on the line, and what can't become anything."""

import json
from collections import UserDict, UserList
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any

import attrs
import pytest

import cfai
from cfai._wire.http_values import Request
from cfai._wire.request.encode import encode

LLAMA = "@cf/meta/llama-3.2-3b-instruct"
NOVA = "@cf/deepgram/nova-3"
FLUX_2 = "@cf/black-forest-labs/flux-2-dev"
QWEN = "@cf/qwen/qwen3-embedding-0.6b"
MP3 = b"ID3\x04"
PNG = b"\x89PNG\r\n\x1a\n"


class Colour(StrEnum):
    RED = "red"


def sent(request: Request) -> Any:
    assert "application/json" == request.content_type
    return json.loads(request.body.read()[0])


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, {}),
        ({"a": None, "b": True, "c": 1, "d": 1.5, "e": "x"}, {"a": None, "b": True, "c": 1, "d": 1.5, "e": "x"}),
        ({"a": (1, 2), "b": [(), ["x"]]}, {"a": [1, 2], "b": [[], ["x"]]}),
        (MappingProxyType({"a": UserDict({"b": 1})}), {"a": {"b": 1}}),
        ({"a": UserList([1, "x"])}, {"a": [1, "x"]}),
        ({"a": Colour.RED}, {"a": "red"}),
        ({"a": [1.0, 2.5], "b": [2**63, -(2**63)]}, {"a": [1.0, 2.5], "b": [2**63, -(2**63)]}),
        ({"a": [True, 1, "x", None]}, {"a": [True, 1, "x", None]}),
        ({"ü": "\u2028 \x00"}, {"ü": "\u2028 \x00"}),
        ({"stream": False}, {"stream": False}),
    ],
)
def test_a_mapping_goes_out_as_it_is(given: Any, expected: Any) -> None:
    assert expected == sent(encode(LLAMA, given))


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"a": {1, 2}}, "a"),
        ({"a": [1, {"b": float("nan")}]}, "a[1].b"),
        ({"a": [1.0, float("inf")]}, "a[1]"),
        ({"a": object()}, "a"),
        ({"a": attrs.make_class("Own", [])()}, "a"),
        ({"a": {1: "x"}}, "a"),
        ({"a": 2**64}, "a"),
        ({"a": [-(2**63) - 1]}, "a[0]"),
        ({"a": ["x", "\ud800"]}, "a[1]"),
        ({"a": 1 + 2j}, "a"),
        ({"stream": True}, "stream"),
    ],
)
def test_what_is_neither_json_nor_a_medium_is_refused_with_its_path(given: Any, path: str) -> None:
    with pytest.raises(cfai.InvalidParams) as caught:
        encode(LLAMA, given)

    assert str(caught.value).startswith(f"{path}:")


def test_a_value_that_contains_itself_is_refused() -> None:
    endless: dict[str, Any] = {}
    endless["a"] = endless

    with pytest.raises(cfai.InvalidParams, match="contains itself"):
        encode(LLAMA, endless)


@pytest.mark.parametrize("params", ["hello", 5, None, ["x"], cfai.Prompt])
def test_what_is_neither_params_nor_a_mapping_is_refused(params: Any) -> None:
    with pytest.raises(cfai.InvalidParams, match=r"cfai\.Prompt"):
        encode(LLAMA, params)


def test_params_are_checked_as_mappings_are() -> None:
    with pytest.raises(cfai.InvalidParams, match=r"^temperature: nan"):
        encode(LLAMA, cfai.Prompt("x", temperature=float("nan")))
    with pytest.raises(cfai.InvalidParams, match=r"^messages\[0\]\.content: a set"):
        encode(LLAMA, cfai.Messages([{"role": "user", "content": {1}}]))


def test_a_third_partys_model_travels_in_the_body() -> None:
    request = encode("openai/gpt-5", {"messages": [{"role": "user", "content": "hi"}]})

    assert "/ai/run" == request.path
    assert {"model": "openai/gpt-5", "input": {"messages": [{"role": "user", "content": "hi"}]}} == sent(request)


def test_a_busy_model_is_refused_through_the_body() -> None:
    request = encode(LLAMA, {"prompt": "x", "options": {"other": 1}}, reject_if_busy=True)

    assert {"prompt": "x", "options": {"other": 1, "rejectIfBusy": True}} == sent(request)


@pytest.mark.parametrize(
    ("model", "params"), [("@cf/openai/whisper", {"audio": MP3}), (FLUX_2, {"prompt": "x"}), (NOVA, {"audio": MP3})]
)
def test_a_body_that_is_not_json_can_not_say_busy(model: str, params: Any) -> None:
    with pytest.raises(cfai.ConfigError, match="reject_if_busy"):
        encode(model, params, reject_if_busy=True)


@pytest.mark.parametrize(
    "params",
    [
        {"audio": MP3, "language": "en", "diarize": True, "keyterm": ["a", "b"], "utt_split": 0.8},
        cfai.AutomaticSpeechRecognition(MP3, language="en", diarize=True, keyterm=["a", "b"], utt_split=0.8),
    ],
)
def test_nova_3_takes_the_sound_as_its_body_and_the_rest_in_the_query(params: Any) -> None:
    request = encode(NOVA, params)

    assert (MP3, "audio/mpeg") == request.body.read()
    assert [
        ("diarize", "true"),
        ("keyterm", "a"),
        ("keyterm", "b"),
        ("language", "en"),
        ("utt_split", "0.8"),
    ] == sorted(request.query)


def test_nova_3_without_a_medium_is_refused_for_it_takes_no_json() -> None:
    with pytest.raises(cfai.InvalidParams, match="audio: .*body"):
        encode(NOVA, {"audio": "https://example.com/a.mp3"})


@pytest.mark.parametrize("value", [None, {"a": 1}, [1]])
def test_a_form_carries_no_objects(value: Any) -> None:
    with pytest.raises(cfai.InvalidParams, match="guidance"):
        encode(FLUX_2, {"prompt": "x", "guidance": value})


def test_flux_2_has_a_word_about_images_for_a_picture_in_the_wrong_field() -> None:
    with pytest.raises(cfai.InvalidParams, match="image: .*`images`"):
        encode(FLUX_2, cfai.TextToImage("x", image=PNG))


@pytest.mark.parametrize(("input_type", "key"), [("query", "queries"), ("document", "documents"), (None, "text")])
def test_qwen3_embedding_tells_queries_from_documents(input_type: Any, key: str) -> None:
    params = cfai.TextEmbeddings(["a"], input_type=input_type, instruction="find")

    assert {key: ["a"], "instruction": "find"} == sent(encode(QWEN, params))


@pytest.mark.parametrize("model", ["@cf/baai/bge-base-en-v1.5", "@cf/some/new-model"])
def test_a_model_without_input_types_refuses_them(model: str) -> None:
    with pytest.raises(cfai.InvalidParams, match="input_type"):
        encode(model, cfai.TextEmbeddings("a", input_type="query"))


def test_moondream_takes_an_address_unread_and_a_picture_as_a_data_url(tmp_path: Path) -> None:
    model = "@cf/moondream/moondream3.1-9B-A2B"

    assert {"image": "https://example.com/a.png"} == sent(encode(model, {"image": "https://example.com/a.png"}))
    assert {"image": "data:image/png;base64,iVBORw0KGgo="} == sent(encode(model, {"image": PNG}))


@pytest.mark.parametrize(
    "part",
    [
        ({"type": "image_url", "image_url": {"url": PNG}}),
        ({"type": "image_url", "image_url": {"url": cfai.Image(PNG)}}),
    ],
)
def test_a_picture_in_a_message_is_a_data_url(part: Any) -> None:
    params = cfai.Messages([{"role": "user", "content": [part]}])

    [found] = sent(encode("@cf/meta/llama-4-scout-17b-16e-instruct", params))["messages"][0]["content"]

    assert {"url": "data:image/png;base64,iVBORw0KGgo="} == found["image_url"]


def test_a_medium_of_a_model_without_a_row_is_base64() -> None:
    assert {"medium": "SUQzBA==", "deep": [{"er": "SUQzBA=="}]} == sent(
        encode("@cf/some/new-model", {"medium": MP3, "deep": [{"er": MP3}]})
    )


@pytest.mark.parametrize("returning", [5, "Weather", attrs.make_class("Own", {"x": attrs.field(type=object())})])
def test_an_answer_that_nothing_can_be_structured_into_is_refused_before_it_is_paid_for(returning: Any) -> None:
    with pytest.raises(cfai.InvalidParams, match="returning"):
        encode(LLAMA, cfai.Input({"prompt": "x"}, returning=returning))


def test_params_of_a_users_own_without_a_promise_are_structured_by_shape() -> None:
    @attrs.frozen
    class Own(cfai.Params[Any]):
        prompt: str

    request = encode(LLAMA, Own("x"))

    assert {"prompt": "x"} == sent(request)
    assert Any is request.promise


def test_a_field_for_a_picture_takes_an_address_where_the_model_does() -> None:
    address = "https://example.com/a.png"
    asked = {"image": address, "question": "what?", "stream": False}

    assert asked == sent(encode("@cf/moondream/moondream3.1-9B-A2B", cfai.ImagePrompt(address, "what?")))
    with pytest.raises(cfai.InvalidParams, match="image: this model fetches no addresses"):
        encode("@cf/some/other-model", cfai.ImagePrompt(address, "what?"))


def test_a_mapping_for_flux_2_is_a_form_with_its_media_as_files() -> None:
    request = encode("@cf/black-forest-labs/flux-2-dev", {"prompt": "x", "input_image_0": PNG})
    body, _ = request.body.read()

    assert request.content_type.startswith("multipart/form-data; boundary=")
    assert b'name="input_image_0"; filename="input_image_0"\r\nContent-Type: image/png\r\n\r\n' + PNG in body


def test_params_that_are_no_ones_promise_are_structured_by_shape() -> None:
    class Bare(cfai.Params):  # type: ignore[type-arg]
        pass

    @attrs.frozen
    class Child(cfai.Prompt):
        pass

    assert cfai.RunResponse == encode(LLAMA, Bare()).promise
    assert cfai.GeneratedText is encode(LLAMA, Child("x")).promise


def test_the_repr_of_params_is_short_and_never_writes_bytes_out() -> None:
    assert "AutomaticSpeechRecognition(audio=<3000000 bytes>)" == repr(
        cfai.AutomaticSpeechRecognition(bytes(3_000_000))
    )


# -- what a stated media type may be

EVIL = [
    'image/x"}}]}],"max_tokens":9,"a":[{"b":"',
    "image/png\r\nEvil: 1",
    "imag\u00e9/x",
    "no type",
    'a/b; c="d"',
    "a/b/c",
]


@pytest.mark.parametrize("stated", EVIL)
def test_a_media_type_that_is_none_goes_nowhere(stated: str) -> None:
    picture = cfai.Image(b"abc", stated)
    message = {"role": "user", "content": [{"type": "image_url", "image_url": {"url": picture}}]}
    chat = encode("@cf/meta/llama-4-scout-17b-16e-instruct", cfai.Messages([message], max_tokens=5))
    form = encode("@cf/black-forest-labs/flux-2-dev", cfai.TextToImage("x", images=[picture]))
    raw = encode("@cf/openai/whisper", {"audio": cfai.Audio(b"abc", stated)})

    part = {"type": "image_url", "image_url": {"url": "data:application/octet-stream;base64,YWJj"}}
    assert {"messages": [{"role": "user", "content": [part]}], "max_tokens": 5} == sent(chat)
    assert b"Content-Type: application/octet-stream\r\n\r\nabc" in form.body.read()[0]
    assert "application/octet-stream" == raw.body.read()[1]


def test_so_it_is_with_one_from_a_data_url() -> None:
    url = "data:image/png\r\nEvil: 1;base64,AAAA"
    body, _ = encode("@cf/black-forest-labs/flux-2-dev", cfai.TextToImage("x", images=[url])).body.read()

    assert b"vil" not in body


@pytest.mark.parametrize(
    "stated", ["audio/L16; rate=16000; channels=1", "audio/ogg;codecs=opus", "application/vnd.x+y"]
)
def test_a_media_type_that_is_one_goes_out_as_it_is(stated: str) -> None:
    assert stated == encode("@cf/openai/whisper", {"audio": cfai.Audio(b"abc", stated)}).body.read()[1]


# -- arguments that are none


class AsyncFile:
    """As web frameworks hand uploads over."""

    async def read(self, size: int = -1) -> bytes:
        raise NotImplementedError


class Half:
    """Has a read, and is no file for the rest."""

    def read(self) -> bytes:
        raise NotImplementedError


@pytest.mark.parametrize(
    ("params", "message"),
    [
        (cfai.AutomaticSpeechRecognition(AsyncFile()), r"audio: .* pass `await file\.read\(\)`"),
        (cfai.AutomaticSpeechRecognition(Half()), "audio: .*seekable"),
        (cfai.Prompt(b"abc"), "prompt: this is no field for a picture, a sound or a file"),
        (cfai.Prompt(Path("secret.txt")), "prompt: this is no field"),
        (cfai.TextEmbeddings(["a", b"b"]), r"text\[1\]: this is no field"),
        (cfai.TextClassification(None), "text: TextClassification needs it, and it is None"),
        (cfai.Messages("hello"), "messages: must be a list of messages, not str"),
        (cfai.Messages({"role": "user"}), "messages: must be a list of messages, not dict"),
        (cfai.Prompt("x", extra_input=[1]), "extra_input: must be a mapping, not list"),
        (cfai.Input([1], returning=dict), "mapping: must be a mapping, not list"),
    ],
)
def test_an_argument_that_is_none_is_refused_by_its_field(params: Any, message: str) -> None:
    with pytest.raises(cfai.InvalidParams, match=message):
        encode("@cf/openai/whisper", params)


@pytest.mark.parametrize("images", [Path("x.png"), PNG, "data:image/png;base64,AAAA", 5])
def test_pictures_to_refer_to_are_a_list(images: Any) -> None:
    with pytest.raises(cfai.InvalidParams, match="images: must be a list of pictures"):
        encode("@cf/black-forest-labs/flux-2-dev", cfai.TextToImage("x", images=images))


def test_they_may_come_from_a_generator() -> None:
    request = encode("@cf/black-forest-labs/flux-2-dev", cfai.TextToImage("x", images=(each for each in [PNG, PNG])))

    assert 2 == request.body.read()[0].count(PNG)


@pytest.mark.parametrize(
    ("model", "params", "field"),
    [
        ("@cf/black-forest-labs/flux-2-dev", {"prompt": "\ud800"}, "prompt"),
        ("@cf/deepgram/nova-3", {"audio": PNG, "keywords": "\ud800"}, "keywords"),
        ("@cf/meta/llama-3.2-3b-instruct", {"prompt": "\ud800"}, "prompt"),
    ],
)
def test_a_text_that_is_not_unicode_is_refused_in_each_form(model: str, params: Any, field: str) -> None:
    with pytest.raises(cfai.InvalidParams, match=f"{field}: a text that is not valid Unicode"):
        encode(model, params)


def test_one_open_file_may_be_given_for_two_fields(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"skip" + PNG)
    with open(path, "rb") as file:
        file.seek(4)
        request = encode("@cf/black-forest-labs/flux-2-dev", cfai.TextToImage("x", images=[file, file]))

        assert 2 == request.body.read()[0].count(PNG)
        assert 2 == request.body.read()[0].count(PNG)
