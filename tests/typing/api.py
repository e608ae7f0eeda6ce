"""What type checkers see of every form of a call. Never run; `nox -s types` has mypy and pyright read it.

A line that must be refused has a comment for each checker, and both treat a comment without an error as an error.
"""

import datetime as dt
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, assert_type

import numpy as np
from numpy.typing import NDArray
from PIL.Image import Image as PilImage

import cfai
from cfai import (
    Audio,
    AutomaticSpeechRecognition,
    Classification,
    DecisionQuery,
    Decisions,
    Description,
    DetectedObject,
    Embeddings,
    Extracted,
    Extraction,
    GeneratedText,
    Image,
    ImageClassification,
    ImageMessages,
    ImagePrompt,
    ImageToText,
    Messages,
    MultimodalEmbeddings,
    ObjectDetection,
    Prompt,
    RankedContext,
    Reply,
    RequestOptions,
    Reranking,
    Responses,
    RunParams,
    RunResponse,
    Summarization,
    Summary,
    TextClassification,
    TextEmbeddings,
    TextToImage,
    TextToSpeech,
    Transcription,
    TranslatedText,
    Translation,
    TurnDetection,
    VisionAnswer,
    VisionQuery,
    VoiceActivityDetection,
)
from cfai.emulator import Emulator

MODEL = "@cf/author/model"


class Weather:
    """A class of a user's own."""


async def the_params_name_the_answer(ai: cfai.AsyncClient) -> None:
    assert_type(await ai.run(MODEL, TextClassification(text="I like it")), list[Classification])
    assert_type(await ai.run(MODEL, TextToImage("a red cat")), Image)
    assert_type(await ai.run(MODEL, TextToSpeech("hello")), Audio)
    assert_type(await ai.run(MODEL, TextEmbeddings("x")), Embeddings)
    assert_type(await ai.run(MODEL, AutomaticSpeechRecognition(b"ID3")), Transcription)
    assert_type(await ai.run(MODEL, Prompt("Say hello")), GeneratedText)
    assert_type(await ai.run(MODEL, Messages([{"role": "user", "content": "hi"}])), GeneratedText)
    assert_type(await ai.run(MODEL, ImageClassification(b"")), list[Classification])
    assert_type(await ai.run(MODEL, ObjectDetection(b"")), list[DetectedObject])
    assert_type(await ai.run(MODEL, ImagePrompt(b"", "what?")), GeneratedText)
    assert_type(await ai.run(MODEL, ImageMessages(b"", [{"role": "user", "content": "hi"}])), GeneratedText)
    assert_type(await ai.run(MODEL, Translation("hi", "fr")), TranslatedText)
    assert_type(await ai.run(MODEL, Summarization("a long text")), Summary)
    assert_type(await ai.run(MODEL, ImageToText(b"")), Description)
    assert_type(await ai.run(MODEL, MultimodalEmbeddings(b"", ["a"])), Embeddings)
    assert_type(await ai.run(MODEL, Reranking("q", ["a", {"text": "b"}])), list[RankedContext])
    assert_type(await ai.run(MODEL, VoiceActivityDetection(b"")), TurnDetection)
    assert_type(await ai.run(MODEL, VisionQuery("https://example.com/a.png")), VisionAnswer)
    assert_type(await ai.run(MODEL, DecisionQuery({"any": "json"}, {"q": {"type": "noul"}})), Decisions)
    assert_type(await ai.run(MODEL, Extraction("x", {"q": {"type": "date"}})), Extracted)
    assert_type(await ai.run(MODEL, Responses("hi")), GeneratedText)
    assert_type(await ai.run(MODEL, cfai.Input({"city": "Oslo"}, returning=Weather)), Weather)
    link = await ai.run(MODEL, cfai.Input({"prompt": "x"}, returning=cfai.MediaLink))
    assert_type(link, cfai.MediaLink)
    links = await ai.run(MODEL, cfai.Input({"prompt": "x"}, returning=list[cfai.MediaLink]))
    assert_type(links, list[cfai.MediaLink])
    assert_type(await ai.fetch(link), Image | Audio | cfai.Media)
    assert_type(await ai.fetch(links[0], RequestOptions(timeout=5)), Image | Audio | cfai.Media)
    assert_type(await ai.run(MODEL, {"any": "json"}), RunResponse)


