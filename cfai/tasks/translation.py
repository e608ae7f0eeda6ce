"""Texts in other languages."""

from collections.abc import Sequence

from attrs import field, frozen

from .._base import Params
from .answers import TranslatedText


@frozen(repr=False)
class Translation(Params[TranslatedText]):
    """Translate a text."""

    text: str | Sequence[str]
    """The text; indictrans2 alone takes several at once."""
    target_lang: str
    """The language to translate into, as a code such as "fr". indictrans2 calls it `target_language`, to which it is
    renamed on the way, and wants a language and a script, such as "hin_Deva"."""
    source_lang: str | None = field(default=None, kw_only=True)
    """The language of the text; English when absent. m2m100; indictrans2 translates from English alone."""
