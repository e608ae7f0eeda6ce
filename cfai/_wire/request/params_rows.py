"""Which fields of the params classes are media, and the form of each (docs/wire.md 3)."""

from collections.abc import Mapping

from ..._catalogue.input_form import Form


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
