"""The tables of docs/models.md, made when the documentation is built: from the catalogue, and the rows of the params.

`python docs/models_table.py` prints them.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile
from typing import Final

import cfai
from cfai import _catalogue
from cfai._catalogue import Row, Trait
from cfai._catalogue.input_form import InputForm, MediaForm
from cfai._wire.request.params_rows import MediaList, params_row_of

_DECISIONS: Final = "Decisions"
_EXTRACTION: Final = "Extraction"
_BY_FAMILY: Final = {_catalogue.DECISIONS: _DECISIONS, _catalogue.EXTRACTION: _EXTRACTION}
"""Families that are a task of their own on the page."""
_TASKS: Final = (
    (_catalogue.TEXT_GENERATION, "text-generation"),
    (_EXTRACTION, "decisions"),
    (_DECISIONS, "decisions"),
    (_catalogue.TEXT_TO_IMAGE, "text-to-image"),
    (_catalogue.TEXT_TO_SPEECH, "text-to-speech"),
    (_catalogue.AUTOMATIC_SPEECH_RECOGNITION, "speech-recognition"),
    (_catalogue.VOICE_ACTIVITY_DETECTION, "voice-activity"),
    (_catalogue.TEXT_EMBEDDINGS, "embeddings"),
    (_catalogue.TEXT_CLASSIFICATION, "classification"),
    (_catalogue.IMAGE_CLASSIFICATION, "classification"),
    (_catalogue.IMAGE_TO_TEXT, "image-to-text"),
    (_catalogue.TRANSLATION, "translation"),
)
"""The tasks in the order of the page, each with the page that tells of it."""

_SIGHTS: Final = ("ImagePrompt", "ImageMessages")
_FORMS: Final = {MediaForm.INTS: "numbers", MediaForm.BASE64: "base64", MediaForm.DATA_URL: "data URL"}
_UNITS: Final = {
    "per M input tokens": "in",
    "per M cached input tokens": "cached",
    "per M output tokens": "out",
}


def tables() -> str:
    """Write all of them."""
    return "\n".join((*(_task(task, page) for task, page in _TASKS), _retired()))


def classes_of(row: Row) -> tuple[str, ...]:
    """Name the params classes that ask a model; of pictures only where the model is said to look at them."""
    # Native models that have parts for pictures in their types are not all said to see.
    sees = Trait.VISION in row.traits or (row.family == "native" and row.chat.pictures_in_messages)
    hidden = () if sees or row.task != _catalogue.TEXT_GENERATION else _SIGHTS
    return tuple(kind.__name__ for kind in _catalogue.params_of(row) if kind.__name__ not in hidden)


def _task(task: str, page: str) -> str:
    rows = [row for row in _catalogue.ROWS.values() if _task_of(row) == task]
    lists = [classes_of(row) for row in rows]
    shared = _shared([each for each in lists if each]) if len(rows) > 1 else ()
    table = [_cells(row, names[len(shared) :]) for row, names in zip(rows, lists, strict=True)]
    every = [f"take {_code(shared)}"] if shared else []
    for heading in list(table[0])[1:]:
        found = {cells[heading] for cells in table}
        said_once = heading == "a minute" and len(rows) > 1 and len(found) == 1
        if said_once and found != {""}:
            every.append(f"answer {table[0][heading]} requests a minute")
        if said_once or found == {""}:
            for cells in table:
                del cells[heading]
    also = {"takes": "also takes"} if shared else {}
    lines = [f"## {task}", "", f"[The page of the task](tasks/{page}.md)."]
    if every:
        subject = "All of them" if all(lists) else "All that take a POST"
        lines[-1] += f" {subject} {' and '.join(every)}."
    headings = [also.get(heading, heading) for heading in table[0]]
    return "\n".join((*lines, "", *_table(headings, [cells.values() for cells in table]), ""))


def _task_of(row: Row) -> str:
    return _BY_FAMILY.get(row.family, row.task)


def _shared(lists: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Give what all the lists begin with."""
    columns = zip(*lists, strict=False)
    return tuple(names[0] for names in takewhile(lambda names: len(set(names)) == 1, columns))


