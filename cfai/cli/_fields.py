"""A model's own fields, `--key value`: told apart from the command's own options, and read."""

from collections.abc import Mapping, Sequence
from inspect import signature
from typing import Any, NoReturn, TypeAlias

from cyclopts import App

from ._console import UsageError

_NOT_HERE = frozenset({"account_id", "api_key", "api_token", "email"})

Fields: TypeAlias = Sequence[tuple[str, str]]
"""Keys and values as they were written, in their order."""


def takes_fields(command: App) -> bool:
    """Say whether *command* hands fields on to a model."""
    function = command.default_command
    return function is not None and "fields" in signature(function).parameters


def split(tokens: Sequence[str], command: App) -> tuple[list[str], Fields]:
    """Give the tokens that are *command*'s own, arguments last, and the fields among the others.

    Raises:
        UsageError: A field has no key or no value.
    """
    options = _options_of(command)
    left = list(tokens)
    own: list[str] = []
    arguments: list[str] = []
    fields: list[tuple[str, str]] = []
    while left:
        token = left.pop(0)
        name, equals, value = token.partition("=")
        if token == "--":
            arguments += left
            break
        if name in options:
            own.append(token)
            own += [_value(name, left)] if options[name] and not equals else []
        elif _is_option(token):
            fields.append((_key(name), value if equals else _value(name, left)))
        else:
            arguments.append(token)
    return [*own, "--", *arguments], fields


def _is_option(token: str) -> bool:
    """Say whether *token* begins an option; a text may begin with dashes too, but seldom without a blank after them."""
    return token.startswith("--") and not any(map(str.isspace, token.partition("=")[0]))


def _value(name: str, left: list[str]) -> str:
    if not left or _is_option(left[0]):
        raise UsageError(f"{name} needs a value; one that begins with -- is written {name}=--...")
    return left.pop(0)


def _key(name: str) -> str:
    key = name[2:].replace("-", "_")
    if key in _NOT_HERE:
        raise UsageError(f"{name}: credentials come from the environment, where no list of processes shows them")
    if not key.strip("_"):
        raise UsageError(f"{name}: a field of the model is written --key value; a text that begins so comes after --")
    return key


def _options_of(command: App) -> Mapping[str, bool]:
    """Give the names of all options of *command*, and whether each takes a value."""
    flags = dict.fromkeys((*command.help_flags, *command.version_flags), False)
    return flags | {
        name: argument.token_count()[0] > 0
        for argument in command.assemble_argument_collection()
        for name in argument.names
        if argument.index is None and argument.parse  # a model may have a field of the name of one that is not parsed
    }


def read(fields: Fields, text_key: str) -> dict[str, Any]:
    """Read the values: JSON where they parse, else text; a key that comes more than once has the list of its values.

    Of *text_key* only lists and objects are taken for JSON, so that `--prompt 2026` is a text too.
    """
    values: dict[str, list[Any]] = {}
    for key, written in fields:
        value = _parse(written)
        if key == text_key and not isinstance(value, (list, dict)):
            value = written
        values.setdefault(key, []).append(value)
    return {key: found[0] if len(found) == 1 else found for key, found in values.items()}


def _parse(written: str) -> Any:
    import json

    try:
        return json.loads(written, parse_constant=_no_json)
    except (ValueError, RecursionError):
        return written


def _no_json(name: str) -> NoReturn:
    raise ValueError(f"{name} is a word: JSON has no such number")
