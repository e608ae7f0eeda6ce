"""Translations and summaries."""

from typing import Any

from ...tasks.answers import Summary, TranslatedText
from ..convert.converter import ShapeError, expect_object, register, structure_at
from ..convert.side_fields import read_side, register_fields


def read_translation(result: Any) -> TranslatedText:
    """Read m2m100's `translated_text` or indictrans2's list `translations`."""
    expect_object(result)
    text = result.get("translated_text")
    many = result.get("translations")
    if text is None and many is None:
        raise ShapeError("a required key is missing or null", "$.translated_text")
    if text is None:
        texts = structure_at(many, list[str], "$.translations")
        return TranslatedText(translated_text="\n".join(texts), translations=texts)
    skipped: list[str] = []
    text = structure_at(text, str, "$.translated_text")
    texts = read_side(many, list[str], "$.translations", skipped, [])
    answer = TranslatedText(translated_text=text, translations=texts or [text])
    answer._skip(skipped)
    return answer


register(TranslatedText, read_translation)
register_fields(Summary)