def the_params_name_the_answer_in_the_sync_client(ai: cfai.Client) -> None:
    assert_type(ai.run(MODEL, TextClassification(text="I like it")), list[Classification])
    assert_type(ai.run(MODEL, TextToImage("a red cat")), Image)
    assert_type(ai.run(MODEL, TextToSpeech("hello")), Audio)
    assert_type(ai.run(MODEL, TextEmbeddings("x")), Embeddings)
    assert_type(ai.run(MODEL, AutomaticSpeechRecognition(b"ID3")), Transcription)
    assert_type(ai.run(MODEL, Prompt("Say hello")), GeneratedText)
    assert_type(ai.run(MODEL, Messages([{"role": "user", "content": "hi"}])), GeneratedText)
    assert_type(ai.run(MODEL, ImageClassification(b"")), list[Classification])
    assert_type(ai.run(MODEL, ObjectDetection(b"")), list[DetectedObject])
    assert_type(ai.run(MODEL, ImagePrompt(b"", "what?")), GeneratedText)
    assert_type(ai.run(MODEL, ImageMessages(b"", [{"role": "user", "content": "hi"}])), GeneratedText)
    assert_type(ai.run(MODEL, Translation("hi", "fr")), TranslatedText)
    assert_type(ai.run(MODEL, Summarization("a long text")), Summary)
    assert_type(ai.run(MODEL, ImageToText(b"")), Description)
    assert_type(ai.run(MODEL, MultimodalEmbeddings(b"", ["a"])), Embeddings)
    assert_type(ai.run(MODEL, Reranking("q", ["a", {"text": "b"}])), list[RankedContext])
    assert_type(ai.run(MODEL, VoiceActivityDetection(b"")), TurnDetection)
    assert_type(ai.run(MODEL, VisionQuery("https://example.com/a.png")), VisionAnswer)
    assert_type(ai.run(MODEL, DecisionQuery({"any": "json"}, {"q": {"type": "noul"}})), Decisions)
    assert_type(ai.run(MODEL, Extraction("x", {"q": {"type": "date"}})), Extracted)
    assert_type(ai.run(MODEL, Responses("hi")), GeneratedText)
    assert_type(ai.run(MODEL, cfai.Input({"city": "Oslo"}, returning=Weather)), Weather)
    assert_type(ai.fetch(cfai.MediaLink("https://a.example/cat.png")), Image | Audio | cfai.Media)
    assert_type(ai.run(MODEL, {"any": "json"}), RunResponse)


async def request_gives_a_reply_of_the_same(ai: cfai.AsyncClient) -> None:
    assert_type(await ai.request(MODEL, TextClassification("x")), Reply[list[Classification]])
    assert_type(await ai.request(MODEL, TextToImage("x")), Reply[Image])
    assert_type(await ai.request(MODEL, TextToSpeech("x")), Reply[Audio])
    assert_type(await ai.request(MODEL, TextEmbeddings(["x", "y"])), Reply[Embeddings])
    assert_type(await ai.request(MODEL, AutomaticSpeechRecognition(Path("talk.mp3"))), Reply[Transcription])
    assert_type(await ai.request(MODEL, Prompt("x")), Reply[GeneratedText])
    assert_type(await ai.request(MODEL, Messages(())), Reply[GeneratedText])
    assert_type(await ai.request(MODEL, ImageClassification(b"")), Reply[list[Classification]])
    assert_type(await ai.request(MODEL, ObjectDetection(b"")), Reply[list[DetectedObject]])
    assert_type(await ai.request(MODEL, ImagePrompt(b"", "what?")), Reply[GeneratedText])
    assert_type(await ai.request(MODEL, ImageMessages(b"", [{"role": "user", "content": "hi"}])), Reply[GeneratedText])
    assert_type(await ai.request(MODEL, Translation("hi", "fr")), Reply[TranslatedText])
    assert_type(await ai.request(MODEL, Summarization("a long text")), Reply[Summary])
    assert_type(await ai.request(MODEL, ImageToText(b"")), Reply[Description])
    assert_type(await ai.request(MODEL, MultimodalEmbeddings(b"", ["a"])), Reply[Embeddings])
    assert_type(await ai.request(MODEL, Reranking("q", ["a", {"text": "b"}])), Reply[list[RankedContext]])
    assert_type(await ai.request(MODEL, VoiceActivityDetection(b"")), Reply[TurnDetection])
    assert_type(await ai.request(MODEL, VisionQuery("https://example.com/a.png")), Reply[VisionAnswer])
    assert_type(await ai.request(MODEL, DecisionQuery({"any": "json"}, {"q": {"type": "noul"}})), Reply[Decisions])
    assert_type(await ai.request(MODEL, Extraction("x", {"q": {"type": "date"}})), Reply[Extracted])
    assert_type(await ai.request(MODEL, Responses("hi")), Reply[GeneratedText])
    assert_type(await ai.request(MODEL, {"any": "json"}), Reply[RunResponse])


