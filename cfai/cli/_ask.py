"""From the arguments of a command to what a client takes: a params class where one fits, else a mapping."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

from .. import _catalogue
from ..media import sniff
from ._console import UsageError, read_stdin, read_text
from ._fields import Fields, read

_Medium: TypeAlias = Path | bytes
_HEAD: Final = 16
"""Bytes that tell a picture from a sound."""


def ask(model: str, text: str | None, files: Sequence[str], fields: Fields, task: str | None = None) -> Any:
    """Put together what *model* is asked; *task* is that of a model that is not known here.

    Raises:
        UsageError: Nothing is asked, or something twice; *model* has no place for it, or is for another task; a file
            can't be read.
    """
    known = _catalogue.task_of(model)
    if task is not None and known not in (None, task):
        raise UsageError(f"{model} is for {known}, not {task}: `cfai run` asks any model")
    if text is None and not files and not fields:
        raise UsageError("nothing to ask: give INPUT, - for stdin, --file PATH, or the model's fields as --key value")
    if [text, *files].count("-") > 1:
        raise UsageError("INPUT and --file can't both be stdin")
    key = _catalogue.TASKS[task].text if known is None and task is not None else _catalogue.text_key(model)
    asked = read(fields, key)
    media = [medium_of(file) for file in files]
    words = read_text() if text == "-" else text
    _put_text(asked, model, key, words, with_picture=bool(media))
    if media:
        _put_media(asked, model, words, media, _catalogue.TASKS[task].file if known is None and task else None)
    return params_of(model, task, asked)


def _put_text(asked: dict[str, Any], model: str, key: str, text: str | None, *, with_picture: bool) -> None:
    if text is None or (with_picture and _catalogue.file_key(model) == _catalogue.MESSAGES):
        return
    if key == _catalogue.NONE:
        raise UsageError(f"{model} takes no INPUT: give it --file PATH, and what else it takes as --key value")
    _put(asked, key, [{"role": "user", "content": text}] if key == _catalogue.MESSAGES else text, "INPUT")


def _put_media(asked: dict[str, Any], model: str, text: str | None, media: list[_Medium], key: str | None) -> None:
    key = _catalogue.file_key(model) if key is None else key
    if key == _catalogue.NONE:
        raise UsageError(f"{model} takes no --file")
    if key is None:
        key = _kind(media[0], model)
    if key == _catalogue.MESSAGES:
        # One message with all: beside a prompt these models would not look at a picture.
        said = [] if text is None else [{"type": "text", "text": text}]
        pictures = [{"type": "image_url", "image_url": {"url": medium}} for medium in media]
        _put(asked, key, [{"role": "user", "content": [*said, *pictures]}], "--file")
    elif key == "images":
        _put(asked, key, media, "--file")
    elif len(media) > 1:
        raise UsageError(f"{model} takes one --file")
    else:
        _put(asked, key, media[0], "--file")


def _put(asked: dict[str, Any], key: str, value: Any, name: str) -> None:
    if key in asked:
        raise UsageError(f"{name} and --{key} are the same field of the model: give one of them")
    asked[key] = value


def medium_of(file: str) -> _Medium:
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


def params_of(model: str, task: str | None, asked: dict[str, Any]) -> Any:
    """Give the class whose fields are there, so that renames and media are as the model wants them.

    Without one, `cfai run` sends what there is, and a command of one task asks for what is missing.
    """
    import attrs

    from .._wire.request.params_rows import needed_by, params_row_of

    ways_of = {kind: needed_by(kind) for kind in _classes(model, task)}
    fitting = [kind for kind, needed in ways_of.items() if all(asked.get(key) is not None for key in needed)]
    # Of those for which all is there, the one that uses most of it: a picture is not left over.
    kind: Any = max(fitting, key=lambda kind: len(ways_of[kind]), default=None)
    if kind is None and task is not None:
        ways = " or ".join(" and ".join(needed) for needed in ways_of.values())
        raise UsageError(f"{model} needs {ways}: give INPUT, - for stdin, or what it takes as --key value")
    if kind is None:
        return asked
    names = {field.name for field in attrs.fields(kind)} - {"extra_input"}
    own = {
        key: [value] if params_row_of(kind).is_list(key) and not isinstance(value, list) else value
        for key, value in asked.items()
        if key in names
    }
    extra = {key: value for key, value in asked.items() if key not in names}
    return kind(**own, extra_input=extra or None)


def _classes(model: str, task: str | None) -> _catalogue.ParamsClasses:
    """Return the classes that ask *model*; of one that is not known those of the *task*, if any."""
    row = _catalogue.row_of(model)
    if row is not None:
        return _catalogue.params_of(row)
    return () if task is None else _catalogue.params_of_task(task)
