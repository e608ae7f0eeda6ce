"""How each model that differs wants its input: one row a model (docs/wire.md 3)."""

from collections.abc import Mapping
from types import MappingProxyType

from .body import Form

_NOTHING: Mapping[str, Form] = MappingProxyType({})
_NO_RENAMES: Mapping[str, str] = MappingProxyType({})


class Dialect:
    """What is special about a model's input."""

    __slots__ = ("input_types", "media", "multipart", "query", "raw", "renames", "takes_urls")

    def __init__(
        self,
        media: Mapping[str, Form] = _NOTHING,
        *,
        raw: str = "",
        query: bool = False,
        multipart: bool = False,
        renames: Mapping[str, str] = _NO_RENAMES,
        input_types: Mapping[str, str] = _NO_RENAMES,
        takes_urls: bool = False,
    ) -> None:
        self.media = media
        """The form of each medium in a JSON body, by the wire's name of its key."""
        self.raw = raw
        """The medium that may be the whole body, where nothing else is set."""
        self.query = query
        """Whether everything but the raw body travels in the query string."""
        self.multipart = multipart
        """Whether the body is multipart/form-data, even for a prompt alone."""
        self.renames = renames
        """Our field names, which are the API's union's, to this model's own."""
        self.input_types = input_types
        """Of embeddings: the key that the texts go under, by `input_type`."""
        self.takes_urls = takes_urls
        """Whether a medium may be an https address, which the service then fetches."""


ORDINARY = Dialect()

_WHISPER = Dialect({"audio": Form.INTS}, raw="audio")
_SPOKEN = Dialect({"audio": Form.BASE64})
_SEEN = Dialect({"image": Form.INTS}, raw="image")
_STEPS = {"num_steps": "steps"}
_FLUX_2 = Dialect(multipart=True, renames=_STEPS)
_AURA = Dialect(renames={"prompt": "text"})
# `image` and `mask` are arrays of numbers. `image_b64` is the same picture in a third of the bytes; `mask` has no twin.
_DIFFUSION = Dialect(
    {"image": Form.INTS, "image_b64": Form.BASE64, "mask": Form.INTS},
    renames={"image": "image_b64"},
)
_CLEF = Dialect({"images": Form.DATA_URL, "audio": Form.DATA_URL, "videos": Form.DATA_URL})

DIALECTS: Mapping[str, Dialect] = {
    "@cf/openai/whisper": _WHISPER,
    "@cf/openai/whisper-tiny-en": _WHISPER,
    "@cf/openai/whisper-large-v3-turbo": _SPOKEN,
    "@cf/nvidia/nemotron-speech-streaming-en-0.6b": _SPOKEN,
    "@cf/pipecat-ai/smart-turn-v2": _SPOKEN,
    "@cf/deepgram/nova-3": Dialect(raw="audio", query=True),
    "@cf/microsoft/resnet-50": _SEEN,
    "@cf/facebook/detr-resnet-50": _SEEN,
    "@cf/llava-hf/llava-1.5-7b-hf": _SEEN,
    "@cf/unum/uform-gen2-qwen-500m": _SEEN,
    "@cf/meta/llama-3.2-11b-vision-instruct": Dialect({"image": Form.INTS}),
    "@cf/moondream/moondream3.1-9B-A2B": Dialect({"image": Form.DATA_URL}, takes_urls=True),
    "@cf/black-forest-labs/flux-1-schnell": Dialect(renames=_STEPS),
    "@cf/black-forest-labs/flux-2-dev": _FLUX_2,
    "@cf/black-forest-labs/flux-2-klein-4b": _FLUX_2,
    "@cf/black-forest-labs/flux-2-klein-9b": _FLUX_2,
    "@cf/stabilityai/stable-diffusion-xl-base-1.0": _DIFFUSION,
    "@cf/bytedance/stable-diffusion-xl-lightning": _DIFFUSION,
    "@cf/lykon/dreamshaper-8-lcm": _DIFFUSION,
    "@cf/runwayml/stable-diffusion-v1-5-inpainting": _DIFFUSION,
    "@cf/runwayml/stable-diffusion-v1-5-img2img": _DIFFUSION,
    "@cf/deepgram/aura-1": _AURA,
    "@cf/deepgram/aura-2-en": _AURA,
    "@cf/deepgram/aura-2-es": _AURA,
    "@cf/qwen/qwen3-embedding-0.6b": Dialect(input_types={"query": "queries", "document": "documents"}),
    "@cf/cloudflare/clef": _CLEF,
    "@cf/cloudflare/clef-flash": _CLEF,
    "@cf/cloudflare/clef-omni": _CLEF,
}
"""The models that differ; all others are `ORDINARY`."""

WEBSOCKET_ONLY = frozenset({"@cf/deepgram/flux"})
"""Models that answer no POST."""

DEFAULT_FORMS: Mapping[str, Mapping[str, Form]] = {
    "AutomaticSpeechRecognition": {"audio": Form.INTS},
    "TextToImage": {"image": Form.INTS, "mask": Form.INTS, "images": Form.BASE64},
}
"""The media fields of each params class, and their forms for a model without a row that says otherwise."""


def dialect_of(model: str) -> Dialect:
    """Give the row of *model*."""
    return DIALECTS.get(model, ORDINARY)
