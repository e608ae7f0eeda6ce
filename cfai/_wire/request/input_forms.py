"""How each model that differs wants its input: one row a model (docs/wire.md 3)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeVar

from ..media.body import Form

T = TypeVar("T")


def _table(rows: dict[str, T]) -> Mapping[str, T]:
    return MappingProxyType(rows)


_NO_FORMS: Mapping[str, Form] = _table({})
_NO_WORDS: Mapping[str, str] = _table({})
_NO_LIMITS: Mapping[str, int] = _table({})


class InputForm:
    """What is special about a model's input."""

    __slots__ = (
        "form",
        "input_types",
        "lacks",
        "longest",
        "media",
        "multipart",
        "no_options",
        "numbered",
        "query",
        "raw",
        "refuses",
        "renames",
        "streams",
        "urls",
    )

    def __init__(
        self,
        media: Mapping[str, Form] = _NO_FORMS,
        *,
        form: Form | None = None,
        raw: str = "",
        query: bool = False,
        multipart: bool = False,
        numbered: Mapping[str, str] = _NO_WORDS,
        renames: Mapping[str, str] = _NO_WORDS,
        input_types: Mapping[str, str] = _NO_WORDS,
        lacks: Mapping[str, str] = _NO_WORDS,
        longest: Mapping[str, int] = _NO_LIMITS,
        refuses: Mapping[str, str] = _NO_WORDS,
        urls: bool = False,
        streams: bool = False,
        no_options: bool = False,
    ) -> None:
        self.media = media
        """The form of each medium in a JSON body, by the wire's name of its key."""
        self.form = form
        """The form of all other media in fields of the input itself; None where the task's default holds."""
        self.raw = raw
        """The medium that may be the whole body, where nothing else is set."""
        self.query = query
        """Whether everything but the raw body travels in the query string."""
        self.multipart = multipart
        """Whether the body is multipart/form-data, even for a prompt alone."""
        self.numbered = numbered
        """Of a list of media that has a key for each: how the keys begin."""
        self.renames = renames
        """Our field names, which are the API's union's, to this model's own."""
        self.input_types = input_types
        """Of embeddings: the key that the texts go under, by `input_type`."""
        self.lacks = lacks
        """Fields of ours that it has no place for, with what it takes instead, as a clause behind its name."""
        self.longest = longest
        """The most characters of a text, by our names of the fields."""
        self.refuses = refuses
        """Params classes whose answer it can't give, though its task is theirs; with what to ask instead, likewise."""
        self.urls = urls
        """Whether a medium may be an https address, which the service then fetches."""
        self.streams = streams
        """Whether it answers with a stream unless it is told not to."""
        self.no_options = no_options
        """Whether it refuses a body with `options`, where `reject_if_busy` travels."""


ORDINARY = InputForm()

