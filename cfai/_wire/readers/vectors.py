"""Vectors: the native form, OpenAI's list, and bge-m3's `response`."""

from typing import Any

from ...tasks.answers import Embeddings
from ..converter import Misfit, kind_of, register, structure_at


def read_embeddings(result: Any) -> Embeddings:
    """Read `{data, shape, pooling}`, `{response, shape, pooling}` or `{object: "list", data: [{embedding}]}`."""
    if type(result) is not dict:
        raise Misfit(f"expected an object, got {kind_of(result)}")
    key = "data" if result.get("data") is not None else "response"
    rows = result.get(key)
    if rows is None:
        raise Misfit("a required key is missing or null", "$.data")
    if is_openai_list(result):
        rows = [item.get("embedding") for item in _in_order(rows)]
    data: list[list[float]] = structure_at(rows, list[list[float]], f"$.{key}")
    shape = result.get("shape")
    return Embeddings(
        data=data,
        shape=_shape_of(data) if shape is None else structure_at(shape, list[int], "$.shape"),
        pooling=structure_at(result.get("pooling"), str | None, "$.pooling"),
    )


def is_openai_list(result: dict[str, Any]) -> bool:
    """Tell OpenAI's form, whose `data` holds objects with an `embedding`."""
    data = result.get("data")
    return bool(
        result.get("object") == "list"
        and type(data) is list
        and data
        and all(type(item) is dict and item.get("embedding") is not None for item in data)
    )


def _in_order(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if all(type(item.get("index")) is int for item in items):
        return sorted(items, key=lambda item: item["index"])
    return items


def _shape_of(data: list[list[float]]) -> list[int]:
    return [len(data), len(data[0]) if data else 0]


register(Embeddings, read_embeddings)
