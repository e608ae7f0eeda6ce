"""The one table of models: what each is for, what it can and costs, and how its input and its chat differ.

A call looks its model up once, by `model_row`.
"""

import functools
from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from .._base import Params
from . import embeddings, images, retired, speech, text_generation, text_tasks
from .input_form import InputForm, MediaForm
from .row import DECISIONS, EXTRACTION, PAID_REQUESTS_A_MINUTE, UNSAID, Price, Row, Trait
from .task import (
    AUTOMATIC_SPEECH_RECOGNITION,
    IMAGE_CLASSIFICATION,
    IMAGE_TO_TEXT,
    MESSAGES,
    NONE,
    OBJECT_DETECTION,
    SUMMARIZATION,
    TEXT_CLASSIFICATION,
    TEXT_EMBEDDINGS,
    TEXT_GENERATION,
    TEXT_TO_IMAGE,
    TEXT_TO_SPEECH,
    TRANSLATION,
    VOICE_ACTIVITY_DETECTION,
    ParamsNames,
    Task,
)

__all__ = (
    "AUTOMATIC_SPEECH_RECOGNITION",
    "DECISIONS",
    "DEFAULTS",
    "EXTRACTION",
    "IMAGE_CLASSIFICATION",
    "IMAGE_TO_TEXT",
    "MESSAGES",
    "NONE",
    "OBJECT_DETECTION",
    "RETIRED",
    "ROWS",
    "SIZED",
    "SUMMARIZATION",
    "TASKS",
    "TEXT_CLASSIFICATION",
    "TEXT_EMBEDDINGS",
    "TEXT_GENERATION",
    "TEXT_TO_IMAGE",
    "TEXT_TO_SPEECH",
    "TRANSLATION",
    "UNSAID",
    "VOICE_ACTIVITY_DETECTION",
    "ParamsClasses",
    "Price",
    "Row",
    "Trait",
    "file_key",
    "is_binary",
    "is_third_party",
    "model_row",
    "params_of",
    "params_of_task",
    "requests_a_minute",
    "row_of",
    "task_of",
    "text_key",
)

TASKS: Final[Mapping[str, Task]] = {
    **text_generation.TASKS,
    **images.TASKS,
    **speech.TASKS,
    **embeddings.TASKS,
    **text_tasks.TASKS,
}
"""The tasks by name, with what their models have in common."""

_ROWS: Final = (*text_generation.ROWS, *images.ROWS, *speech.ROWS, *embeddings.ROWS, *text_tasks.ROWS)

ROWS: Final[Mapping[str, Row]] = {row.name: row for row in _ROWS}
"""The models that a call may reach, by name, sorted by task and name."""

RETIRED: Final[Mapping[str, Row]] = {row.name: row for row in retired.ROWS}
"""The models that are gone, by name: the service refuses them with a word that says so."""

_SEEING: Final = ("ImagePrompt", "ImageMessages")
ParamsClasses: TypeAlias = tuple[type[Params[Any]], ...]

_THIRD_PARTY: Final = InputForm(form=MediaForm.DATA_URL)

DEFAULTS: Final[Mapping[str, str]] = {
    # It sees pictures, and of those that do and ask for neither a paid plan nor an accepted licence it costs least.
    TEXT_GENERATION: "@cf/google/gemma-4-26b-a4b-it",
    TEXT_TO_IMAGE: "@cf/black-forest-labs/flux-1-schnell",
    TEXT_TO_SPEECH: "@cf/deepgram/aura-1",
    TEXT_EMBEDDINGS: "@cf/baai/bge-m3",
    TEXT_CLASSIFICATION: "@cf/huggingface/distilbert-sst-2-int8",
    IMAGE_CLASSIFICATION: "@cf/microsoft/resnet-50",
    TRANSLATION: "@cf/meta/m2m100-1.2b",
    AUTOMATIC_SPEECH_RECOGNITION: "@cf/openai/whisper-large-v3-turbo",
}
"""The model that a command asks where none is named, by task: one that is cheap, needs no paid plan and, where there
is a choice, knows many languages."""

SIZED: Final = "@cf/black-forest-labs/flux-2-klein-4b"
"""The model that `cfai image` asks where none is named and a size, a seed or guidance is set, which the default does
not take."""


def row_of(model: str) -> Row | None:
    """Give the row of *model*, current or retired; None where this release does not know it."""
    return ROWS.get(model) or RETIRED.get(model)


def is_third_party(model: str) -> bool:
    """Return whether *model* names a third party's model, such as `openai/gpt-5`.

    Such a name travels in the body, to the path without a model. A name without a slash is a model of the path
    (docs/wire.md 1).
    """
    return "/" in model and not model.startswith("@")


@functools.lru_cache(maxsize=1024)
def model_row(model: str) -> Row:
    """Return the row of *model*; of one that is not known a row without a task, whose input has the ordinary form.

    All third-party models have their form in common.
    """
    known = row_of(model)
    if known is not None:
        return known
    return Row(model, "", input=_THIRD_PARTY) if is_third_party(model) else Row(model, "")


def task_of(model: str) -> str | None:
    """Give the task of *model*; None where this release does not know it."""
    row = row_of(model)
    return None if row is None else row.task


def params_of(row: Row) -> ParamsClasses:
    """Return the params classes that the model of *row* takes; of one that can't see, without those of pictures."""
    if row.params is not None:
        return _classes(row.params)
    names = TASKS[row.task].params
    return _classes(tuple(name for name in names if name not in _SEEING) if Trait.VISION in row.cannot else names)


def params_of_task(task: str) -> ParamsClasses:
    """Return the params classes that models of a *task* take."""
    return _classes(TASKS[task].params)


def _classes(names: ParamsNames) -> ParamsClasses:
    from ..tasks import type_aliases  # loads all families of params, which a call needs not

    return tuple(getattr(type_aliases, name) for name in names)


def text_key(model: str) -> str:
    """Give the key that a text for *model* goes under; `NONE` where it takes none, "prompt" where it is not known."""
    row = row_of(model)
    if row is None:
        return "prompt"
    return TASKS[row.task].text if row.text_key is None else row.text_key


def file_key(model: str) -> str | None:
    """Give the key that a medium for *model* goes under; `NONE` where it takes none, None where it is not known."""
    row = row_of(model)
    if row is None:
        return None
    return TASKS[row.task].file if row.file_key is None else row.file_key


def is_binary(model: str) -> bool:
    """Say whether *model* is known to answer with bytes that are no JSON."""
    row = row_of(model)
    return row is not None and row.binary


def requests_a_minute(model: str) -> int | None:
    """Give how many requests a minute *model* takes of one account; None where that is not documented."""
    row = row_of(model)
    if row is None:
        return None
    if Trait.PAID in row.traits:
        return PAID_REQUESTS_A_MINUTE
    return row.requests_a_minute or TASKS[row.task].requests_a_minute
