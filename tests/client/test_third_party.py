"""Third-party models by both clients: media in and out, links, and other makers' forms (docs/wire.md 1)."""

import base64
import contextlib
import copy
import json
import pickle
from typing import Any

import attrs
import pytest
from kit.server import Server, answer, send

import cfai

JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")
MP3 = bytes.fromhex("fffb90640000000000000000")
MP4 = bytes.fromhex("00000018667479706d703432000000006d70343269736f6d")
PICTURE, SOUND, VIDEO = (base64.b64encode(data).decode() for data in (JPEG, MP3, MP4))
LIKE_MP3 = bytes.fromhex("fffb90640000")  # samples that begin as a frame of MP3 does
ONE, TWO = "https://media.example/1?sig=a", "https://media.example/2?sig=b"
DRAW, SPEAK, FILM = "google/nano-banana-pro", "minimax/speech-2.8-hd", "google/veo-3.1"

# Each sample bare, and as a gateway wraps it: docs/wire.md 1.
WRAPPED = [False, True]


def step(result: Any, *, wrapped: bool = False) -> Any:
    if wrapped:
        result = {"state": "Completed", "result": result, "gatewayMetadata": {"keySource": "Unified"}}
    return answer({"result": result, "success": True, "errors": [], "messages": []})


# -- media in