_WHISPER = InputForm({"audio": Form.INTS}, raw="audio")
_SPOKEN = InputForm({"audio": Form.BASE64})
_SEEN = InputForm({"image": Form.INTS}, raw="image")
_STEPS = {"num_steps": "steps"}
_BY_IMAGES = "takes pictures to refer to, as `images`"
_BY_WORDS = "draws from words alone: stable-diffusion-v1-5-inpainting and stable-diffusion-v1-5-img2img take it"
_WORDS_ALONE = {"image": _BY_WORDS, "mask": _BY_WORDS}
_AS_IMAGES = {"image": _BY_IMAGES, "mask": _BY_IMAGES}
# Its own documentation has more fields; since August 2026 the service refuses each of them (docs/wire.md 3.3).
_BY_STEPS = "takes `prompt` and `num_steps` alone: {} take it"
_SIZED = _BY_STEPS.format("the flux-2 models, lucid-origin, phoenix-1.0 and the Stable Diffusion models")
_STEPS_ALONE = {
    **_WORDS_ALONE,
    **dict.fromkeys(("height", "width", "guidance", "seed"), _SIZED),
    "negative_prompt": _BY_STEPS.format("phoenix-1.0 and the Stable Diffusion models"),
    "strength": _BY_STEPS.format("stable-diffusion-v1-5-inpainting and stable-diffusion-v1-5-img2img"),
}
_FLUX_1 = InputForm(renames=_STEPS, lacks=_STEPS_ALONE, longest={"prompt": 2048})
_FLUX_2 = InputForm(multipart=True, numbered={"images": "input_image_"}, renames=_STEPS, lacks=_AS_IMAGES)
_LEONARDO = InputForm(lacks=_WORDS_ALONE)
_BY_VOICE = "speaks the language of its voice; melotts takes it"
_AURA = InputForm(renames={"prompt": "text"}, lacks={"lang": _BY_VOICE})
_ONE_VOICE = "has one voice, as WAV; the aura models take it"
_MELO = InputForm(lacks=dict.fromkeys(("speaker", "encoding", "container", "sample_rate", "bit_rate"), _ONE_VOICE))
# `image` and `mask` are arrays of numbers. `image_b64` is the same picture in a third of the bytes; `mask` has no twin.
_NUMBERS = {"image": Form.INTS, "image_b64": Form.BASE64, "mask": Form.INTS}
_DIFFUSION = InputForm(_NUMBERS, renames={"image": "image_b64"})
# Their schemas have a picture, and all live reports say that none is taken. The forms are those of a mapping.
_DIFFUSION_OF_WORDS = InputForm(_NUMBERS, renames={"image": "image_b64"}, lacks=_WORDS_ALONE)
_DECIDING = {"images": Form.DATA_URL, "audio": Form.DATA_URL, "videos": Form.DATA_URL}
_BY_OMNI = "sees pictures alone; clef-omni takes it"
_BY_CLAIRIC = {"Extraction": "decides and extracts no fields: ask @cf/cloudflare/clairic"}
_BY_CLEF = {"DecisionQuery": "extracts fields and decides nothing: ask @cf/cloudflare/clef"}
_CLEF = InputForm(_DECIDING, lacks={"audio": _BY_OMNI, "videos": _BY_OMNI}, refuses=_BY_CLAIRIC, no_options=True)

INPUT_FORMS: Mapping[str, InputForm] = {
    "@cf/openai/whisper": _WHISPER,
    "@cf/openai/whisper-tiny-en": _WHISPER,
    "@cf/openai/whisper-large-v3-turbo": _SPOKEN,
    "@cf/nvidia/nemotron-speech-streaming-en-0.6b": _SPOKEN,
    "@cf/pipecat-ai/smart-turn-v2": _SPOKEN,
    "@cf/deepgram/nova-3": InputForm(raw="audio", query=True),
    "@cf/microsoft/resnet-50": _SEEN,
    "@cf/facebook/detr-resnet-50": _SEEN,
    "@cf/llava-hf/llava-1.5-7b-hf": _SEEN,
    "@cf/unum/uform-gen2-qwen-500m": _SEEN,
    "@cf/meta/llama-3.2-11b-vision-instruct": InputForm({"image": Form.INTS}),
    "@cf/moondream/moondream3.1-9B-A2B": InputForm(
        {"image": Form.DATA_URL},
        urls=True,
        renames={"prompt": "question"},
        lacks={
            "messages": "answers one question at a time: ask it with cfai.VisionQuery or cfai.ImagePrompt",
            "reasoning_effort": "thinks or does not, by the `reasoning` of cfai.VisionQuery",
        },
        refuses={"ImageToText": 'gives no description: ask it with cfai.VisionQuery(image, task="caption")'},
        streams=True,
    ),
    "@cf/black-forest-labs/flux-1-schnell": _FLUX_1,
    "@cf/black-forest-labs/flux-2-dev": _FLUX_2,
    "@cf/black-forest-labs/flux-2-klein-4b": _FLUX_2,
    "@cf/black-forest-labs/flux-2-klein-9b": _FLUX_2,
    "@cf/leonardo/lucid-origin": _LEONARDO,
    "@cf/leonardo/phoenix-1.0": _LEONARDO,
    "@cf/stabilityai/stable-diffusion-xl-base-1.0": _DIFFUSION_OF_WORDS,
    "@cf/bytedance/stable-diffusion-xl-lightning": _DIFFUSION_OF_WORDS,
    "@cf/lykon/dreamshaper-8-lcm": _DIFFUSION_OF_WORDS,
    "@cf/runwayml/stable-diffusion-v1-5-inpainting": _DIFFUSION,
    "@cf/runwayml/stable-diffusion-v1-5-img2img": _DIFFUSION,
    "@cf/deepgram/aura-1": _AURA,
    "@cf/deepgram/aura-2-en": _AURA,
    "@cf/deepgram/aura-2-es": _AURA,
    "@cf/myshell-ai/melotts": _MELO,
    "@cf/baai/bge-m3": InputForm(
        input_types={"query": "text", "document": "contexts"}, lacks={"top_k": "ranks all contexts"}
    ),
    "@cf/qwen/qwen3-embedding-0.6b": InputForm(input_types={"query": "queries", "document": "documents"}),
    "@cf/ai4bharat/indictrans2-en-indic-1B": InputForm(
        renames={"target_lang": "target_language"}, lacks={"source_lang": "translates from English alone"}
    ),
    "@cf/cloudflare/clairic": InputForm({"images": Form.DATA_URL}, refuses=_BY_CLEF),
    "@cf/cloudflare/clef": _CLEF,
    "@cf/cloudflare/clef-flash": _CLEF,
    "@cf/cloudflare/clef-omni": InputForm(_DECIDING, refuses=_BY_CLAIRIC, no_options=True),
}
"""The models that differ; all others are `ORDINARY`."""

