"""What there is to know of each params class beyond its fields: a row a class (docs/wire.md 3)."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, TypeAlias, cast

import attrs

from ... import tasks
from ..._base import Params
from ..._catalogue import Row
from ..._catalogue.input_form import MediaForm
from .layout import (
    lay_out_decision_query,
    lay_out_extraction,
    lay_out_image_messages,
    lay_out_image_prompt,
    lay_out_messages,
    lay_out_multimodal_embeddings,
    lay_out_prompt,
    lay_out_reranking,
    lay_out_responses,
    lay_out_text_embeddings,
)

_Layout: TypeAlias = Callable[[dict[str, Any], Row], dict[str, Any]]


class MediaList:
    """The form of a field that is a list of media."""

    __slots__ = ("form", "most", "what")

    def __init__(self, what: str, most: int, form: MediaForm | None) -> None:
        self.what = what
        """What they are, in the plural."""
        self.most = most
        """One more is refused by the service."""
        self.form = form
        """None where only a model with a row has such a field."""


class ParamsRow:
    """One params class."""

    __slots__ = ("by_address", "free", "in_message", "layout", "lists", "media", "needs")

    def __init__(
        self,
        *,
        needs: tuple[str, ...] = (),
        media: Mapping[str, MediaForm | MediaList] = MappingProxyType({}),
        by_address: bool = False,
        in_message: bool = False,
        free: tuple[str, ...] = (),
        lists: Mapping[str, str] = MappingProxyType({}),
        layout: _Layout | None = None,
    ) -> None:
        self.needs = needs
        """Fields that nothing can be asked without, though the class has a default for them."""
        self.media = media
        """Its media, and their forms for a model whose row does not say otherwise."""
        self.by_address = by_address
        """Whether its medium may be an https address, of any model."""
        self.in_message = in_message
        """Whether its picture goes into a message, where a model wants pictures there."""
        self.free = free
        """Fields in which media may stand, as parts of a message."""
        self.lists = lists
        """Fields that take a list, and what of."""
        self.layout = layout
        """Puts the fields where they stand on the line; None where that is as in the class."""

    def is_list(self, field: str) -> bool:
        """Return whether a field takes a list."""
        return field in self.lists or isinstance(self.media.get(field), MediaList)


_HISTORY: Final = ("messages", "tools")
_MESSAGES: Final = {"messages": "messages"}
_CONTEXTS: Final = {"contexts": "texts"}
_PICTURE: Final = {"image": MediaForm.BASE64}
_NUMBERS: Final = {"image": MediaForm.INTS}
_PICTURES: Final = MediaList("pictures", 4, MediaForm.DATA_URL)
_DECIDING: Final[Mapping[str, MediaList]] = {
    "images": _PICTURES,
    "audio": MediaList("sounds", 4, MediaForm.DATA_URL),
    "videos": MediaList("videos", 2, MediaForm.DATA_URL),
}
_DRAWING: Final[Mapping[str, MediaForm | MediaList]] = {
    "image": MediaForm.INTS,
    "mask": MediaForm.INTS,
    "images": MediaList("pictures", 4, None),
}

OF_USERS: Final = ParamsRow(lists={**_CONTEXTS, **_MESSAGES})
"""Of a class of the user's own, and of the fields that one adds to a class of ours."""

_PLAIN: Final = ParamsRow()
_PACKAGE: Final = tasks.__name__
_Rows: TypeAlias = Mapping[type[Params[Any]], ParamsRow]

# A function a file of params, for the file is loaded only where a program has a class of it.


def _image_text_generation() -> _Rows:
    from ...tasks.image_text_generation import ImageMessages, ImagePrompt

    return {
        ImageMessages: ParamsRow(
            media=_PICTURE, in_message=True, free=_HISTORY, lists=_MESSAGES, layout=lay_out_image_messages
        ),
        ImagePrompt: ParamsRow(media=_PICTURE, in_message=True, layout=lay_out_image_prompt),
    }


def _text_generation() -> _Rows:
    from ...tasks.text_generation import Messages, Prompt

    return {
        Messages: ParamsRow(free=_HISTORY, lists=_MESSAGES, layout=lay_out_messages),
        Prompt: ParamsRow(layout=lay_out_prompt),
    }


