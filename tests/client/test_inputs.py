"""What goes out, byte by byte, and what is refused before a byte goes out; the bodies are written by hand."""

import base64
from typing import Any

import pytest
from kit.server import HELLO, Server, answer

import cfai

SCHNELL = "@cf/black-forest-labs/flux-1-schnell"
WHISPER = "@cf/openai/whisper"
TURBO = "@cf/openai/whisper-large-v3-turbo"
UNKNOWN = "@cf/some/new-model"
PNG = b"\x89PNG\r\n\x1a\n"
WAV = b"RIFF\x24\x00\x00\x00WAVEfmt "
WAV_INTS = b"[82,73,70,70,36,0,0,0,87,65,86,69,102,109,116,32]"
WAV_BASE64 = b'"UklGRiQAAABXQVZFZm10IA=="'
HI = {"role": "user", "content": "hi"}
WEATHER = {"type": "function", "function": {"name": "weather"}}
WITHOUT_PICTURES = (
    "@cf/stabilityai/stable-diffusion-xl-base-1.0",
    "@cf/bytedance/stable-diffusion-xl-lightning",
    "@cf/lykon/dreamshaper-8-lcm",
)
WITH_PICTURES = (
    "@cf/runwayml/stable-diffusion-v1-5-inpainting",
    "@cf/runwayml/stable-diffusion-v1-5-img2img",
)


def enveloped(result: Any) -> Any:
    return answer({"result": result, "success": True, "errors": [], "messages": []})


DRAWN = enveloped({"image": base64.b64encode(PNG).decode()})
HEARD = enveloped({"text": "words"})
COMPARED = enveloped({"data": [[0.5]], "shape": [1, 1]})
DESCRIBED = enveloped({"description": "A cat"})
SAID = answer(HELLO)

SENT: dict[str, tuple[str, Any, Any, bytes]] = {
    "a prompt of 2048 characters": (SCHNELL, cfai.TextToImage("ü" * 2048), DRAWN, b'{"prompt":"%b"}'),
    "steps": (SCHNELL, cfai.TextToImage("a cat", num_steps=8), DRAWN, b'{"prompt":"a cat","steps":8}'),
    "steps that the service judges": (
        SCHNELL,
        cfai.TextToImage("a cat", num_steps=9),
        DRAWN,
        b'{"prompt":"a cat","steps":9}',
    ),
    "a newer field": (
        SCHNELL,
        cfai.TextToImage("a cat", extra_input={"newer": 1}),
        DRAWN,
        b'{"prompt":"a cat","newer":1}',
    ),
    "a mapping of sizes": (
        SCHNELL,
        {"prompt": "a cat", "width": 512, "height": 512, "seed": 7},
        DRAWN,
        b'{"prompt":"a cat","width":512,"height":512,"seed":7}',
    ),
    "a mapping with a picture": (
        WITHOUT_PICTURES[0],
        {"prompt": "a cat", "image": PNG},
        DRAWN,
        b'{"prompt":"a cat","image":[137,80,78,71,13,10,26,10]}',
    ),
    "two languages of whisper": (
        WHISPER,
        cfai.AutomaticSpeechRecognition(WAV, source_lang="de", target_lang="en"),
        HEARD,
        b'{"audio":' + WAV_INTS + b',"source_lang":"de","target_lang":"en"}',
    ),
    "two languages of turbo": (
        TURBO,
        cfai.AutomaticSpeechRecognition(WAV, source_lang="de", target_lang="en"),
        HEARD,
        b'{"audio":' + WAV_BASE64 + b',"source_lang":"de","target_lang":"en"}',
    ),
    "two languages of an unknown model": (
        UNKNOWN,
        cfai.AutomaticSpeechRecognition(WAV, source_lang="de", target_lang="en"),
        HEARD,
        b'{"audio":' + WAV_INTS + b',"source_lang":"de","target_lang":"en"}',
    ),
    "a picture to compare": (UNKNOWN, cfai.MultimodalEmbeddings(PNG), COMPARED, b'{"image":"iVBORw0KGgo="}'),
    "texts to compare": (UNKNOWN, cfai.MultimodalEmbeddings(text=["a", "b"]), COMPARED, b'{"text":["a","b"]}'),
    "both to compare": (
        UNKNOWN,
        cfai.MultimodalEmbeddings(PNG, ["a"]),
        COMPARED,
        b'{"image":"iVBORw0KGgo=","text":["a"]}',
    ),
    "a picture with messages": (
        UNKNOWN,
        cfai.ImageMessages(PNG, [HI]),
        SAID,
        b'{"image":"iVBORw0KGgo=","messages":[{"role":"user","content":"hi"}]}',
    ),
    "floats for a description": (
        "@cf/llava-hf/llava-1.5-7b-hf",
        cfai.ImageToText(PNG, top_k=2.5, seed=1.5),
        DESCRIBED,
        b'{"image":[137,80,78,71,13,10,26,10],"top_k":2.5,"seed":1.5}',
    ),
    "no tools": (UNKNOWN, cfai.Messages([HI], tools=[]), SAID, b'{"messages":[{"role":"user","content":"hi"}]}'),
    "no tools as a tuple": (
        UNKNOWN,
        cfai.Messages([HI], tools=()),
        SAID,
        b'{"messages":[{"role":"user","content":"hi"}]}',
    ),
    "no tools beside a picture": (
        UNKNOWN,
        cfai.ImageMessages(PNG, [HI], tools=[]),
        SAID,
        b'{"image":"iVBORw0KGgo=","messages":[{"role":"user","content":"hi"}]}',
    ),
    "no tools of the Responses API": (
        "@cf/openai/gpt-oss-20b",
        cfai.Responses("hi", tools=[]),
        SAID,
        b'{"input":"hi"}',
    ),
    "a tool": (
        UNKNOWN,
        cfai.Messages([HI], tools=[WEATHER]),
        SAID,
        b'{"messages":[{"role":"user","content":"hi"}],"tools":[{"type":"function","function":{"name":"weather"}}]}',
    ),
    "no tools of a mapping": (UNKNOWN, {"prompt": "hi", "tools": []}, SAID, b'{"prompt":"hi","tools":[]}'),
}