def request_gives_a_reply_of_the_same_in_the_sync_client(ai: cfai.Client) -> None:
    assert_type(ai.request(MODEL, TextClassification("x")), Reply[list[Classification]])
    assert_type(ai.request(MODEL, TextToImage("x")), Reply[Image])
    assert_type(ai.request(MODEL, TextToSpeech("x")), Reply[Audio])
    assert_type(ai.request(MODEL, TextEmbeddings(["x", "y"])), Reply[Embeddings])
    assert_type(ai.request(MODEL, AutomaticSpeechRecognition(Path("talk.mp3"))), Reply[Transcription])
    assert_type(ai.request(MODEL, Prompt("x")), Reply[GeneratedText])
    assert_type(ai.request(MODEL, Messages(())), Reply[GeneratedText])
    assert_type(ai.request(MODEL, ImageClassification(b"")), Reply[list[Classification]])
    assert_type(ai.request(MODEL, ObjectDetection(b"")), Reply[list[DetectedObject]])
    assert_type(ai.request(MODEL, ImagePrompt(b"", "what?")), Reply[GeneratedText])
    assert_type(ai.request(MODEL, ImageMessages(b"", [{"role": "user", "content": "hi"}])), Reply[GeneratedText])
    assert_type(ai.request(MODEL, Translation("hi", "fr")), Reply[TranslatedText])
    assert_type(ai.request(MODEL, Summarization("a long text")), Reply[Summary])
    assert_type(ai.request(MODEL, ImageToText(b"")), Reply[Description])
    assert_type(ai.request(MODEL, MultimodalEmbeddings(b"", ["a"])), Reply[Embeddings])
    assert_type(ai.request(MODEL, Reranking("q", ["a", {"text": "b"}])), Reply[list[RankedContext]])
    assert_type(ai.request(MODEL, VoiceActivityDetection(b"")), Reply[TurnDetection])
    assert_type(ai.request(MODEL, VisionQuery("https://example.com/a.png")), Reply[VisionAnswer])
    assert_type(ai.request(MODEL, DecisionQuery({"any": "json"}, {"q": {"type": "noul"}})), Reply[Decisions])
    assert_type(ai.request(MODEL, Extraction("x", {"q": {"type": "date"}})), Reply[Extracted])
    assert_type(ai.request(MODEL, Responses("hi")), Reply[GeneratedText])
    assert_type(ai.request(MODEL, {"any": "json"}), Reply[RunResponse])