def _responses() -> _Rows:
    from ...tasks.responses import Responses

    return {Responses: ParamsRow(free=("input", "tools"), layout=lay_out_responses)}


def _text_to_image() -> _Rows:
    from ...tasks.text_to_image import TextToImage

    return {TextToImage: ParamsRow(media=_DRAWING)}


def _text_embeddings() -> _Rows:
    from ...tasks.text_embeddings import TextEmbeddings

    return {TextEmbeddings: ParamsRow(layout=lay_out_text_embeddings)}


def _reranking() -> _Rows:
    from ...tasks.reranking import Reranking

    return {Reranking: ParamsRow(lists=_CONTEXTS, layout=lay_out_reranking)}


def _automatic_speech_recognition() -> _Rows:
    from ...tasks.automatic_speech_recognition import AutomaticSpeechRecognition

    return {AutomaticSpeechRecognition: ParamsRow(media={"audio": MediaForm.INTS})}


def _voice_activity_detection() -> _Rows:
    from ...tasks.voice_activity_detection import VoiceActivityDetection

    return {VoiceActivityDetection: ParamsRow(media={"audio": MediaForm.BASE64})}


def _image_classification() -> _Rows:
    from ...tasks.image_classification import ImageClassification

    return {ImageClassification: ParamsRow(media=_NUMBERS)}


def _object_detection() -> _Rows:
    from ...tasks.object_detection import ObjectDetection

    return {ObjectDetection: ParamsRow(media=_NUMBERS)}


def _image_to_text() -> _Rows:
    from ...tasks.image_to_text import ImageToText

    return {ImageToText: ParamsRow(media=_NUMBERS, free=("messages",), lists=_MESSAGES)}


def _vision_query() -> _Rows:
    from ...tasks.vision_query import VisionQuery

    return {VisionQuery: ParamsRow(media={"image": MediaForm.DATA_URL}, by_address=True)}


def _decision_query() -> _Rows:
    from ...tasks.decision_query import DecisionQuery

    return {DecisionQuery: ParamsRow(needs=("questions",), media=_DECIDING, layout=lay_out_decision_query)}


def _extraction() -> _Rows:
    from ...tasks.extraction import Extraction

    return {Extraction: ParamsRow(needs=("fields",), media={"images": _PICTURES}, layout=lay_out_extraction)}


def _multimodal_embeddings() -> _Rows:
    from ...tasks.multimodal_embeddings import MultimodalEmbeddings

    return {MultimodalEmbeddings: ParamsRow(media=_PICTURE, layout=lay_out_multimodal_embeddings)}


ROWS: Final[Mapping[str, Callable[[], _Rows]]] = {
    "image_text_generation": _image_text_generation,
    "text_generation": _text_generation,
    "responses": _responses,
    "text_to_image": _text_to_image,
    "text_embeddings": _text_embeddings,
    "reranking": _reranking,
    "automatic_speech_recognition": _automatic_speech_recognition,
    "voice_activity_detection": _voice_activity_detection,
    "image_classification": _image_classification,
    "object_detection": _object_detection,
    "image_to_text": _image_to_text,
    "vision_query": _vision_query,
    "decision_query": _decision_query,
    "extraction": _extraction,
    "multimodal_embeddings": _multimodal_embeddings,
}
"""The rows of a file of params, by its name, with a row a class about which there is something to know. Which models a
class asks is in the catalogue."""


def params_row_of(kind: type[Params[Any]]) -> ParamsRow:
    """Return the row of a class of ours."""
    rows = ROWS.get(kind.__module__.rpartition(".")[2])
    return _PLAIN if rows is None else rows().get(kind, _PLAIN)


def class_of_ours(kind: type) -> type[Params[Any]] | None:
    """Return the class of ours that *kind* is, or is derived from; None where it is all the user's own."""
    ours = (parent for parent in kind.__mro__ if parent.__module__.rpartition(".")[0] == _PACKAGE)
    return next((parent for parent in ours if issubclass(parent, Params)), None)


def needed_by(kind: type[Params[Any]]) -> tuple[str, ...]:
    """Return the fields that nothing can be asked without by a class of ours."""
    required = (field.name for field in attrs.fields(cast("Any", kind)) if field.default is attrs.NOTHING)
    return (*required, *params_row_of(kind).needs)