@pytest.mark.parametrize("case", SENT)
async def test_the_body_is(client: Any, server: Server, case: str) -> None:
    model, params, answered, body = SENT[case]
    server.script(answered)
    await client.run(model, params)

    assert (body % ("ü" * 2048).encode() if b"%b" in body else body) == server.last.body


async def test_nova_3_gets_both_languages_in_the_query_string(client: Any, server: Server) -> None:
    server.script(HEARD)
    await client.run("@cf/deepgram/nova-3", cfai.AutomaticSpeechRecognition(WAV, source_lang="de", target_lang="en"))

    assert server.last.target.endswith(b"/@cf/deepgram/nova-3?source_lang=de&target_lang=en")
    assert WAV == server.last.body


@pytest.mark.parametrize("model", WITH_PICTURES)
async def test_two_models_take_a_picture_to_start_from(client: Any, server: Server, model: str) -> None:
    server.script(answer(PNG, headers={"Content-Type": "image/png"}))
    await client.run(model, cfai.TextToImage("a cat", image=PNG, mask=PNG, strength=0.5))

    body = b'{"prompt":"a cat","image_b64":"iVBORw0KGgo=","mask":[137,80,78,71,13,10,26,10],"strength":0.5}'
    assert body == server.last.body


_SIZED = "flux-2 models, lucid-origin, phoenix-1.0 and the Stable Diffusion"
REFUSED: dict[str, tuple[str, Any, str]] = {
    "a width": (SCHNELL, cfai.TextToImage("a", width=512), f"^width: .*{_SIZED}"),
    "a height": (SCHNELL, cfai.TextToImage("a", height=512), f"^height: .*{_SIZED}"),
    "a seed": (SCHNELL, cfai.TextToImage("a", seed=0), f"^seed: .*{_SIZED}"),
    "guidance": (SCHNELL, cfai.TextToImage("a", guidance=3.5), f"^guidance: .*{_SIZED}"),
    "what not to draw": (
        SCHNELL,
        cfai.TextToImage("a", negative_prompt="b"),
        r"^negative_prompt: .*phoenix-1\.0 and the Stable Diffusion",
    ),
    "strength": (SCHNELL, cfai.TextToImage("a", strength=0.5), "^strength: .*v1-5-inpainting"),
    "a picture": (SCHNELL, cfai.TextToImage("a", image=PNG), "^image: .*v1-5-inpainting .*img2img"),
    "a mask": (SCHNELL, cfai.TextToImage("a", mask=PNG), "^mask: .*v1-5-inpainting .*img2img"),
    "references": (SCHNELL, cfai.TextToImage("a", images=[PNG]), "^images: only the flux-2 models"),
    "a long prompt": (SCHNELL, cfai.TextToImage("a" * 2049), "^prompt: 2,049 characters, .*up to 2,048"),
    **{f"a picture for {model}": (model, cfai.TextToImage("a", image=PNG), "^image: .*v1-5-inpainting and .*img2img")
       for model in WITHOUT_PICTURES},
    **{f"a mask for {model}": (model, cfai.TextToImage("a", mask=PNG), "^mask: .*v1-5-inpainting and .*img2img")
       for model in WITHOUT_PICTURES},
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
async def test_what_the_service_would_refuse_is_not_sent(client: Any, server: Server, case: str) -> None:
    model, params, message = REFUSED[case]
    with pytest.raises(cfai.InvalidParams, match=message) as caught:
        await client.run(model, params)
    with pytest.raises(cfai.InvalidParams, match=message):
        async with client.stream(model, params):
            pass

    assert "a mapping goes out unchecked" in str(caught.value)
    assert [] == server.seen


@pytest.mark.parametrize(
    ("params", "message"),
    [
        (cfai.MultimodalEmbeddings(), "^image: .*an image, a text or both"),
        (cfai.ObjectDetection(None), "^image: ObjectDetection needs it"),  # type: ignore[arg-type]
        (cfai.ImageClassification([137, 80]), r"^image: a list of ints is no medium: pass bytes\(list\)"),  # type: ignore[arg-type]
        (cfai.ImageClassification((137, 80)), r"^image: a tuple of ints is no medium: pass bytes\(tuple\)"),  # type: ignore[arg-type]
        (cfai.ImageClassification([]), "^image: a list is no medium"),  # type: ignore[arg-type]
        (cfai.ImageClassification("iVBORw0KGgo="), r"^image: .*base64\.b64decode"),
        (cfai.DecisionQuery("a", {}, images=["iVBORw0KGgo="]), r"^images\[0\]: .*base64\.b64decode"),
    ],
)
async def test_what_is_missing_or_no_medium_is_not_sent(client: Any, server: Server, params: Any, message: str) -> None:
    with pytest.raises(cfai.InvalidParams, match=message):
        await client.run(UNKNOWN, params)

    assert [] == server.seen


async def test_the_length_and_the_language_of_nova_3_are_in_the_answer(client: Any, server: Server) -> None:
    channel = {"detected_language": "de", "alternatives": [{"transcript": "Hallo."}]}
    server.script(enveloped({"metadata": {"duration": 25.9}, "results": {"channels": [channel]}}))
    heard = await client.run("@cf/deepgram/nova-3", cfai.AutomaticSpeechRecognition(WAV))

    assert ("Hallo.", 25.9, []) == (heard.text, heard.duration, heard.skipped)
    assert cfai.TranscriptionInfo(language="de", duration=25.9) == heard.transcription_info


@pytest.mark.parametrize(
    ("beside", "channel", "info", "skipped"),
    [
        ({"metadata": {"language": "en"}}, {}, cfai.TranscriptionInfo(language="en"), []),
        ({"metadata": None}, {"detected_language": None}, None, []),
        ({"metadata": [1]}, {}, None, ["$.metadata"]),
        (
            {"metadata": {"duration": "long"}},
            {"detected_language": 5},
            None,
            ["$.metadata.duration", "$.results.channels[0].detected_language"],
        ),
        (
            {},
            {"detected_language": "de", "language_confidence": "high"},
            cfai.TranscriptionInfo(language="de"),
            ["$.results.channels[0].language_confidence"],
        ),
    ],
)
async def test_what_stands_beside_the_words_of_nova_3_never_costs_them(  # noqa: PLR0917
    client: Any, server: Server, beside: Any, channel: Any, info: Any, skipped: list[str]
) -> None:
    channel = {**channel, "alternatives": [{"transcript": "Hallo."}]}
    server.script(enveloped({**beside, "results": {"channels": [channel]}}))
    heard = await client.run("@cf/deepgram/nova-3", {"audio": WAV})

    assert ("Hallo.", None, info, skipped) == (heard.text, heard.duration, heard.transcription_info, heard.skipped)
