"""Vectors: the native form, OpenAI's list, and bge-m3's `response`."""

from typing import Any

from ...tasks.answers import Embeddings
from ..convert.converter import ShapeError, check_numbers, expect_object, register, structure_at
from ..convert.side_fields import read_side


def read_embeddings(result: Any) -> Embeddings:
    """Read `{data, shape, pooling}`, `{response, shape, pooling}` or `{object: "list", data: [{embedding}]}`."""
    expect_object(result)
    if is_openai_list(result):
        data = _read_openai_list(result["data"])
    else:
        key = "data" if result.get("data") is not None else "response"
        rows = result.get(key)
        if rows is None:
            raise ShapeError("a required key is missing or null", "$.data")
        data = structure_at(rows, list[list[float]], f"$.{key}")
    skipped: list[str] = []
    answer = Embeddings(
        data=data,
        shape=_read_shape(result.get("shape"), data, skipped),
        pooling=read_side(result.get("pooling"), str, "$.pooling", skipped),
    )
    answer._skip(skipped)
    return answer


def _read_shape(shape: Any, data: list[list[float]], skipped: list[str]) -> list[int]:
    if shape is not None:
        try:
            return structure_at(shape, list[int], "$.shape")  # type: ignore[no-any-return]
        except ShapeError as misfit:  # as a whole: without one of its numbers it would be another shape
            skipped.append(misfit.path)
    return shape_of(data)


def is_openai_list(result: dict[str, Any]) -> bool:
    """Tell OpenAI's form, whose `data` holds objects with an `embedding`."""
    data = result.get("data")
    return bool(
        result.get("object") == "list"
        and type(data) is list
        and data
        and all(type(item) is dict and item.get("embedding") is not None for item in data)
    )


def _read_openai_list(items: list[dict[str, Any]]) -> list[list[float]]:
    """Read the vectors in the order of the inputs, which `index` tells and the list itself need not have."""
    for place, item in enumerate(items):
        try:
            check_numbers(item["embedding"])
        except ShapeError as misfit:
            raise misfit.under(f"$.data[{place}].embedding") from None
    if all(type(item.get("index")) is int for item in items):
        items = sorted(items, key=lambda item: item["index"])
    return [item["embedding"] for item in items]


def shape_of(data: list[list[float]]) -> list[int]:
    """Say how many vectors there are and how wide they are."""
    return [len(data), len(data[0]) if data else 0]


register(Embeddings, read_embeddings)
