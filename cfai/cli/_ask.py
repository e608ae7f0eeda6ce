"""From the arguments of `cfai run` to what a client takes: a params class where one fits, else a mapping."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final, TypeAlias

from .._wire import catalogue
from ..media import sniff
from ._console import UsageError, read_stdin, read_text
from ._fields import Fields, read

_Medium: TypeAlias = Path | bytes
_HEAD: Final = 16
"""Bytes that tell a picture from a sound."""

_CLASSES: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    catalogue.TEXT_GENERATION: (("Prompt", "prompt"), ("Messages", "messages")),
    catalogue.TEXT_TO_IMAGE: (("TextToImage", "prompt"),),
    catalogue.TEXT_TO_SPEECH: (("TextToSpeech", "prompt"),),
    catalogue.TEXT_EMBEDDINGS: (("TextEmbeddings", "text"),),
    catalogue.TEXT_CLASSIFICATION: (("TextClassification", "text"),),
    catalogue.AUTOMATIC_SPEECH_RECOGNITION: (("AutomaticSpeechRecognition", "audio"),),
}
"""The params classes of each task, with the field that each must have."""


def ask(model: str, text: str | None, file: str | None, fields: Fields) -> Any:
    """Put together what *model* is asked.

    Raises:
        UsageError: Nothing is asked, or something twice; *model* has no place for it; a file can't be read.
    """
    if text is None and file is None and not fields:
        raise UsageError("nothing to ask: give INPUT, - for stdin, --file PATH, or the model's fields as --key value")
    if text == "-" and file == "-":
        raise UsageError("INPUT and --file can't both be stdin")
    asked = read(fields, catalogue.text_key(model))
    medium = None if file is None else _medium(file)
    words = read_text() if text == "-" else text
    _put_text(asked, model, words, with_picture=medium is not None)
    if medium is not None:
        _put_medium(asked, model, words, medium)
    return _params(catalogue.task_of(model), asked)


def _put_text(asked: dict[str, Any], model: str, text: str | None, *, with_picture: bool) -> None:
    key = catalogue.text_key(model)
    if text is None or (with_picture and catalogue.file_key(model) == catalogue.MESSAGES):
        return
    if key == catalogue.NONE:
        raise UsageError(f"{model} takes no INPUT: give it --file PATH, and what else it takes as --key value")
    _put(asked, key, [{"role": "user", "content": text}] if key == catalogue.MESSAGES else text, "INPUT")


def _put_medium(asked: dict[str, Any], model: str, text: str | None, medium: _Medium) -> None:
    key = catalogue.file_key(model)
    if key == catalogue.NONE:
        raise UsageError(f"{model} takes no --file")
    if key is None:
        key = _kind(medium, model)
    if key == catalogue.MESSAGES:
        # One message with both: beside a prompt these models would not look at a picture.
        said = [] if text is None else [{"type": "text", "text": text}]
        picture = {"type": "image_url", "image_url": {"url": medium}}
        _put(asked, key, [{"role": "user", "content": [*said, picture]}], "--file")
    else:
        _put(asked, key, [medium] if key == "images" else medium, "--file")


def _put(asked: dict[str, Any], key: str, value: Any, name: str) -> None:
    if key in asked:
        raise UsageError(f"{name} and --{key} are the same field of the model: give one of them")
    asked[key] = value


def _medium(file: str) -> _Medium:
    if file == "-":
        return read_stdin()
    path = Path(file)
    if path.is_file():
        return path
    try:
        return path.read_bytes()  # of a pipe, such as the shell's <(...), which can't be read twice
    except OSError as failure:
        raise UsageError(f"--file: {failure.strerror}: {file}") from None


def _kind(medium: _Medium, model: str) -> str:
    """Tell from its bytes where a medium goes in a model that is not known here."""
    kind = (sniff(_head(medium)) or "").partition("/")[0]
    if kind not in ("image", "audio"):
        raise UsageError(f"--file: it is neither a picture nor a sound, and where else {model} takes it is not known")
    return kind


def _head(medium: _Medium) -> bytes:
    if isinstance(medium, bytes):
        return medium[:_HEAD]
    with medium.open("rb") as opened:
        return opened.read(_HEAD)


def _params(task: str | None, asked: dict[str, Any]) -> Any:
    """Give the class of *task* whose field is there, so that renames and media are as the model wants them."""
    fitting = [name for name, field in _CLASSES.get(task or "", ()) if asked.get(field) is not None]
    if len(fitting) != 1:
        return asked
    import attrs

    kind: Any = getattr(import_module("cfai"), fitting[0])
    names = {field.name for field in attrs.fields(kind)} - {"extra_input"}
    own = {key: value for key, value in asked.items() if key in names}
    extra = {key: value for key, value in asked.items() if key not in names}
    return kind(**own, extra_input=extra or None)