async def a_stream_knows_what_it_comes_to(ai: cfai.AsyncClient, options: RequestOptions) -> None:
    assert_type(ai.stream(MODEL, Prompt("x")), cfai.AsyncTextStream[GeneratedText])
    assert_type(ai.stream(MODEL, Messages([])), cfai.AsyncTextStream[GeneratedText])
    assert_type(ai.stream(MODEL, ImagePrompt(b"", "x")), cfai.AsyncTextStream[GeneratedText])
    assert_type(ai.stream(MODEL, ImageMessages(b"", [])), cfai.AsyncTextStream[GeneratedText])
    assert_type(ai.stream(MODEL, Responses("x")), cfai.AsyncTextStream[GeneratedText])
    assert_type(ai.stream(MODEL, VisionQuery(b"")), cfai.AsyncTextStream[VisionAnswer])
    assert_type(ai.stream(MODEL, TextToSpeech("x")), cfai.AsyncMediaStream[Audio])
    assert_type(ai.stream(MODEL, TextToImage("x")), cfai.AsyncMediaStream[Image])
    assert_type(ai.stream(MODEL, {"any": "json"}), cfai.AsyncTextStream[GeneratedText])
    assert_type(ai.stream(MODEL, Prompt("x"), options), cfai.AsyncTextStream[GeneratedText])
    assert_type(ai.stream(MODEL, Prompt("x"), options=None), cfai.AsyncTextStream[GeneratedText])
    async with ai.stream(MODEL, Prompt("x")) as stream:
        assert_type(stream, cfai.AsyncTextStream[GeneratedText])
        async for event in stream:
            assert_type(event, cfai.TextDelta | cfai.ReasoningDelta | cfai.ToolCallDelta | cfai.Finish)
            told_of_an_event(event)
        async for text in stream.texts():
            assert_type(text, str)
        assert_type(stream.partial, GeneratedText)
        assert_type(stream.result, GeneratedText)
        assert_type(stream.first_event_after, float | None)
        assert_type(stream.events_per_second, float)
    async with ai.stream(MODEL, VisionQuery(b"")) as vision:
        assert_type(vision.partial, GeneratedText)
        assert_type(vision.result, VisionAnswer)
    async with ai.stream(MODEL, {"any": "json"}) as mapping:
        assert_type(mapping.result, GeneratedText)
    async with ai.stream(MODEL, TextToSpeech("x")) as sound:
        assert_type(sound, cfai.AsyncMediaStream[Audio])
        async for piece in sound:
            assert_type(piece, bytes)
        assert_type(sound.media_type, str)
        assert_type(sound.partial, bytes)
        assert_type(sound.result, Audio)
    await sound.aclose()


def a_stream_knows_what_it_comes_to_in_the_sync_client(ai: cfai.Client, options: RequestOptions) -> None:
    assert_type(ai.stream(MODEL, Prompt("x")), cfai.TextStream[GeneratedText])
    assert_type(ai.stream(MODEL, Messages([])), cfai.TextStream[GeneratedText])
    assert_type(ai.stream(MODEL, ImagePrompt(b"", "x")), cfai.TextStream[GeneratedText])
    assert_type(ai.stream(MODEL, ImageMessages(b"", [])), cfai.TextStream[GeneratedText])
    assert_type(ai.stream(MODEL, Responses("x")), cfai.TextStream[GeneratedText])
    assert_type(ai.stream(MODEL, VisionQuery(b"")), cfai.TextStream[VisionAnswer])
    assert_type(ai.stream(MODEL, TextToSpeech("x")), cfai.MediaStream[Audio])
    assert_type(ai.stream(MODEL, TextToImage("x")), cfai.MediaStream[Image])
    assert_type(ai.stream(MODEL, {"any": "json"}), cfai.TextStream[GeneratedText])
    assert_type(ai.stream(MODEL, Prompt("x"), options), cfai.TextStream[GeneratedText])
    assert_type(ai.stream(MODEL, Prompt("x"), options=None), cfai.TextStream[GeneratedText])
    with ai.stream(MODEL, Prompt("x")) as stream:
        assert_type(stream, cfai.TextStream[GeneratedText])
        for event in stream:
            assert_type(event, cfai.TextDelta | cfai.ReasoningDelta | cfai.ToolCallDelta | cfai.Finish)
            told_of_an_event(event)
        for text in stream.texts():
            assert_type(text, str)
        assert_type(stream.partial, GeneratedText)
        assert_type(stream.result, GeneratedText)
        assert_type(stream.first_event_after, float | None)
        assert_type(stream.events_per_second, float)
    with ai.stream(MODEL, VisionQuery(b"")) as vision:
        assert_type(vision.partial, GeneratedText)
        assert_type(vision.result, VisionAnswer)
    with ai.stream(MODEL, {"any": "json"}) as mapping:
        assert_type(mapping.result, GeneratedText)
    with ai.stream(MODEL, TextToImage("x")) as picture:
        assert_type(picture, cfai.MediaStream[Image])
        for piece in picture:
            assert_type(piece, bytes)
        assert_type(picture.media_type, str)
        assert_type(picture.partial, bytes)
        assert_type(picture.result, Image)
    picture.close()


def told_of_an_event(event: cfai.StreamEvent) -> None:
    match event:
        case cfai.TextDelta(text=text) | cfai.ReasoningDelta(text=text):
            assert_type(text, str)
        case cfai.ToolCallDelta(index=index, id=id_, name=name, arguments=arguments):
            assert_type(index, int)
            assert_type((id_, name, arguments), tuple[str, str, str])
        case cfai.Finish(reason=reason, usage=usage):
            assert_type(reason, str | None)
            assert_type(usage, cfai.Usage | None)


