"""How a result does not have the shape that was asked of it."""

from typing import Any

import cattrs

_LONGEST_REASON = 200


class ShapeError(Exception):
    """A result does not have the shape that was asked of it."""

    def __init__(self, why: str, path: str = "$") -> None:
        super().__init__(why, path)
        self.why = why
        self.path = path

    def under(self, prefix: str) -> "ShapeError":
        """Move the path below *prefix*, such as "$.usage"."""
        return ShapeError(self.why, prefix + self.path[1:])


def kind_of(value: Any) -> str:
    """Name the JSON type of *value*, for a message."""
    if value is None:
        return "null"
    names = {bool: "bool", str: "str", dict: "object", list: "array"}
    return names.get(type(value), type(value).__name__)


def expect_object(value: Any) -> None:
    """Refuse what is not a JSON object."""
    if type(value) is not dict:
        raise ShapeError(f"expected an object, got {kind_of(value)}")


def expect_answers(result: Any) -> dict[str, Any]:
    """Return the `answers` of a *result*, by their names; refuse what has none."""
    expect_object(result)
    answers = result.get("answers")
    if answers is None:
        raise ShapeError("a required key is missing or null", "$.answers")
    if type(answers) is not dict:
        raise ShapeError(f"expected an object, got {kind_of(answers)}", "$.answers")
    return answers


def expect_array(value: Any) -> None:
    """Refuse what is not a JSON array; cattrs itself would take a string for its characters."""
    if type(value) is not list:
        raise ShapeError(f"expected an array, got {kind_of(value)}")


def shape_error_of(failure: BaseException, path: str = "$") -> ShapeError:
    """Find the first misfit, and its path, in what cattrs raised."""
    step = ""
    while isinstance(failure, BaseExceptionGroup):
        failure = failure.exceptions[0]
        step = _step_of(failure)
        path += step
    if isinstance(failure, ShapeError):
        return failure.under(path)
    if isinstance(failure.__cause__, ShapeError):  # a DecodeError: recursive classes are structured by the public way
        return failure.__cause__.under(path)
    if isinstance(failure, KeyError):
        key = f".{failure.args[0] if failure.args else ''}"
        # cattrs has noted the attribute that it missed, but not the key of a mapping
        return ShapeError("a required key is missing or null", path if step == key else path + key)
    why = " ".join(str(failure).split())[:_LONGEST_REASON]
    return ShapeError(why or type(failure).__name__, path)


def _step_of(failure: BaseException) -> str:
    """Say where below its group *failure* is, as cattrs has noted it."""
    for note in getattr(failure, "__notes__", ()):
        if isinstance(note, cattrs.AttributeValidationNote):
            return f".{note.name}"
        if isinstance(note, cattrs.IterableValidationNote):
            return f"[{note.index}]" if isinstance(note.index, int) else f".{note.index}"
    return ""
