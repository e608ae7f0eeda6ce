"""Keywords of JSON Schema that a model's engine refuses, in JSON mode and in tools (docs/wire.md 5)."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from cfai.emulator._models.text_common import functions
from cfai.emulator._models.wrappers import unwrapped
from cfai.emulator._replies import Refusal

Keywords = frozenset[str]

ALL: Final[Keywords] = frozenset()
"""Nothing is refused."""

NO_NULLS: Final[Keywords] = frozenset({"nullable", "type"})
"""`nullable`, and `type` with "null" in a list; `anyOf` is taken."""

NO_NAMES: Final[Keywords] = frozenset({"propertyNames"})

_SCHEMAS_BY_NAME: Final = frozenset({"properties", "patternProperties", "dependentSchemas", "$defs", "definitions"})
_SCHEMAS: Final = frozenset(
    {
        *("items", "additionalProperties", "propertyNames", "contains", "not", "if", "then", "else"),
        *("anyOf", "allOf", "oneOf", "prefixItems"),
    }
)


def refuse_schemas(body: dict[str, Any], refused: Keywords) -> None:
    """Refuse a body with a schema that has one of the *refused* keywords.

    That it is refused is recorded. Code and words are our guess, after the engine's other refusals.
    """
    if not refused:
        return
    given = [tool.get("parameters") for tool in functions(body)]
    form = body.get("response_format")
    if isinstance(form, dict):
        schema = form.get("json_schema")
        given.append(unwrapped(schema) if isinstance(schema, dict) else schema)
    for keyword in (keyword for schema in given for keyword in _found(schema, refused)):
        raise Refusal(400, 8001, f"Invalid input: the schema uses {keyword}, which is not supported")


def _found(schema: object, refused: Keywords) -> Iterator[str]:
    if isinstance(schema, list):
        for each in schema:
            yield from _found(each, refused)
    elif isinstance(schema, Mapping):
        yield from (keyword for keyword in schema if keyword in refused and _counts(keyword, schema[keyword]))
        for keyword, value in schema.items():
            if keyword in _SCHEMAS:
                yield from _found(value, refused)
            elif keyword in _SCHEMAS_BY_NAME and isinstance(value, Mapping):
                yield from _found(list(value.values()), refused)


def _counts(keyword: str, value: object) -> bool:
    return keyword != "type" or (isinstance(value, list) and "null" in value)
