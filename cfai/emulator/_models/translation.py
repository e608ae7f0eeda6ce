"""Texts turned into other texts: translation and summarization (docs/wire.md 3.6)."""

from collections.abc import Mapping
from typing import Any, Final

from cfai.emulator._models.embeddings import listed
from cfai.emulator._models.inputs import Json
from cfai.emulator._models.model import Answer, Model, count_tokens
from cfai.emulator._models.text_common import cut
from cfai.emulator._replies import NoQueue
from cfai.emulator._schema import INTEGER, STRING, Kind, Shape

_PRICE: Final = 31050e-6
_INDIC: Final = [
    "asm_Beng",
    "awa_Deva",
    "ben_Beng",
    "bho_Deva",
    "brx_Deva",
    "doi_Deva",
    "eng_Latn",
    "gom_Deva",
    "gon_Deva",
    "guj_Gujr",
    "hin_Deva",
    "hne_Deva",
    "kan_Knda",
    "kas_Arab",
    "kas_Deva",
    "kha_Latn",
    "lus_Latn",
    "mag_Deva",
    "mai_Deva",
    "mal_Mlym",
    "mar_Deva",
    "mni_Beng",
    "mni_Mtei",
    "npi_Deva",
    "ory_Orya",
    "pan_Guru",
    "san_Deva",
    "sat_Olck",
    "snd_Arab",
    "snd_Deva",
    "tam_Taml",
    "tel_Telu",
    "urd_Arab",
    "unr_Deva",
]

_M2M_INPUT: Final = (
    Shape(("text", "target_lang"), {"text": STRING, "source_lang": STRING, "target_lang": STRING}),
    Shape(("requests",), {"requests": Kind(("array",))}),
)
_INDIC_INPUT: Final = (
    Shape(
        ("text", "target_language"),
        {
            "text": Kind(("string", "array"), fewest=1, items=STRING),
            "target_language": Kind(("string",), choices=tuple(_INDIC)),
        },
    ),
)
_SUMMARY_INPUT: Final = (Shape(("input_text",), {"input_text": STRING, "max_length": INTEGER}),)
_LONGEST: Final = 1024
"""Words of a summary where no length is asked for."""


def translation(body: dict[str, Any], _seed: int) -> Answer:
    """Give the text back, with a note on what it should have become."""
    if "text" not in body:
        raise NoQueue
    text = _translated(body["text"], body.get("source_lang", "en"), body["target_lang"])
    return Answer({"translated_text": text}, (count_tokens(body["text"]) + count_tokens(text)) * _PRICE)


def translations(body: dict[str, Any], _seed: int) -> Answer:
    """Do so with each of a list."""
    texts = listed(body["text"])
    turned = [_translated(text, "eng_Latn", body["target_language"]) for text in texts]
    return Answer({"translations": turned}, sum(map(count_tokens, texts + turned)) * _PRICE)


def summary(body: dict[str, Any], _seed: int) -> Answer:
    """Tell how long the text is and how it begins."""
    text: str = body["input_text"]
    whole = f"I am the cfai emulator, not a model. The text has {count_tokens(text)} words and begins: {text}"
    return Answer({"summary": cut(whole, body.get("max_length", _LONGEST))}, 0)


def _translated(text: str, source: str, target: str) -> str:
    return f"[cfai emulator, not a model: {source} to {target}] {text}"


MODELS: Final[Mapping[str, Model]] = {
    "@cf/ai4bharat/indictrans2-en-indic-1B": Model(Json(_INDIC_INPUT), translations),
    "@cf/meta/m2m100-1.2b": Model(Json(_M2M_INPUT), translation, terms=True),
}
RETIRED: Final[Mapping[str, Model]] = {
    "@cf/facebook/bart-large-cnn": Model(Json(_SUMMARY_INPUT), summary, retired="2026-05-30"),
}
