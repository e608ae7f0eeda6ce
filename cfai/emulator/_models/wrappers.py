"""What stands around a JSON Schema in a request, which differs by family (docs/wire.md 5)."""

from collections.abc import Mapping
from typing import Any, Final, Literal

from cfai.emulator._replies import BadInput

Wrapper = Literal["bare", "named", "either"]
"""The schema itself, OpenAI's `{name, schema, strict}` around it, or both."""

_KEYWORDS: Final = frozenset({"type", "properties", "$ref", "anyOf", "oneOf", "allOf", "enum", "const"})


def unwrapped(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the schema of a `json_schema`, without OpenAI's object around it."""
    inner: Mapping[str, Any] = given["schema"] if _is_wrapped(given) else given
    return inner


def refuse_wrapper(form: object, taken: Wrapper) -> None:
    """Refuse a `response_format` whose schema is missing, or is not wrapped as the model's types say.

    The types say which it is. That another one is refused, with 400/5006 and these words, is our guess.
    """
    if not isinstance(form, Mapping) or form.get("type") != "json_schema":
        return
    if not isinstance(form.get("json_schema"), Mapping):
        raise BadInput("required properties at '/response_format' are 'json_schema'")
    given: Mapping[str, Any] = form["json_schema"]
    if taken == "bare":
        refuse_wrapped(given, "/response_format/json_schema")
    elif taken == "named" and not isinstance(given.get("name"), str):
        raise BadInput("required properties at '/response_format/json_schema' are 'name'")


def refuse_wrapped(given: Mapping[str, Any], path: str) -> None:
    """Refuse a schema at *path* with an object around it where the schema itself is due."""
    extra = [name for name in ("name", "schema", "strict", "json_schema") if name in given]
    if _is_wrapped(given) or isinstance(given.get("json_schema"), Mapping):
        listed = ", ".join(f"/{name}" for name in extra)
        raise BadInput(f"Additional or unevaluated properties '{listed}' at '{path}' not allowed")


def _is_wrapped(given: Mapping[str, Any]) -> bool:
    return isinstance(given.get("schema"), Mapping) and given.keys().isdisjoint(_KEYWORDS)