WEBSOCKET_ONLY = frozenset({"@cf/deepgram/flux"})
"""Models that answer no POST."""


class MediaList:
    """The form of a field that is a list of media."""

    __slots__ = ("form", "most", "what")

    def __init__(self, what: str, most: int, form: Form | None) -> None:
        self.what = what
        """What they are, in the plural."""
        self.most = most
        """One more is refused by the service."""
        self.form = form
        """None where only a model with a row has such a field."""


DEFAULT_FORMS: Mapping[str, Mapping[str, Form | MediaList]] = {
    "AutomaticSpeechRecognition": {"audio": Form.INTS},
    "DecisionQuery": {
        "images": MediaList("pictures", 4, Form.DATA_URL),
        "audio": MediaList("sounds", 4, Form.DATA_URL),
        "videos": MediaList("videos", 2, Form.DATA_URL),
    },
    "Extraction": {"images": MediaList("pictures", 4, Form.DATA_URL)},
    "ImageClassification": {"image": Form.INTS},
    "ImageMessages": {"image": Form.BASE64},
    "ImagePrompt": {"image": Form.BASE64},
    "ImageToText": {"image": Form.INTS},
    "MultimodalEmbeddings": {"image": Form.BASE64},
    "ObjectDetection": {"image": Form.INTS},
    "TextToImage": {"image": Form.INTS, "mask": Form.INTS, "images": MediaList("pictures", 4, None)},
    "VisionQuery": {"image": Form.DATA_URL},
    "VoiceActivityDetection": {"audio": Form.BASE64},
}
"""The media fields of each params class, and their forms for a model without a row that says otherwise."""

BY_ADDRESS = frozenset({"VisionQuery"})
"""The params classes whose medium may be an https address of any model."""


_THIRD_PARTY = InputForm(form=Form.DATA_URL)


def is_third_party(model: str) -> bool:
    """Whether *model* is another company's, `author/model`: it travels in the body (docs/wire.md 1)."""
    return "/" in model and not model.startswith("@")


def input_form_of(model: str) -> InputForm:
    """Give the row of *model*; all third-party models have one in common."""
    row = INPUT_FORMS.get(model)
    if row is not None:
        return row
    return _THIRD_PARTY if is_third_party(model) else ORDINARY
