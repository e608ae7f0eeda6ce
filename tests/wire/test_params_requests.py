"""What each params class becomes on the line, for models that differ and for one that nobody knows.

The bodies are written by hand from docs/wire.md 3.
"""

import json
from typing import Any

import attrs
import pytest

import cfai
from cfai._wire.request.encode import encode

UNKNOWN = "@cf/some/new-model"
PNG = b"\x89PNG\r\n\x1a\n"
WAV = b"RIFF\x08\x00\x00\x00WAVEabcd"
PNG_INTS = [137, 80, 78, 71, 13, 10, 26, 10]
WAV_INTS = [82, 73, 70, 70, 8, 0, 0, 0, 87, 65, 86, 69, 97, 98, 99, 100]
PNG_BASE64 = "iVBORw0KGgo="
WAV_BASE64 = "UklGRggAAABXQVZFYWJjZA=="
PNG_URL = f"data:image/png;base64,{PNG_BASE64}"
WAV_URL = f"data:audio/wav;base64,{WAV_BASE64}"
ADDRESS = "https://example.com/cat.png"
HI = {"role": "user", "content": "hi"}
QUESTIONS = {"refund": {"type": "noul", "instructions": "Is a refund due?"}}

JSON_BODIES: list[tuple[str, Any, Any]] = [
    # 3.1 text
    (
        "@cf/meta/llama-3.2-3b-instruct",
        cfai.Prompt("hi", max_tokens=4, raw=True),
        {"max_tokens": 4, "raw": True, "prompt": "hi"},
    ),
    ("@cf/meta/llama-guard-3-8b", cfai.Prompt("hi", temperature=0), {"temperature": 0, "messages": [HI]}),
    ("@cf/meta/llama-guard-3-8b", cfai.Messages([HI]), {"messages": [HI]}),
    ("@cf/openai/gpt-oss-120b", cfai.Messages([HI]), {"messages": [HI]}),
    ("@cf/openai/gpt-oss-120b", cfai.Prompt("hi"), {"prompt": "hi"}),
    (
        "@cf/openai/gpt-oss-120b",
        cfai.Responses("hi", instructions="be short", max_output_tokens=9, reasoning={"effort": "low"}),
        {"input": "hi", "instructions": "be short", "max_output_tokens": 9, "reasoning": {"effort": "low"}},
    ),
    (
        "@cf/openai/gpt-oss-20b",
        cfai.Responses([{"role": "user", "content": [{"type": "input_image", "detail": "low", "image_url": PNG}]}]),
        {"input": [{"role": "user", "content": [{"type": "input_image", "detail": "low", "image_url": PNG_URL}]}]},
    ),
    # 3.2 pictures in conversations
    (
        "@cf/meta/llama-4-scout-17b-16e-instruct",
        cfai.ImagePrompt(PNG, "what?", max_tokens=9),
        {
            "max_tokens": 9,
            "messages": [
                {
                    "role": "user",
                    "content": [
                        {"type": "text", "text": "what?"},
                        {"type": "image_url", "image_url": {"url": PNG_URL}},
                    ],
                }
            ],
        },
    ),
    (
        "@cf/moonshotai/kimi-k2.6",
        cfai.ImageMessages(
            PNG,
            [
                {"role": "user", "content": "look"},
                {"role": "assistant", "content": "at what?"},
                {"role": "user", "content": "this"},
                {"role": "assistant", "content": "well"},
            ],
        ),
        {
            "messages": [
                {"role": "user", "content": "look"},
                {"role": "assistant", "content": "at what?"},
                {
                    "role": "user",
                    "content": [
                        {"type": "text", "text": "this"},
                        {"type": "image_url", "image_url": {"url": PNG_URL}},
                    ],
                },
                {"role": "assistant", "content": "well"},
            ]
        },
    ),
    (
        "@cf/google/gemma-4-26b-a4b-it",
        cfai.ImageMessages(PNG, [{"role": "user", "content": [{"type": "text", "text": "a"}]}]),
        {
            "messages": [
                {
                    "role": "user",
                    "content": [{"type": "text", "text": "a"}, {"type": "image_url", "image_url": {"url": PNG_URL}}],
                }
            ]
        },
    ),
    (
        "@cf/mistralai/mistral-small-3.1-24b-instruct",
        cfai.ImageMessages(PNG, [{"role": "user"}]),
        {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": PNG_URL}}]}]},
    ),
    (
        "@cf/meta/llama-3.2-11b-vision-instruct",
        cfai.ImagePrompt(PNG, "what?"),
        {"image": PNG_INTS, "prompt": "what?"},
    ),
    (
        "@cf/meta/llama-3.2-11b-vision-instruct",
        cfai.ImageMessages(PNG, [HI]),
        {"image": PNG_INTS, "messages": [HI]},
    ),
    ("@cf/llava-hf/llava-1.5-7b-hf", cfai.ImagePrompt(PNG, "what?"), {"image": PNG_INTS, "prompt": "what?"}),
    ("@cf/llava-hf/llava-1.5-7b-hf", cfai.ImageToText(PNG, prompt="what?"), {"image": PNG_INTS, "prompt": "what?"}),
    (
        "@cf/moondream/moondream3.1-9B-A2B",
        cfai.VisionQuery(PNG, question="what?", reasoning=True),
        {"image": PNG_URL, "question": "what?", "reasoning": True, "stream": False},
    ),
    (
        "@cf/moondream/moondream3.1-9B-A2B",
        cfai.VisionQuery(ADDRESS, task="detect", target="cats", max_objects=5),
        {"image": ADDRESS, "task": "detect", "target": "cats", "max_objects": 5, "stream": False},
    ),
    (
        "@cf/moondream/moondream3.1-9B-A2B",
        cfai.ImagePrompt(PNG, "what?"),
        {"image": PNG_URL, "question": "what?", "stream": False},
    ),
    # 3.3 pictures from text
    (
        "@cf/leonardo/lucid-origin",
        cfai.TextToImage("a cat", num_steps=4, guidance=2.5),
        {"prompt": "a cat", "num_steps": 4, "guidance": 2.5},
    ),
    (
        "@cf/runwayml/stable-diffusion-v1-5-inpainting",
        cfai.TextToImage("a cat", image=PNG, mask=PNG, strength=0.5),
        {"prompt": "a cat", "image_b64": PNG_BASE64, "mask": PNG_INTS, "strength": 0.5},
    ),
    # 3.4 speech from text
    (
        "@cf/deepgram/aura-2-en",
        cfai.TextToSpeech("hi", speaker="luna", encoding="linear16", container="wav", sample_rate=16000),
        {"text": "hi", "speaker": "luna", "encoding": "linear16", "container": "wav", "sample_rate": 16000},
    ),
    # 3.5 text from speech
    (
        "@cf/openai/whisper-large-v3-turbo",
        cfai.AutomaticSpeechRecognition(WAV, task="translate", vad_filter=True, hallucination_silence_threshold=2),
        {"audio": WAV_BASE64, "task": "translate", "vad_filter": True, "hallucination_silence_threshold": 2},
    ),
    (
        "@cf/nvidia/nemotron-speech-streaming-en-0.6b",
        cfai.AutomaticSpeechRecognition(WAV, encoding="wav", sample_rate=16000, channels=1),
        {"audio": WAV_BASE64, "encoding": "wav", "sample_rate": 16000, "channels": 1},
    ),
    # 3.6 all other tasks
    (
        "@cf/pipecat-ai/smart-turn-v2",
        cfai.VoiceActivityDetection(WAV, dtype="uint8"),
        {"audio": WAV_BASE64, "dtype": "uint8"},
    ),
    ("@cf/baai/bge-base-en-v1.5", cfai.TextEmbeddings(["a"], pooling="cls"), {"text": ["a"], "pooling": "cls"}),
    ("@cf/baai/bge-m3", cfai.TextEmbeddings(["a"], truncate_inputs=True), {"text": ["a"], "truncate_inputs": True}),
    ("@cf/baai/bge-m3", cfai.TextEmbeddings("a", input_type="query"), {"text": "a"}),
    ("@cf/baai/bge-m3", cfai.TextEmbeddings("a", input_type="document"), {"contexts": [{"text": "a"}]}),
    (
        "@cf/baai/bge-m3",
        cfai.TextEmbeddings(["a", "b"], input_type="document"),
        {"contexts": [{"text": "a"}, {"text": "b"}]},
    ),
    (
        "@cf/baai/bge-m3",
        cfai.Reranking("q", ["a", {"text": "b"}], truncate_inputs=True),
        {"query": "q", "contexts": [{"text": "a"}, {"text": "b"}], "truncate_inputs": True},
    ),
    (
        "@cf/baai/bge-reranker-base",
        cfai.Reranking("q", ("a", "b"), top_k=1),
        {"query": "q", "contexts": [{"text": "a"}, {"text": "b"}], "top_k": 1},
    ),
    (
        "@cf/qwen/qwen3-embedding-0.6b",
        cfai.TextEmbeddings("a", input_type="query", instruction="find"),
        {"queries": "a", "instruction": "find"},
    ),
    (
        "@cf/meta/m2m100-1.2b",
        cfai.Translation("hi", "fr", source_lang="en"),
        {"text": "hi", "target_lang": "fr", "source_lang": "en"},
    ),
    (
        "@cf/ai4bharat/indictrans2-en-indic-1B",
        cfai.Translation(["hi", "you"], "hin_Deva"),
        {"text": ["hi", "you"], "target_language": "hin_Deva"},
    ),
    (
        "@cf/facebook/bart-large-cnn",
        cfai.Summarization("a long text", max_length=5),
        {"input_text": "a long text", "max_length": 5},
    ),
    (
        "@cf/cloudflare/clef",
        cfai.DecisionQuery(
            "The parcel is lost.", QUESTIONS, images=[PNG, {"content_type": "image/png", "base64": "AA=="}]
        ),
        {
            "model": "clef",
            "state": "The parcel is lost.",
            "questions": QUESTIONS,
            "images": [PNG_URL, {"content_type": "image/png", "base64": "AA=="}],
        },
    ),
    (
        "@cf/cloudflare/clef-omni",
        cfai.DecisionQuery({"parcel": ["lost"]}, QUESTIONS, audio=[WAV], videos=["data:video/mp4;base64,AAAA"]),
        {
            "model": "clef-omni",
            "state": {"parcel": ["lost"]},
            "questions": QUESTIONS,
            "audio": [WAV_URL],
            "videos": ["data:video/mp4;base64,AAAA"],
        },
    ),
    # models without a row: the forms that the API documents for the task
    (UNKNOWN, cfai.AutomaticSpeechRecognition(WAV), {"audio": WAV_INTS}),
    (UNKNOWN, cfai.ImageClassification(PNG), {"image": PNG_INTS}),
    (UNKNOWN, cfai.ObjectDetection(PNG), {"image": PNG_INTS}),
    (UNKNOWN, cfai.ImageToText(PNG, messages=[HI]), {"image": PNG_INTS, "messages": [HI]}),
    (UNKNOWN, cfai.TextToImage("a", image=PNG, mask=PNG), {"prompt": "a", "image": PNG_INTS, "mask": PNG_INTS}),
    (UNKNOWN, cfai.MultimodalEmbeddings(PNG, ["a"]), {"image": PNG_BASE64, "text": ["a"]}),
    (UNKNOWN, cfai.MultimodalEmbeddings(PNG, "a"), {"image": PNG_BASE64, "text": ["a"]}),
    (UNKNOWN, cfai.VoiceActivityDetection(WAV), {"audio": WAV_BASE64}),
    (
        UNKNOWN,
        cfai.ImagePrompt(PNG, "what?", ignore_eos=True),
        {"image": PNG_BASE64, "prompt": "what?", "ignore_eos": True},
    ),
    (UNKNOWN, cfai.ImageMessages(PNG, [HI]), {"image": PNG_BASE64, "messages": [HI]}),
    (
        UNKNOWN,
        cfai.DecisionQuery("x", QUESTIONS, images=[PNG]),
        {"model": "new-model", "state": "x", "questions": QUESTIONS, "images": [PNG_URL]},
    ),
    (UNKNOWN, cfai.VisionQuery(PNG), {"image": PNG_URL}),
    (UNKNOWN, cfai.VisionQuery(ADDRESS), {"image": ADDRESS}),
    (UNKNOWN, cfai.Reranking("q", ["a"]), {"query": "q", "contexts": [{"text": "a"}]}),
    (UNKNOWN, cfai.Translation("hi", "fr"), {"text": "hi", "target_lang": "fr"}),
    (
        "openai/gpt-5",
        cfai.Messages([HI], stop=["x"]),
        {"model": "openai/gpt-5", "input": {"stop": ["x"], "messages": [HI]}},
    ),
]


@pytest.mark.parametrize(("model", "params", "expected"), JSON_BODIES)
def test_the_body_is(model: str, params: Any, expected: Any) -> None:
    request = encode(model, params)

    assert "application/json" == request.content_type
    assert expected == json.loads(request.body.read()[0])


@pytest.mark.parametrize(
    ("model", "params", "body"),
    [
        ("@cf/microsoft/resnet-50", cfai.ImageClassification(PNG), PNG),
        ("@cf/facebook/detr-resnet-50", cfai.ObjectDetection(PNG), PNG),
        ("@cf/llava-hf/llava-1.5-7b-hf", cfai.ImageToText(PNG), PNG),
        ("@cf/openai/whisper", cfai.AutomaticSpeechRecognition(WAV), WAV),
        ("@cf/openai/whisper-tiny-en", cfai.AutomaticSpeechRecognition(WAV), WAV),
        ("@cf/deepgram/nova-3", cfai.AutomaticSpeechRecognition(WAV), WAV),
    ],
)
def test_a_medium_that_stands_alone_is_the_whole_body(model: str, params: Any, body: bytes) -> None:
    request = encode(model, params)

    assert body == request.body.read()[0]
    assert f"/ai/run/{model}" == request.path
    assert () == request.query


def test_every_option_of_nova_3_travels_in_the_query_string() -> None:
    options: dict[str, Any] = {
        "language": "en",
        "encoding": "opus",
        "channels": 2,
        "mode": "medical",
        "detect_language": True,
        "punctuate": True,
        "smart_format": False,
        "paragraphs": True,
        "utterances": True,
        "utt_split": 0.5,
        "multichannel": True,
        "diarize": True,
        "numerals": True,
        "measurements": True,
        "dictation": True,
        "filler_words": True,
        "profanity_filter": True,
        "redact": ["pci", "numbers"],
        "replace": "a:b",
        "search": "cat",
        "keyterm": ["Ann", "Bob"],
        "keywords": "cat:2",
        "detect_entities": True,
        "sentiment": True,
        "topics": True,
        "custom_topic": "cats",
        "custom_topic_mode": "strict",
        "custom_intent": "to buy",
        "custom_intent_mode": "extended",
        "extra": "a:b",
        "mip_opt_out": True,
    }
    expected = [
        (name, {True: "true", False: "false"}.get(item, str(item)) if isinstance(item, bool) else str(item))
        for name, value in options.items()
        for item in (value if isinstance(value, list) else [value])
    ]

    request = encode("@cf/deepgram/nova-3", cfai.AutomaticSpeechRecognition(WAV, **options))

    assert sorted(expected) == sorted(request.query)


REFUSED: list[tuple[str, Any, str]] = [
    ("@cf/black-forest-labs/flux-1-schnell", cfai.TextToImage("a", image=PNG), "^image: .*words alone"),
    ("@cf/leonardo/phoenix-1.0", cfai.TextToImage("a", mask=PNG), "^mask: .*words alone"),
    ("@cf/black-forest-labs/flux-2-dev", cfai.TextToImage("a", mask=PNG), "^mask: .*`images`"),
    ("@cf/ai4bharat/indictrans2-en-indic-1B", cfai.Translation("a", "b", source_lang="en"), "^source_lang: .*English"),
    ("@cf/moondream/moondream3.1-9B-A2B", cfai.ImageMessages(PNG, [HI]), r"^messages: .*cfai\.VisionQuery"),
    ("@cf/cloudflare/clef", cfai.DecisionQuery("a", {}, audio=[WAV]), "^audio: .*clef-omni"),
    ("@cf/cloudflare/clef-flash", cfai.DecisionQuery("a", {}, videos=[WAV]), "^videos: .*clef-omni"),
    ("@cf/cloudflare/clef", cfai.DecisionQuery("a", {}, images=[PNG] * 5), "^images: 5 pictures"),
    ("@cf/cloudflare/clef-omni", cfai.DecisionQuery("a", {}, videos=[WAV] * 3), "^videos: 3 videos"),
    ("@cf/cloudflare/clef-omni", cfai.DecisionQuery("a", {}, audio=WAV), "^audio: must be a list of sounds"),
    (
        "@cf/cloudflare/clef",
        cfai.DecisionQuery("a", {}, images=["cat.png"]),
        r"^images\[0\]: a str must be a data: URL",
    ),
    ("@cf/cloudflare/clef", cfai.DecisionQuery("a", {}, images=[{"base64": {1}}]), r"^images\[0\]\.base64: a set"),
    ("@cf/moonshotai/kimi-k2.6", cfai.ImageMessages(PNG, [{"role": "system", "content": "x"}]), "^messages: .*none"),
    ("@cf/moonshotai/kimi-k2.6", cfai.ImagePrompt("cat.png", "x"), r"^image: .*Path\(\)"),
    ("@cf/moonshotai/kimi-k2.6", cfai.ImagePrompt(ADDRESS, "x"), "^image: this model fetches no addresses"),
    ("@cf/baai/bge-m3", cfai.Reranking("q", "a text"), "^contexts: must be a list of texts, not str"),  # type: ignore[arg-type]
    ("@cf/baai/bge-m3", cfai.TextEmbeddings("a", input_type="passage"), "^input_type: 'passage' .*'query', 'document'"),  # type: ignore[arg-type]
    (UNKNOWN, cfai.ImagePrompt(None, "x"), "^image: ImagePrompt needs it"),  # type: ignore[arg-type]
    (UNKNOWN, cfai.TextToImage("a", images=[PNG]), "^images: only the flux-2 models"),
    ("@cf/deepgram/flux", cfai.AutomaticSpeechRecognition(WAV), "WebSocket"),
]


@pytest.mark.parametrize(("model", "params", "message"), REFUSED)
def test_what_the_model_has_no_place_for_is_refused(model: str, params: Any, message: str) -> None:
    with pytest.raises(cfai.InvalidParams, match=message):
        encode(model, params)


@pytest.mark.parametrize("name", ["run/@cf/meta/llama-3.2-3b-instruct", "run/openai/gpt-5"])
def test_the_older_form_of_a_name_is_refused_with_a_word(name: str) -> None:
    with pytest.raises(cfai.InvalidModelName, match="leave out 'run/'"):
        encode(name, cfai.Prompt("x"))


def test_a_class_of_a_users_own_is_sent_as_the_one_it_is_derived_from() -> None:
    @attrs.frozen
    class Look(cfai.ImagePrompt):
        pass

    assert json.loads(encode("@cf/llava-hf/llava-1.5-7b-hf", Look(PNG, "what?")).body.read()[0]) == {
        "image": PNG_INTS,
        "prompt": "what?",
    }


@pytest.mark.parametrize("name", ["Messages", "Reranking", "Responses", "TextEmbeddings", "TextToImage"])
def test_a_class_all_of_a_users_own_may_have_a_name_of_ours(name: str) -> None:
    kind = attrs.make_class(name, {"text": attrs.field(type=str)}, bases=(cfai.Params,), frozen=True)

    assert {"text": "hi"} == json.loads(encode(UNKNOWN, kind("hi")).body.read()[0])


def test_what_the_user_wrote_stays_as_it_was() -> None:
    messages = [{"role": "user", "content": ["x"]}]
    encode("@cf/moonshotai/kimi-k2.6", cfai.ImageMessages(PNG, messages))

    assert [{"role": "user", "content": ["x"]}] == messages


def test_no_field_that_only_a_stream_or_a_queue_has_is_a_field() -> None:
    left_out = {"stream", "requests", "model", "background", "stream_options", "endpointing", "interim_results"}
    for kind in (getattr(cfai, name) for name in cfai.__all__):
        if isinstance(kind, type) and issubclass(kind, cfai.Params) and attrs.has(kind):
            assert not left_out & {field.name for field in attrs.fields(kind)}, kind


# -- what a model has no place for

LACKING = {
    "the language of a voice": ("@cf/deepgram/aura-1", cfai.TextToSpeech("Hi", lang="en"), "lang: .*aura-1 speaks"),
    "a voice of melotts": ("@cf/myshell-ai/melotts", cfai.TextToSpeech("Hi", speaker="luna"), "speaker: .*one voice"),
    "the best few of bge-m3": ("@cf/baai/bge-m3", cfai.Reranking("cat", ["a cat"], top_k=1), "top_k: .*all contexts"),
    "moondream's description": (
        "@cf/moondream/moondream3.1-9B-A2B",
        cfai.ImageToText(b"\xff\xd8\xff"),
        "ImageToText: .*VisionQuery",
    ),
    "an address": ("@cf/llava-hf/llava-1.5-7b-hf", cfai.ImageToText("https://a.example/b.png"), "no addresses"),
}


@pytest.mark.parametrize("case", LACKING)
def test_what_a_model_has_no_place_for_is_refused_before_it_is_paid_for(case: str) -> None:
    model, params, said = LACKING[case]
    with pytest.raises(cfai.InvalidParams, match=said):
        encode(model, params)


def test_what_streams_says_so_in_its_type() -> None:
    params = {
        name: kind
        for name in cfai.__all__
        if isinstance(kind := getattr(cfai, name), type) and issubclass(kind, cfai.Params)
    }

    assert {"ImageMessages", "ImagePrompt", "Messages", "Prompt", "Responses", "StreamsText", "VisionQuery"} == {
        name for name, kind in params.items() if issubclass(kind, cfai.StreamsText)
    }
    assert {"StreamsMedia", "TextToImage", "TextToSpeech"} == {
        name for name, kind in params.items() if issubclass(kind, cfai.StreamsMedia)
    }


@pytest.mark.parametrize(
    ("params", "promise"),
    [
        (cfai.Prompt("x"), cfai.GeneratedText),
        (cfai.ImageMessages(PNG, [HI]), cfai.GeneratedText),
        (cfai.Responses("x"), cfai.GeneratedText),
        (cfai.VisionQuery(PNG), cfai.VisionAnswer),
        (cfai.TextToImage("x"), cfai.Image),
        (cfai.TextToSpeech("x"), cfai.Audio),
        (cfai.TextClassification("x"), list[cfai.Classification]),
    ],
)
def test_what_streams_promises_an_answer_all_the_same(params: Any, promise: Any) -> None:
    assert promise == encode(UNKNOWN, params).promise


def test_a_class_of_a_users_own_may_stream() -> None:
    @attrs.frozen
    class Mine(cfai.StreamsText[cfai.GeneratedText]):
        text: str

    @attrs.frozen
    class Bare(cfai.StreamsText):  # type: ignore[type-arg]
        text: str

    assert cfai.GeneratedText is encode(UNKNOWN, Mine("x")).promise
    assert cfai.RunResponse == encode(UNKNOWN, Bare("x")).promise
    assert not hasattr(Mine("x"), "__dict__")


def test_a_mapping_that_wants_no_stream_is_not_overruled() -> None:
    with pytest.raises(cfai.InvalidParams, match="stream: leave it out"):
        encode("@cf/some/model", {"prompt": "x", "stream": False}, stream=True)

    asked = encode("@cf/some/model", {"prompt": "x", "stream": True}, stream=True)
    assert b'{"prompt":"x","stream":true}' == asked.body.read()[0]