async def a_reply_knows_the_call(ai: cfai.AsyncClient) -> None:
    reply = await ai.request(MODEL, Prompt("x"))
    assert_type(reply.result, GeneratedText)
    assert_type(reply.raw, Any)
    assert_type(reply.status, int)
    assert_type(reply.headers, Mapping[str, str])
    assert_type(reply.request_id, str | None)
    assert_type(reply.ray_id, str | None)
    assert_type(reply.neurons, float | None)
    assert_type(reply.usage, cfai.Usage | None)
    assert_type(reply.attempts, int)
    assert_type(reply.elapsed, float)


def answers_have_the_fields_of_their_wire(ai: cfai.Client) -> None:
    assert_type(ai.run(MODEL, TextClassification("x"))[0].label, str)
    assert_type(ai.run(MODEL, TextClassification("x"))[0].score, float)
    assert_type(ai.run(MODEL, TextEmbeddings("x")).data, list[list[float]])
    assert_type(ai.run(MODEL, TextToImage("x")).save("cat"), Path)
    assert_type(ai.run(MODEL, TextToImage("x")).data, bytes)
    assert_type(ai.run(MODEL, AutomaticSpeechRecognition(b"")).words, list[cfai.Word])
    assert_type(ai.run(MODEL, Translation(["a", "b"], "hin_Deva")).translations, list[str])
    assert_type(ai.run(MODEL, Reranking("q", ["a"]))[0].id, int)
    assert_type(ai.run(MODEL, VisionQuery(b"", task="point")).points, list[cfai.Point])
    assert_type(ai.run(MODEL, DecisionQuery("x", {})).answers, dict[str, cfai.Decision])
    assert_type(ai.run(MODEL, Extraction("x", {})).answers, dict[str, cfai.ExtractedValue])
    assert_type(ai.run(MODEL, Extraction("x", {})).answers["a"].spans, list[tuple[int, int]])
    answer = ai.run(MODEL, Prompt("x"))
    assert_type(answer.text, str)
    assert_type(answer.reasoning, str | None)
    assert_type(answer.tool_calls, list[cfai.ToolCall])
    assert_type(answer.usage, cfai.Usage | None)
    assert_type(answer.raw, Any)


def an_answer_by_shape_is_told_apart_by_its_class(ai: cfai.Client) -> None:
    answer = ai.run(MODEL, {"any": "json"})
    if isinstance(answer, GeneratedText):
        assert_type(answer.text, str)
    match answer:
        case cfai.Embeddings(shape=shape):
            assert_type(shape, list[int])
        case _:
            pass


def the_converter_works_without_a_client(result: object) -> None:
    assert_type(cfai.converter.structure(result, Embeddings), Embeddings)


