"""How a result does not have the shape that was asked of it."""

from typing import Any


class Misfit(Exception):
    """A result does not have the shape that was asked of it."""

    def __init__(self, why: str, path: str = "$") -> None:
        super().__init__(why, path)
        self.why = why
        self.path = path

    def under(self, prefix: str) -> "Misfit":
        """Move the path below *prefix*, such as "$.usage"."""
        return Misfit(self.why, prefix + self.path[1:])


def kind_of(value: Any) -> str:
    """Name the JSON type of *value*, for a message."""
    if value is None:
        return "null"
    names = {bool: "bool", str: "str", dict: "object", list: "array"}
    return names.get(type(value), type(value).__name__)


def expect_object(value: Any) -> None:
    """Refuse what is not a JSON object."""
    if type(value) is not dict:
        raise Misfit(f"expected an object, got {kind_of(value)}")


def expect_array(value: Any) -> None:
    """Refuse what is not a JSON array; cattrs itself would take a string for its characters."""
    if type(value) is not list:
        raise Misfit(f"expected an array, got {kind_of(value)}")
