"""Tool calls: flat ones with an object, nested ones with a string, and the blocks of Responses and Anthropic."""

from typing import Any

from ...tasks.answers import ToolCall
from .. import strict_json
from ..convert.converter import kind_of
from .text_values import side_text, written


def read_tool_calls(calls: Any, path: str, skipped: list[str]) -> list[ToolCall]:
    """Read a list of calls, as many of them as are usable; None counts as an empty one."""
    found = read_pieces(calls, path, skipped)
    return [_read_call(call, index, f"{path}[{index}]", skipped) for index, call in found if not _is_null(call)]


def read_pieces(calls: Any, path: str, skipped: list[str]) -> list[tuple[int, dict[str, Any]]]:
    """List the objects of a list of calls, or of pieces of calls, with their places in it."""
    if calls is None:
        return []
    if type(calls) is not list:
        skipped.append(path)
        return []
    found = []
    for index, call in enumerate(calls):
        if type(call) is dict:
            if not _is_end_mark(call):
                found.append((index, call))
        elif call is not None:
            skipped.append(f"{path}[{index}]")
    return found


def _is_end_mark(call: dict[str, Any]) -> bool:
    """Tell the null with which some models close their calls: `{id: null, function: {name: null, arguments: ""}}`."""
    function = call.get("function")
    parts = function if type(function) is dict else call
    return type(call.get("id")) is not str and parts.get("name") is None and parts.get("arguments") in (None, "")


def _is_null(call: dict[str, Any]) -> bool:
    """Tell the same in a whole list by its null for a name alone, whatever its id is; a piece may still get a name."""
    function = call.get("function")
    return type(function) is dict and function.get("name", "") is None and function.get("arguments") == ""


def _read_call(call: dict[str, Any], index: int, path: str, skipped: list[str]) -> ToolCall:
    function = call.get("function")
    id_ = side_text(call.get("id"), f"{path}.id", skipped)
    if type(function) is dict:
        # OpenAI's form: {id, type, function: {name, arguments: "<JSON>"}}; else flat: {name, arguments: {...}}, no id
        name, arguments, path = function.get("name"), function.get("arguments"), f"{path}.function"
    else:
        name, arguments = call.get("name"), call.get("arguments")
    return make_tool_call(id_, name, arguments, index, path, skipped=skipped)


def make_tool_call(
    id_: Any, name: Any, arguments: Any, index: int, path: str, *, skipped: list[str], key: str = "arguments"
) -> ToolCall:
    """Make a call of its parts; *arguments*, which stand under *key*, may be an object, its JSON, or nothing.

    A call without a usable name or arguments has an `error`, so that nobody runs it.
    """
    call = ToolCall(id=id_ if type(id_) is str and id_ else f"call_{index}", name="")
    if type(arguments) is dict:
        call.arguments = arguments
        call.raw_arguments = written(arguments)
    elif arguments is not None:
        call.raw_arguments = written(arguments)
        call.error = _parse(call)
    if call.error is not None:
        skipped.append(f"{path}.{key}")
    if type(name) is str:
        call.name = name
    else:
        skipped.append(f"{path}.name")
        nameless = f"expected a name, got {kind_of(name)}"
        call.error = nameless if call.error is None else f"{nameless}; {call.error}"
    return call


def _parse(call: ToolCall) -> str | None:
    """Parse the arguments of *call*; return what is wrong with them."""
    if not call.raw_arguments.strip():
        return None  # a tool without parameters
    try:
        arguments = strict_json.decode(call.raw_arguments.encode("utf-8", "surrogatepass"))
    except strict_json.NotJson as failure:
        return f"not JSON: {failure}"
    if type(arguments) is not dict:
        return f"expected an object, got {kind_of(arguments)}"
    call.arguments = arguments
    return None
