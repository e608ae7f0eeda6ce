"""Tool calls: flat ones with an object, nested ones with a string, and the blocks of Responses and Anthropic."""

from typing import Any

from ...tasks.answers import ToolCall
from .. import jsons
from ..converter import Misfit, kind_of


def read_tool_calls(calls: Any, path: str) -> list[ToolCall]:
    """Read a list of calls; None counts as an empty one."""
    if calls is None:
        return []
    if type(calls) is not list:
        raise Misfit(f"expected an array, got {kind_of(calls)}", path)
    return [_read_call(call, index, f"{path}[{index}]") for index, call in enumerate(calls) if not is_end_mark(call)]


def is_end_mark(call: Any) -> bool:
    """Tell the null with which some models close their calls: `{id: null, function: {name: null, arguments: ""}}`."""
    if type(call) is not dict:
        return call is None
    function = call.get("function")
    parts = function if type(function) is dict else call
    return call.get("id") is None and parts.get("name") is None and not parts.get("arguments")


def _read_call(call: Any, index: int, path: str) -> ToolCall:
    if type(call) is not dict:
        raise Misfit(f"expected an object, got {kind_of(call)}", path)
    function = call.get("function")
    if type(function) is dict:
        # OpenAI's form: {id, type, function: {name, arguments: "<JSON>"}}; else flat: {name, arguments: {...}}, no id
        name, arguments, where = function.get("name"), function.get("arguments"), f"{path}.function"
    else:
        name, arguments, where = call.get("name"), call.get("arguments"), path
    return make_tool_call(call.get("id"), name, arguments, index, where)


def make_tool_call(id_: Any, name: Any, arguments: Any, index: int, path: str) -> ToolCall:
    """Make a call of its parts; *arguments* may be an object, its JSON, or nothing."""
    if type(name) is not str:
        raise Misfit(f"expected str, got {kind_of(name)}", f"{path}.name")
    call = ToolCall(id=id_ if type(id_) is str and id_ else f"call_{index}", name=name)
    if type(arguments) is str:
        call.raw_arguments = arguments
        _parse(call)
    elif type(arguments) is dict:
        call.arguments = arguments
        call.raw_arguments = jsons.text_of(arguments)
    elif arguments is not None:
        call.raw_arguments = jsons.text_of(arguments)
        call.error = f"expected an object, got {kind_of(arguments)}"
    return call


def _parse(call: ToolCall) -> None:
    if not call.raw_arguments.strip():
        return  # a tool without parameters
    try:
        arguments = jsons.decode(call.raw_arguments.encode("utf-8", "surrogatepass"))
    except jsons.NotJson as failure:
        call.error = f"not JSON: {failure}"
        return
    if type(arguments) is dict:
        call.arguments = arguments
    else:
        call.error = f"expected an object, got {kind_of(arguments)}"