def _cells(row: Row, names: tuple[str, ...]) -> dict[str, str]:
    requests = _catalogue.requests_a_minute(row.name)
    return {
        "model": f"`{row.name}`",
        "takes": _code(names),
        "form": row.family if row.task == _catalogue.TEXT_GENERATION and row.family not in _BY_FAMILY else "",
        "media": "" if Trait.BY_REQUEST in row.traits else "; ".join(_media(row)),
        "on the way": "; ".join(_differences(row)),
        "window": "" if row.window is None else f"{row.window:,}",
        "width": "" if row.width is None else f"{row.width:,}",
        "neurons": _prices((price.unit, price.neurons) for price in row.prices),
        "dollars": _prices((price.unit, price.usd) for price in row.prices),
        "notes": "; ".join(filter(None, (", ".join(_traits(row)), row.note))),
        "a minute": "" if requests is None else f"{requests:,}",
    }


def _media(row: Row) -> Iterator[str]:
    """Say how each medium of a model travels."""
    input_form, said = row.input, set[str]()
    for kind in classes_of(row):
        if kind in _SIGHTS and row.chat.pictures_in_messages:
            found = {"image": "data URL in a message"}
        else:
            media = params_row_of(getattr(cfai, kind)).media
            found = {key: _form(input_form, key, form) for key, form in media.items()}
        for key, form in found.items():
            words = f"`{key}`: {form}"
            if form and key not in input_form.lacks and words not in said:
                said.add(words)
                yield words


def _form(input_form: InputForm, key: str, default: MediaForm | MediaList) -> str:
    """Say how one medium travels; nothing where the model has no place for it."""
    if key in input_form.numbered:
        return "files of a form"
    form = input_form.media.get(
        input_form.renames.get(key, key), default.form if isinstance(default, MediaList) else default
    )
    if form is None:
        return ""
    in_json = _FORMS[form] + (" or address" if input_form.urls else "")
    if key != input_form.raw:
        return in_json
    return "the body" if input_form.query else f"the body; {in_json} where more is set"


def _differences(row: Row) -> Iterator[str]:
    """Say what cfai writes otherwise than you do, and what it refuses."""
    input_form = row.input
    if input_form.multipart:
        yield "a form, always"
    if input_form.query:
        yield "all else in the query string"
    if Trait.WEBSOCKET_ONLY in row.traits:
        yield "refused: it answers WebSockets alone"
    yield from (
        f"`{ours}` is `{theirs}`" for ours, theirs in input_form.renames.items() if ours not in input_form.lacks
    )
    for key, start in input_form.numbered.items():
        most = params_row_of(cfai.TextToImage).media[key]
        assert isinstance(most, MediaList)
        yield f"`{key}` are `{start}0` to `_{most.most - 1}`"
    for kind, key in input_form.input_types.items():
        yield f'`input_type="{kind}"`: `{key}`'
    for clause in dict.fromkeys(map(_clause, input_form.lacks.values())):
        names = [name for name, why in input_form.lacks.items() if _clause(why) == clause]
        yield f"no {_code(names)}: {clause}"
    yield from (f"`{name}` of up to {most:,} characters" for name, most in input_form.longest.items())
    if row.chat.prompt_in_messages:
        yield "a prompt is a message"
    if input_form.streams:
        yield "`stream: false` is sent along"
    if row.binary:
        yield "answers with bytes"


def _clause(why: str) -> str:
    """Return a reason without the advice behind it."""
    return why.partition(":")[0]


def _prices(prices: Iterable[tuple[str, float | None]]) -> str:
    known = [(unit, _number(price)) for unit, price in prices if price is not None]
    between = ", " if all(unit in _UNITS for unit, _ in known) else "; "
    return between.join(f"{price} {_UNITS.get(unit, unit)}" for unit, price in known)


def _number(price: float) -> str:
    return f"{price:,}" if isinstance(price, int) or price >= 1 else f"{price:.10f}".rstrip("0")


def _traits(row: Row) -> Iterator[str]:
    """Name what a model can and asks for, as `cfai models` does."""
    if row.name in _catalogue.DEFAULTS.values():
        yield "default"
    yield from ((trait.name or "").lower().replace("_", " ") for trait in row.traits)


def _retired() -> str:
    rows = sorted(_catalogue.RETIRED.values(), key=lambda row: (row.deprecated_on or "", row.name))
    cells = [
        (
            "without a notice" if row.deprecated_on == _catalogue.UNSAID else row.deprecated_on or "",
            f"`{row.name}`",
            row.task,
            f"`{row.successor}`" if row.successor else "",
        )
        for row in rows
    ]
    return "\n".join(("## Retired\n", *_table(("since", "model", "task", "answered by"), cells), ""))


def _table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    heads = list(headings)
    for cells in (heads, ["---"] * len(heads), *rows):
        yield "|" + "".join(f" {cell} |" if cell else " |" for cell in cells)


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


if __name__ == "__main__":
    print(tables())