IN: dict[str, tuple[str, Any, bytes]] = {
    "a mapping": (
        DRAW,
        {"prompt": "x", "image": JPEG},
        f'{{"prompt":"x","image":"data:image/jpeg;base64,{PICTURE}"}}'.encode(),
    ),
    "a list": (
        DRAW,
        {"images": [JPEG, memoryview(JPEG)]},
        f'{{"images":["data:image/jpeg;base64,{PICTURE}","data:image/jpeg;base64,{PICTURE}"]}}'.encode(),
    ),
    "a sound": (SPEAK, {"audio": cfai.Audio(MP3)}, f'{{"audio":"data:audio/mpeg;base64,{SOUND}"}}'.encode()),
    "a video": (FILM, {"video": bytearray(MP4)}, f'{{"video":"data:video/mp4;base64,{VIDEO}"}}'.encode()),
    "an address": (FILM, {"image": ONE}, f'{{"image":"{ONE}"}}'.encode()),
    "samples": (
        SPEAK,
        {"audio": cfai.Audio(LIKE_MP3, "audio/l16")},
        b'{"audio":"data:audio/l16;base64,//uQZAAA"}',
    ),
    "of Input": (
        DRAW,
        cfai.Input({"image": JPEG}, returning=cfai.UnknownAnswer),
        f'{{"image":"data:image/jpeg;base64,{PICTURE}"}}'.encode(),
    ),
    "extra_input": (
        DRAW,
        cfai.TextToImage("x", extra_input={"image_tail": JPEG}),
        f'{{"prompt":"x","image_tail":"data:image/jpeg;base64,{PICTURE}"}}'.encode(),
    ),
    "TextToImage": (
        DRAW,
        cfai.TextToImage("x", image=JPEG),
        f'{{"prompt":"x","image":"data:image/jpeg;base64,{PICTURE}"}}'.encode(),
    ),
    "many references": (
        DRAW,
        cfai.TextToImage("x", images=[JPEG] * 5),
        ('{"prompt":"x","images":[' + ",".join([f'"data:image/jpeg;base64,{PICTURE}"'] * 5) + "]}").encode(),
    ),
    "AutomaticSpeechRecognition": (
        "assemblyai/universal-3",
        cfai.AutomaticSpeechRecognition(MP3),
        f'{{"audio":"data:audio/mpeg;base64,{SOUND}"}}'.encode(),
    ),
    "ImageToText": ("x/y", cfai.ImageToText(JPEG), f'{{"image":"data:image/jpeg;base64,{PICTURE}"}}'.encode()),
    "a message": (
        "openai/gpt-5-mini",
        {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": JPEG}}]}]},
        (
            '{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":'
            f'"data:image/jpeg;base64,{PICTURE}"}}}}]}}]}}'
        ).encode(),
    ),
    "Anthropic's message": (
        "anthropic/claude-sonnet-4-5",
        {
            "messages": [
                {
                    "role": "user",
                    "content": [
                        {"type": "image", "source": {"type": "base64", "media_type": "image/jpeg", "data": JPEG}}
                    ],
                }
            ]
        },
        (
            '{"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":'
            f'"image/jpeg","data":"{PICTURE}"}}}}]}}]}}'
        ).encode(),
    ),
    "Google's contents": (
        "google/gemini-3-flash",
        {"contents": [{"parts": [{"inlineData": {"mimeType": "image/jpeg", "data": JPEG}}]}]},
        f'{{"contents":[{{"parts":[{{"inlineData":{{"mimeType":"image/jpeg","data":"{PICTURE}"}}}}]}}]}}'.encode(),
    ),
}


@pytest.mark.parametrize("case", IN)
async def test_media_go_in_as_data_urls_and_in_messages_in_their_own_form(
    client: Any, server: Server, case: str
) -> None:
    model, params, body = IN[case]
    server.always(step({"text": "x"}))
    with contextlib.suppress(cfai.DecodeError):  # what it answers is no matter here
        await client.run(model, params)

    assert server.last.target.endswith(b"/ai/run")
    assert server.last.body == b'{"model":"%s","input":%s}' % (model.encode(), body)


@pytest.mark.parametrize("model", ["@cf/author/unknown", "unknown"])
async def test_other_unknown_models_keep_the_default_forms(client: Any, server: Server, model: str) -> None:
    server.always(step("x"))

    await client.run(model, {"image": JPEG})

    assert f'{{"image":"{PICTURE}"}}'.encode() in server.last.body


async def test_an_address_for_a_field_of_a_class_is_refused(client: Any, server: Server) -> None:
    with pytest.raises(cfai.InvalidParams, match="image: this model fetches no addresses"):
        await client.run(DRAW, cfai.TextToImage("x", image=ONE))

    assert [] == server.seen


# -- media out


OUT: dict[str, tuple[Any, Any]] = {
    "a picture's link": ({"image": ONE, "model": "m"}, cfai.MediaLink(ONE, "image/*")),
    "a sound's link": ({"audio": ONE}, cfai.MediaLink(ONE, "audio/*")),
    "a video's link": ({"video": ONE}, cfai.MediaLink(ONE, "video/*")),
    "links to pictures": ({"images": [ONE, TWO]}, [cfai.MediaLink(ONE, "image/*"), cfai.MediaLink(TWO, "image/*")]),
    "links to videos": ({"videos": [ONE]}, [cfai.MediaLink(ONE, "video/*")]),
    "links to sounds": ({"audios": [TWO], "images": None}, [cfai.MediaLink(TWO, "audio/*")]),
    "a picture": ({"image": PICTURE}, cfai.Image(JPEG)),
    "a picture in a data URL": ({"image": f"data:image/png;base64,{PICTURE}"}, cfai.Image(JPEG)),
    "a sound": ({"audio": SOUND}, cfai.Audio(MP3)),
    "a video": ({"video": VIDEO}, cfai.Media(MP4)),
    "a video in a data URL": ({"video": f"data:video/mp4;base64,{VIDEO}"}, cfai.Media(MP4, "video/mp4")),
    "a scheme in capitals": (
        {"image": "HTTPS://media.example/1"},
        cfai.MediaLink("HTTPS://media.example/1", "image/*"),
    ),
    "a key that is null": ({"image": None, "video": ONE}, cfai.MediaLink(ONE, "video/*")),
    "an empty list beside it": ({"images": [], "image": ONE}, cfai.MediaLink(ONE, "image/*")),
}


@pytest.mark.parametrize("wrapped", WRAPPED)
@pytest.mark.parametrize("case", OUT)
async def test_media_come_out_by_shape(client: Any, server: Server, case: str, wrapped: bool) -> None:
    result, expected = OUT[case]
    server.script(step(result, wrapped=wrapped))

    got = await client.run(DRAW, {"prompt": "x"})

    assert (type(expected), expected) == (type(got), got)


@pytest.mark.parametrize("wrapped", WRAPPED)
@pytest.mark.parametrize("params", [{"text": "x"}, cfai.TextToSpeech("x")])
@pytest.mark.parametrize("media_type", ["audio/l16", "audio/L16", "audio/l16;rate=24000;channels=1"])
@pytest.mark.parametrize("samples", [LIKE_MP3, b"BM\0\0\0\0\0\0\0\0", b"\x01\x00"])
async def test_raw_samples_are_a_sound_whatever_they_look_like(  # noqa: PLR0917
    client: Any, server: Server, samples: bytes, media_type: str, params: Any, wrapped: bool
) -> None:
    url = f"data:{media_type};base64,{base64.b64encode(samples).decode()}"
    server.script(step({"audio": url}, wrapped=wrapped))

    got = await client.run("google/gemini-2.5-flash-tts", params)

    assert (cfai.Audio, samples, "audio/l16") == (type(got), got.data, got.media_type)
    assert (samples, "audio/l16") == (pickle.loads(pickle.dumps(got)).data, copy.copy(got).media_type)


UNKNOWN: dict[str, Any] = {
    "nothing": {},
    "no pictures": {"images": []},
    "a null": {"video": None},
    "an empty text": {"image": ""},
    "pictures in base64": {"images": [PICTURE]},
    "one of two a link": {"images": [ONE, PICTURE]},
    "a number": {"videos": [1]},
    "a link alone in the plural": {"images": ONE},
    "a picture as a video": {"video": PICTURE},
}


@pytest.mark.parametrize("wrapped", WRAPPED)
@pytest.mark.parametrize("case", UNKNOWN)
async def test_a_success_without_the_medium_keeps_the_answer(
    client: Any, server: Server, case: str, wrapped: bool
) -> None:
    result = UNKNOWN[case]
    server.always(step(result, wrapped=wrapped))

    got = await client.run(DRAW, {"prompt": "x"})
    with pytest.raises(cfai.DecodeError) as caught:
        await client.run(DRAW, cfai.TextToImage("x"))

    assert cfai.UnknownAnswer is type(got)
    assert result == (got.raw["result"] if wrapped else got.raw)
    assert result == (caught.value.raw["result"] if wrapped else caught.value.raw)
    assert caught.value.answer is None


# -- a link in the place of a medium


LINKS: dict[str, tuple[Any, Any, Any, str]] = {
    "a picture": (cfai.TextToImage("x"), {"image": ONE}, cfai.MediaLink(ONE, "image/*"), "cfai.MediaLink"),
    "a sound": (cfai.TextToSpeech("x"), {"audio": ONE}, cfai.MediaLink(ONE, "audio/*"), "cfai.MediaLink"),
    "a video for a picture": (cfai.TextToImage("x"), {"video": ONE}, cfai.MediaLink(ONE, "video/*"), "cfai.MediaLink"),
    "several": (
        cfai.TextToImage("x"),
        {"images": [ONE, TWO]},
        [cfai.MediaLink(ONE, "image/*"), cfai.MediaLink(TWO, "image/*")],
        "list[cfai.MediaLink]",
    ),
    "of Input": (
        cfai.Input({}, returning=cfai.Image),
        {"image": ONE},
        cfai.MediaLink(ONE, "image/*"),
        "cfai.MediaLink",
    ),
    "one for several": (
        cfai.Input({}, returning=list[cfai.MediaLink]),
        {"image": ONE},
        cfai.MediaLink(ONE, "image/*"),
        "cfai.MediaLink",
    ),
}


@pytest.mark.parametrize("wrapped", WRAPPED)
@pytest.mark.parametrize("case", LINKS)
async def test_a_link_for_a_promised_medium_is_on_the_error_which_says_how_to_get_it(
    client: Any, server: Server, case: str, wrapped: bool
) -> None:
    params, result, link, name = LINKS[case]
    server.script(step(result, wrapped=wrapped))

    with pytest.raises(cfai.DecodeError) as caught:
        await client.run(DRAW, params)

    error = caught.value
    assert link == error.answer == pickle.loads(pickle.dumps(error)).answer
    assert f"cfai.Input({{...}}, returning={name})" in str(error)
    assert ONE not in str(error)


@pytest.mark.parametrize("params", [cfai.TextToImage("x"), cfai.TextToSpeech("x")])
async def test_so_it_is_on_that_of_a_stream(client: Any, server: Server, params: Any) -> None:
    server.script(step({"image": ONE}))

    with pytest.raises(cfai.DecodeError, match=r"returning=cfai\.MediaLink") as caught:
        await client.stream(DRAW, params).__aenter__()

    assert cfai.MediaLink(ONE, "image/*") == caught.value.answer


@pytest.mark.parametrize(
    ("result", "answered"),
    [({"data": [[0.5]]}, cfai.Embeddings), ({"summary": "s"}, cfai.Summary), ({"weather": 1}, None), (5, None)],
)
async def test_any_misfit_tells_what_came_instead(
    client: Any, server: Server, result: Any, answered: type | None
) -> None:
    server.script(step(result))

    with pytest.raises(cfai.DecodeError) as caught:
        await client.run("@cf/meta/llama-3.2-3b-instruct", cfai.Prompt("x"))

    assert (answered or type(None)) is type(caught.value.answer)
    assert "MediaLink" not in str(caught.value)


async def test_bytes_for_a_text_are_a_picture_on_the_error(client: Any, server: Server) -> None:
    server.script(answer(JPEG, headers={"Content-Type": "image/jpeg"}))

    with pytest.raises(cfai.DecodeError) as caught:
        await client.run("@cf/meta/llama-3.2-3b-instruct", cfai.Prompt("x"))

    assert cfai.Image(JPEG) == caught.value.answer


@pytest.mark.parametrize(("end", "said"), [(b"data: [DONE]\n\n", "Hi"), (b"", None)])
async def test_a_stream_for_a_picture_is_a_text_on_the_error(
    client: Any, server: Server, end: bytes, said: str | None
) -> None:
    server.script(answer(b'data: {"response":"Hi"}\n\n' + end, headers={"Content-Type": "text/event-stream"}))

    with pytest.raises(cfai.DecodeError, match="got a stream of text") as caught:
        await client.run(DRAW, cfai.TextToImage("x"))

    assert said == (caught.value.answer and caught.value.answer.text)


async def test_what_is_not_json_has_no_shape(client: Any, server: Server) -> None:
    server.script(answer("<html>", headers={"Content-Type": "text/html"}))

    with pytest.raises(cfai.DecodeError) as caught:
        await client.run("@cf/meta/llama-3.2-3b-instruct", cfai.Prompt("x"))

    assert caught.value.answer is None


@attrs.define
class Drawn:
    image: cfai.MediaLink
    more: list[cfai.MediaLink]


PROMISES: dict[str, tuple[Any, Any, Any]] = {
    "a link": (cfai.MediaLink, {"image": ONE}, cfai.MediaLink(ONE, "image/*")),
    "a video's link": (cfai.MediaLink, {"video": ONE}, cfai.MediaLink(ONE, "video/*")),
    "a bare link": (cfai.MediaLink, ONE, cfai.MediaLink(ONE)),
    "links": (
        list[cfai.MediaLink],
        {"images": [ONE, TWO]},
        [cfai.MediaLink(ONE, "image/*"), cfai.MediaLink(TWO, "image/*")],
    ),
    "bare links": (list[cfai.MediaLink], [ONE], [cfai.MediaLink(ONE)]),
    "pictures": (list[cfai.Image], {"images": [PICTURE, f"data:image/jpeg;base64,{PICTURE}"]}, [cfai.Image(JPEG)] * 2),
    "sounds": (list[cfai.Audio], {"audios": [SOUND]}, [cfai.Audio(MP3)]),
    "videos": (list[cfai.Media], {"videos": [VIDEO]}, [cfai.Media(MP4)]),
    "a video": (cfai.Media, {"video": VIDEO}, cfai.Media(MP4)),
    "a picture as any medium": (cfai.Media, {"image": PICTURE}, cfai.Image(JPEG)),
    "a sound as any medium": (cfai.Media, {"image": None, "audio": SOUND}, cfai.Audio(MP3)),
    "pictures as any media": (list[cfai.Media], {"images": [PICTURE]}, [cfai.Image(JPEG)]),
    "a class of one's own": (Drawn, {"image": ONE, "more": [TWO]}, Drawn(cfai.MediaLink(ONE), [cfai.MediaLink(TWO)])),
}


@pytest.mark.parametrize("wrapped", WRAPPED)
@pytest.mark.parametrize("case", PROMISES)
async def test_links_and_lists_of_media_may_be_promised(client: Any, server: Server, case: str, wrapped: bool) -> None:
    promise, result, expected = PROMISES[case]
    server.script(step(result, wrapped=wrapped))

    got = await client.run(DRAW, cfai.Input({"prompt": "x"}, returning=promise))

    assert (type(expected), expected) == (type(got), got)


@pytest.mark.parametrize(
    ("promise", "result", "path"),
    [
        (list[cfai.MediaLink], {"images": [ONE, PICTURE]}, "$"),
        (list[cfai.MediaLink], [ONE, 5], "$[1]"),
        (list[cfai.MediaLink], "x", "$"),
        (list[cfai.Image], {"images": [PICTURE, ONE]}, "$.images[1]"),
        (list[cfai.Image], {"images": [PICTURE, SOUND]}, "$.images[1]"),
        (list[cfai.Image], {"images": []}, "$"),
        (list[cfai.Image], [PICTURE], "$"),
        (cfai.Media, {"video": ONE}, "$.video"),
        (cfai.Media, {"video": ""}, "$.video"),
    ],
)
async def test_what_does_not_fit_them_is_named_by_its_path(
    client: Any, server: Server, promise: Any, result: Any, path: str
) -> None:
    server.script(step(result))

    with pytest.raises(cfai.DecodeError) as caught:
        await client.run(DRAW, cfai.Input({}, returning=promise))

    assert path == caught.value.path


# -- Google's own form


def google(*parts: Any, reason: Any = "STOP", **more: Any) -> dict[str, Any]:
    return {
        "candidates": [{"content": {"parts": list(parts), "role": "model"}, "finishReason": reason, "index": 0}],
        "usageMetadata": {
            "promptTokenCount": 7,
            "candidatesTokenCount": 3,
            "thoughtsTokenCount": 20,
            "totalTokenCount": 30,
        },
        "modelVersion": "gemini-3-flash",
        **more,
    }


CALL = {"functionCall": {"name": "weather", "args": {"city": "Rome"}}}
GOOGLE = google({"text": "I think", "thought": True}, {"text": "Hel"}, {"text": "lo", "thoughtSignature": "x"})
ASKED = {"contents": [{"parts": [{"text": "Say hello"}]}]}
TEXT_MODEL = "google/gemini-3-flash"


@pytest.mark.parametrize("wrapped", WRAPPED)
@pytest.mark.parametrize("params", [ASKED, cfai.Input(ASKED, returning=cfai.GeneratedText)])
async def test_googles_own_form_is_a_text(client: Any, server: Server, params: Any, wrapped: bool) -> None:
    server.script(step(GOOGLE, wrapped=wrapped))

    got = await client.run(TEXT_MODEL, params)

    assert cfai.GeneratedText is type(got)
    assert ("Hello", "I think", "stop", "gemini-3-flash") == (
        got.response,
        got.reasoning,
        got.finish_reason,
        got.model,
    )
    assert cfai.Usage(prompt_tokens=7, completion_tokens=23, total_tokens=30) == got.usage
    assert ([], False, []) == (got.tool_calls, got.truncated, got.skipped)


@pytest.mark.parametrize(
    ("reason", "expected", "truncated"),
    [
        ("STOP", "stop", False),
        ("MAX_TOKENS", "length", True),
        ("SAFETY", "content_filter", False),
        ("RECITATION", "content_filter", False),
        ("MALFORMED_FUNCTION_CALL", "MALFORMED_FUNCTION_CALL", False),
        (None, None, False),
        (5, None, False),
    ],
)
async def test_its_reasons_are_those_of_all_others(
    client: Any, server: Server, reason: Any, expected: str | None, truncated: bool
) -> None:
    server.script(step(google({"text": "Hello"}, reason=reason)))

    got = await client.run(TEXT_MODEL, ASKED)

    assert (expected, truncated) == (got.finish_reason, got.truncated)


async def test_its_calls_are_tool_calls(client: Any, server: Server) -> None:
    server.script(step(google(CALL, {"functionCall": {"id": "c7", "name": "clock"}})))

    got = await client.run(TEXT_MODEL, ASKED)

    assert [("call_0", "weather", {"city": "Rome"}), ("c7", "clock", {})] == [
        (call.id, call.name, call.arguments) for call in got.tool_calls
    ]
    assert ("", "tool_calls") == (got.response, got.finish_reason)


@pytest.mark.parametrize(
    "candidate",
    [
        {"content": {"role": "model"}, "finishReason": "MAX_TOKENS"},
        {"finishReason": "MAX_TOKENS"},
        {"content": {"parts": []}, "finishReason": "MAX_TOKENS"},
    ],
)
async def test_one_that_was_cut_while_it_thought_has_no_text(client: Any, server: Server, candidate: Any) -> None:
    server.script(step({"candidates": [candidate]}))

    got = await client.run(TEXT_MODEL, ASKED)

    assert ("", True, None) == (got.response, got.truncated, got.usage)


@pytest.mark.parametrize(
    ("usage", "expected", "skipped"),
    [
        ({"promptTokenCount": 7}, cfai.Usage(7, 0, 7), []),
        ({"promptTokenCount": 7, "cachedContentTokenCount": 5}, cfai.Usage(7, 0, 7, 5), []),
        ({"promptTokenCount": 7.0, "candidatesTokenCount": 2}, cfai.Usage(7, 2, 9), []),
        ({"promptTokenCount": True, "totalTokenCount": 9}, cfai.Usage(0, 0, 9), ["$.usageMetadata.promptTokenCount"]),
        ({"promptTokenCount": "7", "totalTokenCount": 9}, cfai.Usage(0, 0, 9), ["$.usageMetadata.promptTokenCount"]),
        (5, None, ["$.usageMetadata"]),
        (None, None, []),
    ],
)
async def test_its_usage_never_costs_the_answer(
    client: Any, server: Server, usage: Any, expected: Any, skipped: list[str]
) -> None:
    server.script(step(google({"text": "Hello"}, usageMetadata=usage)))

    got = await client.run(TEXT_MODEL, ASKED)

    assert ("Hello", expected, skipped) == (got.response, got.usage, got.skipped)


@pytest.mark.parametrize(
    "result",
    [
        {"candidates": []},
        {"candidates": 5},
        {"candidates": [5]},
        {"candidates": [{"name": "Ada"}]},
        {"candidates": [{"content": {"parts": 5}}]},
        {"candidates": [{"content": {"parts": [5]}}]},
        {"candidates": [{"content": 5}]},
    ],
)
async def test_other_candidates_are_no_text(client: Any, server: Server, result: Any) -> None:
    server.script(step(result))

    assert cfai.UnknownAnswer is type(await client.run(TEXT_MODEL, ASKED))


async def test_its_chunks_are_events(client: Any, server: Server) -> None:
    chunks = [
        google({"text": "I think", "thought": True}, reason=None),
        google({"text": "Hel"}, reason=None, usageMetadata={"promptTokenCount": 7, "totalTokenCount": 7}),
        google({"text": "lo"}, CALL),
    ]
    body = b"".join(b"data: " + json.dumps(chunk).encode() + b"\r\n\r\n" for chunk in chunks)
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
    server.script(send(head + body))

    async with client.stream(TEXT_MODEL, ASKED) as stream:
        events = [event async for event in stream]

    usage = cfai.Usage(prompt_tokens=7, completion_tokens=23, total_tokens=30)
    assert events == [
        cfai.ReasoningDelta("I think"),
        cfai.TextDelta("Hel"),
        cfai.TextDelta("lo"),
        cfai.ToolCallDelta(0, "call_0", "weather", '{"city":"Rome"}'),
        cfai.Finish("tool_calls", usage),
    ]
    assert ("Hello", "I think", usage, "gemini-3-flash") == (
        stream.result.response,
        stream.result.reasoning,
        stream.result.usage,
        stream.result.model,
    )


@pytest.mark.parametrize("more", [{}, {"candidates": []}, {"candidates": None}])
async def test_a_chunk_of_its_own_may_have_the_usage(client: Any, server: Server, more: dict[str, Any]) -> None:
    counts = {"promptTokenCount": 7, "candidatesTokenCount": 2, "totalTokenCount": 9}
    chunks = [google({"text": "Hello"}, usageMetadata=None), {**more, "usageMetadata": counts}]
    body = b"".join(b"data: " + json.dumps(chunk).encode() + b"\n\n" for chunk in chunks)
    server.script(answer(body, headers={"Content-Type": "text/event-stream"}))

    async with client.stream(TEXT_MODEL, ASKED) as stream:
        events = [event async for event in stream]

    usage = cfai.Usage(prompt_tokens=7, completion_tokens=2, total_tokens=9)
    assert [cfai.TextDelta("Hello"), cfai.Finish("stop", usage)] == events
    assert usage == stream.result.usage


async def test_a_whole_one_in_answer_to_a_stream_is_events_too(client: Any, server: Server) -> None:
    server.script(step(GOOGLE))

    async with client.stream(TEXT_MODEL, ASKED) as stream:
        texts = [text async for text in stream.texts()]

    assert ["Hello"] == texts
    assert "stop" == stream.result.finish_reason


# -- words of other makers


HEARD = {
    "id": "t-1",
    "text": "Hi there.",
    "words": [
        {"text": "Hi", "start": 250, "end": 650, "confidence": 0.97, "speaker": None},
        {"text": "there.", "start": 730, "end": 1022, "confidence": 0.5, "speaker": None},
    ],
    "confidence": 0.9,
}


@pytest.mark.parametrize("wrapped", WRAPPED)
@pytest.mark.parametrize("params", [{"audio": MP3}, cfai.AutomaticSpeechRecognition(MP3)])
async def test_words_under_text_in_thousandths_are_words_in_seconds(
    client: Any, server: Server, params: Any, wrapped: bool
) -> None:
    server.script(step(HEARD, wrapped=wrapped))

    got = await client.run("assemblyai/universal-3", params)

    assert (cfai.Transcription, "Hi there.") == (type(got), got.text)
    assert [("Hi", 0.25, 0.65, 0.97), ("there.", 0.73, 1.022, 0.5)] == [
        (word.word, word.start, word.end, word.confidence) for word in got.words
    ]


async def test_a_time_that_is_no_number_does_not_change_the_unit_of_the_others(client: Any, server: Server) -> None:
    words = [{"text": "Hi", "start": "0:00", "end": 650}, {"text": "you", "start": True, "end": 900}]
    server.script(step({"text": "Hi you", "words": words}))

    got = await client.run("assemblyai/universal-3", {"audio": MP3})

    assert [("Hi", None, 0.65), ("you", None, 0.9)] == [(word.word, word.start, word.end) for word in got.words]
    assert ["$.words[0].start", "$.words[1].start"] == got.skipped


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([{"text": "Hi", "start": 0.25, "end": 1}], [("Hi", 0.25, 1.0)]),
        ([{"text": "Hi"}, {"word": "you", "start": None}], [("Hi", None, None), ("you", None, None)]),
        ([{"word": "Hi", "text": "hi", "start": 250, "end": 650}], [("Hi", 250, 650)]),
    ],
)
async def test_a_maker_that_counts_seconds_is_believed(client: Any, server: Server, words: Any, expected: Any) -> None:
    server.script(step({"text": "Hi", "words": words}))

    got = await client.run("x/y", {"audio": MP3})

    assert expected == [(word.word, word.start, word.end) for word in got.words]
