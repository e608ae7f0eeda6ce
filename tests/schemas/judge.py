"""Where a value and a schema disagree, keys that the schema does not know included."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from jsonschema import Draft202012Validator


class Disagreement(NamedTuple):
    """One place where they do."""

    path: str
    """Such as `$.messages[0].content`; of a key that is missing or not known, the path that it would have or has."""
    why: str


def disagreements(value: Any, schema: Any, media_type: str = "") -> list[Disagreement]:
    """Compare *value* with each variant of *schema*, and give what the nearest one says.

    *media_type* is that of an answer in bytes, for which *value* is a text that stands for them.
    """
    judged = [_of_variant(value, variant, schema, media_type) for variant in variants(schema)]
    return min(judged, key=_distance) if judged else [Disagreement("$", "the schema is empty")]


def _distance(found: list[Disagreement]) -> tuple[bool, int]:
    """Tell how far a variant is: the farthest is one of another type."""
    return any(each.path == "$" for each in found), len(found)


def variants(schema: Any) -> Iterator[Mapping[str, Any]]:
    """Give the alternatives that stand at the top of a schema, references followed."""
    yield from _alternatives(schema, schema)


def _alternatives(schema: Mapping[str, Any], root: Any) -> Iterator[Mapping[str, Any]]:
    if "$ref" in schema:
        rest = {name: value for name, value in schema.items() if name != "$ref"}
        yield from _alternatives(_joined(rest, _found(schema["$ref"], root)), root)
        return
    choice = next((name for name in ("anyOf", "oneOf") if schema.get(name)), None)
    if choice is None:
        yield from [schema] if schema else []
        return
    rest = {name: value for name, value in schema.items() if name != choice}
    for each in schema[choice]:
        yield from _alternatives(_joined(rest, each), root)


def _joined(around: Mapping[str, Any], inner: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give an alternative what stands beside it: keys that all of them have may be written once, outside."""
    joined = {**around, **inner}
    if "properties" in around or "properties" in inner:
        joined["properties"] = {**around.get("properties", {}), **inner.get("properties", {})}
        joined["required"] = [*around.get("required", []), *inner.get("required", [])]
    return joined


def _found(reference: str, root: Any) -> Any:
    place = root
    for step in reference.removeprefix("#/").split("/"):
        place = place[step.replace("~1", "/").replace("~0", "~")]
    return place


def _of_variant(value: Any, variant: Mapping[str, Any], root: Any, media_type: str) -> list[Disagreement]:
    whole = {**variant, "$defs": root.get("$defs", {}), "definitions": root.get("definitions", {})}
    found = [each for error in Draft202012Validator(whole).iter_errors(value) for each in _shown(error)]
    if media_type:
        found += _of_media_type(variant, media_type)
    return [*found, *_unknown_keys(value, variant)]


def _shown(error: Any) -> Iterator[Disagreement]:
    if error.validator != "required":
        yield Disagreement(error.json_path, f"{error.message:.150}")
        return
    for name in error.validator_value:
        if name not in error.instance:
            yield Disagreement(f"{error.json_path}.{name}", "it is required, and missing")


def _of_media_type(variant: Mapping[str, Any], media_type: str) -> list[Disagreement]:
    stated = variant.get("contentMediaType") or variant.get("contentType")
    same = stated is None or media_type == stated
    return [] if same else [Disagreement("$", f"the answer is {media_type}, and the schema says {stated}")]


def _unknown_keys(value: Any, variant: Mapping[str, Any]) -> list[Disagreement]:
    """Tell keys at the top that the schema does not name; it forbids nothing, so this is stricter than it is."""
    properties = variant.get("properties")
    if not isinstance(value, dict) or not properties or variant.get("additionalProperties"):
        return []
    return [Disagreement(f"$.{key}", "the schema has no such key") for key in value if key not in properties]