def params_take_media_in_every_form(path: "os.PathLike[str]", picture: Image) -> None:
    AutomaticSpeechRecognition(b"ID3")
    AutomaticSpeechRecognition(path)
    with Path("talk.mp3").open("rb") as file:
        AutomaticSpeechRecognition(file)
    AutomaticSpeechRecognition("data:audio/mpeg;base64,SUQz")
    ImagePrompt(picture, "what?")
    DecisionQuery("x", {}, images=[path, {"content_type": "image/png", "base64": "AA=="}], audio=[b"ID3"])
    Extraction(
        "x", {}, images=[path, picture], reference_date=dt.date(2026, 11, 5), options={"include_quantiles": True}
    )
    Extraction("x", reference_date="2026-11-05")
    Extraction("x", reference_date=5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    TextToImage("the same in winter", images=[picture, path, b"\x89PNG"])


def messages_are_written_by_functions(path: Path, picture: Image, answer: GeneratedText) -> None:
    assert_type(cfai.system("x"), dict[str, Any])
    assert_type(cfai.user("x"), dict[str, Any])
    with path.open("rb") as file:
        assert_type(cfai.user("x", path, b"", picture, file, {"type": "text", "text": "x"}), dict[str, Any])
    assert_type(cfai.assistant("x"), dict[str, Any])
    assert_type(cfai.assistant(answer), dict[str, Any])
    assert_type(cfai.tool(answer.tool_calls[0], {"any": "json"}), dict[str, Any])
    assert_type(cfai.tool("call_0", "x"), dict[str, Any])
    history = [cfai.system("x"), cfai.user("x"), answer.message]
    Messages(history)
    ImageMessages(b"", history)
    Responses(history)


def how_hard_a_model_thinks(newer: str) -> None:
    Prompt("x", reasoning_effort="none")
    Messages([], reasoning_effort="xhigh")
    ImagePrompt(b"", "x", reasoning_effort=newer)
    ImageMessages(b"", [], reasoning_effort=None)
    Responses("x", reasoning_effort="low")


def what_streams_says_so(text: cfai.StreamsText[GeneratedText], media: cfai.StreamsMedia[Audio | Image]) -> None:
    text = Prompt("x")
    text = Messages([])
    text = ImagePrompt(b"", "x")
    text = ImageMessages(b"", [])
    text = Responses("x")
    media = TextToImage("x")
    media = TextToSpeech("x")
    vision: cfai.StreamsText[VisionAnswer] = VisionQuery(b"")
    params: cfai.Params[Any] = text
    print(text, media, vision, params)


def params_of_any_kind(params: RunParams, texts: Sequence[str], extra: Mapping[str, Any]) -> cfai.Params[Any]:
    TextEmbeddings(texts, pooling="cls", extra_input=extra)
    return params


def both_clients_are_made_alike() -> None:
    cfai.AsyncClient()
    cfai.Client()
    options = RequestOptions(timeout=5, attempt_timeout=None, gateway="default", headers={"x-tag": "a"})
    cfai.AsyncClient(
        account_id="0" * 32,
        api_token="t",
        api_key=None,
        email=None,
        base_url="https://example.com/client/v4",
        options=options,
        max_connections=8,
        on_attempt=told,
        proxy=None,
        trust_env=False,
        ssl_context=None,
        allow_insecure=False,
    )
    cfai.Client(account_id="0" * 32, api_token="t", options=options, on_attempt=told)


def told(attempt: cfai.Attempt) -> None:
    assert_type(attempt.number, int)
    assert_type(attempt.status, int | None)
    assert_type(attempt.error, str | None)


async def clients_are_context_managers() -> None:
    async with cfai.AsyncClient() as ai:
        assert_type(ai, cfai.AsyncClient)
    with cfai.Client() as sync:
        assert_type(sync, cfai.Client)
    async with Emulator() as emulator:
        assert_type(emulator.async_client(), cfai.AsyncClient)
    with Emulator() as emulator:
        assert_type(emulator.client(), cfai.Client)
        assert_type(emulator.base_url, str)


async def options_come_with_a_call_or_a_copy(ai: cfai.AsyncClient, sync: cfai.Client) -> None:
    assert_type(await ai.run(MODEL, TextEmbeddings("x"), RequestOptions(timeout=5)), Embeddings)
    assert_type(await ai.run(MODEL, TextEmbeddings("x"), options=RequestOptions(timeout=None)), Embeddings)
    assert_type(ai.with_options(timeout=5, gateway=cfai.Gateway("default", cache_ttl=60)), cfai.AsyncClient)
    assert_type(sync.with_options(account_id="0" * 32, api_token="t", headers={"x-tag": "a"}), cfai.Client)
    assert_type(await ai.with_options(timeout=5).run(MODEL, TextEmbeddings("x")), Embeddings)


async def closing_and_warming(ai: cfai.AsyncClient, sync: cfai.Client) -> None:
    await ai.warm()
    await ai.aclose()
    sync.warm()
    sync.close()


def errors_have_their_facts(ai: cfai.Client) -> None:
    try:
        ai.run(MODEL, Prompt("x"))
    except cfai.DailyQuotaExceeded as error:
        assert_type(error.status, int)
        assert_type(error.code, int | str | None)
        assert_type(error.retry_after, float | None)
    except cfai.RequestTimeout as error:
        timeout: TimeoutError = error
        print(timeout)
    except cfai.InvalidParams as error:
        value: ValueError = error
        print(value)
    except cfai.DecodeError as error:
        assert_type(error.path, str)


async def pictures_as_objects_of_other_packages(
    ai: cfai.AsyncClient, image: PilImage, array: NDArray[np.uint8]
) -> None:
    assert_type(await ai.run(MODEL, ImageClassification(image)), list[Classification])
    assert_type(await ai.run(MODEL, ImageClassification(array)), list[Classification])
    assert_type(await ai.run(MODEL, TextToImage("a cat", image=image, mask=array, images=[image, array, b""])), Image)
    assert_type(await ai.run(MODEL, DecisionQuery("x", {}, images=[image, array])), Decisions)
    assert_type(await ai.run(MODEL, Messages([cfai.user("what?", image, array)])), GeneratedText)
    source: cfai.MediaSource = image
    assert_type(await ai.run(MODEL, VisionQuery(source)), VisionAnswer)


async def what_may_be_left_out(ai: cfai.AsyncClient) -> None:
    assert_type(await ai.run(MODEL, MultimodalEmbeddings(b"")), Embeddings)
    assert_type(await ai.run(MODEL, MultimodalEmbeddings(text=["a"])), Embeddings)
    assert_type(await ai.run(MODEL, ImageToText(b"", top_k=2.5, seed=1.5)), Description)
    assert_type(await ai.run(MODEL, AutomaticSpeechRecognition(b"", source_lang="de", target_lang="en")), Transcription)


async def what_both_checkers_refuse(ai: cfai.AsyncClient, sync: cfai.Client) -> None:
    # a missing argument
    await ai.run(MODEL)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    sync.run(MODEL)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    TextToImage()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    AutomaticSpeechRecognition()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]

    ImagePrompt("data:,")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Translation("hi")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Reranking("q")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]

    # a misspelt one
    TextEmbeddings(texts="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Prompt("x", max_token=5)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await ai.run(MODEL, Prompt("x"), option=None)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]

    # what is keyword-only, by position
    Prompt("x", 5)  # type: ignore[arg-type, call-arg]  # pyright: ignore[reportCallIssue]
    cfai.Client("0" * 32)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]

    # what is positional-only, by keyword
    sync.run(model=MODEL, params=Prompt("x"))  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]

    # a plain text, or a class instead of an object
    await ai.run(MODEL, "Say hello")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    sync.run(MODEL, "Say hello")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    sync.request(MODEL, Prompt)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]

    # a value of another type
    TextClassification(text=5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    TextEmbeddings("x", pooling="max")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    VisionQuery(b"", task="count")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Messages("hi")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

    Prompt("x", reasoning_effort=3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    ImageClassification([137, 80])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    cfai.user(5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    cfai.tool(5, "x")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

    # what does not stream where a stream is wanted
    text: cfai.StreamsText[Any] = TextEmbeddings("x")  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    media: cfai.StreamsMedia[Any] = Prompt("x")  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    print(text, media)

    ai.stream(MODEL, TextEmbeddings("x"))  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    ai.stream(MODEL, AutomaticSpeechRecognition(b""))  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    ai.stream(MODEL, cfai.Input({"any": "json"}, returning=Weather))  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    sync.stream(MODEL, TextEmbeddings("x"))  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    sync.stream(MODEL, DecisionQuery("x", {}))  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    sync.stream(MODEL, Extraction("x", {}))  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    ai.stream(MODEL, Extraction("x", {}))  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    sync.stream(MODEL, "Say hello")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]

    # a stream of the one client in the way of the other, or of text as one of bytes
    with ai.stream(MODEL, Prompt("x")):  # type: ignore[attr-defined]  # pyright: ignore[reportGeneralTypeIssues]
        pass
    async with sync.stream(MODEL, Prompt("x")):  # type: ignore[attr-defined]  # pyright: ignore[reportGeneralTypeIssues]
        pass
    print(sync.stream(MODEL, Prompt("x")).media_type)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownArgumentType]
    print(sync.stream(MODEL, TextToSpeech("x")).texts())  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownArgumentType]

    # an address that no answer gave
    await ai.fetch("https://a.example/cat.png")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

    # an option that is wrong or not there
    RequestOptions(timeout="5")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    RequestOptions(timeouts=5)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    ai.with_options(timeout="5")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    ai.with_options(timeouts=5)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    sync.run(MODEL, Prompt("x"), {"timeout": 5})  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]

    # a call that is not awaited has no answer in it
    print(ai.run(MODEL, Prompt("x")).text)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownArgumentType]

    # params do not change
    prompt = Prompt("x")
    prompt.prompt = "y"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
