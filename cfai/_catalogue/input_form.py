"""How a model wants its input, where that is not as its task has it (docs/wire.md 3)."""

import enum
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_NO_WORDS: Final[Mapping[str, str]] = MappingProxyType({})
_NO_LIMITS: Final[Mapping[str, int]] = MappingProxyType({})


class MediaForm(enum.Enum):
    """How a medium travels."""

    RAW = "raw"
    """Its bytes, as a body or as a part of a multipart one."""
    BASE64 = "base64"
    """A JSON string."""
    INTS = "ints"
    """A JSON array of numbers from 0 to 255, three to four times as long as the bytes."""
    DATA_URL = "data URL"
    """A JSON string that begins with `data:` and names the media type."""


_NO_FORMS: Final[Mapping[str, MediaForm]] = MappingProxyType({})


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
        media: Mapping[str, MediaForm] = _NO_FORMS,
        *,
        form: MediaForm | None = None,
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
        """Names of params classes whose answer it can't give, though its task is theirs; with what to ask instead."""
        self.urls = urls
        """Whether a medium may be an https address, which the service then fetches."""
        self.streams = streams
        """Whether it answers with a stream unless it is told not to."""
        self.no_options = no_options
        """Whether it refuses a body with `options`, where `reject_if_busy` travels."""


AS_ITS_TASK: Final = InputForm()
"""Of a model whose input differs in nothing."""
